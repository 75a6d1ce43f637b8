"""Text of one line that changes at every key, drawn without the preparations that text of many lines needs."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions


class OneLine(Content):
    """A text that looks as another, and is drawn in a fraction of the time where it fits and none of it is selected."""

    def __init__(self, text: Content) -> None:
        super().__init__(text.plain, list(text.spans), text.cell_length, strip_control_codes=False)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        plain = self.plain
        if self.cell_length > width or options.selection is not None or "\n" in plain or "\t" in plain or not plain:
            return super().render_strips(width, height, style, options)
        segments: list[Segment] = []
        x = 0
        for part, own in self.render(style, end="", parse_style=options.get_style):
            segments.append(Segment(part, _placed(own, x)))
            x += len(part)
        return [Strip(segments, self.cell_length)]


@lru_cache(maxsize=2048)
def _placed(style: Style, x: int) -> RichStyle:
    """A style that tells where in the line it begins, by which the mouse finds the text to select."""
    return style.rich_style_with_offset(x, 0)
