"""A heat map of a value too large for a cell: a model, a sample, a vector, a memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from xqdbg.tui.panes.counts import times
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.matrix_colour import Scale
from xqdbg.tui.panes.matrix_foot import sentence
from xqdbg.tui.panes.matrix_geometry import HEAD, Look, Zoom, bounded, farther, fitting, nearer, overview
from xqdbg.tui.panes.matrix_lattice import grid_region
from xqdbg.tui.panes.matrix_modes import Overlay, views
from xqdbg.tui.panes.matrix_view import MatrixView

WHEEL = 3
"""Blocks the wheel scrolls by."""
JUMP = 5
"""Cells a jump goes, where no grid says how many."""


class MatrixPane(MatrixView):
    """The keys and the mouse of the picture."""

    DEFAULT_CSS = "MatrixPane { width: 1fr; height: 1fr; }"
    HINTS: ClassVar[Sequence[tuple[str, str]]] = (
        ("matrix.blame", "contributions"),
        ("at.why", "why"),
        ("matrix.overlay", "overlay"),
        ("matrix.view", "view"),
        ("matrix.pin", "pin"),
        ("matrix.next", "next one"),
        ("at.write_before", "write before"),
        ("at.edit", "edit"),
    )
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
        Binding("V", "next_view(1)", "Map, grid, couplings", id="matrix.view"),
        Binding("d", "overlay(1)", "Differences", id="matrix.overlay"),
        Binding("D", "overlay(-1)", "Differences, back", show=False, id="matrix.overlay_back"),
        Binding("p", "pin", "Compare with now", id="matrix.pin"),
        Binding("t", "symmetric", "Triangle or symmetric", show=False, id="matrix.symmetric"),
        Binding("a", "scale", "Linear, √ or log", show=False, id="matrix.scale"),
        Binding("T", "digits", "Signs or numbers", show=False, id="matrix.digits"),
        Binding("Y", "copy_readout", "Copy the read-out", show=False, id="matrix.copy"),
        Binding("enter", "blame", "Contributions", show=False, id="matrix.blame"),
        Binding("comma", "cycle(-1)", "Previous region", key_display=",", show=False, id="matrix.previous"),
        Binding("full_stop", "cycle(1)", "Next region", key_display=".", show=False, id="matrix.next"),
    ]

    _grip: tuple[int, int, tuple[int, int]] | None = None
    """Where the mouse took hold of the picture, and the origin then."""
    _dragged = False
    """Whether the picture was pulled along since."""

    # -- moving ------------------------------------------------------------------------------------------------------

    def _point_to(self, cell: tuple[int, int]) -> None:
        region, layout = self._drawn, self._layout
        if region is None or layout is None:
            return
        cell = bounded(region, cell, layout.mirrored)
        self._hover = None
        self._keep(replace(self._spot, cursor=cell, origin=layout.follow(self._spot.origin, cell)))
        self._look_again()

    def _scroll_blocks(self, down: int, across: int) -> None:
        self._scroll_from(self._spot.origin, down, across)

    def _scroll_from(self, origin: tuple[int, int], down: int, across: int) -> None:
        """Put the corner so many lines and columns of blocks away from an origin."""
        layout, (row, col) = self._layout, origin
        if layout is None:
            return
        unit = layout.zoom.scale
        down_by, across_by = down * unit * layout.stacked, across * unit
        if layout.wrapped:
            down_by, across_by = 0, down * unit * layout.across
        self._keep(replace(self._spot, origin=layout.clamp((row + down_by, col + across_by))))
        self._hover = None
        self._look_again()

    def _set_zoom(self, zoom: Zoom | None) -> None:
        self._keep(replace(self._spot, zoom=zoom))
        layout = self._layout
        if layout is not None:
            spot = self._spot
            self._keep(replace(spot, origin=layout.follow(spot.origin, spot.cursor)))
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
        region = self._drawn
        if region is not None:
            far = max(region.grid[1], self.zoom.scale if self.zoom else 1) if region.upper else 0
            self.action_point(down * max(far, JUMP), across * max(far, JUMP))

    def action_page(self, direction: int) -> None:
        layout = self._layout
        if layout is not None:
            self.action_point(direction * (layout.down if layout.wrapped else layout.down * layout.zoom.scale), 0)

    def action_row_edge(self, direction: int) -> None:
        region, layout = self._drawn, self._layout
        if region is not None and layout is not None:
            row = self._spot.cursor[0]
            first = max(row, 0) if layout.triangle else 0
            self._point_to((row, first if direction < 0 else region.cols - 1))

    def action_corner(self, direction: int) -> None:
        region = self._drawn
        if region is not None:
            self._point_to((0, 0) if direction < 0 else (region.rows - 1, region.cols - 1))
            if direction < 0 and region.head:
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

    def action_next_view(self, direction: int) -> None:
        """The next of the views the region has."""
        region = self._region
        if region is not None:
            choices = views(region, grid_region(region))
            self._choose_view(choices[(choices.index(self.view) + direction) % len(choices)])

    def action_overlay(self, direction: int) -> None:
        """The next of what can be marked or painted."""
        every = tuple(Overlay)
        at = every.index(self._modes.overlay) + direction
        self._choose(replace(self._modes, overlay=every[at % len(every)]))

    def action_pin(self) -> None:
        """Compare other moments with this one from now on."""
        self._choose(replace(self._modes, pinned=self._pin(), overlay=Overlay.SINCE))

    def action_symmetric(self) -> None:
        """The upper triangle, or the symmetric matrix it stands for."""
        self._choose(replace(self._modes, symmetric=not self._modes.symmetric))
        self._point_to(self._spot.cursor)

    def action_scale(self) -> None:
        """The next of linear, square root and logarithm."""
        every = tuple(Scale)
        self._choose(replace(self._modes, scale=every[(every.index(self._modes.scale) + 1) % len(every)]))

    def action_digits(self) -> None:
        """Signs for bits and spins, or numbers."""
        self._choose(replace(self._modes, digits=not self._modes.digits))

    def action_copy_readout(self) -> None:
        """Copy what the line below the picture says of the cell."""
        if self._drawing is not None and self._raw is not None:
            self.app.copy_to_clipboard(sentence(self._drawing))

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
        if zoom.look is Look.NUMBERS:
            return overview(*size, self._plain_colour, layout.edge)
        return fitting(*size, zoom.look, layout.edge)

    # -- events ------------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        layout = self._layout
        if layout is not None:
            spot = self._spot
            self._keep(replace(spot, origin=layout.follow(spot.origin, spot.cursor)))
        self._look_again()

    def on_focus(self) -> None:
        self._look_again()

    def on_blur(self) -> None:
        self._look_again()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._dragged = False
        if event.button == 1 and self._cell_at(event) is not None:
            self._grip = (event.screen_x, event.screen_y, self._spot.origin)
            self.capture_mouse()

    def on_mouse_up(self) -> None:
        if self._grip is not None:
            self._grip = None
            self.release_mouse()

    def _drag(self, event: events.MouseMove, grip: tuple[int, int, tuple[int, int]]) -> None:
        """Pull the picture along with the mouse."""
        layout, (x, y, origin) = self._layout, grip
        if layout is None:
            return
        down, across = y - event.screen_y, (x - event.screen_x) // layout.cell_width
        if self._dragged or down or across:
            self._dragged = True
            self._scroll_from(origin, down, across)

    def on_click(self, event: events.Click) -> None:
        if self._dragged:
            self._dragged = False
            return
        cell = self._cell_at(event)
        if cell is not None:
            self._point_to(cell)
        elif (name := self._tab_at(event)) is not None:
            self.show(name)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._grip is not None:
            self._drag(event, self._grip)
            return
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

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._sideways(event, -1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._sideways(event, 1)

    def _sideways(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        event.prevent_default()
        self._scroll_blocks(0, direction * WHEEL)

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
