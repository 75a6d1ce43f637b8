"""Memory as rows: areas one below the other, what is not mapped between them, and how many octets stand in a row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from vm.contract import Region
from xqdbg.memory import base_of

COLUMNS = (8, 16, 32)
"""Octets there can be in a row."""
_NARROW = 4
"""The same where there is no room for any of those."""
GROUP = 8
"""Octets that stand together where there is room for gaps."""
HIGHEST = 1 << 64
"""Behind every address there can be."""
SHORT = 5
"""Columns of an address where there is little room: all of it, or a sign and its end."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What stands where in a row of octets."""

    columns: int
    """Octets in a row."""
    digits: int
    """Columns of the address; of a longer one the end is shown."""
    gaps: bool = True
    """Whether groups stand apart."""
    text: bool = True
    """Whether the octets are shown as characters too."""

    @property
    def width(self) -> int:
        """Columns of a row."""
        return self.text_at + (self.columns if self.text else 0)

    @property
    def text_at(self) -> int:
        """The column in which the characters begin."""
        last = self.octet_at(self.columns - 1) + 2
        return last + (2 if self.gaps else 1) if self.text else last

    def octet_at(self, number: int) -> int:
        """The column of the first digit of an octet; its sign stands before it."""
        return self.digits + 3 * number + 1 + (1 + number // GROUP if self.gaps else 0)

    def octet_of(self, column: int) -> int | None:
        """Which octet is drawn in a column."""
        for number in range(self.columns):
            if 0 <= column - self.octet_at(number) < 2:
                return number
        within = column - self.text_at
        return within if self.text and 0 <= within < self.columns else None


def grid_for(width: int, digits: int, wanted: int = 0) -> Grid:
    """The most that there is room for; with `wanted` octets in a row, if these have room at all."""
    for columns in ([wanted] if wanted else []) + [*sorted(COLUMNS, reverse=True), _NARROW]:
        ways = [Grid(columns, digits), Grid(columns, digits, gaps=False)]
        ways.append(Grid(columns, min(digits, SHORT), gaps=False))
        if columns == wanted or columns <= min(COLUMNS):
            ways.append(Grid(columns, min(digits, SHORT), gaps=False, text=False))
        for grid in ways:
            if grid.width <= width:
                return grid
    return Grid(_NARROW, min(digits, SHORT), gaps=False, text=False)


class Kind(Enum):
    """What a row shows."""

    OCTETS = "octets"
    HEADING = "heading"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one kind, one behind the other."""

    kind: Kind
    row: int
    """The first of them."""
    rows: int
    start: int
    """The first address; of octets, that of the first column, which may lie before the area."""
    end: int
    """The address behind the last one."""
    area: Region | None = None


class Space:
    """All rows there are."""

    def __init__(self, found: Sequence[Region] = (), columns: int = 16) -> None:
        """`found` are the areas, ascending."""
        self.areas = tuple(found)
        self.columns = columns
        self._stretches: list[Stretch] = []
        self._ends: list[int] = []
        self.rows = 0
        behind = 0
        for area in self.areas:
            if base_of(area) > behind:
                self._add(Kind.GAP, 1, behind, base_of(area))
            self._add(Kind.HEADING, 1, base_of(area), area.end, area)
            start = base_of(area) // columns * columns
            self._add(Kind.OCTETS, -(-(area.end - start) // columns), start, area.end, area)
            behind = area.end
        if self.areas:
            self._add(Kind.GAP, 1, behind, HIGHEST)

    def _add(self, kind: Kind, rows: int, start: int, end: int, area: Region | None = None) -> None:
        self._stretches.append(Stretch(kind, self.rows, rows, start, end, area))
        self.rows += rows
        self._ends.append(self.rows)

    def stretch(self, row: int) -> Stretch:
        """What a row is part of; IndexError for none."""
        if not 0 <= row < self.rows:
            raise IndexError(row)
        return self._stretches[bisect_right(self._ends, row)]

    def address(self, row: int) -> int:
        """The address of the first column of a row of octets; of any other row, where it begins."""
        stretch = self.stretch(row)
        return stretch.start + (row - stretch.row) * self.columns

    def row_of(self, address: int) -> int:
        """The row of an address; of the gap it lies in if it is not mapped."""
        for stretch in self._stretches:
            if stretch.kind is Kind.OCTETS and stretch.start <= address < stretch.end:
                return stretch.row + (address - stretch.start) // self.columns
            if stretch.kind is Kind.GAP and stretch.start <= address < stretch.end:
                return stretch.row
        return max(0, self.rows - 1)

    def area_of(self, address: int) -> Region | None:
        """The area an address lies in."""
        return next((area for area in self.areas if base_of(area) <= address < area.end), None)

    def onto(self, row: int, direction: int) -> int:
        """The nearest row of octets from a row on; back the other way if there is none."""
        row = max(0, min(row, self.rows - 1))
        for step in (direction, -direction):
            at = row
            while 0 <= at < self.rows:
                if self.stretch(at).kind is Kind.OCTETS:
                    return at
                at += step
        return row
