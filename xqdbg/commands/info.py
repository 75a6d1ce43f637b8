"""`info TOPIC`: everything the debugger keeps, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from vm.diagnostics import printable
from xqdbg.addresses import address_of
from xqdbg.answer import Answer, Row
from xqdbg.commands.argument import CommandError, nothing, piece, shown
from xqdbg.commands.command import Command, Request, Takes
from xqdbg.commands.looking import first_line, told
from xqdbg.moment import Breakpoint, Kind, Moment
from xqdbg.session import Session

Topic = Callable[[Session], Answer]

FORECAST = "forecast"
"""The topic that takes a look at the whole run."""

_SHORT: Mapping[str, str] = MappingProxyType({"b": "breakpoints", "br": "breakpoints", "d": "displays"})
"""What a beginning that several topics share stands for."""


def info(session: Session, request: Request) -> Moment:
    """Tell a topic, or the cells of a view."""
    argument = piece(request.argument)
    topics = (*TOPICS, FORECAST, *(view.id for view in session.views))
    if not argument:
        raise CommandError("info about what is missing", f"info can tell {', '.join(topics)}", argument.at)
    word = argument.text.lower()
    word = _SHORT.get(word, word)
    found = [topic for topic in topics if topic == word] or [topic for topic in topics if topic.startswith(word)]
    if len(found) != 1:
        problem = f"could be {' or '.join(found)}" if found else "is no topic"
        raise argument.error(f"{shown(word)} {problem}", f"info can tell {', '.join(topics)}")
    if found[0] == FORECAST:
        return told(session, session.predicted(request.patience))
    if found[0] == "timeline":
        session.look_ahead(request.patience)
    topic = TOPICS.get(found[0])
    answer = _view(session, found[0]) if topic is None else topic(session)
    message = _brief(answer)
    return session.say(message, answer=answer)


def _brief(answer: Answer) -> str:
    """An answer on one line, not too much of it, for faces that show no more."""
    if not answer.rows:
        return first_line(answer.title)
    parts = [" ".join(filter(None, row.cells)) for row in answer.rows[:40]]
    more = [f"… {len(answer.rows) - 40} more"] if len(answer.rows) > 40 else []
    line = " · ".join([*parts, *more])
    return line if len(line) <= 4_000 else line[:3_999] + "…"


def told_topic(topic: Topic) -> Callable[[Session, Request], Moment]:
    """A command of its own for a topic."""

    def run(session: Session, request: Request) -> Moment:
        nothing(piece(request.argument))
        return told(session, topic(session))

    return run


def _view(session: Session, view: str) -> Answer:
    cells = session.cells(view)
    noted = any(cell.note for cell in cells)
    rows = [
        Row((cell.name, "=", cell.text or cell.kind, *([cell.note] if noted else [])),
            data={"place": cell.name, "text": cell.text or cell.kind, "kind": cell.kind, "note": cell.note})
        for cell in cells
    ]  # fmt: skip
    return Answer("" if rows else f"no {view}", rows=rows)


def _is_watch(breakpoint: Breakpoint) -> bool:
    return breakpoint.kind in (Kind.WRITE, Kind.READ, Kind.ACCESS)


def breakpoints(session: Session) -> Answer:
    """All of them, watchpoints and logpoints included."""
    return _stops(session, session.moment.breakpoints, "no breakpoint is set")


def watchpoints(session: Session) -> Answer:
    """Those that wait for a value."""
    return _stops(session, [each for each in session.moment.breakpoints if _is_watch(each)], "no watchpoint is set")


def _stops(session: Session, every: Sequence[Breakpoint], none: str) -> Answer:
    rows = [_stop(session, each) for each in every]
    return Answer("" if rows else none, ("number", "kind", "where", "what"), rows)


def _stop(session: Session, each: Breakpoint) -> Row:
    where = each.text or (session.where(each.pcs[0]) if each.pcs else "")
    places = f"{len(each.pcs)} places" if len(each.pcs) > 1 and not _is_watch(each) else ""
    notes = [
        places,
        f'tells "{each.message}"' if each.message else "",
        f"if {each.condition}" if each.condition else "",
        "" if each.enabled else "disabled",
        "temporary" if each.temporary else "",
        f"passes over {each.ignore:,} more" if each.ignore else "",
        f"hit {each.hits:,}" if each.hits else "",
        f"{len(each.commands)} command{'' if len(each.commands) == 1 else 's'}" if each.commands else "",
    ]
    data = {
        "number": each.number, "kind": each.kind.value, "location": where, "pcs": list(each.pcs[:1000]),
        "condition": each.condition, "enabled": each.enabled, "temporary": each.temporary, "ignore": each.ignore,
        "hits": each.hits, "commands": list(each.commands), "message": each.message,
    }  # fmt: skip
    cells = (str(each.number), each.kind.value, printable(where), printable(", ".join(filter(None, notes))))
    return Row(cells, pc=each.pcs[0] if each.pcs else None, data=data)


def displays(session: Session) -> Answer:
    """What is shown at every stop."""
    rows = [
        Row((str(each.number), each.expression, "=", each.text),
            data={"number": each.number, "expression": each.expression, "text": each.text})
        for each in session.moment.watches
    ]  # fmt: skip
    return Answer("" if rows else "nothing is displayed", rows=rows)


def limits(session: Session) -> Answer:
    """What is metered."""
    rows = [
        Row((meter.name, f"{meter.used:,}", "unlimited" if meter.limit is None else f"{meter.limit:,}"),
            data={"name": meter.name, "used": meter.used, "limit": meter.limit})
        for meter in session.moment.meters
    ]  # fmt: skip
    return Answer("" if rows else "nothing is metered", ("meter", "used", "limit"), rows)


def line(session: Session) -> Answer:
    """Where the machine stands in the program."""
    pc = session.moment.pc
    at = next((each for each in session.code if each.pc == pc), None)
    if at is None:
        return Answer(f"pc {address_of(pc, session.code)} is no instruction", value={"pc": pc})
    source = session.source[at.source_line - 1].strip() if at.source_line and session.source else ""
    octets = len(at.encoding) or at.size
    size = f"{octets} byte{'s' if octets != 1 else ''}"
    parts = [session.where(pc), f"pc {address_of(pc, session.code)}", size, at.label, at.text]
    value = {"pc": pc, "line": at.source_line, "size": at.size, "text": at.text, "label": at.label, "source": source}
    told_source = f"\n  {printable(source[:1000])}" if source else ""
    return Answer("  ".join(printable(part) for part in parts if part) + told_source, value=value)


def timeline(session: Session) -> Answer:
    """What is known of the run, and where in it the machine stands."""
    moment, future = session.moment, session.moment.future
    lines = [f"tick {moment.tick:,} of {moment.furthest:,}" + ("" if moment.ended else " known so far")]
    value: dict[str, object] = {"tick": moment.tick, "furthest": moment.furthest, "ended": moment.ended}
    if future is not None:
        value |= {"explored": future.explored, "complete": future.complete}
        if future.complete:
            code = future.fault.code if future.fault is not None else None
            value |= {"status": future.status.value, "fault": code, "end_pc": future.pc}
            end = f"faults: {code}" if code else future.status.value
            lines.append(f"the run ends at tick {future.explored:,}, {session.where(future.pc)}: {end}")
        else:
            lines.append(f"explored to tick {future.explored:,}")
        lines += [future.note] if future.note else []
    behind, ahead = session.navigation.behind, session.navigation.ahead
    lines.append(f"{behind} jump{'' if behind == 1 else 's'} back, {ahead} forward; branch {moment.branch}")
    return Answer(printable(lines[0]) + "".join(f"\n  {printable(each)}" for each in lines[1:]), value=value)


def branches(session: Session) -> Answer:
    """The tree of branches."""
    notes = session.moment.branches
    depth: dict[str, int] = {}
    rows = []
    for note in notes:
        depth[note.name] = depth[note.parent] + 1 if note.parent in depth else 0
        made = f"at tick {note.tick:,}: {', '.join(note.edits) or 'no edit'}" if note.parent else "the run itself"
        data = {"name": note.name, "parent": note.parent, "tick": note.tick, "edits": list(note.edits),
                "current": note.current}  # fmt: skip
        mark = "* " if note.current else "  "
        rows.append(Row((f"{mark}{note.name}", printable(made)), note.tick, None, depth[note.name], data))
    return Answer("", rows=rows)


def bookmarks(session: Session) -> Answer:
    """Moments with names."""
    several = len(session.moment.branches) > 1
    rows = [
        Row((f"@{mark.name}", f"tick {mark.tick:,}", *([mark.branch] if several else []), printable(mark.note)),
            mark.tick,
            data={"name": mark.name, "tick": mark.tick, "branch": mark.branch, "note": mark.note,
                  "automatic": mark.automatic})
        for mark in session.moment.bookmarks
    ]  # fmt: skip
    return Answer("" if rows else "no bookmark is set", rows=rows)


def pins(session: Session) -> Answer:
    """Assertions, as they were found when they were last checked."""
    words = {None: "not checked", True: "holds", False: "does not hold"}
    rows = [
        Row((str(pin.number), f"tick {pin.tick:,}", printable(pin.expression), words[pin.holds]), pin.tick,
            data={"number": pin.number, "tick": pin.tick, "branch": pin.branch, "expression": pin.expression,
                  "holds": pin.holds})
        for pin in session.moment.pins
    ]  # fmt: skip
    return Answer("" if rows else "no pin is set", ("pin", "where", "what", "state"), rows)


def saved(session: Session) -> Answer:
    """Values under `$name`."""
    rows = [
        Row((f"${name}", "=", first_line(session.formatted(value))[:400]), data={"name": f"${name}"})
        for name, value in session.saved.items()
    ]
    return Answer("" if rows else "no value is saved; set $name = EXPR saves one", rows=rows)


TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "breakpoints": breakpoints,
        "watchpoints": watchpoints,
        "displays": displays,
        "limits": limits,
        "line": line,
        "timeline": timeline,
        "branches": branches,
        "bookmarks": bookmarks,
        "pins": pins,
        "saved": saved,
    }
)
"""What `info` tells besides the machine's views."""

ROWS: tuple[Command, ...] = (
    Command("show.info", ("info", "i"), "", "Info",
            f"Tell one of {', '.join((*TOPICS, FORECAST))}, or the cells of a view such as registers.",
            "info TOPIC|VIEW", "info breakpoints", info, Takes.TOPIC, (*TOPICS, FORECAST)),
)  # fmt: skip
