"""A whole run looked at naively: every state and every effect, one observed step at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vm.contract import Checkpoint, Effect, Machine, Place, PlaceError, Status, Value, Write
from vm.isa import Flow
from xqdbg.expressions import parse
from xqdbg.moment import Kind
from xqdbg.probe import overlap


class WholeRun:
    """All states of a machine's run, from where it stands to its end or `most` ticks further on."""

    def __init__(self, machine: Machine, most: int = 5_000) -> None:
        self.machine = machine
        self.first = machine.tick
        self.states: list[Checkpoint] = [machine.checkpoint()]
        self.effects: list[Effect] = []
        self.pcs = [machine.pc]
        self.depths = [machine.depth]
        self.digests = [machine.digest()]
        while machine.status is Status.READY and len(self.effects) < most:
            machine.run(1, None, self.effects.append)
            self.states.append(machine.checkpoint())
            self.pcs.append(machine.pc)
            self.depths.append(machine.depth)
            self.digests.append(machine.digest())
        self.end = machine.tick
        self.ended = machine.status.ended
        self.fault = machine.fault

    def at(self, tick: int) -> Machine:
        """The machine at a tick."""
        self.machine.restore(self.states[tick - self.first])
        return self.machine

    def value(self, tick: int, text: str, saved: Mapping[str, Value] | None = None) -> Value:
        """What an expression comes to at a tick, unset where it comes to nothing."""
        before = max(self.first, tick - 1)

        def old(place: Place) -> Value:
            if tick == self.first:
                return None
            try:
                return self.at(before).get(place)
            except PlaceError:
                return None
            finally:
                self.at(tick)

        return parse(text).bind(self.at(tick), saved or {}, old)()

    @property
    def stops(self) -> range:
        """Ticks at which a run can be stopped: all but the end, where it stops by itself."""
        return range(self.first, self.end if self.ended else self.end + 1)

    def code_hits(self, pcs: frozenset[int], condition: str = "") -> set[int]:
        """When the machine stands before one of `pcs` and the condition holds."""
        return self._where(condition, [tick for tick in self.stops if self.pcs[tick - self.first] in pcs])

    def event_hits(self, event: str, condition: str = "") -> set[int]:
        """When a loop was just entered or left, or an output just written."""
        return self._where(condition, [tick for tick in self.stops if tick > self.first and self._just(event, tick)])

    def watch_hits(self, text: str, kind: Kind, condition: str = "") -> set[int]:
        """When the last instruction changed a value, or read or wrote a place."""
        hit = self._changed if kind is Kind.WRITE else self._touched
        return self._where(condition, [t for t in self.stops if t > self.first and hit(text, kind, t)])

    def writes(self, place: Place) -> list[int]:
        """Ticks of the instructions that wrote a place or a part of it."""
        return [effect.tick for effect in self.effects if any(overlap(place, write.place) for write in effect.writes)]

    def _where(self, condition: str, ticks: Sequence[int]) -> set[int]:
        return {tick for tick in ticks if not condition or self.value(tick, condition)}

    def _just(self, event: str, tick: int) -> bool:
        effect = self.effects[tick - 1 - self.first]
        op = self.machine.isa.by_name.get(effect.op)
        flow = None if op is None else op.flow
        before, now = self.depths[tick - 1 - self.first], self.depths[tick - self.first]
        if event == "output":
            return any(write.place.name == "out" for write in effect.writes)
        return (flow is Flow.LOOP_OPEN and now > before) if event == "loop:enter" else (
            flow is Flow.LOOP_CLOSE and now < before
        )  # fmt: skip

    def _changed(self, text: str, kind: Kind, tick: int) -> bool:
        now, before = self.value(tick, text), self.value(tick - 1, text)
        if _plain(now) or _plain(before):
            return now != before
        place = self._resolved(text, tick - 1)
        if place is None or isinstance(now, Sequence):
            return _listed(now) != _listed(before)
        return any(overlap(place, w.place) and w.old != w.new for w in self.effects[tick - 1 - self.first].writes)

    def _touched(self, text: str, kind: Kind, tick: int) -> bool:
        place = self._resolved(text, tick - 1)
        effect = self.effects[tick - 1 - self.first]
        touched = [read.place for read in effect.reads]
        touched += [write.place for write in effect.writes] if kind is Kind.ACCESS else []
        return place is not None and any(overlap(place, other) for other in touched)

    def _resolved(self, text: str, tick: int) -> Place | None:
        """The place a text names, under the name effects have for it at a tick."""
        place = parse(text).place
        try:
            return None if place is None else self.at(tick).resolve(place)
        except PlaceError:
            return None


def _plain(value: Value) -> bool:
    return value is None or isinstance(value, int)


def _listed(value: Value) -> object:
    return list(value) if isinstance(value, Sequence) else value


def writes_of(run: WholeRun, wanted: Callable[[Write], bool]) -> list[tuple[int, Write]]:
    """All writes that are wanted, with their ticks."""
    return [(effect.tick, write) for effect in run.effects for write in effect.writes if wanted(write)]
