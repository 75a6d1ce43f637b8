"""What each instruction does, one handler an instruction.

The parameters of a handler tell what it works on: `m` the machine, `r` its registers, `pages` and `own` the pages
it may read and write, and the operands under the names that the row of the table gives them. It returns the
address to continue at, or None for the next instruction; of a jump to where no block begins, the complement of the
target. Gas is charged before. Blocks that run often are compiled from the text of these functions.
"""

from vm.pvm.isa import ISA
from vm.pvm.ops import arithmetic, bits, branching, control, immediate, loading, logic, moving, storing

__all__ = ["arithmetic", "bits", "branching", "control", "immediate", "loading", "logic", "moving", "storing"]

ISA.seal()
