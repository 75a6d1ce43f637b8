"""Straight runs of instructions, which the run loop executes as a whole.

A block is entered anywhere, decoded on first entry, and ends behind the first instruction that can go elsewhere;
a host call is executed on its own, as its host may look at all there is. At first the handlers of the instructions
are called one after the other. What runs often is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from vm.faults import Fault
from vm.isa import Flow, Handler, Op, OperandKind
from vm.pvm.halt import Halt
from vm.pvm.isa import ISA
from vm.pvm.program import Instruction, Program
from vm.pvm.templates import Compiled, compiled, parameters

if TYPE_CHECKING:
    from vm.pvm.effects import Look
    from vm.pvm.native.library import Library
    from vm.pvm.state import State

LENGTH_LIMIT = 64
"""Most instructions in a block, so that a budget can be met by whole blocks most of the time."""
OFTEN = 64
"""Times a block is executed before it is compiled, which takes as long as a few hundred times."""
ASTRAY = 1 << 40
"""What is subtracted from the target of a jump to where no block begins; targets are nearer to zero."""
NEVER = 1 << 70
"""Length of what must be executed on its own: no budget is enough for it."""
_ENDS = frozenset({Flow.JUMP, Flow.BRANCH, Flow.HALT})
_RA = 0


class Step:
    """One instruction, with its handler."""

    __slots__ = ("handler", "instruction", "links", "look", "next", "op", "operands", "position")

    def __init__(self, instruction: Instruction, handler: Handler, operands: dict[str, int], links: int) -> None:
        self.instruction = instruction
        self.op: Op | None = instruction.op
        self.handler = handler
        self.operands = operands
        """By name."""
        self.next = instruction.next_pc
        self.links = links
        """Where it would return to if it is a call; -1 if it cannot be one."""
        self.position = (instruction.pc,)
        """Its address, as a trail has it."""
        self.look: Look | None = None
        """How to tell what it does, once somebody has watched it."""

    def bound(self, machine: State) -> Callable[[], Any]:
        """What executes it on a machine."""
        known = {**self.operands, **machine.bindings}
        return partial(self.handler, *[known[name] for name in parameters(self.handler)])


@cache
def _shape(name: str) -> tuple[tuple[str, ...], str]:
    """The names of an instruction's operands, and of the one that is a target; empty if none is."""
    operands = ISA.by_name[name].operands
    targets = (operand.name for operand in operands if operand.kind is OperandKind.TARGET)
    return tuple(operand.name for operand in operands), next(targets, "")


def _undefined() -> None:
    raise Fault("Panic", why="undefined")


class Code:
    """A program's instructions, decoded as they are met. Machines with the same program share it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.landings = MappingProxyType(
            {2 * at: pc for at, pc in enumerate(program.jump_table, 1) if pc in program.block_starts}
        )
        """Where dynamic jumps lead, by address."""
        self._returns = frozenset(self.landings.values())
        self._steps: dict[int, Step] = {}
        self.library: Library | None = None
        """What is recompiled to code of the processor, once somebody wants that."""
        self._compiled: dict[tuple[int, int], Compiled | None] = {}

    def step(self, pc: int) -> Step:
        """The instruction at an address, whatever lies there."""
        step = self._steps.get(pc)
        if step is None:
            step = self._decoded(self.program.decode(pc))
            if step.op is not None or pc == len(self.program.code):
                self._steps[pc] = step
        return step

    def _decoded(self, instruction: Instruction) -> Step:
        op = instruction.op
        if op is None:
            return Step(instruction, _undefined, {}, -1)
        names, target = _shape(op.name)
        operands = dict(zip(names, instruction.operands, strict=True))
        if target and operands[target] not in self.program.block_starts:
            operands[target] -= ASTRAY
        return Step(instruction, ISA.handlers[op.name], operands, self._links(op, operands, instruction.next_pc))

    def _links(self, op: Op, operands: dict[str, int], behind: int) -> int:
        """Where an instruction would return to if it is a call."""
        if op.flow is not Flow.JUMP:
            return -1
        loads = op.operands[0].becomes and operands[op.operands[0].name] == _RA
        back = self.landings.get(operands["x"], -1) if loads else behind
        return back if back in self._returns else -1

    def run_of(self, pc: int, cuts: AbstractSet[int]) -> Sequence[Step]:
        """The instructions of the block that begins at `pc` and does not run past an address in `cuts`."""
        steps = [self.step(pc)]
        while not _ends(steps[-1]) and len(steps) < LENGTH_LIMIT:
            pc = steps[-1].next
            if pc in cuts or _alone(following := self.step(pc)):
                break
            steps.append(following)
        return steps

    def compiled(self, steps: Sequence[Step]) -> Compiled | None:
        """A block as a function, made once; None where that cannot be."""
        key = (steps[0].instruction.pc, len(steps))
        if key not in self._compiled:
            self._compiled[key] = compiled(steps)
        return self._compiled[key]


def _ends(step: Step) -> bool:
    """Whether a block ends behind an instruction."""
    return step.op is None or step.op.flow in _ENDS or _alone(step)


def _alone(step: Step) -> bool:
    return step.op is not None and step.op.group == "host"


class Block:
    """A straight run of instructions of one machine."""

    __slots__ = ("_calls", "_code", "_function", "_heat", "_machine", "executed", "failed", "length", "noted",
                 "positions", "run", "steps")  # fmt: skip

    def __init__(self, code: Code, machine: State, steps: Sequence[Step]) -> None:
        self._code = code
        self._machine = machine
        self.steps = steps
        self.positions = tuple(step.instruction.pc for step in steps)
        """Address of each instruction."""
        self.length = NEVER if _alone(steps[0]) else len(steps)
        self.run: Callable[[], int] = self._walk
        """Executes it and returns where to go on; raises Halt or Fault."""
        self.executed = False
        """Whether it has run from beginning to end."""
        self.noted = False
        """Whether that has been told to whoever keeps account."""
        self._calls: tuple[Callable[[], Any], ...] = ()
        self._function: Compiled | None = None
        self._heat = 0
        self.failed = 0
        """The instruction that raised something when it was walked through last."""

    def _walk(self) -> int:
        """Execute one instruction after the other, until it seems worth compiling."""
        calls = self._calls
        if not calls:
            calls = self._calls = tuple(step.bound(self._machine) for step in self.steps)
        self._heat += 1
        if self._heat == OFTEN:
            self._compile()
        at, result = 0, None
        try:
            for at, call in enumerate(calls):  # noqa: B007
                result = call()
        except (Fault, Halt):
            self.failed = at
            raise
        self.executed = True
        last = self.steps[-1]
        if result is None:
            return last.next
        return int(result) if last.links < 0 else self._machine.link(last.links, result)

    def _compile(self) -> None:
        self._function = self._code.compiled(self.steps)
        if self._function is not None:
            self.run = self._function.bound(self._machine)

    def failing(self, error: BaseException) -> int:
        """Which instruction raised an error that came out of `run`."""
        at = -1 if self._function is None else self._function.fails_at(error.__traceback__)
        return self.failed if at < 0 else at


class BlockTable(dict[int, Block]):
    """Blocks of one machine by entry address, decoded on first entry."""

    def __init__(self, code: Code, machine: State, cuts: AbstractSet[int] = frozenset()) -> None:
        super().__init__()
        self._code = code
        self._machine = machine
        self._cuts = cuts
        """Where blocks end at the latest, so that the run loop comes by."""

    def __missing__(self, pc: int) -> Block:
        if pc < 0:
            raise Fault("Panic", why="target", target=pc + ASTRAY)
        block = self[pc] = Block(self._code, self._machine, self._code.run_of(pc, self._cuts))
        return block

    def barred(self, pc: int) -> Block:
        """The block there as one that must not be run."""
        block = Block(self._code, self._machine, self[pc].steps)
        block.length = NEVER
        return block
