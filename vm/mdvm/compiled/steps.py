"""Registers of a loop that go by the same step in every round, and those that never change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from vm.mdvm.compiled.bounds import used_before, written
from vm.mdvm.compiled.facts import Facts
from vm.mdvm.compiled.graph import Graph
from vm.mdvm.compiled.loop import Loop
from vm.mdvm.isa import SAVED
from vm.mdvm.program import Instruction
from vm.values import dataclass

_MOST = 8
"""Registers whose steps are looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """An Int that is `start` where a round begins first, and `step` more in every further one."""

    start: str
    step: str
    first: int | None = None
    """Both as numbers where those are known."""
    by: int | None = None

    def minus(self, other: Line, more: int = 0) -> Line:
        """The difference, and a number more."""
        first, by = _difference(self.first, other.first), _difference(self.by, other.by)
        start = str(first + more) if first is not None else _taken(self.start, other.start) + _added(more)
        return Line(_enclosed(start), _enclosed(str(by) if by is not None else _taken(self.step, other.step)),
                    first + more if first is not None else None, by)  # fmt: skip


def constant(value: int) -> Line:
    """The same number in every round."""
    return Line(_enclosed(str(value)), "0", value, 0)


def _difference(a: int | None, b: int | None) -> int | None:
    return a - b if a is not None and b is not None else None


def _added(more: int) -> str:
    return f" + {more}" if more > 0 else f" - {-more}" if more else ""


def _taken(a: str, b: str) -> str:
    return a if b == "0" else f"-{b}" if a == "0" else f"{a} - {b}"


def _enclosed(text: str) -> str:
    return text if text.isalnum() else f"({text})"


@dataclass(frozen=True, slots=True)
class Step:
    """A register that one instruction, which is part of every round, adds the same to."""

    register: int
    update: int
    """Index of the instruction."""
    line: Line
    """What is in it where a round begins."""
    later: AbstractSet[int]
    """Instructions that find it one step further."""

    def at(self, pc: int) -> Line:
        """What is in it at an instruction."""
        line = self.line
        if pc not in self.later:
            return line
        first = line.first + line.by if line.first is not None and line.by is not None else None
        return Line(f"({line.start} + {line.step})", line.step, first, line.by)


class Steps:
    """What is known of how the registers of a loop go on."""

    def __init__(self, graph: Graph, loop: Loop, known: Facts, fitting: AbstractSet[int]) -> None:
        """`fitting` are instructions whose results fit into 64 bits in the rounds that are looked at."""
        self._graph, self._loop, self._known, self._fitting = graph, loop, known, fitting
        self.code = [graph.program.code[pc] for pc in sorted(loop.body)]
        self.writers: dict[int, list[Instruction]] = {}
        for each in self.code:
            for register in written(each):
                self.writers.setdefault(register, []).append(each)
        self._used = used_before(graph, loop)
        self.read: dict[int, None] = {}
        """Registers whose variables the texts look at."""
        self.found: Mapping[int, Step] = {step.register: step for step in self._steps()}

    def _steps(self) -> Iterator[Step]:
        candidates = [register for register, writers in self.writers.items() if len(writers) == 1]
        for register in sorted(candidates)[: 4 * _MOST]:
            update = self.writers[register][0]
            step = self._step(register, update)
            if step is not None and self._is_in_every_round(update.pc):
                value = self._known.constants.get(register)
                first = value if type(value) is int else None
                line = Line(f"r{register}", step.start, first, step.first)
                yield Step(register, update.pc, line, self._behind(update.pc))

    def _step(self, register: int, each: Instruction) -> Line | None:
        """What an instruction adds to a register."""
        if each.name not in ("add", "sub") or each.pc not in self._fitting or not self.is_of_ints(each.pc):
            return None
        if register >= SAVED or self._known.kind(register) != "int":
            return None
        _, a, b = each.operands
        if a != register and each.name == "add":
            a, b = b, a
        other = self.fixed(b) if a == register and b != register else None
        if other is None or other.first == 0:
            return None
        return other if each.name == "add" else constant(0).minus(other)

    def is_of_ints(self, pc: int) -> bool:
        """Whether all operands of what is computed are Ints whenever control comes there."""
        kinds = self._loop.kinds.get(pc, ())
        return bool(kinds) and set(kinds) == {"int"}

    def fixed(self, register: int) -> Line | None:
        """What is in a register, if that is one Int in all rounds; it may be loaded anew in each."""
        if register >= SAVED:
            return None
        writers = self.writers.get(register, ())
        values = [self._loaded(each) for each in writers]
        known = self._known.constants.get(register) if not writers or register in self._used else values[0]
        if type(known) is int and all(type(value) is int and value == known for value in values):
            return constant(known)
        if writers or self._known.kind(register) != "int":
            return None
        return Line(f"r{register}", "0", None, 0)

    def _loaded(self, each: Instruction) -> object:
        constants = self._graph.program.constants
        if each.name != "load_const" or each.operands[1] >= len(constants):
            return None
        return constants[each.operands[1]]

    def linear(self, register: int, pc: int) -> Line | None:
        """What is in a register at an instruction, if it is known how that goes on from round to round."""
        step = self.found.get(register)
        return step.at(pc) if step is not None else self.fixed(register)

    def look_at(self, *registers: int) -> None:
        """Take note that a text looks at what is in registers, and at what they step by."""
        for register in registers:
            step = self.found.get(register)
            if step is not None:
                self.read[register] = None
                self.look_at(*(set(self._graph.program.code[step.update].operands) - {register}))
            elif register not in self.writers:
                self.read[register] = None

    def _is_in_every_round(self, pc: int) -> bool:
        return pc == self._loop.header or self._loop.header not in self._reached([self._loop.header], pc)

    def _behind(self, pc: int) -> AbstractSet[int]:
        """Instructions that come behind one in a round."""
        return self._reached([pc], self._loop.header) - {self._loop.header}

    def _reached(self, start: Sequence[int], end: int) -> AbstractSet[int]:
        """What control comes to from instructions on in the loop, and no further than to one."""
        met: set[int] = set()
        waiting = list(start)
        for pc in waiting:
            for to in self._graph.after(pc):
                if to in self._loop.body and to not in met:
                    met.add(to)
                    if to != end:
                        waiting.append(to)
        return met
