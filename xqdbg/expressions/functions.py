"""The functions every machine has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from vm.contract import Value
from vm.values import dataclass

_WORD = 64
"""Bits of the two's complement in which popcount counts those of a negative integer."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of integers, or of the elements of one sequence."""

    usage: str
    of_items: Callable[[Sequence[Any]], Value] | None
    """Computes from elements; None if there is nothing to compute, TypeError if they are not all integers."""
    of_number: Callable[[int], Value] | None = None
    spread: bool = False
    """Whether several arguments can stand for the elements of a sequence."""


def _least(items: Sequence[Any]) -> Value:
    return min(items) if len(items) else None


def _most(items: Sequence[Any]) -> Value:
    return max(items) if len(items) else None


def _any(items: Sequence[Any]) -> Value:
    return int(any(items))


def _all(items: Sequence[Any]) -> Value:
    return int(all(items))


def popcount(value: int) -> int | None:
    """Bits that are 1, of a negative integer in 64 bits; None if it has more."""
    if value >= 0:
        return value.bit_count()
    return (value + (1 << _WORD)).bit_count() if value.bit_length() < _WORD or value == -(1 << (_WORD - 1)) else None


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "len": Function("len(vector)", len),
        "min": Function("min(vector) or min(a, b, …)", _least, spread=True),
        "max": Function("max(vector) or max(a, b, …)", _most, spread=True),
        "sum": Function("sum(vector)", sum),
        "any": Function("any(vector)", _any),
        "all": Function("all(vector)", _all),
        "abs": Function("abs(integer)", None, abs),
        "popcount": Function("popcount(integer)", None, popcount),
    }
)
OLD = "old(place)"
"""Usage of what is no function, but looks like one."""
