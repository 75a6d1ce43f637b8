"""A list whose first rows stay in sight while the others scroll under them."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.geometry import Region
from textual.strip import Strip

from xqdbg.tui.panes.list_pane import MARGIN, ListPane


class StuckListPane(ListPane):
    """A ListPane, `pinned` of whose rows do not scroll, as far as they leave room for others."""

    pinned = 0
    """Number of rows, from the first one on, that are to stay in sight."""

    @property
    def stuck(self) -> int:
        """How many of them do, in the height there is."""
        return min(self.pinned, self.row_count, max(0, (self._height - 1) // 2))

    @property
    def _height(self) -> int:
        return self.scrollable_content_region.height - self.head_lines - self.foot_lines

    def row_at_line(self, y: int) -> int | None:
        """The row in a line of the pane; None for the head and where there is none."""
        line = y - self.head_lines
        if line < 0 or y >= self.size.height - self.foot_lines:
            return None
        row = line if line < self.stuck else line + self.scroll_offset.y
        return row if row < self.row_count else None

    @property
    def sights(self) -> Iterable[int]:
        """The rows that are drawn now."""
        stuck, top, count = self.stuck, self.scroll_offset.y, self.row_count
        yield from range(stuck)
        yield from range(min(count, top + stuck), min(count, top + max(0, self._height)))

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if y < self.head_lines:
            return self.draw_head(y, width)
        if y >= self.size.height - self.foot_lines:
            return self.draw_foot(width)
        row = self.row_at_line(y)
        return Strip.blank(width, self.rich_style) if row is None else self._selectable(row, self.draw_row(row, width))

    def refresh_rows(self, rows: Iterable[int]) -> None:
        stuck, top, head = self.stuck, self.scroll_offset.y, self.head_lines
        lines = {row if row < stuck else row - top for row in rows if row < stuck or row - top >= stuck}
        width, height = self.size.width, self.size.height - self.foot_lines
        if regions := [Region(0, y + head, width, 1) for y in lines if 0 <= y + head < height]:
            self.refresh(*regions)

    def reveal(self, row: int) -> None:
        height, stuck = self._height, self.stuck
        if height <= 0 or row < stuck:
            return
        margin = min(MARGIN, (height - stuck - 1) // 2)
        top = self.scroll_offset.y
        if row < top + stuck - height or row > top + 2 * height:
            top = row - stuck - (height - stuck) // 3
        else:
            top = max(min(top, row - stuck - margin), row + margin - height + 1)
        self.scroll_to(y=max(0, min(top, self.row_count - height)), animate=False, immediate=True, force=True)

    def on_click(self, event: events.Click) -> None:
        event.prevent_default()  # a list without stuck rows reckons otherwise
        offset = event.get_content_offset(self)
        row = None if offset is None else self.row_at_line(offset.y)
        if offset is not None and row is not None:
            self.row_clicked(row, offset.x, event.chain)
