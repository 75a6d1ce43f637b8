"""Time travel over any machine: sparse checkpoints, and replay from the nearest one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TypeAlias

from vm.contract import Checkpoint, Machine, Observer, Status, Stop, StopWhen

Cancelled: TypeAlias = Callable[[], bool]
"""Asked between slices of work whether to give up."""

_NOWHERE = StopWhen()

_CROWD = 64
"""Hits in one stretch after which a search looks at the end of the stretch first."""


class _GivenUp(Exception):
    """A search was cancelled, or the machine cannot be brought where it has been."""


def never() -> bool:
    """The answer of a caller who always waits to the end."""
    return False


@dataclass(frozen=True, slots=True)
class Pacing:
    """How a timeline spends time and memory; nothing here changes what it answers."""

    first_rate: float = 100.0
    """Ticks a second, before any were measured; few, for the first ones may be slow."""
    most_work: int = 1_000_000
    """Metered work between two questions whether to give up, beyond what a single instruction does."""
    most_slice: int = 20_000
    """Ticks run between two questions whether to give up, at most."""
    slice_seconds: float = 0.01
    """What a slice should take."""
    spacing_seconds: float = 0.002
    """Engine work between two checkpoints while running forward."""
    least_spacing: int = 100
    """Ticks between two checkpoints, at least; fewer where so many take longer than `slice_seconds`."""
    dense_seconds: float = 0.0003
    """Engine work between two checkpoints where somebody is stepping back."""
    recording_share: float = 0.2
    """Part of the running time that making checkpoints may cost."""
    most: int = 400
    """Number of checkpoints kept."""
    most_bytes: int = 256 << 20
    """Memory the kept checkpoints may hold by their own estimate."""


class Shelf:
    """Checkpoints by tick: dense near where the user is, geometrically sparser away from it, bounded."""

    def __init__(self, first: Checkpoint, most: int, most_bytes: int) -> None:
        self.most = max(2, most)
        self.most_bytes = most_bytes
        self._first = first.tick
        self._ticks = [first.tick]
        self._kept = {first.tick: first}
        self._weights = {first.tick: first.weight}
        """What each checkpoint holds that the one kept before it does not."""
        self.weight = first.weight

    def __len__(self) -> int:
        return len(self._ticks)

    def __contains__(self, tick: int) -> bool:
        return tick in self._kept

    def __iter__(self) -> Iterator[int]:
        return iter(self._ticks)

    def at_or_before(self, tick: int) -> Checkpoint:
        """The latest checkpoint that is not after `tick`; the first one if there is none."""
        return self._kept[self._ticks[max(0, bisect_right(self._ticks, tick) - 1)]]

    def before(self, tick: int) -> Checkpoint:
        """The latest checkpoint that is earlier than `tick`; the first one if there is none."""
        return self._kept[self._ticks[max(0, bisect_left(self._ticks, tick) - 1)]]

    def put(self, checkpoint: Checkpoint, near: int, spacing: int) -> None:
        """Keep a checkpoint, and thin out those far from the tick `near` if there are too many."""
        if checkpoint.tick in self._kept:
            return
        insort(self._ticks, checkpoint.tick)
        self._kept[checkpoint.tick] = checkpoint
        self._weights[checkpoint.tick] = checkpoint.weight
        self.weight += checkpoint.weight
        if len(self._ticks) > self.most or self.weight > self.most_bytes:
            self._thin(near, spacing)

    def _thin(self, near: int, spacing: int) -> None:
        """Drop checkpoints until a quarter of the room is free, so that this is rarely done."""
        ratio = 64
        while ratio and not self._roomy():
            self._keep([*self._sparse(near, spacing, ratio)])
            ratio //= 2
        while len(self._ticks) > 1 and not self._roomy():
            self._keep(self._ticks[:1] + self._ticks[2::2])

    def _roomy(self) -> bool:
        return len(self._ticks) <= max(1, self.most * 3 // 4) and self.weight <= self.most_bytes * 3 // 4

    def _sparse(self, near: int, spacing: int, ratio: int) -> Iterator[int]:
        """Ticks to keep: the gap between two grows with the distance from `near`."""
        last = self._first
        yield last
        for tick in self._ticks[1:]:
            distance = abs(near - tick)
            if tick - last >= (max(spacing, distance // ratio) if distance > spacing else 1):
                last = tick
                yield last

    def _keep(self, ticks: list[int]) -> None:
        self._weights = self._weights_of(frozenset(ticks))
        self._kept = {tick: self._kept[tick] for tick in ticks}
        self._ticks = ticks
        self.weight = sum(self._weights.values())

    def _weights_of(self, kept: frozenset[int]) -> dict[int, int]:
        """Weights once the others are dropped: what they shared with the next one kept is then on its account."""
        weights, carried = {}, 0
        for tick in self._ticks:
            carried += self._weights[tick]
            if tick in kept:
                weights[tick] = min(self._kept[tick].size, carried)
                carried = 0
        return weights


class Timeline:
    """A machine's history. Owns the machine: nobody else may run it.

    The clock decides only where checkpoints are, never what is answered.
    """

    def __init__(
        self, machine: Machine, pacing: Pacing | None = None, clock: Callable[[], float] = perf_counter
    ) -> None:
        self.machine = machine
        self.pacing = pacing or Pacing()
        self._clock = clock
        self._rate = self.pacing.first_rate
        """Ticks a second, of late."""
        self._untold = 0, 0.0
        """Ticks and seconds of runs that were too short to tell."""
        self._toll = 0.00001
        """Seconds a checkpoint costs, of late."""
        self._first = machine.tick
        self._furthest = machine.tick
        self._end: int | None = machine.tick if machine.status.ended else None
        self.shelf = Shelf(machine.checkpoint(), self.pacing.most, self.pacing.most_bytes)

    @property
    def tick(self) -> int:
        """Where the machine stands."""
        return self.machine.tick

    @property
    def furthest(self) -> int:
        """The latest tick seen so far."""
        return self._furthest

    @property
    def ended(self) -> bool:
        """Whether the run is known to end at `furthest`."""
        return self._end is not None

    def step(self, observer: Observer | None = None) -> Stop:
        """Run one instruction, watched."""
        got = self.machine.run(1, None, observer)
        self._note()
        self._mark_if_due()
        return got

    def forward(self, budget: int | None, stop: StopWhen | None = None, cancelled: Cancelled = never) -> Stop:
        """Run at most `budget` ticks (None: without limit), at least one slice even if cancelled.

        PAUSED where `stop` holds, also on the last tick of the budget; BUDGET when the budget is
        used up or the caller gave up; else what the machine waits for or ended with.
        """
        limit = None if budget is None else self.tick + budget
        while limit is None or self.tick < limit:
            before = self.tick
            got = self._slice(limit, stop)
            if self.machine.status is not Status.READY or self.tick == before:
                return got
            if stop is not None and stop.holds(self.machine):
                return self._here(Status.PAUSED)
            if cancelled():
                break
        return self._here(Status.BUDGET if self.machine.status is Status.READY else self.machine.status)

    def seek(self, tick: int, cancelled: Cancelled = never) -> Stop:
        """Go to `tick`, forward or backward, or to the end if the run ends before it.

        PAUSED on arrival, BUDGET part of the way if cancelled, else what the machine stands at.
        """
        tick = max(self._first, tick)
        if self._end is not None:
            tick = min(tick, self._end)
        backward = tick < self.tick
        base = self.shelf.at_or_before(tick)
        if backward or base.tick > self.tick:
            self.machine.restore(base)
        if backward:
            self._approach(tick, cancelled)
        elif tick > self.tick:
            self.forward(tick - self.tick, None, cancelled)
        if self.machine.status is not Status.READY:
            return self._here(self.machine.status)
        return self._here(Status.PAUSED if self.tick == tick else Status.BUDGET)

    def back_to(self, stop: StopWhen, cancelled: Cancelled = never, floor: int = 0) -> Stop | None:
        """Go to the last tick before here, but not before `floor`, where `stop` held.

        None if there is none or the caller gave up; then nothing has moved.
        """
        origin = self.machine.checkpoint()
        try:
            found = self._last(max(floor, self._first), origin.tick, stop, cancelled)
            if found is not None:
                self._reach(found, cancelled)
                return self._here(Status.PAUSED)
        except _GivenUp:
            pass
        self.machine.restore(origin)
        return None

    def _last(self, low: int, high: int, stop: StopWhen, cancelled: Cancelled, split: bool = True) -> int | None:
        """The last tick in [low, high) where `stop` holds, stretch by stretch from the end."""
        while high > low:
            base = max(low, self.shelf.before(high).tick)
            found = self._last_in_stretch(base, high, stop, cancelled, split)
            if found is not None:
                return found
            high = base
        return None

    def _last_in_stretch(self, low: int, high: int, stop: StopWhen, cancelled: Cancelled, split: bool) -> int | None:
        """Like `_last`, in one pass. Where hits crowd, the rest is marked and searched from its end instead."""
        self._reach(low, cancelled)
        last = low if stop.holds(self.machine) else None
        hits = 0
        while self.tick < high:
            before = self.tick
            self._slice(high, stop)
            if self.tick == before or cancelled():
                raise _GivenUp
            if self.tick < high and stop.holds(self.machine):
                last = self.tick
                hits += 1
            if split and last is not None and hits == _CROWD and high - last > 4 * self._dense():
                self._approach(high, cancelled)
                found = self._last(last + 1, high, stop, cancelled, split=False)
                return last if found is None else found
        return last

    def _reach(self, tick: int, cancelled: Cancelled) -> None:
        self.seek(tick, cancelled)
        if self.tick != tick:
            raise _GivenUp

    def _approach(self, tick: int, cancelled: Cancelled) -> None:
        """Run forward to `tick`, leaving checkpoints ever closer together, for those who step back from there."""
        while (gap := tick - self.tick) > self._dense():
            if self.forward(gap // 2 + 1, None, cancelled).tick != tick - gap + gap // 2 + 1:
                return
            self._mark()
        self.forward(tick - self.tick, None, cancelled)

    def _slice(self, limit: int | None, stop: StopWhen | None) -> Stop:
        """Run a little: not past `limit`, nor past the place of the next checkpoint, nor for long."""
        before, spacing = self.tick, self._spacing()
        due = self.shelf.at_or_before(before).tick + spacing - before
        budget = min(due if due > 0 else spacing, self._ticks_in(self.pacing.slice_seconds), self.pacing.most_slice)
        if limit is not None:
            budget = min(budget, limit - before)
        began = self._clock()
        got = self.machine.run(max(1, budget), replace(stop or _NOWHERE, work=self.pacing.most_work))
        self._learn(got.tick - before, self._clock() - began)
        self._note()
        self._mark_if_due()
        return got

    def _learn(self, ticks: int, seconds: float) -> None:
        """Follow the engine's speed; runs too short to tell add up, or one slow run would set the pace for good."""
        ticks, seconds = ticks + self._untold[0], seconds + self._untold[1]
        if seconds > 0 and (ticks >= 200 or seconds > 0.001):
            seen = ticks / seconds
            self._rate = max(1.0, seen if seen < self._rate / 4 else (self._rate + seen) / 2)
            ticks, seconds = 0, 0.0
        self._untold = ticks, seconds

    def _ticks_in(self, seconds: float) -> int:
        return max(1, int(self._rate * seconds))

    def _spacing(self) -> int:
        """Ticks between two checkpoints while running forward: wider where checkpoints cost much."""
        seconds = max(self.pacing.spacing_seconds, self._toll / self.pacing.recording_share)
        return max(self._least(), self._ticks_in(seconds))

    def _least(self) -> int:
        """Ticks no two checkpoints are closer than, unless ticks are slow."""
        return max(1, min(self.pacing.least_spacing, self._ticks_in(self.pacing.slice_seconds)))

    def _dense(self) -> int:
        """Ticks between two checkpoints where somebody is stepping back."""
        return max(self._least(), self._ticks_in(max(self.pacing.dense_seconds, 2 * self._toll)))

    def _note(self) -> None:
        self._furthest = max(self._furthest, self.tick)
        if self.machine.status.ended:
            self._end = self.tick

    def _mark_if_due(self) -> None:
        if self.tick - self.shelf.at_or_before(self.tick).tick >= self._spacing():
            self._mark()

    def _mark(self) -> None:
        if self.tick in self.shelf:
            return
        began = self._clock()
        checkpoint = self.machine.checkpoint()
        self._toll = max(1e-6, (self._toll * 7 + self._clock() - began) / 8)
        self.shelf.put(checkpoint, self.tick, self._spacing())

    def _here(self, status: Status) -> Stop:
        return Stop(status, self.tick, self.machine.pc)
