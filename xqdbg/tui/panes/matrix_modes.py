"""In which ways a region can be looked at, what they are called, and what has to be asked for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType

from vm.contract import Frame, Region, Shape
from vm.values import dataclass
from xqdbg.glance import Glance, Of, Stand
from xqdbg.tui.panes.matrix_colour import Mark, Scale
from xqdbg.tui.panes.matrix_lattice import coupling_frames, whole_frame
from xqdbg.tui.panes.matrix_sight import mirror_frame

VIEWER = Shape.MATRIX.value
"""Whom windows are asked for, and what the names of all that is asked for begin with."""
OTHER, MIRROR, ROW, COL = ".other", ".mirror", ".row", ".col"
"""Ends of those names: another moment or the numbers of writes; the other half; the couplings of a variable."""


class View(Enum):
    """What stands where."""

    MAP = "map"  # the matrix, or the values in the order they are stored in
    GRID = "grid"  # the variables on their grid, with sums
    COUPLINGS = "couplings"  # what couples the variable under the cursor to each other one, on the grid


class Overlay(Enum):
    """What is marked, or painted in place of the values."""

    CHANGED = "changed"
    COMING = "next"
    SINCE = "since"
    WRITES = "writes so far"
    ALL_WRITES = "writes of the run"


_ASKED: Mapping[Overlay, Of] = MappingProxyType(
    {Overlay.COMING: Of.NEXT, Overlay.SINCE: Of.THEN, Overlay.WRITES: Of.WRITES, Overlay.ALL_WRITES: Of.ALL_WRITES}
)
MARKS: Mapping[Overlay, Mark] = MappingProxyType(
    {Overlay.CHANGED: Mark.CHANGED, Overlay.COMING: Mark.COMING, Overlay.SINCE: Mark.SINCE}
)
"""What marks cells in an overlay that marks some."""
COUNTING = frozenset({Overlay.WRITES, Overlay.ALL_WRITES})
"""Overlays that paint numbers of writes."""


@dataclass(frozen=True, slots=True)
class Modes:
    """What the user chose, for all regions."""

    scale: Scale = Scale.ROOT
    overlay: Overlay = Overlay.CHANGED
    symmetric: bool = False
    digits: bool = False
    """Whether bits and spins are written as numbers."""
    pinned: Stand | None = None
    """The moment that others are compared with."""


def views(region: Region, grid: Region | None) -> tuple[View, ...]:
    """The views a region has, the one it opens with first."""
    if grid is None:
        return (View.MAP,)
    return (View.MAP, View.GRID, View.COUPLINGS) if region.upper else (View.GRID, View.MAP)


def wanted(modes: Modes, view: View, region: Region, frame: Frame, cell: tuple[int, int]) -> dict[str, Glance]:
    """All that is asked for, by name; `frame` is what is in view, `cell` what is read out."""
    of = _ASKED.get(modes.overlay)
    asked: dict[str, Glance] = {}
    for end, part in _parts(modes, view, region, frame, cell):
        asked[VIEWER + end] = Glance(part)
        alone = view is View.GRID and end in (ROW, COL)
        if of is not None and not alone and (of is not Of.THEN or modes.pinned is not None):
            asked[VIEWER + OTHER + end] = Glance(part, of, modes.pinned if of is Of.THEN else None)
    return asked


def _parts(
    modes: Modes, view: View, region: Region, frame: Frame, cell: tuple[int, int]
) -> Iterator[tuple[str, Frame]]:
    """Parts of the region that are needed, each with the end of its name."""
    if view is View.MAP:
        yield "", frame
        if modes.symmetric and region.upper:
            yield MIRROR, mirror_frame(frame)
        return
    whole = whole_frame(region, cell)
    yield "", whole
    if region.upper and whole.cursor is not None:
        row, col = coupling_frames(region, whole.cursor[1])
        yield ROW, row
        yield COL, col
