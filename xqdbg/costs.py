"""What a whole run was charged by its meters, instruction by instruction, and what shares of that lines have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from vm.values import dataclass

BY = ("line", "opcode")
"""What costs can be told by."""
COUNT = "count"
"""What stands beside the meters: how often something is executed."""

_EIGHTHS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class Share:
    """What one line, or one opcode, has of the costs."""

    name: str
    """The line, or the address where there is no source; the mnemonic of an opcode."""
    text: str
    """The instruction; empty for an opcode."""
    pcs: tuple[int, ...]
    amounts: tuple[int, ...]
    """Executions, then charges by meter."""


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What a run was charged, as far as that is known."""

    meters: tuple[str, ...]
    """Names of what is metered."""
    spent: Mapping[int, tuple[int, ...]]
    """By address: how often it was executed, then what each meter was charged for that."""
    first: int
    """The tick the run begins at."""
    tick: int
    """The tick up to which charges are known."""
    length: int
    """The tick up to which the run is known."""
    complete: bool
    """Whether this is the whole run."""
    note: str = ""
    """Why it is not, where the run is too long."""
    shares: Mapping[str, Sequence[Share]] = field(default_factory=dict)
    """By line and by opcode, in no order; empty while a large program is being looked at."""
    totals: tuple[int, ...] = field(init=False, default=())
    """Executions, and charges by meter."""

    def __post_init__(self) -> None:
        sums = [0] * (1 + len(self.meters))
        for amounts in self.spent.values():
            for at, amount in enumerate(amounts):
                sums[at] += amount
        object.__setattr__(self, "totals", tuple(sums))

    @property
    def counted(self) -> float:
        """Which part of what is known of the run was looked at, from 0 to 1."""
        return 1.0 if self.length <= self.first else (self.tick - self.first) / (self.length - self.first)

    @property
    def columns(self) -> tuple[str, ...]:
        """What can be told of each share: executions, then the meters."""
        return (COUNT, *self.meters)


def ranked(shares: Iterable[Share], of: int) -> list[Share]:
    """Shares, the greatest one of a column first."""
    return sorted(shares, key=lambda share: (-share.amounts[of], -share.amounts[0], share.pcs))


def part_of(amount: int, total: int) -> float:
    """A share, from 0 to 1."""
    return amount / total if total else 0.0


def bar(amount: int, most: int, width: int) -> str:
    """A bar whose length is to `width` as the amount is to the greatest one, to an eighth of a column."""
    if amount <= 0 or most <= 0 or width <= 0:
        return ""
    eighths = max(1, round(8 * width * min(amount, most) / most))
    full, rest = divmod(eighths, 8)
    return _EIGHTHS[8] * full + (_EIGHTHS[rest] if rest else "")
