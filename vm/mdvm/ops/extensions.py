"""Instructions that no file can hold: the released machine has them and does not load them (reference, section 6.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Working
from vm.mdvm.ops.moving import name_at
from vm.mdvm.values import Slot, truth

if TYPE_CHECKING:
    from vm.mdvm.state import State

SCOPES = 1 << 16
"""Scopes that can be open; the released machine says nothing of a limit."""


@ISA.implements("phi")
def phi(m: State, d: int, *sources: int) -> Working:
    r = m.regs
    by_label: dict[int, int] = {}
    for register, label in zip(sources[::2], sources[1::2], strict=True):
        by_label.setdefault(label, register)

    def step() -> None:
        if m.jumped is not None and m.jumped in by_label:
            r[d] = r[by_label[m.jumped]]

    return step


@ISA.implements("assert")
def demand(m: State, a: int, kind: int, k: int, *bounds: int) -> Working:
    r = m.regs

    def holds(value: Slot) -> bool:
        if kind == 0:
            return truth(value)
        if kind == 1:
            return value is not None
        return type(value) is int and bounds[0] <= value <= bounds[1]

    def step() -> None:
        if not holds(r[a]):
            raise Fault("AssertionFailed", message=name_at(m, k))

    return step


@ISA.implements("scope_enter")
def enter(m: State, id: int) -> Working:
    def step() -> None:
        if len(m.scopes) >= SCOPES:
            raise Fault("OutOfMemory", size=SCOPES + 1, limit=SCOPES)
        m.scopes = (*m.scopes, id)

    return step


@ISA.implements("scope_exit")
def leave(m: State, id: int) -> Working:
    def step() -> None:
        if m.scopes and m.scopes[-1] == id:
            m.scopes = m.scopes[:-1]

    return step
