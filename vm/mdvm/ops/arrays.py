"""Arrays (reference, section 6.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Working, array_of, bounded, mismatch
from vm.mdvm.values import Array, Slot

if TYPE_CHECKING:
    from vm.mdvm.state import State


def index_in(array: Array, index: Slot) -> int:
    """The index, if the array has it."""
    if type(index) is not int:
        raise mismatch("integer index", index)
    if not 0 <= index < len(array):
        raise Fault("IndexOutOfBounds", index=index, length=len(array))
    return index


@ISA.implements("new_array")
def new_array(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        length = r[a]
        if type(length) is not int:
            raise mismatch("integer", length)
        if length < 0:
            raise Fault("InvalidOperation", operation="create array", on=f"negative size: {length}")
        if length >= m.memory_limit:
            raise Fault("OutOfMemory", size=length + 1, limit=m.memory_limit)
        r[d] = Array.of_empty(length)

    return step


@ISA.implements("array_get")
def array_get(m: State, d: int, a: int, b: int) -> Working:
    r = m.regs

    def step() -> None:
        array, index = r[a], r[b]
        if type(array) is Array and type(index) is int and 0 <= index < array.length:
            bits = array.bits
            r[d] = array.pieces[index >> bits][index & (1 << bits) - 1]
        else:
            array = array_of(array)
            r[d] = array.element(index_in(array, index))

    return step


@ISA.implements("array_set")
def array_set(m: State, a: int, b: int, c: int) -> Working:
    r = m.regs

    def step() -> None:
        array = array_of(r[a])
        changed = array.put(index_in(array, r[b]), r[c])
        r[a] = changed if changed.total <= m.memory_limit else bounded(changed, m.memory_limit)

    return step


@ISA.implements("array_len")
def array_length(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = len(array_of(r[a]))

    return step
