"""Phases 2 and 3: the kinds registers hold, and whether they are set on every path. Sections 12.4 and 12.5."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import IntEnum

from vm.isa import Operand
from vm.xqvm.verifier.finding import Finding, UnsettledError, at
from vm.xqvm.verifier.flow import Graph
from vm.xqvm.verifier.structure import Step

_REGISTERS = 256
_ALL_SET = (1 << _REGISTERS) - 1


class Kind(IntEnum):
    """What is known of a register. A state of all registers is 256 bytes, one kind each."""

    ANY = 0
    UNSET = 1
    INT = 2
    VEC_INT = 3
    VEC_XQMX = 4
    VEC = 5
    MODEL = 6
    SAMPLE = 7
    MODEL_OR_SAMPLE = 8
    CONFLICT = 9

    @property
    def title(self) -> str:
        """The name in messages."""
        return _TITLES[self]


_TITLES = {
    Kind.ANY: "any", Kind.UNSET: "unset", Kind.INT: "int", Kind.VEC_INT: "vec<int>", Kind.VEC_XQMX: "vec<xqmx>",
    Kind.VEC: "vec<int> or vec<xqmx>", Kind.MODEL: "model", Kind.SAMPLE: "sample",
    Kind.MODEL_OR_SAMPLE: "model or sample", Kind.CONFLICT: "conflicting types",
}  # fmt: skip
_BY_TITLE = {title: kind for kind, title in _TITLES.items()}
_VECS = frozenset((Kind.VEC_INT, Kind.VEC_XQMX, Kind.VEC))
_XQMXS = frozenset((Kind.MODEL, Kind.SAMPLE, Kind.MODEL_OR_SAMPLE))
_ACCEPTED = {
    "int": frozenset((Kind.INT,)), "vec<int>": frozenset((Kind.VEC_INT,)), "vec": _VECS,
    "model": frozenset((Kind.MODEL,)), "sample": frozenset((Kind.SAMPLE,)), "model or sample": _XQMXS,
    "any": frozenset(Kind) - {Kind.UNSET},
}  # fmt: skip

_ALL_ANY = bytes(_REGISTERS)
_ENTRY = bytes((Kind.UNSET,)) * _REGISTERS
_KEEP = 15
"""Stands for a register a block does not write."""


def join(a: Kind, b: Kind) -> Kind:
    """What is known where a way that brings `b` meets ways that bring `a`. Not associative: keep the order."""
    if a == b or b is Kind.ANY:
        return a
    if a is Kind.ANY:
        return b
    if Kind.UNSET in (a, b):
        return Kind.ANY
    if a in _XQMXS and b in _XQMXS:
        return Kind.MODEL_OR_SAMPLE
    return Kind.VEC if a in _VECS and b in _VECS else Kind.CONFLICT


def _joined(pair: int) -> int:
    return join(Kind(pair >> 4), Kind(pair & 15)) if pair >> 4 < len(Kind) and pair & 15 < len(Kind) else 0


_JOIN = bytes(_joined(pair) for pair in range(256))
_OVERLAY = bytes(pair >> 4 if pair & 15 == _KEEP else pair & 15 for pair in range(256))


def _combined(a: bytes, b: bytes, table: bytes) -> bytes:
    """Look up the pair of each register in `table`: all 256 in about a microsecond, without a loop."""
    pairs = int.from_bytes(a, "big") << 4 | int.from_bytes(b, "big")
    return pairs.to_bytes(_REGISTERS, "big").translate(table)


def _writes(block: tuple[Step, ...]) -> bytes | None:
    """What a block leaves in each register, `_KEEP` where it writes nothing; None if it writes nowhere."""
    written: dict[int, Kind] = {}
    for step in block:
        for operand, value in zip(step.op.operands, step.operands, strict=True):
            if operand.becomes:
                written[value] = _BY_TITLE[operand.becomes]
    if not written:
        return None
    return bytes(written.get(register, _KEEP) for register in range(_REGISTERS))


class _Kinds:
    """The kinds at the entry and exit of every block, as the release's work list finds them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._writes = tuple(map(_writes, graph.blocks))
        self._after = [_ALL_ANY] * len(graph.offsets)
        edges = sum(map(len, graph.successors))
        self._allowance = min(2_000 * edges, 1_000_000) + 20 * edges + 1_000
        self._solve()

    def before(self, node: int) -> bytes:
        """What the registers hold where a block begins."""
        if node == 0:
            return _ENTRY
        state = _ALL_ANY
        for source in self._graph.predecessors[node]:
            after = self._after[source]
            if state is _ALL_ANY:
                state = after
            elif after is not state and after is not _ALL_ANY:
                state = _combined(state, after, _JOIN)
        return state

    def _transferred(self, node: int) -> bytes:
        before, writes = self.before(node), self._writes[node]
        if before == _ALL_ANY:
            return _ALL_ANY
        return before if writes is None else _combined(before, writes, _OVERLAY)

    def _solve(self) -> None:
        """First in, first out, from all nodes.

        The order decides, for `join` is not associative and a block entered with nothing known
        writes nothing. For the same reason some programs oscillate for ever (the release hangs on
        them), hence the allowance of joins: some 2,000 an edge, while programs take a few.
        """
        graph, queue, queued, work = self._graph, deque(self._graph.order), set(self._graph.order), 0
        while queue:
            node = queue.popleft()
            queued.discard(node)
            work += 1 + len(graph.predecessors[node])
            if work > self._allowance:
                raise UnsettledError("the kinds of registers", graph.offsets[node], work)
            after = self._transferred(node)
            if after == self._after[node]:
                continue
            self._after[node] = after
            fresh = [target for target in graph.successors[node] if target not in queued]
            queue.extend(fresh)
            queued.update(fresh)


def check_kinds(graph: Graph) -> Iterator[Finding]:
    """Findings of phase 2 in the release's order; a register is reported once a block."""
    kinds = _Kinds(graph)
    for node, block in enumerate(graph.blocks):
        state = bytearray(kinds.before(node))
        if state != _ALL_ANY:
            for step in block:
                yield from _misuses(step, state)


def _misuses(step: Step, state: bytearray) -> Iterator[Finding]:
    """Check the operands of one instruction, then let it change the state."""
    for operand, register in zip(step.op.operands, step.operands, strict=True):
        if not operand.accepts:
            continue
        kind = Kind(state[register])
        if kind is Kind.ANY or kind in _ACCEPTED[operand.accepts]:
            continue
        state[register] = Kind.ANY
        yield _unset(step, register) if kind is Kind.UNSET else _mismatch(step, operand, register, kind)
    for operand, register in zip(step.op.operands, step.operands, strict=True):
        if operand.becomes:
            state[register] = _BY_TITLE[operand.becomes]


def _mismatch(step: Step, operand: Operand, register: int, kind: Kind) -> Finding:
    hint = f"{step.op.name} takes {operand.accepts} here"
    if kind in (Kind.CONFLICT, Kind.VEC, Kind.MODEL_OR_SAMPLE):
        hint += "; the ways to this place leave different kinds in the register"
    return Finding(
        "RegisterTypeMismatch",
        f"register r{register} at byte {at(step.pos)}: expected {operand.accepts}, got {kind.title}",
        step.pos,
        hint,
    )


def _unset(step: Step, register: int, hint: str = "") -> Finding:
    return Finding(
        "ReadUnsetRegister",
        f"register r{register} read at byte {at(step.pos)} before being written",
        step.pos,
        hint or f"nothing on the way to {step.op.name} leaves a value in r{register}",
    )


def check_set(graph: Graph) -> Iterator[Finding]:
    """Findings of phase 3 in the release's order; a register is reported once a block."""
    before = _set_before(graph)
    for node, block in enumerate(graph.blocks):
        bits = before[node]
        if bits == _ALL_SET:
            continue
        for step in block:
            for operand, register in zip(step.op.operands, step.operands, strict=True):
                if operand.accepts and not bits >> register & 1:
                    bits |= 1 << register
                    yield _unset(step, register, f"r{register} is written on some ways to this place, not on all")
            bits = _after(step, bits)


def _after(step: Step, bits: int) -> int:
    """Registers set behind an instruction, one bit each."""
    for operand, register in zip(step.op.operands, step.operands, strict=True):
        if operand.becomes == "unset":
            bits &= ~(1 << register)
        elif operand.becomes:
            bits |= 1 << register
    return bits


def _set_before(graph: Graph) -> list[int]:
    """Registers set on every path to each node, one bit each.

    Bits are only ever cleared, so each edge is followed at most 257 times.
    """
    before = [_ALL_SET] * len(graph.offsets)
    before[0] = 0
    effects = [_set_effect(block) for block in graph.blocks]
    queue, queued = deque(graph.order), set(graph.order)
    while queue:
        node = queue.popleft()
        queued.discard(node)
        keep, put = effects[node]
        after = before[node] & keep | put
        for target in graph.successors[node]:
            if before[target] & after == before[target]:
                continue
            before[target] &= after
            if target not in queued:
                queued.add(target)
                queue.append(target)
    return before


def _set_effect(block: tuple[Step, ...]) -> tuple[int, int]:
    """Bits a block keeps, and bits it sets."""
    put, keep = 0, _ALL_SET
    for step in block:
        put, keep = _after(step, put), _after(step, keep)
    return keep, put
