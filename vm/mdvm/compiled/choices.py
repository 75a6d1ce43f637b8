"""The ways in which a loop is written, and which of them is taken where the loop begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vm.mdvm.compiled.bounds import CHUNK, Plan
from vm.mdvm.compiled.loop import Way
from vm.mdvm.compiled.strides import Best
from vm.values import dataclass

_CHECKED_CHUNK = 4_096
_FEW = 24
"""Rounds for which it is not worth while to count by a register."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A way, and when it is taken."""

    way: Way
    chunk: int
    """Rounds that it goes at most before it is chosen anew."""
    condition: Callable[[], str] | None = None
    """None for the last, which can always be taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """All ways of a loop, the best first."""

    every: Sequence[Choice]
    lines: Sequence[str] = ()
    """What is found out before one is chosen."""
    read: Sequence[int] = ()
    """Registers that are looked at for that."""


def choices(number: int, plan: Plan | None, best: Best | None, laps: int) -> Choices:
    """The ways of a loop of which this is known; `laps` is how often it may go round in the text."""
    found: list[Choice] = []
    unchecked = plan.unchecked if plan is not None else frozenset[int]()
    if best is not None:
        way = Way(number, laps if best.stride is None else 1, unchecked, best.least, best.stride)
        found.append(Choice(way, CHUNK, _best(way, plan, best)))
    if plan is not None:
        way = Way(number, laps, unchecked)
        found.append(Choice(way, CHUNK, _with_room(way, plan.condition)))
    found.append(Choice(Way(number, 1 if found else laps), _CHECKED_CHUNK))
    read = (*(plan.read if plan is not None else ()), *(best.read if best is not None else ()))
    return Choices(found, plan.lines if plan is not None else (), tuple(dict.fromkeys(read)))


def _with_room(way: Way, *conditions: str) -> Callable[[], str]:
    """The text of a condition, and that there are ticks for all laps."""
    texts = [each for each in conditions if each]
    return lambda: " and ".join([f"room >= {way.segment.most}", *texts] if way.laps > 1 or not texts else texts)


def _best(way: Way, plan: Plan | None, best: Best) -> Callable[[], str]:
    conditions = [each for each in (plan.condition if plan is not None else "", best.condition) if each]
    stride = best.stride
    if stride is None:
        return _with_room(way, *conditions)
    limits = ", ".join(stride.limits)
    first = [f"not {-_FEW} <= {stride.gap} <= {_FEW}"] if stride.gap else []  # most loops that are short end here

    def text() -> str:
        rounds = f"(n{way.number} := min({CHUNK}, room // {way.segment.most}, {limits})) > {_FEW}"
        return " and ".join([*first, rounds, *conditions])

    return text
