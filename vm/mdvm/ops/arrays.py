"""Arrays (reference, section 6.6)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.mdvm.isa import ISA
from vm.mdvm.ops.made import Working, array_of, bounded, mismatch
from vm.mdvm.values import SMALL, Array, Slot, size_of

if TYPE_CHECKING:
    from vm.mdvm.state import State

_COUNTED = sys.implementation.name == "cpython" and sys.version_info < (3, 14)
"""Whether all that hold an object are counted; elsewhere an array is copied whoever holds it."""
IN_REGISTER = 4 if _COUNTED else 0
"""What holds an array that is nowhere but in a register while it is replaced: that, and the variables on the way."""
IN_VARIABLE = 3 if _COUNTED else 0
"""The same of an array in a variable of compiled code."""
_IN_PIECES = 3 if _COUNTED else 0


def replaced(array: Array, index: int, value: Slot, most: int, alone: int) -> Array:
    """The array with another value at an index, which must be one: itself, changed, if nobody else holds it."""
    if sys.getrefcount(array) > alone:
        changed = array.put(index, value)
        if changed.total > most:
            bounded(changed, most)
        return changed
    number, at = index >> array.bits, index & (1 << array.bits) - 1
    piece = array.pieces[number]
    if sys.getrefcount(piece) > _IN_PIECES:
        piece = array.pieces[number] = piece.copy()
    old = piece[at]
    if type(old) not in SMALL or type(value) not in SMALL:
        total = array.total + size_of(value) - size_of(old)
        if total > most:
            raise Fault("OutOfMemory", size=total, limit=most)
        array.total = total
    piece[at] = value
    return array


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
        r[a] = replaced(array, index_in(array, r[b]), r[c], m.memory_limit, IN_REGISTER)

    return step


@ISA.implements("array_len")
def array_length(m: State, d: int, a: int) -> Working:
    r = m.regs

    def step() -> None:
        r[d] = len(array_of(r[a]))

    return step
