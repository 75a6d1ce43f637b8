"""The values of a window by row and column, and where two windows differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from vm.contract import Frame, Window
from vm.diagnostics import printable
from xqdbg.tui.panes.matrix_geometry import HEAD

FEW = 16
"""As many changed blocks are marked in any case."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The values of a window, by row and column of its region."""

    window: Window

    def covers(self, row: int, col: int) -> bool:
        """Whether a cell is inside the window."""
        frame = self.window.frame
        down, across = (row - frame.row) // frame.scale, (col - frame.col) // frame.scale
        if row == HEAD:
            return 0 <= across < len(self.window.head)
        return 0 <= down < len(self.window.cells) and 0 <= across < len(self.window.cells[down])

    def value(self, row: int, col: int) -> int | None:
        """What is shown for a cell; None where nothing is stored or known."""
        if not self.covers(row, col):
            return None
        frame = self.window.frame
        across = (col - frame.col) // frame.scale
        return self.window.head[across] if row == HEAD else self.window.cells[(row - frame.row) // frame.scale][across]

    def values(self, row: int, cols: Sequence[int]) -> Sequence[int | None]:
        """What is shown for some columns of a row."""
        frame, line = self.window.frame, self.line(row)
        return [line[at] if 0 <= (at := (col - frame.col) // frame.scale) < len(line) else None for col in cols]

    def line(self, row: int) -> Sequence[int | None]:
        """The blocks of a row, from the first column of the window on; none outside of it."""
        if row == HEAD:
            return self.window.head
        down = (row - self.window.frame.row) // self.window.frame.scale
        return self.window.cells[down] if 0 <= down < len(self.window.cells) else ()

    def exact(self, cell: tuple[int, int]) -> tuple[bool, int | None]:
        """Whether the value of a single cell is known, and the value."""
        if self.window.frame.cursor == cell:
            return True, self.window.focus
        if self.window.frame.scale == 1 and self.covers(*cell):
            return True, self.value(*cell)
        return False, None

    def name(self, cell: tuple[int, int]) -> str:
        """The place of a single cell; until the machine has told it, as it follows from that of another cell."""
        known, place = self.window.frame.cursor, printable(self.window.focus_place)
        if known == cell and place:
            return place
        if known is not None and (known[0] == HEAD) == (cell[0] == HEAD) and place.endswith(_indices(known)):
            return place.removesuffix(_indices(known)) + _indices(cell)
        return f"{printable(self.window.region.name)} at {_indices(cell)}"


def _indices(cell: tuple[int, int]) -> str:
    return f"[{cell[1]}]" if cell[0] == HEAD else f"[{cell[0]},{cell[1]}]"


@dataclass(frozen=True, slots=True)
class Changes:
    """The blocks in view that differ between two moments."""

    count: int = 0
    marked: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """Columns to mark by row: none when so many blocks have changed that the marks would be the picture."""

    @classmethod
    def between(cls, before: Window | None, now: Window) -> Changes:
        """What differs between two windows; nothing where they cannot be compared."""
        if before is None or before is now or before.frame.scale != now.frame.scale:
            return cls()
        if before.region.kind != now.region.kind:
            return cls()
        frame, scale = now.frame, now.frame.scale
        down, across = (frame.row - before.frame.row) // scale, (frame.col - before.frame.col) // scale
        changed = {HEAD: _different(before.head, now.head, across)}
        for at, values in enumerate(now.cells):
            if 0 <= at + down < len(before.cells):
                changed[frame.row + at * scale] = _different(before.cells[at + down], values, across)
        count = sum(map(len, changed.values()))
        filled = sum(len(values) - values.count(None) for values in (now.head, *now.cells))
        if count > max(FEW, filled // 2):
            return cls(count)
        return cls(count, {row: [frame.col + at * scale for at in places] for row, places in changed.items()})

    @classmethod
    def across(cls, other: Window | None, now: Window) -> Changes | None:
        """What differs between two moments of the same part of a region, however much; None where one is unknown."""
        if other is None or not _same_part(other.frame, now.frame):
            return None
        frame, scale = now.frame, now.frame.scale
        if other.region.cols != now.region.cols and not now.region.upper and min(now.region.rows, 2) > 1:
            return None
        nothing: tuple[int | None, ...] = ()
        marked: dict[int, Sequence[int]] = {}
        rows = max(len(other.cells), len(now.cells))
        pairs = [(frame.row + at * scale, _row(other.cells, at), _row(now.cells, at)) for at in range(rows)]
        for row, old, new in [(HEAD, other.head or nothing, now.head or nothing), *pairs]:
            if old != new and (places := _unequal(old, new)):
                marked[row] = [frame.col + at * scale for at in places]
        return cls(sum(map(len, marked.values())), marked)


def _same_part(one: Frame, other: Frame) -> bool:
    return (one.row, one.col, one.scale, one.width, one.height) == (
        other.row, other.col, other.scale, other.width, other.height
    )  # fmt: skip


def _row(cells: Sequence[Sequence[int | None]], at: int) -> Sequence[int | None]:
    return cells[at] if at < len(cells) else ()


def _unequal(old: Sequence[int | None], new: Sequence[int | None]) -> Sequence[int]:
    """Where values differ; what is missing in one counts as nothing, and so does a zero."""
    width = max(len(old), len(new))
    pairs = zip((*old, *(None,) * (width - len(old))), (*new, *(None,) * (width - len(new))), strict=True)
    return [at for at, (was, now) in enumerate(pairs) if (was or 0) != (now or 0)]


def _different(old: Sequence[int | None], new: Sequence[int | None], shift: int) -> Sequence[int]:
    """Where values differ from those that lie `shift` places further in `old`."""
    start, end = max(0, -shift), min(len(new), len(old) - shift)
    if new[start:end] == old[start + shift : end + shift]:
        return ()
    return [at for at in range(start, end) if new[at] != old[at + shift]]


def mirror_frame(frame: Frame) -> Frame:
    """The part of a triangle that holds, the other way round, what is below the diagonal in a frame."""
    return Frame(frame.col, frame.row, frame.width, frame.height, frame.scale)


def symmetric(window: Window, mirror: Window | None) -> Window:
    """The same window with the half below the diagonal filled in from its mirror; without that, as it is."""
    frame, scale = window.frame, window.frame.scale
    if mirror is None or not _same_part(mirror.frame, mirror_frame(frame)):
        return window
    rows = []
    for down, line in enumerate(window.cells):
        below = min(max(0, frame.row + down * scale - frame.col + scale - 1) // scale, len(line))
        rows.append((*(above[down] for above in mirror.cells[:below]), *line[below:]))
    return replace(window, cells=tuple(rows))
