"""The variables of a region laid out on their grid, with sums of its rows and columns, and the couplings of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from vm.contract import Frame, Region, Window
from xqdbg.tui.panes.matrix_geometry import HEAD

MOST_VALUES = 20_000
"""Variables that are laid out on a grid; a larger one is looked at as it is stored."""
STRONG = 2
"""A coupling counts as strong that is at least this part of the strongest one."""
CHOICES = frozenset({"bits", "spins"})
"""Kinds of values of which those that are on are counted, in place of a sum."""


@dataclass(frozen=True)
class Lattice:
    """Values of variables by their number, and the rows they are laid out in."""

    region: Region
    """The region they are laid out as: rows and columns of the grid."""
    values: Sequence[int | None]

    @cached_property
    def _lines(self) -> list[Sequence[int | None]]:
        cols = self.region.cols
        return [self.values[start : start + cols] for start in range(0, len(self.values), cols)]

    @cached_property
    def row_sums(self) -> Sequence[int]:
        """The exact sum of each row; how many are on, where values are on or off."""
        return [sum(map(self._weight, line)) for line in self._lines]

    @cached_property
    def col_sums(self) -> Sequence[int]:
        """The exact sum of each column."""
        weights = list(map(self._weight, self.values))
        return [sum(weights[col :: self.region.cols]) for col in range(self.region.cols)]

    @cached_property
    def total(self) -> int:
        """The sum of all."""
        return sum(self.row_sums)

    @cached_property
    def largest(self) -> int:
        """Greatest magnitude of a value."""
        return max((abs(value) for value in self.values if value is not None), default=0)

    @property
    def chooses(self) -> bool:
        """Whether its rows may be choices of one: of bits or spins."""
        return self.region.values in CHOICES

    def _weight(self, value: int | None) -> int:
        if value is None:
            return 0
        return int(value > 0) if self.chooses else value

    def window(self, frame: Frame, focus: int | None, place: str, stored: int) -> Window:
        """A window onto the grid."""
        rows = range(frame.row, min(frame.row + frame.height * frame.scale, self.region.rows), frame.scale)
        return Window(
            region=self.region,
            frame=frame,
            cells=tuple(self._blocks(row, frame) for row in rows),
            head=(),
            focus=focus,
            focus_place=place,
            largest=self.largest,
            stored=stored,
        )

    def _blocks(self, top: int, frame: Frame) -> tuple[int | None, ...]:
        lines, end = self._lines[top : top + frame.scale], frame.col + frame.width * frame.scale
        if frame.scale == 1:
            line = lines[0][frame.col : end] if lines else ()
            return (*line, *(None,) * (frame.width - len(line)))
        starts = range(frame.col, end, frame.scale)
        return tuple(_strongest([value for line in lines for value in line[at : at + frame.scale]]) for at in starts)


def _strongest(values: Sequence[int | None]) -> int | None:
    return max((value for value in values if value is not None), key=abs, default=None)


def grid_region(region: Region) -> Region | None:
    """A region laid out on its grid; None without a grid, and where it is too large for that."""
    cols = region.grid[1]
    size = region.cols if region.upper else region.rows * region.cols
    if cols < 1 or not 0 < size <= MOST_VALUES or (not region.upper and region.cols != cols):
        return None
    return replace(region, rows=-(-size // cols), cols=cols, upper=False, head=False)


def stored_cell(region: Region, cell: tuple[int, int]) -> tuple[int, int]:
    """The cell of a region as it is stored, by the row and column of its grid."""
    if not region.upper:
        return cell
    return HEAD, min(cell[0] * region.grid[1] + cell[1], region.cols - 1)


def grid_cell(region: Region, cell: tuple[int, int]) -> tuple[int, int]:
    """Row and column of the grid of the variable that a cell of a region is about: that of its column."""
    return divmod(cell[1], region.grid[1]) if region.upper else cell


def whole_frame(region: Region, cell: tuple[int, int]) -> Frame:
    """What to ask for to know the value of every variable; `cell` is the one to be read out, on the grid."""
    cursor = stored_cell(region, cell)
    return Frame(0, 0, 1 if region.upper else region.rows, region.cols, 1, cursor)


def coupling_frames(region: Region, variable: int) -> tuple[Frame, Frame]:
    """What to ask for to know all couplings of a variable of a triangle: its row, and its column above that."""
    return Frame(variable, 0, 1, region.cols), Frame(0, variable, max(variable, 1), 1)


def laid_out(region: Region, window: Window, grid: Region) -> Lattice:
    """The values of all variables on their grid; the window must be of the whole frame."""
    if region.upper:
        return Lattice(grid, window.head)
    return Lattice(grid, [value for line in window.cells for value in line])


def coupled(region: Region, row: Window | None, col: Window | None, grid: Region, variable: int) -> Lattice | None:
    """The couplings of a variable to all others, on their grid; None while they are not known."""
    row_frame, col_frame = coupling_frames(region, variable)
    if row is None or col is None or row.frame != row_frame or col.frame != col_frame:
        return None
    above = [line[0] for line in col.cells[:variable]]
    right = row.cells[0][variable:] if row.cells else ()
    right = (None, *right[1:])
    above += [None] * (variable - len(above))
    return Lattice(replace(grid, values=""), (*above, *right))


def strong(lattice: Lattice) -> dict[int, list[int]]:
    """Columns of the strongest values, by row."""
    marked: dict[int, list[int]] = {}
    for number, value in enumerate(lattice.values):
        if value and abs(value) * STRONG >= lattice.largest:
            row, col = divmod(number, lattice.region.cols)
            marked.setdefault(row, []).append(col)
    return marked
