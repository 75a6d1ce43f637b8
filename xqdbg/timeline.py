"""Time travel over any machine: sparse checkpoints, and replay from the nearest one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from vm.contract import Checkpoint, Effect, Machine, Observer, Status, Stop, Trail
from vm.values import dataclass
from xqdbg.patience import Cancelled, never
from xqdbg.record import Record
from xqdbg.shelf import Shelf
from xqdbg.trap import OPEN, Trap

_CROWD = 64
"""Hits in one stretch after which a search looks at the end of the stretch first."""


class _GivenUp(Exception):
    """A search was cancelled, or the machine cannot be brought where it has been."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """How a timeline spends time and memory; nothing here changes what it answers."""

    first_rate: float = 100.0
    """Ticks a second, before any were measured; few, for the first ones may be slow."""
    most_work: int = 1_000_000
    """Metered work between two questions whether to give up, beyond what a single instruction does."""
    most_slice: int = 1_000_000
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
    most: int = 1_000
    """Number of checkpoints kept."""
    most_bytes: int = 256 << 20
    """Memory the kept checkpoints may hold by their own estimate."""


class Timeline:
    """A machine's history. Owns the machine: nobody else may run it.

    The clock decides only where checkpoints are, never what is answered. A scout's timeline shares
    the checkpoints of another one of the same run, whose user they are kept near.
    """

    def __init__(
        self,
        machine: Machine,
        pacing: Pacing | None = None,
        clock: Callable[[], float] = perf_counter,
        *,
        record: Record | None = None,
        shelf: Shelf | None = None,
        scouting: bool = False,
        origin: Checkpoint | None = None,
    ) -> None:
        """Begin where the machine stands, or at `origin`, which is a state before any edit.

        `record` holds the edits of this run; a `shelf` brings checkpoints of it.
        """
        self.machine = machine
        self.pacing = pacing or Pacing()
        self.record = record or Record()
        self._clock = clock
        self._scouting = scouting
        self._rate = self.pacing.first_rate
        """Ticks a second, of late."""
        self._untold = 0, 0.0
        """Ticks and seconds of runs that were too short to tell."""
        self._toll = 0.00001
        """Seconds a checkpoint costs, of late."""
        self.met: tuple[int, ...] = ()
        """What the trap that was met last says it is."""
        if shelf is None and origin is not None:
            machine.restore(origin)  # a twin may have inputs that were edited later
        self._origin = machine.checkpoint() if origin is None else origin
        if shelf is None:
            self._edit()
            shelf = Shelf(machine.checkpoint(), self.pacing.most, self.pacing.most_bytes)
        else:
            machine.restore(shelf.at_or_before(0))
        self.shelf = shelf
        self._first = machine.tick
        self._stepped = 0.0
        """Seconds of single steps since a checkpoint was left."""
        self._furthest = machine.tick
        self._end: int | None = machine.tick if machine.status.ended else None

    def scout(self) -> Timeline:
        """Another timeline of the same run, on a machine of its own, with the same checkpoints."""
        return self._another(self.record, self.shelf, scouting=True)

    def branch(self, record: Record, tick: int) -> Timeline:
        """The timeline of a run that is this one before `tick`, and has the edits of `record` from there on."""
        return self._another(record, self.shelf.prefix(tick))

    def _another(self, record: Record, shelf: Shelf | None, *, scouting: bool = False) -> Timeline:
        twin, origin = self.machine.twin(), self._origin
        return Timeline(twin, self.pacing, self._clock, record=record, shelf=shelf, scouting=scouting, origin=origin)

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

    def step(self, observer: Observer | None = None, work: int | None = None) -> Stop:
        """Run one instruction, watched; one that is more than so much metered work is not listed.

        Who steps on is likely to step back: then there is a checkpoint near by, where instructions are slow.
        """
        began = self._clock()
        if observer is None or work is None:
            self.machine.run(1, None, observer)
        elif (effect := _watched(self.machine, work)) is not None:
            observer(effect)
        self._edit()
        self._note()
        self._stepped += self._clock() - began
        if self._stepped >= self._dense_seconds():
            self._mark()
        self._mark_if_due()
        return self._here(Status.BUDGET if self.machine.status is Status.READY else self.machine.status)

    def forward(
        self,
        budget: int | None,
        trap: Trap = OPEN,
        cancelled: Cancelled = never,
        trail: Trail | None = None,
    ) -> Stop:
        """Run at most `budget` ticks (None: without limit), at least one slice even if cancelled.

        PAUSED where the trap is met, also on the last tick of the budget; BUDGET when the budget is
        used up or the caller gave up; else what the machine waits for or ended with.
        """
        limit = None if budget is None else self.tick + budget
        self.met = ()
        trap.arm(self.machine)
        while limit is None or self.tick < limit:
            before = self.tick
            met = self._slice(limit, trap, trail)
            if self.machine.status is not Status.READY or self.tick == before:
                return self._here(Status.PAUSED if met else self.machine.status)
            if met:
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
            self._note()
        if backward:
            self._approach(tick, cancelled)
        elif tick > self.tick:
            self.forward(tick - self.tick, OPEN, cancelled)
        if self.machine.status is not Status.READY:
            return self._here(self.machine.status)
        return self._here(Status.PAUSED if self.tick == tick else Status.BUDGET)

    def back_to(self, trap: Trap, cancelled: Cancelled = never, floor: int = 0) -> Stop | None:
        """Go to the last tick before here, but not before `floor`, where the trap is met.

        None if there is none or the caller gave up; then nothing has moved.
        """
        origin = self.machine.checkpoint()
        self.met = ()
        try:
            found = self._last(max(floor, self._first), origin.tick, trap, cancelled)
            if found is not None:
                met = self.met
                self._reach(found, cancelled)
                self.met = met
                return self._here(Status.PAUSED)
        except _GivenUp:
            pass
        self.machine.restore(origin)
        return None

    def _last(self, low: int, high: int, trap: Trap, cancelled: Cancelled, split: bool = True) -> int | None:
        """The last tick in [low, high) where the trap is met, stretch by stretch from the end."""
        while high > low:
            if high - 1 == self._first:
                return self._at_first(trap, cancelled)
            base = max(low - 1, self.shelf.before(high - 1).tick)
            found = self._last_in_stretch(base, high, trap, cancelled, split)
            if found is not None:
                return found
            high = base + 1
        return None

    def _at_first(self, trap: Trap, cancelled: Cancelled) -> int | None:
        """The first tick there is, if the trap is met there."""
        self._reach(self._first, cancelled)
        trap.arm(self.machine)
        if not trap.holds(self.machine):
            return None
        self.met = trap.fired(self.machine)
        return self._first

    def _last_in_stretch(self, base: int, high: int, trap: Trap, cancelled: Cancelled, split: bool) -> int | None:
        """The last one in (base, high) in one pass. Where hits crowd, the rest is marked and searched from its end."""
        self._reach(base, cancelled)
        trap.arm(self.machine)
        last, met, hits = None, self.met, 0
        while self.tick < high - 1:
            before = self.tick
            if self._slice(high - 1, trap):
                last, met = self.tick, self.met
                hits += 1
            if self.tick == before or cancelled():
                raise _GivenUp
            if split and last is not None and hits == _CROWD and high - last > 4 * self._dense():
                self._approach(high - 1, cancelled)
                found = self._last(last + 1, high, trap, cancelled, split=False)
                if found is not None:
                    return found
                break
        self.met = met
        return last

    def _reach(self, tick: int, cancelled: Cancelled) -> None:
        self.seek(tick, cancelled)
        if self.tick != tick:
            raise _GivenUp

    def _approach(self, tick: int, cancelled: Cancelled) -> None:
        """Run forward to `tick`, leaving checkpoints ever closer together, for those who step back from there.

        Ticks can be slower here than those the speed was learned from: what half of the way took decides, too.
        """
        while (gap := tick - self.tick) > 1:
            began, half = self._clock(), self.tick + (gap + 1) // 2
            if self.forward(half - self.tick, OPEN, cancelled).tick != half:
                return
            if gap <= self._dense() and self._clock() - began <= self._dense_seconds():
                break
            self._mark()
        self.forward(tick - self.tick, OPEN, cancelled)

    def _slice(self, limit: int | None, trap: Trap, trail: Trail | None = None) -> bool:
        """Run a little: not past `limit`, nor past the place of the next checkpoint, nor for long. Is the trap met?"""
        before, spacing = self.tick, self._spacing()
        due = self.shelf.at_or_before(before).tick + spacing - before
        budget = min(due if due > 0 else spacing, self._ticks_in(self.pacing.slice_seconds), self.pacing.most_slice)
        moment = trap.moment_after(before) if trap.ticks else None
        for other in (limit, moment):
            if other is not None:
                budget = min(budget, other - before)
        edited = self.record.after(before) if self.record else None
        if edited is not None:
            if edited == before + 1:
                return self._over_edit(trap, trail)
            budget = min(budget, edited - before - 1)
        began = self._clock()
        stop = replace(trap.stop, work=self.pacing.most_work)
        got = self.machine.run(max(1, budget), stop, None, trail)
        self._learn(got.tick - before, self._clock() - began)
        timely = got.tick == moment and trap.holds_moment(self.machine)
        return self._came(trap, got.status is Status.PAUSED or timely)

    def _over_edit(self, trap: Trap, trail: Trail | None) -> bool:
        """One instruction, to a tick with edits: the trap sees the state after them."""
        self.machine.run(1, None, None, trail)
        self._edit()
        going_on = self.machine.status is Status.READY
        met = self._came(trap, trap.holds(self.machine) if going_on else trap.holds_moment(self.machine))
        trap.arm(self.machine)  # or an edit nobody was asked about would be taken for what an instruction does later
        return met

    def _came(self, trap: Trap, met: bool) -> bool:
        """Take note of where the machine came, and of what was met there."""
        self._note()
        if met:
            self.met = trap.fired(self.machine)
        self._mark_if_due()
        return met

    def _edit(self) -> None:
        """Make the edits of this tick."""
        for edit in self.record.at(self.machine.tick) if self.record else ():
            edit.apply(self.machine)

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
        return max(self._least(), self._ticks_in(self._dense_seconds()))

    def _dense_seconds(self) -> float:
        """Engine work worth a checkpoint where somebody is stepping back."""
        return max(self.pacing.dense_seconds, 2 * self._toll)

    def _note(self) -> None:
        self._furthest = max(self._furthest, self.tick)
        if not self._scouting:
            self.shelf.focus = self.tick
        if self.machine.status.ended:
            self._end = self.tick

    def _mark_if_due(self) -> None:
        if self.tick - self.shelf.at_or_before(self.tick).tick >= self._spacing():
            self._mark()

    def _mark(self) -> None:
        self._stepped = 0.0
        if self.tick in self.shelf:
            return
        began = self._clock()
        checkpoint = self.machine.checkpoint()
        self._toll = max(1e-6, (self._toll * 7 + self._clock() - began) / 8)
        self.shelf.put(checkpoint, self._spacing())

    def _here(self, status: Status) -> Stop:
        return Stop(status, self.tick, self.machine.pc)


def _watched(machine: Machine, work: int) -> Effect | None:
    """Execute the next instruction and tell what it did; of one that is more than so much work, only what it cost."""
    effect = machine.attempt(work)
    if effect is not None or machine.status is not Status.READY:
        return effect
    tick, pc = machine.tick, machine.pc
    op = next((line.op for line in machine.code() if line.pc == pc), "")
    before = {meter.name: meter.used for meter in machine.meters()}
    machine.run(1)
    costs = tuple((meter.name, meter.used - before.get(meter.name, 0)) for meter in machine.meters())
    return Effect(tick, pc, op, (), (), costs, machine.fault, listed=False)
