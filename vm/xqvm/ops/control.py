"""Jumps, loops and the end of the program (XQVM reference, sections 5.3 to 5.5 and 9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.xqvm.isa import ISA
from vm.xqvm.loops import DEPTH_LIMIT, Halt, Loop
from vm.xqvm.model import INT_MAX, Vec, VecX, kind_of

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


@ISA.implements("TARGET", "NOP")
def nothing(m: XqvmMachine, stack: list[int], _: int) -> None:
    pass


@ISA.implements("JUMP1", "JUMP2")
def jump(m: XqvmMachine, stack: list[int], target: int) -> int:
    if target < 0:
        raise Fault("InvalidLabel", label=~target)
    return target


@ISA.implements("JUMPI1", "JUMPI2")
def jump_if_not_zero(m: XqvmMachine, stack: list[int], target: int) -> int | None:
    if not stack.pop():
        return None
    if target < 0:
        raise Fault("InvalidLabel", label=~target)
    return target


@ISA.implements("HALT")
def halt(m: XqvmMachine, stack: list[int], _: int) -> None:
    raise Halt


@ISA.implements("LIDX")
def loop_index(m: XqvmMachine, stack: list[int], reg: int) -> None:
    if not m.loops:
        raise Fault("NoActiveLoop")
    loop = m.loops[-1]
    m.regs[reg] = loop.position + loop.offset


@ISA.implements("LVAL")
def loop_value(m: XqvmMachine, stack: list[int], reg: int) -> None:
    if not m.loops:
        raise Fault("NoActiveLoop")
    loop = m.loops[-1]
    elements = loop.elements
    m.regs[reg] = loop.position if elements is None else elements[loop.position]


@ISA.implements("NEXT")
def next_iteration(m: XqvmMachine, stack: list[int], _: int) -> int | None:
    loops = m.loops
    if not loops:
        raise Fault("NoActiveLoop")
    loop = loops[-1]
    position = loop.position + 1
    if position < loop.end:
        loop.position = position
        return loop.body
    loops.pop()
    return None


@ISA.implements("RANGE")
def loop_over_range(m: XqvmMachine, stack: list[int], body: int) -> int | None:
    count = stack.pop()
    start = stack.pop()
    if count <= 0:
        return m.skip_loop(body)
    if start + count > INT_MAX:
        raise Fault("ArithmeticOverflow")
    if len(m.loops) >= DEPTH_LIMIT:
        raise Fault("LoopStackOverflow")
    m.loops.append(Loop(body, start, start + count))
    return None


@ISA.implements("ITER")
def loop_over_vector(m: XqvmMachine, stack: list[int], operands: tuple[int, int]) -> int | None:
    reg, body = operands
    end = stack.pop()
    start = stack.pop()
    vec = m.regs[reg]
    if vec is None:
        raise Fault("UnsetRegister", reg=reg)
    if not isinstance(vec, Vec | VecX):
        raise Fault("RegisterType", reg=reg, expected="vec", got=kind_of(vec))
    if start >= end:
        return m.skip_loop(body)
    items = vec.items if isinstance(vec, Vec) else []
    for bound in (start, end):
        if not 0 <= bound <= len(items):
            raise Fault("IndexOutOfBounds", index=bound, len=len(items))
    m.charge(8 * (end - start), end - start)
    if len(m.loops) >= DEPTH_LIMIT:
        raise Fault("LoopStackOverflow")
    m.loops.append(Loop(body, 0, end - start, items[start:end], start))
    return None
