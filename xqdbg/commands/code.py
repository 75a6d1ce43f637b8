"""Commands that show the program, and explain its instructions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from vm.contract import Line
from vm.diagnostics import expanded, printable
from vm.isa import Op
from xqdbg.addresses import address_of
from xqdbg.answer import Answer, Row
from xqdbg.commands.argument import CommandError, Piece, nothing, piece, shown
from xqdbg.commands.command import Command, Request, Takes
from xqdbg.commands.looking import told
from xqdbg.commands.stopping import here
from xqdbg.locations import InCode, parse_code, parse_location
from xqdbg.moment import Moment
from xqdbg.session import Session

AROUND = 5
"""Lines shown before and after the one that is asked for."""
MOST_LINES = 2_000
"""Lines of a range."""

_RANGE = re.compile(r"(\d{1,9})\s*,\s*(\d{1,9})")


def show_code(session: Session, request: Request) -> Moment:
    """`list [LOC]` or `list FIRST,LAST`: the source, or the listing of a program without one."""
    argument = piece(request.argument)
    span = _RANGE.fullmatch(argument.text)
    if span is not None:
        first, last = int(span[1]), int(span[2])
        if not 1 <= first <= last:
            raise argument.error(f"{shown(argument.text)} is no range of lines", "list 10,20")
        pc = None
    else:
        pc = _asked(session, argument, request)
        center = _row_of(session, pc)
        first, last = center - AROUND, center + AROUND
    session.look_ahead(request.patience)
    rows = list(_lines(session, first, last))
    if not rows:
        raise argument.error("there are no such lines", f"the last one is {len(session.source) or len(session.code)}")
    return _shown(session, pc, rows, "line" if session.source else "address")


def show_all(session: Session, request: Request) -> Moment:
    """`longlist`: the whole program, as far as that is bearable."""
    nothing(piece(request.argument))
    session.look_ahead(request.patience)
    rows = list(_lines(session, 1, len(session.source) or len(session.code)))
    title, column = _title(session, None), "line" if session.source else "address"
    return told(session, Answer(title, ("", column, "code", "runs"), rows, complete=len(rows) < MOST_LINES))


def disassemble(session: Session, request: Request) -> Moment:
    """`disassemble [LOC]`: instructions by address."""
    pc = _asked(session, piece(request.argument), request)
    at = _index(session.code, pc)
    session.look_ahead(request.patience)
    rows = [_instruction(session, line) for line in session.code[max(0, at - AROUND) : at + AROUND + 1]]
    return _shown(session, pc, rows, "address", "instruction")


def _asked(session: Session, argument: Piece, request: Request) -> int:
    """The first instruction of a location, else the one under the cursor."""
    if not argument:
        return here(session, request)
    with argument.blamed():
        return min(parse_code(argument.text, session.code))


def _shown(session: Session, pc: int | None, rows: Sequence[Row], column: str, what: str = "code") -> Moment:
    title = _title(session, pc)
    answer = Answer("", ("", column, what, "runs"), rows)
    return session.say(title, cursor=pc, answer=answer)


def _title(session: Session, pc: int | None) -> str:
    if pc is None:
        return session.name or "the program"
    line = session.code[_index(session.code, pc)] if session.code else None
    text = line.text if line is not None and line.pc == pc else ""
    return f"{session.where(pc)}: {printable(text)[:160]}"


def _index(code: Sequence[Line], pc: int) -> int:
    return max(0, bisect_right(code, pc, key=lambda line: line.pc) - 1)


def _row_of(session: Session, pc: int) -> int:
    """The number of the source line of an instruction; of the listing where there is no source."""
    at = _index(session.code, pc)
    number = session.code[at].source_line if session.code else None
    return number if session.source and number is not None else at + 1


def _lines(session: Session, first: int, last: int) -> Iterator[Row]:
    first = max(1, first)
    last = min(last, first + MOST_LINES - 1)
    if not session.source:
        yield from (_instruction(session, line) for line in session.code[first - 1 : last])
        return
    by_row: dict[int, list[int]] = {}
    for line in session.code:
        if line.source_line is not None and first <= line.source_line <= last:
            by_row.setdefault(line.source_line, []).append(line.pc)
    for number in range(first, min(last, len(session.source)) + 1):
        pcs = by_row.get(number, [])
        mark, runs = _marks(session, pcs)
        text = expanded(session.source[number - 1][:1000], 4).rstrip()
        data = {"line": number, "text": text, "pcs": pcs, "runs": _runs(session, pcs)}
        yield Row((mark, str(number), text, runs), pc=pcs[0] if pcs else None, data=data)


def _instruction(session: Session, line: Line) -> Row:
    mark, runs = _marks(session, [line.pc])
    text = printable(f"{line.label + ': ' if line.label else ''}{line.text}")
    data = {"pc": line.pc, "text": line.text, "label": line.label, "runs": _runs(session, [line.pc])}
    return Row((mark, address_of(line.pc, session.code), text, runs), pc=line.pc, data=data)


def _marks(session: Session, pcs: Sequence[int]) -> tuple[str, str]:
    """What stands before a line, `>` where the machine stands and `*` for a breakpoint, and how often it runs."""
    moment = session.moment
    stops = {pc for breakpoint in moment.breakpoints if breakpoint.enabled for pc in breakpoint.pcs}
    mark = (">" if moment.pc in pcs else " ") + ("*" if stops & set(pcs) else " ")
    runs = _runs(session, pcs)
    if runs is None:
        return mark.rstrip(), ""
    return mark.rstrip(), f"{runs:,}" if runs else "never"


def _runs(session: Session, pcs: Sequence[int]) -> int | None:
    """How often a line is executed in the run, as far as that is known; None if it is not."""
    visits, future = session.moment.visits, session.moment.future
    runs = max(visits.count(pc) for pc in pcs) if visits is not None and pcs else 0
    return runs if runs or (pcs and future is not None and future.complete) else None


def explain(session: Session, request: Request) -> Moment:
    """`explain [OP|LOC]`: the next instruction with its numbers; any other one from its row in the table."""
    argument = piece(request.argument)
    op = session.isa.find(argument.text) if argument else None
    if op is not None:
        return _told_of(session, op)
    found, pc = _op_at(session, argument, here(session, request))
    if pc == session.moment.pc and (not argument or found):
        return _told_now(session)
    op = session.isa.by_name.get(found)
    if op is None:
        raise argument.error(f"there is nothing to explain at {shown(argument.text or 'this place')}")
    return _told_of(session, op, pc)


def _told_now(session: Session) -> Moment:
    """The moment as a whole: its instruction with everything known about it."""
    from xqdbg import explanation

    now = explanation.explain(session.moment, session.isa, session.lines, session.source)
    return told(session, Answer("\n".join(explanation.lines(now)), value=explanation.as_json(now)))


def _told_of(session: Session, op: Op, pc: int | None = None) -> Moment:
    """A page of the reference; of an instruction of the program, below where it stands."""
    from xqdbg import explanation

    line = session.lines.get(pc) if pc is not None else None
    stands = [] if line is None else [f"{session.where(line.pc)}: {printable(line.text)}"]
    faults = list(dict.fromkeys(each.identity for each in op.conditions)) or list(op.faults)
    value = {
        "op": op.name, "doc": op.doc, "pops": list(op.pops), "pushes": list(op.pushes), "faults": faults,
        "formula": list(op.formula), "reference": list(explanation.reference(op)),
    }  # fmt: skip
    return told(session, Answer("\n".join((*stands, *explanation.reference(op))), value=value))


def _op_at(session: Session, argument: Piece, pc: int) -> tuple[str, int | None]:
    """The mnemonic at a location, else at `pc`, and where that is; no place for a mnemonic that was begun."""
    if argument:
        try:
            with argument.blamed():
                place = parse_location(argument.text, session.code, session.isa)
        except CommandError as error:
            names = [name for name in session.isa.by_name if name.casefold().startswith(argument.text.casefold())]
            if len(names) == 1:
                return names[0], None
            hint = f"there are {', '.join(names[:12])}" if names else "explain OP or LOC, such as explain MUL"
            message = f"there is no instruction {shown(argument.text)}"
            raise CommandError(message, hint, error.column) from None
        if not isinstance(place, InCode):
            raise argument.error(f"{shown(argument.text)} is no instruction", "explain OP or LOC, such as explain MUL")
        pc = min(place.pcs)
    line = session.lines.get(pc)
    return (line.op if line is not None else ""), pc


ROWS: tuple[Command, ...] = (
    Command("show.code", ("list", "l"), "", "Show code",
            "Show the lines around LOC, or around the current one, and how often each runs.", "list [LOC|FIRST,LAST]",
            "list .2", show_code, Takes.LOCATION),
    Command("show.all", ("longlist", "ll"), "", "Show all code",
            "Show the whole program.", "longlist", "longlist", show_all),
    Command("show.disassembly", ("disassemble", "disas"), "", "Disassemble",
            "Show the instructions around LOC by address.", "disassemble [LOC]", "disassemble",
            disassemble, Takes.LOCATION),
    Command("show.explain", ("explain",), "K", "Explain",
            "Explain the next instruction with its numbers, or any: what it does, costs, and when it faults.",
            "explain [OP|LOC]", "explain",
            explain, Takes.OPCODE),
)  # fmt: skip
