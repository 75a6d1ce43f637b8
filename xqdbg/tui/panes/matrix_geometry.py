"""Which part of a region fits into a pane, and where each of its cells is drawn. Pure arithmetic, no terminal."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cached_property

from vm.contract import Frame, Region
from vm.values import dataclass

HEAD = -1
"""The row that stands for the head."""
NUMBERS_MOST = 16
"""Matrices larger than this open as a map, even where their numbers would fit."""
ROOMY = 48
"""Panes of this width can spare a column of air."""
ROUND = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256)
"""Scales the zoom stops at, beside the one that fits."""


class Look(Enum):
    """How cells are drawn, closest first."""

    NUMBERS = "numbers"
    CELLS = "cells"  # a sign and a strength in two characters each
    PAIRS = "pairs"  # two above each other in one character, told apart by their signs
    HALVES = "halves"  # two above each other in one character, told apart by nothing but colour


@dataclass(frozen=True, slots=True)
class Zoom:
    """How closely a region is looked at: `scale` x `scale` cells are drawn as one block."""

    look: Look
    scale: int = 1


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one looks within a region."""

    cursor: tuple[int, int]
    """Row and column of a single cell; row HEAD is the head."""
    origin: tuple[int, int] = (0, 0)
    """Row and column of the block in the top left corner."""
    zoom: Zoom | None = None
    """None fits the region into the pane."""


@dataclass(frozen=True)
class Layout:
    """A region at one zoom in a pane of `width` x `height` characters. Rows and columns are those of the region."""

    region: Region
    width: int
    height: int
    zoom: Zoom
    digits: int
    """Characters a number takes, its sign included."""
    edge: int = 0
    """Characters at the end of each line for its sum; with these, the sums of columns stand below. 0 without sums."""
    mirrored: bool = False
    """Whether a triangle is drawn as the symmetric matrix it stands for."""

    # -- sizes of the parts, in characters ---------------------------------------------------------------------------

    @cached_property
    def wrapped(self) -> bool:
        """Whether the region is one long row, broken into lines like text."""
        return self.region.rows == 1 and not self.region.head and not self.edge

    @property
    def triangle(self) -> bool:
        """Whether there is nothing below the diagonal."""
        return self.region.upper and not self.mirrored

    @cached_property
    def gutter(self) -> int:
        """Width of the labels on the left."""
        last = self.region.cols if self.wrapped else self.region.rows
        margin = 1 if self.width < ROOMY else 2
        return max(len(str(max(last - 1, 0))), 3 if self.region.head else 2) + margin

    @cached_property
    def cell_width(self) -> int:
        return {Look.NUMBERS: self.digits + 1, Look.CELLS: 2}.get(self.zoom.look, 1)

    @cached_property
    def stacked(self) -> int:
        """Blocks drawn above each other in one line."""
        return 2 if self.zoom.look in (Look.PAIRS, Look.HALVES) and not self.wrapped else 1

    @cached_property
    def axis_line(self) -> int:
        """The line of the column labels; the tabs are above it."""
        return 1

    @cached_property
    def head_line(self) -> int | None:
        return 2 if self.region.head else None

    @cached_property
    def rule_line(self) -> int | None:
        """A line of air between head and matrix, where there is room for it."""
        return 3 if self.region.head and self.height >= 22 else None

    @cached_property
    def top(self) -> int:
        """The first line of the matrix."""
        return 2 + (self.head_line is not None) + (self.rule_line is not None)

    @cached_property
    def foot(self) -> int:
        """Lines below the matrix: the legend and the cell that is read out."""
        return 2 if self.height >= 8 else 1

    @cached_property
    def lines(self) -> int:
        """Lines of the matrix there is room for."""
        return max(1, self.height - self.top - self.foot - (1 if self.edge else 0))

    @cached_property
    def used(self) -> int:
        """Lines of the matrix that have anything to show."""
        if self.wrapped:
            return min(self.lines, -(-self.region.cols // (self.across * self.zoom.scale)))
        return min(self.lines, -(-self.region.rows // (self.zoom.scale * self.stacked)))

    @cached_property
    def sum_line(self) -> int | None:
        """The line of the sums of columns, right below the matrix."""
        return self.top + self.used if self.edge else None

    @cached_property
    def across(self) -> int:
        """Blocks a line has room for; those of a long row come in round numbers."""
        room = max(1, (self.width - self.gutter - self.edge) // self.cell_width)
        return _round_down(room) if self.wrapped else room

    @cached_property
    def down(self) -> int:
        """Blocks there is room for from top to bottom."""
        return self.lines * self.stacked

    @cached_property
    def has_guides(self) -> bool:
        """Whether the rows of the grid are told apart: not where blocks are too coarse for it."""
        return self.region.upper and 2 * self.zoom.scale <= self.region.grid[1] < self.region.cols

    # -- blocks ------------------------------------------------------------------------------------------------------

    def clamp(self, origin: tuple[int, int]) -> tuple[int, int]:
        """The nearest origin that is on a block border and leaves no room unused at the end."""
        scale = self.zoom.scale
        if self.wrapped:
            line = self.across * scale
            last = max(0, -(-self.region.cols // line) - self.lines) * line
            return 0, min(max(origin[1] // line * line, 0), last)
        pitch = scale * self.stacked
        last_row = max(0, -(-self.region.rows // pitch) - self.lines) * pitch
        last_col = max(0, -(-self.region.cols // scale) - self.across) * scale
        row, col = origin[0] // pitch * pitch, origin[1] // scale * scale
        return min(max(row, 0), last_row), min(max(col, 0), last_col)

    def follow(self, origin: tuple[int, int], cursor: tuple[int, int]) -> tuple[int, int]:
        """The origin nearest to `origin` at which the cursor is in view."""
        scale = self.zoom.scale
        row, col = self.clamp(origin)
        if self.wrapped:
            line = self.across * scale
            first = cursor[1] // line * line
            return self.clamp((0, min(max(col, first - (self.lines - 1) * line), first)))
        block_row, block_col = max(cursor[0], 0) // scale * scale, cursor[1] // scale * scale
        pitch = scale * self.stacked
        least_row = block_row // pitch * pitch - (self.lines - 1) * pitch
        row = row if cursor[0] == HEAD else min(max(row, least_row), block_row // pitch * pitch)
        col = min(max(col, block_col - (self.across - 1) * scale), block_col)
        return self.clamp((row, col))

    def frame(self, origin: tuple[int, int], cursor: tuple[int, int]) -> Frame:
        """What to ask for to draw the region from `origin` on; never larger than the region."""
        row, col = origin
        scale = self.zoom.scale
        wide = -(-(self.region.cols - col) // scale)
        if self.wrapped:
            return Frame(0, col, 1, max(1, min(self.across * self.lines, wide)), scale, cursor)
        high = -(-(self.region.rows - row) // scale)
        return Frame(row, col, max(1, min(self.down, high)), max(1, min(self.across, wide)), scale, cursor)

    def blocks(self, origin: tuple[int, int], line: int) -> Iterator[tuple[int, int]]:
        """Row and column of the blocks of a line of the matrix (the upper ones, where two are stacked)."""
        scale = self.zoom.scale
        row, col = origin[0] + line * scale * self.stacked, origin[1]
        if self.wrapped:
            row, col = 0, col + line * scale * self.across
        for block in range(self.across):
            if row < self.region.rows and col + block * scale < self.region.cols:
                yield row, col + block * scale

    def exists(self, row: int, col: int) -> bool:
        """Whether a block has any cell; of a triangle, only those on and above the diagonal have."""
        return row < self.region.rows and col < self.region.cols and (row <= col or not self.triangle)

    def canonical(self, cell: tuple[int, int]) -> tuple[int, int]:
        """The cell that holds the value of a cell: of a triangle, the one above the diagonal."""
        row, col = cell
        return (col, row) if self.region.upper and row > col else cell

    def shared(self, cell: tuple[int, int]) -> tuple[int, int]:
        """The other cell of a symmetric matrix that has the same value; the cell itself elsewhere."""
        row, col = cell
        return (col, row) if self.mirrored and row >= 0 else cell

    def odd(self, row: int, col: int) -> bool:
        """Whether a block is in an odd field of the grid, as on a chess board."""
        pitch = self.region.grid[1]
        return self.has_guides and (row // pitch + col // pitch) % 2 == 1

    def hit(self, origin: tuple[int, int], x: int, y: int) -> tuple[int, int] | None:
        """Row and column of the first cell of the block drawn at a character; None where there is none."""
        if x < self.gutter:
            return None
        scale, across = self.zoom.scale, (x - self.gutter) // self.cell_width
        line = y - self.top
        if across >= self.across:
            return None
        col = origin[1] + across * scale
        if y == self.head_line:
            return (HEAD, col) if col < self.region.cols else None
        if not 0 <= line < self.lines:
            return None
        if self.wrapped:
            return next(((0, c) for i, (_, c) in enumerate(self.blocks(origin, line)) if i == across), None)
        row = origin[0] + line * scale * self.stacked
        return (row, col) if self.exists(row, col) or self.exists(row + scale * (self.stacked - 1), col) else None


def _round_down(room: int) -> int:
    return max((step for step in (5, 10, 20, 25, 50, 100) if step <= room), default=room)


def fitting(region: Region, width: int, height: int, digits: int, look: Look, edge: int = 0) -> Zoom:
    """The closest zoom of a look at which the whole region is in view."""
    layout = Layout(region, width, height, Zoom(look), digits, edge)
    if layout.wrapped:
        room = layout.across * layout.lines
        return Zoom(look, max(1, -(-region.cols // room)))
    return Zoom(look, max(1, -(-region.cols // layout.across), -(-region.rows // layout.down)))


def best(region: Region, width: int, height: int, digits: int, plain: bool, edge: int = 0) -> Zoom:
    """The zoom a region opens with: its numbers if they fit, else a map of all of it; `plain` wants colour alone."""
    numbers = fitting(region, width, height, digits, Look.NUMBERS, edge)
    small = not region.upper or region.cols <= NUMBERS_MOST
    if (small and numbers.scale == 1) or Layout(region, width, height, numbers, digits, edge).wrapped:
        return Zoom(Look.NUMBERS)
    return overview(region, width, height, digits, plain, edge)


def overview(region: Region, width: int, height: int, digits: int, plain: bool, edge: int = 0) -> Zoom:
    """The map of a whole region with the smallest blocks."""
    looks = (Look.HALVES,) if plain else (Look.CELLS, Look.PAIRS)
    return min((fitting(region, width, height, digits, look, edge) for look in looks), key=lambda zoom: zoom.scale)


def nearer(zoom: Zoom, fit: Zoom) -> Zoom:
    """One stop closer: smaller blocks, in the end the numbers."""
    if zoom.scale == 1:
        return Zoom(Look.NUMBERS)
    stops = [scale for scale in (*ROUND, fit.scale) if scale < zoom.scale]
    return Zoom(zoom.look, max(stops))


def farther(zoom: Zoom, fit: Zoom) -> Zoom:
    """One stop away, until the whole region is in view."""
    if zoom.look is Look.NUMBERS:
        return Zoom(fit.look)
    stops = [scale for scale in (*ROUND, fit.scale) if zoom.scale < scale <= fit.scale]
    return Zoom(zoom.look, min(stops, default=zoom.scale))


def label_step(pitch: int, room: int, cell_width: int, scale: int) -> int:
    """Distance of axis labels, in cells: the closest that leaves `room` characters to each, whole grid rows first."""
    steps = [pitch * times for times in (1, 2, 4, 5, 10, 20, 50)] if pitch > 1 else []
    steps += [1, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1000]
    wide_enough = (step for step in steps if step * cell_width >= room * scale)
    return next(wide_enough, max(steps))


def interest(region: Region) -> tuple[bool, bool]:
    """How much there is to see: matrices with terms before grids before rows."""
    return region.upper, region.rows > 1


def bounded(region: Region, cell: tuple[int, int], mirrored: bool = False) -> tuple[int, int]:
    """The nearest cell that exists; `mirrored`, those below the diagonal of a triangle do too."""
    col = min(max(cell[1], 0), max(region.cols - 1, 0))
    lowest = HEAD if region.head else 0
    row = min(max(cell[0], lowest), max(region.rows - 1, 0))
    return (min(row, col), col) if region.upper and not mirrored else (row, col)
