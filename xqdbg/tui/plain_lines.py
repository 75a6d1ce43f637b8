"""Lines of panes: what Textual takes apart and puts together again for effects is left whole where there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual._styles_cache import StylesCache
from textual.color import Color
from textual.css.styles import StylesBase
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region, Size, Spacing
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget


class PlainLines(StylesCache):
    """The lines of a widget; those between its upper and lower edge are its own if nothing else changes their looks."""

    _own_lines = False
    """Whether they are."""
    _top = 0
    """Number of the first of them."""

    def render_widget(self, widget: Widget, crop: Region) -> list[Strip]:
        styles = widget.styles
        gutter = styles.gutter
        self._top = gutter.top
        self._own_lines = not (
            gutter.left
            or gutter.right
            or any(edge for edge, _ in styles.outline)
            or styles.tint.a
            or styles.has_rule("hatch")
            or styles.text_opacity != 1.0
        )
        return super().render_widget(widget, crop)

    def render_line(
        self,
        styles: StylesBase,
        y: int,
        size: Size,
        content_size: Size,
        padding: Spacing,
        base_background: Color,
        background: Color,
        render_content_line: Callable[[int], Strip],
        border_title: Any,
        border_subtitle: Any,
        opacity: float,
        *terminal: Any,
    ) -> Strip:
        at = y - self._top
        if self._own_lines and opacity == 1.0 and 0 <= at < content_size.height:
            strip = render_content_line(at)
            if strip.cell_length == content_size.width:
                return strip
            inner, _ = self.get_inner_outer(base_background, background)
            return strip.adjust_cell_length(content_size.width, inner.rich_style)
        return super().render_line(
            styles,
            y,
            size,
            content_size,
            padding,
            base_background,
            background,
            render_content_line,
            border_title,
            border_subtitle,
            opacity,
            *terminal,
        )


class PlainlyDrawn(Widget):
    """A widget that draws its lines itself, in colours of the theme."""

    _home: Screen[object] | None = None

    def __init__(self, *children: Any, **names: Any) -> None:
        super().__init__(*children, **names)
        self._styles_cache = PlainLines()

    @property
    def screen(self) -> Screen[object]:
        """The screen it was mounted on; looked for once, as every question about its size asks for it."""
        if self._home is None:
            self._home = super().screen
        return self._home

    def _check_refresh(self) -> None:
        """Tell the screen that there is something to draw; by Textual's way it would be sent a message."""
        if self._repaint_required and self.is_attached and self.display and self in self.screen._compositor:
            self._repaint_required = False
            self.screen._dirty_widgets.add(self)
            self.screen.check_idle()
        super()._check_refresh()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those that are wanted, but for the one that looks for the terminal's own colours: there are none."""
        return [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]
