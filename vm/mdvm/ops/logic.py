"""Truth (reference, section 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Working
from vm.mdvm.values import truth

if TYPE_CHECKING:
    from vm.mdvm.state import State


@ISA.implements("not")
def negate(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = not truth(r[a])

    return step


@ISA.implements("and")
def both(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = truth(r[a]) and truth(r[b])

    return step


@ISA.implements("or")
def either(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = truth(r[a]) or truth(r[b])

    return step
