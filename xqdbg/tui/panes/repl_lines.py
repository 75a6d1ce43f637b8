"""What was said in a dialogue: lines that are only ever added, drawn on demand, wrapped, to be selected and copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from vm.values import dataclass
from xqdbg.tui.listing import shown
from xqdbg.tui.panes.conversing import KINDS, Span

MOST_LINES = 10_000
"""Lines that are kept."""
_SLACK = 1_000
"""Lines beyond that, so that not every one that is added costs what all cost."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line, in pieces of one kind each; a prompt, an error and a note are kinds too."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.spans)


@dataclass(frozen=True, slots=True)
class _Row:
    """A part of a line that is as wide as the pane, or all of it."""

    said: Said
    start: int
    end: int


class ReplLines(ScrollView):
    """The lines above the field."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "repl--prompt",
        "repl--error",
        "repl--note",
        *(f"repl--{kind}" for kind in KINDS),
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._said: list[Said] = []
        self._rows: list[_Row] = []
        self._width = 0
        self._follows = True
        """Whether the last line stays in sight, whatever is added."""
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(512)
        self._styles: dict[str, Style] = {}

    @property
    def allow_select(self) -> bool:
        return True

    @property
    def lines(self) -> Sequence[str]:
        """The lines that are kept, oldest first."""
        return [said.text for said in self._said]

    def add(self, lines: Iterable[Sequence[Span]]) -> None:
        """Add lines, and show the end, if the end was in sight."""
        new = [Said(tuple((kind, shown(text)) for kind, text in spans)) for spans in lines]
        self._said += new
        if len(self._said) > MOST_LINES + _SLACK:
            self._said = self._said[-MOST_LINES:]
            self._wrap_all()
        else:
            self._rows += [row for said in new for row in _wrapped(said, self._width)]
            self._grow()
        if self._follows:
            self.to_end()

    def clear(self) -> None:
        """Forget everything."""
        self._said = []
        self._wrap_all()

    def to_end(self) -> None:
        """Show the last line."""
        self._follows = True
        self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True, force=True)

    def turn_page(self, by: int) -> None:
        """Go up or down by what is in sight."""
        self.scroll_relative(y=by * max(1, self.size.height - 1), animate=False, immediate=True, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._follows = new_value >= self.max_scroll_y

    def on_resize(self) -> None:
        width, follows = self.scrollable_content_region.width, self._follows
        if width != self._width:
            self._width = width
            self._wrap_all()
        if follows:
            self.to_end()

    def _wrap_all(self) -> None:
        self._rows = [row for said in self._said for row in _wrapped(said, self._width)]
        self._strips.clear()
        self._grow()

    def _grow(self) -> None:
        self.virtual_size = Size(0, len(self._rows))
        self.refresh()

    # Drawing

    def notify_style_update(self) -> None:
        self._strips.clear()
        self._styles.clear()
        super().notify_style_update()

    def selection_updated(self, _selection: Selection | None) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        missing = max(0, self.size.height - len(self._rows))  # the last line is always beside the field
        width, at = self.size.width, self.scroll_offset.y + y - missing
        if not 0 <= at < len(self._rows):
            return Strip.blank(width, self.rich_style)
        selection = self.text_selection
        span = None if selection is None else selection.get_span(at)
        if span is not None:
            return self._drawn(at, width, span).apply_offsets(0, at)
        key = at, width
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._drawn(at, width, None)
        return strip.apply_offsets(0, at)

    def _drawn(self, at: int, width: int, selected: tuple[int, int] | None) -> Strip:
        row, paper = self._rows[at], self.rich_style
        segments = [Segment(text, paper + self._style(kind) if kind else paper) for kind, text in _cut(row)]
        strip = Strip(segments)
        if selected is not None:
            text = row.said.text[row.start : row.end]
            first, last = selected[0], len(text) if selected[1] == -1 else selected[1]
            start, end = cell_len(text[:first]), cell_len(text[:last])
            marked = [
                Segment(part.text, (part.style or paper) + self.selection_style) for part in strip.crop(start, end)
            ]
            strip = Strip.join([strip.crop(0, start), Strip(marked), strip.crop(end)])
        return strip.extend_cell_length(width, paper) if strip.cell_length < width else strip.crop(0, width)

    def _style(self, kind: str) -> Style:
        found = self._styles.get(kind)
        if found is None:
            found = self._styles[kind] = self.get_component_rich_style(f"repl--{kind}", partial=True)
        return found

    # Copying

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, lines that were wrapped in one."""
        text = ""
        for at, row in enumerate(self._rows):
            span = selection.get_span(at)
            if span is None:
                continue
            part = row.said.text[row.start : row.end]
            first, last = span[0], len(part) if span[1] == -1 else span[1]
            text += ("\n" if text and row.start == 0 else "") + part[first:last]
        return (text, "\n") if text else None


def _wrapped(said: Said, width: int) -> Iterator[_Row]:
    """A line in rows that fit."""
    text = said.text
    if width <= 0 or len(text) * 2 <= width or cell_len(text) <= width:
        yield _Row(said, 0, len(text))
        return
    start = 0
    while start < len(text):
        end = start + len(chop_cells(text[start : start + width], width)[0])
        if end < len(text) and (blank := text.rfind(" ", start + (end - start) // 2, end)) >= 0:
            end = blank + 1  # not within a word, unless it is a long one
        yield _Row(said, start, end)
        start = end


def _cut(row: _Row) -> Iterator[Span]:
    """The spans of a row."""
    at = 0
    for kind, text in row.said.spans:
        part = text[max(0, row.start - at) : max(0, row.end - at)]
        at += len(text)
        if part:
            yield kind, part
