"""Expressions evaluated at every moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from vm.contract import Machine, PlaceError, Value
from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Expression, format_value
from xqdbg.moment import Watch

MOST = 100
"""Displays a session may have."""


@dataclass(frozen=True, slots=True)
class _Display:
    number: int
    expression: Expression
    format: str


class Displays:
    """What is shown at every stop, numbered from 1."""

    def __init__(self) -> None:
        self._displays: dict[int, _Display] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._displays)

    def add(self, expression: Expression, form: str = "") -> int:
        """Show an expression from now on; its number."""
        if len(self._displays) >= MOST:
            raise XqdbgError(f"{MOST} expressions are displayed, which is the most there can be", "undisplay some")
        self._last += 1
        self._displays[self._last] = _Display(self._last, expression, form)
        return self._last

    def remove(self, numbers: Sequence[int]) -> int:
        """Show these no longer, or none at all; how many that were. XqdbgError for a number that is not there."""
        for number in numbers:
            if number not in self._displays:
                raise XqdbgError(f"there is no display {number}", "info displays lists them")
        gone = list(dict.fromkeys(numbers)) or list(self._displays)
        for number in gone:
            del self._displays[number]
        return len(gone)

    def restore(self, displays: Iterable[tuple[int, str, str]]) -> None:
        """Have these instead: number, expression and format of each. XqdbgError for what is none."""
        fresh = {number: _Display(number, Expression.parse(text), form) for number, text, form in displays}
        if len(fresh) > MOST:
            raise XqdbgError(f"there are {len(fresh)} displays, and {MOST} is the most there can be")
        self._displays = dict(sorted(fresh.items()))
        self._last = max(self._displays, default=0)

    def all(self) -> Sequence[tuple[int, str, str]]:
        """Number, expression and format of each."""
        return [(each.number, each.expression.text, each.format) for each in self._displays.values()]

    def shown(self, machine: Machine, saved: Mapping[str, Value], before: Mapping[int, str]) -> tuple[Watch, ...]:
        """All of them with what they come to where the machine stands; `before`: the texts of the position before."""
        return tuple(self._shown(each, machine, saved, before) for each in self._displays.values())

    def _shown(self, each: _Display, machine: Machine, saved: Mapping[str, Value], before: Mapping[int, str]) -> Watch:
        value: Value = None
        try:
            value = each.expression.bind(machine, saved, strict=True)()
            text = format_value(machine, value, each.format)
        except (XqdbgError, PlaceError) as error:
            text = "unset" if str(error) == f"{each.expression.text} is unset" else str(error)
        first_line = text.partition("\n")[0]
        changed = each.number in before and before[each.number] != first_line
        number = value if type(value) is int and not each.format else None
        place = each.expression.place
        named = "" if place is None else str(machine.resolve(place))
        return Watch(each.number, each.expression.text, first_line, changed, named, number)
