"""Where something that pops up finds room on the screen."""

from __future__ import annotations

from textual.geometry import Offset, Region, Size

LEAST_BESIDE = 24
"""Columns that documentation needs to stand beside a list."""
LEAST_ROWS = 3
"""Rows of documentation that are worth showing."""


def place(word: Offset, size: Size, screen: Size, company: int = 0) -> Region:
    """Where to put something about a word: below it, or above where there is more room; cut where there is too little.

    `word` is the cell of its first character; `company` are the rows of what will stand beside it.
    """
    width = min(size.width, screen.width)
    x = max(0, min(word.x, screen.width - width))
    below, above = screen.height - word.y - 1, word.y
    if max(size.height, company) <= below or below >= above:
        return Region(x, word.y + 1, width, max(0, min(size.height, below)))
    height = min(size.height, above)
    return Region(x, word.y - height, width, height)


def beside(occupied: Region, word: Offset, size: Size, screen: Size) -> Region | None:
    """Where to put what belongs to `occupied`, never over the line of the word; None where there is no room.

    Right of it, left of it, or on its far side. It may become narrower or lower than its size.
    """
    is_below = occupied.y > word.y
    rows = min(size.height, screen.height - occupied.y if is_below else occupied.bottom)
    y = occupied.y if is_below else occupied.bottom - rows
    for room, x in ((screen.width - occupied.right, occupied.right), (occupied.x, occupied.x - size.width)):
        if (width := min(size.width, room)) >= min(size.width, LEAST_BESIDE):
            return Region(max(0, x), y, width, rows)
    rows = min(size.height, screen.height - occupied.bottom if is_below else occupied.y)
    if rows < LEAST_ROWS:
        return None
    width = min(size.width, screen.width)
    x = max(0, min(occupied.x, screen.width - width))
    return Region(x, occupied.bottom if is_below else occupied.y - rows, width, rows)
