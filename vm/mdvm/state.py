"""The state of a machine, as instructions see and change it (reference, section 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar, cast

from vm.contract import Checkpoint, Status
from vm.faults import Fault, FaultReport
from vm.isa import Handler
from vm.mdvm import faults
from vm.mdvm.blocks import BlockTable, Step
from vm.mdvm.checkpoint import MdvmCheckpoint, digest_of, size_in, weight_since
from vm.mdvm.forms import TooLongError, printed, text
from vm.mdvm.frames import Frame
from vm.mdvm.inputs import Inputs
from vm.mdvm.isa import ISA, REGISTERS
from vm.mdvm.ops.made import Jumping
from vm.mdvm.output import Output
from vm.mdvm.program import MAIN, Instruction, Program
from vm.mdvm.values import DEEPEST, Slot, TooDeepError

Form = TypeVar("Form")
_NO_GLOBALS = MappingProxyType[str, Slot]({})
ENDINGS = ("", "returned", "halted", "ran off the end", "jumped out of the program")
"""How a program can end; the first is for one that has not."""


class State:
    """Registers, calls, globals and output, with what handlers ask of them.

    `regs` and `tags` stay the same objects for good: what handlers make holds them.
    """

    pc: int
    tick: int
    status: Status

    def __init__(self, program: Program, inputs: Inputs | None = None) -> None:
        self.program = program
        self.regs: list[Slot] = [None] * REGISTERS
        self.tags: dict[int, int] = {}
        """Type tags that a define set, by register; all others are those of the values."""
        self.given = inputs or Inputs()
        self.binding = 0
        """Where the handler stands that is called just now."""
        self._constants: tuple[Slot, ...] = cast("tuple[Slot, ...]", program.constants)
        self._end = program.instructions
        self._defined = {each.operands[0] for each in program.code if each.op is not None and each.op.name == "define"}
        self.tagged = False
        """Whether a tag was ever set that the program itself does not set."""
        self._reached: set[int] = set()
        self._last: MdvmCheckpoint | None = None
        self._bind()
        self._begin()

    def _bind(self) -> None:
        """Be ready to execute instructions; what was ready is forgotten."""
        self._steps: dict[int, Step] = {}
        self._blocks = BlockTable(self, frozenset())
        self._cut_blocks: dict[frozenset[int], BlockTable] = {}

    def pass_by(self, pcs: Iterable[int]) -> None:
        """Take note that instructions were executed."""
        self._reached.update(pcs)

    def has_passed(self, pcs: Iterable[int]) -> bool:
        """Whether instructions are known to have been executed."""
        return self._reached.issuperset(pcs)

    def _begin(self) -> None:
        """Stand where the program begins."""
        self.tick = self.refused = 0
        self.limit, self.memory_limit = self.given.instructions, self.given.memory
        self.fault: FaultReport | None = None
        self.frames: Frame | None = None
        """The innermost call that is open."""
        self.depth = 0
        self.globals: Mapping[str, Slot] = _NO_GLOBALS
        self._owned: dict[str, Slot] | None = None
        """The globals, if nobody else holds them."""
        self.output = Output()
        self.scopes: tuple[int, ...] = ()
        self.jumped: int | None = None
        """Where the last taken jump stands, of a program that asks for it."""
        self.result: Slot = None
        self.ending = 0
        """Which of `ENDINGS`."""
        self.stray: int | None = None
        """Where a jump out of the program would have led."""
        self.go_to(self.program.entry)

    # What handlers ask for

    def constant(self, k: int) -> Slot:
        """The value of a constant."""
        return self._constants[k]

    def own_globals(self) -> dict[str, Slot]:
        """The globals, to be written."""
        if self._owned is None:
            self.globals = self._owned = dict(self.globals)
        return self._owned

    def text_of(self, value: Slot) -> str:
        """The text form of a value."""
        return self._form(text, value)

    def print(self, value: Slot) -> None:
        """Print a value."""
        line = self._form(printed, value)
        if line is None:
            return
        if self.output.size + len(line) > self.memory_limit:
            raise Fault("OutOfMemory", size=self.output.size + len(line) + 1, limit=self.memory_limit)
        self.output = self.output.printed(line)

    def _form(self, form: Callable[[Slot, int], Form], value: Slot) -> Form:
        try:
            return form(value, self.memory_limit)
        except TooDeepError:
            raise Fault("TooDeep", levels=DEEPEST, done="written out") from None
        except TooLongError:
            raise Fault("OutOfMemory", size=self.memory_limit + 1, limit=self.memory_limit) from None

    def returned(self, result: Slot) -> None:
        """Take what a return without an open call gives back."""
        self.result, self.ending = result, 1

    def plain(self, target: int) -> bool:
        """Whether a jump there does nothing but to lead there."""
        return 0 <= target < self._end and not self.program.remembers

    def leading_to(self, target: int) -> Jumping:
        """What a jump does that is taken at the place that is being bound."""
        if self.plain(target):
            return lambda: target
        here = self.binding & 0xFFFF

        def go() -> int:
            if self.program.remembers:
                self.jumped = here
            return self.landing(target)

        return go

    def landing(self, target: int) -> int:
        """Where a jump leads; behind the end for all places that are not in the program."""
        if 0 <= target < self._end:
            return target
        self.stray = target if target != self._end else None
        return self._end

    # Binding

    def step_at(self, pc: int) -> Step:
        """What executes the instruction at an index, made once."""
        found = self._steps.get(pc)
        if found is None:
            found = self._steps[pc] = self._bound(self.program.code[pc])
        return found

    def _bound(self, instruction: Instruction) -> Step:
        op = instruction.op
        self.binding = instruction.pc
        if op is None:
            return Step(instruction, _undefined(instruction))
        operands = instruction.operands
        target = instruction.target
        if target is not None:
            operands = (*operands[:-1], target)
        execute = ISA.handlers[op.name](self, *operands)
        written = written_register(instruction)
        if written in self._defined:
            execute = _forgetting(execute, self.tags, written)
        return Step(instruction, execute)

    def define(self, register: int, tag: int | None) -> None:
        """A debugger's edit of a tag; None for that of the value."""
        if tag is None:
            self.tags.pop(register, None)
        else:
            self._expect_tag(register)
            self.tags[register] = tag

    def _expect_tag(self, register: int) -> None:
        """Have writes of a register forget a tag that was set, of which the program itself has no define."""
        if register not in self._defined:
            self.tagged = True
            self._defined.add(register)
            self._note_all_reached()
            self._bind()

    def _note_all_reached(self) -> None:
        for table in (self._blocks, *self._cut_blocks.values()):
            for block in table.values():
                if block.executed:
                    self._reached.update(block.positions)

    # What became of the run

    def go_to(self, pc: int) -> None:
        """Go on at an index, whatever has become of the run; behind the end the program has ended."""
        self.fault, self.ending, self.result = None, 0, None
        self.status, self.stray = Status.READY, None
        self.come_to(self.landing(pc))

    def come_to(self, pc: int) -> None:
        """Stand at an instruction, or behind the end, where the program ends."""
        self.pc = pc
        if pc >= self._end:
            self.status, self.ending = Status.HALTED, 3 if self.stray is None else 4

    def _halt(self, pc: int) -> None:
        self.pc, self.status = pc, Status.HALTED
        self.ending = self.ending or 2

    def _fail(self, fault: Fault, pc: int) -> None:
        self.pc, self.status = pc, Status.FAULTED
        self.fault = faults.report(fault.with_traceback(None), pc)

    @property
    def instructions(self) -> int:
        """Instructions executed: the ticks, less attempts beyond the limit."""
        return self.tick - self.refused

    def execute_again(self) -> bool:
        """Stand where another `execute` of the released machine would begin (section 8); False where nothing runs."""
        if self.ending in (1, 2) and self.status is Status.HALTED:
            self.result = None
            return False
        has_main = MAIN in self.program.functions
        if self.status is not Status.FAULTED and not has_main:
            return False
        self.go_to(self.program.entry if has_main else self.pc + 1)
        return self.status is Status.READY

    # Checkpoints

    def checkpoint(self) -> MdvmCheckpoint:
        """The whole state; values, frames and output are shared."""
        self._owned = None
        found = MdvmCheckpoint(
            program=self.program,
            tick=self.tick,
            weight=0,
            size=0,
            pc=self.pc,
            status=self.status,
            fault=self.fault,
            refused=self.refused,
            limit=self.limit,
            memory_limit=self.memory_limit,
            registers=tuple(self.regs),
            tags=tuple(sorted(self.tags.items())),
            frames=self.frames,
            globals=self.globals,
            output=self.output,
            scopes=self.scopes,
            jumped=self.jumped,
            result=self.result,
            ending=self.ending,
            stray=self.stray,
        )
        size = size_in(found)
        found = replace(found, size=size, weight=min(size, weight_since(found, self._last)))
        self._last = found
        return found

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back, or forward, to a checkpoint of a machine with the same program; limits are part of it.

        TypeError for a checkpoint of another kind of machine, ValueError for one of another program.
        """
        if not isinstance(checkpoint, MdvmCheckpoint):
            raise TypeError("not a checkpoint of this kind of machine")
        if checkpoint.program is not self.program and checkpoint.program.parts != self.program.parts:
            raise ValueError("the checkpoint was made in another program")
        self.tick, self.pc, self.status = checkpoint.tick, checkpoint.pc, checkpoint.status
        self.fault, self.refused = checkpoint.fault, checkpoint.refused
        self.limit, self.memory_limit = checkpoint.limit, checkpoint.memory_limit
        self.regs[:] = checkpoint.registers
        self.tags.clear()
        for register, tag in checkpoint.tags:
            self._expect_tag(register)
            self.tags[register] = tag
        self.frames = checkpoint.frames
        self.depth = 0 if self.frames is None else self.frames.depth
        self.globals, self._owned = checkpoint.globals, None
        self.output, self.scopes, self.jumped = checkpoint.output, checkpoint.scopes, checkpoint.jumped
        self.result, self.ending, self.stray = checkpoint.result, checkpoint.ending, checkpoint.stray
        self._last = checkpoint

    def digest(self) -> str:
        """SHA-256 of the whole state."""
        return digest_of(self.checkpoint())


def _undefined(instruction: Instruction) -> Callable[[], None]:
    opcode = instruction.raw[0] if instruction.raw else 0

    def step() -> None:
        raise Fault("InvalidOpcode", opcode=opcode)

    return step


def _forgetting(execute: Handler, tags: dict[int, int], register: int) -> Handler:
    """What executes an instruction and then lets the tag of the register it wrote be that of the value."""

    def step() -> object:
        target = execute()
        tags.pop(register, None)
        return target

    return step


def written_register(instruction: Instruction) -> int:
    """The register whose value an instruction writes when it does not fail; -1 if it is none or not known before."""
    op = instruction.op
    if op is None or op.name in ("define", "call"):
        return -1
    written = (at for at, operand in enumerate(op.operands) if "w" in operand.access)
    return next((instruction.operands[at] for at in written), -1)
