"""Which results in a loop are known to fit into 64 bits, once it is known how far its registers are from the end.

An Int that only grows by bounded steps, or is a remainder, stays within bounds that can be told before the loop runs
for so many iterations; then nothing needs to be checked inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from vm.mdvm.compiled.facts import Facts
from vm.mdvm.compiled.graph import Graph, order
from vm.mdvm.isa import SAVED
from vm.mdvm.program import Instruction
from vm.values import dataclass

if TYPE_CHECKING:
    from vm.mdvm.compiled.loop import Loop

CHUNK = 65_536
"""Iterations for which the bounds are told at once."""
_STEPS = frozenset({"add", "sub"})
_FLAGS = frozenset({"not", "and", "or", "eq", "neq", "lt", "gt", "lte", "gte", "check_type", "dict_contains"})


@dataclass(frozen=True, slots=True)
class Plan:
    """How to find out whether a loop can do without its checks."""

    read: Sequence[int]
    """Registers it looks at."""
    lines: Sequence[str]
    condition: str
    unchecked: AbstractSet[int]
    """Instructions that need no check then: their result fits, or what they divide by is positive."""


def plan(graph: Graph, loop: Loop, known: Facts) -> Plan | None:
    """The plan for a loop whose instructions have been seen once; None if nothing could be left out."""
    return _Planner(graph, loop, known).plan()


class _Unbounded(Exception):
    """Nothing is known of how far a register can go."""


class _Planner:
    def __init__(self, graph: Graph, loop: Loop, known: Facts) -> None:
        program = graph.program
        self._known, self._kinds, self._constants = known, loop.kinds, program.constants
        self._code = [program.code[pc] for pc in sorted(loop.body)]
        self._writers: dict[int, list[Instruction]] = {}
        for each in self._code:
            for register in written(each):
                self._writers.setdefault(register, []).append(each)
        self._used = used_before(graph, loop)
        self._bounds: dict[int, str | None] = {}
        self._open: set[int] = set()
        self._lines: list[str] = []
        self._read: dict[int, None] = {}

    def plan(self) -> Plan | None:
        """Find it."""
        unchecked: set[int] = set()
        tested: dict[str, None] = {}
        for each in self._code:
            if not self._is_sum(each):
                continue
            try:
                tested[self._bound(each.operands[0])] = None
            except _Unbounded:
                continue
            unchecked.add(each.pc)
        tests = [f"{each} <= MOST" for each in tested]
        for each in self._code:
            if self._is_by_the_same(each):
                unchecked.add(each.pc)
                tests.append(f"r{each.operands[2]} > 0")
                self._read[each.operands[2]] = None
        return Plan(tuple(self._read), self._lines, " and ".join(dict.fromkeys(tests)), unchecked) if tests else None

    def _is_by_the_same(self, each: Instruction) -> bool:
        """Whether an instruction divides by an Int that never changes: it is cheaper if that is positive."""
        if each.name not in ("div", "mod") or set(self._kinds.get(each.pc, ())) != {"int"}:
            return False
        divisor = each.operands[2]
        return divisor < SAVED and divisor not in self._writers and self._known.kind(divisor) == "int"

    def _is_sum(self, each: Instruction) -> bool:
        kinds = self._kinds.get(each.pc, ())
        return each.name in ("add", "sub", "mul", "neg") and bool(kinds) and set(kinds) == {"int"} and (
            each.operands[0] < SAVED
        )  # fmt: skip

    def _bound(self, register: int) -> str:
        """The text of a number that what is in a register never exceeds; _Unbounded if there is none."""
        if register >= SAVED or register in self._open:
            raise _Unbounded
        if register not in self._bounds:
            self._open.add(register)
            try:
                self._bounds[register] = self._found(register)
            except _Unbounded:
                self._bounds[register] = None
                raise
            finally:
                self._open.discard(register)
        found = self._bounds[register]
        if found is None:
            raise _Unbounded
        return found

    def _found(self, register: int) -> str:
        writers = self._writers.get(register, ())
        parts = list(self._at_entry(register, bool(writers)))
        steps = []
        for each in writers:
            step = self._step(register, each)
            if step >= 0:
                steps.append(self._bound(step))
            else:
                parts.append(self._result(each))
        if not writers:
            return parts[0]
        most = parts[0] if len(parts) == 1 else f"max({', '.join(parts)})" if parts else "0"
        name = f"b{register}"
        self._lines.append(f"{name} = {most}" + (f" + {CHUNK} * ({' + '.join(steps)})" if steps else ""))
        return name

    def _at_entry(self, register: int, is_written: bool) -> Iterator[str]:
        if is_written and register not in self._used:
            return
        if self._known.kind(register) != "int":
            raise _Unbounded
        self._read[register] = None
        yield f"abs(r{register})"

    def _step(self, register: int, each: Instruction) -> int:
        """The register that is added to or taken from another, or from which it moves; -1 if it is not such a step."""
        if each.name not in _STEPS or set(self._kinds.get(each.pc, ())) != {"int"}:
            return -1
        _, a, b = each.operands
        if a == register and b != register:
            return b
        return a if b == register and a != register and each.name == "add" else -1

    def _result(self, each: Instruction) -> str:
        """A number that what an instruction gives never exceeds."""
        name, operands = each.name, each.operands
        if name == "move":
            return self._bound(operands[1])
        if name in _FLAGS:
            return "1"
        if name == "load_const":
            value = self._constants[operands[1]] if operands[1] < len(self._constants) else 0
            return str(abs(value)) if type(value) is int else "0"
        if set(self._kinds.get(each.pc, ())) != {"int"}:
            raise _Unbounded
        match name:
            case "add" | "sub":
                return f"({self._bound(operands[1])} + {self._bound(operands[2])})"
            case "mul":
                return f"({self._bound(operands[1])} * {self._bound(operands[2])})"
            case "neg" | "div":
                return self._bound(operands[1])
            case "mod":
                return self._of_remainder(operands[1], operands[2])
        raise _Unbounded

    def _of_remainder(self, a: int, b: int) -> str:
        try:
            return self._bound(b)
        except _Unbounded:
            return self._bound(a)


def written(each: Instruction) -> Iterator[int]:
    """Registers that an instruction writes."""
    if each.op is not None and each.op.name != "define":
        for operand, register in zip(each.op.operands, each.operands, strict=False):
            if "w" in operand.access:
                yield register


def read_by(each: Instruction) -> Iterator[int]:
    """Registers that an instruction reads, but for the arguments of calls."""
    if each.op is not None:
        for operand, register in zip(each.op.operands, each.operands, strict=False):
            if "r" in operand.access:
                yield register


def used_before(graph: Graph, loop: Loop) -> AbstractSet[int]:
    """Registers that an iteration may read before it writes them."""
    alive: dict[int, frozenset[int]] = {}
    for pc in order(graph, loop.body, {loop.header}):  # what follows comes first, as there is no loop inside
        each = graph.program.code[pc]
        found: set[int] = set()
        for to in graph.after(pc):
            if to != loop.header:
                found |= alive.get(to, frozenset())
        alive[pc] = frozenset((found - set(written(each))) | set(read_by(each)))
    return alive[loop.header]
