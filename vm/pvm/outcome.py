"""How a run of a PVM ended, as JSON and in words. Sections 12 and 13."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vm.contract import Status
from vm.pvm.hosting import named
from vm.pvm.isa import REGISTERS

if TYPE_CHECKING:
    from vm.pvm.machine import PvmMachine

EXITS = {"Panic": "panic", "PageFault": "page-fault", "OutOfGas": "out-of-gas"}
"""Exits by the identity of the fault."""
_STATES = {Status.HALTED: "halt", Status.HOST: "host-call", Status.READY: "running"}
_A_LINE = 4
"""Registers in one line of a report."""
_SHOWN = 256
"""Octets of output that a report shows."""


def exit_of(machine: PvmMachine) -> str:
    """`halt`, `panic`, `page-fault`, `out-of-gas`, `host-call`; `running` before the end."""
    fault = machine.fault
    if fault is not None:
        return EXITS.get(fault.identity, fault.code.lower().replace("_", "-"))
    return _STATES.get(machine.status, machine.status.value)


def page_of(machine: PvmMachine) -> int | None:
    """The address of the page of a page fault."""
    fault = machine.fault
    address = None if fault is None or fault.identity != "PageFault" else fault.operands.get("address")
    return address if isinstance(address, int) else None


def outcome(machine: PvmMachine) -> dict[str, Any]:
    """One JSON object: the exit and what belongs to it, registers, gas, and what the host was asked."""
    fault, output, call = machine.fault, machine.output(), machine.host_call
    found: dict[str, Any] = {"exit": exit_of(machine), "pc": machine.pc}
    if fault is not None:
        line = machine.program.line_of(fault.pc)
        found |= {"error": fault.code, "message": fault.message, "line": line}
    if (page := page_of(machine)) is not None:
        found["page"] = page
    if call is not None:
        found["host_call"] = call.number
    if output is not None:
        found["output"] = bytes(output).hex()
    return found | {
        "registers": dict(zip(REGISTERS, machine.regs, strict=True)),
        "gas": machine.gas,
        "gas_used": machine.gas_used,
        "instructions": machine.instructions,
        "heap": machine.memory.heap,
        "host_calls": {str(number): count for number, count in machine.host_counts.items()},
    }


def report(machine: PvmMachine) -> str:
    """Exit, registers, output and gas, one item a line."""
    return "\n".join(_report(machine))


def _report(machine: PvmMachine) -> Iterator[str]:
    call, output = machine.host_call, machine.output()
    if call is not None:
        yield f"waits     for the reply to host call {named(call.number)} at {call.pc:#x}; or give one in the inputs"
    else:
        yield f"exit      {exit_of(machine)} at {machine.pc:#x}"
    yield "registers"
    cells = [f"{name} = {value:#x}" for name, value in zip(REGISTERS, machine.regs, strict=True)]
    for at in range(0, len(cells), _A_LINE):
        yield "  " + "".join(f"{cell:<25}" for cell in cells[at : at + _A_LINE]).rstrip()
    if output is not None:
        shown = bytes(output[:_SHOWN]).hex(" ") or "none"
        yield f"output    {shown}" + (f" … {len(output):,} octets" if len(output) > _SHOWN else "")
    if machine.host_counts:
        counts = ", ".join(f"{named(number)} {_times(count)}" for number, count in machine.host_counts.items())
        yield f"host      {counts}"
    yield f"cost      {machine.instructions:,} instructions, {machine.gas_used:,} of {machine.gas_limit:,} gas"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
