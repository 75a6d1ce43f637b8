"""Where control can go, from the listing and the table alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from vm.contract import Line
from vm.isa import Flow, Isa, Op, OperandKind


class Paths:
    """The ways through a program; there may be more than can be taken, never fewer."""

    def __init__(self, code: Sequence[Line], isa: Isa) -> None:
        self._code = code
        self._isa = isa
        self._labels = {line.label: line.pc for line in code if line.label}
        self._matching = _loops(code, isa)
        behind_jumps = {line.pc + line.size for line in code if "pc" in line.writes}
        self._entries = frozenset(self._labels.values()) | behind_jumps
        self._before: dict[int, list[int]] = {}
        for line in code:
            for successor in self._successors(line):
                self._before.setdefault(successor, []).append(line.pc)

    def leading_to(self, pc: int, executed: Callable[[int], bool]) -> Iterator[tuple[int, int]]:
        """Instructions that were executed and can lead to `pc` through others that never were, and how many others."""
        waiting, met = deque([(pc, 0)]), {pc}
        while waiting:
            end, between = waiting.popleft()
            for start in self._before.get(end, ()):
                if start in met:
                    continue
                met.add(start)
                if executed(start):
                    yield start, between
                else:
                    waiting.append((start, between + 1))

    def _successors(self, line: Line) -> Iterator[int]:
        op, behind = self._isa.by_name.get(line.op), line.pc + line.size
        flow = None if op is None else op.flow
        if op is None or flow is Flow.HALT:
            return
        if flow is not Flow.JUMP:
            yield behind
        if flow in (Flow.JUMP, Flow.BRANCH):
            yield from self._targets(line, op)
        elif flow in (Flow.LOOP_OPEN, Flow.LOOP_CLOSE) and line.pc in self._matching:
            yield self._matching[line.pc]

    def _targets(self, line: Line, op: Op) -> Iterator[int]:
        """Where a jump leads; to anywhere jumps can land if the listing does not say."""
        if any(operand.kind is OperandKind.TARGET for operand in op.operands):
            for operand, label in zip(op.operands, line.operands, strict=False):
                if operand.kind is OperandKind.TARGET and label in self._labels:
                    yield self._labels[label]
        else:
            yield from self._entries


def _loops(code: Sequence[Line], isa: Isa) -> Mapping[int, int]:
    """Of each opener where it goes on without running its body, of each closer where its body begins."""
    found: dict[int, int] = {}
    opened: list[Line] = []
    for line in code:
        op = isa.by_name.get(line.op)
        if op is None:
            continue
        if op.flow is Flow.LOOP_OPEN:
            opened.append(line)
        elif op.flow is Flow.LOOP_CLOSE and opened:
            opener = opened.pop()
            found[opener.pc] = line.pc + line.size
            found[line.pc] = opener.pc + opener.size
    return found
