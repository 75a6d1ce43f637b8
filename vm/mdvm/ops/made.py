"""What handlers make, and what several of them ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from vm.faults import Fault
from vm.mdvm.values import Array, Dict, Slot, size_of, type_name

Jumping: TypeAlias = Callable[[], int | None]
Working: TypeAlias = Callable[[], None]


def mismatch(expected: str, found: Slot) -> Fault:
    """A value of the wrong type."""
    return Fault("TypeMismatch", expected=expected, found=type_name(found).lower())


def array_of(value: Slot) -> Array:
    """The value, if it is an array."""
    if type(value) is Array:
        return value
    raise mismatch("array", value)


def dict_of(value: Slot) -> Dict:
    """The value, if it is a dict."""
    if type(value) is Dict:
        return value
    raise mismatch("dict", value)


def key_of(value: Slot) -> str:
    """The value, if it can be a key."""
    if type(value) is str:
        return value
    raise mismatch("string key", value)


def bounded(value: Slot, most: int) -> Slot:
    """The value, if it is not larger than a value may be."""
    size = size_of(value)
    if size > most:
        raise Fault("OutOfMemory", size=size, limit=most)
    return value
