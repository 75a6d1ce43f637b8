"""What is known of the registers at some point of a unit while it is written."""

from __future__ import annotations

from collections.abc import Iterable

from vm.mdvm.isa import SAVED
from vm.mdvm.values import Array, Dict, Slot

KINDS: dict[type, str] = {
    int: "int", float: "float", bool: "bool", str: "str", Array: "array", Dict: "dict", type(None): "empty",
}  # fmt: skip
ANY = "any"
NEVER = "never"
"""Kind of what a function returns of which no return is known yet."""


def kind_of(value: Slot) -> str:
    """The kind of a value."""
    return KINDS.get(type(value), ANY)


def common(a: str, b: str) -> str:
    """The kind of what is of one kind or the other."""
    if a == b or b == NEVER:
        return a
    return b if a == NEVER else ANY


class Segment:
    """Instructions that are paid for together: how many there are on the longest way through them."""

    __slots__ = ("most",)

    def __init__(self) -> None:
        self.most = 0


class Facts:
    """Of each register below 64: its kind, and whether a variable holds it. Instructions since a segment began."""

    __slots__ = ("bound", "constants", "dirty", "done", "kinds", "laps", "passed", "pending", "segment", "untagged")

    def __init__(self, segment: Segment, kinds: dict[int, str], bound: Iterable[int]) -> None:
        self.kinds = kinds
        """ANY for those that are missing."""
        self.bound = set(bound)
        """Registers that are in variables."""
        self.dirty: set[int] = set()
        """Those among them that may hold something else than when the unit began."""
        self.constants: dict[int, Slot] = {}
        self.untagged: set[int] = set()
        """Registers whose tag is certainly that of the value."""
        self.segment = segment
        self.done = 0
        self.laps = 0
        """How often this way has come to where its loop begins."""
        self.pending: dict[int, str] = {}
        """The text of constants that are known to be in registers and were not yet put there."""
        self.passed: list[int] = []
        """Indices executed since the last mark."""

    def copy(self) -> Facts:
        """The same, to be changed."""
        made = Facts(self.segment, self.kinds.copy(), self.bound)
        made.dirty, made.constants = self.dirty.copy(), self.constants.copy()
        made.untagged, made.done, made.passed = self.untagged.copy(), self.done, self.passed.copy()
        made.laps, made.pending = self.laps, self.pending.copy()
        return made

    def kind(self, register: int) -> str:
        """The kind of what is in a register."""
        return self.kinds.get(register, ANY)

    def put(self, register: int, kind: str) -> None:
        """Take note that a variable of a kind was written."""
        if register >= SAVED:
            return
        self.kinds[register] = kind
        self.bound.add(register)
        self.dirty.add(register)
        self.constants.pop(register, None)
        self.pending.pop(register, None)

    def meet(self, other: Facts) -> bool:
        """Know only what the other knows as well. Does that change anything?"""
        kinds = {number: common(kind, other.kind(number)) for number, kind in self.kinds.items()}
        kinds = {number: kind for number, kind in kinds.items() if kind != ANY}
        constants = {
            number: value for number, value in self.constants.items()
            if number in other.constants and other.constants[number] is value
        }  # fmt: skip
        before = (self.kinds, self.bound, self.dirty, self.constants, self.untagged)
        after = (
            kinds, self.bound & other.bound, self.dirty | other.dirty, constants, self.untagged & other.untagged,
        )  # fmt: skip
        self.kinds, self.bound, self.dirty, self.constants, self.untagged = after
        return before != after
