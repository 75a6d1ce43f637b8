"""Programs that ship, opened as somebody would open them."""

from __future__ import annotations

import json

from vm.contract import Machine
from xqdbg import machines, resources
from xqdbg.session import Session


def example_machine(name: str) -> Machine:
    """The machine of an example such as `tsp5/encoder`, at its first tick."""
    example = next(each for each in resources.examples() if each.name == name)
    tools, program = machines.open_program(example.program.read_bytes(), str(example.program))
    inputs = json.loads(example.inputs.read_text(encoding="utf-8")) if example.inputs else {}
    return tools.machine(program, inputs)


def example_session(name: str) -> Session:
    """A session on it."""
    return Session(example_machine(name), name)
