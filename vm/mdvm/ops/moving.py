"""Constants, moves and globals (reference, section 6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Working

if TYPE_CHECKING:
    from vm.mdvm.state import State


def name_at(m: State, k: int) -> str:
    """The string constant of an index."""
    value = m.program.constants[k] if k < len(m.program.constants) else None
    if not isinstance(value, str):
        raise Fault("InvalidConstant", index=k, names=k < len(m.program.constants))
    return value


@ISA.implements("load_const")
def load_constant(m: State, d: int, k: int) -> Working:
    r = m.regs
    if k >= len(m.program.constants):

        def missing() -> None:
            raise Fault("InvalidConstant", index=k, names=False)

        return missing
    value = m.constant(k)

    def step() -> None:
        r[d] = value

    return step


@ISA.implements("move")
def move(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = r[a]

    return step


@ISA.implements("load_global")
def load_global(m: State, d: int, k: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = m.globals.get(name_at(m, k))

    return step


@ISA.implements("store_global")
def store_global(m: State, a: int, k: int) -> Working:
    r = m.regs

    def step() -> None:
        m.own_globals()[name_at(m, k)] = r[a]

    return step
