"""All that matters to a value: one way back over the run, with the places whose value still matters."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator

from vm.contract import Effect, Place, Read
from vm.values import dataclass
from xqdbg.origins.backward import Backward, Stretch
from xqdbg.origins.chart import Chart
from xqdbg.origins.dependence import Deed
from xqdbg.origins.known import KnownRun
from xqdbg.origins.live import Live
from xqdbg.origins.places import INPUTS, held, is_attribute, settled
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
    there = held(machine, place)[0]
    costs = any(meter.name == place.name for meter in machine.meters())
    chart = Chart(history.code, machine.isa)
    walk = _Walk(history, chart, place, now, there=there, costs=costs)
    if not walk.back(patience):
        return None
    if walk.came_later:  # and what made it come is not in the slice yet
        walk = _Walk(history, chart, place, now, there=there, costs=costs, came_later=True)
        if not walk.back(patience):
            return None
    walk.ticks.reverse()
    return Slice(place, now, walk.ticks, frozenset(walk.pcs), frozenset(walk.places), frozenset(walk.inputs))


class _Walk:
    """The way from a moment back to the start."""

    def __init__(
        self,
        history: KnownRun,
        chart: Chart,
        place: Place,
        now: int,
        *,
        there: bool,
        costs: bool,
        came_later: bool = False,
    ) -> None:
        """`there`: whether there is such a place; `costs`: whether it tells what instructions cost.

        `came_later`: whether it is a part that came to be when the whole grew.
        """
        self.ticks = array("Q")
        self.pcs: set[int] = set()
        self.places: set[Place] = set()
        self.inputs: set[int] = set()
        self.came_later = came_later
        self._live = Live()
        self._history = history
        self._chart = chart
        self._now = now
        self._always = chart.decisions
        self._costs = False
        self._edits = [(tick, edit) for tick, edits in history.record for edit in edits if tick <= now]
        self._concerning: dict[frozenset[str], frozenset[int]] = {}
        self._want(place if there else Place(place.name))  # whether a part is there at all depends on the whole
        self._part = place if there and place.path and chart.is_parted(place.name) else None
        """The part that was asked for, as long as it is not known what made the whole."""
        self._settled = False
        """Whether it is known that the part was there."""
        if costs:
            self._heed_costs()

    def back(self, patience: Patience) -> bool:
        """Go back to the start; False if the caller gave up."""
        now = self._now
        if now > self._history.first:
            self._unedit(now - 1)
            self._fail(self._history.effect(now - 1))
        way, tick = Backward(self._history, patience), now
        names: frozenset[str] = frozenset()
        while True:
            names |= self._names()  # what mattered once often matters again: it is looked at all along
            stretch = way.stretch(self._always | self._chart.writers(names), tick)
            if stretch is None:
                return not patience.cancelled()
            tick = self._over(stretch, names)

    def _want(self, place: Place) -> None:
        """From here on back, the value of a place matters."""
        self.places.add(place)
        self._live.add(place)
        first = place.path[0] if place.name == INPUTS and place.path else None
        if isinstance(first, tuple):
            self.inputs.add(first[0])

    def _heed_costs(self) -> None:
        """From here on back, it matters what instructions cost."""
        self._costs = True
        self._always |= self._chart.metered
        self._concerning.clear()

    def _over(self, stretch: Stretch, names: frozenset[str]) -> int:
        """Go back over a stretch, until other names matter than those that were heeded in it; returns the tick."""
        for effect in stretch.effects:
            self._unedit(effect.tick)
            if effect.pc in self._pcs():
                self._pass(effect)
                if not self._names() <= names:
                    return effect.tick
        return stretch.start

    def _names(self) -> frozenset[str]:
        return self._live.names if self._part is None else self._live.names | {self._part.name}

    def _pcs(self) -> frozenset[int]:
        """The instructions that may matter, now that these places are live."""
        names = self._names()
        found = self._concerning.get(names)
        if found is None:
            found = self._concerning[names] = self._always | self._chart.writers(names)
        return found

    def _unedit(self, tick: int) -> None:
        """Go back over the edits made after the instruction at `tick`; what they put there came from nowhere."""
        while self._edits and self._edits[-1][0] > tick:
            place = self._edits.pop()[1].place
            self._live.drop(place)
            if self._is_whole(place):
                self._part = None

    def _fail(self, effect: Effect) -> None:
        """If the run ends in a fault here, all that the instruction looked at had a part in it."""
        if effect.fault is None:
            return
        self._always |= {effect.pc}
        self._concerning.clear()
        if effect.fault.over_budget:
            self._heed_costs()

    def _pass(self, effect: Effect) -> None:
        """Go back over one instruction."""
        deed = Deed(effect, self._chart)
        met = [write for write in deed.writes if self._live.met_by(write) or self._makes_part(write.place, deed)]
        needed = list(deed.needed(met))
        for write in met:
            self._live.drop(write.place)
            self._settle(write.place, effect.tick)
        needed.extend(self._missed(deed))
        everything = effect.fault is not None or (deed.facts is not None and deed.facts.metered and self._costs)
        if everything:
            needed.extend(deed.reads)
        elif deed.facts is not None and deed.facts.decides:
            needed.extend(deed.deciding())
        if not (met or needed or effect.pc in self._always):
            return
        for read in needed:
            self._want(read.place)
        if everything and deed.facts is not None:
            for name in deed.facts.line.reads - self._chart.stack - {INPUTS}:
                self._want(Place(name))
        self.ticks.append(effect.tick)
        self.pcs.add(effect.pc)

    def _is_whole(self, place: Place) -> bool:
        """Whether it is what the place asked for is a part of."""
        return self._part is not None and place == Place(self._part.name)

    def _makes_part(self, place: Place, deed: Deed) -> bool:
        """Whether writing there made the whole of the part that was asked for, or made it grow."""
        if self._part is None or place.name != self._part.name:
            return False
        grown = self.came_later and not self._settled and is_attribute(place.path)
        return not place.path or (grown and not deed.appends(place.name))

    def _settle(self, place: Place, tick: int) -> None:
        """See whether the part that was asked for was there when something was written."""
        if place == self._part:
            self._settled = True
        elif self._part is not None and self._is_whole(place):
            there = self._settled or held(self._history.at(tick + 1), self._part)[0]
            self.came_later = self.came_later or not there
            self._part = None

    def _missed(self, deed: Deed) -> Iterator[Read]:
        """Why an instruction wrote to other parts of what is live, or to none."""
        written = deed.names
        writable = written if deed.facts is None else written | deed.facts.line.writes
        for name in writable & self._live.names:
            if name not in written:
                yield from deed.reads
            elif name not in self._chart.stack and not deed.appends(name):
                yield from deed.aim(name)
