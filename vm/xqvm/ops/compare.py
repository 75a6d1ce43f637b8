"""Comparison, logic and bitwise instructions (XQVM reference, sections 9.6 and 9.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.xqvm.isa import ISA

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


@ISA.implements("EQ")
def equal(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] = 1 if stack[-1] == b else 0


@ISA.implements("LT")
def less(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] = 1 if stack[-1] < b else 0


@ISA.implements("GT")
def greater(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] = 1 if stack[-1] > b else 0


@ISA.implements("LTE")
def less_or_equal(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] = 1 if stack[-1] <= b else 0


@ISA.implements("GTE")
def greater_or_equal(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] = 1 if stack[-1] >= b else 0


@ISA.implements("NOT")
def logical_not(m: XqvmMachine, stack: list[int], _: int) -> None:
    stack[-1] = 0 if stack[-1] else 1


@ISA.implements("AND")
def logical_and(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] = 1 if b and stack[-1] else 0


@ISA.implements("OR")
def logical_or(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] = 1 if b or stack[-1] else 0


@ISA.implements("XOR")
def logical_exclusive_or(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] = 1 if bool(b) != bool(stack[-1]) else 0


@ISA.implements("BAND")
def bitwise_and(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] &= b


@ISA.implements("BOR")
def bitwise_or(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] |= b


@ISA.implements("BXOR")
def bitwise_exclusive_or(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    stack[-1] ^= b


@ISA.implements("BNOT")
def bitwise_not(m: XqvmMachine, stack: list[int], _: int) -> None:
    stack[-1] = ~stack[-1]


@ISA.implements("SHL")
def shift_left(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    a = stack.pop()
    if not 0 <= b <= 63:
        raise Fault("InvalidShift", amount=b)
    result = a << b
    if not -0x8000000000000000 <= result <= 0x7FFFFFFFFFFFFFFF:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("SHR")
def shift_right(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    a = stack.pop()
    if not 0 <= b <= 63:
        raise Fault("InvalidShift", amount=b)
    stack.append(a >> b)
