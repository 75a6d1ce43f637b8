"""The text field of the editor: Textual's TextArea, drawn, indented and marked as assembly.

All that reaches into the inside of TextArea stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.document._document import EditResult, Location
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.geometry import Offset, Size
from textual.message import Message
from textual.strip import Strip

from xqdbg.tui.editor.drawing import MARKS, Look, Underline, draw, gutter_columns
from xqdbg.tui.editor.indent import Indenter
from xqdbg.tui.editor.line_typing import LineTyping
from xqdbg.tui.editor.lines import Lines, Unwrapped, cells_before, column_at, width_of
from xqdbg.tui.highlight import KINDS, Span

MOST_UNDONE = 1_000
"""Edits that can be undone."""
MOST_FOUND = 200
"""Places in one line that are shown as found."""
_WORD = re.compile(r"[.A-Za-z_][A-Za-z0-9_]*")


class Area(LineTyping):
    """A text field with marks beside its lines and signs below its words. Knows no files and no session."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "editor--plain",
        "editor--pc",
        "editor--arrow",
        "editor--fault",
        "editor--fault-mark",
        "editor--breakpoint",
        "editor--line",
        "editor--number",
        "editor--here",
        "editor--cursor",
        "editor--selection",
        "editor--found",
        "editor--error",
        "editor--error-mark",
        "editor--warning",
        "editor--warning-mark",
        *(f"editor--kind-{kind}" for kind in KINDS),
    }
    DEFAULT_CSS = """
    Area {
        height: 1fr; padding: 0; border: none; background: $background; color: $foreground;
        scrollbar-size: 1 1; scrollbar-size-horizontal: 0;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-background-active: $background; scrollbar-color: $xq-rule;
        scrollbar-color-hover: $xq-title; scrollbar-color-active: $xq-rule-focus;
        &:focus { border: none; background-tint: $background 0%; }
        & > .editor--plain { color: $foreground; }
        & > .editor--pc { background: $xq-pc-background; }
        & > .editor--arrow { color: $xq-pc-foreground; text-style: bold; }
        & > .editor--fault { background: $xq-fault-background; }
        & > .editor--fault-mark { color: $xq-fault; text-style: bold; }
        & > .editor--breakpoint { color: $xq-breakpoint; }
        & > .editor--line { background: $xq-cursor-background; }
        & > .editor--number { color: $xq-quiet; }
        & > .editor--here { color: $xq-title; text-style: bold; }
        & > .editor--cursor { text-style: reverse; }
        & > .editor--selection { background: $xq-selection-background; }
        & > .editor--found { background: $xq-match; }
        & > .editor--error { color: $xq-fault; text-style: underline; }
        & > .editor--error-mark { color: $xq-fault; text-style: bold; }
        & > .editor--warning { text-style: underline; }
        & > .editor--warning-mark { color: $xq-finding; text-style: bold; }
        & > .editor--kind-comment { color: $xq-comment; text-style: italic; }
        & > .editor--kind-op { color: $xq-op; }
        & > .editor--kind-flow { color: $xq-flow; }
        & > .editor--kind-register { color: $xq-register; }
        & > .editor--kind-number { color: $xq-number; }
        & > .editor--kind-label { color: $xq-label; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "indent", "Indent", show=False, id="editor.indent"),
        Binding("shift+tab", "dedent", "Less indented", show=False, id="editor.dedent"),
        Binding("backspace", "delete_back", "Delete", show=False),
        Binding("ctrl+home", "cursor_start", "Start of the text", show=False, id="editor.start"),
        Binding("ctrl+end", "cursor_end", "End of the text", show=False, id="editor.end"),
        Binding("ctrl+underscore,ctrl+slash,alt+semicolon", "toggle_comment", "Comment", id="editor.comment"),
        Binding("ctrl+k", "ask_about", "Explain", id="editor.explain"),
        Binding("ctrl+up", "move_lines(-1)", "Line up", show=False, id="editor.line_up"),
        Binding("ctrl+down", "move_lines(1)", "Line down", show=False, id="editor.line_down"),
    ]

    class MarkClicked(Message):
        """The margin beside a row was clicked."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    class AskedAbout(Message):
        """The user wants to know what the word at the cursor is."""

    def __init__(self, *, id: str | None = None) -> None:
        self._drawn: LRUCache[object, Strip] = LRUCache(1024)
        self._styles: dict[str, Style] = {}
        self._underlines: Mapping[int, tuple[Underline, ...]] = {}
        self._stops: Mapping[int, tuple[str, bool]] = {}
        self._here: tuple[int, bool] = (0, False)
        self._sought = ""
        self._shown_rows: dict[int, Look] = {}
        self.wants: Callable[[events.Key], bool] = lambda _event: False
        """Asked first what to do with a key; whether it was taken."""
        super().__init__(soft_wrap=False, tab_behavior="focus", max_checkpoints=MOST_UNDONE, id=id)
        self._spans: Callable[[str], Sequence[Span]] = _plain
        self.cursor_blink = False
        self.match_cursor_bracket = False

    # -- the text -----------------------------------------------------------------------------------------------------

    def _set_document(self, text: str, language: str | None) -> None:
        self._highlight_query = None
        self._underlines = {}
        self.document = Lines(text)
        self.wrapped_document = Unwrapped(self.document)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    @property
    def lines(self) -> Lines:
        """The text, line by line."""
        document = self.document
        if not isinstance(document, Lines):
            raise TypeError("an area edits lines")
        return document

    def speak(self, spans: Callable[[str], Sequence[Span]], indenter: Indenter) -> None:
        """Colour and indent the text as one language has it."""
        self._spans, self._indenter = spans, indenter
        self._drawn.clear()
        self.refresh()

    def take_over(self, text: str) -> None:
        """Make the text another one, as a single edit of the lines that differ; the cursor stays on its line."""
        old, new = self.lines.lines, text.split("\n")
        top = _common(old, new)
        bottom = _common(old[top:][::-1], new[top:][::-1])
        if top == len(old) == len(new):
            return
        row, column = self.cursor_location
        if top + bottom >= len(old) or top + bottom >= len(new):  # lines were only added or only taken away
            top, bottom = max(0, top - 1), bottom if top else max(0, bottom - 1)
        last = len(old) - bottom - 1
        self.history.checkpoint()
        self.replace("\n".join(new[top : len(new) - bottom]), (top, 0), (last, len(old[last])))
        shift = len(new) - len(old) if row > last else 0
        self.move_cursor((min(row + shift, len(new) - 1), column))

    def word_at_cursor(self) -> str:
        """The name the cursor is in or right behind; empty where there is none."""
        row, column = self.cursor_location
        words = (match for match in _WORD.finditer(self.document[row]) if match.start() <= column <= match.end())
        return next((match[0] for match in words), "")

    # -- marks --------------------------------------------------------------------------------------------------------

    def underline(self, underlines: Mapping[int, tuple[Underline, ...]]) -> None:
        """Put signs below words, by row."""
        self._underlines = underlines
        self._draw_changed()

    def mark(self, stops: Mapping[int, tuple[str, bool]], here: int, fault: bool) -> None:
        """Put breakpoints beside lines and the arrow at one, all by the numbers they were built with."""
        if (stops, (here, fault)) != (self._stops, self._here):
            self._stops, self._here = stops, (here, fault)
            self._draw_changed()

    def seek(self, needle: str) -> None:
        """Show where a text is found; nothing for an empty one."""
        if needle != self._sought:
            self._sought = needle
            self._draw_changed()

    def row_of(self, line: int) -> int | None:
        """The row on which a line is now that was built with that number."""
        lines = self.lines
        near = [row for row in (line - 1,) if lines.origin(row) == line]
        return near[0] if near else next((row for row in range(lines.line_count) if lines.origin(row) == line), None)

    def edit(self, edit: Edit) -> EditResult:
        """Carry out an edit; signs below words go along with their lines."""
        rows = self.document.line_count
        result = super().edit(edit)
        by = self.document.line_count - rows
        if by and self._underlines:
            top = edit.top[0]
            self._underlines = {row + by if row > top else row: signs for row, signs in self._underlines.items()}
        return result

    def cell_of(self, location: Location) -> Offset:
        """The cell of the screen at which a character is drawn."""
        row, column = location
        origin, scroll = self.content_region.offset, self.scroll_offset
        cells = cells_before(self.document[row], column)
        return Offset(origin.x + self.gutter_width + cells - scroll.x, origin.y + row - scroll.y)

    def location_at(self, cell: Offset) -> Location | None:
        """The character drawn at a cell of the screen; None where there is none."""
        at = cell - self.content_region.offset + self.scroll_offset
        row, cells = at.y, at.x - self.gutter_width
        if not self.content_region.contains_point(cell) or cells < self.scroll_offset.x:
            return None
        if not 0 <= row < self.document.line_count or cells >= width_of(self.document[row]):
            return None
        return row, column_at(self.document[row], cells)

    def _refresh_size(self) -> None:
        size = self.document.get_size(self.indent_width)
        wanted = Size(size.width + self.gutter_width + 1, size.height)
        if wanted != self.virtual_size:
            self.virtual_size = wanted
            self._refresh_scrollbars()

    # -- drawing ------------------------------------------------------------------------------------------------------

    @property
    def gutter_width(self) -> int:
        return gutter_columns(self._digits)

    @property
    def _digits(self) -> int:
        return len(str(max(10, self.document.line_count)))

    def render_line(self, y: int) -> Strip:
        row = self.scroll_offset.y + y
        look = self._look(row)
        self._shown_rows[row] = look
        width = self.scrollable_content_region.width
        key = (look, self.scroll_offset.x, width)
        strip = self._drawn.get(key)
        if strip is None:
            strip = draw(look, self._spans, self._paint, self.scroll_offset.x, width)
            self._drawn[key] = strip
        return strip

    def _look(self, row: int) -> Look:
        lines = self.lines
        if row >= lines.line_count:
            return Look("", 0, self._digits)
        origin, (here, fault) = lines.origin(row), self._here
        mark, armed = self._stops.get(origin, (" ", False))
        text, attended = lines.get_line(row), row == self.selection.end[0]
        return Look(
            text=text,
            number=row + 1,
            digits=self._digits,
            mark=mark,
            armed=armed,
            here=bool(origin) and origin == here,
            fault=fault,
            attended=attended and self.has_focus,
            cursor=self.selection.end[1] if attended and self._draw_cursor else -1,
            selected=self._selected(row, len(text)),
            underlines=self._underlines.get(row, ()),
            found=_found(text, self._sought),
        )

    def _selected(self, row: int, length: int) -> tuple[int, int]:
        """The selected characters of a row; the end of the line is one."""
        (top, left), (bottom, right) = sorted(self.selection)
        if not top <= row <= bottom or (top, left) == (bottom, right):
            return 0, 0
        return left if row == top else 0, right if row == bottom else length + 1

    def _draw_changed(self) -> None:
        """Draw the rows anew that look otherwise than they are drawn."""
        if not self.is_mounted:
            return
        top = self.scroll_offset.y
        for row in range(top, top + self.size.height):
            if self._shown_rows.get(row) != self._look(row):
                self.refresh_lines(row)
        for row in [row for row in self._shown_rows if not top <= row < top + self.size.height]:
            del self._shown_rows[row]

    def _paint(self, name: str) -> Style:
        found = self._styles.get(name)
        if found is None:
            found = self.get_component_rich_style(f"editor--{name}", partial=True)
            if name == "plain":
                found = self.rich_style + found
            self._styles[name] = found
        return found

    def notify_style_update(self) -> None:
        self._drawn.clear()
        self._styles.clear()
        super().notify_style_update()

    # -- keys ---------------------------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()  # what TextArea itself would do with it
        if self.wants(event):
            event.stop()
        elif event.key == "enter":
            event.stop()
            self.break_line()
        elif is_text(event) and event.character:
            event.stop()
            self._replace_via_keyboard(event.character, *self.selection)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        return super().check_consume_key(key, character) or key in ("enter", "tab", "backspace", "delete")

    def action_ask_about(self) -> None:
        self.post_message(self.AskedAbout())

    def action_cursor_start(self) -> None:
        self.move_cursor((0, 0))

    def action_cursor_end(self) -> None:
        self.move_cursor(self.document.end)

    # -- mouse --------------------------------------------------------------------------------------------------------

    async def _on_mouse_down(self, event: events.MouseDown) -> None:
        if event.x < MARKS:
            event.prevent_default()
            row = event.y + self.scroll_offset.y
            if row < self.document.line_count:
                self.post_message(self.MarkClicked(row))


def is_text(event: events.Key) -> bool:
    """Whether a key is a character to be typed. Terminals send one along with alt, too."""
    modifiers = event.key.split("+")[:-1]
    return event.is_printable and not {"alt", "ctrl", "super", "hyper", "meta"} & set(modifiers)


def _plain(line: str) -> Sequence[Span]:
    """A line without colour."""
    return [("", line)]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many elements two sequences have in common at their beginning."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))


def _found(text: str, needle: str) -> tuple[tuple[int, int], ...]:
    """Where a text is found in a line, upper and lower case alike."""
    if not needle:
        return ()
    places = (match.span() for match in re.finditer(re.escape(needle), text, re.IGNORECASE))
    return tuple(_first_of(places, MOST_FOUND))


def _first_of(items: Iterable[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    return [item for _, item in zip(range(most), items, strict=False)]
