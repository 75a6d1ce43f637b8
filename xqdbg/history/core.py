"""The whole run of one branch, known before the user gets there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import takewhile
from time import perf_counter
from types import MappingProxyType
from typing import TypeVar

from vm.contract import Effect, Line, Machine, Place, Selector, Span, Status, Tally, Trail, Value
from vm.faults import FaultReport
from xqdbg.expressions import Expression
from xqdbg.history.extent import Hit
from xqdbg.history.replay import Replay
from xqdbg.history.scan import Ask, Scan, past_of
from xqdbg.history.visits import MOST_TICKS, Ticks, VisitIndex
from xqdbg.history.writes import WriteIndexes
from xqdbg.moment import Future, Visits
from xqdbg.patience import ENDLESS, Cancelled, Patience
from xqdbg.probe import Past, overlap
from xqdbg.record import Record
from xqdbg.timeline import Timeline
from xqdbg.trap import OPEN

T = TypeVar("T")

_STRETCH = 100_000
"""Ticks run before they are put into the index, at most."""

_GRACE = 0.25
"""Seconds by which a slice of background work may be late over a single instruction."""

_UNANSWERED = "the run waits for its host"

_NOTHING_SAVED: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a run is explored, and how much is remembered of it."""

    ticks: int = 50_000_000
    visit_bytes: int = 64 << 20
    """Memory for the ticks at which instructions are executed."""
    write_bytes: int = 48 << 20
    """Memory for the writes to places; what is forgotten is found out again."""


class History:
    """What happens in the whole run, found out by a scout. Its answers are about instructions that were executed.

    It belongs to the thread that runs the engine; any thread may read `visits`. Methods that take
    a patience stop early when it ends, and then what they return is as far as they came.
    """

    def __init__(self, timeline: Timeline, limits: Limits | None = None) -> None:
        """`timeline` is the scout's own; nobody else may use it."""
        self.limits = limits or Limits()
        self.code: Mapping[int, Line] = {line.pc: line for line in timeline.machine.code()}
        self._timeline = timeline
        self._index = VisitIndex(timeline.tick)
        self._replay = Replay(timeline)
        code = tuple(self.code.values())
        self._writes = WriteIndexes(code, self._replay, self._index, self.limits.write_bytes)
        self._scan = Scan(self._replay, code)
        self._end: tuple[Status, FaultReport | None, int] | None = None
        self._note = ""
        self._look()

    # How far it is known

    @property
    def first(self) -> int:
        """The tick the run begins at."""
        return self._index.first

    @property
    def length(self) -> int:
        """The latest tick known: instructions up to there were executed."""
        return self._index.tick

    @property
    def known(self) -> bool:
        """Whether no more of the run will become known: it ended, or it is too long."""
        return self._end is not None or bool(self._note)

    @property
    def machine(self) -> Machine:
        """The scout's machine, wherever it stands: to bind expressions to."""
        return self._replay.machine

    @property
    def executed(self) -> Collection[int]:
        """Addresses of all instructions executed, as far as the run is known."""
        return self._index.pcs

    @property
    def record(self) -> Record:
        """The edits of this run, by tick."""
        return self._timeline.record

    @property
    def visits(self) -> Visits:
        """At which ticks each instruction is executed."""
        return self._index

    @property
    def future(self) -> Future:
        """How the run goes on, as far as it is known."""
        if self._end is None:
            return Future(self.length, False, note=self._note)
        status, fault, pc = self._end
        return Future(self.length, True, status, fault, pc, _UNANSWERED if status is Status.HOST else "")

    def explore(self, seconds: float) -> bool:
        """Find out more, for about so long: where the run ends, then what wrote the places that were asked for.

        True while there is more to find out.
        """
        until = perf_counter() + seconds

        def late() -> bool:
            return perf_counter() >= until

        if not self.known:
            self._go_on(MOST_TICKS, late)
            return True
        return self._writes.fill(late, lambda: perf_counter() >= until + _GRACE)

    def complete(self, patience: Patience = ENDLESS) -> bool:
        """Run to the end now. False if the caller gave up, or the run is too long."""
        return self.reach(MOST_TICKS, patience) or self._end is not None

    def reach(self, tick: int, patience: Patience = ENDLESS) -> bool:
        """Get to know the run up to a tick; False if the caller gave up, or it ends before, or is too long."""
        while self.length < tick and not self.known:
            self._go_on(tick, patience.cancelled)
            patience.progress(self.length)
            if patience.cancelled():
                break
        return self.length >= tick

    # What happens when

    def ticks_of(self, pcs: Collection[int]) -> Ticks:
        """The ticks at which any of some instructions is executed, as far as the run is known now."""
        return self._index.ticks_of(pcs)

    def pc_at(self, tick: int) -> int | None:
        """The instruction executed at a tick; None if that is not known."""
        return self._index.pc_at(tick)

    def at(self, tick: int) -> Machine:
        """The scout's machine at a tick, to be looked at until the next call of anything here; XqdbgError beyond."""
        return self._replay.at(tick)

    def effect(self, tick: int) -> Effect:
        """What the instruction at a tick did; XqdbgError if the run ends before it."""
        return self._replay.effect(tick)

    def effects(self, start: int, stop: int, patience: Patience = ENDLESS) -> list[Effect]:
        """What the instructions at the ticks in [start, stop) did, in order."""
        return list(self.each_effect(start, stop, patience))

    def each_effect(self, start: int, stop: int, patience: Patience = ENDLESS) -> Iterator[Effect]:
        """The same one by one, for many; the scout may be used for something else meanwhile."""
        return self._replay.effects(max(start, self.first), stop, patience.cancelled)

    def effects_at(
        self, pcs: Collection[int], start: int = 0, stop: int = MOST_TICKS, patience: Patience = ENDLESS
    ) -> Iterator[Effect]:
        """What some instructions did each time they were executed in [start, stop), as far as the run is known."""
        stop = min(stop, self.length)
        return self._replay.those_at(frozenset(pcs), max(start, self.first), stop, patience.cancelled)

    def effects_of(
        self, ticks: Iterable[int], ask: Callable[[Machine], T], patience: Patience = ENDLESS
    ) -> Iterator[tuple[T, Effect]]:
        """What the instructions at some ticks, ascending, did, and what `ask` is told of the machine before each.

        The machine stands right behind the instruction meanwhile; it may be used for something else.
        """
        return self._replay.one_by_one(ticks, ask, patience)

    def tally(self, start: int, spent: Tally, cancelled: Cancelled) -> int:
        """Add to `spent` what instructions are charged from a tick on, as far as the run is known; how far it came."""
        return self._replay.tally(start, self.length, spent, cancelled)

    # Who wrote what

    def resolve(self, place: Place, tick: int) -> Place:
        """The same place under the name that effects have for it; indices counted from the end are those at a tick."""
        machine = self.machine
        if any(_from_end(step) for step in place.path):
            machine = self.at(min(max(tick, self.first), self.length))
        return machine.resolve(place)

    def last_write(self, place: Place, before: int, patience: Patience = ENDLESS) -> int | None:
        """The latest tick before `before` at which an instruction wrote a place, a part of it, or what it is a part of.

        Indices counted from the end are those at `before`. None also if the run is not known up to there.
        """
        if not self.reach(before, patience) and self._end is None:
            return None
        return next(self.writes_before(place, before, patience), None)

    def next_write(self, place: Place, after: int, patience: Patience = ENDLESS) -> int | None:
        """The first tick after `after` at which an instruction writes it; indices from the end are those at `after`."""
        if not self.reach(after, patience) and self._end is None:
            return None
        place, seen = self.resolve(place, after), after
        while True:
            found = next(self.writes_after(place, seen, patience), None)
            if found is not None or self.known or patience.cancelled():
                return found
            seen = max(seen, self.length - 1)
            self.reach(self.length + _STRETCH, patience)

    def writes(
        self, place: Place, start: int = 0, stop: int = MOST_TICKS, patience: Patience = ENDLESS
    ) -> Iterator[int]:
        """The ticks in [start, stop) at which instructions wrote a place, ascending, as far as the run is known."""
        found = self._writes.of(place.name).after(self.resolve(place, start - 1), start - 1, patience.cancelled, stop)
        return takewhile(lambda tick: tick < stop, _once(found))

    def writes_before(self, place: Place, tick: int, patience: Patience = ENDLESS) -> Iterator[int]:
        """The ticks before `tick` at which instructions wrote a place, the latest first."""
        return _once(self._writes.of(place.name).before(self.resolve(place, tick), tick, patience.cancelled))

    def writes_after(self, place: Place, tick: int, patience: Patience = ENDLESS) -> Iterator[int]:
        """The ticks after `tick` at which instructions wrote a place, ascending, as far as the run is known."""
        return _once(self._writes.of(place.name).after(self.resolve(place, tick), tick, patience.cancelled))

    def suspects_before(self, place: Place, tick: int, patience: Patience = ENDLESS) -> Iterator[Hit]:
        """Each single write before `tick` that may have been to a place, as hardly any other is, the latest first."""
        return self._writes.of(place.name).suspects_before(self.resolve(place, tick), tick, patience.cancelled)

    def want(self, name: str) -> None:
        """Find out in the background what wrote places of this name."""
        self._writes.want(name)

    def edits_of(self, place: Place, now: int) -> list[int]:
        """The ticks up to `now` at which the user edited a place, a part of it, or what it is a part of, ascending."""
        made = [(tick, edit.place) for tick, edits in self.record for edit in edits if tick <= now]
        return sorted({tick for tick, edited in made if overlap(place, edited)})

    def last_edit(self, place: Place, now: int) -> int | None:
        """The latest of them."""
        return next(reversed(self.edits_of(place, now)), None)

    # What is true when

    def matching(
        self,
        expression: Expression,
        start: int = 0,
        stop: int = MOST_TICKS,
        patience: Patience = ENDLESS,
        saved: Mapping[str, Value] = _NOTHING_SAVED,
    ) -> Iterator[int]:
        """The ticks in [start, stop) at which an expression becomes true, `start` among them if it is true there.

        As far as the run is known. Only where it may have changed is it looked at.
        """
        strangers = frozenset(self._index.pcs) - self.code.keys()
        start, stop = max(start, self.first), min(stop, self.length + 1)
        return self._scan.matching(expression, start, stop, saved, strangers, patience)

    def sweep(
        self,
        ask: Ask,
        pcs: AbstractSet[int] | None,
        patience: Patience = ENDLESS,
        past: Past | None = None,
    ) -> Iterator[int]:
        """Have something asked on this machine whenever it stands before one of `pcs`, as far as the run is known.

        Yields how far it came; nothing is found out but while it is iterated.
        """
        return self._scan.sweep(ask, pcs, self.first, self.length + 1, patience, past=past)

    def past_of(self, expressions: Sequence[Expression], saved: Mapping[str, Value] = _NOTHING_SAVED) -> Past | None:
        """A memory of what expressions ask the past of, for `sweep`; None if they ask nothing. ExpressionError."""
        return past_of(self.machine, expressions, saved)

    # Inside

    def _go_on(self, tick: int, cancelled: Cancelled) -> None:
        """Run on for a stretch, into the index."""
        trail: Trail = []
        budget = min(_STRETCH, tick - self.length, self.limits.ticks - self.length)
        if self._replay.reach(self.length, cancelled):
            self._timeline.forward(budget, OPEN, cancelled, trail)
        self._index.add(trail)
        self._look()

    def _look(self) -> None:
        """Is this where the run ends, or is it enough?"""
        machine = self._replay.machine
        if machine.tick == self.length and machine.status is not Status.READY:
            self._end = machine.status, machine.fault, machine.pc
        elif self.length >= self.limits.ticks:
            self._note = f"the run is longer than {self.limits.ticks:,} ticks, and only so much of it is explored"
        elif self._index.size >= self.limits.visit_bytes:
            self._note = f"the run is too varied to be explored beyond tick {self.length:,}"


def _from_end(step: Selector) -> bool:
    """Whether an index counts from an end, which may move."""
    return not isinstance(step, str) and (step.start if isinstance(step, Span) else step[0]) < 0


def _once(hits: Iterator[Hit]) -> Iterator[int]:
    """Ticks of writes, those of one instruction together."""
    latest = -1
    for hit in hits:
        if hit.tick != latest:
            latest = hit.tick
            yield hit.tick
