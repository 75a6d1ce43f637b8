"""Ways to move through time until something is met: an address, a depth, a breakpoint, an end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from vm.contract import Effect, Status, Value
from xqdbg.breakpoints import AIM, Breakpoints
from xqdbg.errors import XqdbgError
from xqdbg.moment import Breakpoint, Kind
from xqdbg.patience import Cancelled, Patience
from xqdbg.probe import Probe
from xqdbg.timeline import Timeline
from xqdbg.trap import OPEN

START = "start of history"
"""What going back comes to where there is nothing before."""

JUMPS = "a loop made of jumps opens none, for it has no end to run to: use `until LOC`"
"""What somebody may not know who wants to leave a loop where none is open."""

PAUSED = "paused"
"""What a cancelled ride comes to."""

WORK_LISTED = 2_000_000
"""Metered work of an instruction that is stepped over above which what it did is not listed."""


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
    breakpoints: tuple[Breakpoint, ...] = ()
    """Those that stop there, whatever else was met."""


class Ride(Protocol):
    """A ride forward or backward to what it aims at, or to a depth."""

    def __call__(self, patience: Patience, aim: Probe | None, depth: int) -> Arrival: ...


Leg: TypeAlias = Callable[[Patience], str]
"""One of several equal moves; returns its message."""

_STOPPING = frozenset(Kind) - {Kind.LOG}
"""Logpoints tell on the way forward only: going back runs stretches of the run in another order."""

_VALUES = frozenset((Kind.WRITE, Kind.READ, Kind.ACCESS, Kind.LOG))
"""What stops after an instruction because of what it did, and not because of where it stands."""


class Rider:
    """Moves a timeline, minding the breakpoints. What a move came to is a message, empty if all went as asked."""

    def __init__(
        self,
        timeline: Timeline,
        breakpoints: Breakpoints,
        saved: Mapping[str, Value],
        where: Callable[[int], str],
    ) -> None:
        """`saved` are the values of $names in conditions, `where` names an address."""
        self._timeline = timeline
        self._machine = timeline.machine
        self._breakpoints = breakpoints
        self._saved = saved
        self._where = where
        self.effect: Effect | None = None
        """What the last instruction did, if the last move was over just that one."""
        self.stopped: tuple[Breakpoint, ...] = ()
        """The breakpoints that stopped the last ride."""

    # One move, told in a message

    def step(self, _patience: Patience) -> str:
        """One instruction, observed. It is told of values that are watched, not of places in the code."""
        self.stopped = ()
        if self._machine.status is not Status.READY:
            return self.state()
        trap = self._breakpoints.trap(self._machine, self._saved, kinds=_VALUES)
        trap.arm(self._machine)
        if self._timeline.step(self._observe, WORK_LISTED).status is not Status.BUDGET:
            self._breakpoints.at_end(self._machine, self._saved, kinds=_VALUES)  # a logpoint may have to tell
        elif trap.holds(self._machine):
            self.stopped = self._breakpoints.hit(trap.fired(self._machine))
        return self.hit(self.stopped) or self.state()

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

    def over_watched(self, patience: Patience) -> str:
        """Like `over`, but breakpoints on the way stop it."""
        depth = self._machine.depth
        arrival = self.forward(patience, budget=1)
        if arrival != Arrival(Why.MET) or self._machine.depth <= depth:
            return self.told(arrival)
        return self.told(self.forward(patience, depth=depth))

    def back_over_watched(self, patience: Patience) -> str:
        """Like `back_over`, but breakpoints on the way stop it."""
        here, depth = self._timeline.tick, self._machine.depth
        if here == 0:
            return START
        arrival = self.backward(patience, floor=here - 1)
        if arrival.breakpoints or arrival.why is Why.CANCELLED:
            return self.told(arrival)
        return "" if self._machine.depth <= depth else self.told(self.backward(patience, depth=depth))

    def repeat(self, leg: Leg, count: int, patience: Patience) -> str:
        """The same move `count` times, unless there is something to tell before, such as a breakpoint."""
        for left in range(count - 1, -1, -1):
            if message := leg(patience):
                return message
            patience.progress(self._timeline.tick)
            if left and patience.cancelled():
                return PAUSED
        return ""

    def iterations(self, ride: Ride, count: int, ended: str, patience: Patience) -> str:
        """To the entry of the innermost loop `count` times; `ended` if the loop is left before."""
        entry, depth = self.innermost_loop()
        aim = Probe(frozenset((entry,)))
        for left in range(count - 1, -1, -1):
            arrival = ride(patience, aim, depth - 1)
            while arrival == Arrival(Why.MET) and self._machine.depth > depth:
                arrival = ride(patience, aim, depth - 1)
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
            self._timeline.forward(None, OPEN, self._ask(patience))
        return message or self.state() or PAUSED

    # One move, told as an arrival

    def forward(
        self, patience: Patience, aim: Probe | None = None, depth: int = -1, budget: int | None = None
    ) -> Arrival:
        """Run to what is aimed at, to a depth, for a budget of ticks, or to a breakpoint that stops."""
        self.effect, self.stopped = None, ()
        trap = self._breakpoints.trap(self._machine, self._saved, aim, depth)
        limit = None if budget is None else self._timeline.tick + budget
        while True:
            left = None if limit is None else limit - self._timeline.tick
            got = self._timeline.forward(left, trap, self._ask(patience))
            spent = self._timeline.tick == limit
            if self._machine.status is not Status.READY:
                self.stopped = self._breakpoints.hit(self._at_end(got.status))
                return Arrival(Why.ENDED, self.stopped)
            if got.status is not Status.PAUSED:
                return Arrival(Why.MET if spent else Why.CANCELLED)
            if arrival := self._arrived(depth, spent):
                return arrival

    def backward(self, patience: Patience, aim: Probe | None = None, depth: int = -1, floor: int = 0) -> Arrival:
        """Go back to what is aimed at, to a depth, or to a breakpoint that stops; to `floor` if none comes first."""
        self.effect, self.stopped = None, ()
        trap = self._breakpoints.trap(self._machine, self._saved, aim, depth, kinds=_STOPPING)
        while not trap.idle and self._timeline.back_to(trap, self._ask(patience), floor) is not None:
            if arrival := self._arrived(depth, False):
                return arrival
        if patience.cancelled():
            return Arrival(Why.CANCELLED)
        cut_short = self._seek(floor, patience) is Status.BUDGET
        return Arrival(Why.CANCELLED if cut_short else Why.START)

    def hits(self, ride: Callable[[Patience], Arrival], count: int, patience: Patience) -> Arrival:
        """The same ride from breakpoint to breakpoint, to the one that is hit as number `count`."""
        arrival = ride(patience)
        for _ in range(count - 1):
            if not arrival.breakpoints or arrival.why is Why.ENDED:
                break
            if patience.cancelled():
                return Arrival(Why.CANCELLED)
            arrival = ride(patience)
        return arrival

    # What is here

    def stuck(self) -> str:
        """What to tell of a move that cannot even begin; empty where one can."""
        state = self.state()
        return f"already at the end: {state}" if self._machine.status.ended and state else state

    def told(self, arrival: Arrival) -> str:
        """The message of an arrival; empty when it is where the ride was to go."""
        if arrival.breakpoints:
            return self.hit(arrival.breakpoints)
        match arrival.why:
            case Why.ENDED:
                return self.state()
            case Why.CANCELLED:
                return PAUSED
            case Why.START:
                return START
            case _:
                return ""

    def hit(self, breakpoints: tuple[Breakpoint, ...]) -> str:
        """The message of breakpoints that stopped."""
        return "; ".join([self._hit(breakpoint) for breakpoint in breakpoints][:4])

    def _hit(self, breakpoint: Breakpoint) -> str:
        kind = ("temporary " if breakpoint.temporary else "") + breakpoint.kind.value
        if breakpoint.kind is Kind.CODE and len(breakpoint.pcs) == 1 and not breakpoint.text:
            return f"{kind} {breakpoint.number} at {self._where(breakpoint.pcs[0])}, hit {breakpoint.hits}"
        return f"{kind} {breakpoint.number} ({breakpoint.text}), hit {breakpoint.hits}"

    def state(self) -> str:
        """Why the machine cannot go on; empty if it can."""
        if self._machine.fault is not None and self._machine.status is Status.FAULTED:
            return f"fault {self._machine.fault.code}"
        return {Status.HALTED: "halted", Status.HOST: "waiting for a reply of the host"}.get(self._machine.status, "")

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
        self.effect, self.stopped = None, ()
        return self._timeline.seek(tick, self._ask(patience)).status

    def _arrived(self, depth: int, spent: bool) -> Arrival | None:
        """At something a trap was met by: count the hits. None if nothing there stops the ride."""
        met = self._timeline.met
        self.stopped = stopping = self._breakpoints.hit(met)
        if spent or AIM in met or self._machine.depth <= depth:
            return Arrival(Why.MET, stopping)
        return Arrival(Why.BREAKPOINT, stopping) if stopping else None

    def _at_end(self, status: Status) -> tuple[int, ...]:
        """What is met where the run ends: a fault that was waited for, a moment."""
        return (
            *(self._timeline.met if status is Status.PAUSED else ()),
            *self._breakpoints.at_end(self._machine, self._saved),
        )

    def _ask(self, patience: Patience) -> Cancelled:
        def ask() -> bool:
            patience.progress(self._timeline.tick)
            return patience.cancelled()

        return ask
