"""Typing in the editor's text: new lines, indentation, lines moved and put in comments, what is pasted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from textual import events
from textual.document._document import Location, Selection
from textual.message import Message
from textual.widgets import TextArea

from xqdbg.tui.editor.indent import STEP, Indenter, leading, toggled
from xqdbg.tui.editor.lines import Lines, cells_before

_TABOO = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters nobody types: they act on terminals, or stand for no character at all."""


class LineTyping(TextArea):
    """A text field that knows where lines belong."""

    _indenter: Indenter | None = None

    class Pasted(Message):
        """Something was pasted, and not all of it was text."""

        def __init__(self, dropped: int) -> None:
            super().__init__()
            self.dropped = dropped

    @property
    def lines(self) -> Lines:
        """The text, line by line."""
        raise NotImplementedError

    def break_line(self) -> None:
        """Begin a new line, indented as it should be; what closes a loop goes back below what opened it."""
        start, end = sorted(self.selection)
        before, after = self.document[start[0]][: start[1]], self.document[end[0]][end[1] :]
        if not before.strip():  # blanks alone stay with what follows them
            self.replace(f"\n{before}", (start[0], 0), end, maintain_selection_offset=False)
            return
        settled = self._settled(start[0], before)
        blanks = leading(settled) if self._indenter is None else self._indenter.after(settled)
        behind = (end[0], end[1] + len(after) - len(after.lstrip(" ")))
        top, kept = (start, "") if settled == before else ((start[0], 0), settled)
        self.replace(f"{kept}\n{blanks}", top, behind, maintain_selection_offset=False)

    def settle(self) -> None:
        """Put the line of the cursor where it belongs, if it closes a loop and nobody has indented it on purpose."""
        row, column = self.cursor_location
        line = self.document[row]
        settled = self._settled(row, line)
        if settled != line:
            self.replace(settled, (row, 0), (row, len(line)), maintain_selection_offset=False)
            self.move_cursor((row, max(0, column + len(settled) - len(line))))

    def _settled(self, row: int, line: str) -> str:
        if self._indenter is None or not self._indenter.closes(line):
            return line
        above = self._above(row)
        if not above or leading(line) != self._indenter.after(above[-1]):
            return line
        return self._indenter.of_closer(above) + line.lstrip(" \t")

    def _above(self, row: int) -> list[str]:
        """The nearest lines above a row, down to the last one that is not blank."""
        lines = self.lines.lines[max(0, row - 1_000) : row]
        while lines and not lines[-1].strip():
            lines.pop()
        return lines

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self._put_in(event.text)

    def action_paste(self) -> None:
        self._put_in(self.app.clipboard)

    def _put_in(self, pasted: str) -> None:
        """Take over a text from elsewhere, without what is no text in it."""
        text, dropped = _TABOO.subn("", pasted.replace("\r\n", "\n").replace("\r", "\n"))
        if self.read_only or not text:
            return
        self.history.checkpoint()
        result = self.replace(text, *self.selection, maintain_selection_offset=False)
        self.move_cursor(result.end_location)
        if dropped:
            self.post_message(self.Pasted(dropped))

    def action_indent(self) -> None:
        start, end = sorted(self.selection)
        if start[0] != end[0]:
            self._change_lines(lambda lines: [" " * STEP + line if line.strip() else line for line in lines])
            return
        blanks = STEP - cells_before(self.document[start[0]], start[1]) % STEP
        self.replace(" " * blanks, start, end, maintain_selection_offset=False)

    def action_dedent(self) -> None:
        self._change_lines(lambda lines: [line[_less(line) :] for line in lines])

    def action_toggle_comment(self) -> None:
        self._change_lines(toggled)

    def action_delete_back(self) -> None:
        """Delete a character; in front of a line, all blanks back to where a loop could be indented."""
        row, column = self.cursor_location
        before = self.document[row][:column]
        if self.selection.is_empty and column > 1 and not before.strip(" "):
            self._delete_via_keyboard((row, column - ((column - 1) % STEP + 1)), (row, column))
        else:
            self.action_delete_left()

    def action_move_lines(self, by: int) -> None:
        """Move the selected lines past their neighbour."""
        top, bottom = self._selected_rows()
        if (by < 0 and top == 0) or (by > 0 and bottom == self.document.line_count - 1):
            return
        first, last = (top - 1, bottom) if by < 0 else (top, bottom + 1)
        lines = self.lines.lines[first : last + 1]
        moved = [*lines[1:], lines[0]] if by < 0 else [lines[-1], *lines[:-1]]
        start, end = self.selection
        self.history.checkpoint()
        self.replace("\n".join(moved), (first, 0), (last, len(lines[-1])))
        self.selection = Selection((start[0] + by, start[1]), (end[0] + by, end[1]))

    def _selected_rows(self) -> tuple[int, int]:
        """The first and the last row of the selection; a row of which nothing is selected is none of them."""
        (top, _), (bottom, column) = sorted(self.selection)
        return top, bottom - 1 if bottom > top and column == 0 else bottom

    def _change_lines(self, change: Callable[[list[str]], list[str]]) -> None:
        """Change whole lines, as one edit; what is selected stays selected."""
        top, bottom = self._selected_rows()
        old = self.lines.lines[top : bottom + 1]
        new = change(old)
        if new == old:
            return
        start, end = self.selection
        self.history.checkpoint()
        self.replace("\n".join(new), (top, 0), (bottom, len(old[-1])))
        self.selection = Selection(*(_shifted(each, top, old, new) for each in (start, end)))


def _shifted(location: Location, top: int, old: Sequence[str], new: Sequence[str]) -> Location:
    """Where a place in lines is after each of them became longer or shorter in front of it."""
    row, column = location
    if not 0 <= row - top < len(old):
        return location
    return row, max(0, column + len(new[row - top]) - len(old[row - top])) if column else 0


def _less(line: str) -> int:
    """Characters to take away from the beginning of a line to indent it less."""
    if line.startswith("\t"):
        return 1
    blanks = len(line) - len(line.lstrip(" "))
    return min(blanks, (blanks - 1) % STEP + 1) if blanks else 0
