"""What viewers look at, made anew with every moment: parts of regions, now, next, then, and how often written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import perf_counter

from vm.contract import Machine, PlaceError, Region, Status, Window
from xqdbg.branches import Branch, Branches
from xqdbg.errors import XqdbgError
from xqdbg.glance import Glance, Of, Stand
from xqdbg.history import History
from xqdbg.tally import Tallies, empty
from xqdbg.timeline import Timeline

MOST_TALLIES = 4
"""Regions whose writes are remembered at a time."""
MOST_THEN = 4
"""Other moments that are kept to be looked at."""
SECONDS_AT_ONCE = 0.05
"""Time to go to another moment while somebody waits; a moment further away is seen later."""


class Glances:
    """Who looks at what, and the machines that stand where somebody looks."""

    def __init__(self) -> None:
        self.wanted: dict[tuple[str, str], Glance] = {}
        """Glances by who looks and at which region."""
        self._then: OrderedDict[tuple[Branch, int], Machine | None] = OrderedDict()
        """None where the run does not come to that tick, which takes a whole run to find out."""
        self._scouts: dict[tuple[Branch, int], Timeline] = {}
        """What is on its way to moments that somebody looks at."""
        self._tallies: OrderedDict[tuple[History, str], Tallies] = OrderedDict()

    def see(self, viewer: str, region: str, glances: Mapping[str, Glance]) -> None:
        """Have a viewer look at these parts of a region, each under a name that begins with its own, and no others."""
        self._forget(viewer)
        self.wanted.update({(name, region): glance for name, glance in glances.items()})

    def see_parts(self, viewer: str, parts: Mapping[str, Glance]) -> None:
        """Have a viewer look at one part of each of some regions, by their names, and at no others."""
        self._forget(viewer)
        self.wanted.update({(viewer, region): glance for region, glance in parts.items()})

    def _forget(self, viewer: str) -> None:
        for key in [key for key in self.wanted if key[0] == viewer or key[0].startswith(f"{viewer}.")]:
            del self.wanted[key]

    def windows(
        self, branches: Branches, coming: Machine | None, regions: Sequence[Region]
    ) -> Mapping[tuple[str, str], Window]:
        """What they see; nothing where there is nothing."""
        found: dict[tuple[str, str], Window] = {}
        by_name = {region.name: region for region in regions}
        for (viewer, name), glance in self.wanted.items():
            if name in by_name:
                with suppress(PlaceError, XqdbgError):  # it may lie outside of what is there now
                    window = self._window(branches, coming, by_name[name], glance)
                    if window is not None:
                        found[viewer, name] = window
        return found

    def _window(self, branches: Branches, coming: Machine | None, region: Region, glance: Glance) -> Window | None:
        frame, current = glance.frame, branches.current
        machine = current.timeline.machine
        if glance.of is Of.NOW:
            return machine.window(region.name, frame)
        place = machine.window(region.name, frame).focus_place if frame.cursor is not None else ""
        if glance.of in (Of.WRITES, Of.ALL_WRITES):
            now = machine.tick if glance.of is Of.WRITES else None
            return self._tally(current.history, region.name).window(region, frame, now, place)
        if glance.of is Of.NEXT:
            return None if coming is None else _seen(coming, region, glance, place)
        there = None if glance.then is None else self._at(glance.then, branches)
        return None if there is None else _seen(there, region, glance, place)

    def _at(self, stand: Stand, branches: Branches) -> Machine | None:
        """A machine that stands at another moment, None while it is on its way; XqdbgError if there is none such."""
        key = branches.find(stand.branch), stand.tick
        if key not in self._then and (key in self._scouts or not self._approach(key, branches, SECONDS_AT_ONCE)):
            return None
        self._then.move_to_end(key)
        while len(self._then) > MOST_THEN:
            self._then.popitem(last=False)
        if (machine := self._then[key]) is None:
            raise XqdbgError(f"the run of {stand.branch} does not come to tick {stand.tick:,}")
        return machine

    @property
    def is_approaching(self) -> bool:
        """Whether a moment that somebody looks at is not reached yet; others are looked for no longer."""
        stands = {glance.then for glance in self.wanted.values()}
        self._scouts = {key: each for key, each in self._scouts.items() if Stand(key[0].name, key[1]) in stands}
        return bool(self._scouts)

    def approach(self, branches: Branches, seconds: float) -> bool:
        """Go on towards a moment that somebody looks at, for about so long; whether it can be seen now."""
        return self._approach(next(iter(self._scouts)), branches, seconds)

    def _approach(self, key: tuple[Branch, int], branches: Branches, seconds: float) -> bool:
        """Bring a machine to a moment, for about so long; whether it is there, or known that there is none such."""
        branch, tick = key
        if branch is branches.current and branch.timeline.tick == tick:
            self._then[key] = _copy(branch.timeline.machine)
        else:
            until = perf_counter() + seconds
            scout = self._scouts.get(key) or self._scouts.setdefault(key, branch.scout())
            if scout.seek(tick, lambda: perf_counter() >= until).status is Status.BUDGET:
                return False
            self._then[key] = scout.machine if scout.tick == tick else None
        self._scouts.pop(key, None)
        return True

    def forget(self) -> None:
        """Forget what was seen: it is another run from now on."""
        self._then.clear()
        self._scouts.clear()
        self._tallies.clear()

    def _tally(self, history: History, name: str) -> Tallies:
        key = history, name
        if key not in self._tallies:
            self._tallies[key] = Tallies(history, name)
        self._tallies.move_to_end(key)
        while len(self._tallies) > MOST_TALLIES:
            self._tallies.popitem(last=False)
        return self._tallies[key]

    def go_on(self, history: History, seconds: float) -> tuple[bool, bool]:
        """Count writes that somebody looks at, for about so long. Whether there is more to count, and any news."""
        until = perf_counter() + seconds
        for key in [key for key in self._tallies if key[0] is not history]:
            del self._tallies[key]
        names = {name for (_, name), glance in self.wanted.items() if glance.of in (Of.WRITES, Of.ALL_WRITES)}
        counting = [tallies for (_, name), tallies in self._tallies.items() if name in names]
        before = [tallies.state for tallies in counting]
        more = any([tallies.go_on(lambda: perf_counter() >= until) for tallies in counting])
        return more, before != [tallies.state for tallies in counting]

    @property
    def counting(self) -> bool:
        """Whether somebody looks at how often something is written."""
        return any(glance.of in (Of.WRITES, Of.ALL_WRITES) for glance in self.wanted.values())


def _seen(machine: Machine, region: Region, glance: Glance, place: str) -> Window:
    """A region as it is on another machine; nothing but blanks where it is not there."""
    with suppress(PlaceError):
        return machine.window(region.name, glance.frame)
    return empty(region, glance.frame, place)


def _copy(machine: Machine) -> Machine:
    """Another machine that stands where this one does."""
    twin = machine.twin()
    twin.restore(machine.checkpoint())
    return twin
