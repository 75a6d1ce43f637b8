"""From a session file to a program that can be run: all that a face without a debugger needs of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vm.diagnostics import InputError
from xqdbg import machines
from xqdbg.answer import Json
from xqdbg.errors import XqdbgError
from xqdbg.sessionfile.record import SessionRecord

if TYPE_CHECKING:
    from vm.contract import Machine
    from vm.toolchain import Program, Toolchain


def load_program(record: SessionRecord) -> tuple[Toolchain, Program]:
    """The program of a session and the tools of its machine. XqdbgError if there is no such machine; ProgramError."""
    tools = machines.toolchain(machines.registered(record.machine))
    saved = record.program
    program = tools.load(saved.code, record.name) if saved.code else tools.assemble(saved.text, record.name)
    return tools, program


def begin_machine(tools: Toolchain, program: Program, inputs: Mapping[str, Json], source: str) -> Machine:
    """A machine at tick 0; XqdbgError that begins with `source` for inputs it cannot take."""
    try:
        return tools.machine(program, inputs)
    except InputError as error:
        raise XqdbgError(f"{source}: inputs: {error}") from None
