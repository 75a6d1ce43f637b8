"""Commands that show values and code, here and now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from vm.contract import Place, PlaceError, Span, Value
from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.addresses import address_of, counts
from xqdbg.answer import Answer, Json, Row
from xqdbg.commands.argument import CommandError, Piece, numbers, piece, shown, split
from xqdbg.commands.command import Command, Request, Takes
from xqdbg.errors import XqdbgError
from xqdbg.expressions import FORMATS, ExpressionError
from xqdbg.moment import Moment
from xqdbg.session import Session

MOST_DIGITS = 9
"""Digits the number of a row may have."""
MOST_EXAMINED = 10_000
"""Places that `x` shows at once."""
WIDEST = 4_000
"""Characters of a value that are told."""

_FORMAT = re.compile(r"/\s*(\d{0,9})([A-Za-z]*)(?=\s|$)")
_SAVED = re.compile(r"\$[A-Za-z_]\w{0,39}", re.ASCII)
_NUMBERED = re.compile(r"([A-Za-z_]+)(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Format:
    """What stands behind the slash: how many, and how shown."""

    count: int | None = None
    letter: str = ""


def formatted(argument: Piece) -> tuple[Format, Piece]:
    """The format an argument begins with, and the rest."""
    if not argument.text.startswith("/"):
        return Format(), argument
    match = _FORMAT.match(argument.text)
    letters = match[2].lower() if match is not None else ""
    if match is None or letters not in FORMATS:
        hint = f"there are {' '.join(f'/{letter}' for letter in FORMATS if letter)}: help formats"
        raise argument.error(f"{shown(argument.text.split()[0])} is no format", hint)
    return Format(int(match[1]) if match[1] else None, letters), argument.cut(match.end())


def show(session: Session, request: Request) -> Moment:
    """`print [/FMT] EXPR[, EXPR…]`."""
    form, argument = formatted(piece(request.argument))
    if form.count is not None:
        raise CommandError("print takes no number of places", "x/8x PLACE shows eight", 1)
    if not argument:
        raise CommandError("what to print is missing", "print EXPR, such as print r3", argument.at)
    rows = [_printed(session, part, form.letter) for part in split(argument, ",")]
    if len(rows) == 1:
        return told(session, Answer(rows[0].cells[0], value=rows[0].data.get("value")))
    title = " · ".join(first_line(row.cells[0]) for row in rows)
    return session.say(_clip(title, 400), answer=Answer("", rows=rows))


def _printed(session: Session, part: Piece, letter: str) -> Row:
    with part.blamed():
        try:
            value = session.evaluate(part.text)
            text = session.formatted(value, letter)
        except ExpressionError as error:
            raise _with_hint(session, part.text, error) from error
    name = printable(part.text)
    if part.text == "pc" and isinstance(value, int) and not letter:
        address = address_of(value, session.code)
        number = "" if counts(session.code) else f" ({value})"
        text = f"{address}{number}, {session.where(value)}"
    lines = text.split("\n")
    shown_value = lines[0] if len(lines) == 1 else "\n" + text
    equation = f"{name} = {_clip(shown_value)}" if len(lines) == 1 else f"{name} ={shown_value}"
    return Row((equation,), data={"expression": part.text, "value": as_json(session, value), "text": text})


def _with_hint(session: Session, text: str, error: ExpressionError) -> ExpressionError:
    """An error about a view called as if it was a place tells the name of the place: `in[0]` for `inputs[0]`."""
    match = re.fullmatch(r"([A-Za-z_]\w{0,30})((?:\[.{1,30}\])?)", text.strip())
    views = [view.id for view in session.views if match is not None and view.id == match[1].lower()]
    if match is None or not views or session.machine.knows(match[1]):
        return error
    names = [cell.name for cell in session.cells(views[0])[:1]]
    root = names[0].partition("[")[0] if names else ""
    error.hint = f"did you mean {root}{match[2]}?" if match[2] and names and "[" in names[0] else (
        f"info {views[0]} shows them all")  # fmt: skip
    return error


def as_json(session: Session, value: Value) -> Json:
    """A value for scripts; its text where the machine has no other form for it."""
    if value is None or isinstance(value, int | str):
        return int(value) if isinstance(value, bool) else value
    try:
        return session.machine.to_json(value)
    except (PlaceError, TypeError):
        if isinstance(value, Sequence):
            return [as_json(session, part) for part in value]
        return session.machine.text(value)


def told(session: Session, answer: Answer, cursor: int | None = None) -> Moment:
    """The moment of an answer; its message is the first line of the title."""
    return session.say(_clip(first_line(answer.title), 400), cursor=cursor, answer=answer)


def first_line(text: str) -> str:
    """Text up to its first line end."""
    return text.partition("\n")[0]


def _clip(text: str, widest: int = WIDEST) -> str:
    return text if len(text) <= widest else text[: widest - 1] + "…"


def display(session: Session, request: Request) -> Moment:
    """`display [/FMT] EXPR`; without one, all that is displayed, now."""
    form, argument = formatted(piece(request.argument))
    if not argument:
        rows = [
            Row((str(watch.number), watch.expression, watch.text), data={"number": watch.number, "text": watch.text})
            for watch in session.moment.watches
        ]
        title = f"{len(rows)} display{'' if len(rows) == 1 else 's'}" if rows else "nothing is displayed"
        return told(session, Answer(title, ("number", "expression", "value"), rows))
    with argument.blamed():
        return session.display(argument.text, form.letter)


def undisplay(session: Session, request: Request) -> Moment:
    argument = piece(request.argument)
    with argument.blamed():
        return session.undisplay(numbers(argument, "number of a display"))


def examine(session: Session, request: Request) -> Moment:
    """`x/NF PLACE`: so many places, one after another."""
    form, argument = formatted(piece(request.argument))
    if not argument:
        raise CommandError("where to look is missing", "x/8x PLACE, such as x/8 r3[0] or x/4 stack", argument.at)
    count = 1 if form.count is None else form.count
    if not 1 <= count <= MOST_EXAMINED:
        raise CommandError(f"x shows 1 to {MOST_EXAMINED:,} places", column=1)
    with argument.blamed():
        start = session.place(argument.text)
        rows: list[Row] = []
        for place in _following(session, start, count):
            try:
                value = session.get(place)
            except PlaceError as error:
                if not rows:
                    raise XqdbgError(str(error), "info shows what there is") from error
                break
            text = first_line(session.formatted(value, form.letter))
            data = {"place": str(place), "value": as_json(session, value), "text": text}
            rows.append(Row((str(place), _clip(text)), data=data))
    note = "" if len(rows) == count else f"nothing comes after {rows[-1].cells[0]}"
    return session.say(_clip(" · ".join(" = ".join(row.cells) for row in rows[:8]), 400),
                       answer=Answer("", rows=rows, note=note))  # fmt: skip


def _following(session: Session, start: Place, count: int) -> Iterator[Place]:
    """A place and those behind it: elements of a value, indices, or the places that are numbered on."""
    last = start.path[-1] if start.path else None
    if isinstance(last, tuple):
        step = -1 if last[-1] < 0 else 1  # from the top of a stack downwards
        for more in range(count):
            yield replace(start, path=(*start.path[:-1], (*last[:-1], last[-1] + step * more)))
    elif isinstance(last, Span):
        for index in range(last.start, last.start + min(last.count, MOST_EXAMINED)):
            yield replace(start, path=(*start.path[:-1], (index,)))
    elif not start.path and any(view.id == start.name and view.top_first for view in session.views):
        yield from (Place(start.name, ((-1 - more,),)) for more in range(count))
    elif (match := _NUMBERED.fullmatch(start.name)) is not None and (count == 1 or _scalar(session, start)):
        for more in range(count):
            yield replace(start, name=f"{match[1]}{int(match[2]) + more}")
    elif count == 1:
        yield start
    else:
        yield from (replace(start, path=(*start.path, (index,))) for index in range(count))


def _scalar(session: Session, place: Place) -> bool:
    try:
        value = session.get(place)
    except PlaceError:
        return True
    return value is None or isinstance(value, int)


def describe(session: Session, request: Request) -> Moment:
    """`describe PLACE [ROW]`: a large value in sentences, a row or two dozen at a time."""
    argument = piece(request.argument)
    if not argument:
        raise CommandError("what to describe is missing", "describe PLACE [ROW], such as describe r3", argument.at)
    name, _, row = argument.text.partition(" ")
    row = row.strip().removeprefix("row ").strip()
    if row and not (row.isascii() and row.isdecimal() and len(row) <= MOST_DIGITS):
        raise argument.error(f"{shown(row)} is no number of a row", "describe PLACE [ROW], such as describe r3 24")
    with argument.blamed():
        lines = session.described(name, int(row or 0), request.patience)
    told_lines = Answer("", rows=[Row((line,), data={"text": line}) for line in lines])
    return session.say(_clip(" ".join(lines), 400), answer=told_lines)


def set_saved(session: Session, name: Piece, expression: Piece) -> Moment:
    """`set $name = EXPR` keeps a value, and changes nothing in the machine."""
    if not _SAVED.fullmatch(name.text):
        raise name.error(f"{shown(name.text)} is no name for a value", "a $ and up to 40 letters, digits and _")
    with expression.blamed():
        value = session.save_value(name.text[1:], expression.text)
    answer = Answer(f"{name.text} = {_clip(first_line(session.formatted(value)))}", value=as_json(session, value))
    return told(session, answer)


ROWS: tuple[Command, ...] = (
    Command("show.print", ("print", "p", "pp"), "", "Print",
            "Tell what expressions come to, in a format such as /x.", "print [/FMT] EXPR[, EXPR…]", "print r3",
            show, Takes.EXPRESSION, formatted=True),
    Command("show.display", ("display",), "", "Display",
            "Show what an expression comes to at every stop.", "display [/FMT] EXPR", "display r3",
            display, Takes.EXPRESSION, formatted=True),
    Command("show.undisplay", ("undisplay",), "", "Undisplay",
            "Show expressions no longer, by number, or all.", "undisplay [NUMBER…]", "undisplay",
            undisplay, Takes.WATCH),
    Command("show.examine", ("x",), "", "Examine",
            "Show N places from PLACE on, in a format.", "x/NF PLACE", "x/2d r3",
            examine, Takes.PLACE, formatted=True),
    Command("show.describe", ("describe",), "", "Describe",
            "Tell in sentences what a model, sample or vector holds, from a row on.", "describe PLACE [ROW]",
            "describe r3", describe, Takes.PLACE),
)  # fmt: skip
