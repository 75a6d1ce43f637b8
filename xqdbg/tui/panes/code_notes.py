"""What stands beside the lines of the program, quietly: what comes next is about to do, how far the loops are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vm.contract import Cell, Effect, Line, Read, Value, Write
from vm.diagnostics import printable
from vm.isa import Flow, Isa
from xqdbg.addresses import address_of
from xqdbg.moment import UNLISTED, Moment
from xqdbg.spoken import Words, in_words

SHOWN_READS = 6
"""Operands named one by one."""
SHOWN_WRITES = 2
"""Places named one by one that are about to be written."""
LOOKED_AT = 64
"""Reads and writes those are chosen from: an instruction may have very many, each made when it is asked for."""
WIDEST = 20
"""Columns of one value."""

Note = tuple[tuple[str, str], ...]
"""Pieces of a note: a kind, for colour, and the text."""


def coming_note(moment: Moment) -> Note:
    """`a=7 b=5 → stack[0]=35`: what the next instruction reads and is about to write, or the fault it raises."""
    coming = moment.coming
    if coming is None:
        return ()
    if not coming.listed:
        return (("name", UNLISTED),)
    cells = {cell.name: cell for view in moment.cells.values() for cell in view} if coming.reads else {}
    pieces: list[tuple[str, str]] = []
    found = _reads(coming, cells, moment.words)
    for name, value in found[:SHOWN_READS]:
        pieces += [("name", f"{' ' if pieces else ''}{name}="), ("read", value)]
    if len(found) > SHOWN_READS:
        pieces.append(("name", " …"))
    written = _writes(coming, moment)
    if coming.fault is not None:
        written = (("fault", printable(coming.fault.code)),)
    if written:
        pieces += [("arrow", " → " if pieces else "→ "), *written]
    return tuple(pieces)


def _reads(coming: Effect, cells: Mapping[str, Cell], words: Words) -> Sequence[tuple[str, str]]:
    """Operands by the names the instruction has for them, top of the stack last, and what they are."""
    reads = [coming.reads[at] for at in range(min(LOOKED_AT, len(coming.reads)))]
    return tuple(dict(_read(read, cells, words) for read in reads).items())


def _read(read: Read, cells: Mapping[str, Cell], words: Words) -> tuple[str, str]:
    place = str(read.place)
    cell = cells.get(place)
    name = cell.note if cell is not None and cell.note.isidentifier() else place
    return printable(name), _value(read.value, cell, words)


def _writes(coming: Effect, moment: Moment) -> Note:
    """The places that are about to be written, those that hold something afterwards first."""
    writes = [coming.writes[at] for at in range(min(LOOKED_AT, len(coming.writes)))]
    lasting = [write for write in writes if write.new is not None]
    pieces: list[tuple[str, str]] = []
    for write in lasting[:SHOWN_WRITES]:
        pieces += [("name", f"{' ' if pieces else ''}{printable(str(write.place))}="), ("write", _new(write, moment))]
    more = len(coming.writes) - len(writes) + len(lasting) - SHOWN_WRITES
    if pieces and more > 0:
        pieces.append(("name", f" and {more:,} more"))
    return tuple(pieces)


def _new(write: Write, moment: Moment) -> str:
    if write.place.name == "pc" and isinstance(write.new, int):
        return address_of(write.new, moment.code).removeprefix("0x")
    return _value(write.new, None, moment.words)


def _value(value: Value, cell: Cell | None, words: Words) -> str:
    """A number in full; anything larger as its cell has it, or as a mere hint."""
    if value is None:
        return "unset" if cell is None else printable(cell.text)
    spoken = in_words(value, words)
    if spoken is None and isinstance(value, int):
        return str(value)
    text = printable(cell.text if cell is not None else spoken or "…")
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


class LoopHeads:
    """Where the loops of a program are opened."""

    def __init__(self, code: Sequence[Line], isa: Isa) -> None:
        self._head_of: dict[int, int] = {}
        for line in code:
            op = isa.by_name.get(line.op)
            if op is not None and op.flow is Flow.LOOP_OPEN:
                self._head_of[line.pc + line.size] = line.pc

    def notes(self, moment: Moment) -> Mapping[int, str]:
        """`iteration 3 of 5` by the address of the head of each open loop."""
        return dict(self._notes(moment))

    def _notes(self, moment: Moment) -> Iterator[tuple[int, str]]:
        for nest in moment.nests:
            if nest.kind == "loop" and nest.index is not None:
                of = f" of {nest.count:,}" if nest.count is not None else ""
                yield self._head_of.get(nest.entry, nest.entry), f"iteration {nest.index:,}{of}"
