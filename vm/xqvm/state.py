"""The state of an XQVM, as instructions see and change it (XQVM reference, sections 1, 7 and 8)."""

from __future__ import annotations

from collections.abc import Sequence

from vm.contract import Checkpoint, Status
from vm.faults import Fault, FaultReport
from vm.xqvm import faults
from vm.xqvm.blocks import BlockTable, Code, Step
from vm.xqvm.checkpoint import XqvmCheckpoint
from vm.xqvm.coefficients import Coefficients
from vm.xqvm.loops import Loop
from vm.xqvm.metering import DEFAULT_MEMORY_LIMIT, DEFAULT_STEP_LIMIT
from vm.xqvm.model import U64_MAX, Model, Sample, Slot, Vec
from vm.xqvm.program import Program
from vm.xqvm.values import slot_of

_UNLIMITED = 1 << 200
"""Room of a machine without a step limit: more steps than can be taken."""


class State:
    """Stack, registers, loops, host slots and budgets, with what handlers ask of them.

    `regs`, `loops`, `calldata`, `output_slots`, `coefficients`, `token` and the budgets are there for the handlers
    and for those who watch them.
    """

    def __init__(
        self,
        program: Program,
        calldata: Sequence[object] = (),
        output_slots: int = 0,
        step_limit: int | None = DEFAULT_STEP_LIMIT,
        memory_limit: int = DEFAULT_MEMORY_LIMIT,
    ) -> None:
        self.calldata: tuple[Slot, ...] = tuple(slot_of(value, f"calldata[{n}]") for n, value in enumerate(calldata))
        self.step_limit = step_limit
        self.memory_limit = memory_limit
        self.token: object = object()
        self.coefficients = Coefficients()
        self.regs: list[Slot] = [None] * 256
        self.loops: list[Loop] = []
        self.output_slots: list[Slot] = [None] * output_slots
        self._stack: list[int] = []
        self._open_elements: set[int] = set()
        self.load(program)

    def load(self, program: Program) -> None:
        """Begin another program; stack, registers, loops and outputs stay as they are (section 1.8)."""
        self.program = program
        self._code = Code(program.code, program.targets)
        self._blocks = BlockTable(self._code)
        self._cut_blocks: dict[frozenset[int], BlockTable] = {}
        self._reached: set[int] = set()
        self.pc = 0
        self.tick = 0
        self._fault: tuple[Fault, int] | None = None
        self._undispatched = 0
        self.steps_left = _UNLIMITED if self.step_limit is None else self.step_limit
        self.bytes_left = self.memory_limit
        self.status = Status.HALTED if not program.code else Status.READY

    def share_code(self, other: State) -> None:
        """Use the instructions that another machine with the same program has decoded."""
        self._code = other._code
        self._blocks = BlockTable(self._code)
        self._cut_blocks.clear()

    def reset(self) -> None:
        """Clear everything but the limits, the calldata and outputs included (section 1.8)."""
        self.calldata = ()
        self.output_slots.clear()
        self.regs[:] = [None] * 256
        self.loops.clear()
        self._stack.clear()
        self.load(self.program)

    # What handlers ask for

    def charge(self, cost_bytes: int, steps: int) -> None:
        """Charge bytes, then extra steps; a refused charge leaves its counter alone."""
        if cost_bytes > self.bytes_left:
            used, limit = self.memory_used, self.memory_limit
            raise Fault("MemoryLimitExceeded", requested=min(cost_bytes, U64_MAX), used=used, limit=limit)
        self.bytes_left -= cost_bytes
        if steps > self.steps_left:
            raise Fault("StepLimitExceeded", requested=steps, used=self.steps, limit=self.step_limit)
        self.steps_left -= steps

    def own_model(self, reg: int) -> Model:
        """The model in a register, copied first if anyone else holds it."""
        model = self.regs[reg]
        if not isinstance(model, Model):
            raise TypeError(f"r{reg} holds no model")
        if model.owner is not self.token:
            model = self.regs[reg] = model.clone(self.token)
        return model

    def own_vector(self, reg: int) -> Vec:
        """The vector in a register, copied first if anyone else holds it."""
        vec = self.regs[reg]
        if not isinstance(vec, Vec):
            raise TypeError(f"r{reg} holds no vector")
        if vec.owner is not self.token:
            vec = self.regs[reg] = vec.clone(self.token)
        return vec

    def own_sample(self, reg: int) -> Sample:
        """The sample in a register, copied first if anyone else holds it."""
        sample = self.regs[reg]
        if not isinstance(sample, Sample):
            raise TypeError(f"r{reg} holds no sample")
        if sample.owner is not self.token:
            sample = self.regs[reg] = sample.clone(self.token)
        return sample

    def skip_loop(self, body: int) -> int:
        """Scan over the body of an empty loop, one step an instruction, and return where to go on (section 5.5)."""
        target, count = self._code.skip(body)
        if target >= 0 and count <= self.steps_left:
            self.steps_left -= count
            return target
        depth, pc = 1, body
        while depth:
            if pc >= len(self.program.code):
                raise Fault("UnmatchedLoop")
            self._charge_base()
            step = self._code.steps[pc]
            if step.op is None:
                raise self._undecodable(step)
            depth += step.nesting
            pc = step.next
        return pc

    def _charge_base(self) -> None:
        if self.steps_left < 1:
            raise Fault("StepLimitExceeded", pos=None, requested=1, used=self.steps, limit=self.step_limit)
        self.steps_left -= 1

    def _undecodable(self, step: Step) -> Fault:
        pos = step.instruction.pos
        if step.instruction.truncated:
            return Fault("TruncatedInstruction", pos=pos)
        return Fault("BadOpcode", pos=pos, byte=self.program.code[pos])

    # What became of the run

    @property
    def fault(self) -> FaultReport | None:
        """What went wrong, if the machine faulted."""
        return None if self._fault is None else faults.report(*self._fault)

    @property
    def steps(self) -> int:
        """Metered steps used."""
        return (_UNLIMITED if self.step_limit is None else self.step_limit) - self.steps_left

    @property
    def instructions(self) -> int:
        """Instructions dispatched: the ticks, less the one a spent step budget refused."""
        return self.tick - self._undispatched

    @property
    def memory_used(self) -> int:
        """Bytes charged against the allocation budget."""
        return self.memory_limit - self.bytes_left

    @property
    def stack(self) -> tuple[int, ...]:
        """The operand stack, bottom first."""
        return tuple(self._stack)

    @property
    def operands(self) -> list[int]:
        """The operand stack itself, for those who look at it often."""
        return self._stack

    # A debugger's edits

    def replace_stack(self, values: Sequence[int]) -> None:
        """Put other values on the stack, bottom first."""
        self._stack[:] = values

    def limit_steps(self, limit: int | None) -> None:
        """Another step limit; what was used stays used."""
        used = self.steps
        self.step_limit = limit
        self.steps_left = (_UNLIMITED if limit is None else limit) - used

    def limit_memory(self, limit: int) -> None:
        """Another memory limit; what was charged stays charged."""
        used = self.memory_used
        self.memory_limit = limit
        self.bytes_left = limit - used

    def go_to(self, pc: int) -> None:
        """Go on at an instruction, whatever has become of the run."""
        self.pc, self.status, self._fault = pc, Status.READY, None

    # Checkpoints

    def checkpoint(self) -> XqvmCheckpoint:
        """The whole state; vectors and models stay shared until somebody writes them."""
        fixed = 4096 + 8 * (len(self._stack) + len(self.output_slots)) + 120 * len(self.loops)
        elements = {id(loop.elements): len(loop.elements) for loop in self.loops if loop.elements is not None}
        weight, size = fixed, fixed + 8 * sum(elements.values())
        for value in {id(value): value for value in (*self.regs, *self.output_slots) if value is not None}.values():
            if isinstance(value, Vec | Model | Sample):
                size += value.total_bytes()
                if value.owner is self.token:
                    weight += value.private_bytes()
        if self._open_elements != elements.keys():
            weight = min(size, weight + 8 * sum(elements.values()))
            self._open_elements = set(elements)
        self.token = object()
        return XqvmCheckpoint(
            program=self.program,
            calldata=self.calldata,
            step_limit=self.step_limit,
            memory_limit=self.memory_limit,
            tick=self.tick,
            weight=weight,
            size=size,
            pc=self.pc,
            status=self.status,
            fault=self._fault,
            undispatched=self._undispatched,
            steps_left=self.steps_left,
            bytes_left=self.bytes_left,
            stack=tuple(self._stack),
            regs=tuple(self.regs),
            outputs=tuple(self.output_slots),
            loops=tuple(loop.copy() for loop in self.loops),
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back, or forward, to a checkpoint of a machine with the same program; inputs and limits are part of it.

        TypeError for a checkpoint of another kind of machine, ValueError for one of another program.
        """
        if not isinstance(checkpoint, XqvmCheckpoint):
            raise TypeError("not a checkpoint of this kind of machine")
        if checkpoint.program is not self.program and checkpoint.program.code != self.program.code:
            raise ValueError("the checkpoint was made in another program")
        self.token = object()
        self.calldata, self.step_limit = checkpoint.calldata, checkpoint.step_limit
        self.memory_limit = checkpoint.memory_limit
        self.tick, self.pc, self.status = checkpoint.tick, checkpoint.pc, checkpoint.status
        self._fault, self._undispatched = checkpoint.fault, checkpoint.undispatched
        self.steps_left, self.bytes_left = checkpoint.steps_left, checkpoint.bytes_left
        self._stack[:] = checkpoint.stack
        self.regs[:] = checkpoint.regs
        self.output_slots[:] = checkpoint.outputs
        self.loops[:] = [loop.copy() for loop in checkpoint.loops]

    def digest(self) -> str:
        """SHA-256 of the whole state."""
        state = (
            self.tick, self.pc, self.status.name, self.steps, self.memory_used, self.instructions,
            None if self._fault is None else self.fault,
            self.stack, [loop.state() for loop in self.loops], self.regs, self.output_slots,
            self.step_limit, self.memory_limit, self.calldata,
        )  # fmt: skip
        import hashlib  # a run that never asks starts faster without

        return hashlib.sha256(repr(state).encode()).hexdigest()
