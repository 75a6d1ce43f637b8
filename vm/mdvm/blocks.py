"""Straight runs of instructions, which the run loop executes as a whole."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from vm.isa import Flow

if TYPE_CHECKING:
    from vm.mdvm.program import Instruction
    from vm.mdvm.state import State

LENGTH_LIMIT = 64
"""Most instructions in a block, so that a budget can be met by whole blocks most of the time."""
_NEVER = 1 << 70
"""Length of what is behind the end: no budget is enough for it."""


class Step:
    """One instruction at its place, and what executes it."""

    __slots__ = ("ends", "execute", "instruction", "position")

    def __init__(self, instruction: Instruction, execute: Callable[[], Any]) -> None:
        self.instruction = instruction
        self.execute = execute
        self.position = (instruction.pc,)
        """Its index, as a trail has it."""
        self.ends = instruction.op is None or instruction.op.flow is not Flow.NEXT
        """Whether a block ends behind it."""


class Block:
    """A straight run of instructions of one machine."""

    __slots__ = ("executed", "executes", "length", "next", "positions")

    def __init__(self, steps: list[Step], pc: int) -> None:
        self.executes = tuple(step.execute for step in steps)
        self.positions = tuple(step.instruction.pc for step in steps)
        """Index of each instruction."""
        self.length = len(steps) or _NEVER
        self.next = pc + len(steps)
        """Where to go on if the last one does not say otherwise."""
        self.executed = False
        """Whether it has run from beginning to end."""


NEVER_FITS = Block([], -1)
"""A block of nothing, for which no budget is enough."""


class BlockTable(dict[int, Block]):
    """Blocks of one machine by the index they begin at, made on first entry."""

    def __init__(self, machine: State, cuts: AbstractSet[int]) -> None:
        super().__init__()
        self._machine = machine
        self._cuts = cuts
        """Where blocks end at the latest, so that the run loop comes by."""

    def __missing__(self, pc: int) -> Block:
        machine, at = self._machine, pc
        steps: list[Step] = []
        while at < machine.program.instructions and len(steps) < LENGTH_LIMIT:
            steps.append(machine.step_at(at))
            at += 1
            if steps[-1].ends or at in self._cuts:
                break
        block = self[pc] = Block(steps, pc)
        return block
