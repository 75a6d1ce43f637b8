"""From moments to a picture: which region is in view, in which way, what has to be asked for, what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from textwrap import wrap
from typing import NamedTuple

from rich.segment import Segment
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from vm.contract import Frame, Region, Window
from vm.diagnostics import printable
from xqdbg.glance import Glance, Stand
from xqdbg.moment import Moment
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes.matrix_colour import Palette
from xqdbg.tui.panes.matrix_drawing import Aspect, Drawing, Marked
from xqdbg.tui.panes.matrix_foot import NAMES
from xqdbg.tui.panes.matrix_geometry import HEAD, Layout, Spot, Zoom, best, bounded, interest
from xqdbg.tui.panes.matrix_lattice import (
    Lattice,
    coupled,
    grid_cell,
    grid_region,
    laid_out,
    stored_cell,
    strong,
    whole_frame,
)
from xqdbg.tui.panes.matrix_modes import (
    COL,
    COUNTING,
    MARKS,
    MIRROR,
    OTHER,
    ROW,
    VIEWER,
    Modes,
    Overlay,
    View,
    views,
    wanted,
)
from xqdbg.tui.panes.matrix_sight import Changes, Sight, symmetric
from xqdbg.tui.panes.matrix_text import AFTER_SUM, DIGITS_MOST, compact, digits
from xqdbg.tui.panes.titled import Titled

NOTHING = ("nothing to show here yet", "what the program makes appears here")
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


class MatrixView(Titled, can_focus=True):
    """Shows one region of the moment and asks for the part of it that is in view. Knows no session and no machine."""

    ALLOW_SELECT = False

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class WindowWanted(Message, namespace="matrix_pane"):
        """Part of a region came into view and should come with the next moments."""

        def __init__(self, region: str, glances: Mapping[str, Glance]) -> None:
            super().__init__()
            self.region = region
            self.glances = glances
            """All that is looked at, by the names it is wanted under."""

        @property
        def frame(self) -> Frame:
            """The part whose values are in view."""
            return self.glances[VIEWER].frame

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, MatrixView.WindowWanted)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._chosen: str | None = None
        """Name of the region the user wants to see, whether it exists now or not."""
        self._region: Region | None = None
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
        self._known: tuple[tuple[object, ...], Seen] | None = None
        """What the windows of this moment show, as long as it is looked at in the same way."""
        self._coupled: Lattice | None = None
        """The latest couplings, shown until those of another variable are known."""

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

    # -- from moment to picture ---------------------------------------------------------------------------------------

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if old is not None and new is not None and old.tick != new.tick:
            self._before = old.windows
        names, known = ({region.name for region in moment.regions} if moment else set() for moment in (new, old))
        if self._asked is not None and self._asked[0] in names - known:
            self._asked = None
        self._look_again()

    def _look_again(self) -> None:
        """Whatever has changed: choose, ask for what is in view, draw."""
        region = self._pick()
        if region is None or self._region is None or region.name != self._region.name:
            self._hover = self._coupled = None
        self._region, self._known = region, None
        layout = self._layout
        if region is not None and layout is not None:
            spot = self._spot
            origin = layout.clamp(spot.origin)
            self._keep(replace(spot, origin=origin))
            cell = layout.canonical(self._hover or spot.cursor)
            self._ask(region.name, wanted(self._modes, self.view, region, layout.frame(origin, cell), cell))
        self._drawing = None
        self._tell_modes()
        self.refresh()

    def _ask(self, name: str, glances: Mapping[str, Glance]) -> None:
        if self._asked != (name, glances):
            self._asked = (name, glances)
            self.post_message(self.WindowWanted(name, glances))

    def _tell_modes(self) -> None:
        """Say in the rule which modes are on."""
        modes, told = self._modes, []
        if modes.overlay is not Overlay.CHANGED:
            since = "" if modes.pinned is None else f"since tick {modes.pinned.tick:,}"
            told.append(NAMES.get(modes.overlay, since))
        if self.view is not View.MAP:
            told.append(self.view.value)
        if self._mirrored:
            told.append("symmetric")
        self.tell_aside(*(Content.styled(text, "not bold $xq-quiet") for text in told if text))

    def _draw(self) -> Drawing | None:
        layout, region, drawn, raw = self._layout, self._region, self._drawn, self._raw
        if layout is None or region is None or drawn is None:
            return None
        seen = self._seen()
        plain = seen.plain if self.view is View.MAP or raw is None else self._plain(seen.lattice, raw, layout)
        window = plain or Window(drawn, Frame(), (), (), None, "", 0, 0)
        other = self._seen_other()
        aspect = self._aspect(layout, window, seen, other)
        return Drawing(
            layout=layout,
            origin=self._spot.origin,
            cursor=self._spot.cursor,
            sight=Sight(window),
            palette=self._colours(),
            regions=self._regions,
            aspect=aspect,
            paint=self._paint(layout, seen, other, aspect.other),
            focused=self.has_focus,
            hover=self._hover,
        )

    def _aspect(self, layout: Layout, window: Window, seen: Seen, other: Seen) -> Aspect:
        """How the region is looked at, and all that is known besides its values."""
        raw, couplings = self._other_raw, seen.couplings
        then = other.plain if self.view is View.MAP else None
        if raw is not None and self.view is not View.MAP:
            then = self._plain(other.lattice, raw, layout)
            then = replace(raw, region=then.region, frame=then.frame, cells=then.cells, head=()) if then else None
        if raw is None:
            then = None
        lights = self.view is View.GRID and couplings is not None and self._modes.overlay not in COUNTING
        return Aspect(
            modes=self._modes,
            view=self.view,
            marked=self._marked(layout, window, seen, other, then),
            coupled=self._in_blocks(layout, strong(couplings)) if lights and couplings is not None else {},
            lattice=self._painted_lattice() if self.view is not View.MAP else None,
            couplings=sum(map(bool, couplings.values)) if couplings is not None else 0,
            other=then,
            branch=self.moment.branch if self.moment is not None else "",
        )

    def _marked(self, layout: Layout, window: Window, seen: Seen, other: Seen, then: Window | None) -> Marked:
        """Where the picture differs from the one of the overlay."""
        overlay = self._modes.overlay
        if overlay in COUNTING:
            return Marked()
        mark = MARKS[overlay]
        if overlay is Overlay.CHANGED:
            before = self._laid(self._before, "")
            old, new = self._comparable(layout, before, window), self._comparable(layout, seen, window)
            found = Changes.between(old, new) if new is not None else Changes()
            return Marked(mark, found.marked, found.count)
        old, new = self._comparable(layout, other, then), self._comparable(layout, seen, window)
        changes = Changes.across(old, new) if new is not None else None
        return Marked(mark, known=False) if changes is None else Marked(mark, changes.marked, changes.count)

    def _comparable(self, layout: Layout, seen: Seen, plain: Window | None) -> Window | None:
        """The window to compare: of couplings, where these are painted."""
        if self.view is View.MAP:
            return seen.plain
        lattice = seen.couplings if self.view is View.COUPLINGS else seen.lattice
        if lattice is None:
            return None
        return lattice.window(layout.frame(self._spot.origin, self._spot.cursor), None, "", 0)

    def _paint(self, layout: Layout, seen: Seen, other: Seen, then: Window | None) -> Window | None:
        """What is painted in place of the values."""
        counted = self._modes.overlay in COUNTING
        if self.view is not View.COUPLINGS:
            return then if counted and isinstance(then, Window) else None
        lattice = other.couplings if counted else seen.couplings
        if lattice is None:
            return None
        return lattice.window(layout.frame(self._spot.origin, self._spot.cursor), None, "", 0)

    def _in_blocks(self, layout: Layout, cells: Mapping[int, list[int]]) -> dict[int, list[int]]:
        """Cells by the blocks they are in."""
        scale, found = layout.zoom.scale, dict[int, list[int]]()
        for row, cols in cells.items():
            found.setdefault(row // scale * scale, []).extend(col // scale * scale for col in cols)
        return found

    def _colours(self) -> Palette:
        if self._palette is None:
            _, _, ground, text = self.colors
            self._palette = Palette(self.app.theme_variables, ground, text)
        return self._palette

    def render_line(self, y: int) -> Strip:
        if self._drawing is None:
            self._drawing = self._draw()
        if self._drawing is not None and (y == 0 or self._raw is not None):
            return Strip(self._drawing.line(y), self.size.width)
        return self._notice_line(y)

    def _notice_line(self, y: int) -> Strip:
        """A line of what is said where there is nothing to draw."""
        palette, region, (width, height) = self._colours(), self._region, self.size
        lines: tuple[str, ...] = NOTHING
        if region is not None:
            empty = region.cols < 1 or region.rows < 1
            lines = (f"{printable(region.name)} is empty",) if empty else ("",)
        inks = (palette.title, *(palette.label,) * len(lines))
        rows = [(row, ink) for line, ink in zip(lines, inks, strict=False) for row in wrap(line, max(1, width - 2))]
        at = y - max(0, height - len(rows)) // 2
        text, ink = rows[at] if 0 <= at < len(rows) else ("", palette.label)
        return Strip([Segment(text.center(width)[:width], ink)], width)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palette = self._drawing = None

    # -- ways of looking ---------------------------------------------------------------------------------------------

    def _choose(self, modes: Modes) -> None:
        self._modes = modes
        self._look_again()

    def _choose_view(self, view: View) -> None:
        """Look at a region another way, at the same variable."""
        region, old = self._region, self._spot.cursor
        if region is None or view is self.view:
            return
        was_map = self.view is View.MAP
        cell = grid_cell(region, self._layout_cell(old)) if was_map else old
        self._views[region.name] = view
        target = stored_cell(region, cell) if view is View.MAP else cell
        self._hover = None
        self._keep(replace(self._spot, cursor=target))
        layout = self._layout
        if layout is not None:
            spot = self._spot
            self._keep(replace(spot, origin=layout.follow(spot.origin, spot.cursor)))
        self._look_again()

    def _layout_cell(self, cell: tuple[int, int]) -> tuple[int, int]:
        layout = self._layout
        return cell if layout is None else layout.canonical(cell)

    def _pin(self) -> Stand | None:
        """This moment, to compare others with."""
        return None if self.moment is None else Stand(self.moment.branch, self.moment.tick)
