"""A saved state of an XQVM."""

from __future__ import annotations

from vm.contract import Status
from vm.faults import Fault
from vm.values import dataclass
from vm.xqvm.loops import Loop
from vm.xqvm.model import Slot
from vm.xqvm.program import Program


@dataclass(frozen=True, slots=True, eq=False)
class XqvmCheckpoint:
    """Everything an instruction can read or change. Only `XqvmMachine` looks inside."""

    program: Program
    calldata: tuple[Slot, ...]
    step_limit: int | None
    memory_limit: int
    tick: int
    weight: int
    """Estimate of the memory that the checkpoint before it does not share, in bytes."""
    size: int
    """Estimate of all the memory it holds, shared or not, in bytes."""
    pc: int
    status: Status
    fault: tuple[Fault, int] | None
    undispatched: int
    steps_left: int
    bytes_left: int
    stack: tuple[int, ...]
    regs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    loops: tuple[Loop, ...]
