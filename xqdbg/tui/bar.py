"""Scrollbars drawn line by line: Textual's own way, over Rich, takes a millisecond each time one moves."""

from __future__ import annotations

from rich.color import Color
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.css.styles import RulesMap
from textual.scrollbar import ScrollBarRender
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

_PAPER, _INK = Color.default(), Color.default()


class QuickBar(ScrollBarRender, Visual):
    """A scrollbar that looks as Textual's does."""

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        ink = self.style if isinstance(self.style, RichStyle) else RichStyle.parse(self.style)
        rows = self.thickness if height is None else height
        segments = self.render_bar(
            size=rows if self.vertical else width,
            virtual_size=self.virtual_size,
            window_size=self.window_size,
            position=self.position,
            thickness=width if self.vertical else rows,
            vertical=self.vertical,
            back_color=ink.bgcolor or _PAPER,
            bar_color=ink.color or _INK,
        ).segments
        base, strips = style.rich_style, dict[int, Strip]()
        if not self.vertical:
            line = [Segment(text, base + own if own else base) for text, own, _ in segments[:width]]
            return [Strip(line, width)] * rows
        for segment in segments:  # there are few, many times
            if id(segment) not in strips:
                text, own, _ = segment
                strips[id(segment)] = Strip([Segment(text, base + own if own else base)], width)
        return [strips[id(segment)] for segment in segments]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return self.thickness if self.vertical else container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return 1 if self.vertical else self.thickness
