"""What a matrix pane looks at: which region, in which view, where the cursor is, and what the windows of it show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from rich.segment import Segment
from textual.reactive import reactive

from vm.contract import Region, Window
from xqdbg.glance import Glance
from xqdbg.moment import Moment
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes.matrix_colour import Palette
from xqdbg.tui.panes.matrix_drawing import Drawing
from xqdbg.tui.panes.matrix_geometry import HEAD, Layout, Spot, Zoom, best, bounded, interest
from xqdbg.tui.panes.matrix_lattice import Lattice, coupled, grid_cell, grid_region, laid_out, whole_frame
from xqdbg.tui.panes.matrix_modes import COL, COUNTING, MIRROR, OTHER, ROW, VIEWER, Modes, View, views
from xqdbg.tui.panes.matrix_sight import symmetric
from xqdbg.tui.panes.matrix_text import AFTER_SUM, DIGITS_MOST, compact, digits
from xqdbg.tui.panes.titled import Titled

LEAST_CELLS = 10
"""Columns beside the sums below which there are none."""
Windows = Mapping[tuple[str, str], Window]


class Seen(NamedTuple):
    """What windows show in the view at hand."""

    plain: Window | None
    """The values; on the grid, the linear terms."""
    lattice: Lattice | None = None
    couplings: Lattice | None = None
    """Those of the variable under the cursor."""


class MatrixScene(Titled, can_focus=True):
    """The region in view, how it is looked at, and what the windows of the moment show of it."""

    ALLOW_SELECT = False

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._chosen: str | None = None
        """Name of the region the user wants to see, whether it exists now or not."""
        self._region: Region | None = None
        self._followed = ""
        self._spots: dict[tuple[str, View], Spot] = {}
        self._views: dict[str, View] = {}
        """The views that were chosen, by name of region."""
        self._modes = Modes()
        self._wants_plain = False
        self._asked: tuple[str, Mapping[str, Glance]] | None = None
        self._before: Windows = {}
        """Windows of the last moment at another tick, by viewer and region name."""
        self._hover: tuple[int, int] | None = None
        self._palette: Palette | None = None
        self._drawing: Drawing | None = None
        self._drawn_of: tuple[object, ...] = ()
        """What the drawing shows."""
        self._lines: dict[int, list[Segment]] = {}
        """The lines of it that were needed."""
        self._known: tuple[tuple[object, ...], Seen] | None = None
        """What the windows of this moment show, as long as it is looked at in the same way."""
        self._coupled: Lattice | None = None
        """The latest couplings, shown until those of another variable are known."""

    def _look_again(self) -> None:
        """Whatever has changed: choose, ask for what is in view, draw."""
        raise NotImplementedError

    # -- what is shown -----------------------------------------------------------------------------------------------

    def show(self, name: str) -> None:
        """Show a region, now if it exists, else as soon as it does."""
        self._chosen = name
        self._look_again()

    @property
    def shown(self) -> Region | None:
        """The region in view."""
        return self._region

    @property
    def followed(self) -> str:
        """Name of the region in view, or of the one that was last; empty if there never was one."""
        return self._followed

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Row and column of the cell that is read out; row -1 is the head."""
        return None if self._region is None else self._spot.cursor

    @property
    def pointed(self) -> Pointed | None:
        """The cell that is read out."""
        window = self._window
        if window is None or not window.focus_place:
            return None
        value = "unset" if window.focus is None else str(window.focus)
        return Pointed(window.focus_place, window.focus_place, value)

    @property
    def zoom(self) -> Zoom | None:
        """How closely the region is looked at."""
        layout = self._layout
        return None if layout is None else layout.zoom

    @property
    def modes(self) -> Modes:
        """In which ways it is looked at."""
        return self._modes

    @property
    def view(self) -> View:
        """What stands where."""
        region = self._region
        if region is None:
            return View.MAP
        choices = views(region, grid_region(region))
        chosen = self._views.get(region.name)
        return chosen if chosen in choices else choices[0]

    @property
    def _drawn(self) -> Region | None:
        """The region in view, laid out as the view wants it."""
        region = self._region
        return region if region is None or self.view is View.MAP else grid_region(region)

    @property
    def _mirrored(self) -> bool:
        return self._modes.symmetric and self.view is View.MAP and self._region is not None and self._region.upper

    @property
    def _regions(self) -> tuple[Region, ...]:
        return () if self.moment is None else tuple(self.moment.regions)

    @property
    def _raw(self) -> Window | None:
        """The values of this moment, as they came."""
        if self.moment is None or self._region is None:
            return None
        return self.moment.windows.get((VIEWER, self._region.name))

    @property
    def _window(self) -> Window | None:
        """The values of this moment, as they are drawn."""
        layout, raw = self._layout, self._raw
        if layout is None or raw is None or self.view is View.MAP:
            return raw
        return self._plain(self._seen().lattice, raw, layout)

    @property
    def _spot(self) -> Spot:
        region, drawn = self._region, self._drawn
        if region is None or drawn is None:
            return Spot((0, 0))
        spot = self._spots.get((region.name, self.view)) or Spot((HEAD if drawn.head else 0, 0))
        return replace(spot, cursor=bounded(drawn, spot.cursor, self._mirrored))

    def _keep(self, spot: Spot) -> None:
        if self._region is not None:
            self._spots[self._region.name, self.view] = spot

    @property
    def _plain_colour(self) -> bool:
        """Whether signs are told by nothing but colour: wanted, and possible."""
        return self._wants_plain and not self.app.no_color

    @property
    def _layout(self) -> Layout | None:
        region, (width, height) = self._drawn, self.size
        if region is None or width < 8 or height < 4 or region.cols < 1 or region.rows < 1:
            return None
        wide, edge = self._sizes(region, width)
        zoom = self._spot.zoom or best(region, width, height, wide, self._plain_colour, edge)
        return Layout(region, width, height, zoom, wide, edge, self._mirrored)

    def _sizes(self, region: Region, width: int) -> tuple[int, int]:
        """Characters of a number, and of a sum at the end of a line."""
        counted = self._modes.overlay in COUNTING
        plain = replace(region, values="") if counted else region
        if self.view is View.MAP:
            return digits(plain, self._painted_largest(), not self._modes.digits), 0
        lattice = self._painted_lattice()
        if lattice is None:
            return digits(plain, 1), 0
        wide = digits(plain, lattice.largest, not self._modes.digits)
        sums = min(max(len(str(end)) for end in lattice.col_sums), DIGITS_MOST)
        ends = min(max(len(compact(end, DIGITS_MOST)) for end in (*lattice.row_sums, lattice.total)), DIGITS_MOST)
        edge = ends + 2 + (AFTER_SUM if lattice.chooses else 0)
        return max(wide, sums), edge if width >= edge + LEAST_CELLS else 0

    def _painted_largest(self) -> int:
        other = self._other_raw if self._modes.overlay in COUNTING else None
        window = other or self._raw
        return window.largest if window is not None else 0

    def _painted_lattice(self) -> Lattice | None:
        counted = self._modes.overlay in COUNTING
        seen = self._seen_other() if counted and self._other_raw is not None else self._seen()
        return seen.couplings if self.view is View.COUPLINGS else seen.lattice

    @property
    def _other_raw(self) -> Window | None:
        if self.moment is None or self._region is None or self._asked is None:
            return None
        wish = self._asked[1].get(VIEWER + OTHER)
        window = self.moment.windows.get((VIEWER + OTHER, self._region.name))
        return window if wish is not None and window is not None and window.frame == wish.frame else None

    def _pick(self) -> Region | None:
        """The chosen region; without one, the one in view as long as none of more interest comes up."""
        regions = {region.name: region for region in self._regions}
        if self._chosen in regions:
            return regions[self._chosen]
        best_one = max(regions.values(), key=interest, default=None)
        current = regions.get(self._region.name) if self._region is not None else None
        if current is None or (best_one is not None and interest(best_one) > interest(current)):
            return best_one
        return current

    # -- from windows to what they show ------------------------------------------------------------------------------

    def _seen(self) -> Seen:
        """What the windows of this moment show."""
        key = self.moment, self._region, self.view, self._modes, self._asked
        if self._known is None or any(a is not b for a, b in zip(self._known[0], key, strict=True)):
            seen = self._laid(self.moment.windows if self.moment is not None else {}, "")
            if seen.couplings is not None:
                self._coupled = seen.couplings
            self._known = key, seen._replace(couplings=seen.couplings or self._coupled)
        return self._known[1]

    def _seen_other(self) -> Seen:
        """What the windows of another moment show, or the numbers of writes."""
        return self._laid(self.moment.windows if self.moment is not None else {}, OTHER)

    def _laid(self, windows: Windows, end: str) -> Seen:
        """What windows show whose names end like this, in the view at hand."""
        region = self._region
        raw = windows.get((VIEWER + end, region.name)) if region is not None else None
        if region is None or raw is None:
            return Seen(None)
        if self.view is View.MAP:
            mirror = windows.get((VIEWER + end + MIRROR, region.name))
            return Seen(symmetric(raw, mirror) if self._mirrored else raw)
        grid = grid_region(region)
        cell = raw.frame.cursor or (0, 0)
        if grid is None or raw.region.kind != region.kind or raw.region.cols != region.cols:
            return Seen(None)
        if raw.frame != whole_frame(region, grid_cell(region, cell)):
            return Seen(None)
        row, col = (windows.get((VIEWER + end + part, region.name)) for part in (ROW, COL))
        couplings = coupled(region, row, col, grid, cell[1]) if region.upper else None
        return Seen(raw, laid_out(region, raw, grid), couplings)

    def _plain(self, lattice: Lattice | None, raw: Window, layout: Layout) -> Window | None:
        """The values on their grid, with the cell that was read out."""
        region = self._region
        if lattice is None or region is None:
            return None
        cell = grid_cell(region, raw.frame.cursor or (0, 0))
        frame = layout.frame(self._spot.origin, cell)
        return lattice.window(frame, raw.focus, raw.focus_place, raw.stored)
