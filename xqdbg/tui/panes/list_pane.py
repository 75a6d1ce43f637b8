"""What panes that are long lists share: rows drawn on demand, a cursor, the wheel, the mouse, text to select."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from xqdbg.tui.panes.counts import times
from xqdbg.tui.panes.titled import Titled

MARGIN = 3
"""Rows kept in sight above and below the cursor."""
MOST_SELECTED = 10_000
"""Rows whose text is copied at once."""


class ListPane(ScrollView, Titled, can_focus=True):
    """A virtual list with a cursor. Subclasses draw a row; nothing is kept for rows out of sight."""

    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_by(-1)", "Up", show=False, id="list.up"),
        Binding("down,j", "cursor_by(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "cursor_page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "cursor_page(1)", "Page down", show=False, id="list.page_down"),
        Binding("home", "cursor_by(-1000000000)", "First", show=False, id="list.home"),
        Binding("end", "cursor_by(1000000000)", "Last", show=False, id="list.end"),
        Binding("left,h", "scroll_by(-8)", "Left", show=False, id="list.left"),
        Binding("right,l", "scroll_by(8)", "Right", show=False, id="list.right"),
    ]

    cursor_row: reactive[int] = reactive(0, repaint=False)

    head_lines = 0
    """Lines above the rows that stay in sight."""
    foot_lines = 0
    """Lines below the rows that stay in sight."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._strips: LRUCache[object, Strip] = LRUCache(512)
        self._styles: dict[str, Style] = {}

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return max(0, self.virtual_size.height - self.head_lines - self.foot_lines)

    def draw_row(self, row: int, width: int) -> Strip:
        """One row, exactly `width` cells wide. Implemented by subclasses."""
        raise NotImplementedError

    def draw_head(self, y: int, width: int) -> Strip:
        """One line of the head, exactly `width` cells wide. Implemented by subclasses that have one."""
        return Strip.blank(width, self.rich_style)

    def draw_foot(self, width: int) -> Strip:
        """The line at the bottom, exactly `width` cells wide. Implemented by subclasses that have one."""
        return Strip.blank(width, self.rich_style)

    def row_text(self, row: int) -> str:
        """A row as it is copied; character for character what is drawn."""
        return self.draw_row(row, self.scrollable_content_region.width).text

    def copied(self, text: str, start: int) -> str:
        """What copying the characters of a row from number `start` on gives; without what is not of the text."""
        return text

    def style(self, name: str) -> Style:
        """The style of a component class of this pane, looked up once a theme."""
        found = self._styles.get(name)
        if found is None:
            found = self._styles[name] = self.get_component_rich_style(name)
        return found

    @property
    def rich_style(self) -> Style:
        """The pane's own style; working it out walks up to the screen, too long for every row."""
        found = self._styles.get("")
        if found is None:
            found = self._styles[""] = super().rich_style
        return found

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if y < self.head_lines:
            return self.draw_head(y, width)
        if y >= self.size.height - self.foot_lines:
            return self.draw_foot(width)
        row = self.scroll_offset.y + y - self.head_lines
        if row >= self.row_count:
            return Strip.blank(width, self.rich_style)
        return self._selectable(row, self.draw_row(row, width))

    # -- selecting text ------------------------------------------------------------------------------------------------

    def _selectable(self, row: int, strip: Strip) -> Strip:
        """A row whose characters the mouse can select; those that are selected look so."""
        found = placed(strip, row)
        selection = self.text_selection
        span = None if selection is None else selection.get_span(row)
        if span is None:
            return found
        start, end = span
        style = self.screen.get_component_rich_style("screen--selection")
        return restyled(found, start, len(found.text) if end < 0 else end, style)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that is selected, without the blanks at the ends of rows."""
        first = 0 if selection.start is None else selection.start.y
        last = self.row_count - 1 if selection.end is None else min(selection.end.y, self.row_count - 1)
        found = []
        for row in range(max(0, first), min(last, first + MOST_SELECTED - 1) + 1):
            if (span := selection.get_span(row)) is not None:
                text, (start, end) = self.row_text(row), span
                found.append(self.copied(text[start : None if end < 0 else end], start).rstrip())
        return ("\n".join(found), "\n") if found else None

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    # -- size and position ---------------------------------------------------------------------------------------------

    def resize_list(self, rows: int, columns: int = 0) -> None:
        """Set the number of rows, and the columns that can be scrolled over."""
        size = Size(columns, rows + self.head_lines + self.foot_lines)
        before = self.row_count
        if self._keeps_scrollbars(size):  # then the screen is spared a layout, which draws all panes anew
            self.set_reactive(ListPane.virtual_size, size)
            if max(before, rows) > self.scrollable_content_region.height - self.head_lines - self.foot_lines:
                self._scroll_update(size)  # else its scrollbar, if it has one, has been and stays blank
            self._refresh_span(*sorted((before, rows)))
        else:
            self.virtual_size = size
        if self.cursor_row >= rows:
            self.cursor_row = max(0, rows - 1)

    def _keeps_scrollbars(self, size: Size) -> bool:
        """Whether the list can have another size without a scrollbar that comes or goes."""
        room, before = self.scrollable_content_region.size, self.virtual_size
        if not self.is_attached or max(size.width, before.width) > room.width:
            return False
        if self.styles.overflow_y == "scroll":
            return self.show_vertical_scrollbar
        return self.show_vertical_scrollbar == (size.height > room.height) == (before.height > room.height)

    def _refresh_span(self, start: int, stop: int) -> None:
        """Draw anew what comes or goes at the end."""
        top = self.scroll_offset.y
        self.refresh_rows(range(max(start, top), min(stop, top + self.size.height)))

    def forget_strips(self) -> None:
        """Draw every row anew."""
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        self._strips.clear()
        self._styles.clear()
        super().notify_style_update()

    def validate_cursor_row(self, row: int) -> int:
        return max(0, min(row, self.row_count - 1))

    def watch_cursor_row(self, old: int, row: int) -> None:
        self.reveal(row)
        self.refresh_rows((old, row))

    def refresh_rows(self, rows: Iterable[int]) -> None:
        """Draw these rows anew, those of them that are in sight; scrolling draws all by itself."""
        first = self.scroll_offset.y - self.head_lines
        width, height = self.size.width, self.size.height
        lines = {row - first for row in rows}
        if regions := [Region(0, y, width, 1) for y in lines if 0 <= y < height - self.foot_lines]:
            self.refresh(*regions)

    @property
    def rows_in_sight(self) -> range:
        """The rows that are drawn now."""
        top = self.scroll_offset.y
        return range(top, min(self.row_count, top + max(0, self.size.height - self.head_lines - self.foot_lines)))

    def reveal(self, row: int) -> None:
        """Scroll, at once, as little as it takes to see a row; to its surroundings if it is far away."""
        height = self.scrollable_content_region.height - self.head_lines - self.foot_lines
        if height <= 0:
            return
        margin = min(MARGIN, (height - 1) // 2)
        top = self.scroll_offset.y
        if row < top - height or row > top + 2 * height:
            top = row - height // 3
        else:
            top = max(min(top, row - margin), row + margin - height + 1)
        self.scroll_to(y=max(0, min(top, self.row_count - height)), animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        self.reveal(self.cursor_row)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or not self.head_lines <= offset.y < self.size.height - self.foot_lines:
            return
        if (row := offset.y - self.head_lines + self.scroll_offset.y) < self.row_count:
            self.row_clicked(row, offset.x, event.chain)

    def row_clicked(self, row: int, _column: int, _times: int) -> None:
        """The mouse was clicked on a row, for the first, second … time in a row."""
        self.cursor_row = row

    def action_cursor_by(self, rows: int) -> None:
        self.cursor_row += rows * times(self)

    def action_cursor_page(self, pages: int) -> None:
        self.cursor_row += pages * times(self) * max(1, self.scrollable_content_region.height - self.head_lines - 1)

    def action_scroll_by(self, columns: int) -> None:
        self.scroll_relative(x=columns * times(self), animate=False)


def placed(strip: Strip, row: int) -> Strip:
    """A row that tells where each of its segments is, as `Strip.apply_offsets` does, at a fraction of the cost."""
    found, x = [], 0
    for text, style, control in strip:
        found.append(Segment(text, _style_at(style, x, row), control))
        x += len(text)
    return Strip(found, strip.cell_length)


@lru_cache(maxsize=4096)
def _style_at(style: Style | None, x: int, y: int) -> Style:
    there = Style.from_meta({"offset": (x, y)})
    return there if style is None else style + there


def clipped(text: str, width: int) -> str:
    """Text in at most `width` cells; where something had to go, it ends in `…`."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def padded(segments: list[Segment], start: int, width: int, background: Style) -> Strip:
    """`width` cells of some segments from cell `start` on, the rest filled."""
    return Strip(segments).crop_extend(start, start + width, background)


def restyled(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """A strip with the characters from number `start` to before `end` in another style."""
    found: list[Segment] = []
    at = 0
    for text, own, control in strip:
        low, high = max(0, start - at), max(0, min(len(text), end - at))
        if low >= high:
            found.append(Segment(text, own, control))
        else:
            parts = (text[:low], own), (text[low:high], style if own is None else own + style), (text[high:], own)
            found += [Segment(part, look) for part, look in parts if part]
        at += len(text)
    return Strip(found, strip.cell_length)
