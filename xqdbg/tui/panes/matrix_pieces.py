"""Pieces of a line: text and its style, put together, cut off and filled up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.segment import Segment
from rich.style import Style

Piece = tuple[str, Style]


def tabs_in_view(widths: Sequence[int], at: int, room: int) -> tuple[int, int]:
    """First tab to show and the one behind the last, all of them whole, with tab `at` in view.

    Widths are without the three columns between two tabs; marks of more tabs take two columns on either side.
    """

    def fits(first: int, end: int) -> bool:
        marks = (2 if first > 0 else 0) + (2 if end < len(widths) else 0)
        return sum(widths[first:end]) + 3 * (end - first - 1) + marks <= room

    first, end = 0, at + 1
    while first < at and not fits(first, end):
        first += 1
    while end < len(widths) and fits(first, end + 1):
        end += 1
    return first, min(end, len(widths))


def joined(pieces: Iterable[Piece]) -> Iterator[Segment]:
    """Segments of pieces, neighbours of one style made one."""
    run, last = "", Style.null()
    for part, style in pieces:
        if style is last:
            run += part
            continue
        if run:
            yield Segment(run, last)
        run, last = part, style
    if run:
        yield Segment(run, last)


def cut(pieces: Iterable[Piece], width: int) -> list[Piece]:
    """The pieces themselves if they fit into a width without the blanks at their end, else their start and `…`."""
    pieces = list(pieces)
    text = "".join(part for part, _ in pieces)
    if len(text.rstrip()) <= width:
        return pieces
    start = list(_start(pieces, width - 1))
    return [*start, ("…", start[-1][1])] if start else pieces


def _start(pieces: Iterable[Piece], room: int) -> Iterator[Piece]:
    for part, style in pieces:
        if room <= 0:
            return
        yield part[:room], style
        room -= len(part)


def fitted(pieces: Iterable[Piece], width: int, blank: Style) -> Iterator[Piece]:
    """The pieces cut off or filled up to a width; every character of theirs is one column wide."""
    room = width
    for part, style in pieces:
        if room <= 0:
            return
        yield part[:room], style
        room -= len(part)
    if room > 0:
        yield " " * room, blank
