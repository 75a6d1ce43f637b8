"""Integer arithmetic and index arithmetic, every result checked against i64 (XQVM reference, sections 9.5 and 9.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.xqvm.isa import ISA
from vm.xqvm.model import checked

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine

# The bounds are written out where every nanosecond of the run loop counts: a constant is cheaper to load than a global.


@ISA.implements("ADD")
def add(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    result = stack.pop() + b
    if not -0x8000000000000000 <= result <= 0x7FFFFFFFFFFFFFFF:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("SUB")
def subtract(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    result = stack.pop() - b
    if not -0x8000000000000000 <= result <= 0x7FFFFFFFFFFFFFFF:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("MUL")
def multiply(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    result = stack.pop() * b
    if not -0x8000000000000000 <= result <= 0x7FFFFFFFFFFFFFFF:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("DIV")
def divide(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    a = stack.pop()
    if b == 0:
        raise Fault("DivisionByZero")
    result = a // b
    if result > 0x7FFFFFFFFFFFFFFF:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("MOD")
def modulo(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    a = stack.pop()
    if b == 0:
        raise Fault("DivisionByZero")
    stack.append(a % b)


@ISA.implements("SQR")
def square(m: XqvmMachine, stack: list[int], _: int) -> None:
    a = stack.pop()
    result = a * a
    if result > 0x7FFFFFFFFFFFFFFF:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("ABS")
def absolute(m: XqvmMachine, stack: list[int], _: int) -> None:
    result = abs(stack.pop())
    if result > 0x7FFFFFFFFFFFFFFF:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("NEG")
def negate(m: XqvmMachine, stack: list[int], _: int) -> None:
    result = -stack.pop()
    if result > 0x7FFFFFFFFFFFFFFF:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("MIN")
def minimum(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    if b < stack[-1]:
        stack[-1] = b


@ISA.implements("MAX")
def maximum(m: XqvmMachine, stack: list[int], _: int) -> None:
    b = stack.pop()
    if b > stack[-1]:
        stack[-1] = b


@ISA.implements("INC")
def increment(m: XqvmMachine, stack: list[int], _: int) -> None:
    result = stack.pop() + 1
    if result > 0x7FFFFFFFFFFFFFFF:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("DEC")
def decrement(m: XqvmMachine, stack: list[int], _: int) -> None:
    result = stack.pop() - 1
    if result < -0x8000000000000000:
        raise Fault("ArithmeticOverflow")
    stack.append(result)


@ISA.implements("BITLEN")
def bit_length(m: XqvmMachine, stack: list[int], _: int) -> None:
    a = stack[-1]
    stack[-1] = a.bit_length() if a > 0 else 0


@ISA.implements("IDXGRID")
def grid_index(m: XqvmMachine, stack: list[int], _: int) -> None:
    cols = stack.pop()
    col = stack.pop()
    row = stack.pop()
    start = row * cols
    index = start + col
    if not (-0x8000000000000000 <= start <= 0x7FFFFFFFFFFFFFFF and -0x8000000000000000 <= index <= 0x7FFFFFFFFFFFFFFF):
        raise Fault("ArithmeticOverflow")
    stack.append(index)


@ISA.implements("IDXTRIU")
def triangle_index(m: XqvmMachine, stack: list[int], _: int) -> None:
    j = stack.pop()
    i = stack.pop()
    if i > j:
        i, j = j, i
    product = checked(j * checked(j - 1))
    stack.append(checked(product // 2 + i))
