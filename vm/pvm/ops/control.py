"""Jumps, host calls, the heap, and what ends a program (PVM reference, sections 8, 9 and 12)."""

from __future__ import annotations

from vm.faults import Fault
from vm.pvm.isa import ISA
from vm.pvm.numbers import ONES32
from vm.pvm.state import State


@ISA.implements("trap")
def trap() -> None:
    raise Fault("Panic", why="trap")


@ISA.implements("fallthrough")
def nothing() -> None:
    pass


@ISA.implements("ecalli")
def call_host(m: State, x: int) -> None:
    m.call_host(x)


@ISA.implements("jump")
def jump(x: int) -> int:
    return x


@ISA.implements("jump_ind")
def jump_by_table(m: State, r: list[int], a: int, x: int) -> int:
    return m.landing(r[a] + x & ONES32)


@ISA.implements("load_imm_jump")
def load_and_jump(r: list[int], a: int, x: int, y: int) -> int:
    r[a] = x
    return y


@ISA.implements("load_imm_jump_ind")
def load_and_jump_by_table(m: State, r: list[int], a: int, b: int, x: int, y: int) -> int:
    at = r[b] + y & ONES32
    r[a] = x
    return m.landing(at)


@ISA.implements("sbrk")
def grow_heap(m: State, r: list[int], a: int, d: int) -> None:
    r[d] = m.memory.grow(r[a])
