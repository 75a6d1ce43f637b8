"""Where control can be right after an instruction, from what the listing tells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from vm.contract import Line, Machine

_OF_ITSELF = frozenset({"pc", "tick", "depth"})
"""Names whose value changes without an instruction that says it writes them; so do those of meters."""


def change_anywhere(names: AbstractSet[str], machine: Machine) -> bool:
    """Whether what some names stand for may change at any instruction, whatever it says it writes."""
    return bool(names & _OF_ITSELF) or any(meter.name in names for meter in machine.meters())


class Successors:
    """Of each instruction, the addresses at which the machine can stand after it; more than those, never fewer."""

    def __init__(self, code: Sequence[Line]) -> None:
        self._behind = {line.pc: line.pc + line.size for line in code}
        self._jumping = frozenset(line.pc for line in code if "pc" in line.writes)
        labelled = {line.pc for line in code if line.label}
        self._entries = frozenset(labelled | {self._behind[pc] for pc in self._jumping})

    def of(self, pcs: Iterable[int]) -> frozenset[int]:
        """Successors of any of some instructions."""
        every = frozenset(pcs)
        behind = frozenset(self._behind[pc] for pc in every if pc in self._behind)
        return behind | self._entries if every & self._jumping else behind
