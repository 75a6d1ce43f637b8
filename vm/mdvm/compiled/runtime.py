"""What compiled code calls."""

from __future__ import annotations

from collections.abc import Mapping
from math import fmod, isinf, nan
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from vm.faults import Fault
from vm.mdvm.compiled.bounds import CHUNK
from vm.mdvm.isa import REGISTERS, SAVED
from vm.mdvm.ops.arithmetic import quotient, remainder
from vm.mdvm.ops.arrays import IN_VARIABLE, replaced
from vm.mdvm.values import LEAST, MOST, Array, Dict, Slot, truth
from vm.values import dataclass

if TYPE_CHECKING:
    from vm.mdvm.state import State


@dataclass(frozen=True, slots=True)
class Site:
    """Where compiled code leaves: the interpreter goes on there."""

    pc: int
    registers: tuple[int, ...]
    """Whose values it hands over."""
    passed: tuple[int, ...] = ()
    """Indices executed since the last mark."""
    guessed: bool = False
    """Whether it is left because a value is not of the kind that was expected."""
    entrance: bool = False
    """Whether that was so at the very beginning."""


@dataclass(frozen=True, slots=True)
class CallSite:
    """Where compiled code has called: what the frame is made of when it is left inside."""

    pc: int
    into: int
    entry: int
    arguments: tuple[int, ...]
    """Registers that are copied to r0 and so on, one after the other."""
    registers: tuple[int, ...]
    shared: tuple[int, ...] = ()
    """Those among the arguments that no call keeps; what they held then is handed over, too."""


class Leave(Exception):
    """Compiled code goes no further."""

    def __init__(self, site: Site, room: int, values: tuple[Slot, ...]) -> None:
        super().__init__()
        self.site = site
        self.room = room
        """Ticks that are left."""
        self.values = values
        self.outer: list[tuple[CallSite, tuple[Slot, ...], tuple[Slot, ...]]] = []
        """The calls that were open, innermost first, with the values of their `registers` and `shared`."""


class Beside:
    """A machine, but for the registers: what a handler works on that compiled code calls."""

    def __init__(self, machine: State) -> None:
        self._machine = machine
        self.regs: list[Slot] = [None] * REGISTERS
        self.tags: dict[int, int] = machine.tags
        self.print, self.text_of, self.own_globals = machine.print, machine.text_of, machine.own_globals

    def __getattr__(self, name: str) -> Any:
        return getattr(self._machine, name)


VOID = object()
"""What a function returns that gives nothing back."""


def float_remainder(x: float, y: float) -> float:
    """With the sign of the dividend, as C has it."""
    return nan if isinf(x) else fmod(x, y)


def positive_rounds(gap: int, step: int) -> int:
    """For how many rounds a number that goes by a step stays positive; `CHUNK` if it does for as long as one looks."""
    if gap <= 0:
        return 0
    return CHUNK if step >= 0 else -(gap // step)


def unequal_rounds(gap: int, step: int) -> int:
    """For how many rounds, at least, a number that goes by a step is not zero."""
    return positive_rounds(gap, step) if gap >= 0 else positive_rounds(-gap, -step)


def untag(tags: dict[int, int]) -> None:
    """Forget the tags of the registers that a return restores."""
    for number in [number for number in tags if number < SAVED]:
        del tags[number]


NAMES: Mapping[str, object] = MappingProxyType(
    {
        "Array": Array, "Dict": Dict, "Empty": type(None), "Fault": Fault, "Leave": Leave, "VOID": VOID,
        "IN_VARIABLE": IN_VARIABLE, "replaced": replaced, "float_remainder": float_remainder, "quotient": quotient,
        "remainder": remainder, "truth": truth, "untag": untag, "LEAST": LEAST, "MOST": MOST, "type": type, "int": int,
        "float": float, "bool": bool, "str": str, "range": range, "max": max, "min": min, "abs": abs,
        "positive_rounds": positive_rounds, "unequal_rounds": unequal_rounds, "__builtins__": {},
    }
)  # fmt: skip
"""All that compiled code can name, besides what belongs to its program and machine."""
