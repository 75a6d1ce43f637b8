"""Memory looked at through a window: sixteen octets a row, each mapped area a region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.contract import Frame, Place, PlaceError, Region, Span, Window
from vm.pvm.memory import PAGE, Area, rights_words

if TYPE_CHECKING:
    from vm.pvm.memory import Memory

COLUMNS = 16
_LARGEST = 255


def regions(memory: Memory) -> Sequence[Region]:
    """The mapped areas, in ascending order."""
    return tuple(map(_region, memory.areas))


def _region(area: Area) -> Region:
    first, end, rights = area
    size = (end - first) * PAGE
    name = str(Place("mem", (Span(first * PAGE, size),)))
    count = f"{end - first:,} page{'' if end == first + 1 else 's'}"
    title = f"{rights_words(rights)} memory · {first * PAGE:#x} to {end * PAGE - 1:#x} · {count}"
    return Region(name, "memory", title, size // COLUMNS, COLUMNS, base=first * PAGE, rights=rights_words(rights))


def window(memory: Memory, name: str, frame: Frame) -> Window:
    """Part of an area; PlaceError if there is none of that name now."""
    for area in memory.areas:
        region = _region(area)
        if region.name == name:
            return _window(memory, region, area[0] * PAGE, frame)
    raise PlaceError(f"{name} is no mapped area now")


def _window(memory: Memory, region: Region, base: int, frame: Frame) -> Window:
    last = min(frame.row + frame.height * frame.scale, region.rows)
    tops = range(max(0, frame.row), last, frame.scale)
    focus = _under(frame, region)
    return Window(
        region=region,
        frame=frame,
        cells=tuple(_blocks(memory, base, top, min(top + frame.scale, region.rows), frame) for top in tops),
        head=(),
        focus=None if focus is None else _octet(memory, base + focus),
        focus_place="" if focus is None else f"mem[{base + focus:#x}]",
        largest=_LARGEST,
        stored=region.rows * COLUMNS,
    )


def _blocks(memory: Memory, base: int, top: int, end: int, frame: Frame) -> tuple[int | None, ...]:
    """One row of blocks, the greatest octet in each; None for those beyond the last column."""
    if frame.scale == 1 and frame.col == 0 and frame.width == COLUMNS:
        return tuple(memory.peek(base + top * COLUMNS, COLUMNS) or (None,) * COLUMNS)
    rows = [memory.peek(base + row * COLUMNS, COLUMNS) or b"" for row in range(top, end)]
    starts = range(frame.col, frame.col + frame.width * frame.scale, frame.scale)
    return tuple(max((o for row in rows for o in row[at : at + frame.scale]), default=None) for at in starts)


def _under(frame: Frame, region: Region) -> int | None:
    """How far into the region the cursor is; None where it is on no octet."""
    if frame.cursor is None:
        return None
    row, col = frame.cursor
    return row * COLUMNS + col if 0 <= row < region.rows and 0 <= col < COLUMNS else None


def _octet(memory: Memory, at: int) -> int | None:
    octets = memory.peek(at, 1)
    return None if octets is None else octets[0]
