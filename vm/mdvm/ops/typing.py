"""Type tags and conversions (reference, sections 6.2 and 6.3)."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from vm.faults import Fault
from vm.mdvm.forms import positional
from vm.mdvm.isa import ISA, TYPES
from vm.mdvm.ops.made import Working, bounded, mismatch
from vm.mdvm.values import LEAST, MOST, UNKNOWN, Slot, tag_of, truth

if TYPE_CHECKING:
    from vm.mdvm.state import State


@ISA.implements("define")
def define(m: State, d: int, t: int) -> Working:
    tags, tag = m.tags, min(t, UNKNOWN)

    def step() -> None:
        tags[d] = tag

    return step


@ISA.implements("check_type")
def check_type(m: State, d: int, a: int, t: int) -> Working:
    r, tags, tag = m.regs, m.tags, min(t, UNKNOWN)

    def step() -> None:
        r[d] = (tags[a] if a in tags else tag_of(r[a])) == tag

    return step


def to_int(value: Slot) -> int:
    """A value as an Int."""
    match value:
        case bool() | int():
            return int(value)
        case float():
            if isfinite(value) and value == (whole := int(value)) and LEAST <= whole <= MOST + 1:
                return min(whole, MOST)
            raise Fault("TypeMismatch", expected="integer", found=f"float {positional(value)}")
    raise mismatch("integer", value)


def to_float(value: Slot) -> float:
    """A value as a Float."""
    if type(value) is int or type(value) is float:
        return float(value)
    raise mismatch("float", value)


@ISA.implements("cast")
def cast(m: State, d: int, a: int, t: int) -> Working:
    r = m.regs
    name = TYPES[t] if t < len(TYPES) else "unknown"

    def step() -> None:
        value = r[a]
        match name:
            case "bool":
                r[d] = truth(value)
            case "int":
                r[d] = to_int(value)
            case "float":
                r[d] = to_float(value)
            case "string":
                r[d] = bounded(m.text_of(value), m.memory_limit)
            case _:
                raise mismatch(name, value)

    return step
