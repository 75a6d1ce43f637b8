"""What can run programs of the PVM. All engines work on the same state and can take over from each other anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from vm.pvm.engine import Engine
    from vm.pvm.native.driver import Driver

INTERPRETER = "interpreter"
NATIVE = "native"
"""Compiles at once, and refuses to run where that is not possible."""
AUTOMATIC = "automatic"
"""Compiles what runs long enough for it to pay, where that is possible."""
NAMES = (INTERPRETER, NATIVE, AUTOMATIC)


def driver(machine: Engine) -> Driver | Literal[False]:
    """What runs compiled code on a machine; False if there can be none and none was asked for.

    InputError where it was asked for.
    """
    from vm.pvm.native import compiler  # most runs need none of it

    eager = machine.engine == NATIVE
    if eager:
        compiler.require()
    elif not compiler.available():
        return False
    from vm.pvm.native.driver import Driver
    from vm.pvm.native.library import Library

    code = machine.decoded
    library = code.library = code.library or Library(code)
    return Driver(machine, library, eager=eager)
