"""What each instruction does, one handler an instruction.

A handler is called with the machine, its operand stack and the decoded operand, and returns the
offset to continue at, or None for the next instruction. The run loop has seen to it that the
operands are on the stack and that the base step is paid; a push beyond the depth limit is undone
by the run loop, so a handler that grows the stack must push last.
"""

from vm.xqvm.isa import ISA
from vm.xqvm.ops import arithmetic, compare, constraint, control, model, register, stack, vector

__all__ = ["arithmetic", "compare", "constraint", "control", "model", "register", "stack", "vector"]

ISA.seal()
