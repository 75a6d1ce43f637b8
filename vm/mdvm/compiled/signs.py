"""Which Ints in a loop are never negative: what divides or is divided then needs no look at its sign.

It is assumed of the registers that matter where a round begins, looked at where that leads to, and assumed of fewer
until it holds where the round ends; then it holds in all rounds if it holds where the loop begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from vm.mdvm.compiled.bounds import read_by, written
from vm.mdvm.compiled.facts import Facts
from vm.mdvm.compiled.graph import Graph, order
from vm.mdvm.compiled.loop import Loop
from vm.mdvm.compiled.steps import Steps
from vm.mdvm.isa import SAVED
from vm.mdvm.program import Instruction
from vm.values import dataclass

_LONGEST = 200
"""Instructions of a loop that is looked at."""
_DIVIDING = ("div", "mod")
_LENGTHS = ("array_len", "dict_len", "str_len")

Least = dict[int, int]
"""By register: what it is known to be at least, 0 or 1."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of divisions."""

    least: Mapping[int, tuple[int, int]]
    """By instruction: what its operands are at least, -1 for anything."""
    tested: AbstractSet[int]
    """Registers that must not be negative where the loop begins."""
    stepping: AbstractSet[int]
    """Those among the registers that step which must not become negative."""


def signs(graph: Graph, loop: Loop, known: Facts, steps: Steps) -> Signs | None:
    """What can be known of the divisions of a loop; None if there is nothing."""
    if len(loop.body) > _LONGEST:
        return None
    mattering = _mattering(steps)
    if not mattering:
        return None
    found = None
    for stepping in dict.fromkeys((frozenset[int](), frozenset(mattering & steps.found.keys()))):
        made = _Search(graph, loop, known, steps, mattering, stepping).signs()
        if found is None or _gain(made) > _gain(found):
            found = made
    return found if found is not None and found.least else None


def _gain(found: Signs) -> int:
    return sum(a + b for a, b in found.least.values())


def _mattering(steps: Steps) -> AbstractSet[int]:
    """Registers from which what divides or is divided comes."""
    waiting = [register for each in steps.code if each.name in _DIVIDING and steps.is_of_ints(each.pc)
               for register in each.operands[1:]]  # fmt: skip
    met: set[int] = set()
    for register in waiting:
        if register in met:
            continue
        met.add(register)
        for each in steps.writers.get(register, ()):
            waiting += read_by(each)
    return met


class _Search:
    """One search, for one assumption about the registers that step."""

    def __init__(
        self, graph: Graph, loop: Loop, known: Facts, steps: Steps, mattering: AbstractSet[int],
        stepping: AbstractSet[int],
    ) -> None:  # fmt: skip
        self._graph, self._loop, self._known, self._steps, self._stepping = graph, loop, known, steps, stepping
        self._constants = graph.program.constants
        self._assumed = {r for r in mattering if r < SAVED and known.kind(r) == "int"}
        body = loop.body
        self._way = [graph.program.code[pc] for pc in reversed(order(graph, body, {loop.header}))]
        self._way.sort(key=lambda each: each.pc != loop.header)

    def signs(self) -> Signs:
        """Find what holds in all rounds."""
        while True:
            at, ends = self._round()
            wrong = {r for r in self._assumed - self._stepping if any(r not in least for least in ends)}
            if not wrong:
                break
            self._assumed -= wrong
        least = {}
        for each in self._way:
            if each.name in _DIVIDING and self._steps.is_of_ints(each.pc) and each.pc in at:
                pair = tuple(at[each.pc].get(register, -1) for register in each.operands[1:])
                if max(pair) >= 0:
                    least[each.pc] = (pair[0], pair[1])
        tested = {r for r in self._assumed - self._stepping if type(self._known.constants.get(r)) is not int}
        return Signs(least, tested, self._assumed & self._stepping)

    def _round(self) -> tuple[Mapping[int, Least], list[Least]]:
        """What is known before each instruction, and wherever the round ends."""
        at: dict[int, Least] = {self._loop.header: self._at_first()}
        ends: list[Least] = []
        for each in self._way:
            if each.pc not in at:
                continue
            for to, least in self._after(each, at[each.pc]):
                if to == self._loop.header:
                    ends.append(least)
                elif to in self._loop.body:
                    at[to] = _both(at[to], least) if to in at else least
        return at, ends

    def _at_first(self) -> Least:
        values = {register: self._known.constants.get(register) for register in self._assumed}
        self._assumed -= {register for register, value in values.items() if type(value) is int and value < 0}
        return {r: 1 if type(value := values[r]) is int and value > 0 else 0 for r in self._assumed}

    def _after(self, each: Instruction, before: Least) -> Iterator[tuple[int, Least]]:
        """What is known where control goes on."""
        least = before.copy()
        if each.name != "call" or each.operands[0] < SAVED:
            for register in written(each):
                least.pop(register, None)
        result = self._result(each, before)
        if result >= 0 and each.operands[0] < SAVED:
            least[each.operands[0]] = result
        for to in dict.fromkeys(self._graph.after(each.pc)):
            yield to, self._refined(each, to, least)

    def _result(self, each: Instruction, least: Least) -> int:
        """What the result of an instruction is at least."""
        name, operands = each.name, each.operands
        if name in _LENGTHS:
            return 0
        if name == "move":
            return least.get(operands[1], -1)
        if name == "load_const":
            value = self._constants[operands[1]] if operands[1] < len(self._constants) else None
            return min(value, 1) if type(value) is int and value >= 0 else -1
        if name not in ("add", "sub", "mul", "div", "mod") or not self._steps.is_of_ints(each.pc):
            return -1
        a, b = least.get(operands[1], -1), least.get(operands[2], -1)
        if self._is_stepping(each):
            return max(0, a + b if name == "add" and a >= 0 and b >= 0 else 0)
        match name:
            case "add" if a >= 0 and b >= 0:
                return min(1, a + b)
            case "mul" if a >= 0 and b >= 0:
                return a * b
            case "div" if a >= 0 and b >= 0:
                return 0
            case "mod" if a >= 0:
                return 0
        return -1

    def _is_stepping(self, each: Instruction) -> bool:
        register = each.operands[0]
        return register in self._stepping and self._steps.found[register].update == each.pc

    def _refined(self, each: Instruction, to: int, least: Least) -> Least:
        """What a branch tells of what it looks at."""
        taken, target = each.name == "jump_if", each.target
        if each.name not in ("jump_if", "jump_if_not") or target == each.pc + 1:
            return least
        holds = taken == (to == target)
        register = each.operands[0]
        if holds and least.get(register) == 0:
            return least | {register: 1}
        return least


def _both(a: Least, b: Least) -> Least:
    return {register: min(least, b[register]) for register, least in a.items() if register in b}
