"""Which items of two sequences belong together: the shortest way to edit one into the other, after Myers (1986)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST_EDITS = 2_000
"""Items taken out and put in, together, up to which the shortest way is looked for: memory grows with the square."""

Block = tuple[int, int, int]
"""Where equal items begin in either sequence, and how many they are."""


def aligned(mine: Sequence[str], other: Sequence[str], most_edits: int = MOST_EDITS) -> list[Block]:
    """Stretches of equal items, ascending in both; fewer than there could be where too much was edited."""
    head = _common(mine, other, 0, min(len(mine), len(other)))
    rest = min(len(mine), len(other)) - head
    tail = 0
    while tail < rest and mine[-1 - tail] == other[-1 - tail]:
        tail += 1
    a, b = mine[head : len(mine) - tail], other[head : len(other) - tail]
    blocks = [(0, 0, head), *((head + x, head + y, count) for x, y, count in _shortest(a, b, most_edits))]
    blocks.append((len(mine) - tail, len(other) - tail, tail))
    return [block for block in blocks if block[2]]


def _shortest(a: Sequence[str], b: Sequence[str], most_edits: int) -> list[Block]:
    """The stretches that the shortest way leaves; none where it is longer than that."""
    if not a or not b:
        return []
    furthest: dict[int, int] = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(len(a) + len(b), most_edits) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            x = _entered(furthest, diagonal, edits)
            y = x - diagonal
            if x <= len(a) and y <= len(b):
                x += _common(a, b, y - x, min(len(a) - x, len(b) - y), x)
            furthest[diagonal] = x
            if x >= len(a) and x - diagonal >= len(b):
                return list(_merged(_back(trace, len(a), len(b))))
    return []


def _entered(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    """Where a diagonal is entered from the better one of its neighbours."""
    left, right = furthest.get(diagonal - 1, -1), furthest.get(diagonal + 1, -1)
    return right if diagonal == -edits or (diagonal != edits and left < right) else left + 1


def _common(a: Sequence[str], b: Sequence[str], shift: int, most: int, start: int = 0) -> int:
    """How many items are equal from `start` on, in `b` from `start + shift` on."""
    at = start
    end = start + most
    while at < end and a[at] == b[at + shift]:
        at += 1
    return at - start


def _back(trace: Sequence[dict[int, int]], x: int, y: int) -> Iterator[tuple[int, int]]:
    """The pairs of equal items on the way, last first."""
    for edits in range(len(trace) - 1, -1, -1):
        diagonal = x - y
        furthest = trace[edits]
        before = diagonal + 1 if _entered(furthest, diagonal, edits) == furthest.get(diagonal + 1, -1) else diagonal - 1
        begun_x = furthest[before] if edits else 0
        begun_y = begun_x - before if edits else 0
        while x > max(begun_x, 0) and y > max(begun_y, 0):
            x, y = x - 1, y - 1
            yield x, y
        x, y = begun_x, begun_y


def _merged(pairs: Iterator[tuple[int, int]]) -> Iterator[Block]:
    """Pairs as stretches, first one first."""
    start, before, count = -1, -1, 0
    for x, y in reversed(list(pairs)):
        if count and (x, y) == (start + count, before + count):
            count += 1
            continue
        if count:
            yield start, before, count
        start, before, count = x, y, 1
    if count:
        yield start, before, count
