"""Models, samples and vectors looked at through a window."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from vm.contract import Frame, Region, Window
from vm.xqvm.model import Model, Sample, Vec

T = TypeVar("T")

_NONE: tuple[object, int] = (None, 0)
_Blocks = tuple[int | None, ...]
_Sparse = tuple[tuple[int, int], ...]
_MOST_FRAMES = 5
"""Frames whose rows of blocks are kept; several panes may look at one value, and one pane at several parts of it."""


class Lens:
    """Windows on one register as its value changes.

    A value handed out is copied on write, a model row by row, so what is the same object holds the
    same numbers: only rows that changed are read again, however large the model is.
    """

    def __init__(self) -> None:
        self._bands: OrderedDict[tuple[int, int, int], _Bands] = OrderedDict()
        """Rows of blocks of the frames somebody looks through, by column, width and scale; those used last, last."""
        self._peaks = _Memo[int]()

    def window(self, region: Region, value: Model | Sample | Vec, frame: Frame) -> Window:
        """The frame's part of a value that has been handed out."""
        return self._of_model(region, value, frame) if isinstance(value, Model) else self._of_list(region, value, frame)

    def _of_model(self, region: Region, model: Model, frame: Frame) -> Window:
        bands = self._bands_of(frame)
        tops = range(frame.row, min(frame.row + frame.height * frame.scale, model.size), frame.scale)
        present = sorted(model.quad)
        return Window(
            region=region,
            frame=frame,
            cells=tuple(bands.band(model, present, top, frame) for top in tops),
            head=_blocks([model.linear], frame),
            focus=_focus(model, frame.cursor),
            focus_place=_focus_place(region, model, frame.cursor),
            largest=self._largest(model),
            stored=model.terms,
        )

    def _bands_of(self, frame: Frame) -> _Bands:
        key = frame.col, frame.width, frame.scale
        bands = self._bands.setdefault(key, _Bands())
        self._bands.move_to_end(key)
        while len(self._bands) > _MOST_FRAMES:
            self._bands.popitem(last=False)
        return bands

    def _largest(self, model: Model) -> int:
        largest, known = self._peak(-1, model.linear, model.linear.values()), self._peaks.latest
        for i, row in model.quad.items():
            owner, peak = known.get(i, _NONE)
            if owner is not row:
                peak = self._peak(i, row, row.values())
            if peak > largest:
                largest = peak
        return largest

    def _peak(self, key: int, owner: Mapping[int, int] | Sequence[int], numbers: Iterable[int]) -> int:
        """Greatest magnitude of numbers, remembered as long as they are kept in the same object."""
        known = self._peaks.get(key, owner)
        return self._peaks.put(key, owner, max(map(abs, numbers), default=0)) if known is None else known

    def _of_list(self, region: Region, value: Sample | Vec, frame: Frame) -> Window:
        """A sample or vector, laid out row by row."""
        items = value.values if isinstance(value, Sample) else value.items
        tops = range(frame.row, min(frame.row + frame.height * frame.scale, region.rows), frame.scale)
        cells = []
        for top in tops:
            rows = range(top, min(top + frame.scale, region.rows))
            cells.append(_blocks([_numbered(items, row * region.cols, region.cols) for row in rows], frame))
        index = _index(region, frame.cursor, len(items))
        return Window(
            region=region,
            frame=frame,
            cells=tuple(cells),
            head=(),
            focus=None if index is None else items[index],
            focus_place="" if index is None else f"{region.name}[{index}]",
            largest=self._peak(-1, items, items),
            stored=len(items),
        )


class _Memo(Generic[T]):
    """What was found out of objects, by number: for the two met last, as two machines may be looked at in turn.

    A way back makes equal objects anew; to compare them costs far less than to find out again.
    """

    def __init__(self) -> None:
        self.latest: dict[int, tuple[object, T]] = {}
        """What was met last, and what was found out of it."""
        self._earlier: dict[int, tuple[object, T]] = {}

    def get(self, number: int, owner: object) -> T | None:
        for each in (self.latest, self._earlier):
            if (met := each.get(number)) is not None and (met[0] is owner or met[0] == owner):
                return met[1]
        return None

    def put(self, number: int, owner: object, found: T) -> T:
        if (before := self.latest.get(number)) is not None:
            self._earlier[number] = before
        self.latest[number] = owner, found
        return found


class _Bands:
    """Rows of blocks of one frame, and for blocks of many rows what each row has in them."""

    def __init__(self) -> None:
        self._bands = _Memo[_Blocks]()
        self._rows = _Memo[_Sparse]()

    def band(self, model: Model, present: Sequence[int], top: int, frame: Frame) -> _Blocks:
        """One row of blocks; `present` are the rows of the model that hold anything, ascending."""
        numbers = present[bisect_left(present, top) : bisect_left(present, top + frame.scale)]
        rows = tuple(model.quad[i] for i in numbers)
        if (known := self._bands.get(top, rows)) is not None:
            return known
        blocks = self._merged(numbers, rows, frame) if frame.scale > 1 else _blocks(rows, frame)
        return self._bands.put(top, rows, blocks)

    def _merged(self, numbers: Sequence[int], rows: Sequence[Mapping[int, int]], frame: Frame) -> _Blocks:
        cells: list[int | None] = [None] * frame.width
        for i, row in zip(numbers, rows, strict=True):
            found = self._rows.get(i, row)
            if found is None:
                blocks = enumerate(_blocks((row,), frame))
                found = self._rows.put(i, row, tuple((at, value) for at, value in blocks if value is not None))
            for at, value in found:
                best = cells[at]
                if best is None or abs(value) > abs(best):
                    cells[at] = value
        return tuple(cells)


def _blocks(rows: Sequence[Mapping[int, int]], frame: Frame) -> _Blocks:
    """For each column block of the frame the value of largest magnitude in any of the rows."""
    first, scale = frame.col, frame.scale
    end = first + frame.width * scale
    cells: list[int | None] = [None] * frame.width
    for row in rows:
        entries = row.items() if len(row) <= end - first else [(j, row[j]) for j in range(first, end) if j in row]
        for j, value in entries:
            if first <= j < end:
                at = (j - first) // scale
                best = cells[at]
                if best is None or abs(value) > abs(best):
                    cells[at] = value
    return tuple(cells)


def _focus(model: Model, cursor: tuple[int, int] | None) -> int | None:
    if cursor is None:
        return None
    row, col = cursor
    return model.linear.get(col) if row < 0 else model.pair(row, col) or None


def _focus_place(region: Region, model: Model, cursor: tuple[int, int] | None) -> str:
    if cursor is None or not 0 <= cursor[1] < model.size or cursor[0] >= model.size:
        return ""
    row, col = cursor
    return f"{region.name}.linear[{col}]" if row < 0 else f"{region.name}.quad[{min(row, col)},{max(row, col)}]"


def _index(region: Region, cursor: tuple[int, int] | None, length: int) -> int | None:
    """The element under the cursor; None where there is none."""
    if cursor is None or not 0 <= cursor[1] < region.cols:
        return None
    index = cursor[0] * region.cols + cursor[1]
    return index if 0 <= index < length else None


def _numbered(items: Sequence[int], start: int, count: int) -> dict[int, int]:
    return dict(enumerate(items[start : start + count]))
