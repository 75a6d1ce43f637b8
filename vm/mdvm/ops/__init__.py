"""What each instruction does. A handler is called once for each place it stands at, and makes what executes it there.

Its parameters are the machine and the operands in the order of the text; jumps get the index they lead to. What it
makes is called without arguments. It returns the index to continue at, or None for the next instruction.
"""

from vm.mdvm.isa import ISA
from vm.mdvm.ops import arithmetic, arrays, calls, comparing, control, dicts, extensions, logic, moving, text, typing

__all__ = ["arithmetic", "arrays", "calls", "comparing", "control", "dicts", "extensions", "logic", "moving", "text",
           "typing"]  # fmt: skip

ISA.seal()
