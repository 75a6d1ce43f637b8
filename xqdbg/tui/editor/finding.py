"""Looking for words in a text, upper and lower case alike."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from textual.document._document import Location

MOST = 100_000
"""Places that are counted."""


def places(lines: Sequence[str], needle: str) -> list[tuple[Location, Location]]:
    """Where a text is found: beginnings and ends, in order."""
    if not needle:
        return []
    pattern = re.compile(re.escape(needle), re.IGNORECASE)
    found: list[tuple[Location, Location]] = []
    for row, line in enumerate(lines):
        found += [((row, match.start()), (row, match.end())) for match in pattern.finditer(line)]
        if len(found) >= MOST:
            break
    return found


def next_place(
    found: Sequence[tuple[Location, Location]], start: Location, end: Location, by: int
) -> tuple[int, tuple[Location, Location]] | None:
    """The place after or before what is selected, round and round, and its number from 0."""
    if not found:
        return None
    starts = [place[0] for place in found]
    if by > 0:
        at = bisect_left(starts, end if end > start else start)
        at = at if at < len(found) else 0
    else:
        at = bisect_left(starts, start) - 1
        at = at if at >= 0 else len(found) - 1
    return at, found[at]


def replaced_everywhere(text: str, needle: str, new: str) -> tuple[str, int]:
    """The text with all places replaced, and how many there were."""
    if not needle:
        return text, 0
    return re.subn(re.escape(needle), lambda _: new, text, flags=re.IGNORECASE)


def number_of(found: Sequence[tuple[Location, Location]], place: tuple[Location, Location]) -> int:
    """Which one of the places it is, from 1; 0 if it is none."""
    at = bisect_right([each[0] for each in found], place[0]) - 1
    return at + 1 if at >= 0 and found[at] == place else 0
