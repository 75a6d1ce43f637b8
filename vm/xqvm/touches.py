"""The places an instruction may read and write, by name, from its row of the table."""

from __future__ import annotations

from collections.abc import Sequence

from vm.isa import Flow, Op, OperandKind

Names = frozenset[str]

_ELSEWHERE = frozenset({Flow.JUMP, Flow.BRANCH, Flow.LOOP_OPEN, Flow.LOOP_CLOSE})


class Touches:
    """Tells the names; equal sets are one object."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, tuple[int, ...]], tuple[Names, Names]] = {}
        self._sets: dict[Names, Names] = {}

    def __call__(self, op: Op, operands: Sequence[int]) -> tuple[Names, Names]:
        """Names of what an instruction may read, and of what it may write."""
        registers = tuple(operands) if op.operands and op.operands[0].kind is OperandKind.REGISTER else ()
        key = (op.name, registers)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._interned(_reads(op, registers)), self._interned(_writes(op, registers))
        return found

    def _interned(self, names: Names) -> Names:
        return self._sets.setdefault(names, names)


def _reads(op: Op, registers: tuple[int, ...]) -> Names:
    names = {f"r{reg}" for operand, reg in zip(op.operands, registers, strict=bool(registers)) if operand.accepts}
    if op.needs:
        names.add("stack")
    if op.flow is Flow.LOOP_CLOSE or op.looks_at.startswith("loop"):
        names.add("loop")
    if op.looks_at == "slot":
        names.add("in")
    return frozenset(names)


def _writes(op: Op, registers: tuple[int, ...]) -> Names:
    names = {f"r{reg}" for operand, reg in zip(op.operands, registers, strict=bool(registers)) if "w" in operand.access}
    if op.needs or op.pushes or op.clears_stack:
        names.add("stack")
    if op.flow in (Flow.LOOP_OPEN, Flow.LOOP_CLOSE):
        names.add("loop")
    if op.flow in _ELSEWHERE:
        names.add("pc")
    if op.name == "OUTPUT":
        names.add("out")
    return frozenset(names)
