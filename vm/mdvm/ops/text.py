"""Strings and printing (reference, sections 3 and 6.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Working, bounded, mismatch

if TYPE_CHECKING:
    from vm.mdvm.state import State


@ISA.implements("concat")
def concatenate(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = bounded(m.text_of(r[a]) + m.text_of(r[b]), m.memory_limit)

    return step


@ISA.implements("str_len")
def string_length(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        x = r[a]
        if type(x) is not str:
            raise mismatch("string", x)
        r[d] = len(x) if x.isascii() else len(x.encode())

    return step


@ISA.implements("print")
def print_value(m: State, a: int) -> Working:
    r = m.regs

    def step() -> None:
        m.print(r[a])

    return step
