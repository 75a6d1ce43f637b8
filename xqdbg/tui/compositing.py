"""Puts the screen together from its widgets, asking only those in which something changes."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

_TOP, _BOTTOM = attrgetter("y"), attrgetter("bottom")


class SparingCompositor(Compositor):
    """Textual's own asks every widget between the first change and the last for all its lines.

    Here a step changes a few lines of many widgets, far apart.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changing: tuple[Region, ...] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        self._changing = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changing = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Widgets, the topmost first: where the lines lie that may have changed, and those lines."""
        if not self._changing:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            changing = [each for each in self._changing if each.overlaps(seen)]
            if not changing:
                continue
            top = max(seen.y, min(map(_TOP, changing)))
            bottom = min(seen.bottom, max(map(_BOTTOM, changing)))
            lines = Region(seen.x, top, seen.width, bottom - top)
            yield lines, lines, widget.render_lines(lines.translate((-region.x, -region.y)))
