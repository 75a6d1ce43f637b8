"""What a ride through time may be stopped by."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from vm.contract import Machine, StopWhen

Test: TypeAlias = Callable[[Machine], bool]
"""Asked exactly once at each tick where it may matter."""

Arm: TypeAlias = Callable[[Machine], object]
"""Told where a stretch begins, before the first question."""

Fired: TypeAlias = Callable[[Machine], tuple[int, ...]]
"""The numbers of what was met, told right after the test."""


def _nobody(_machine: Machine) -> tuple[int, ...]:
    return ()


class Trap:
    """Addresses, a depth, moments, and a test: met where any of them holds.

    A test may remember what it saw, as one for a changed value does: whoever runs a machine into a
    trap arms it where the stretch begins and asks once a tick.
    """

    def __init__(
        self,
        pcs: AbstractSet[int] = frozenset(),
        depth: int = -1,
        test: Test | None = None,
        ticks: AbstractSet[int] = frozenset(),
        arm: Arm | None = None,
        *,
        fired: Fired = _nobody,
        moment: Test | None = None,
        everywhere: bool = False,
    ) -> None:
        """`test` is asked at `pcs`, or `everywhere`; without one every address in `pcs` is met.

        `moment` is asked at `ticks`, and may be asked there more than once; without one all of them are met.
        """
        self.pcs = frozenset() if everywhere else frozenset(pcs)
        self.depth = depth
        self.test = test
        self.ticks = tuple(sorted(ticks))
        self._arm = arm
        self._fired = fired
        self._moment = moment
        self.stop = StopWhen(self.pcs, depth, test if self.pcs or everywhere else None)
        self.idle = not (self.pcs or everywhere or depth >= 0 or self.ticks)
        """Whether nothing can meet it."""

    def arm(self, machine: Machine) -> None:
        """Begin a stretch where the machine stands."""
        if self._arm is not None:
            self._arm(machine)

    def holds(self, machine: Machine) -> bool:
        """Is it met where the machine stands? One of the questions that may be asked once a tick."""
        stopped = not self.idle and self.stop.holds(machine)
        return stopped or self.holds_moment(machine)

    def holds_moment(self, machine: Machine) -> bool:
        """Is one of its moments here?"""
        at = bisect_left(self.ticks, machine.tick)
        here = at < len(self.ticks) and self.ticks[at] == machine.tick
        return here and (self._moment is None or self._moment(machine))

    def fired(self, machine: Machine) -> tuple[int, ...]:
        """The numbers of the breakpoints that are met where the machine stands, asked only where the trap is."""
        return self._fired(machine)

    def moment_after(self, tick: int) -> int | None:
        """The first of its moments after a tick."""
        at = bisect_right(self.ticks, tick)
        return self.ticks[at] if at < len(self.ticks) else None


OPEN = Trap()
"""A trap that nothing meets."""
