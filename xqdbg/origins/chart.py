"""What the listing and the table tell of a program, as far as it bears on what depends on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vm.contract import Line
from vm.isa import Flow, Isa, Op, OperandKind
from vm.values import dataclass

_DECIDING = frozenset({Flow.BRANCH, Flow.LOOP_OPEN, Flow.LOOP_CLOSE})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one instruction before it runs."""

    line: Line
    op: Op | None
    decides: bool
    """Whether what it reads tells where control goes."""
    in_place: bool
    """Whether it changes parts of what is in a register, and leaves the rest."""
    moves: bool
    """Whether it puts values elsewhere and makes none."""
    exchanges: bool
    """Whether it puts two values each in the place of the other."""
    metered: bool
    """Whether what it costs depends on what it reads."""


class Chart:
    """The instructions of a program by address, and by what they write."""

    def __init__(self, code: Mapping[int, Line], isa: Isa) -> None:
        lines = code.values()
        self.facts: Mapping[int, Facts] = {line.pc: _facts(line, isa) for line in lines}
        self.stack = frozenset().union(*(line.writes for line in lines if _on_stack(isa.by_name.get(line.op))))
        """Names of the places operands are popped from and results are pushed to."""
        self._writers: dict[str, set[int]] = {}
        for line in lines:
            for name in line.writes:
                self._writers.setdefault(name, set()).add(line.pc)
        self._parted = (
            frozenset().union(*(facts.line.writes for facts in self.facts.values() if facts.in_place)) - self.stack
        )
        self.decisions = frozenset(pc for pc, facts in self.facts.items() if facts.decides)
        self.metered = frozenset(pc for pc, facts in self.facts.items() if facts.metered)

    def writers(self, names: Iterable[str]) -> frozenset[int]:
        """The instructions that may write a place of one of these names."""
        return frozenset().union(*(self._writers.get(name, ()) for name in names))

    def is_parted(self, name: str) -> bool:
        """Whether some instruction changes parts of a place of this name and leaves the rest."""
        return name in self._parted


def _facts(line: Line, isa: Isa) -> Facts:
    op = isa.by_name.get(line.op)
    if op is None:
        return Facts(line, None, decides=False, in_place=False, moves=False, exchanges=False, metered=False)
    return Facts(
        line,
        op,
        decides=op.flow in _DECIDING or (op.flow is Flow.JUMP and bool(line.reads)),
        in_place=any("w" in operand.access and not operand.becomes for operand in op.operands),
        moves=op.moves,
        exchanges=op.moves and op.keeps == 2 and not op.pops and not op.pushes,
        metered=op.steps != "0" or op.bytes != "0",
    )


def _on_stack(op: Op | None) -> bool:
    """Whether all that an instruction writes is on the operand stack."""
    if op is None or op.flow is not Flow.NEXT or not (op.pops or op.pushes or op.clears_stack):
        return False
    return all(operand.kind is not OperandKind.REGISTER for operand in op.operands)
