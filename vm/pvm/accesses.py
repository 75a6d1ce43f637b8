"""Where a load or store goes, told from its row of the table and the registers before it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from vm.isa import Op
from vm.pvm.numbers import ONES32
from vm.values import dataclass

_WIDTH = re.compile(r"_[ui](8|16|32|64)$")


@dataclass(frozen=True, slots=True)
class Access:
    """How a load or store finds its octets."""

    size: int
    stores: bool
    base: str
    """Operand that names the register the address begins with; empty where there is none."""
    value: str
    """Operand that is stored, or that takes what is loaded."""

    def address(self, operands: Mapping[str, int], registers: Sequence[int]) -> int:
        """The first octet."""
        return (registers[operands[self.base]] if self.base else 0) + operands["x"] & ONES32


def access_of(op: Op) -> Access | None:
    """How an instruction accesses memory; None if it does not."""
    if op.group not in ("load", "store"):
        return None
    width = _WIDTH.search(op.name)
    if width is None:
        raise ValueError(f"{op.name} does not tell how many octets it takes")
    stores = op.group == "store"
    return Access(
        int(width[1]) // 8, stores, op.selects[0] if op.selects else "", "y" if "imm" in op.name and stores else "a"
    )
