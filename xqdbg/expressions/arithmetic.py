"""Operators over integers, as closures over how their operands are computed.

None is a missing value. What cannot be computed goes to `refuse`, which gives None or raises.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from vm.contract import PlaceError, Value
from xqdbg.expressions.lexer import BITS

Evaluate: TypeAlias = Callable[[], Value]
"""What an expression comes to, now."""
Refuse: TypeAlias = Callable[..., Value]
"""Told the operands nothing can be computed of."""
Work: TypeAlias = Callable[[int, int], int | None]
Test: TypeAlias = Callable[[int, int], bool]

LARGEST = 1 << BITS
"""The magnitude of every integer is less."""


def divide(a: int, b: int) -> int | None:
    """Rounded down; None for division by zero."""
    return a // b if b else None


def remainder(a: int, b: int) -> int | None:
    """With the sign of `b`; None for division by zero."""
    return a % b if b else None


def shift_left(a: int, b: int) -> int | None:
    """None for a negative shift and for more bits than an integer has, which are not computed first."""
    if b < 0 or (a and a.bit_length() + b > BITS):
        return None
    return a << b if a else 0


def shift_right(a: int, b: int) -> int | None:
    """None for a negative shift."""
    return a >> min(b, BITS) if b >= 0 else None


WORKS: Mapping[str, Work] = MappingProxyType(
    {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": divide,
        "//": divide,
        "%": remainder,
        "<<": shift_left,
        ">>": shift_right,
        "&": operator.and_,
        "|": operator.or_,
        "^": operator.xor,
    }
)
SIGNS: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {"-": operator.neg, "+": operator.pos, "~": operator.invert}
)
TESTS: Mapping[str, Test] = MappingProxyType(
    {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)
MIRRORED: Mapping[str, str] = MappingProxyType({"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="})
"""The comparison that says the same with its operands swapped."""


def why_not(sign: str, b: Value) -> str:
    """Why two integers, of which `b` is the second, could not be computed with."""
    if sign in ("/", "//", "%") and b == 0:
        return "there is nothing to divide by: the divisor is 0"
    if sign in ("<<", ">>") and isinstance(b, int) and b < 0:
        return f"a shift by {b} is none: it cannot be negative"
    return f"the result has more than {BITS:,} bits"


def binary(work: Work, left: Evaluate, right: Evaluate, refuse: Refuse) -> Evaluate:
    """Two integers computed with."""

    def value() -> Value:
        a, b = left(), right()
        if type(a) is int and type(b) is int:
            result = work(a, b)
            if result is not None and -LARGEST < result < LARGEST:
                return result
        return refuse(a, b)

    return value


def binary_with(work: Work, left: Evaluate, b: int, refuse: Refuse) -> Evaluate:
    """An integer computed with a constant."""

    def value() -> Value:
        a = left()
        if type(a) is int:
            result = work(a, b)
            if result is not None and -LARGEST < result < LARGEST:
                return result
        return refuse(a, b)

    return value


def unary(work: Callable[[int], int], operand: Evaluate, refuse: Refuse) -> Evaluate:
    """An integer with a sign before it."""

    def value() -> Value:
        a = operand()
        if type(a) is int:
            result = work(a)
            if -LARGEST < result < LARGEST:
                return result
        return refuse(a, a)

    return value


_NUMBERS = (int, float)


def order(test: Test, left: Evaluate, right: Evaluate, refuse: Refuse) -> Evaluate:
    """Which of two numbers is larger; false if one is missing."""

    def value() -> Value:
        a, b = left(), right()
        if type(a) is int and type(b) is int:
            return 1 if test(a, b) else 0
        if type(a) in _NUMBERS and type(b) in _NUMBERS:
            return 1 if test(a, b) else 0  # type: ignore[arg-type]  # floats have an order, too
        return refuse(a, b) or 0

    return value


def compared(test: Test, left: Evaluate, b: int, otherwise: int, refuse: Refuse) -> Evaluate:
    """A number against a constant; `otherwise` for what is no number, unless that is refused."""

    def value() -> Value:
        a = left()
        if type(a) is int:
            return 1 if test(a, b) else 0
        if type(a) is float:
            return 1 if test(a, b) else 0  # type: ignore[arg-type]
        return refuse(a, b) or otherwise

    return value


def place_compared(test: Test, read: Evaluate, b: int, otherwise: int) -> Evaluate:
    """What a place holds against a constant; `otherwise` if it holds no number or is not there."""

    def value() -> Value:
        try:
            a = read()
        except PlaceError:
            return otherwise
        if type(a) is int:
            return 1 if test(a, b) else 0
        if type(a) is float:
            return 1 if test(a, b) else 0  # type: ignore[arg-type]
        return otherwise

    return value


def equality(left: Evaluate, right: Evaluate, equal: Callable[[Value, Value], bool | None], yes: int) -> Evaluate:
    """Whether two values of any kind are equal; `yes` if they are, missing if that cannot be told."""

    def value() -> Value:
        a, b = left(), right()
        same = a == b if type(a) is int and type(b) is int else equal(a, b)
        return None if same is None else yes if same else 1 - yes

    return value


def negation(operand: Evaluate) -> Evaluate:
    """1 for what is false: 0, unset and the empty sequence."""
    return lambda: 0 if operand() else 1


def conjunction(operands: Sequence[Evaluate]) -> Evaluate:
    """1 if all are true; those behind the first false one are not looked at."""
    if len(operands) == 2:
        left, right = operands
        return lambda: 1 if left() and right() else 0
    return lambda: 1 if all(operand() for operand in operands) else 0


def disjunction(operands: Sequence[Evaluate]) -> Evaluate:
    """1 if one is true; those behind it are not looked at."""
    if len(operands) == 2:
        left, right = operands
        return lambda: 1 if left() or right() else 0
    return lambda: 1 if any(operand() for operand in operands) else 0
