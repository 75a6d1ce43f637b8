"""A saved state of a PVM."""

from __future__ import annotations

from collections.abc import Mapping

from vm.contract import Status
from vm.faults import FaultReport
from vm.pvm.calls import Call
from vm.pvm.hosting import HostCall
from vm.pvm.inputs import Inputs
from vm.pvm.memory import Snapshot
from vm.pvm.program import Program
from vm.values import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class PvmCheckpoint:
    """Everything an instruction can read or change. Only `PvmMachine` looks inside."""

    program: Program
    inputs: Inputs
    tick: int
    weight: int
    """Estimate of the memory that the checkpoint before it does not share, in octets."""
    size: int
    """Estimate of all the memory it holds, shared or not, in octets."""
    pc: int
    status: Status
    fault: FaultReport | None
    refused: int
    gas: int
    gas_limit: int
    registers: tuple[int, ...]
    memory: Snapshot
    calls: Call | None
    host_calls: tuple[HostCall, ...]
    host_counts: Mapping[int, int]
