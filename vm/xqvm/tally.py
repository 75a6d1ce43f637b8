"""What instructions are charged, told apart by address while the program runs at nearly full speed.

Every instruction dispatched costs one step, so those are counted. Only what can be charged more, as its row of
the table says, is watched, by a handler of its own around the real one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from vm.codec import Instruction
from vm.contract import Tally, Trail
from vm.isa import Handler, Op
from vm.xqvm.blocks import BlockTable, Code, Step

if TYPE_CHECKING:
    from vm.xqvm.engine import Engine

_FREE = "0"
_FRESH = (0, 0, 0)


class TallyCode(Code):
    """A program whose instructions note what they are charged besides the step of dispatch."""

    def __init__(self, plain: Code) -> None:
        super().__init__(plain.stream, plain.targets)
        self.plain = plain
        self.blocks = BlockTable(self)
        self.extra: dict[int, list[int]] = {}
        """Steps and bytes by address, since they were last settled."""

    def _decode(self, pc: int) -> Step:
        step = super()._decode(pc)
        return _watched(step, step.instruction, self.extra) if _charges(step.op) else step

    def settle(self, trail: Trail, spent: Tally) -> None:
        """Add to `spent` what was executed and what it was charged."""
        runs = {id(run): run for run in trail}
        for key, times in Counter(map(id, trail)).items():
            for pc in runs[key]:
                entry = spent.setdefault(pc, [*_FRESH])
                entry[0] += times
                entry[1] += times
        for pc, noted in self.extra.items():
            if any(noted):
                spent[pc][1] += noted[0]
                spent[pc][2] += noted[1]
                noted[:] = 0, 0


def _charges(op: Op | None) -> bool:
    return op is not None and (op.steps != _FREE or op.bytes != _FREE)


def _watched(step: Step, instruction: Instruction, extra: dict[int, list[int]]) -> Step:
    """The same instruction; what is charged before a fault counts as well."""
    handler: Handler = step.handler
    noted = extra.setdefault(instruction.pos, [0, 0])

    def handle(m: Engine, stack: list[int], operand: Any) -> Any:
        steps, memory = m.steps_left, m.bytes_left
        try:
            return handler(m, stack, operand)
        finally:
            noted[0] += steps - m.steps_left
            noted[1] += memory - m.bytes_left

    return Step(instruction, handle, step.operand)
