"""The program as rows of text: its source, its disassembly, or both beside each other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field, replace
from enum import Enum

from vm.contract import Line
from vm.diagnostics import expanded
from vm.values import dataclass
from xqdbg.addresses import address_columns, in_margin

MAX_COLUMNS = 1000
"""Longer lines are cut off: nobody reads them, and each repaint would pay for them."""
LEAST_LEFT = 24
"""Columns the source has beside the disassembly, at least."""
MOST_BYTES = 9
"""Bytes of an encoding that are shown."""
BESIDE = " │ "
"""What stands between source and disassembly."""


class Shows(Enum):
    """What a listing is made of."""

    SOURCE = "source"
    CODE = "disassembly"
    BOTH = "source and disassembly"


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of text, and which instructions each row stands for. A row may stand for none or many."""

    rows: Sequence[str]
    first: Sequence[int | None]
    """Address of the first instruction of each row."""
    pcs: Sequence[Sequence[int]]
    """Addresses of all instructions of each row."""
    row_of: Mapping[int, int]
    """Row by address."""
    columns: int
    """Width of the widest row, in characters."""
    numbers: Sequence[int | None] = ()
    """Source line of each row; empty for a listing without source."""
    before: Sequence[str] = ()
    """What stands before the instruction of each row: its bytes, and its address where source stands on the left."""
    beside: Sequence[str] = ()
    """The instruction of each row, where source stands on the left."""
    left: int = 0
    """Columns the source has there."""
    folded: Mapping[int, int] = field(default_factory=dict)
    """Rows that stand for rows that are not shown, and for how many."""

    def text(self, row: int) -> str:
        """What a row shows: one line, without control characters."""
        return "".join(part for part, _ in self.parts(row))

    def parts(self, row: int) -> Sequence[tuple[str, bool]]:
        """What a row shows, piece by piece, and whether each piece is program text."""
        text = shown(self.rows[row])
        if row in self.folded:
            return ((text, False),)
        before = ((self.before[row], False),) if self.before else ()
        if not self.beside:
            return (*before, (text, True))
        return ((_fitted(text, self.left), True), (BESIDE, False), *before, (shown(self.beside[row]), True))

    def row_at(self, pc: int) -> int:
        """The row of an address; of the nearest instruction before it where the address begins none."""
        if (row := self.row_of.get(pc)) is not None:
            return row
        addresses = sorted(self.row_of)
        at = bisect_left(addresses, pc)
        return self.row_of[addresses[max(0, at - 1)]] if addresses else 0

    def row_of_line(self, number: int | None) -> int | None:
        """The first row of a source line, or of what it is folded into; None where there is none."""
        if number is None or not self.numbers:
            return None
        known = [(at, row) for row, at in enumerate(self.numbers) if at is not None and at <= number]
        return min(row for at, row in known if at == known[-1][0]) if known else None

    def pc_at(self, row: int) -> int | None:
        """The first instruction at or after a row, as a breakpoint there would take it."""
        return next((pc for pc in self.first[row:] if pc is not None), None)


def shown(text: str) -> str:
    """Program text as it may reach the terminal: tabs spread, control characters made visible, cut to MAX_COLUMNS."""
    if len(text) > MAX_COLUMNS:
        text = text[: MAX_COLUMNS - 1] + "…"
    return text if text.isprintable() else expanded(text, 4)


def source_listing(code: Sequence[Line], source: Sequence[str]) -> Listing:
    """One row a source line."""
    pcs: list[list[int]] = [[] for _ in source]
    row_of: dict[int, int] = {}
    for line in code:
        if line.source_line is not None and 0 < line.source_line <= len(source):
            row_of[line.pc] = line.source_line - 1
            pcs[line.source_line - 1].append(line.pc)
    first = [here[0] if here else None for here in pcs]
    return Listing(source, first, pcs, row_of, _columns(source), range(1, len(source) + 1))


def code_listing(code: Sequence[Line], *, encodings: bool = False) -> Listing:
    """One row an instruction, after a column of labels where the program has any, and one of bytes if wanted."""
    margin = _margin(code)
    rows = [_instruction(line, margin) for line in code]
    before = _encodings(code) if encodings else ()
    addresses = [line.pc for line in code]
    row_of = {pc: row for row, pc in enumerate(addresses)}
    columns = min(MAX_COLUMNS, _columns(rows) + (len(before[0]) if before else 0))
    return Listing(rows, addresses, [(pc,) for pc in addresses], row_of, columns, before=before)


def paired_listing(code: Sequence[Line], source: Sequence[str], left: int, *, encodings: bool = False) -> Listing:
    """Source on the left in so many columns; its instructions on the right, each further one of a line below."""
    margin, digits = _margin(code), address_columns(code)
    encoded = _encodings(code) if encodings else [""] * len(code)
    of_line: dict[int, list[int]] = {}
    for at, line in enumerate(code):
        number = line.source_line if line.source_line is not None and 0 < line.source_line <= len(source) else 0
        of_line.setdefault(number, []).append(at)
    rows: list[tuple[str, int | None, int | None]] = []  # text, line number, which instruction
    for number, text in enumerate(source, 1):
        there = of_line.get(number, [])
        rows.append((text, number, there[0] if there else None))
        rows += [("", None, at) for at in there[1:]]
    rows += [("", None, at) for at in of_line.get(0, [])]
    first = [None if at is None else code[at].pc for _, _, at in rows]
    blank = " " * (digits + 1)
    before = [blank if at is None else f"{in_margin(code[at].pc, code, digits)} {encoded[at]}" for _, _, at in rows]
    beside = ["" if at is None else _instruction(code[at], margin) for _, _, at in rows]
    width = max((len(part) for part in before), default=0) + _columns(beside)
    return Listing(
        [text for text, _, _ in rows],
        first,
        [() if pc is None else (pc,) for pc in first],
        {pc: row for row, pc in enumerate(first) if pc is not None},
        min(MAX_COLUMNS, left + len(BESIDE) + width),
        [number for _, number, _ in rows],
        before,
        beside,
        left,
    )


def room_for_code(code: Sequence[Line], *, encodings: bool) -> int:
    """Columns that instructions take, with their bytes if wanted, without their addresses."""
    margin = _margin(code)
    width = max((len(_instruction(line, margin)) for line in code), default=0)
    return width + (_byte_columns(code) if encodings else 0)


def room_for_both(code: Sequence[Line], *, encodings: bool) -> int:
    """Columns that instructions take beside the source."""
    return len(BESIDE) + address_columns(code) + 1 + room_for_code(code, encodings=encodings)


def folded(listing: Listing, wanted: AbstractSet[int]) -> Listing:
    """The same without the rows that hold none of the wanted instructions: of each run of them a row tells how many."""
    rows: list[int] = []
    folds: dict[int, int] = {}
    run: list[int] = []

    def fold() -> None:
        if len(run) > 1:
            folds[len(rows)] = len(run)
        if run:
            rows.append(run[0])
        run.clear()

    for row, pcs in enumerate(listing.pcs):
        if any(pc in wanted for pc in pcs):
            fold()
            rows.append(row)
        else:
            run.append(row)
    fold()
    return _without(listing, rows, folds)


def _without(listing: Listing, rows: Sequence[int], folds: Mapping[int, int]) -> Listing:
    """Only these rows of a listing, some of which stand for those behind them too."""
    starts = {row: at for at, row in enumerate(rows)}
    row_of: dict[int, int] = {}
    at = 0
    for row, pcs in enumerate(listing.pcs):
        at = starts.get(row, at)
        row_of.update(dict.fromkeys(pcs, at))

    def kept(values: Sequence[str]) -> Sequence[str]:
        return ["" if at in folds else values[row] for at, row in enumerate(rows)] if values else ()

    texts = [f"⋯ {folds[at]:,} lines" if at in folds else listing.rows[row] for at, row in enumerate(rows)]
    return replace(
        listing,
        rows=texts,
        first=[None if at in folds else listing.first[row] for at, row in enumerate(rows)],
        pcs=[() if at in folds else listing.pcs[row] for at, row in enumerate(rows)],
        row_of=row_of,
        numbers=[listing.numbers[row] for row in rows] if listing.numbers else (),
        before=kept(listing.before),
        beside=kept(listing.beside),
        folded=folds,
    )


def _margin(code: Sequence[Line]) -> int:
    margin = max((len(line.label) for line in code), default=0)
    return margin + 2 if margin else 0


def _instruction(line: Line, margin: int) -> str:
    return (line.label + ":" if line.label else "").ljust(margin) + line.text


def _byte_columns(code: Sequence[Line]) -> int:
    """Columns of the bytes of encodings and of the blanks behind them."""
    most = max((min(len(line.encoding), MOST_BYTES + 1) for line in code), default=0)
    return 2 * most + 2 if most else 0


def _encodings(code: Sequence[Line]) -> Sequence[str]:
    width = _byte_columns(code)
    return [_bytes(line.encoding).ljust(width) for line in code]


def _bytes(encoding: bytes) -> str:
    return encoding[:MOST_BYTES].hex() + ("…" if len(encoding) > MOST_BYTES else "")


def _fitted(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"


def _columns(rows: Sequence[str]) -> int:
    return min(MAX_COLUMNS, max((len(row) + 3 * row.count("\t") for row in rows), default=0))
