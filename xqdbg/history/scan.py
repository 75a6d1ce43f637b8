"""Passes over the run that ask something on the way, where it can matter and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from vm.contract import Line, Machine, Place, Value
from xqdbg.expressions import Expression
from xqdbg.history.replay import Replay
from xqdbg.patience import Patience
from xqdbg.probe import Past, Probe, remembering
from xqdbg.successors import Successors, change_anywhere
from xqdbg.trap import OPEN, Trap

_STRETCH = 50_000
"""Ticks passed over before what was found on the way is handed out, at most."""

Ask = Callable[[Machine], object]
"""Asked at a tick; it takes notes, and stops nothing."""


class Scan:
    """Passes over a run on a scout's machine."""

    def __init__(self, replay: Replay, code: Sequence[Line]) -> None:
        self._replay = replay
        self._code = code
        self._successors = Successors(code)

    def matching(
        self,
        expression: Expression,
        start: int,
        stop: int,
        saved: Mapping[str, Value],
        strangers: AbstractSet[int],
        patience: Patience,
    ) -> Iterator[int]:
        """The ticks in [start, stop) at which an expression becomes true, `start` among them if it is true there."""
        machine = self._replay.machine
        past = past_of(machine, (expression,), saved)
        value = expression.bind(machine, saved, None if past is None else past.value)
        found: list[int] = []
        held = False

        def ask(machine: Machine) -> None:
            nonlocal held
            holds = bool(value())
            if holds and not held:
                found.append(machine.tick)
            held = holds

        pcs = None if past is not None or strangers else self._after_writers(expression.names)
        for _ in self.sweep(ask, pcs, start, stop, patience, past=past, edges=True):
            yield from found
            found.clear()

    def _after_writers(self, names: AbstractSet[str]) -> AbstractSet[int] | None:
        """Where one can stand right after something of these names was written; None if that is anywhere."""
        if change_anywhere(names, self._replay.machine):
            return None
        return self._successors.of(line.pc for line in self._code if line.writes & names)

    def sweep(
        self,
        ask: Ask,
        pcs: AbstractSet[int] | None,
        start: int,
        stop: int,
        patience: Patience,
        *,
        past: Past | None = None,
        edges: bool = False,
    ) -> Iterator[int]:
        """Ask at each tick in [start, stop) at which the machine stands at one of `pcs` (None: anywhere).

        `edges`: also at `start`, where something was edited, and at the end of the run. Else the end is
        left out, for nothing is executed there. Yields now and then how far it came, until it is done or
        the caller gives up; meanwhile the machine may be moved.
        """
        timeline, machine, trap = self._replay.timeline, self._replay.machine, _trap(ask, pcs, past)
        if start >= stop or not self._begin(ask, pcs, start, past, patience, edges=edges):
            return
        yield start
        tick = start
        while tick < stop - 1 and self._replay.reach(tick, patience.cancelled) and not self._replay.ended:
            edited = timeline.record.after(tick) if timeline.record else None
            far = min(stop - 1, tick + _STRETCH, tick + _STRETCH if edited is None else edited)
            timeline.forward(far - tick, trap, patience.cancelled)
            if timeline.tick == tick:
                return
            tick = timeline.tick
            if edges and (self._replay.ended or (tick == edited and pcs is not None)):
                ask(machine)  # where the trap did not
            patience.progress(tick)
            yield tick
            if patience.cancelled():
                return

    def _begin(
        self,
        ask: Ask,
        pcs: AbstractSet[int] | None,
        start: int,
        past: Past | None,
        patience: Patience,
        *,
        edges: bool,
    ) -> bool:
        """Ask where the pass begins; what was one tick before is looked at first if it matters."""
        machine = self._replay.machine
        if past is not None and self._replay.reach(start - 1, patience.cancelled):
            past.note(machine)
        if not self._replay.reach(start, patience.cancelled):
            return False
        if edges or (not machine.status.ended and (pcs is None or machine.pc in pcs)):
            ask(machine)
        return True


def past_of(machine: Machine, expressions: Sequence[Expression], saved: Mapping[str, Value]) -> Past | None:
    """A memory of what some expressions ask the past of, None if they ask nothing; ExpressionError for bad ones."""
    for expression in expressions:
        expression.bind(machine, saved, _forgetful)
    places = [place for expression in expressions for place in expression.old_places]
    return Past(machine, places) if places else None


def _forgetful(_place: Place) -> Value:
    return None


def _trap(ask: Ask, pcs: AbstractSet[int] | None, past: Past | None) -> Trap:
    """What meets nothing, and asks at each of some instructions."""
    if pcs is not None and not pcs:
        return OPEN

    def test(machine: Machine) -> bool:
        ask(machine)
        return False

    probe = Probe(frozenset(pcs or ()), test, everywhere=pcs is None)
    if past is not None:
        probe = remembering(probe, past)
    return Trap(probe.pcs, -1, probe.test, arm=probe.arm, everywhere=probe.everywhere)
