"""A heat map of a value too large for a cell: a model, a sample, a vector, a memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from vm.contract import Frame, Region, Window
from vm.diagnostics import printable
from xqdbg.moment import Moment
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes.counts import times
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.matrix_colour import Palette
from xqdbg.tui.panes.matrix_drawing import Changes, Drawing, Sight
from xqdbg.tui.panes.matrix_geometry import (
    HEAD,
    Layout,
    Look,
    Spot,
    Zoom,
    best,
    bounded,
    farther,
    fitting,
    interest,
    nearer,
    overview,
)
from xqdbg.tui.panes.matrix_text import digits

VIEWER = "matrix"
"""Whom windows are asked for."""
NOTHING = ("nothing to show here yet", "what the program makes appears here")
WHEEL = 3
"""Blocks the wheel scrolls by."""
JUMP = 5
"""Cells a jump goes, where no grid says how many."""


class MatrixPane(Widget, can_focus=True):
    """Shows one region of the moment and asks for the part of it that is in view. Knows no session and no machine."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "MatrixPane { width: 1fr; height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "point(0,-1)", "Left", show=False, id="matrix.left"),
        Binding("right,l", "point(0,1)", "Right", show=False, id="matrix.right"),
        Binding("up,k", "point(-1,0)", "Up", show=False, id="matrix.up"),
        Binding("down,j", "point(1,0)", "Down", show=False, id="matrix.down"),
        Binding("shift+left,ctrl+left", "jump(0,-1)", "Jump left", show=False, id="matrix.jump_left"),
        Binding("shift+right,ctrl+right", "jump(0,1)", "Jump right", show=False, id="matrix.jump_right"),
        Binding("shift+up,ctrl+up", "jump(-1,0)", "Jump up", show=False, id="matrix.jump_up"),
        Binding("shift+down,ctrl+down", "jump(1,0)", "Jump down", show=False, id="matrix.jump_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="matrix.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="matrix.page_down"),
        Binding("home", "row_edge(-1)", "First column", show=False, id="matrix.home"),
        Binding("end", "row_edge(1)", "Last column", show=False, id="matrix.end"),
        Binding("ctrl+home", "corner(-1)", "First cell", show=False, id="matrix.first"),
        Binding("ctrl+end", "corner(1)", "Last cell", show=False, id="matrix.last"),
        Binding("plus", "zoom_in", "Closer", key_display="+", id="matrix.zoom_in"),
        Binding("minus", "zoom_out", "Farther", key_display="-", id="matrix.zoom_out"),
        Binding("asterisk", "zoom_fit", "Fit", key_display="*", id="matrix.zoom_fit"),
        Binding("v", "plain_colour", "Colour alone", show=False, id="matrix.plain"),
        Binding("enter", "blame", "Contributions", show=False, id="matrix.blame"),
        Binding("comma", "cycle(-1)", "Previous region", key_display=",", show=False, id="matrix.previous"),
        Binding("full_stop", "cycle(1)", "Next region", key_display=".", show=False, id="matrix.next"),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class WindowWanted(Message):
        """Part of a region came into view and should come with the next moments."""

        def __init__(self, region: str, frame: Frame) -> None:
            super().__init__()
            self.region = region
            self.frame = frame

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, MatrixPane.WindowWanted)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._chosen: str | None = None
        """Name of the region the user wants to see, whether it exists now or not."""
        self._region: Region | None = None
        self._spots: dict[str, Spot] = {}
        self._wants_plain = False
        self._asked: tuple[str, Frame] | None = None
        self._before: Mapping[tuple[str, str], Window] = {}
        """Windows of the last moment at another tick, by viewer and region name."""
        self._hover: tuple[int, int] | None = None
        self._palette: Palette | None = None
        self._drawing: Drawing | None = None

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
    def _regions(self) -> tuple[Region, ...]:
        return () if self.moment is None else tuple(self.moment.regions)

    @property
    def _window(self) -> Window | None:
        if self.moment is None or self._region is None:
            return None
        return self.moment.windows.get((VIEWER, self._region.name))

    @property
    def _spot(self) -> Spot:
        region = self._region
        if region is None:
            return Spot((0, 0))
        spot = self._spots.get(region.name) or Spot((HEAD if region.head else 0, 0))
        return replace(spot, cursor=bounded(region, spot.cursor))

    @property
    def _plain(self) -> bool:
        """Whether signs are told by nothing but colour: wanted, and possible."""
        return self._wants_plain and not self.app.no_color

    @property
    def _layout(self) -> Layout | None:
        region, (width, height) = self._region, self.size
        if region is None or width < 8 or height < 4 or region.cols < 1 or region.rows < 1:
            return None
        wide = digits(region, self._window.largest if self._window is not None else 0)
        zoom = self._spot.zoom or best(region, width, height, wide, self._plain)
        return Layout(region, width, height, zoom, wide)

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
            self._hover = None
        self._region = region
        layout = self._layout
        if region is not None and layout is not None:
            spot = self._spot
            origin = layout.clamp(spot.origin)
            self._spots[region.name] = replace(spot, origin=origin)
            self._ask(region.name, layout.frame(origin, self._hover or spot.cursor))
        self._drawing = None
        self.refresh()

    def _ask(self, name: str, frame: Frame) -> None:
        if self._asked != (name, frame):
            self._asked = (name, frame)
            self.post_message(self.WindowWanted(name, frame))

    def _draw(self) -> Drawing | None:
        layout, region = self._layout, self._region
        if layout is None or region is None:
            return None
        window = self._window or Window(region, Frame(), (), (), None, "", 0, 0)
        spot = self._spot
        return Drawing(
            layout=layout,
            origin=spot.origin,
            cursor=spot.cursor,
            sight=Sight(window),
            changes=Changes.between(self._before.get((VIEWER, region.name)), window),
            palette=self._colours(),
            regions=self._regions,
            focused=self.has_focus,
            hover=self._hover,
        )

    def _colours(self) -> Palette:
        if self._palette is None:
            _, _, ground, text = self.colors
            self._palette = Palette(self.app.theme_variables, ground, text)
        return self._palette

    def render_line(self, y: int) -> Strip:
        if self._drawing is None:
            self._drawing = self._draw()
        if self._drawing is not None and (y == 0 or self._window is not None):
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

    # -- moving ------------------------------------------------------------------------------------------------------

    def _point_to(self, cell: tuple[int, int]) -> None:
        region, layout = self._region, self._layout
        if region is None or layout is None:
            return
        cell = bounded(region, cell)
        self._hover = None
        self._spots[region.name] = replace(self._spot, cursor=cell, origin=layout.follow(self._spot.origin, cell))
        self._look_again()

    def _scroll_blocks(self, down: int, across: int) -> None:
        region, layout = self._region, self._layout
        if region is None or layout is None:
            return
        row, col = self._spot.origin
        unit = layout.zoom.scale
        down_by, across_by = down * unit * layout.stacked, across * unit
        if layout.wrapped:
            down_by, across_by = 0, down * unit * layout.across
        self._spots[region.name] = replace(self._spot, origin=layout.clamp((row + down_by, col + across_by)))
        self._hover = None
        self._look_again()

    def _set_zoom(self, zoom: Zoom | None) -> None:
        region = self._region
        if region is None:
            return
        self._spots[region.name] = replace(self._spot, zoom=zoom)
        layout = self._layout
        if layout is not None:
            spot = self._spot
            self._spots[region.name] = replace(spot, origin=layout.follow(spot.origin, spot.cursor))
        self._look_again()

    def action_point(self, down: int, across: int) -> None:
        count = times(self)
        down, across = down * count, across * count
        row, col = self._spot.cursor
        layout = self._layout
        if layout is not None and layout.wrapped and down:
            self._point_to((row, col + down * layout.across * layout.zoom.scale))
        else:
            self._point_to((row + down, col + across))

    def action_jump(self, down: int, across: int) -> None:
        if self._region is not None:
            far = max(self._region.grid[1], self.zoom.scale if self.zoom else 1) if self._region.upper else 0
            self.action_point(down * max(far, JUMP), across * max(far, JUMP))

    def action_page(self, direction: int) -> None:
        layout = self._layout
        if layout is not None:
            self.action_point(direction * (layout.down if layout.wrapped else layout.down * layout.zoom.scale), 0)

    def action_row_edge(self, direction: int) -> None:
        if self._region is not None:
            row = self._spot.cursor[0]
            first = max(row, 0) if self._region.upper else 0
            self._point_to((row, first if direction < 0 else self._region.cols - 1))

    def action_corner(self, direction: int) -> None:
        if self._region is not None:
            rows, cols = self._region.rows, self._region.cols
            self._point_to((0, 0) if direction < 0 else (rows - 1, cols - 1))
            if direction < 0 and self._region.head:
                self._point_to((HEAD, 0))

    def action_zoom_in(self) -> None:
        if (zoom := self.zoom) is not None:
            self._set_zoom(nearer(zoom, self._overview(zoom)))

    def action_zoom_out(self) -> None:
        if (zoom := self.zoom) is not None:
            self._set_zoom(farther(zoom, self._overview(zoom)))

    def action_zoom_fit(self) -> None:
        self._set_zoom(None)

    def action_blame(self) -> None:
        """Ask for everything that made the value under the cursor what it is."""
        if (pointed := self.pointed) is not None:
            self.post_message(LineGiven(f"blame {pointed.place}"))

    def action_plain_colour(self) -> None:
        self._wants_plain = not self._wants_plain
        self._set_zoom(None)

    def action_cycle(self, direction: int) -> None:
        names = [region.name for region in self._regions]
        if self._region is not None and self._region.name in names:
            self.show(names[(names.index(self._region.name) + direction) % len(names)])

    def _overview(self, zoom: Zoom) -> Zoom:
        """The farthest stop of the zoom: everything in view, in the look at hand if it is one of a map."""
        layout = self._layout
        if layout is None:
            return zoom
        size = layout.region, layout.width, layout.height, layout.digits
        return overview(*size, self._plain) if zoom.look is Look.NUMBERS else fitting(*size, zoom.look)

    # -- events ------------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        region, layout = self._region, self._layout
        if region is not None and layout is not None:
            spot = self._spot
            self._spots[region.name] = replace(spot, origin=layout.follow(spot.origin, spot.cursor))
        self._look_again()

    def on_focus(self) -> None:
        self._look_again()

    def on_blur(self) -> None:
        self._look_again()

    def on_click(self, event: events.Click) -> None:
        cell = self._cell_at(event)
        if cell is not None:
            self._point_to(cell)
        elif (name := self._tab_at(event)) is not None:
            self.show(name)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        cell = self._cell_at(event)
        if cell != self._hover:
            self._hover = cell
            self._look_again()

    def on_leave(self) -> None:
        if self._hover is not None:
            self._hover = None
            self._look_again()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        event.prevent_default()
        if event.ctrl:
            (self.action_zoom_out if direction > 0 else self.action_zoom_in)()
        elif event.shift:
            self._scroll_blocks(0, direction * WHEEL)
        else:
            self._scroll_blocks(direction * WHEEL, 0)

    def _cell_at(self, event: events.MouseEvent) -> tuple[int, int] | None:
        offset, layout = event.get_content_offset(self), self._layout
        if offset is None or layout is None:
            return None
        return layout.hit(self._spot.origin, offset.x, offset.y)

    def _tab_at(self, event: events.MouseEvent) -> str | None:
        offset, drawing = event.get_content_offset(self), self._drawing
        if offset is None or drawing is None or offset.y != 0:
            return None
        end = 0
        for name, (text, _) in drawing.tabs():
            end += len(text)
            if offset.x < end:
                return name
        return None
