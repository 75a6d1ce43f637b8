"""How often each value of a region is written: the heat of a run, counted a little at a time."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from struct import Struct

from vm.contract import Frame, Place, PlaceError, Region, Window, Write
from xqdbg.glance import Tally
from xqdbg.history import History
from xqdbg.patience import Cancelled

HEAD = -1
"""The row of places with one index: the head of a matrix, or all there is of a list."""
MOST_WRITES = 1_500_000
"""Writes that are kept; later ones are not counted, and the tally says so."""
MOST_AT_ONCE = 20_000
"""Writes that are added to the picture, or taken from it, while somebody waits."""
_STRETCH = 20_000
"""Ticks run between two questions whether to give up, where nothing is written."""
_SPOT = Struct("=qq")
_BETWEEN = 256
"""Writes noted between two questions whether to give up."""

Counts = dict[int, dict[int, int]]


def cell_of(place: Place) -> tuple[int, int] | None:
    """Row and column of a place by the indices at its end; row HEAD where it has but one. None without indices."""
    last = place.path[-1] if place.path else None
    if not isinstance(last, tuple) or not 1 <= len(last) <= 2:
        return None
    return (HEAD, last[0]) if len(last) == 1 else (last[0], last[1])


class Heat:
    """The counts at one moment, moved from moment to moment by the writes in between."""

    def __init__(self) -> None:
        self.rows: Counts = {}
        self.at = 0
        """How many writes are counted in."""
        self.written = 0
        """Places with at least one write."""
        self._peaks: dict[int, int] = {}
        self._bands: dict[int, tuple[int | None, ...]] = {}
        self._sparse: dict[int, tuple[tuple[int, int], ...]] = {}
        """What each row has in the blocks of the frame."""
        self._band_key: tuple[object, ...] = ()
        self._stale: set[int] = set()

    def move(self, to: int, spots: bytearray, most: int) -> bool:
        """Count writes in or out, at most so many. Whether it got there."""
        goal = min(to, self.at + most) if to >= self.at else max(to, self.at - most)
        step = 1 if goal >= self.at else -1
        with memoryview(spots).cast("q") as numbers:
            for at in range(self.at, goal) if step > 0 else range(self.at - 1, goal - 1, -1):
                self._add(numbers[2 * at], numbers[2 * at + 1], step)
        self.at = goal
        return goal == to

    def _add(self, row: int, col: int, by: int) -> None:
        line = self.rows.setdefault(row, {})
        count = line.get(col, 0) + by
        if count:
            line[col] = count
        else:
            del line[col]
        self.written += (by > 0 and count == 1) - (by < 0 and count == 0)
        self._stale.add(row)

    def freshen(self, key: tuple[object, ...], frame: Frame) -> None:
        """Forget what no longer holds of what was drawn before."""
        if key != self._band_key or HEAD in self._stale:
            self._bands.clear()
            self._sparse.clear()
        for row in self._stale:
            self._sparse.pop(row, None)
            self._bands.pop(frame.row + (row - frame.row) // frame.scale * frame.scale, None)
            self._peaks.pop(row, None)
        self._band_key = key
        self._stale.clear()

    def largest(self) -> int:
        """The greatest count."""
        for row, line in self.rows.items():
            if row not in self._peaks:
                self._peaks[row] = max(line.values(), default=0)
        return max(self._peaks.values(), default=0)

    def band(self, region: Region, top: int, frame: Frame) -> tuple[int | None, ...]:
        """One row of blocks."""
        known = self._bands.get(top)
        if known is None:
            cells: list[int | None] = [None] * frame.width
            for row in range(top, min(top + frame.scale, region.rows)):
                for at, count in self._in_row(region, row, frame):
                    cells[at] = max(cells[at] or 0, count)
            known = self._bands[top] = tuple(cells)
        return known

    def _in_row(self, region: Region, row: int, frame: Frame) -> tuple[tuple[int, int], ...]:
        known = self._sparse.get(row)
        if known is None:
            line = self._line(region, row)
            counts = enumerate(blocks([line], frame)) if line else ()
            known = self._sparse[row] = tuple((at, count) for at, count in counts if count is not None)
        return known

    def _line(self, region: Region, row: int) -> Mapping[int, int]:
        line = self.rows.get(row, {})
        if region.head or HEAD not in self.rows:
            return line
        listed, start = self.rows[HEAD], row * region.cols
        return {**line, **{at - start: listed[at] for at in range(start, start + region.cols) if at in listed}}

    def count(self, region: Region, cell: tuple[int, int]) -> int:
        """The count of one cell."""
        if cell[0] == HEAD or region.head:
            return self.rows.get(cell[0], {}).get(cell[1], 0)
        return self._line(region, cell[0]).get(cell[1], 0)


def blocks(lines: list[Mapping[int, int]], frame: Frame) -> tuple[int | None, ...]:
    """For each column block of the frame the greatest value in any of the lines."""
    first, scale = frame.col, frame.scale
    end = first + frame.width * scale
    cells: list[int | None] = [None] * frame.width
    for line in lines:
        for col, value in line.items():
            if first <= col < end:
                at = (col - first) // scale
                best = cells[at]
                if best is None or value > best:
                    cells[at] = value
    return tuple(cells)


class Tallies:
    """All writes to the values of one region in the run of a branch, as far as they were counted."""

    def __init__(self, history: History, name: str) -> None:
        self._history = history
        self._name = Place.parse(name).name
        listed = {pc for pc, line in history.code.items() if self._name in line.writes}
        self._pcs = listed | (frozenset(history.executed) - history.code.keys())
        self._ticks = array("Q")
        self._spots = bytearray()
        self.counted = history.first
        """The tick up to which writes were counted."""
        self.full = False
        """Whether there were too many to count."""
        self._heats: dict[bool, tuple[int | None, Heat]] = {}
        """The counts up to the latest moment that was asked for, and those of the whole run."""
        self._work: Iterator[None] | None = None

    @property
    def state(self) -> tuple[int, ...]:
        """Something that differs whenever more is counted."""
        return (self.counted, self.full, *(heat.at for _, heat in self._heats.values()))

    def go_on(self, late: Cancelled) -> bool:
        """Count on until it is late. True while there is more to count."""
        while not self.full and self.counted < self._history.length:
            if late():
                return True
            if self._work is None:
                self._work = self._counting()
            if next(self._work, self) is self:
                self._work = None
        for now, heat in self._heats.values():
            while not heat.move(self._before(now), self._spots, _BETWEEN * 8):
                if late():
                    return True
        return False

    def _before(self, now: int | None) -> int:
        """How many writes there are before a tick, as far as they were counted."""
        return len(self._ticks) if now is None else bisect_left(self._ticks, now)

    def _counting(self) -> Iterator[None]:
        """Count a stretch, with breaks."""
        stop = min(self.counted + _STRETCH, self._history.length)
        for effect in self._history.effects_at(self._pcs, self.counted, stop):
            for number, write in enumerate(effect.writes):
                self._note(effect.tick, write)
                if number % _BETWEEN == _BETWEEN - 1:
                    yield
            self.counted = effect.tick + 1
            if self.full:
                return
            yield
        self.counted = max(self.counted, stop)

    def _note(self, tick: int, write: Write) -> None:
        if write.place.name != self._name or (cell := cell_of(write.place)) is None:
            return
        if len(self._ticks) >= MOST_WRITES:
            self.full = True
        elif all(-(1 << 63) <= index < 1 << 63 for index in cell):
            self._ticks.append(tick)
            self._spots += _SPOT.pack(*cell)

    def heat(self, now: int | None) -> tuple[Heat, bool]:
        """The counts of all writes before a tick, or of all there are; and whether these are all by now."""
        _, heat = self._heats.get(now is None) or (now, Heat())
        self._heats[now is None] = now, heat
        there = heat.move(self._before(now), self._spots, MOST_AT_ONCE)
        limit = self._history.length if now is None else now
        ended = self._history.known if now is None else True
        return heat, there and ended and not self.full and self.counted >= limit

    def window(self, region: Region, frame: Frame, now: int | None, place: str) -> Tally:
        """The counts in a frame; `place` is what is under its cursor."""
        heat, complete = self.heat(now)
        heat.freshen((frame.row % frame.scale, frame.col, frame.width, frame.scale, region.cols), frame)
        tops = range(frame.row, min(frame.row + frame.height * frame.scale, region.rows), frame.scale)
        first, last = self._ends(place, heat.at)
        counts = [0 if frame.cursor is None else heat.count(region, frame.cursor)]
        return Tally(
            region=region,
            frame=frame,
            cells=tuple(heat.band(region, top, frame) for top in tops),
            head=blocks([heat.rows.get(HEAD, {})], frame) if region.head else (),
            focus=counts[0],
            focus_place=place,
            largest=heat.largest(),
            stored=heat.written,
            first=first,
            last=last,
            counted=self.counted,
            complete=complete,
        )

    def _ends(self, place: str, at: int) -> tuple[int | None, int | None]:
        """The ticks of the first and the last write to a place among the first `at` writes."""
        try:
            cell = cell_of(Place.parse(place))
        except PlaceError:
            return None, None
        if cell is None:
            return None, None
        key, width = _SPOT.pack(*cell), _SPOT.size
        first, stop = self._spots.find(key, 0, at * width), at * width
        while first >= 0 and first % width:
            first = self._spots.find(key, first + 1, at * width)
        if first < 0:
            return None, None
        while (last := self._spots.rfind(key, 0, stop)) % width:
            stop = last + width - 1
        return self._ticks[first // width], self._ticks[last // width]


def empty(region: Region, frame: Frame, place: str) -> Window:
    """A window onto something that was not there."""
    height = max(0, min(frame.height, -(-(region.rows - frame.row) // frame.scale)))
    nothing: tuple[int | None, ...] = (None,) * frame.width
    return Window(region, frame, (nothing,) * height, nothing if region.head else (), None, place, 0, 0)
