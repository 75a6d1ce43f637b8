"""Jumps, and what does nothing (reference, section 6.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.mdvm.halt import Halt
from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Jumping, Working
from vm.mdvm.values import truth

if TYPE_CHECKING:
    from vm.mdvm.state import State


@ISA.implements("jump")
def jump(m: State, j: int) -> Jumping:
    return m.leading_to(j)


@ISA.implements("jump_if")
def jump_if(m: State, a: int, j: int) -> Jumping:
    r, go = m.regs, m.leading_to(j)
    if not m.plain(j):
        return lambda: go() if truth(r[a]) else None

    def step() -> int | None:
        x = r[a]
        return j if x is True or (x is not False and truth(x)) else None

    return step


@ISA.implements("jump_if_not")
def jump_if_not(m: State, a: int, j: int) -> Jumping:
    r, go = m.regs, m.leading_to(j)
    if not m.plain(j):
        return lambda: None if truth(r[a]) else go()

    def step() -> int | None:
        x = r[a]
        return None if x is True or (x is not False and truth(x)) else j

    return step


@ISA.implements("breakpoint", "nop")
def nothing(_m: State) -> Working:
    return lambda: None


@ISA.implements("halt")
def halt(_m: State) -> Working:
    def step() -> None:
        raise Halt

    return step
