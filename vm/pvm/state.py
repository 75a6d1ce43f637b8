"""The state of a PVM, as instructions see and change it (PVM reference, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from vm.contract import Checkpoint, PlaceError, Status
from vm.diagnostics import InputError
from vm.faults import Fault, FaultReport
from vm.pvm import edits, faults
from vm.pvm.accesses import access_of
from vm.pvm.blocks import BlockTable, Code, Step
from vm.pvm.calls import Call, closed, opened, outward
from vm.pvm.checkpoint import PvmCheckpoint
from vm.pvm.engines import INTERPRETER
from vm.pvm.halt import Halt
from vm.pvm.hosting import KEPT, Answer, HostCall
from vm.pvm.inputs import DEFAULT_GAS, Inputs
from vm.pvm.isa import HALT_ADDRESS, REGISTERS
from vm.pvm.memory import PAGE, READABLE, WRITABLE, Memory, rights_words
from vm.pvm.places import MOST_OCTETS
from vm.pvm.program import Program
from vm.pvm.templates import STATE

if TYPE_CHECKING:
    from vm.pvm.native.driver import Driver

_NONE_YET = MappingProxyType[int, int]({})
_SP, _A0, _A1 = 1, 7, 8


class State:
    """Registers, memory, gas and open calls, with what handlers ask of them.

    `regs`, `memory` and its pages stay the same objects for good: compiled blocks hold them.
    """

    memory: Memory
    pc: int
    tick: int
    gas: int
    gas_limit: int
    status: Status

    def __init__(
        self,
        program: Program,
        inputs: Inputs | None = None,
        code: Code | None = None,
        engine: str = INTERPRETER,
    ) -> None:
        """`code` is what another machine with the same program has decoded, `engine` one of `vm.pvm.engines.NAMES`."""
        self.engine = engine
        self.program = program
        self.inputs = inputs or Inputs()
        self.regs: list[int] = [0] * len(REGISTERS)
        self.memory = Memory(self.inputs.memory_limit)
        values = (self, self.regs, self.memory.pages, self.memory.own)
        self.bindings: Mapping[str, object] = MappingProxyType(dict(zip(STATE, values, strict=True)))
        """What parameters of handlers stand for that are no operands."""
        self._last_depth = 0
        self._decode(code or Code(program))
        self._begin()
        self._fill()

    def _decode(self, code: Code) -> None:
        """Be ready to execute instructions."""
        self.decoded = code
        self._blocks = BlockTable(code, self)
        self._cut_blocks: dict[frozenset[int], BlockTable] = {}
        self._driver: Driver | Literal[False] | None = None
        """What runs compiled code; False if it was found that there can be none."""
        self._warmth = 0
        """Instructions that were interpreted without it."""
        self._calls: dict[Step, Callable[[], Any]] = {}
        self.passed: set[int] = set()
        """Addresses of instructions that were executed, but for those of blocks that keep account themselves."""
        self._charges: dict[int, int] = {}
        """Gas that host calls were charged besides the instruction, by address, while somebody keeps account."""
        self.landings = code.landings

    def _begin(self) -> None:
        """Stand where the program begins."""
        program, inputs = self.program, self.inputs
        self.pc = program.entry if inputs.pc is None else inputs.pc
        self.tick = 0
        self.status = Status.READY
        self.fault: FaultReport | None = None
        self.refused = 0
        """Ticks that were attempts without gas."""
        given = inputs.gas if inputs.gas is not None else program.preset.gas
        self.gas_limit = self.gas = DEFAULT_GAS if given is None else given
        self.calls: Call | None = None
        """The innermost call that is open."""
        self.depth = 0
        self.host_calls: tuple[HostCall, ...] = ()
        """The latest host calls, those made last at the end."""
        self.host_counts: Mapping[int, int] = _NONE_YET
        """How often each host call was made, by number."""

    def _fill(self) -> None:
        """Put what program and inputs say into registers and memory; InputError where they do not fit together."""
        start, memory, inputs = self.program.start(self.inputs.args), self.memory, self.inputs
        for segment in start.segments:
            first = segment.address // PAGE
            memory.protect(first, first + segment.length // PAGE, WRITABLE if segment.writable else READABLE)
            memory.poke(segment.address, segment.data)
        for mapped in inputs.pages:
            first = mapped.address // PAGE
            memory.protect(first, first + mapped.length // PAGE, WRITABLE if mapped.writable else READABLE)
        for address, contents in inputs.memory:
            if not memory.poke(address, contents):
                raise InputError(f"memory: {address:#x} to {address + len(contents):#x} is not all mapped; add pages")
        memory.heap = start.heap if inputs.heap is None else inputs.heap
        self.regs[:] = start.registers
        for number, value in {**dict(self.program.preset.registers), **inputs.registers}.items():
            self.regs[number] = value

    # What handlers ask for

    def landing(self, address: int) -> int:
        """Where a dynamic jump leads (section 9)."""
        target = self.landings.get(address)
        if target is None:
            if address == HALT_ADDRESS:
                raise Halt
            raise Fault("Panic", why="table", address=address)
        if self.calls is not None:
            self.calls = closed(self.calls, address, self.regs[_SP])
            self.depth = 0 if self.calls is None else self.calls.depth
        return target

    def link(self, behind: int, target: int) -> int:
        """Take note of a jump to a target if it is a call, which returns to `behind`; the target."""
        back = self.regs[0]
        if target >= 0 and self.landings.get(back) == behind:
            self.calls = opened(self.calls, back, self.regs[_SP], target)
            self.depth = 0 if self.calls is None else self.calls.depth
        return target

    def call_host(self, number: int) -> None:
        """Call the host: reply from the inputs, or wait for somebody to do it."""
        answer, alike = self.coming_answer(number), self.host_counts.get(number, 0)
        call = HostCall(self.tick - 1, self.pc, number, tuple(self.regs), answer is not None)
        self.host_calls = (*self.host_calls[1 - KEPT :], call)
        self.host_counts = MappingProxyType({**self.host_counts, number: alike + 1})
        if answer is None:
            self.status = Status.HOST
            return
        self._charges[self.pc] = self._charges.get(self.pc, 0) + min(answer.charge, self.gas)
        self.gas -= answer.charge
        if self.gas < 0:
            raise Fault("OutOfGas")
        self._take(answer, number)

    def coming_answer(self, number: int) -> Answer | None:
        """The reply that the inputs have to a host call of that number if it is made now."""
        return self.inputs.host.answer(number, sum(self.host_counts.values()), self.host_counts.get(number, 0))

    def output(self) -> bytes | None:
        """What the program gives back: the octets at a0, as many as a1 says; None before it halted (section 13).

        It is empty if they cannot all be read, or are more than are looked at in one piece.
        """
        if self.status is not Status.HALTED:
            return None
        at, count = self.regs[_A0], self.regs[_A1]
        if at >> 32 or count > MOST_OCTETS:
            return b""
        return self.memory.peek(at, count) or b""

    def _take(self, answer: Answer, number: int) -> None:
        """Put what a reply says where it says; what cannot be is a fault."""
        for place, value in answer.reply.writes:
            try:
                edits.put(self, place, value)
            except PlaceError as error:
                raise Fault("HostReply", number=number, what=str(error)) from None

    # What became of the run

    def _fail(self, fault: Fault, step: Step) -> None:
        """End with a fault of an instruction; registers are as before it."""
        told = dict(fault.operands)
        access = None if step.op is None else access_of(step.op)
        page = told.get("address")
        if access is not None and isinstance(page, int):
            told["access"] = access.address(step.operands, self.regs)
            told["size"], told["done"] = access.size, "written" if access.stores else "read"
            told["rights"] = rights_words(self.memory.rights(page // PAGE))
        if fault.identity == "OutOfGas":
            told["limit"] = self.gas_limit
        self.pc = step.instruction.pc
        self.fault = faults.report(Fault(fault.identity, **told), self.pc)
        self.status = Status.FAULTED

    @property
    def gas_used(self) -> int:
        """Gas used of what was given."""
        return self.gas_limit - max(0, self.gas)

    @property
    def instructions(self) -> int:
        """Instructions executed: the ticks, less the one that was refused for want of gas."""
        return self.tick - self.refused

    @property
    def host_call(self) -> HostCall | None:
        """The host call whose reply the machine waits for."""
        return self.host_calls[-1] if self.status is Status.HOST else None

    # A debugger's edits

    def go_to(self, pc: int) -> None:
        """Go on at an instruction, whatever has become of the run."""
        self.pc, self.status, self.fault = pc, Status.READY, None

    # Checkpoints

    def checkpoint(self) -> PvmCheckpoint:
        """The whole state; pages stay shared until somebody writes them."""
        memory = self.memory
        fixed = 2048 + 100 * (len(memory.pages) + len(memory.areas)) + 150 * len(self.host_calls)
        weight = fixed + PAGE * len(memory.own) + 100 * abs(self.depth - self._last_depth)
        size = fixed + PAGE * memory.held + 100 * self.depth
        self._last_depth = self.depth
        return PvmCheckpoint(
            program=self.program,
            inputs=self.inputs,
            tick=self.tick,
            weight=min(weight, size),
            size=size,
            pc=self.pc,
            status=self.status,
            fault=self.fault,
            refused=self.refused,
            gas=self.gas,
            gas_limit=self.gas_limit,
            registers=tuple(self.regs),
            memory=memory.share(),
            calls=self.calls,
            host_calls=self.host_calls,
            host_counts=self.host_counts,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back, or forward, to a checkpoint of a machine with the same program; inputs and limits are part of it.

        TypeError for a checkpoint of another kind of machine, ValueError for one of another program.
        """
        if not isinstance(checkpoint, PvmCheckpoint):
            raise TypeError("not a checkpoint of this kind of machine")
        if checkpoint.program is not self.program and checkpoint.program.parts != self.program.parts:
            raise ValueError("the checkpoint was made in another program")
        self.inputs = checkpoint.inputs
        self.tick, self.pc, self.status = checkpoint.tick, checkpoint.pc, checkpoint.status
        self.fault, self.refused = checkpoint.fault, checkpoint.refused
        self.gas, self.gas_limit = checkpoint.gas, checkpoint.gas_limit
        self.regs[:] = checkpoint.registers
        self.memory.restore(checkpoint.memory)
        self.calls = checkpoint.calls
        self.depth = 0 if self.calls is None else self.calls.depth
        self.host_calls, self.host_counts = checkpoint.host_calls, checkpoint.host_counts

    def digest(self) -> str:
        """SHA-256 of the whole state."""
        import hashlib  # a run that never asks starts faster without

        state = (
            self.tick, self.pc, self.status.name, self.fault, self.refused, self.gas, self.gas_limit, self.regs,
            self.memory.areas, self.memory.heap, self.memory.limit, self.host_calls, sorted(self.host_counts.items()),
            [(call.back, call.sp, call.entry) for call in outward(self.calls)],
        )  # fmt: skip
        found = hashlib.sha256(repr(state).encode())
        for number, page in self.memory.stored():
            found.update(number.to_bytes(4, "little"))
            found.update(page)
        return found.hexdigest()
