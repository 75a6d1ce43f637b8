"""Ways to move through time until something is met: an address, a depth, a breakpoint, an end."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from vm.contract import Effect, Status, StopWhen
from xqdbg.breakpoints import Breakpoints
from xqdbg.errors import XqdbgError
from xqdbg.moment import Breakpoint
from xqdbg.timeline import Cancelled, Timeline, never

Progress: TypeAlias = Callable[[int], object]
"""Told between slices of work at which tick the machine is."""

START = "start of history"
"""What going back comes to where there is nothing before."""

JUMPS = "a loop made of jumps opens none, for it has no end to run to: use `until LOC`"
"""What somebody may not know who wants to leave a loop where none is open."""

PAUSED = "paused"
"""What a cancelled ride comes to."""


def unheard(_tick: int) -> None:
    """Progress nobody asked for."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Who waits for a ride: whether they still do, and whom to tell how far it is."""

    cancelled: Cancelled = never
    progress: Progress = unheard


class Why(Enum):
    """Why a ride came to its end."""

    MET = "what it was looking for, or its budget"
    BREAKPOINT = "breakpoint"
    ENDED = "halt, fault or host call"
    CANCELLED = "cancelled"
    START = "nothing before"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a ride ended."""

    why: Why
    breakpoint: Breakpoint | None = None
    """The one hit, whatever else was met there."""


class Ride(Protocol):
    """A ride forward or backward to any of some addresses or to a depth."""

    def __call__(self, patience: Patience, pcs: AbstractSet[int], depth: int) -> Arrival: ...


Leg: TypeAlias = Callable[[Patience], str]
"""One of several equal moves; returns its message."""


class Rider:
    """Moves a timeline, minding the breakpoints. What a move came to is a message, empty if all went as asked."""

    def __init__(self, timeline: Timeline, breakpoints: Breakpoints, where: Callable[[int], str]) -> None:
        self._timeline = timeline
        self._machine = timeline.machine
        self._breakpoints = breakpoints
        self._where = where
        self.effect: Effect | None = None
        """What the last instruction did, if the last move was over just that one."""

    # One move, told in a message

    def step(self, _patience: Patience) -> str:
        """One instruction, watched."""
        if self._machine.status is Status.READY:
            self._timeline.step(self._observe)
        return self.state()

    def over(self, patience: Patience) -> str:
        """One instruction, but a loop or call that opens as a whole."""
        depth = self._machine.depth
        message = self.step(patience)
        if message or self._machine.depth <= depth:
            return message
        return self.told(self.forward(patience, depth=depth))

    def back_over(self, patience: Patience) -> str:
        """Back one instruction, but over a loop or call that was closed as a whole."""
        here, depth = self._timeline.tick, self._machine.depth
        if here == 0:
            return START
        if self._seek(here - 1, patience) is Status.BUDGET:
            return PAUSED
        if self._machine.depth <= depth:
            return ""
        arrival = self.backward(patience, depth=depth)
        if arrival.why is Why.CANCELLED:
            self._seek(here, Patience())
        return self.told(arrival)

    def repeat(self, leg: Leg, count: int, patience: Patience) -> str:
        """The same move `count` times, unless there is something to tell before, such as a breakpoint."""
        for left in range(count - 1, -1, -1):
            if message := leg(patience):
                return message
            if left == count - 1 == 0:
                break
            if (breakpoint := self._breakpoints.hit(self._machine.pc)) is not None:
                return self.hit(breakpoint)
            patience.progress(self._timeline.tick)
            if left and patience.cancelled():
                return PAUSED
        return ""

    def iterations(self, ride: Ride, count: int, ended: str, patience: Patience) -> str:
        """To the entry of the innermost loop `count` times; `ended` if the loop is left before."""
        entry, depth = self.innermost_loop()
        for left in range(count - 1, -1, -1):
            arrival = ride(patience, frozenset((entry,)), depth - 1)
            while arrival == Arrival(Why.MET) and self._machine.depth > depth:
                arrival = ride(patience, frozenset((entry,)), depth - 1)
            if message := self.told(arrival):
                return message
            if self._machine.depth < depth:
                return ended
            patience.progress(self._timeline.tick)
            if left and patience.cancelled():
                return PAUSED
        return ""

    def travel(self, tick: int, patience: Patience) -> str:
        """To a tick, whatever breakpoints say."""
        return PAUSED if self._seek(tick, patience) is Status.BUDGET else self.state()

    def to_end(self, patience: Patience) -> str:
        """To where the run ends, whatever breakpoints say."""
        message = self.travel(self._timeline.furthest, patience)
        if not message:
            self.effect = None
            self._timeline.forward(None, None, self._ask(patience))
        return message or self.state() or PAUSED

    # One move, told as an arrival

    def forward(
        self, patience: Patience, pcs: AbstractSet[int] = frozenset(), depth: int = -1, budget: int | None = None
    ) -> Arrival:
        """Run to any of `pcs`, to a depth, for a budget of ticks, or to a breakpoint."""
        self.effect = None
        stop = StopWhen(self._breakpoints.pcs | pcs, depth)
        target = None if budget is None else self._timeline.tick + budget
        got = self._timeline.forward(budget, stop, self._ask(patience))
        if self._machine.status is not Status.READY:
            return Arrival(Why.ENDED)
        if got.status is Status.PAUSED or got.tick == target:
            return self._arrived(got.status is not Status.PAUSED or got.pc in pcs or self._machine.depth <= depth)
        return Arrival(Why.CANCELLED)

    def backward(
        self, patience: Patience, pcs: AbstractSet[int] = frozenset(), depth: int = -1, floor: int = 0
    ) -> Arrival:
        """Go back to any of `pcs`, to a depth, or to a breakpoint; to `floor` if none of them comes first."""
        self.effect = None
        stop = StopWhen(self._breakpoints.pcs | pcs, depth)
        if (stop.pcs or depth >= 0) and self._timeline.back_to(stop, self._ask(patience), floor) is not None:
            return self._arrived(self._machine.pc in pcs or self._machine.depth <= depth)
        if patience.cancelled():
            return Arrival(Why.CANCELLED)
        cut_short = self._seek(floor, patience) is Status.BUDGET
        return Arrival(Why.CANCELLED if cut_short else Why.START)

    def hits(self, ride: Callable[[Patience], Arrival], count: int, patience: Patience) -> Arrival:
        """The same ride from breakpoint to breakpoint, to the one that is hit as number `count`."""
        arrival = ride(patience)
        for _ in range(count - 1):
            if arrival.breakpoint is None:
                break
            if patience.cancelled():
                return Arrival(Why.CANCELLED)
            arrival = ride(patience)
        return arrival

    # What is here

    def missed(self, arrival: Arrival, pcs: AbstractSet[int]) -> str:
        """The message of a ride to some addresses: an end that was met instead is no success."""
        message = self.told(arrival)
        if arrival.why not in (Why.ENDED, Why.START) or self._machine.pc in pcs:
            return message
        where = self._where(min(pcs)) if len(pcs) == 1 else f"none of {len(pcs)} places"
        return f"{where} was {'not ' if len(pcs) == 1 else ''}reached: {message}"

    def stuck(self) -> str:
        """What to tell of a move that cannot even begin; empty where one can."""
        state = self.state()
        return f"already at the end: {state}" if self._machine.status.ended and state else state

    def told(self, arrival: Arrival) -> str:
        """The message of an arrival; empty when it is where the ride was to go."""
        if arrival.breakpoint is not None:
            return self.hit(arrival.breakpoint)
        match arrival.why:
            case Why.ENDED:
                return self.state()
            case Why.CANCELLED:
                return PAUSED
            case Why.START:
                return START
            case _:
                return ""

    def hit(self, breakpoint: Breakpoint) -> str:
        """The message of a breakpoint that was hit."""
        kind = "temporary breakpoint" if breakpoint.temporary else "breakpoint"
        return f"{kind} {breakpoint.number} at {self._where(breakpoint.pc)}, hit {breakpoint.hits}"

    def state(self) -> str:
        """Why the machine cannot go on; empty if it can."""
        if self._machine.fault is not None and self._machine.status is Status.FAULTED:
            return f"fault {self._machine.fault.code}"
        return {Status.HALTED: "halted", Status.HOST: "waiting for the host"}.get(self._machine.status, "")

    def innermost(self) -> int:
        """How many loops and calls are open; XqdbgError if none is."""
        if depth := self._machine.depth:
            return depth
        raise XqdbgError("no loop or call is open here", JUMPS)

    def innermost_loop(self) -> tuple[int, int]:
        """Entry and depth of the innermost open loop; XqdbgError if none is open."""
        nests = self._machine.nests()
        for depth in range(len(nests), 0, -1):
            if nests[depth - 1].kind == "loop":
                return nests[depth - 1].entry, depth
        raise XqdbgError("no loop is open here", JUMPS)

    # Inside

    def _observe(self, effect: Effect) -> None:
        self.effect = effect

    def _seek(self, tick: int, patience: Patience) -> Status:
        self.effect = None
        return self._timeline.seek(tick, self._ask(patience)).status

    def _arrived(self, met: bool) -> Arrival:
        """At a stop: count the hit if a breakpoint is there."""
        return Arrival(Why.MET if met else Why.BREAKPOINT, self._breakpoints.hit(self._machine.pc))

    def _ask(self, patience: Patience) -> Cancelled:
        def ask() -> bool:
            patience.progress(self._timeline.tick)
            return patience.cancelled()

        return ask
