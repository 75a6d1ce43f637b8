"""Models, samples and vectors looked at through a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_

from vm.contract import Frame, Region, Window
from vm.xqvm.model import Model, Sample, Vec

_EMPTY: Mapping[int, int] = {}
_Blocks = tuple[int | None, ...]


class MatrixLens:
    """Windows on one model as it changes.

    A model handed out is copied by row on write, so a row that is the same object holds the same
    terms: only rows that changed are read again, however large the model is.
    """

    def __init__(self) -> None:
        self._frame = Frame()
        self._bands: dict[int, tuple[tuple[Mapping[int, int], ...], _Blocks]] = {}
        self._peaks: dict[int, tuple[Mapping[int, int], int]] = {}

    def window(self, region: Region, model: Model, frame: Frame) -> Window:
        """The frame's part of a model that has been handed out."""
        if (frame.col, frame.width, frame.scale) != (self._frame.col, self._frame.width, self._frame.scale):
            self._bands.clear()
        self._frame = frame
        tops = range(frame.row, min(frame.row + frame.height * frame.scale, model.size), frame.scale)
        return Window(
            region=region,
            frame=frame,
            cells=tuple(self._band(model, top, frame) for top in tops),
            head=_blocks([model.linear], frame),
            focus=_focus(model, frame.cursor),
            focus_place=_focus_place(region, model, frame.cursor),
            largest=self._largest(model),
            stored=model.terms,
        )

    def _band(self, model: Model, top: int, frame: Frame) -> _Blocks:
        quad = model.quad
        rows = tuple(quad.get(i, _EMPTY) for i in range(top, min(top + frame.scale, model.size)))
        known = self._bands.get(top)
        if known is not None and len(known[0]) == len(rows) and all(map(is_, known[0], rows)):
            return known[1]
        blocks = _blocks(rows, frame)
        self._bands[top] = (rows, blocks)
        return blocks

    def _largest(self, model: Model) -> int:
        peaks, largest = self._peaks, 0
        rows: list[tuple[int, Mapping[int, int]]] = [(-1, model.linear), *model.quad.items()]
        for i, row in rows:
            known = peaks.get(i)
            if known is None or known[0] is not row:
                known = peaks[i] = (row, max(map(abs, row.values()), default=0))
            if known[1] > largest:
                largest = known[1]
        return largest


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


def list_window(region: Region, value: Sample | Vec, frame: Frame) -> Window:
    """The frame's part of a sample or vector, laid out row by row."""
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
        largest=max(map(abs, items), default=0),
        stored=len(items),
    )


def _index(region: Region, cursor: tuple[int, int] | None, length: int) -> int | None:
    """The element under the cursor; None where there is none."""
    if cursor is None or not 0 <= cursor[1] < region.cols:
        return None
    index = cursor[0] * region.cols + cursor[1]
    return index if 0 <= index < length else None


def _numbered(items: Sequence[int], start: int, count: int) -> dict[int, int]:
    return dict(enumerate(items[start : start + count]))
