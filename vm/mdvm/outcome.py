"""How a run ended, as JSON and in words (reference, sections 8 and 10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vm.contract import Status
from vm.mdvm.faults import is_own
from vm.mdvm.interchange import to_json
from vm.mdvm.state import ENDINGS
from vm.mdvm.values import type_name
from vm.mdvm.views import shown

if TYPE_CHECKING:
    from vm.mdvm.machine import MdvmMachine

_LINES = 1_000
"""Lines of output that a report shows, the last ones."""


def ending_of(machine: MdvmMachine) -> str:
    """How the program ended, in words; `running` before the end, `failed` after a fault."""
    if machine.fault is not None:
        return "failed"
    return ENDINGS[machine.ending] if machine.status is Status.HALTED else "running"


def outcome(machine: MdvmMachine) -> dict[str, Any]:
    """One JSON object: how it ended, the result and its type, what was printed, globals, and the instruction count."""
    fault = machine.fault
    found: dict[str, Any] = {"ended": ending_of(machine), "pc": machine.pc}
    if fault is not None:
        found |= {"error": fault.code, "message": fault.message, "line": machine.program.line_of(fault.pc)}
        if is_own(fault.identity):
            found["released"] = "the released machine has no such error: it goes on, dies, or does not load the file"
    if machine.stray is not None:
        found["stray"] = machine.stray
    if machine.ending == 1:
        found |= {"result": to_json(machine.result), "type": type_name(machine.result)}
    if machine.program.extended:
        found |= {"scopes": list(machine.scopes), "jumped": machine.jumped}
    return found | {
        "outputs": list(machine.output),
        "globals": {name: to_json(value) for name, value in machine.globals.items()},
        "instructions": machine.instructions,
        "depth": machine.depth,
    }


def report(machine: MdvmMachine) -> str:
    """Output, result and instruction count, one item a line."""
    return "\n".join(_report(machine))


def printed(machine: MdvmMachine) -> Iterator[str]:
    """The last lines of output, under a heading; nothing where none was printed."""
    if len(machine.output) > _LINES:
        yield f"output    … {len(machine.output) - _LINES:,} lines before"
    elif machine.output:
        yield "output"
    for line in machine.output[-_LINES:]:
        yield from (f"  {part}" for part in line.split("\n"))


def _report(machine: MdvmMachine) -> Iterator[str]:
    yield from printed(machine)
    if machine.ending == 1:
        yield f"result    {shown(machine.result)} ({type_name(machine.result)})"
    stray = "" if machine.stray is None else f", to @{machine.stray}"
    yield f"ended     {ending_of(machine)} at @{machine.pc}{stray}"
    for name, value in machine.globals.items():
        yield f"global    {name} = {shown(value)}"
    yield f"cost      {machine.instructions:,} of {machine.limit:,} instructions"
