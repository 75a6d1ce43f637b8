"""Pre-decoded code: straight runs of instructions that the run loop executes without looking anything up.

A block is entered anywhere, decoded on first entry, and ends behind the first instruction that can
jump, charges steps or clears the stack. So within a block the depth of the stack is known relative
to its entry and no step budget can run out, and the loop checks both once a block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from vm.codec import Instruction, decode
from vm.faults import Fault
from vm.isa import Flow, Handler, Op, OperandKind
from vm.xqvm.isa import ISA
from vm.xqvm.loops import DEPTH_LIMIT, Halt

if TYPE_CHECKING:
    from vm.xqvm.effects import Look

LENGTH_LIMIT = 64
"""Most instructions in a block, so that a budget can be met by whole blocks most of the time."""

Pair = tuple[Handler, Any]


class Block:
    """A straight run of instructions."""

    __slots__ = ("ceiling", "executed", "length", "need", "next", "noted", "pairs", "positions")

    def __init__(self, pairs: tuple[Pair, ...], positions: tuple[int, ...], next_pc: int, need: int, peak: int) -> None:
        self.pairs = pairs
        self.positions = positions
        """Offset of each instruction."""
        self.length = len(positions)
        self.next = next_pc
        """Offset behind the last instruction."""
        self.need = need
        """Depth of the stack below which something underflows."""
        self.ceiling = DEPTH_LIMIT - peak
        """Depth of the stack above which something overflows."""
        self.executed = False
        """Whether it has run from beginning to end."""
        self.noted = False
        """Whether that has been told to whoever keeps account."""


class Step:
    """One instruction, for the careful path."""

    __slots__ = (
        "ceiling",
        "handler",
        "instruction",
        "look",
        "need",
        "nesting",
        "next",
        "op",
        "operand",
        "pair",
        "position",
    )

    def __init__(self, instruction: Instruction, handler: Handler, operand: Any) -> None:
        self.instruction = instruction
        self.op: Op | None = instruction.op
        self.handler = handler
        self.operand = operand
        self.pair: Pair = (handler, operand)
        self.position = (instruction.pos,)
        """Its offset, as a trail has it."""
        grows = 0 if self.op is None else len(self.op.pushes) - len(self.op.pops)
        self.need = 0 if self.op is None else self.op.needs
        """Depth of the stack below which it underflows."""
        self.ceiling = DEPTH_LIMIT - max(0, grows)
        """Depth of the stack above which it overflows."""
        self.next = instruction.pos + instruction.size
        self.look: Look | None = None
        """How to tell what it does, once somebody has watched it."""
        flow = None if self.op is None else self.op.flow
        self.nesting = 1 if flow is Flow.LOOP_OPEN else -1 if flow is Flow.LOOP_CLOSE else 0
        """Change of the lexical depth of loops."""


def _end_of_program(*_: object) -> None:
    raise Halt


def _bad_opcode(m: object, stack: object, byte: int) -> None:
    raise Fault("BadOpcode", byte=byte)


def _truncated(*_: object) -> None:
    raise Fault("TruncatedInstruction")


class StepTable(dict[int, Step]):
    """Instructions by offset, decoded when they are first met."""

    def __init__(self, decode: Callable[[int], Step]) -> None:
        super().__init__()
        self._decode = decode

    def __missing__(self, pc: int) -> Step:
        step = self[pc] = self._decode(pc)
        return step


class Code:
    """A program's stream, with its instructions decoded as they are met."""

    def __init__(self, stream: bytes, targets: Sequence[int]) -> None:
        self.stream = stream
        self.targets = targets
        self.steps = StepTable(self._decode)
        """Instructions by offset."""
        self._skips: dict[int, tuple[int, int]] = {}

    def _decode(self, pc: int) -> Step:
        instruction = decode(ISA, self.stream, pc)
        if instruction.op is None:
            if instruction.truncated:
                return Step(instruction, _truncated, 0)
            return Step(instruction, _bad_opcode, self.stream[pc])
        return Step(instruction, ISA.handlers[instruction.op.name], self._operand(instruction, instruction.op))

    def _operand(self, instruction: Instruction, op: Op) -> Any:
        operands: tuple[int, ...] = instruction.operands
        if op.operands and op.operands[0].kind is OperandKind.TARGET:
            number = operands[0]
            return self.targets[number] if number < len(self.targets) else ~number
        if op.flow is Flow.LOOP_OPEN:
            operands = (*operands, instruction.pos + instruction.size)
        if len(operands) == 1:
            return operands[0]
        return operands or 0

    def block(self, pc: int, cuts: AbstractSet[int]) -> Block:
        """Decode the block that begins at `pc` and does not run past an address in `cuts`."""
        if pc >= len(self.stream):
            return Block(((_end_of_program, 0),), (), pc, 0, 0)
        pairs: list[Pair] = []
        positions: list[int] = []
        depth = need = peak = 0
        while True:
            step = self.steps[pc]
            pairs.append(step.pair)
            positions.append(pc)
            pc = step.next
            op = step.op
            if op is None:
                break
            need = max(need, op.needs - depth)
            depth += len(op.pushes) - len(op.pops)
            peak = max(peak, depth)
            if op.charges_steps or op.clears_stack or op.flow not in (Flow.NEXT, Flow.TARGET):
                break
            if pc >= len(self.stream) or pc in cuts or len(pairs) == LENGTH_LIMIT:
                break
        return Block(tuple(pairs), tuple(positions), pc, need, peak)

    def skip(self, body: int) -> tuple[int, int]:
        """Where an empty loop continues, and how many instructions are scanned; (-1, 0) if the scan ends in a fault."""
        found = self._skips.get(body)
        if found is None:
            found = self._skips[body] = self._scan(body)
        return found

    def _scan(self, pc: int) -> tuple[int, int]:
        depth, count = 1, 0
        while pc < len(self.stream):
            step = self.steps[pc]
            count += 1
            pc = step.next
            if step.op is None:
                break
            depth += step.nesting
            if depth == 0:
                return pc, count
        return -1, 0


class BlockTable(dict[int, Block]):
    """Blocks by entry address, decoded on first entry."""

    def __init__(self, code: Code, cuts: AbstractSet[int] = frozenset()) -> None:
        super().__init__()
        self.code = code
        self.cuts = cuts
        """Where blocks end at the latest, so that the run loop comes by."""

    def __missing__(self, pc: int) -> Block:
        block = self[pc] = self.code.block(pc, self.cuts)
        return block
