"""Stack instructions (XQVM reference, section 9.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.xqvm.isa import ISA

if TYPE_CHECKING:
    from vm.xqvm.machine import XqvmMachine


@ISA.implements("POP")
def pop(m: XqvmMachine, stack: list[int], _: int) -> None:
    stack.pop()


@ISA.implements(*(f"PUSH{size}" for size in range(1, 9)))
def push(m: XqvmMachine, stack: list[int], value: int) -> None:
    stack.append(value)


@ISA.implements("SCLR")
def clear(m: XqvmMachine, stack: list[int], _: int) -> None:
    stack.clear()


@ISA.implements("SWAP")
def swap(m: XqvmMachine, stack: list[int], _: int) -> None:
    stack[-1], stack[-2] = stack[-2], stack[-1]


@ISA.implements("COPY")
def copy(m: XqvmMachine, stack: list[int], _: int) -> None:
    stack.append(stack[-1])
