"""What can run programs of the Machine Dialect. Both engines work on the same state and take over from each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm.mdvm.compiled.driver import Driver
    from vm.mdvm.engine import Engine

INTERPRETER = "interpreter"
COMPILED = "compiled"
"""Compiles whatever it comes to, at once."""
AUTOMATIC = "automatic"
"""Compiles what runs long enough for it to pay."""
NAMES = (INTERPRETER, COMPILED, AUTOMATIC)


def driver(machine: Engine) -> Driver | None:
    """What runs compiled code on a machine; None where nothing of its program can be compiled."""
    from vm.mdvm.compiled.driver import Driver  # most runs need none of it
    from vm.mdvm.compiled.library import library_of

    program = machine.program
    if program.remembers or not program.instructions:
        return None
    return Driver(machine, library_of(program), eager=machine.engine == COMPILED)
