"""The flow graph shared by the phases behind the first. Section 12.3."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import field
from itertools import pairwise

from vm.isa import Flow
from vm.values import dataclass
from vm.xqvm.verifier.structure import Step, Structure

_TRANSFERS = (Flow.JUMP, Flow.BRANCH, Flow.LOOP_OPEN, Flow.LOOP_CLOSE)


@dataclass(frozen=True, slots=True)
class Graph:
    """Blocks of a program and the ways between them. A node is an index in address order; 0 is the entry."""

    offsets: tuple[int, ...]
    """Offset at which the block of each node begins."""
    order: tuple[int, ...]
    """All nodes in the order the release visits them: entry, exit, then as the edges were met."""
    successors: tuple[tuple[int, ...], ...]
    """By node, in the order the edges were met."""
    predecessors: tuple[tuple[int, ...], ...]
    """By node, in address order."""
    blocks: tuple[tuple[Step, ...], ...]
    """By node: its code, up to the next node."""

    def node_at(self, pos: int) -> int:
        """The node whose block holds an offset."""
        return bisect_right(self.offsets, pos) - 1


@dataclass(slots=True)
class _Tracing:
    """The state of the scan that finds the edges."""

    structure: Structure
    current: int = 0
    run: int = 0
    """First node since the last transfer of control."""
    exit: int | None = None
    """Where the run of the last HALT began."""
    halted: bool = False
    fresh: bool = False
    """Whether the last instruction transferred control."""
    edges: dict[tuple[int, int], None] = field(default_factory=dict)

    def follow(self, step: Step) -> None:
        """Take one more instruction into account."""
        if self.fresh:
            self.current = self.run = step.pos
            self.halted = False
        flow = step.op.flow
        if flow is Flow.TARGET and step.pos != self.current:
            if not self.halted:
                self.edge(step.pos)
            self.current, self.halted = step.pos, False
        elif flow is Flow.HALT:
            self.halted, self.exit = True, self.run
        self.fresh = flow in _TRANSFERS
        if self.fresh:
            self.transfer(step)

    def transfer(self, step: Step) -> None:
        """Record the edges of an instruction that transfers control."""
        match step.op.flow:
            case Flow.JUMP:
                self.edge(self.structure.targets[step.operands[0]])
            case Flow.BRANCH:
                self.edge(self.structure.targets[step.operands[0]])
                self.fall_through(step)
            case Flow.LOOP_OPEN:
                self.edge(step.end)
                self.edge(self.structure.after[step.pos])
            case _:
                self.edge(self.structure.body[step.pos])
                self.fall_through(step)

    def edge(self, to: int) -> None:
        self.edges[self.current, to] = None

    def fall_through(self, step: Step) -> None:
        if step.end < self.structure.size:
            self.edge(step.end)

    def end(self) -> int:
        """The offset of the exit, once all instructions were followed."""
        if self.exit is not None:
            return self.exit
        return self.structure.size if self.fresh else self.current


def build_graph(structure: Structure) -> Graph:
    """The flow graph of a program without findings in phase 1."""
    tracing = _Tracing(structure)
    for step in structure.steps:
        tracing.follow(step)
    met = dict.fromkeys((0, tracing.end()))
    for edge in tracing.edges:
        met.update(dict.fromkeys(edge))
    offsets = tuple(sorted(met))
    index = {offset: node for node, offset in enumerate(offsets)}
    edges = [(index[source], index[target]) for source, target in tracing.edges]
    return Graph(
        offsets,
        tuple(index[offset] for offset in met),
        _grouped(len(offsets), edges),
        _grouped(len(offsets), sorted((target, source) for source, target in edges)),
        _cut(structure.steps, offsets),
    )


def _grouped(count: int, edges: Iterable[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    groups: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        groups[source].append(target)
    return tuple(map(tuple, groups))


def _cut(steps: tuple[Step, ...], offsets: tuple[int, ...]) -> tuple[tuple[Step, ...], ...]:
    """Cut the code at the nodes; a node at the end of the stream has no code."""
    index = {step.pos: number for number, step in enumerate(steps)}
    cuts = [index.get(offset, len(steps)) for offset in offsets] + [len(steps)]
    return tuple(steps[start:end] for start, end in pairwise(cuts))
