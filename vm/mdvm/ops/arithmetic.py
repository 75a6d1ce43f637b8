"""Arithmetic (reference, section 6.4). Two Ints are what programs have most, so they are looked for first."""

from __future__ import annotations

from collections.abc import Callable
from math import fmod, isinf, nan
from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Working
from vm.mdvm.values import LEAST, MOST, Slot, type_name

if TYPE_CHECKING:
    from vm.mdvm.state import State


def _numbers(x: Slot, y: Slot, expected: str = "numeric") -> tuple[float, float]:
    """Both as Floats."""
    if type(x) in (int, float) and type(y) in (int, float):
        return float(x), float(y)  # type: ignore[arg-type]
    raise Fault("TypeMismatch", expected=expected, found=f"{type_name(x)} and {type_name(y)}")


def _checked(value: int) -> int:
    if LEAST <= value <= MOST:
        return value
    raise Fault("IntegerOverflow")


@ISA.implements("add")
def add(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        x, y = r[a], r[b]
        if type(x) is int and type(y) is int:
            total = x + y
            if not LEAST <= total <= MOST:
                raise Fault("IntegerOverflow")
            r[d] = total
        elif type(x) is str and type(y) is str:
            if len(x) + len(y) >= m.memory_limit:
                raise Fault("OutOfMemory", size=len(x) + len(y) + 1, limit=m.memory_limit)
            r[d] = x + y
        else:
            left, right = _numbers(x, y, "numeric or string")
            r[d] = left + right

    return step


@ISA.implements("sub")
def subtract(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        x, y = r[a], r[b]
        if type(x) is int and type(y) is int:
            difference = x - y
            if not LEAST <= difference <= MOST:
                raise Fault("IntegerOverflow")
            r[d] = difference
        else:
            left, right = _numbers(x, y)
            r[d] = left - right

    return step


@ISA.implements("mul")
def multiply(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        x, y = r[a], r[b]
        if type(x) is int and type(y) is int:
            product = x * y
            if not LEAST <= product <= MOST:
                raise Fault("IntegerOverflow")
            r[d] = product
        else:
            left, right = _numbers(x, y)
            r[d] = left * right

    return step


def _refuse_zero(divisor: Slot) -> None:
    """A divisor of zero is looked for before anything else; false and Empty are none."""
    if type(divisor) in (int, float) and divisor == 0:
        raise Fault("DivisionByZero")


def quotient(x: int, y: int) -> int:
    """Of two integers, rounded towards zero."""
    return x // y if (x < 0) == (y < 0) else -(-x // y)


def remainder(x: int, y: int) -> int:
    """What is left of such a division, with the sign of the dividend."""
    return x % abs(y) if x >= 0 else -(-x % abs(y))


def _float_remainder(x: float, y: float) -> float:
    return nan if isinf(x) else fmod(x, y)


def _float_quotient(x: float, y: float) -> float:
    return x / y


def _dividing(of_ints: Callable[[int, int], int], of_floats: Callable[[float, float], float]) -> Callable[..., Working]:
    def maker(m: State, d: int, a: int, b: int) -> Working:
        r = m.regs

        def step() -> None:
            x, y = r[a], r[b]
            if type(x) is int and type(y) is int and y > 0:
                r[d] = of_ints(x, y)
                return
            _refuse_zero(y)
            if type(x) is int and type(y) is int:
                if y == -1 and x == LEAST:
                    raise Fault("IntegerOverflow")  # of the remainder as well
                r[d] = of_ints(x, y)
            else:
                r[d] = of_floats(*_numbers(x, y))

        return step

    return maker


divide = ISA.implements("div")(_dividing(quotient, _float_quotient))
modulo = ISA.implements("mod")(_dividing(remainder, _float_remainder))


@ISA.implements("neg")
def negate(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        x = r[a]
        if type(x) is int:
            r[d] = _checked(-x)
        elif type(x) is float:
            r[d] = -x
        else:
            raise Fault("InvalidOperation", operation="negation", on=type_name(x))

    return step
