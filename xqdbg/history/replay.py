"""What instructions did, found out by executing them once more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from time import perf_counter
from typing import TypeVar

from vm.contract import Effect, Machine, Observer, Status, StopWhen, Tally
from xqdbg.errors import XqdbgError
from xqdbg.patience import Cancelled, Patience, never
from xqdbg.timeline import Timeline

T = TypeVar("T")

CHUNK = 64
"""Effects that are found out together and kept together."""

_STRIDE = 8
"""Effects of a chunk that are found out between two looks at what they weigh."""

_HEAVY = 4_096
"""Places read and written in a chunk above which it is not kept whole."""

_MOST_KEPT = 200_000
"""Effects kept, and places read and written in them, together."""

_MOST_SLICE = 20_000
"""Ticks run between two questions whether to give up, at most."""

_WATCH_SECONDS = 0.01
"""How long instructions are watched between two questions whether to give up."""


class Replay:
    """A scout's machine, sent to where somebody wants to look. It is the only one who runs it."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.machine: Machine = timeline.machine
        self.code: AbstractSet[int] = frozenset(line.pc for line in timeline.machine.code())
        self._chunks: OrderedDict[int, dict[int, Effect]] = OrderedDict()
        self._kept = 0

    @property
    def ended(self) -> bool:
        """Whether the machine stands where the run ends."""
        return self.machine.status.ended

    def reach(self, tick: int, cancelled: Cancelled = never) -> bool:
        """Bring the machine to a tick; False if the run does not come there, or the caller gave up."""
        if self.timeline.tick != tick:
            self.timeline.seek(tick, cancelled)
        return self.timeline.tick == tick

    def at(self, tick: int) -> Machine:
        """The machine, brought to a tick; XqdbgError if the run does not come there."""
        if self.reach(tick):
            return self.machine
        here = f"tick {self.timeline.tick:,}"
        raise XqdbgError(f"the run {'ends at' if self.timeline.tick < tick else 'begins at'} {here}")

    def effect(self, tick: int) -> Effect:
        """What the instruction at a tick did; XqdbgError if the run ends before it."""
        start = tick - tick % CHUNK
        chunk = self._chunks.get(start)
        if chunk is None or tick not in chunk:
            chunk = self._look(start, tick, {} if chunk is None else chunk)
        else:
            self._chunks.move_to_end(start)
        if tick not in chunk:
            raise XqdbgError(f"no instruction is executed at tick {tick:,}: the run ends before")
        return chunk[tick]

    def effects(self, start: int, stop: int, cancelled: Cancelled = never) -> Iterator[Effect]:
        """What the instructions at the ticks in [start, stop) did, up to where the run ends or the caller gives up."""
        tick = start
        while tick < stop and self.reach(tick, cancelled):
            seen = self._all(stop)
            yield from seen
            if not seen or cancelled():
                return
            tick = seen[-1].tick + 1

    def one_by_one(
        self, ticks: Iterable[int], ask: Callable[[Machine], T], patience: Patience
    ) -> Iterator[tuple[T, Effect]]:
        """What the instructions at some ticks, ascending, did, and what `ask` is told of the machine before each."""
        for tick in ticks:
            if not self.reach(tick, patience.cancelled):
                return
            asked, seen = ask(self.machine), list[Effect]()
            self.watch(tick + 1, seen.append)
            yield from ((asked, effect) for effect in seen)
            patience.progress(tick)
            if patience.cancelled():
                return

    def those_at(self, pcs: AbstractSet[int], start: int, stop: int, cancelled: Cancelled = never) -> Iterator[Effect]:
        """What some instructions did whenever they were executed in [start, stop); others are passed at full speed."""
        tick = start
        while tick < stop and self.reach(tick, cancelled):
            seen = self.pass_by(stop, pcs)
            here = self.timeline.tick
            yield from seen
            if here == tick or cancelled():
                return
            tick = here

    def pass_by(self, stop: int, pcs: AbstractSet[int], *, crowded: bool = False) -> list[Effect]:
        """Run towards a tick for a little while; what instructions at `pcs` did. How far it came, the timeline tells.

        `crowded`: most instructions on the way are at `pcs`.
        """
        if crowded:
            return [effect for effect in self._all(stop) if effect.pc in pcs]
        seen: list[Effect] = []
        machine, until = self.machine, perf_counter() + _WATCH_SECONDS
        begun = machine.tick
        limit = min(stop, machine.tick + _MOST_SLICE)
        when = StopWhen(pcs, work=self.timeline.pacing.most_work)
        while machine.tick < limit and machine.status is Status.READY:
            if machine.tick > begun and perf_counter() >= until:
                break
            before, edge = machine.tick, self._plain(limit)
            if edge <= before:
                self.timeline.step(seen.append if machine.pc in pcs else None)
            elif machine.pc in pcs:
                machine.run(1, None, seen.append)
            elif machine.run(edge - before, when).status is Status.BUDGET and machine.tick < edge:
                break  # much work was done
            if machine.tick == before:
                break
        return seen

    def _all(self, stop: int) -> list[Effect]:
        """What the next instructions do, for a little while."""
        seen: list[Effect] = []
        before, until = -1, perf_counter() + _WATCH_SECONDS
        while before < self.timeline.tick < stop and (not seen or perf_counter() < until):
            before = self.timeline.tick
            stride = _STRIDE if not seen or len(seen[-1].writes) < _STRIDE else 1
            self.watch(min(stop, before + stride), seen.append)
        return seen

    def watch(self, stop: int, observer: Observer) -> None:
        """Run to a tick, or to the end, watched."""
        while self.timeline.tick < stop and not self.machine.status.ended:
            before = self.timeline.tick
            plain = self._plain(stop)
            if plain > before:
                self.machine.run(plain - before, None, observer)
            else:
                self.timeline.step(observer)
            if self.timeline.tick == before:
                return

    def tally(self, start: int, stop: int, spent: Tally, cancelled: Cancelled = never) -> int:
        """Add to `spent` what instructions are charged in [start, stop), at nearly full speed; how far that came."""
        if not self.reach(start, cancelled):
            return start
        names = [meter.name for meter in self.machine.meters()]
        while self.timeline.tick < stop and not self.machine.status.ended:
            before = self.timeline.tick
            plain = min(self._plain(stop), before + _MOST_SLICE)
            if plain > before:
                self.machine.tally(plain - before, spent, self.timeline.pacing.most_work)
            else:
                self.timeline.step(lambda effect: _add(effect, names, spent))
            if self.timeline.tick == before or cancelled():
                break
        return self.timeline.tick

    def _plain(self, stop: int) -> int:
        """How far the machine itself can be run: not onto a tick with edits, which the timeline makes."""
        record = self.timeline.record
        edited = record.after(self.timeline.tick) if record else None
        return stop if edited is None or edited > stop else edited - 1

    def _look(self, start: int, tick: int, chunk: dict[int, Effect]) -> dict[int, Effect]:
        """Find out what the instruction at `tick` did, and those around it if that is cheap."""
        weight = 0

        def note(effect: Effect) -> None:
            nonlocal weight
            weight += _weight(effect)
            chunk[effect.tick] = effect

        self._drop(start)
        if not chunk:
            self.reach(start)
            while weight <= _HEAVY and self.timeline.tick < start + CHUNK and not self.machine.status.ended:
                self.watch(self.timeline.tick + _STRIDE, note)
        if tick not in chunk:
            chunk = {}
            if self.reach(tick):
                self.watch(tick + 1, note)
        self._keep(start, chunk)
        return chunk

    def _drop(self, start: int) -> None:
        if (gone := self._chunks.pop(start, None)) is not None:
            self._kept -= sum(map(_weight, gone.values()))

    def _keep(self, start: int, chunk: dict[int, Effect]) -> None:
        self._chunks[start] = chunk
        self._kept += sum(map(_weight, chunk.values()))
        while self._kept > _MOST_KEPT and len(self._chunks) > 1:
            self._drop(next(iter(self._chunks)))


def _weight(effect: Effect) -> int:
    return 1 + len(effect.reads) + len(effect.writes)


def _add(effect: Effect, meters: Sequence[str], spent: Tally) -> None:
    """Add one instruction."""
    costs = dict(effect.costs)
    entry = spent.setdefault(effect.pc, [0] * (1 + len(meters)))
    entry[0] += 1
    for at, name in enumerate(meters, 1):
        entry[at] += costs.get(name, 0)
