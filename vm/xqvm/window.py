"""Models, samples and vectors looked at through a window."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from operator import is_

from vm.contract import Frame, Region, Window
from vm.xqvm.model import Model, Sample, Vec

_Blocks = tuple[int | None, ...]
_Bands = dict[int, tuple[tuple[Mapping[int, int], ...], _Blocks]]
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
        self._peaks: dict[int, tuple[Mapping[int, int] | Sequence[int], int]] = {}

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
            cells=tuple(_band(bands, model, present, top, frame) for top in tops),
            head=_blocks([model.linear], frame),
            focus=_focus(model, frame.cursor),
            focus_place=_focus_place(region, model, frame.cursor),
            largest=self._largest(model),
            stored=model.terms,
        )

    def _bands_of(self, frame: Frame) -> _Bands:
        key = frame.col, frame.width, frame.scale
        bands = self._bands.setdefault(key, {})
        self._bands.move_to_end(key)
        while len(self._bands) > _MOST_FRAMES:
            self._bands.popitem(last=False)
        return bands

    def _largest(self, model: Model) -> int:
        rows: list[tuple[int, Mapping[int, int]]] = [(-1, model.linear), *model.quad.items()]
        return max(self._peak(i, row, row.values()) for i, row in rows)

    def _peak(self, key: int, owner: Mapping[int, int] | Sequence[int], numbers: Iterable[int]) -> int:
        """Greatest magnitude of numbers, remembered as long as they are kept in the same object."""
        known = self._peaks.get(key)
        if known is None or known[0] is not owner:
            known = self._peaks[key] = (owner, max(map(abs, numbers), default=0))
        return known[1]

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


def _band(bands: _Bands, model: Model, present: Sequence[int], top: int, frame: Frame) -> _Blocks:
    """One row of blocks; `present` are the rows of the model that hold anything, ascending."""
    first, end = bisect_left(present, top), bisect_left(present, top + frame.scale)
    rows = tuple(model.quad[i] for i in present[first:end])
    known = bands.get(top)
    if known is not None and len(known[0]) == len(rows) and all(map(is_, known[0], rows)):
        return known[1]
    blocks = _blocks(rows, frame)
    bands[top] = (rows, blocks)
    return blocks


def _blocks(rows: Sequence[Mapping[int, int]], frame: Frame) -> _Blocks:
    """For each column block of the frame the value of largest magnitude in any of the rows."""
    first, scale = frame.col, frame.scale
    end = first + frame.width * scale
    cells: list[int | None] = [None] * frame.width
    for row in rows:
        if len(row) > end - first:
            entries = [(j, row[j]) for j in range(first, end) if j in row]
        else:
            entries = [(j, value) for j, value in row.items() if first <= j < end]
        for j, value in entries:
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
