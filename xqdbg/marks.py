"""What happens where on a line that shows a whole run: how often a place is written in each column of it."""

from __future__ import annotations

from collections.abc import Sequence

from vm.contract import Line
from vm.isa import Flow, Isa
from vm.values import dataclass

MOST_COUNTED = 33
"""Writes that are counted in one column; more are not told apart."""
MOST_COLUMNS = 1_000
"""Columns that are counted for."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The ticks `start` to `end` on `columns` columns."""

    end: int
    columns: int
    start: int = 0

    def column(self, tick: int) -> int:
        """Where a tick is; one that lies outside is at the edge."""
        return (max(self.start, min(tick, self.end)) - self.start) * (self.columns - 1) // self._span

    def first(self, column: int) -> int:
        """The first tick of a column."""
        column = max(0, min(column, self.columns - 1))
        return self.start - (-column * self._span // max(1, self.columns - 1))

    def last(self, column: int) -> int:
        """The last tick of a column, which may be before the first: there are columns without ticks."""
        return self.end if column >= self.columns - 1 else self.first(column + 1) - 1

    def holds(self, tick: int) -> bool:
        """Whether a tick is on the line."""
        return self.start <= tick <= self.end

    @property
    def stride(self) -> float:
        """Ticks a column stands for."""
        return max(1.0, self._span / max(1, self.columns - 1))

    @property
    def _span(self) -> int:
        return max(1, self.end - self.start)


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """How often a place is written in each column, up to MOST_COUNTED."""

    place: str
    counts: Sequence[int]
    """By column, as far as they are known."""
    first: Sequence[int]
    """The first such tick of each column; -1 where there is none."""
    complete: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What is counted for a line of some scale."""

    scale: Scale
    written: Lane | None = None
    """Writes to the place that was asked for."""
    output: Lane | None = None
    """Outputs of the program."""


def outermost_loops(code: Sequence[Line], isa: Isa) -> tuple[int, ...]:
    """Where the iterations of the loops that are in no other one begin, as the program's text has them."""
    found, depth = [], 0
    for line in code:
        op = isa.by_name.get(line.op)
        if op is None:
            continue
        if op.flow is Flow.LOOP_OPEN:
            if not depth:
                found.append(line.pc + line.size)
            depth += 1
        elif op.flow is Flow.LOOP_CLOSE:
            depth = max(0, depth - 1)
    return tuple(found)
