"""Effects made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from vm.contract import Write


class MadeWhenAsked(Sequence[Write]):
    """Writes as a machine hands out very many: each made when it is asked for, and counted here."""

    def __init__(self, writes: Sequence[Write]) -> None:
        self._writes = writes
        self.made = 0

    def __len__(self) -> int:
        return len(self._writes)

    @overload
    def __getitem__(self, index: int) -> Write: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Write]: ...
    def __getitem__(self, index: int | slice) -> Write | Sequence[Write]:
        found = self._writes[index]
        self.made += len(found) if isinstance(found, Sequence) else 1
        return found
