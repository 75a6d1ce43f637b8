"""Assertions at moments: what must be true there, however the program came to be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from vm.contract import Machine, Place, PlaceError, Value
from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Expression
from xqdbg.moment import Pin
from xqdbg.patience import ENDLESS, Patience

MOST = 10_000
"""Pins a session may have."""
_MOST_TOLD = 4
"""Places whose values are told of a pin that does not hold."""

Visit: TypeAlias = Callable[[str, int], Machine]
"""A machine brought to a tick of a branch, or to the end if that comes first; good until the next visit."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A pin that was looked at."""

    pin: Pin
    why: str = ""
    """Why it does not hold; empty if it does."""


class Pins:
    """Pins by number, counted from 1; a number is never used twice."""

    def __init__(self) -> None:
        self._pins: dict[int, Pin] = {}
        self._last = 0
        self._all: Sequence[Pin] = ()

    def __len__(self) -> int:
        return len(self._pins)

    def all(self) -> Sequence[Pin]:
        """All of them by number."""
        return self._all

    def add(self, expression: str, tick: int, branch: str) -> Pin:
        """Assert an expression at a moment; ExpressionError if it is none. An equal pin is not made twice."""
        text = Expression.parse(expression).text
        for pin in self._all:
            if (pin.expression, pin.tick, pin.branch) == (text, tick, branch):
                return pin
        if len(self._pins) >= MOST:
            raise XqdbgError(f"there are {MOST:,} pins already", "delete some of them")
        self._last += 1
        pin = Pin(self._last, tick, branch, text)
        self._keep({**self._pins, pin.number: pin})
        return pin

    def find(self, number: int) -> Pin:
        """The pin of a number; XqdbgError if there is none."""
        if (pin := self._pins.get(number)) is not None:
            return pin
        numbers = ", ".join(map(str, list(self._pins)[:20]))
        raise XqdbgError(f"there is no pin {number}", f"there are {numbers}" if numbers else "`pin EXPR` makes one")

    def remove(self, numbers: Sequence[int] = ()) -> Sequence[Pin]:
        """Take pins away, all of them if none is named; those that are gone."""
        gone = [self.find(number) for number in dict.fromkeys(numbers)] or list(self._all)
        left = {pin.number for pin in gone}
        self._keep({number: pin for number, pin in self._pins.items() if number not in left})
        return gone

    def restore(self, pins: Iterable[Pin]) -> None:
        """Have these pins instead. XqdbgError for an expression that is none, or a number that is there twice."""
        fresh: dict[int, Pin] = {}
        for pin in pins:
            Expression.parse(pin.expression)
            if pin.number in fresh:
                raise XqdbgError(f"there are two pins {pin.number}")
            fresh[pin.number] = pin
        self._keep(dict(sorted(fresh.items())))
        self._last = max(self._pins, default=0)

    def renamed(self, branch: str, to: str) -> None:
        """A branch has another name."""
        self._keep({n: replace(pin, branch=to) if pin.branch == branch else pin for n, pin in self._pins.items()})

    def dropped(self, branch: str) -> None:
        """A branch is gone, and its pins with it."""
        self._keep({number: pin for number, pin in self._pins.items() if pin.branch != branch})

    def check(
        self,
        visit: Visit,
        saved: Mapping[str, Value],
        patience: Patience = ENDLESS,
        numbers: Sequence[int] = (),
    ) -> Sequence[Verdict]:
        """Look at pins, at all of them if none is named, moment by moment; by number, as far as patience goes."""
        chosen = [self.find(number) for number in dict.fromkeys(numbers)] or list(self._all)
        verdicts: dict[int, Verdict] = {}
        for pin in sorted(chosen, key=lambda pin: (pin.branch, pin.tick)):
            if patience.cancelled():
                break
            patience.progress(pin.tick)
            verdict = judge(pin, visit, saved)
            if patience.cancelled():  # then the visit may not have come to where it should
                break
            verdicts[pin.number] = verdict
        self._keep({n: verdicts[n].pin if n in verdicts else pin for n, pin in self._pins.items()})
        return [verdicts[pin.number] for pin in chosen if pin.number in verdicts]

    def _keep(self, pins: dict[int, Pin]) -> None:
        self._pins = pins
        self._all = tuple(pins.values())


def judge(pin: Pin, visit: Visit, saved: Mapping[str, Value]) -> Verdict:
    """Look whether a pin holds. What cannot be evaluated does not hold."""
    try:
        why = _why_not(pin, visit, saved)
    except (XqdbgError, PlaceError) as error:
        why = str(error)
    return Verdict(replace(pin, holds=not why), why)


def _why_not(pin: Pin, visit: Visit, saved: Mapping[str, Value]) -> str:
    expression = Expression.parse(pin.expression)
    before = _before(expression.old_places, pin, visit)
    machine = visit(pin.branch, pin.tick)
    if machine.tick != pin.tick:
        return f"the run ends at tick {machine.tick:,}, before {pin.tick:,}"
    if expression.bind(machine, saved, before.get, strict=True)():
        return ""
    told = [f"{place} is {_told(machine, place)}" for place in expression.places[:_MOST_TOLD]]
    return ", ".join(told) or "it is not true"


def _before(places: Sequence[Place], pin: Pin, visit: Visit) -> Mapping[Place, Value]:
    """What `old` asks for: the values one tick earlier, None where there was none."""
    if not places or pin.tick == 0:
        return {}
    machine = visit(pin.branch, pin.tick - 1)
    found: dict[Place, Value] = {}
    for place in places:
        try:
            found[place] = machine.get(place)
        except PlaceError:
            found[place] = None
    return found


def _told(machine: Machine, place: Place) -> str:
    try:
        return machine.text(machine.get(place))
    except PlaceError as error:
        return f"not there ({error})"
