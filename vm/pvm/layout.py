"""Where instructions come to lie whose length depends on how far they jump. Section 15.4."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from vm.isa import Op
from vm.pvm.operands import ENCODERS, shortest

_MOST_ROUNDS = 24
"""Rounds after which all get the room that the farthest take: each round takes time as the program is long."""
_FARTHEST = 4


@dataclass(frozen=True, slots=True)
class Jump:
    """An instruction with a target."""

    op: Op
    operands: Sequence[int]
    """With 0 for the target, which is the last one."""
    target: int
    """Number of the item it leads to, or an address."""
    absolute: bool = False
    """Whether the target is an address."""


Item = bytes | Jump
"""What a statement comes to: octets wherever it lies, or a jump."""


def addresses(items: Sequence[Item]) -> array[int]:
    """The address of each item and the one behind them all, where every distance takes as few octets as it needs."""
    jumps = [(at, item, _least(item)) for at, item in enumerate(items) if isinstance(item, Jump)]
    sizes = array("I", (len(item) if isinstance(item, bytes) else 0 for item in items))
    for at, _, least in jumps:
        sizes[at] = least
    for _ in range(_MOST_ROUNDS):
        placed = array("q", accumulate(sizes, initial=0))
        settled = True
        for at, jump, least in jumps:
            size = least + _octets((jump.target if jump.absolute else placed[jump.target]) - placed[at])
            if size > sizes[at] or (jump.absolute and size < sizes[at]):  # what lies between two labels only grows
                sizes[at], settled = size, False
        if settled:
            return placed
    for at, _, least in jumps:
        sizes[at] = least + _FARTHEST
    return array("q", accumulate(sizes, initial=0))


def _octets(distance: int) -> int:
    return ((distance if distance >= 0 else ~distance).bit_length() + 8) // 8 if distance else 0


def _least(jump: Jump) -> int:
    """Its size without the octets of the distance."""
    return 1 + len(ENCODERS[jump.op.layout]((*jump.operands[:-1], 0), 0))


class TooFarError(ValueError):
    """A jump to an address that is more than 31 bits away."""

    def __init__(self, item: int) -> None:
        super().__init__()
        self.item = item
        """Its number."""


def code_of(items: Sequence[Item], placed: Sequence[int]) -> bytes:
    """All items at their addresses; TooFarError for a jump that cannot be."""
    parts = []
    for at, item in enumerate(items):
        if isinstance(item, bytes):
            parts.append(item)
            continue
        target = item.target if item.absolute else placed[item.target]
        try:
            parts.append(_encoded(item, placed[at], target, placed[at + 1] - placed[at]))
        except OverflowError:
            raise TooFarError(at) from None
    return b"".join(parts)


def _encoded(jump: Jump, at: int, target: int, size: int) -> bytes:
    head = bytes((jump.op.code,)) + ENCODERS[jump.op.layout]((*jump.operands[:-1], at), at)
    distance = shortest(target - at)
    fill = b"\xff" if target < at else b"\x00"
    return head + distance + fill * (size - len(head) - len(distance))
