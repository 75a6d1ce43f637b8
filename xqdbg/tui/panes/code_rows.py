"""How a row of the program is drawn: its gutter, its text, and the note beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from xqdbg.tui.glyphs import BOOKMARK, EXECUTED, FINDING, HERE, SLICED
from xqdbg.tui.highlight import Highlighter, prose_spans
from xqdbg.tui.panes.code_layout import COUNT_COLUMNS, Layout
from xqdbg.tui.panes.code_notes import Note

GAP = 2
"""Columns between the text of a row and the note beside it."""
LEAST_NOTE = 6
"""Columns below which a note is not worth showing."""


class RowLook(NamedTuple):
    """All that decides how a row is drawn, besides its text."""

    current: bool
    fault: bool
    cursor: bool
    mark: str
    armed: bool
    finding: bool
    often: str
    bar: str
    quiet: bool
    booked: bool
    note: Note


class RowPainter:
    """Draws rows of a layout in a pane's styles."""

    def __init__(self, highlighter: Highlighter, style: Callable[[str], Style], base: Callable[[], Style]) -> None:
        """Take how to find the style of a component class, and that of the pane itself."""
        self._highlighter, self._style, self._base = highlighter, style, base
        self.foreign = False
        """Whether source is in another language than assembly."""

    def strip(self, layout: Layout, row: int, look: RowLook, start: int, width: int) -> Strip:
        """A row exactly `width` cells wide, its text scrolled to the cell `start`."""
        background = self._background(look)
        gutter = Strip(self._gutter_segments(layout, row, look, background))
        text = self._text(layout, row, look, start, max(0, width - layout.gutter), background)
        return Strip.join([gutter, text]).crop_extend(0, width, background)

    def _text(self, layout: Layout, row: int, look: RowLook, start: int, room: int, background: Style) -> Strip:
        """The text of a row and the note beside it, for which a comment gives way."""
        segments = self._text_segments(layout, row, look, background)
        if not look.note:
            return self._cut(Strip(segments), start, room, background)
        paper = background.background_style
        note = [Segment(text, self._style(f"code--note-{kind}") + paper) for kind, text in look.note]
        need = GAP + sum(cell_len(text) for _, text in look.note)
        text = Strip(segments).crop(start)
        if text.cell_length + need > room and self._ends_in_comment(layout, row):
            text = Strip(_stripped(segments[:-1])).crop(start)
        space = room - text.cell_length - GAP
        if space < LEAST_NOTE:
            return self._cut(text, 0, room, background)
        shortened = Strip(note) if space >= need - GAP else _shortened(note, space)
        return Strip.join([text, Strip([Segment(" " * GAP, background)]), shortened]).crop_extend(0, room, background)

    def _cut(self, text: Strip, start: int, room: int, background: Style) -> Strip:
        """As much of a text as there is room for, with a sign where that is not all."""
        if room < 2 or text.cell_length <= start + room:
            return text.crop_extend(start, start + room, background)
        sign = Segment("…", self._style("code--note-name") + background.background_style)
        return Strip.join([text.crop_extend(start, start + room - 1, background), Strip([sign])])

    def _ends_in_comment(self, layout: Layout, row: int) -> bool:
        if self._is_foreign(layout, len(layout.listing.parts(row)) - 1):
            return False
        text, of_program = layout.listing.parts(row)[-1]
        return of_program and [kind for kind, _ in self._highlighter.spans(text)][-1:] == ["comment"]

    def _is_foreign(self, layout: Layout, piece: int) -> bool:
        """Whether a piece of a row is in another language: the source, which is the first one of two or all of it."""
        listing = layout.listing
        return self.foreign and bool(listing.numbers) and (piece == 0 or not listing.beside)

    def _background(self, look: RowLook) -> Style:
        if look.fault:
            return self._base() + self._style("code--fault").background_style
        if look.current:
            return self._base() + self._style("code--pc").background_style
        if look.cursor:
            return self._base() + self._style("code--cursor").background_style
        return self._base()

    def _gutter_segments(self, layout: Layout, row: int, look: RowLook, background: Style) -> list[Segment]:
        def ink(name: str) -> Style:
            return self._style(name) + background.background_style

        arrow = ink("code--fault-mark" if look.fault else "code--arrow")
        bar = {SLICED: "code--sliced", EXECUTED: "code--executed"}.get(look.bar, "code--never")
        number, address = layout.number(row), layout.address(row)
        return [
            Segment(look.mark, ink("code--breakpoint" if look.armed else "code--number")),
            Segment(HERE if look.current else " ", arrow),
            Segment(BOOKMARK if look.booked else " ", ink("code--bookmark")),
            Segment(number, arrow if look.current else ink("code--number")),
            *([Segment(address, ink("code--address"))] if address else []),
            Segment(f"{look.often:>{COUNT_COLUMNS}}", ink("code--count")),
            Segment(FINDING if look.finding else " ", ink("code--finding")),
            Segment(look.bar, ink(bar)),
        ]

    def _text_segments(self, layout: Layout, row: int, look: RowLook, background: Style) -> list[Segment]:
        paper, found = background.background_style, list[Segment]()
        for piece, (part, of_program) in enumerate(layout.listing.parts(row)):
            cut = prose_spans if self._is_foreign(layout, piece) else self._highlighter.spans
            spans = cut(part) if of_program else [("", part)]
            quiet = self._style("code--address")
            found += [Segment(text, (self._ink(kind, look) if of_program else quiet) + paper) for kind, text in spans]
        return found

    def _ink(self, kind: str, look: RowLook) -> Style:
        if kind == "comment":
            return self._style("code--kind-comment")
        if look.quiet and not look.current:
            return self._style("code--idle")
        return self._style(f"code--kind-{kind}" if kind else "code--plain")


def _stripped(segments: Sequence[Segment]) -> list[Segment]:
    """Without the blanks at the end."""
    kept = list(segments)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[-1] = Segment(kept[-1].text.rstrip(), kept[-1].style)
    return kept


def _shortened(segments: Sequence[Segment], room: int) -> Strip:
    """As much as there is room for, and a sign that there is more."""
    strip = Strip(segments).crop(0, room - 1)
    return Strip.join([strip, Strip([Segment("…", segments[0].style)])])
