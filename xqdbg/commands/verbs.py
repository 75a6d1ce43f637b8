"""What commands do: arguments read, then a verb of the session."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from vm.contract import Cell, Place, PlaceError, Value
from xqdbg.commands.command import Request, Run
from xqdbg.errors import XqdbgError
from xqdbg.locations import AtEnd, AtPercent, AtTick, InCode, InTime, parse_code, parse_location, parse_time
from xqdbg.moment import Breakpoint, Moment
from xqdbg.session import Progress, Session
from xqdbg.timeline import Cancelled

_MOST = 10**15
"""The largest count a command takes."""

_NUMBER = re.compile(r"\d{1,18}")

# Arguments


def _nothing(request: Request) -> None:
    if request.argument.strip():
        raise XqdbgError(f"{_shown(request.argument)} is not understood here", "this command takes no argument")


def _uncounted(request: Request) -> None:
    if request.count is not None:
        raise XqdbgError(f"a count of {request.count:,} means nothing here", "help tells which commands take a COUNT")


def _count(request: Request) -> int:
    """How often: the argument, else the count typed before the key, else once."""
    text = request.argument.strip()
    if not text:
        count = 1 if request.count is None else request.count
    elif _NUMBER.fullmatch(text):
        count = int(text)
    else:
        raise XqdbgError(f"{_shown(text)} is no count", "write a number from 1 on, such as 12")
    if not 1 <= count <= _MOST:
        raise XqdbgError(f"a count of {count:,} is too {'small' if count < 1 else 'large'}", "counts start at 1")
    return count


def _numbers(request: Request) -> list[int]:
    """Breakpoint numbers, separated by blanks or commas."""
    words = request.argument.replace(",", " ").split()
    for word in words:
        if not _NUMBER.fullmatch(word):
            raise XqdbgError(f"{_shown(word)} is no breakpoint number", "info breakpoints lists them")
    return [int(word) for word in words]


def _shown(text: str) -> str:
    return ascii(text.strip()[:40])


# Verbs with more to them than a call


def _travel(session: Session, place: InTime, request: Request) -> Moment:
    match place:
        case AtTick(tick):
            return session.goto(tick, request.cancelled, request.progress)
        case AtPercent(percent):
            return session.goto_percent(percent, request.cancelled, request.progress)
        case AtEnd():
            return session.end(request.cancelled, request.progress)


def goto(session: Session, request: Request) -> Moment:
    if not request.argument.strip() and request.count is not None:
        return _travel(session, AtTick(request.count), request)
    return _travel(session, parse_time(request.argument), request)


def percent(session: Session, request: Request) -> Moment:
    text = request.argument.strip().removesuffix("%").strip()
    if not text and request.count is None:
        raise XqdbgError("percent of what is missing", "type 42% to go to 42% of the history")
    return _travel(session, parse_time(f"{text or request.count}%"), request)


def start(session: Session, request: Request) -> Moment:
    _nothing(request)
    return session.start() if request.count is None else goto(session, request)


def end(session: Session, request: Request) -> Moment:
    _nothing(request)
    return session.end(request.cancelled, request.progress) if request.count is None else goto(session, request)


def until(session: Session, request: Request) -> Moment:
    place = _aim(session, request)
    if isinstance(place, InCode):
        return session.until(place.pcs, request.cancelled, request.progress)
    return _travel(session, place, request)


def back_until(session: Session, request: Request) -> Moment:
    place = _aim(session, request)
    if isinstance(place, InCode):
        return session.back_until(place.pcs, request.cancelled, request.progress)
    return _travel(session, place, request)


def _aim(session: Session, request: Request) -> InCode | InTime:
    """The location in the argument, else the cursor."""
    _uncounted(request)
    if request.argument.strip():
        return parse_location(request.argument, session.code)
    if request.cursor is None:
        raise XqdbgError("where to is missing", "until LOC; LOC is a line, *PC, a label, op:NAME, tick N or N%")
    return InCode(frozenset((request.cursor,)))


def _here(session: Session, request: Request) -> int:
    return session.moment.pc if request.cursor is None else request.cursor


def toggle(session: Session, request: Request) -> Moment:
    _nothing(request)
    _uncounted(request)
    return session.toggle(_here(session, request))


def set_breakpoint(session: Session, request: Request, temporary: bool = False) -> Moment:
    if not request.argument.strip():
        return session.add_breakpoint(_here(session, request), temporary=temporary)
    return session.add_breakpoint(parse_code(request.argument, session.code), temporary=temporary)


def show_code(session: Session, request: Request) -> Moment:
    place = parse_code(request.argument, session.code) if request.argument.strip() else {_here(session, request)}
    first = min(place)
    line = next((line for line in session.code if line.pc == first), None)
    return session.say(f"{session.where(first)}: {_short(line.text) if line else ''}", cursor=first)


def restart(session: Session, request: Request) -> Moment:
    _nothing(request)
    _uncounted(request)
    return session.restart()


def _clipped(parts: Sequence[str], empty: str) -> str:
    """Parts of an answer on one line, not too many of them."""
    more = [f"… {len(parts) - 40} more"] if len(parts) > 40 else []
    return " · ".join([*parts[:40], *more]) or empty


def info(session: Session, request: Request) -> Moment:
    topics = ("breakpoints", *(view.id for view in session.views))
    topic = _chosen(request.argument.strip().lower(), topics)
    if topic == "breakpoints":
        every = sorted(session.moment.breakpoints.values(), key=lambda breakpoint: breakpoint.number)
        return session.say(_clipped([_told(session, breakpoint) for breakpoint in every], "no breakpoint is set"))
    return session.say(_clipped([f"{cell.name} = {_value(cell)}" for cell in session.cells(topic)], f"no {topic}"))


def _told(session: Session, breakpoint: Breakpoint) -> str:
    notes = ["" if breakpoint.enabled else "disabled", "temporary" if breakpoint.temporary else ""]
    notes.append(f"hit {breakpoint.hits}" if breakpoint.hits else "")
    return ", ".join([f"{breakpoint.number} at {session.where(breakpoint.pc)}", *filter(None, notes)])


def _chosen(text: str, topics: Sequence[str]) -> str:
    """The topic a text begins."""
    hint = f"info can tell {', '.join(topics)}"
    if not text:
        raise XqdbgError("info about what is missing", hint)
    found = [topic for topic in topics if topic == text] or [topic for topic in topics if topic.startswith(text)]
    if len(found) != 1:
        raise XqdbgError(f"{_shown(text)} {'could be ' + ' or '.join(found) if found else 'is no topic'}", hint)
    return found[0]


def show_place(session: Session, request: Request) -> Moment:
    text = request.argument.strip()
    if not text:
        raise XqdbgError("what to print is missing", "print PLACE, such as print r3")
    try:
        place = Place.parse(text)
        value = session.get(place)
    except PlaceError as error:
        raise XqdbgError(_short(str(error)), _other_name(session, text)) from error
    if str(place) == "pc" and isinstance(value, int):
        return session.say(f"pc = {value:#06x} ({value}), {session.where(value)}")
    every = (cell for cells in session.moment.cells.values() for cell in cells)
    cell = next((cell for cell in every if cell.name == str(place)), None)
    return session.say(f"{_short(str(place))} = {_value(cell) if cell is not None else _formatted(value)}")


def _other_name(session: Session, text: str) -> str:
    """What somebody may have meant who calls a place as its view is called: `in[0]` for `inputs[0]`."""
    match = re.fullmatch(r"([A-Za-z_]\w{0,30})((?:\[.{1,30}\])?)", text)
    views = [view.id for view in session.views if match is not None and view.id == match[1].lower()]
    names = [cell.name for view in views for cell in session.cells(view)[:1]]
    if match is None or not names:
        return "info shows what there is"
    root = names[0].partition("[")[0]
    return f"did you mean {root}{match[2]}?" if match[2] and "[" in names[0] else f"info {views[0]} shows them all"


def _value(cell: Cell) -> str:
    return _short(cell.text or cell.kind)


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:159] + "…"


def _formatted(value: Value) -> str:
    """A value that no cell shows."""
    if value is None:
        return "unset"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        shown = ", ".join(_formatted(part) for part in value[:16])
        return f"[{shown}{', …' if len(value) > 16 else ''}] ({len(value)})"
    return ascii(str(value)[:200])[1:-1]


def counted(verb: Callable[[Session, int, Cancelled, Progress], Moment]) -> Run:
    """A verb that takes a count."""
    return lambda session, request: verb(session, _count(request), request.cancelled, request.progress)


def ridden(verb: Callable[[Session, Cancelled, Progress], Moment]) -> Run:
    """A verb without arguments that may take long."""

    def run(session: Session, request: Request) -> Moment:
        _nothing(request)
        _uncounted(request)
        return verb(session, request.cancelled, request.progress)

    return run


def set_temporary(session: Session, request: Request) -> Moment:
    return set_breakpoint(session, request, temporary=True)


def delete(session: Session, request: Request) -> Moment:
    return session.delete_breakpoints(_numbers(request))


def enable(session: Session, request: Request) -> Moment:
    return session.enable_breakpoints(_numbers(request))


def disable(session: Session, request: Request) -> Moment:
    return session.enable_breakpoints(_numbers(request), enabled=False)
