"""All that matters to a value: one way back over the run, with the places whose value still matters."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from vm.contract import Effect, Place, Read
from xqdbg.origins.backward import Backward, Stretch
from xqdbg.origins.chart import Chart
from xqdbg.origins.dependence import Deed
from xqdbg.origins.known import KnownRun
from xqdbg.origins.live import Live
from xqdbg.origins.places import INPUTS, held, settled
from xqdbg.patience import ENDLESS, Patience


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The part of a run that a value depends on: what it was made of, and every decision on the way there."""

    place: Place
    tick: int
    """The moment at which the place holds the value."""
    ticks: array[int]
    """The ticks whose instructions matter, ascending."""
    pcs: frozenset[int]
    """Addresses of these instructions."""
    places: frozenset[Place]
    """All places whose value mattered at some time."""
    inputs: frozenset[int]
    """Numbers of the inputs that matter. With others changed the value is the same, or the run faults before."""

    def __contains__(self, tick: object) -> bool:
        if not isinstance(tick, int):
            return False
        at = bisect_left(self.ticks, tick)
        return at < len(self.ticks) and self.ticks[at] == tick


def slice_of(history: KnownRun, place: Place, now: int, patience: Patience = ENDLESS) -> Slice | None:
    """All that what a place holds at tick `now` depends on; None if the caller gave up. XqdbgError for no place."""
    if not history.reach(now, patience) and patience.cancelled():
        return None
    machine = history.at(now)
    place = settled(machine, place)
    walk = _Walk(history, Chart(history.code, machine.isa), now)
    # Whether a part is there at all depends on the whole.
    walk.want(place if held(machine, place)[0] else Place(place.name))
    if any(meter.name == place.name for meter in machine.meters()):
        walk.heed_costs()
    if not walk.back_from(now, patience):
        return None
    walk.ticks.reverse()
    return Slice(place, now, walk.ticks, frozenset(walk.pcs), frozenset(walk.places), frozenset(walk.inputs))


class _Walk:
    """The way from a moment back to the start."""

    def __init__(self, history: KnownRun, chart: Chart, now: int) -> None:
        self.ticks = array("Q")
        self.pcs: set[int] = set()
        self.places: set[Place] = set()
        self.inputs: set[int] = set()
        self._live = Live()
        self._history = history
        self._chart = chart
        self._always = chart.decisions
        self._costs = False
        self._edits = [(tick, edit) for tick, edits in history.record for edit in edits if tick <= now]
        self._concerning: dict[frozenset[str], frozenset[int]] = {}

    def want(self, place: Place) -> None:
        """From here on back, the value of a place matters."""
        self.places.add(place)
        self._live.add(place)
        first = place.path[0] if place.name == INPUTS and place.path else None
        if isinstance(first, tuple):
            self.inputs.add(first[0])

    def heed_costs(self) -> None:
        """From here on back, it matters what instructions cost."""
        self._costs = True
        self._always |= self._chart.metered
        self._concerning.clear()

    def back_from(self, now: int, patience: Patience) -> bool:
        """Go back to the start; False if the caller gave up."""
        if now > self._history.first:
            self._unedit(now - 1)
            self._fail(self._history.effect(now - 1))
        way, tick = Backward(self._history, patience), now
        names: frozenset[str] = frozenset()
        while True:
            names |= self._live.names  # what mattered once often matters again: it is looked at all along
            stretch = way.stretch(self._always | self._chart.writers(names), tick)
            if stretch is None:
                return not patience.cancelled()
            tick = self._over(stretch, names)

    def _over(self, stretch: Stretch, names: frozenset[str]) -> int:
        """Go back over a stretch, until other names matter than those that were heeded in it; returns the tick."""
        for effect in stretch.effects:
            self._unedit(effect.tick)
            if effect.pc in self._pcs():
                self._pass(effect)
                if not self._live.names <= names:
                    return effect.tick
        return stretch.start

    def _pcs(self) -> frozenset[int]:
        """The instructions that may matter, now that these places are live."""
        names = self._live.names
        found = self._concerning.get(names)
        if found is None:
            found = self._concerning[names] = self._always | self._chart.writers(names)
        return found

    def _unedit(self, tick: int) -> None:
        """Go back over the edits made after the instruction at `tick`; what they put there came from nowhere."""
        while self._edits and self._edits[-1][0] > tick:
            self._live.drop(self._edits.pop()[1].place)

    def _fail(self, effect: Effect) -> None:
        """If the run ends in a fault here, all that the instruction looked at had a part in it."""
        if effect.fault is None:
            return
        self._always |= {effect.pc}
        self._concerning.clear()
        if effect.fault.over_budget:
            self.heed_costs()

    def _pass(self, effect: Effect) -> None:
        """Go back over one instruction."""
        deed = Deed(effect, self._chart)
        met = [write for write in deed.writes if self._live.met_by(write)]
        needed = list(deed.needed(met))
        for write in met:
            self._live.drop(write.place)
        needed.extend(self._missed(deed))
        everything = effect.fault is not None or (deed.facts is not None and deed.facts.metered and self._costs)
        if everything:
            needed.extend(deed.reads)
        elif deed.facts is not None and deed.facts.decides:
            needed.extend(deed.deciding())
        if not (met or needed or effect.pc in self._always):
            return
        for read in needed:
            self.want(read.place)
        if everything and deed.facts is not None:
            for name in deed.facts.line.reads - self._chart.stack - {INPUTS}:
                self.want(Place(name))
        self.ticks.append(effect.tick)
        self.pcs.add(effect.pc)

    def _missed(self, deed: Deed) -> Iterator[Read]:
        """Why an instruction wrote to other parts of what is live, or to none."""
        written = deed.names
        writable = written if deed.facts is None else written | deed.facts.line.writes
        for name in writable & self._live.names:
            if name not in written:
                yield from deed.reads
            elif name not in self._chart.stack and not deed.appends(name):
                yield from deed.aim(name)
