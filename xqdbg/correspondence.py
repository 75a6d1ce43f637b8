"""Which instructions of one program are which of another: what an edit of the text has left as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vm.contract import Line
from vm.isa import Isa, OperandKind
from vm.values import dataclass
from xqdbg.alignment import aligned


@dataclass(frozen=True, slots=True)
class Correspondence:
    """From the addresses of an older program to those of a newer one."""

    same: Mapping[int, int]
    """Instructions that are the same, jumping to the same place."""
    kin: Mapping[int, int]
    """Those, and instructions that were replaced one for one."""


def correspondence(old: Sequence[Line], new: Sequence[Line], isa: Isa) -> Correspondence:
    """Compare two programs of one machine, instruction by instruction; labels may have been renamed."""
    kin: dict[int, int] = {}
    alike: dict[int, int] = {}
    mine, other = [_key(line, isa) for line in old], [_key(line, isa) for line in new]
    for equal, a, b, count in _blocks(mine, other):
        for at in range(count):
            kin[old[a + at].pc] = new[b + at].pc
            if equal:
                alike[old[a + at].pc] = new[b + at].pc
    leading, led = _targets(old, isa), _targets(new, isa)
    same = {pc: to for pc, to in alike.items() if pc not in leading or _lead_alike(leading[pc], led.get(to), kin)}
    return Correspondence(same, kin)


def _lead_alike(target: int | None, other: int | None, kin: Mapping[int, int]) -> bool:
    return target is not None and other is not None and kin.get(target) == other


def _key(line: Line, isa: Isa) -> str:
    """An instruction without the name of the place it jumps to."""
    op = isa.by_name.get(line.op)
    if op is None or all(operand.kind is not OperandKind.TARGET for operand in op.operands):
        return line.text
    spelled = zip(line.operands, op.operands, strict=False)
    return " ".join((line.op, *(text for text, row in spelled if row.kind is not OperandKind.TARGET)))


def _targets(code: Sequence[Line], isa: Isa) -> Mapping[int, int | None]:
    """Where each jump leads, by its address; None where there is no such place."""
    places = {line.label: line.pc for line in code if line.label}
    found: dict[int, int | None] = {}
    for line in code:
        op = isa.by_name.get(line.op)
        for text, row in zip(line.operands, () if op is None else op.operands, strict=False):
            if row.kind is OperandKind.TARGET:
                found[line.pc] = places.get(text)
    return found


def _blocks(mine: Sequence[str], other: Sequence[str]) -> Iterator[tuple[bool, int, int, int]]:
    """Stretches that belong together: whether they are equal, where they begin in either text, how many lines."""
    a = b = 0
    for start, begin, count in (*aligned(mine, other), (len(mine), len(other), 0)):
        if start - a == begin - b:
            yield False, a, b, start - a
        yield True, start, begin, count
        a, b = start + count, begin + count
