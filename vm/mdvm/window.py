"""Arrays of Ints or Bools looked at through a window: a row, or a matrix where the elements are such arrays.

The arrays in a matrix are of one length. A Bool is shown as a bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vm.contract import Frame, Place, PlaceError, Region, Selector, Window
from vm.mdvm.values import Array, Slot

if TYPE_CHECKING:
    from vm.mdvm.state import State

LARGEST = 1 << 14
"""Elements of an array that is looked at so: what it holds is told by looking at all of them."""


def regions(machine: State) -> Sequence[Region]:
    """The registers and globals that hold such arrays."""
    return tuple(region for place, value in _held(machine) if (region := _region(str(place), value)) is not None)


def _held(machine: State) -> Iterator[tuple[Place, Slot]]:
    for number, value in enumerate(machine.regs):
        if isinstance(value, Array):
            yield Place(f"r{number}"), value
    for name, value in machine.globals.items():
        if isinstance(value, Array):
            yield Place("globals", (name,)), value


def _region(name: str, value: Slot) -> Region | None:
    if not isinstance(value, Array) or not 0 < value.total <= LARGEST or not len(value):
        return None
    if (values := _values([value])) is not None:
        return Region(name, "array", f"array of {len(value):,}", 1, len(value), values=values)
    rows = [row for row in value if isinstance(row, Array)]
    if len(rows) != len(value) or not len(rows[0]) or any(len(row) != len(rows[0]) for row in rows):
        return None
    if (values := _values(rows)) is None:
        return None
    title = f"array of {len(rows):,} by {len(rows[0]):,}"
    return Region(name, "array", title, len(rows), len(rows[0]), values=values)


def _values(rows: Sequence[Array]) -> str | None:
    """What the elements of a region are, as in `Region.values`; None where there are others than Ints or Bools.

    Each row has to have some, besides which there may be Empty.
    """
    kinds = {frozenset(type(item) for item in row if item is not None) for row in rows}
    return {frozenset({frozenset({int})}): "", frozenset({frozenset({bool})}): "bits"}.get(frozenset(kinds))


def window(machine: State, name: str, frame: Frame) -> Window:
    """Part of an array; PlaceError if there is none of that name that can be looked at so now."""
    for place, value in _held(machine):
        if str(place) == name and isinstance(value, Array):
            region = _region(name, value)
            if region is not None:
                return _window(place, value, region, frame)
    raise PlaceError(f"{name} holds no array of Ints or Bools now")


def _rows(value: Array, region: Region) -> Sequence[Sequence[Slot]]:
    matrix = isinstance(value.element(0), Array) and region.rows == len(value)
    return [row for row in value if isinstance(row, Array)] if matrix else [value]


def _window(place: Place, value: Array, region: Region, frame: Frame) -> Window:
    rows = _rows(value, region)
    numbers = [int(number) for row in rows for number in row if isinstance(number, int)]
    tops = range(max(0, frame.row), min(frame.row + frame.height * frame.scale, region.rows), frame.scale)
    focus, focus_place = _under(place, value, rows, frame)
    return Window(
        region=region,
        frame=frame,
        cells=tuple(_blocks(rows[top : top + frame.scale], frame) for top in tops),
        head=(),
        focus=focus,
        focus_place=focus_place,
        largest=max(map(abs, numbers), default=0),
        stored=len(numbers),
    )


def _blocks(rows: Sequence[Sequence[Slot]], frame: Frame) -> tuple[int | None, ...]:
    """One row of blocks, the value of largest magnitude in each; None where there is none."""
    starts = range(frame.col, frame.col + frame.width * frame.scale, frame.scale)
    return tuple(_largest(item for row in rows for item in row[at : at + frame.scale]) for at in starts)


def _largest(items: Iterator[Slot]) -> int | None:
    return max((int(item) for item in items if isinstance(item, int)), key=abs, default=None)


def _under(place: Place, value: Array, rows: Sequence[Sequence[Slot]], frame: Frame) -> tuple[int | None, str]:
    """What is under the cursor, and its place."""
    if frame.cursor is None:
        return None, ""
    row, col = frame.cursor
    if not (0 <= row < len(rows) and 0 <= col < len(rows[row])):
        return None, ""
    steps: tuple[Selector, ...] = ((row,), (col,)) if rows[row] is not value else ((col,),)
    item = rows[row][col]
    return int(item) if isinstance(item, int) else None, str(Place(place.name, (*place.path, *steps)))
