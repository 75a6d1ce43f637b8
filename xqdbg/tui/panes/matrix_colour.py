"""Colours of a heat map: a hue for each sign, sixteen strengths of it, and the styles made of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum
from math import ceil, log1p, sqrt
from typing import NamedTuple

from rich.style import Style
from textual.color import Color

LEVELS = 16
"""Strengths of colour a sign has."""
GLYPHS = 4
"""Strengths a glyph can tell."""
HUES = {
    "xq-heat-negative": "#4f9cf9",
    "xq-heat-positive": "#f5824a",
    "xq-changed": "#f3b95f",
    "xq-heat-coming": "#b794f6",
    "xq-heat-since": "#5cc8a8",
    "xq-finding": "#f3b95f",
    "xq-rule-focus": "#7d9fe0",
}
GREYS = {"xq-grid-guide": 0.14, "xq-quiet": 0.6, "xq-title": 0.7}
"""What stands in where the theme has no such variable, as in an app of its own: hues, and greys by their darkness."""

ENDS = ("#000000", "#ffffff")
TERMINAL_ENDS = ("ansi_black", "ansi_bright_white")
"""What is legible on a colour, one or the other."""
DEFAULT = -1
"""Number of the terminal's own background, or text, which may be anything."""


class Mark(IntEnum):
    """What is special about a cell."""

    NONE = 0
    COUPLED = 1
    """Strongly coupled to the variable under the cursor."""
    CHANGED = 2
    SINCE = 3
    """Not what it was at the moment that was pinned."""
    COMING = 4
    """About to change."""
    CURSOR = 5
    CURSOR_AWAY = 6
    """The cursor of a pane without focus."""


GROUNDS = {Mark.CHANGED: "xq-changed", Mark.SINCE: "xq-heat-since", Mark.COMING: "xq-heat-coming"}
"""Marks that lie under a cell as a colour, and the colour."""


class Scale(Enum):
    """How strengths follow values."""

    LINEAR = "linear"
    ROOT = "√"  # so that small terms show
    LOG = "log"  # so that those of all magnitudes do


class Ink(NamedTuple):
    """What there is to say about a block in colour."""

    level: int
    """Strength with the sign of the value, -LEVELS to LEVELS."""
    exists: bool = True
    odd: bool = False
    """Whether it is in an odd field of the grid."""


def level(value: int | None, largest: int, scale: Scale = Scale.ROOT) -> int:
    """Strength of a value, with its sign, by its share in the largest; -LEVELS to LEVELS, 0 for zero and nothing."""
    if not value:
        return 0
    share = _share(abs(value), largest, scale) if abs(value) < largest else 1.0
    strength = max(1, ceil(share * LEVELS))
    return strength if value > 0 else -strength


def _share(value: int, largest: int, scale: Scale) -> float:
    if scale is Scale.LOG:
        return log1p(value) / log1p(largest)
    return value / largest if scale is Scale.LINEAR else sqrt(value / largest)


class Palette:
    """The styles of a heat map for one theme, made once each."""

    def __init__(self, variables: Mapping[str, str], background: Color, foreground: Color) -> None:
        def colour(name: str) -> Color:
            if name in variables:
                return Color.parse(variables[name])
            return Color.parse(HUES[name]) if name in HUES else mixed(background, foreground, GREYS[name])

        self.background = background
        self.foreground = foreground
        ansi = background.ansi is not None
        self._ends = tuple(Color.parse(end) for end in (TERMINAL_ENDS if ansi else ENDS))
        self._focus = colour("xq-rule-focus")
        self._grounds = {mark: mixed(colour(name), foreground, 0.3) for mark, name in GROUNDS.items()}
        guide = colour("xq-grid-guide")
        self._guide = (mixed(background, guide, 0.45), guide)
        self._heat = {1: colour("xq-heat-positive"), -1: colour("xq-heat-negative")}
        self._quiet = colour("xq-quiet")
        self.base = Style(color=foreground.rich_color, bgcolor=background.rich_color)
        self.label = self._on_background(self._quiet)
        self.title = self._on_background(colour("xq-title"))
        self.strong = self._on_background(foreground, bold=True)
        self.marks = {mark: self._on_background(colour(name)) for mark, name in GROUNDS.items()}
        self.broken = self._on_background(colour("xq-finding"))
        self.tab = self._on_background(colour("xq-rule-focus"), bold=True)
        self._cells: dict[tuple[Ink, Mark, bool], Style] = {}
        self._halves: dict[tuple[Ink, Mark, Ink, Mark], Style] = {}

    def cell(self, ink: Ink, mark: Mark = Mark.NONE, legible: bool = False) -> Style:
        """Style of a block drawn as a glyph, which leaves the word to the colour, or as a legible number."""
        style = self._cells.get((ink, mark, legible))
        if style is None:
            style = self._cells[ink, mark, legible] = self._make_cell(ink, mark, legible)
        return style

    def halves(self, upper: Ink, upper_mark: Mark, lower: Ink, lower_mark: Mark) -> Style:
        """Style of two blocks above each other, drawn as an upper half block."""
        key = (upper, upper_mark, lower, lower_mark)
        style = self._halves.get(key)
        if style is None:
            top, bottom = self._half(upper, upper_mark), self._half(lower, lower_mark)
            style = self._halves[key] = Style(color=top.rich_color, bgcolor=bottom.rich_color)
        return style

    def number(self, value: int) -> Style:
        """Style of a number outside the map, told apart by its sign."""
        if value == 0:
            return self.strong
        tint = self._heat[1 if value > 0 else -1]
        return self._on_background(mixed(tint, self.foreground, 0.25), bold=True)

    def paint(self, ink: Ink) -> Color:
        """The colour that fills a block."""
        if not ink.exists:
            return self.background
        ground = self._guide[ink.odd]
        if ink.level == 0:
            return ground
        strength = abs(ink.level) / LEVELS
        heat = self._heat[1 if ink.level > 0 else -1]
        if heat.ansi is not None:
            return heat  # it cannot be mixed: glyphs and numbers tell how strong it is
        paint = mixed(ground, heat, 0.16 + 0.84 * strength)
        return mixed(paint, self.background, 0.16) if ink.odd else paint

    def _make_cell(self, ink: Ink, mark: Mark, legible: bool) -> Style:
        paint = self.paint(ink)
        if mark in (Mark.CURSOR, Mark.CURSOR_AWAY):
            return self._cursor(mark)
        weight = 1.0 if legible else 0.7 - 0.42 * abs(ink.level) / LEVELS
        text = self._text_on(paint, weight) if ink.level else mixed(self._quiet, paint, 0.1 if legible else 0.45)
        if (below := self._grounds.get(mark)) is not None:
            text = self._text_on(below, 1.0)
            if ink.level:
                text = mixed(text, self._heat[1 if ink.level > 0 else -1], 0.3)
            return Style(color=text.rich_color, bgcolor=below.rich_color, bold=True, underline=True)
        if mark is Mark.COUPLED:
            return Style(color=text.rich_color, bgcolor=paint.rich_color, bold=True, underline=True)
        return Style(color=text.rich_color, bgcolor=paint.rich_color)

    def _cursor(self, mark: Mark) -> Style:
        ground = self._cursor_ground(mark)
        if ground.ansi is not None:
            return Style(color=self.foreground.rich_color, reverse=True, bold=mark is Mark.CURSOR)
        return Style(color=self.background.rich_color, bgcolor=ground.rich_color, bold=True)

    def _cursor_ground(self, mark: Mark) -> Color:
        """What fills the block under the cursor."""
        if self.foreground.ansi is not None:
            return self._focus
        return self.foreground if mark is Mark.CURSOR else self.foreground.blend(self.background, 0.4)

    def _half(self, ink: Ink, mark: Mark) -> Color:
        if mark in (Mark.CURSOR, Mark.CURSOR_AWAY):
            return self._cursor_ground(mark)
        return self._grounds.get(mark) or self.paint(ink)

    def _text_on(self, paint: Color, weight: float) -> Color:
        """Black or white, whichever is more legible on `paint`, mixed with it."""
        if paint.ansi == DEFAULT:
            return self.foreground
        end = max(self._ends, key=lambda end: _contrast(end, paint))
        return end if paint.ansi is not None else paint.blend(end, weight)

    def _on_background(self, colour: Color, bold: bool = False) -> Style:
        return Style(color=colour.rich_color, bgcolor=self.background.rich_color, bold=bold)


def mixed(one: Color, other: Color, share: float) -> Color:
    """A colour with so much of another; the nearer of the two where either is the terminal's own."""
    if one.ansi is None and other.ansi is None:
        return one.blend(other, share)
    return other if share >= 0.5 else one


def _contrast(one: Color, other: Color) -> float:
    """Contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
