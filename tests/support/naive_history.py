"""The whole run of a machine, taken down one observed step at a time: what the history of a session must agree with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from vm.contract import Checkpoint, Effect, Line, Machine, Place, Status
from xqdbg.history import touches
from xqdbg.moment import Future
from xqdbg.patience import ENDLESS, Patience
from xqdbg.probe import overlap
from xqdbg.record import Record

T = TypeVar("T")


class NaiveTimes:
    """Some ticks, ascending."""

    def __init__(self, ticks: Sequence[int]) -> None:
        self.ticks = ticks

    def __len__(self) -> int:
        return len(self.ticks)

    def at(self, number: int) -> int:
        """The one with this number, from 0 in order."""
        return self.ticks[number]

    def rank(self, tick: int) -> int:
        """How many of them are before `tick`."""
        return bisect_left(self.ticks, tick)

    def before(self, tick: int) -> int | None:
        """The latest one before `tick`."""
        at = bisect_left(self.ticks, tick)
        return self.ticks[at - 1] if at else None

    def after(self, tick: int) -> int | None:
        """The first one after `tick`."""
        at = bisect_right(self.ticks, tick)
        return self.ticks[at] if at < len(self.ticks) else None


class NaiveHistory:
    """All effects and all states of a run from tick 0, with edits on the way, up to `most` ticks."""

    first = 0

    def __init__(self, machine: Machine, record: Record | None = None, most: int = 5_000) -> None:
        self.machine = machine
        self.record = record or Record()
        self.code: Mapping[int, Line] = {line.pc: line for line in machine.code()}
        self.seen: list[Effect] = []
        self._edit()
        self.states: list[Checkpoint] = [machine.checkpoint()]
        while machine.status is Status.READY and len(self.seen) < most:
            machine.run(1, None, self.seen.append)
            self._edit()
            self.states.append(machine.checkpoint())
        self.future: Future
        if machine.status.ended:
            self.future = Future(self.length, True, machine.status, machine.fault, machine.pc)
        else:
            note = f"the run is longer than {most:,} ticks, and only so much of it is explored"
            self.future = Future(self.length, False, note=note)

    @property
    def length(self) -> int:
        """How many ticks it has."""
        return len(self.seen)

    def reach(self, tick: int, patience: Patience = ENDLESS) -> bool:
        """Whether the run comes to a tick."""
        return tick <= self.length

    def complete(self, patience: Patience = ENDLESS) -> bool:
        """Whether all of it is known."""
        return self.future.complete

    def at(self, tick: int) -> Machine:
        """The machine at a tick, until the next question."""
        self.machine.restore(self.states[tick])
        return self.machine

    def effect(self, tick: int) -> Effect:
        """What the instruction at a tick did."""
        return self.seen[tick]

    def each_effect(self, start: int, stop: int, patience: Patience = ENDLESS) -> Iterator[Effect]:
        """What the instructions at the ticks in [start, stop) did."""
        return iter(self.seen[start:stop])

    def effects_at(
        self, pcs: Collection[int], start: int = 0, stop: int = 1 << 32, patience: Patience = ENDLESS
    ) -> Iterator[Effect]:
        """What some instructions did each time they were executed in [start, stop)."""
        return (effect for effect in self.seen[start:stop] if effect.pc in pcs)

    def effects_of(
        self, ticks: Iterable[int], ask: Callable[[Machine], T], patience: Patience = ENDLESS
    ) -> Iterator[tuple[T, Effect]]:
        """What the instructions at some ticks did, and what `ask` is told of the machine before each."""
        for tick in ticks:
            yield ask(self.at(tick)), self.seen[tick]

    def ticks_of(self, pcs: Collection[int]) -> NaiveTimes:
        """When any of some instructions is executed."""
        return NaiveTimes([effect.tick for effect in self.seen if effect.pc in pcs])

    def last_write(self, place: Place, before: int, patience: Patience = ENDLESS) -> int | None:
        """The latest tick before `before` whose instruction wrote the place, a part of it, or what it is part of."""
        for effect in reversed(self.seen[:before]):
            if any(touches(write, place) for write in effect.writes):
                return effect.tick
        return None

    def last_edit(self, place: Place, now: int) -> int | None:
        """The latest tick up to `now` at which the user edited the place, a part of it, or what it is part of."""
        made = [tick for tick, edits in self.record for edit in edits if tick <= now and overlap(place, edit.place)]
        return max(made, default=None)

    def _edit(self) -> None:
        for edit in self.record.at(self.machine.tick):
            edit.apply(self.machine)
