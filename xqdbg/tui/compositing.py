"""Puts the screen together from its widgets, asking only those in which something changes for what changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeAlias

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from textual._compositor import Compositor, CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

_Span: TypeAlias = tuple[int, int]
"""The first column, and the one after the last."""


class Pieces(CompositorUpdate):
    """Parts of lines to be drawn, each where it belongs: column, row, and what is there from now on."""

    def __init__(self, pieces: Sequence[tuple[int, int, Strip]]) -> None:
        self.pieces = pieces

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for x, y, strip in self.pieces:
            yield Control.move_to(x, y).segment
            yield from strip

    def render_segments(self, console: Console) -> str:
        """What the terminal is sent."""
        return "".join([f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for x, y, strip in self.pieces])


class SparingCompositor(Compositor):
    """Textual's own asks every widget between the first change and the last for all its lines, and cuts up each.

    Here a step changes a few lines of many widgets, far apart.
    """

    def render_partial_update(self) -> Pieces | None:  # type: ignore[override]
        """What has changed since the last frame; None if nothing has."""
        regions = [each.intersection(self.size.region) for each in self._dirty_regions]
        self._dirty_regions.clear()
        open_spans: dict[int, list[_Span]] = {}
        for y, x1, x2 in self._regions_to_spans(regions):
            open_spans.setdefault(y, []).append((x1, x2))
        if not open_spans:
            return None
        return Pieces(self._pieces(open_spans))

    def _pieces(self, open_spans: dict[int, list[_Span]]) -> list[tuple[int, int, Strip]]:
        """What is to be seen in the spans of each row; widgets in front come first, and leave the rest to others."""
        rows = sorted(open_spans)
        pieces: list[tuple[int, int, Strip]] = []
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            first, last = bisect_left(rows, seen.y), bisect_left(rows, seen.bottom)
            taken = [each for y in rows[first:last] for each in _take(open_spans, y, seen.x, seen.right)]
            if taken:
                pieces += _drawn(widget, region, seen, taken)
        return pieces


def _take(open_spans: dict[int, list[_Span]], y: int, left: int, right: int) -> list[tuple[int, int, int]]:
    """The parts of the open spans of a row that lie in these columns, with the row; they are open no more."""
    taken: list[tuple[int, int, int]] = []
    spans = open_spans[y]
    for x1, x2 in spans:
        if x1 < right and x2 > left:
            taken.append((y, max(x1, left), min(x2, right)))
    if taken:
        rest = [part for x1, x2 in spans for part in ((x1, min(x2, left)), (max(x1, right), x2)) if part[0] < part[1]]
        open_spans[y] = rest
    return taken


def _drawn(
    widget: Widget, region: Region, seen: Region, taken: Sequence[tuple[int, int, int]]
) -> list[tuple[int, int, Strip]]:
    """Those parts of a widget, whose lines are asked for from the first row to the last."""
    top, bottom = taken[0][0], taken[-1][0] + 1
    lines = widget.render_lines(Region(seen.x - region.x, top - region.y, seen.width, bottom - top))
    return [(x1, y, lines[y - top].crop(x1 - seen.x, x2 - seen.x)) for y, x1, x2 in taken]
