"""Phase 4: the depth of the stack along the flow graph. Section 12.6."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from vm.isa import Flow
from vm.values import dataclass
from vm.xqvm.verifier.finding import Finding, UnsettledError, at
from vm.xqvm.verifier.flow import Graph
from vm.xqvm.verifier.structure import Step, Structure

_LIMIT = 8192
_UNDER = -1
"""Depth where a value was taken from an empty stack; below every other, so that it wins every minimum."""
_ALLOWANCE = 8_000_000
"""Edges that may be followed before a solution is given up."""


@dataclass(frozen=True, slots=True)
class BlockEffect:
    """What a block does to the depth, as the release sees it: only net effects count."""

    need: int
    """Depth it takes to get to the first SCLR, or to the end."""
    net: int
    """Change of depth; the depth itself if the block empties the stack."""
    absolute: bool
    under: bool
    """Whether it takes from the stack it emptied."""

    def after(self, depth: int) -> int:
        """Depth behind the block."""
        if depth < self.need or self.under:
            return _UNDER
        return self.net if self.absolute else depth + self.net


def _walk(block: tuple[Step, ...]) -> Iterator[Step]:
    """The instructions of a block that count: up to the first jump or the next target."""
    for number, step in enumerate(block):
        if number and step.op.flow is Flow.TARGET:
            return
        yield step
        if step.op.flow is Flow.JUMP:
            return


def _net(step: Step) -> int:
    return len(step.op.pushes) - len(step.op.pops)


def block_effect(block: tuple[Step, ...]) -> BlockEffect:
    """Sum up a block."""
    need = net = 0
    absolute = under = False
    for step in _walk(block):
        if step.op.clears_stack:
            net, absolute, under = 0, True, False
            continue
        net += _net(step)
        if not absolute:
            need = max(need, -net)
        elif net < 0:
            under = True
    return BlockEffect(need, net, absolute, under)


class _Solver:
    """Finds the least depth on any way to each node, with the work it may still do."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.effects = tuple(map(block_effect, graph.blocks))
        self._allowance = _ALLOWANCE + 20 * sum(map(len, graph.successors))
        self._work = 0

    def after(self, node: int, before: Mapping[int, int]) -> int | None:
        """Depth behind a node; None if it is not reached."""
        depth = before.get(node)
        return None if depth is None else self.effects[node].after(depth)

    def solve(self, start: int, depth: int, omit: int = -1) -> dict[int, int]:
        """Depth before each node reached from `start`, whose own depth is fixed; `omit` cannot be entered.

        Depths only fall. A loop that loses depth would be followed until it is empty; it is found
        by its ring of origins instead, looked for once in as many updates as there are nodes.
        """
        before, origin, queue, queued = {start: depth}, dict[int, int](), deque((start,)), {start}
        lowered = 0
        while queue:
            node = queue.popleft()
            queued.discard(node)
            self._spend(node)
            after = self.effects[node].after(before[node])
            for target in self.graph.successors[node]:
                known = before.get(target)
                if target in (start, omit) or (known is not None and known <= after):
                    continue
                before[target], origin[target] = after, node
                lowered += known is not None
                if target not in queued:
                    queued.add(target)
                    queue.append(target)
            if lowered > len(before) + 64:
                lowered = 0
                self._drain(before, origin, queue, queued)
        return before

    def _spend(self, node: int) -> None:
        self._work += 1 + len(self.graph.successors[node])
        if self._work > self._allowance:
            raise UnsettledError("the depth of the stack", self.graph.offsets[node], self._work)

    def _drain(self, before: dict[int, int], origin: dict[int, int], queue: deque[int], queued: set[int]) -> None:
        """Mark the loops that lose depth: rings of origins no block of which empties the stack."""
        for node in self._rings(origin):
            before[node] = _UNDER
            del origin[node]
            if node not in queued:
                queued.add(node)
                queue.append(node)

    def _rings(self, origin: Mapping[int, int]) -> list[int]:
        """One node of each ring."""
        found: list[int] = []
        seen: dict[int, int] = {}
        for first in origin:
            node: int | None = first
            while node is not None and node not in seen:
                seen[node] = first
                node = origin.get(node)
                if node is not None and self.effects[node].absolute:
                    node = None
            if node is not None and seen[node] == first:
                found.append(node)
        return found


class Depths:
    """The depths of a program, and what is wrong with them."""

    def __init__(self, structure: Structure, graph: Graph) -> None:
        self._structure = structure
        self._graph = graph
        self._solver = _Solver(graph)
        self.before: Mapping[int, int] = self._solver.solve(0, 0)
        """Depth before each node that is reached, negative where the stack would have run empty before."""

    def predicted(self) -> dict[int, int | None]:
        """Depth before each instruction that is reached, by offset; None where the stack would have run empty."""
        depths: dict[int, int | None] = {}
        for node, depth in self.before.items():
            for step in _walk(self._graph.blocks[node]):
                depths[step.pos] = depth if depth >= 0 else None
                if step.op.flow is Flow.HALT:
                    break
                if depth >= 0 or step.op.clears_stack:
                    depth = 0 if step.op.clears_stack else depth + _net(step)
        return depths

    def check(self) -> Iterator[Finding]:
        """Findings in the release's order.

        Where every way to a node brings the same depth and nothing is under, the loops are balanced
        too, so they are looked at one by one only in programs that will be rejected anyway.
        """
        if not self._agrees():
            yield from self._loops()
            yield from self._joins()
        yield from self._bounds()

    def _after(self, node: int) -> int | None:
        return self._solver.after(node, self.before)

    def _agrees(self) -> bool:
        for node, depth in self.before.items():
            after = self._solver.effects[node].after(depth)
            if after < 0 or any(self.before[target] != after for target in self._graph.successors[node]):
                return False
        return True

    def _loops(self) -> Iterator[Finding]:
        """Loops that change the depth, until too much work was done; joins and bounds need no more of it."""
        for opener in sorted(self._structure.after):
            depth = self._after(self._graph.node_at(opener))
            if depth is None or depth < 0:
                continue
            try:
                found = self._round(opener, depth)
            except UnsettledError as unsettled:
                yield unsettled.finding()
                return
            if found not in (None, depth):
                yield Finding(
                    "LoopStackImbalance",
                    f"loop starting at byte {at(opener)} has non-zero stack effect "
                    f"(entry depth {depth}, exit depth {found})",
                    opener,
                    "each round must leave the stack as deep as it found it",
                )

    def _round(self, opener: int, depth: int) -> int | None:
        """Least depth at the end of a round that began at `depth`; None if no round ends."""
        after = self._structure.after[opener]
        body, omit = self._graph.node_at(opener) + 1, self._graph.node_at(after)
        before = self._solver.solve(body, depth, omit)
        ends = [self._solver.after(node, before) for node in self._graph.predecessors[body]]
        reached = [end for end in ends if end is not None]
        return min(reached) if reached and _UNDER not in reached else None

    def _joins(self) -> Iterator[Finding]:
        for node, sources in enumerate(self._graph.predecessors):
            outs: list[int | None] = [self._after(source) for source in sources]
            depths = [0] * (node == 0) + [out for out in outs if out is not None and out >= 0]
            other = next((depth for depth in depths if depth != depths[0]), None)
            if other is not None:
                pos = self._graph.offsets[node]
                yield Finding(
                    "StackDepthMismatch",
                    f"stack depth mismatch at join point byte {at(pos)}: "
                    f"one path has depth {depths[0]}, another has depth {other}",
                    pos,
                    "all ways to this place must leave the stack equally deep",
                )

    def _bounds(self) -> Iterator[Finding]:
        """Blocks outside the limits: the first as the release finds it, then those where it begins."""
        first = True
        for node in self._graph.order:
            depth, after = self.before.get(node), self._after(node)
            if depth is None or after is None:
                continue
            begins = 0 <= depth <= _LIMIT
            if (after < 0 or max(depth, after) > _LIMIT) and (first or begins):
                first = False
                yield self._underflow(node, depth) if after < 0 else self._overflow(node, depth, after)

    def _underflow(self, node: int, depth: int) -> Finding:
        pos = self._graph.offsets[node]
        culprit = self._culprit(node, depth)
        hint = "the stack ran empty in a block before this one, or in a loop that takes more than it puts"
        if culprit is not None:
            hint = f"{culprit.op.name} at byte {at(culprit.pos)} takes more than is there"
        return Finding("StackUnderflow", f"stack underflow at byte {at(pos)}", pos, hint)

    def _culprit(self, node: int, depth: int) -> Step | None:
        """The first instruction of a block that leaves less than nothing."""
        if depth < 0:
            return None
        for step in _walk(self._graph.blocks[node]):
            depth = 0 if step.op.clears_stack else depth + _net(step)
            if depth < 0:
                return step
        return None

    def _overflow(self, node: int, depth: int, after: int) -> Finding:
        pos, worst = self._graph.offsets[node], depth if depth > _LIMIT else after
        return Finding(
            "StackOverflowRisk",
            f"potential stack overflow at byte {at(pos)} (depth {worst})",
            pos,
            f"the stack holds at most {_LIMIT} values",
        )
