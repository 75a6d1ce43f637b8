"""An explanation laid out for a width: rows of styled text, wrapped, in columns where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rich.cells import cell_len, chop_cells

from vm.values import dataclass
from xqdbg.explanation import Entry, Explanation, Section, sections
from xqdbg.explanation.telling import BETWEEN
from xqdbg.tui.listing import shown

ROOMY = 58
"""Columns from which on titles stand beside what they are about."""
TITLE_COLUMNS = 11
"""Width of the column of titles, the gap behind it included."""
_LEAST_TEXT, _LEAST_SENTENCE = 18, 36
"""Columns that a column of names leaves, of text and of the longer text that stands behind a mark."""
HEAD = "head"
"""The section that headline and sentence are."""

Piece = tuple[str, str]
"""A text without line ends, and the name of its style."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the pane."""

    pieces: tuple[Piece, ...]
    section: str
    entry: Entry | None = None
    """What it is a part of."""

    @property
    def text(self) -> str:
        """The row without styles."""
        return "".join(text for text, _ in self.pieces)


def rows(explanation: Explanation, width: int) -> Sequence[Row]:
    """All rows, none wider than `width` cells."""
    width = max(1, width)
    found = list(_head(explanation, width))
    for section in sections(explanation):
        found += _section(section, width)
    return found


@lru_cache(maxsize=512)
def _section(section: Section, width: int) -> tuple[Row, ...]:
    """Rows of a section; most of them say at one instruction what they said at the last."""
    if width < ROOMY:  # titles in rows of their own part the sections
        return tuple(_below(section, width))
    return (Row((), section.title), *_beside(section, width))


def _head(explanation: Explanation, width: int) -> Iterator[Row]:
    pieces = [(shown(explanation.headline), "head")]
    if explanation.where:
        pieces.append((explanation.where, "quiet"))
    yield from (Row(tuple(line), HEAD) for line in filled(pieces, width))
    yield from (Row(tuple(line), HEAD) for line in filled([(explanation.sentence, "text")], width))


def _beside(section: Section, width: int) -> Iterator[Row]:
    """The title in a column of its own, at the first entry."""
    names, marks = _columns(section, width - TITLE_COLUMNS)
    for at, entry in enumerate(section.entries):
        title = section.title if at == 0 else ""
        head = [(title.ljust(TITLE_COLUMNS), "title")]
        yield from _entry_rows(entry, section.title, head, names, marks, width)


def _below(section: Section, width: int) -> Iterator[Row]:
    """The title in a row of its own."""
    yield Row(((section.title, "title"),), section.title)
    names, marks = _columns(section, width - 1)
    for entry in section.entries:
        yield from _entry_rows(entry, section.title, [(" ", "text")], names, marks, width)


def _columns(section: Section, width: int) -> tuple[int, int]:
    """Width of the columns of names and of marks; names have none where they would leave too little."""
    names = max(cell_len(entry.name) for entry in section.entries)
    marks = max(cell_len(entry.mark) for entry in section.entries)
    room = width - (marks + 1 + _LEAST_SENTENCE if marks else _LEAST_TEXT)
    return (names if names + 2 <= room else 0), marks


def _entry_rows(entry: Entry, section: str, head: list[Piece], names: int, marks: int, width: int) -> Iterator[Row]:
    tone = entry.tone or "text"
    if marks:
        head = [*head, (entry.mark.ljust(marks + 1), "alarm" if tone == "alarm" else "mark")]
    body = _body(entry, tone)
    if names:
        head = [*head, (entry.name.ljust(names + 2), _name_style(tone))]
    elif entry.name and marks:
        indent = sum(cell_len(text) for text, _ in head)
        name = filled([(entry.name, _name_style(tone))], width - indent)
        yield from (Row((*head, *line), section, entry) for line in name)
        head = [(" " * indent, "text")]
    elif entry.name:
        body = [(entry.name, _name_style(tone)), *body]
    indent = sum(cell_len(text) for text, _ in head)
    if width - indent < 8:
        head, indent = [], 0
    for at, line in enumerate(filled(body, width - indent)):
        margin = head if at == 0 else [(" " * indent, "text")]
        yield Row((*margin, *line), section, entry)


def _name_style(tone: str) -> str:
    return "alarm" if tone == "alarm" else "name"


def _body(entry: Entry, tone: str) -> list[Piece]:
    """What is said, and why."""
    if not (entry.text and entry.note):
        return [(entry.text or entry.note, tone)]
    note = tone if tone in ("alarm", "quiet") else "note"
    return [(entry.text, "alarm" if tone == "alarm" else "quiet"), (f"{BETWEEN} {entry.note}", note)]


def filled(pieces: Sequence[Piece], width: int) -> Iterator[list[Piece]]:
    """Words put into lines of at most `width` cells; at least one line. Words that are too long are cut."""
    line: list[Piece] = []
    used = 0
    for word, style in _words(pieces, width):
        room = cell_len(word)
        if line and used + 1 + room > width:
            yield line
            line, used = [], 0
        if line:
            line[-1] = (line[-1][0] + " ", line[-1][1])
            used += 1
        _append(line, word, style)
        used += room
    yield line


def _append(line: list[Piece], word: str, style: str) -> None:
    """Words of one style are one piece."""
    if line and line[-1][1] == style:
        line[-1] = (line[-1][0] + word, style)
    else:
        line.append((word, style))


def _words(pieces: Sequence[Piece], width: int) -> Iterator[Piece]:
    for text, style in pieces:
        for word in text.split():
            if cell_len(word) <= width:
                yield word, style
            else:
                yield from ((part, style) for part in chop_cells(word, max(1, width)))
