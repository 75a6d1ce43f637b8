"""Equality and order (reference, sections 2.4 and 2.5)."""

from __future__ import annotations

from collections.abc import Callable
from operator import le, lt
from typing import TYPE_CHECKING, Any

from vm.faults import Fault
from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Working
from vm.mdvm.values import DEEPEST, Slot, TooDeepError, equal, type_name

if TYPE_CHECKING:
    from vm.mdvm.state import State

Test = Callable[[Any, Any], bool]


def same(x: Slot, y: Slot) -> bool:
    """Whether two values are equal."""
    try:
        return equal(x, y)
    except TooDeepError:
        raise Fault("TooDeep", levels=DEEPEST, done="compared") from None


def ordered(test: Test, x: Slot, y: Slot) -> bool:
    """An order of two values, an Int among Floats as a Float."""
    kind, other = type(x), type(y)
    if kind is other and kind in (int, float, str):
        return test(x, y)
    if (kind is int and other is float) or (kind is float and other is int):
        return test(float(x), float(y))  # type: ignore[arg-type]
    raise Fault("InvalidComparison", left=type_name(x), right=type_name(y))


@ISA.implements("eq")
def equals(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        x, y = r[a], r[b]
        r[d] = x == y if type(x) is int and type(y) is int else same(x, y)

    return step


@ISA.implements("neq")
def differs(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        x, y = r[a], r[b]
        r[d] = x != y if type(x) is int and type(y) is int else not same(x, y)

    return step


@ISA.implements("lt")
def is_less(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        x, y = r[a], r[b]
        r[d] = x < y if type(x) is int and type(y) is int else ordered(lt, x, y)

    return step


@ISA.implements("lte")
def is_at_most(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        x, y = r[a], r[b]
        r[d] = x <= y if type(x) is int and type(y) is int else ordered(le, x, y)

    return step


@ISA.implements("gt")
def is_greater(m: State, d: int, a: int, b: int) -> Working:
    made: Working = is_less(m, d, b, a)  # carried out with the operands swapped: its error names them so
    return made


@ISA.implements("gte")
def is_at_least(m: State, d: int, a: int, b: int) -> Working:
    made: Working = is_at_most(m, d, b, a)
    return made
