"""Where control can go from one instruction to another, and the loops that makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from vm.isa import Flow
from vm.mdvm.program import Instruction, Program

MOST = 3_000
"""Instructions of a program beyond which only some are looked at together."""


class Graph:
    """A program without the instructions that a run is to stop at."""

    def __init__(self, program: Program, cuts: AbstractSet[int]) -> None:
        self.program = program
        self.cuts = cuts

    def after(self, pc: int) -> Sequence[int]:
        """Indices that control can go to from an instruction, a call being one that comes back."""
        instruction = self.program.code[pc]
        found = list(_leads(instruction))
        return [to for to in found if 0 <= to < self.program.instructions and to not in self.cuts]

    def reached_from(self, root: int) -> frozenset[int]:
        """What is reached from an instruction, the nearest first, up to a limit."""
        met, waiting = {root}, [root]
        for pc in waiting:
            if len(waiting) > MOST:
                break
            for to in self.after(pc):
                if to not in met:
                    met.add(to)
                    waiting.append(to)
        return frozenset(waiting)

    @cached_property
    def heads(self) -> frozenset[int]:
        """Where units can begin: entries of functions, targets of jumps back, and behind calls."""
        program = self.program
        found = {program.entry, *program.functions.values()}
        for each in program.code:
            if each.target is not None and each.target <= each.pc:
                found.add(each.target)
            if each.op is not None and each.op.name == "call":
                found.add(each.pc + 1)
        return frozenset(pc for pc in found if 0 <= pc < program.instructions)


def _leads(instruction: Instruction) -> Iterator[int]:
    op, target = instruction.op, instruction.target
    if target is not None:
        yield target
    if op is not None and (op.flow in (Flow.NEXT, Flow.BRANCH) or op.name == "call"):
        yield instruction.pc + 1


def loops(graph: Graph, within: AbstractSet[int]) -> Mapping[int, frozenset[int]]:
    """For each instruction that control can come back to, all those of its loop: Tarjan's components, without calls."""
    search = _Search(graph, within)
    for pc in within:
        search.visit(pc)
    return search.found


class _Search:
    """Tarjan's search for strongly connected components, as a loop."""

    def __init__(self, graph: Graph, within: AbstractSet[int]) -> None:
        self._graph, self._within = graph, within
        self._number: dict[int, int] = {}
        self._low: dict[int, int] = {}
        self._open: list[int] = []
        self._is_open: set[int] = set()
        self.found: dict[int, frozenset[int]] = {}

    def visit(self, start: int) -> None:
        """Find the components that can be reached from an instruction."""
        if start in self._number:
            return
        self._enter(start)
        path = [(start, iter(self._graph.after(start)))]
        while path:
            pc, rest = path[-1]
            to = next((to for to in rest if to in self._within), None)
            if to is None:
                path.pop()
                if path:
                    self._low[path[-1][0]] = min(self._low[path[-1][0]], self._low[pc])
                self._close(pc)
            elif to not in self._number:
                self._enter(to)
                path.append((to, iter(self._graph.after(to))))
            elif to in self._is_open:
                self._low[pc] = min(self._low[pc], self._number[to])

    def _enter(self, pc: int) -> None:
        self._number[pc] = self._low[pc] = len(self._number)
        self._open.append(pc)
        self._is_open.add(pc)

    def _close(self, pc: int) -> None:
        """Take a component off the stack if it begins at an instruction."""
        if self._low[pc] != self._number[pc]:
            return
        at = self._open.index(pc)
        members = self._open[at:]
        del self._open[at:]
        self._is_open.difference_update(members)
        if len(members) > 1 or pc in self._graph.after(pc):
            component = frozenset(members)
            self.found.update(dict.fromkeys(members, component))


def joins(graph: Graph, within: AbstractSet[int], ends: AbstractSet[int]) -> Mapping[int, int]:
    """For each branch the nearest instruction that control comes to from both of its sides, if there is one.

    `within` has no loops but those that go through `ends`, where paths are taken to end.
    """
    way = order(graph, within, ends)
    nearest: dict[int, int] = {}
    place = {pc: at for at, pc in enumerate(way)}
    for pc in way:  # what follows an instruction comes before it
        leads = [to if to in place and to not in ends else -1 for to in graph.after(pc)]
        following = [to for to in leads if to < 0 or to in nearest] or [-1]  # a way back is no way on
        at = following[0]
        for other in following[1:]:
            at = _common(at, other, nearest, place)
        nearest[pc] = at
    return {pc: at for pc, at in nearest.items() if at >= 0}


def _common(a: int, b: int, nearest: Mapping[int, int], place: Mapping[int, int]) -> int:
    """The first instruction that is behind both in the tree of nearest joins."""
    while a != b:
        if a < 0 or b < 0:
            return -1
        if place[a] > place[b]:
            a = nearest[a]
        else:
            b = nearest[b]
    return a


def order(graph: Graph, within: AbstractSet[int], ends: AbstractSet[int]) -> list[int]:
    """Instructions such that all an instruction leads to comes before it, as far as there are no loops."""
    done: list[int] = []
    met: set[int] = set()
    for start in sorted(within):
        if start in met:
            continue
        met.add(start)
        path = [(start, iter(graph.after(start)))]
        while path:
            pc, rest = path[-1]
            to = next((to for to in rest if to in within and to not in ends and to not in met), None)
            if to is None:
                done.append(pc)
                path.pop()
            else:
                met.add(to)
                path.append((to, iter(graph.after(to))))
    return done
