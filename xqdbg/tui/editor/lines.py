"""The text being edited, as Textual's TextArea wants it: exact in its line ends, and cheap to change when it is long.

Textual's own document takes a form feed or a next-line character for the end of a line, which would change a file
that has one; and it measures every line of the text after every key.
"""

from __future__ import annotations

from array import array

from rich.cells import cell_len
from textual.document._document import Document, EditResult, Location
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Offset, Size

from vm.diagnostics import printable

GROWTH = 32
"""Columns by which a text becomes wider."""
TAB = 4
"""Columns of a tab character."""


class Lines(Document):
    """A text whose lines are ended by line feeds alone. Remembers where each line stood when it was last built."""

    def __init__(self, text: str) -> None:
        self._newline = "\n"
        self._lines = text.split("\n")
        self._widths = array("L", map(width_of, self._lines))
        self._origins = array("L", range(1, len(self._lines) + 1))

    def origin(self, row: int) -> int:
        """The number of a line in the text that was built last; 0 for a line that is new since."""
        return self._origins[row] if row < len(self._origins) else 0

    def built(self) -> None:
        """Take note that the text is built as it is now."""
        self._origins = array("L", range(1, len(self._lines) + 1))

    def forget_built(self) -> None:
        """Take note that the text has nothing to do with what was built."""
        self._origins = array("L", [0]) * len(self._lines)

    def get_size(self, tab_width: int) -> Size:
        """Rounded up: another width lays the whole screen out anew, which is not to happen with every key."""
        return Size(-(-max(self._widths) // GROWTH) * GROWTH, len(self._lines))

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        (top, left), (bottom, right) = sorted((start, end))
        replaced = self.get_text_range((top, left), (bottom, right))
        before = self._lines[top][:left] if top < len(self._lines) else ""
        after = self._lines[bottom][right:] if bottom < len(self._lines) else ""
        new = text.split("\n")
        new[0] = before + new[0]
        column = len(new[-1])
        new[-1] += after
        self._lines[top : bottom + 1] = new
        self._widths[top : bottom + 1] = array("L", map(width_of, new))
        self._origins[top : bottom + 1] = self._new_origins(top, bottom, len(new), bool(before))
        return EditResult((top + len(new) - 1, column), replaced)

    def _new_origins(self, top: int, bottom: int, rows: int, keeps_first: bool) -> array[int]:
        """Where lines stood that take the place of others: one of them is what is left of a line there was."""
        origins = array("L", [0]) * rows
        if keeps_first or (top == bottom and rows == 1):
            origins[0] = self.origin(top)
        else:
            origins[-1] = self.origin(bottom)
        return origins

    def get_text_range(self, start: Location, end: Location) -> str:
        (top, left), (bottom, right) = sorted((start, end))
        if top == bottom:
            return self._lines[top][left:right] if top < len(self._lines) else ""
        parts = self._lines[top : bottom + 1]
        parts[0] = parts[0][left:]
        if bottom < len(self._lines):
            parts[-1] = parts[-1][:right]
        return "\n".join(parts)


class Unwrapped(WrappedDocument):
    """The view of a text that is never wrapped: a line is a row."""

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        pass

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        pass

    @property
    def height(self) -> int:
        return self.document.line_count

    def offset_to_location(self, offset: Offset) -> Location:
        row = max(0, min(offset[1], self.document.line_count - 1))
        return row, column_at(self.document.get_line(row), max(0, offset[0]))

    def location_to_offset(self, location: Location) -> Offset:
        row = max(0, min(location[0], self.document.line_count - 1))
        return Offset(cells_before(self.document.get_line(row), location[1]), row)

    def get_target_document_column(self, line_index: int, x_offset: int, y_offset: int) -> int:
        return column_at(self.document.get_line(line_index), x_offset)

    def get_sections(self, line_index: int) -> list[str]:
        return [self.document.get_line(line_index)]

    def get_offsets(self, line_index: int) -> list[int]:
        return []

    def get_tab_widths(self, line_index: int) -> list[int]:
        return []


def drawn(line: str) -> str:
    """A line as it may reach the terminal, one character for one; tabs stay."""
    if line.isascii() and line.isprintable():
        return line
    return "\t".join(map(printable, line.split("\t")))


def width_of(line: str) -> int:
    """Cells that a line takes."""
    return len(line) if line.isascii() and line.isprintable() else cell_len(drawn(line).expandtabs(TAB))


def cells_before(line: str, column: int) -> int:
    """Cells in front of a character."""
    return width_of(line[:column]) if "\t" not in line else _cells(drawn(line), column)


def _cells(line: str, column: int) -> int:
    cells = 0
    for character in line[:column]:
        cells += TAB - cells % TAB if character == "\t" else cell_len(character)
    return cells


def column_at(line: str, cell: int) -> int:
    """The character that covers a cell; the end of the line behind it."""
    if line.isascii() and line.isprintable():
        return min(cell, len(line))
    cells = 0
    for column, character in enumerate(drawn(line)):
        cells += TAB - cells % TAB if character == "\t" else cell_len(character)
        if cells > cell:
            return column
    return len(line)


def spread(text: str, at: int) -> tuple[str, int]:
    """A piece of a line that begins in cell `at`, its tabs made blanks; and the cell after it."""
    if "\t" not in text:
        return text, at + (len(text) if text.isascii() else cell_len(text))
    parts: list[str] = []
    for index, part in enumerate(text.split("\t")):
        if index:
            blanks = TAB - at % TAB
            parts.append(" " * blanks)
            at += blanks
        parts.append(part)
        at += cell_len(part)
    return "".join(parts), at
