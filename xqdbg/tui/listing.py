"""The program as rows of text: its source where there is one, else its disassembly."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from vm.contract import Line
from vm.diagnostics import expanded

MAX_COLUMNS = 1000
"""Longer lines are cut off: nobody reads them, and each repaint would pay for them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of text, and which instructions each row stands for. A row may stand for none or many."""

    rows: Sequence[str]
    first: Sequence[int | None]
    """Address of the first instruction of each row."""
    pcs: Sequence[Sequence[int]]
    """Addresses of all instructions of each row."""
    row_of: dict[int, int]
    """Row by address."""
    of_source: bool
    """Whether row n is line n + 1 of the source."""
    columns: int
    """Width of the widest row, in characters."""

    def text(self, row: int) -> str:
        """What a row shows: one line, without control characters."""
        return shown(self.rows[row])

    def row_at(self, pc: int) -> int:
        """The row of an address; of the nearest instruction before it where the address begins none."""
        if (row := self.row_of.get(pc)) is not None:
            return row
        addresses = sorted(self.row_of)
        at = bisect_left(addresses, pc)
        return self.row_of[addresses[max(0, at - 1)]] if addresses else 0

    def pc_at(self, row: int) -> int | None:
        """The first instruction at or after a row, as a breakpoint there would take it."""
        return next((pc for pc in self.first[row:] if pc is not None), None)


def shown(text: str) -> str:
    """Program text as it may reach the terminal: tabs spread, control characters made visible, cut to MAX_COLUMNS."""
    if len(text) > MAX_COLUMNS:
        text = text[: MAX_COLUMNS - 1] + "…"
    return expanded(text, 4)


def source_listing(code: Sequence[Line], source: Sequence[str]) -> Listing:
    """One row a source line."""
    pcs: list[list[int]] = [[] for _ in source]
    row_of: dict[int, int] = {}
    for line in code:
        if line.source_line is not None and 0 < line.source_line <= len(source):
            row_of[line.pc] = line.source_line - 1
            pcs[line.source_line - 1].append(line.pc)
    first = [here[0] if here else None for here in pcs]
    return Listing(source, first, pcs, row_of, True, _columns(source))


def code_listing(code: Sequence[Line]) -> Listing:
    """One row an instruction, after a column of labels where the program has any."""
    margin = max((len(line.label) for line in code), default=0)
    margin += 2 if margin else 0
    rows = [(line.label + ":" if line.label else "").ljust(margin) + line.text for line in code]
    addresses = [line.pc for line in code]
    row_of = {pc: row for row, pc in enumerate(addresses)}
    return Listing(rows, addresses, [(pc,) for pc in addresses], row_of, False, _columns(rows))


def _columns(rows: Sequence[str]) -> int:
    return min(MAX_COLUMNS, max((len(row) + 3 * row.count("\t") for row in rows), default=0))
