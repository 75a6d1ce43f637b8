"""The XQVM interpreter: state, run loop, checkpoints (XQVM reference, sections 1, 5, 7 and 8)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from operator import length_hint

from vm.contract import (
    Cell,
    Checkpoint,
    Frame,
    Line,
    Meter,
    Nest,
    Observer,
    Place,
    Region,
    Reply,
    Status,
    Stop,
    StopWhen,
    Value,
    View,
    Window,
)  # fmt: skip
from vm.faults import Fault, FaultReport
from vm.xqvm import faults, places, views
from vm.xqvm import ops as ops  # binds the handlers
from vm.xqvm.blocks import BlockTable, Code, Pair, Step
from vm.xqvm.checkpoint import XqvmCheckpoint
from vm.xqvm.coefficients import Coefficients
from vm.xqvm.effects import observe
from vm.xqvm.isa import ISA
from vm.xqvm.loops import DEPTH_LIMIT, Halt, Loop
from vm.xqvm.metering import DEFAULT_MEMORY_LIMIT, DEFAULT_STEP_LIMIT
from vm.xqvm.model import Model, Sample, Slot, Vec
from vm.xqvm.program import Program
from vm.xqvm.values import slot_of, value_of
from vm.xqvm.window import MatrixLens

UNBOUNDED = 1 << 62
"""A budget that no run uses up."""
_UNLIMITED = 1 << 200
"""Room of a machine without a step limit: more steps than can be taken."""


class XqvmMachine:
    """One XQVM with a program loaded, at tick 0.

    `calldata` holds one host value a slot: an int in i64, a sequence of such, a Model, a Sample
    or None. Limits are in metered steps and charged bytes; `step_limit=None` is unlimited.
    Raises InputError for anything else.

    `regs`, `loops`, `calldata`, `output_slots`, `coefficients` and `token` are the handlers'
    view of the state; everybody else uses the properties.
    """

    isa = ISA

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
        self._lenses: dict[str, MatrixLens] = {}
        self.load(program)

    def load(self, program: Program) -> None:
        """Begin another program; stack, registers, loops and outputs stay as they are (section 1.8)."""
        self.program = program
        self._code = Code(program.code, program.targets)
        self._blocks = BlockTable(self._code)
        self._cut_blocks = BlockTable(self._code)
        self._reached: set[int] = set()
        self.pc = 0
        self.tick = 0
        self._fault: tuple[Fault, int] | None = None
        self._undispatched = 0
        self._steps_left = _UNLIMITED if self.step_limit is None else self.step_limit
        self._bytes_left = self.memory_limit
        self.status = Status.HALTED if not program.code else Status.READY

    def reset(self) -> None:
        """Clear everything but the limits, the calldata and outputs included (section 1.8)."""
        self.calldata, self.output_slots = (), []
        self.regs = [None] * 256
        self.loops.clear()
        self._stack.clear()
        self.load(self.program)

    # What handlers ask for

    def charge(self, cost_bytes: int, steps: int) -> None:
        """Charge bytes, then extra steps; a refused charge leaves its counter alone."""
        if cost_bytes > self._bytes_left:
            used, limit = self.memory_used, self.memory_limit
            raise Fault("MemoryLimitExceeded", requested=min(cost_bytes, (1 << 64) - 1), used=used, limit=limit)
        self._bytes_left -= cost_bytes
        if steps > self._steps_left:
            raise Fault("StepLimitExceeded", requested=steps, used=self.steps, limit=self.step_limit)
        self._steps_left -= steps

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
        if target >= 0 and count <= self._steps_left:
            self._steps_left -= count
            return target
        depth, pc = 1, body
        while depth:
            if pc >= len(self.program.code):
                raise Fault("UnmatchedLoop")
            self._charge_base()
            step = self._code.step(pc)
            if step.op is None:
                raise self._undecodable(step)
            depth += {"RANGE": 1, "ITER": 1, "NEXT": -1}.get(step.op.name, 0)
            pc = step.next
        return pc

    def _charge_base(self) -> None:
        if self._steps_left < 1:
            raise Fault("StepLimitExceeded", pos=None, requested=1, used=self.steps, limit=self.step_limit)
        self._steps_left -= 1

    def _undecodable(self, step: Step) -> Fault:
        pos = step.instruction.pos
        if step.instruction.truncated:
            return Fault("TruncatedInstruction", pos=pos)
        return Fault("BadOpcode", pos=pos, byte=self.program.code[pos])

    # Running

    def run(self, budget: int = UNBOUNDED, stop: StopWhen | None = None, observer: Observer | None = None) -> Stop:
        """Run at most `budget` ticks, until `stop` holds, or to the end."""
        if self.status.ended:
            return Stop(self.status, self.tick, self.pc)
        if budget <= 1 or observer is not None or (stop is not None and stop.test is not None):
            return self._run_singly(budget, stop, observer)
        stop = stop or StopWhen()
        if len(self.loops) > stop.depth:
            return self._run_blocks(budget, stop)
        # The depth already holds, and within a block nobody would look again.
        first = self._run_singly(1, stop, None)
        return first if first.status is not Status.BUDGET else self._run_blocks(budget - 1, stop)

    def _run_blocks(self, budget: int, stop: StopWhen) -> Stop:
        stack, loops = self._stack, self.loops
        pcs, depth = stop.pcs, stop.depth
        blocks = self._table(pcs)
        pc, left, tick = self.pc, budget, self.tick
        status = Status.BUDGET
        block = blocks[pc]
        pairs: Iterator[Pair] = iter(())
        try:
            while True:
                block = blocks[pc]
                length = block.length
                if length > left or length > self._steps_left or not block.need <= len(stack) <= block.ceiling:
                    if left == 0:
                        break
                    self.pc, self.tick = pc, tick + budget - left
                    if not self.step_carefully():
                        return Stop(self.status, self.tick, self.pc)
                    pc = self.pc
                    left -= 1
                else:
                    self._steps_left -= length
                    left -= length
                    result: int | None = None
                    pairs = iter(block.pairs)
                    for handler, operand in pairs:
                        result = handler(self, stack, operand)
                    block.executed = True
                    pc = block.next if result is None else result
                if pc in pcs or len(loops) <= depth:
                    status = Status.PAUSED
                    break
        except Halt:
            self.status = status = Status.HALTED
            self._reached.update(block.positions)
            pc = block.positions[-1] if block.length else block.next
        except Fault as fault:
            unused = length_hint(pairs)
            self._steps_left += unused
            left += unused
            executed = block.positions[: block.length - unused]
            self._reached.update(executed)
            pc = executed[-1]
            self._fail(fault, pc)
            status = self.status
        self.pc, self.tick = pc, tick + budget - left
        if status is Status.PAUSED and pc >= len(self.program.code):
            self.status = status = Status.HALTED
        return Stop(status, self.tick, pc)

    def _table(self, pcs: AbstractSet[int]) -> BlockTable:
        if not pcs:
            return self._blocks
        if self._cut_blocks.cuts != pcs:
            self._note_reached(self._cut_blocks)
            self._cut_blocks = BlockTable(self._code, pcs)
        return self._cut_blocks

    def _note_reached(self, table: BlockTable) -> None:
        for block in table.values():
            if block.executed and not block.noted:
                block.noted = True
                self._reached.update(block.positions)

    def _run_singly(self, budget: int, stop: StopWhen | None, observer: Observer | None) -> Stop:
        for _ in range(budget):
            if observer is None:
                self.step_carefully()
            else:
                observer(observe(self))
            if self.status.ended:
                return Stop(self.status, self.tick, self.pc)
            if stop is not None and stop.holds(self):
                return Stop(Status.PAUSED, self.tick, self.pc)
        return Stop(Status.BUDGET, self.tick, self.pc)

    def instruction_at(self, pc: int) -> Step:
        """The decoded instruction at an offset inside the stream."""
        return self._code.step(pc)

    def step_carefully(self) -> bool:
        """Execute one instruction with every check made singly; False if the machine came to its end."""
        pc, stack = self.pc, self._stack
        self.tick += 1
        try:
            if self._steps_left < 1:
                self._undispatched = 1
            self._charge_base()
            self._reached.add(pc)
            step = self._code.step(pc)
            if step.op is not None and len(stack) < step.op.needs:
                if not step.op.keeps:
                    stack.clear()
                raise Fault("StackUnderflow")
            result = step.handler(self, stack, step.operand)
            if len(stack) > DEPTH_LIMIT:
                stack.pop()
                raise Fault("StackOverflow")
        except Halt:
            self.status = Status.HALTED
            return False
        except Fault as fault:
            self._fail(fault, pc)
            return False
        self.pc = step.next if result is None else result
        if self.pc >= len(self.program.code):
            self.status = Status.HALTED
            return False
        return True

    def _fail(self, fault: Fault, pc: int) -> None:
        self._fault = (fault.with_traceback(None), pc)
        self.status = Status.FAULTED

    # What became of the run

    @property
    def fault(self) -> FaultReport | None:
        """What went wrong, if the machine faulted."""
        return None if self._fault is None else faults.report(*self._fault)

    @property
    def steps(self) -> int:
        """Metered steps used."""
        return (_UNLIMITED if self.step_limit is None else self.step_limit) - self._steps_left

    @property
    def instructions(self) -> int:
        """Instructions dispatched: the ticks, less the one a spent step budget refused."""
        return self.tick - self._undispatched

    @property
    def memory_used(self) -> int:
        """Bytes charged against the allocation budget."""
        return self.memory_limit - self._bytes_left

    @property
    def stack(self) -> tuple[int, ...]:
        """The operand stack, bottom first."""
        return tuple(self._stack)

    @property
    def registers(self) -> dict[int, object]:
        """Host values of the registers that are set, by number."""
        return {reg: value_of(value) for reg, value in enumerate(self.regs) if value is not None}

    @property
    def outputs(self) -> list[object]:
        """Host values of the output slots, None where nothing was written."""
        return [value_of(value) for value in self.output_slots]

    def replace_stack(self, index: int, value: int) -> None:
        """Overwrite a stack value, counted from the bottom: a debugger's edit."""
        self._stack[index] = value

    # Checkpoints

    def checkpoint(self) -> XqvmCheckpoint:
        """The whole state; vectors and models stay shared until somebody writes them."""
        weight = 4096 + 8 * len(self._stack) + 120 * len(self.loops)
        for value in (*self.regs, *self.output_slots):
            if value is not None and isinstance(value, Vec | Model | Sample) and value.owner is self.token:
                weight += value.private_bytes()
        self.token = object()
        return XqvmCheckpoint(
            tick=self.tick,
            weight=weight,
            pc=self.pc,
            status=self.status,
            fault=self._fault,
            undispatched=self._undispatched,
            steps_left=self._steps_left,
            bytes_left=self._bytes_left,
            stack=tuple(self._stack),
            regs=tuple(self.regs),
            outputs=tuple(self.output_slots),
            loops=tuple(loop.copy() for loop in self.loops),
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back, or forward, to a checkpoint of a machine with the same program and inputs."""
        if not isinstance(checkpoint, XqvmCheckpoint):
            raise TypeError("not a checkpoint of this machine")
        self.token = object()
        self.tick, self.pc, self.status = checkpoint.tick, checkpoint.pc, checkpoint.status
        self._fault, self._undispatched = checkpoint.fault, checkpoint.undispatched
        self._steps_left, self._bytes_left = checkpoint.steps_left, checkpoint.bytes_left
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
        )  # fmt: skip
        return hashlib.sha256(repr(state).encode()).hexdigest()

    # What a debugger looks at

    @property
    def depth(self) -> int:
        """How many loops are open."""
        return len(self.loops)

    def nests(self) -> Sequence[Nest]:
        """The open loops, outermost first."""
        return tuple(Nest("loop", loop.body) for loop in self.loops)

    def code(self) -> Sequence[Line]:
        """Every instruction in address order."""
        return self.program.lines()

    def source(self) -> Sequence[str]:
        """The lines of the source, empty for bytecode."""
        return self.program.source

    def reached(self) -> AbstractSet[int]:
        """Addresses of all instructions executed so far, whichever way the machine moved."""
        self._note_reached(self._blocks)
        self._note_reached(self._cut_blocks)
        return frozenset(self._reached)

    def meters(self) -> Sequence[Meter]:
        """Steps and bytes against their limits."""
        return (
            Meter("steps", self.steps, self.step_limit),
            Meter("bytes", self.memory_used, self.memory_limit),
        )

    def get(self, place: Place) -> Value:
        """What a place holds; PlaceError if there is no such place."""
        return places.get(self, place)

    def set(self, place: Place, value: Value) -> None:
        """A debugger's edit; PlaceError if there is no such place or it cannot hold the value."""
        places.put(self, place, value)

    def views(self) -> Sequence[View]:
        """Stack, registers, loops, inputs and outputs."""
        return views.VIEWS

    def cells(self, view: str) -> Sequence[Cell]:
        """The values of one view."""
        return views.cells(self, view)

    def regions(self) -> Sequence[Region]:
        """The models, samples and vectors in registers."""
        return views.regions(self)

    def window(self, region: str, frame: Frame) -> Window:
        """Part of a model, sample or vector; PlaceError if there is none of that name."""
        return views.window(self, region, frame)

    def lens(self, region: str) -> MatrixLens:
        """What remembers the last window on a region, so that the next one costs what changed."""
        return self._lenses.setdefault(region, MatrixLens())

    def reply(self, reply: Reply) -> None:
        """XQVM calls no host."""
        raise TypeError("an XQVM program never waits for its host")
