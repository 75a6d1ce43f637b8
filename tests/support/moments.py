"""Moments made by hand, for panes mounted alone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from vm.contract import Status
from vm.diagnostics import Diagnostic
from vm.faults import FaultReport
from xqdbg.answer import Answer, Row
from xqdbg.moment import Breakpoint, Future, Moment


def moment(**fields: Any) -> Moment:
    """A moment that is ordinary except for what is given."""
    ordinary: dict[str, Any] = {
        "revision": 1, "tick": 0, "furthest": 0, "ended": False, "pc": 0, "status": Status.READY,
    }  # fmt: skip
    return Moment(**{**ordinary, **fields})


def fault(pc: int = 0, message: str = "DivideByZero (dividend=5)") -> FaultReport:
    """A fault at an address."""
    return FaultReport(
        "DivideByZero", "DIVIDE_BY_ZERO", message, "The divisor was 0. Look at what was loaded before.", pc
    )


def stop_at(number: int, *pcs: int, **fields: Any) -> Breakpoint:
    """A breakpoint at some addresses."""
    return Breakpoint(number, pcs, **fields)


def finding(pc: int, message: str = "the stack may be empty here") -> Diagnostic:
    """Something the verifier finds wrong at an address."""
    return Diagnostic(message, "STACK_UNDERFLOW", offset=pc)


def halting(explored: int, pc: int = 0) -> Future:
    """A run that is known to halt."""
    return Future(explored, True, Status.HALTED, None, pc)


def faulting(explored: int, pc: int = 0) -> Future:
    """A run that is known to fault."""
    return Future(explored, True, Status.FAULTED, fault(pc), pc)


class Visited:
    """Visits from lists of ticks by address, which count how often they were asked."""

    def __init__(self, ticks: Mapping[int, Sequence[int]]) -> None:
        self.ticks = ticks
        self.asked = 0

    def count(self, pc: int) -> int:
        self.asked += 1
        return len(self.ticks.get(pc, ()))

    def rank(self, pc: int, tick: int) -> int:
        self.asked += 1
        return bisect_left(self.ticks.get(pc, ()), tick)

    def before(self, pc: int, tick: int) -> int | None:
        self.asked += 1
        ticks = self.ticks.get(pc, ())
        at = bisect_left(ticks, tick)
        return ticks[at - 1] if at else None

    def after(self, pc: int, tick: int) -> int | None:
        self.asked += 1
        ticks = self.ticks.get(pc, ())
        at = bisect_right(ticks, tick)
        return ticks[at] if at < len(ticks) else None


def table(count: int, title: str = "hits of line 41", **fields: Any) -> Answer:
    """An answer with that many rows, one every tenth tick."""
    rows = [Row((f"{10 * at:,}", f"line {at}", f"value {at}"), tick=10 * at) for at in range(count)]
    return Answer(title, ("tick", "line", "value"), rows, **fields)
