"""Moving through time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from vm.contract import Machine, Status
from xqdbg.breakpoints import AIM
from xqdbg.bundle import composed
from xqdbg.errors import XqdbgError
from xqdbg.locations import (
    AtBookmark,
    AtEnd,
    AtEvent,
    AtFault,
    AtPercent,
    AtTick,
    InCode,
    InTime,
    Nth,
    Site,
    parse_location,
    parse_time,
)
from xqdbg.moment import Moment
from xqdbg.patience import ENDLESS, Patience
from xqdbg.probe import Probe
from xqdbg.rides import Arrival, Why
from xqdbg.session.core import Core

_FIRST_STRETCH = 100_000
"""Ticks explored before looking whether something was found; twice as many the next time."""

STEPS = "steps"
"""The walk that single steps make."""


class Moving(Core):
    """The verbs that change the position."""

    # By instructions

    def step(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Run `count` instructions, in a slice so many of its own; more than one stop at a breakpoint on the way."""
        if stuck := self._rider.stuck():
            return self._look(stuck)
        if self.slice is not None:
            return self._step_in_slice(count, patience)
        if count == 1:
            return self._came(self._rider.step(patience), walk=STEPS)
        return self._ridden(self._rider.forward(patience, budget=count))

    def back(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Go back `count` instructions; more than one stop at a breakpoint on the way."""
        if self.slice is not None:
            return self._step_in_slice(-count, patience)
        here = self.timeline.tick
        if count == 1 and here > 0:
            return self._came(self._rider.travel(here - 1, patience), walk=STEPS)
        arrival = self._rider.backward(patience, floor=max(0, here - count))
        return self._ridden(Arrival(Why.MET) if arrival.why is Why.START and here >= count else arrival)

    def next(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Like `step`, but over a loop or call that opens, to where it is closed."""
        if stuck := self._rider.stuck():
            return self._look(stuck)
        if self.slice is not None:
            return self._step_in_slice(count, patience)
        if count == 1:
            return self._came(self._rider.over(patience), walk=STEPS)
        return self._came(self._rider.repeat(self._rider.over_watched, count, patience))

    def previous(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Undo `next`: back one instruction, but over a loop or call that was closed, to its opener."""
        if self.slice is not None:
            return self._step_in_slice(-count, patience)
        if count == 1:
            return self._came(self._rider.back_over(patience), walk=STEPS)
        return self._came(self._rider.repeat(self._rider.back_over_watched, count, patience))

    # By loops and calls

    def finish(self, patience: Patience = ENDLESS) -> Moment:
        """Run until the innermost loop or call is left."""
        return self._ridden(self._rider.forward(patience, depth=self._rider.innermost() - 1))

    def begin(self, patience: Patience = ENDLESS) -> Moment:
        """Go back to the instruction that opened the innermost loop or call."""
        return self._ridden(self._rider.backward(patience, depth=self._rider.innermost() - 1))

    def iterate(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Run to the start of the next iteration of the innermost loop, `count` times."""
        return self._came(self._rider.iterations(self._rider.forward, count, "the loop ended", patience))

    def iterate_back(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Go back to the start of this iteration of the innermost loop, then to those before."""
        return self._came(self._rider.iterations(self._rider.backward, count, "before the loop", patience))

    # Running

    def proceed(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Run to a breakpoint, past all hits before number `count`, or to the end."""
        if stuck := self._rider.stuck():
            return self._look(stuck)
        return self._ridden(self._rider.hits(self._rider.forward, count, patience))

    def reverse(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Run backward to a breakpoint, past all hits before number `count`, or to the start."""
        return self._ridden(self._rider.hits(self._rider.backward, count, patience))

    def until(self, location: str, patience: Patience = ENDLESS) -> Moment:
        """Run to a place, an event or a moment."""
        place = parse_location(location, self.code, self.isa)
        if not isinstance(place, InCode | AtEvent | AtFault):
            return self._travel(place, patience)
        if stuck := self._rider.stuck():
            return self._look(stuck)
        aim = self.breakpoints.aim(place)
        arrival = self._rider.forward(patience, aim)
        if arrival.why is Why.ENDED and self._ended_in(place, aim):
            return self._ridden(arrival)
        return self._ridden(arrival, f"{_named(place, location, self.where)} was not reached: ")

    def back_until(self, location: str, patience: Patience = ENDLESS) -> Moment:
        """Run backward to a place, an event or a moment."""
        place = parse_location(location, self.code, self.isa)
        if not isinstance(place, InCode | AtEvent | AtFault):
            return self._travel(place, patience)
        arrival = self._rider.backward(patience, self.breakpoints.aim(place))
        return self._ridden(arrival, f"{_named(place, location, self.where)} was not reached: ")

    # Jumping in time

    def goto(self, time: str, patience: Patience = ENDLESS) -> Moment:
        """Go to a moment: a tick, `N%`, `start`, `end`, `@bookmark`, `LOC#k`; breakpoints do not stop it."""
        return self._travel(parse_time(time, self.code, self.isa), patience)

    def goto_tick(self, tick: int, patience: Patience = ENDLESS) -> Moment:
        """Go to a tick, or to the end if that comes first."""
        if tick < 0:
            raise XqdbgError(f"there is no tick {tick}", "ticks count from 0, the start")
        message = self._rider.travel(tick, patience)
        if self.timeline.ended and self.timeline.tick == self.timeline.furthest < tick:
            message = f"the run ends at tick {self.timeline.tick:,}: {message}"
        return self._came(message)

    def scrub(self, tick: int, gesture: int, patience: Patience = ENDLESS) -> Moment:
        """Go to a tick on the way to others: all moves of one gesture are remembered as one."""
        message = self._rider.travel(max(0, tick), patience)
        return self._came(message, walk=f"scrub {gesture}")

    def start(self) -> Moment:
        """Go to tick 0."""
        self._rider.travel(0, ENDLESS)
        return self._came("")

    def end(self, patience: Patience = ENDLESS) -> Moment:
        """Run to the end; breakpoints do not stop it."""
        if stuck := self._rider.stuck():
            return self._look(stuck)
        return self._came(self._rider.to_end(patience))

    def restart(self) -> Moment:
        """Go to tick 0 and count hits anew. Breakpoints stay."""
        self._rider.travel(0, ENDLESS)
        self.breakpoints.forget_hits()
        return self._came("restarted")

    def glide(self, ticks: int, patience: Patience = ENDLESS) -> Moment:
        """Move so many ticks, backward if negative, as a part of a longer motion: up to a breakpoint, and no jump."""
        here = self.timeline.tick
        if ticks > 0:
            if stuck := self._rider.stuck():
                return self._look(stuck)
            arrival = self._rider.forward(patience, budget=ticks)
        else:
            arrival = self._rider.backward(patience, floor=max(0, here + ticks))
            if arrival.why is Why.START and here + ticks >= 0:
                arrival = Arrival(Why.MET)
        return self._came(self._rider.told(arrival), walk=STEPS)

    # Where one has been

    def go_back(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Go to where the user was before the latest jump."""
        return self._revisit(-count, patience)

    def go_forward(self, count: int = 1, patience: Patience = ENDLESS) -> Moment:
        """Undo `go_back`."""
        return self._revisit(count, patience)

    def _revisit(self, count: int, patience: Patience) -> Moment:
        position = self.navigation.back(-count) if count < 0 else self.navigation.forward(count)
        if position is None:
            return self._look("nothing before in the history" if count < 0 else "nothing after in the history")
        self._enter(position.branch, patience)
        return self._look(self._rider.travel(position.tick, patience))

    # Inside

    def _enter(self, branch: str, patience: Patience = ENDLESS) -> bool:
        """Move on another branch from now on, from where it was left. Whether patience went as far as there."""
        found = self.branches.find(branch)
        if found is self.branches.current:
            return True
        self.branches.switch(found)
        self.slice = None
        self._ride()
        return self.timeline.seek(found.position, patience.cancelled).status is not Status.BUDGET

    def _came(self, message: str, *, walk: str = "") -> Moment:
        """The moment after a move."""
        self.navigation.moved(self.branch.name, self.timeline.tick, walk=walk)
        return self._look(message, stopped=self._rider.stopped)

    def _ridden(self, arrival: Arrival, missed: str = "") -> Moment:
        """The moment after a ride. A stop is remembered as a bookmark."""
        message = self._rider.told(arrival)
        if arrival.breakpoints or arrival.why is Why.ENDED:
            self.bookmarks.stopped(self.timeline.tick, self.branch.name, message, self.machine.pc)
        if missed and arrival.why in (Why.ENDED, Why.START):
            message = missed + message
        return self._came(message)

    def _ended_in(self, place: Site, aim: Probe) -> bool:
        """Whether the run has ended in the fault that was looked for, or with an instruction that did it."""
        if isinstance(place, AtFault):
            return place.is_met_by(self.machine.fault)
        return isinstance(place, AtEvent) and _done_last(aim, self.machine)

    def _travel(self, place: InTime, patience: Patience) -> Moment:
        if isinstance(place, AtEnd):
            return self.end(patience)
        if isinstance(place, AtBookmark):
            self._enter(self.bookmarks.find(place.name).branch, patience)
        return self.goto_tick(self.tick_of(place, patience), patience)

    def tick_of(self, place: InTime, patience: Patience = ENDLESS) -> int:
        """The tick of a moment on the current branch; XqdbgError where there is none."""
        match place:
            case AtTick(tick):
                return tick
            case AtPercent(percent):
                self.history.complete(patience)
                return round(max(self.history.length, self.timeline.furthest) * percent / 100)
            case AtBookmark(name):
                return self.bookmarks.find(name).tick
            case AtEnd():
                self.history.complete(patience)
                return self.history.length
            case Nth(site, number):
                return self._nth(site, number, patience)

    def _nth(self, site: Site, number: int, patience: Patience) -> int:
        """The tick at which the run comes to a site as number `number`."""
        if isinstance(site, InCode):
            count = self._hits_known(site, number, patience)
            if number <= count:
                return self.history.ticks_of(site.pcs).at(number - 1)
            raise XqdbgError(f"there is no hit {number:,}", f"it is reached {count:,} times{self._so_far()}")
        if isinstance(site, AtFault):
            self.history.complete(patience)
        found = self._ticks_of(site, number, patience)
        if len(found) < number:
            raise XqdbgError(f"there is no hit {number:,}", f"it happens {len(found):,} times{self._so_far()}")
        return found[-1]

    def _hits_known(self, site: InCode, enough: int, patience: Patience) -> int:
        """How often instructions are executed, looked for no further than `enough` of them."""
        history, ahead = self.history, _FIRST_STRETCH
        while (count := history.ticks_of(site.pcs).count) < enough and not history.known and not patience.cancelled():
            history.reach(history.length + ahead, patience)
            ahead *= 2
        return count

    def _so_far(self) -> str:
        """What to add to a number that is of a part of the run only."""
        return "" if self.history.future.complete else f" in the first {self.history.length:,} ticks"

    def _ticks_of(self, site: Site, most: int, patience: Patience) -> list[int]:
        """The first `most` ticks at which an event happens, found by running the branch once more."""
        if isinstance(site, AtFault):
            future = self.history.future
            return [future.explored] if site.is_met_by(future.fault) else []
        scout, aim = self.timeline.scout(), self.breakpoints.aim(site)
        trap = composed([(AIM, aim)])
        found: list[int] = []
        while len(found) < most:
            scout.forward(self.history.limits.ticks - scout.tick, trap, patience.cancelled)
            patience.progress(scout.tick)
            if not scout.met or scout.machine.status.ended:
                break
            found.append(scout.tick)
        if len(found) < most and _done_last(aim, scout.machine):
            found.append(scout.tick)
        return found

    def _step_in_slice(self, count: int, patience: Patience) -> Moment:
        """To the instruction of the slice that is `count` further on."""
        if self.slice is None:
            return self.moment
        here, ticks = self.timeline.tick, self.slice.ticks
        at = bisect_right(ticks, here) + count - 1 if count > 0 else bisect_left(ticks, here) + count
        if not 0 <= at < len(ticks):
            tick = ticks[-1] if count > 0 and ticks else ticks[0] if ticks else here
            end = "the last" if count > 0 else "the first"
            return self._came(self._rider.travel(tick, patience) or f"{end} instruction of the slice")
        return self._came(self._rider.travel(ticks[at], patience), walk=STEPS)


def _named(place: Site, text: str, where: Callable[[int], str]) -> str:
    """A place in a message: by its line, if it is one instruction."""
    return where(min(place.pcs)) if isinstance(place, InCode) and len(place.pcs) == 1 else text.strip()[:40]


def _done_last(event: Probe, machine: Machine) -> bool:
    """Whether the instruction a run has ended with did it: a ride is asked nothing where the run ends."""
    return machine.status is Status.HALTED and event.test is not None and event.test(machine)
