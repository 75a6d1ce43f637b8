"""At which ticks instructions are executed: an index of the run that grows as fast as the engine runs."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain

from vm.contract import Trail

MOST_TICKS = (1 << 32) - 1
"""The latest tick an index can hold."""

_BLOCK = 4096
"""Ticks that are put in order at once, about."""

_OVERHEAD = 400
"""Estimate of what the index of one straight run holds besides its ticks, in bytes."""


class Run:
    """A straight run of instructions, and the ticks at which it was entered."""

    __slots__ = ("entries", "pcs")

    def __init__(self, pcs: tuple[int, ...]) -> None:
        self.pcs = pcs
        self.entries = array("I")


class Source:
    """Some instructions of a straight run, as often as it was entered when the source was made."""

    __slots__ = ("entered", "entries", "offsets")

    def __init__(self, run: Run, offsets: tuple[int, ...]) -> None:
        self.entries = run.entries
        self.entered = len(run.entries)
        self.offsets = offsets
        """Ticks after the entry at which they are executed, ascending."""

    @property
    def count(self) -> int:
        return self.entered * len(self.offsets)

    def rank(self, tick: int) -> int:
        """How many of its ticks are before `tick`."""
        at = bisect_left(self.entries, tick, 0, self.entered)
        if not at:
            return 0
        return (at - 1) * len(self.offsets) + bisect_left(self.offsets, tick - self.entries[at - 1])

    def before(self, tick: int) -> int:
        """The latest tick before `tick`; -1 if there is none."""
        at = bisect_left(self.entries, tick, 0, self.entered)
        if not at:
            return -1
        entry = self.entries[at - 1]
        offset = bisect_left(self.offsets, tick - entry)
        if offset:
            return entry + self.offsets[offset - 1]
        return self.entries[at - 2] + self.offsets[-1] if at > 1 else -1

    def after(self, tick: int) -> int:
        """The first tick after `tick`; -1 if there is none."""
        at = bisect_right(self.entries, tick, 0, self.entered)
        if at:
            entry = self.entries[at - 1]
            offset = bisect_right(self.offsets, tick - entry)
            if offset < len(self.offsets):
                return entry + self.offsets[offset]
        return self.entries[at] + self.offsets[0] if at < self.entered else -1

    def between(self, start: int, stop: int) -> Iterator[int]:
        """Its ticks in [start, stop), and perhaps some on either side."""
        first = max(0, bisect_right(self.entries, start, 0, self.entered) - 1)
        last = bisect_left(self.entries, stop, 0, self.entered)
        entries = self.entries[first:last]  # a copy: the index may grow while it is read
        if len(self.offsets) == 1:
            offset = self.offsets[0]
            return (entry + offset for entry in entries)
        return (entry + offset for entry in entries for offset in self.offsets)


class Ticks:
    """The ticks at which some instructions are executed, ascending, in the run as it was known when this was made.

    Nothing is merged but what is iterated over, so it costs nothing to have.
    """

    __slots__ = ("_sources", "count")

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = tuple(source for source in sources if source.entered)
        self.count = sum(source.count for source in self._sources)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[int]:
        return self.between(0, MOST_TICKS)

    def __reversed__(self) -> Iterator[int]:
        return self.backward(0, MOST_TICKS)

    def rank(self, tick: int) -> int:
        """How many of them are before `tick`."""
        return sum([source.rank(tick) for source in self._sources])

    def before(self, tick: int) -> int | None:
        """The latest one before `tick`."""
        found = max([source.before(tick) for source in self._sources], default=-1)
        return None if found < 0 else found

    def after(self, tick: int) -> int | None:
        """The first one after `tick`."""
        return min([found for source in self._sources if (found := source.after(tick)) >= 0], default=None)

    def at(self, number: int) -> int:
        """The one with this number, from 0 in order; IndexError if there are not so many."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        if len(self._sources) == 1:
            source = self._sources[0]
            entry, offset = divmod(number, len(source.offsets))
            return source.entries[entry] + source.offsets[offset]
        low, high = -1, max(source.before(MOST_TICKS + 1) for source in self._sources)
        while high - low > 1:
            middle = (low + high) // 2
            if self.rank(middle + 1) > number:
                high = middle
            else:
                low = middle
        return high

    def between(self, start: int, stop: int) -> Iterator[int]:
        """Those in [start, stop), ascending."""
        width = self._width()
        at: int | None = self.after(start - 1)
        while at is not None and at < stop:
            end = min(stop, at + width)
            yield from self._sorted(at, end)
            at = self.after(end - 1)

    def backward(self, start: int, stop: int) -> Iterator[int]:
        """Those in [start, stop), descending."""
        width = self._width()
        at: int | None = self.before(stop)
        while at is not None and at >= start:
            first = max(start, at + 1 - width)
            yield from reversed(self._sorted(first, at + 1))
            at = self.before(first)

    def _sorted(self, start: int, stop: int) -> list[int]:
        found = chain.from_iterable(source.between(start, stop) for source in self._sources)
        return sorted(tick for tick in found if start <= tick < stop)

    def _width(self) -> int:
        """A stretch of the run in which there are about as many as are put in order at once."""
        if not self.count:
            return _BLOCK
        last = max(source.before(MOST_TICKS + 1) for source in self._sources)
        return max(_BLOCK, _BLOCK * last // self.count)


class VisitIndex:
    """The ticks at which each instruction is executed, kept by straight run: four bytes each time one is entered.

    One thread adds, any may ask meanwhile: what is known of a run only grows, lengths are read once,
    and the tables of runs are replaced, never changed.
    """

    def __init__(self, first: int = 0) -> None:
        self.tick = first
        """The tick up to which the run is known."""
        self.first = first
        """The tick the run begins at."""
        self._enter: dict[int, Callable[[int], None]] = {}
        """By the identity of a run's tuple, which is kept alive: tuples are slow to hash."""
        self._runs: dict[tuple[int, ...], Run] = {}
        self._of: dict[int, tuple[Run, ...]] = {}
        """Runs by the instructions in them."""
        self._aside = 0

    @property
    def size(self) -> int:
        """Estimate of the memory it holds, in bytes."""
        return self._aside + 4 * sum(len(run.entries) for run in tuple(self._runs.values()))

    @property
    def pcs(self) -> Collection[int]:
        """Addresses of all instructions executed."""
        return tuple(self._of)

    def add(self, trail: Trail) -> None:
        """Go on with what was executed from `tick` on."""
        tick, enter = self.tick, self._enter
        for run in trail:
            try:
                enter[id(run)](tick)
            except KeyError:
                self._meet(run).append(tick)
            tick += len(run)
        self.tick = tick

    def _meet(self, pcs: tuple[int, ...]) -> array[int]:
        """The entries of a run under another identity, or of one that has never been seen."""
        run = self._runs.get(pcs)
        if run is None:
            run = self._runs[pcs] = Run(pcs)
            self._enter[id(pcs)] = run.entries.append
            self._aside += _OVERHEAD + 16 * len(pcs)
            for pc in dict.fromkeys(pcs):
                self._of[pc] = (*self._of.get(pc, ()), run)
        return run.entries

    def count(self, pc: int) -> int:
        """How often the instruction is executed."""
        return sum([len(run.entries) * run.pcs.count(pc) for run in self._of.get(pc, ())])

    def rank(self, pc: int, tick: int) -> int:
        """How often it is executed before `tick`."""
        return self.ticks_of((pc,)).rank(tick)

    def before(self, pc: int, tick: int) -> int | None:
        """The latest such tick before `tick`."""
        return self.ticks_of((pc,)).before(tick)

    def after(self, pc: int, tick: int) -> int | None:
        """The first such tick after `tick`."""
        return self.ticks_of((pc,)).after(tick)

    def ticks_of(self, pcs: Collection[int]) -> Ticks:
        """The ticks at which any of some instructions is executed."""
        wanted = frozenset(pcs)
        runs = dict.fromkeys(chain.from_iterable(self._of.get(pc, ()) for pc in wanted))
        return Ticks(Source(run, _offsets(run, wanted)) for run in runs)

    def pc_at(self, tick: int) -> int | None:
        """The instruction executed at a tick; None if that is not known."""
        if not self.first <= tick < self.tick:
            return None
        best, found = -1, None
        for run in tuple(self._runs.values()):
            at = bisect_right(run.entries, tick)
            if at and run.entries[at - 1] > best and run.pcs:
                best, found = run.entries[at - 1], run
        return None if found is None else found.pcs[tick - best]


def _offsets(run: Run, pcs: frozenset[int]) -> tuple[int, ...]:
    return tuple(offset for offset, pc in enumerate(run.pcs) if pc in pcs)
