"""What a whole run was charged by its meters, instruction by instruction, and what shares of that lines have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vm.contract import Line, Tally
from xqdbg.answer import Answer, Json, Row
from xqdbg.errors import XqdbgError
from xqdbg.history import History
from xqdbg.patience import ENDLESS, Cancelled, Patience

BY = ("line", "opcode")
"""What costs can be told by."""
COUNT = "count"
"""What stands beside the meters: how often something is executed."""

_BAR = 24
"""Width of the bar of the greatest share."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"


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

    @property
    def counted(self) -> float:
        """Which part of what is known of the run was looked at, from 0 to 1."""
        return 1.0 if self.length <= self.first else (self.tick - self.first) / (self.length - self.first)

    @property
    def totals(self) -> tuple[int, ...]:
        """Executions, and charges by meter."""
        sums = [0] * (1 + len(self.meters))
        for amounts in self.spent.values():
            for at, amount in enumerate(amounts):
                sums[at] += amount
        return tuple(sums)

    @property
    def columns(self) -> tuple[str, ...]:
        """What can be told of each share: executions, then the meters."""
        return (COUNT, *self.meters)


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


def shares(costs: Costs, code: Mapping[int, Line], by: str, of: int = 1) -> list[Share]:
    """Shares by line or opcode, the greatest one of a column first."""
    found: dict[str, Share] = {}
    for pc, amounts in sorted(costs.spent.items()):
        name, text = _named(code.get(pc), pc, by)
        share = found.get(name)
        if share is None:
            found[name] = Share(name, text, (pc,), amounts)
        else:
            sums = tuple(map(sum, zip(share.amounts, amounts, strict=True)))
            found[name] = replace(share, pcs=(*share.pcs, pc), amounts=sums)
    return sorted(found.values(), key=lambda share: (-share.amounts[of], -share.amounts[0], share.pcs))


def _named(line: Line | None, pc: int, by: str) -> tuple[str, str]:
    if by == "opcode":
        return ("?" if line is None else line.op), ""
    if line is None:
        return f"0x{pc:04x}", ""
    return (f"0x{pc:04x}" if line.source_line is None else str(line.source_line)), line.text


class Counting:
    """Finds out what a run was charged, for as long as somebody waits, and goes on later where it stopped."""

    def __init__(self, history: History) -> None:
        self._meters = tuple(meter.name for meter in history.machine.meters())
        self._spent: Tally = {}
        self._tick = history.first
        self._known: Costs | None = None

    def is_behind(self, history: History) -> bool:
        """Whether more of the run is known than was looked at."""
        return self._tick < history.length

    def go_on(self, history: History, cancelled: Cancelled) -> bool:
        """Look at more of the run, as far as it is known. True while there is more to look at."""
        if self.is_behind(history):
            self._tick = history.tally(self._tick, self._spent, cancelled)
        return self.is_behind(history)

    def costs(self, history: History) -> Costs:
        """What is known so far."""
        known, length = self._known, history.length
        if known is None or (known.tick, known.length) != (self._tick, length) or not known.complete:
            complete = self._tick == length and history.future.complete
            spent = {pc: tuple(amounts) for pc, amounts in self._spent.items()}
            note = history.future.note
            known = Costs(self._meters, spent, history.first, self._tick, length, complete, note)
            self._known = known
        return known


def cost(history: History, counting: Counting, by: str, of: str = "", patience: Patience = ENDLESS) -> Answer:
    """What each `line` or `opcode` costs in the whole run, the dearest one by the meter `of` first."""
    if by not in BY:
        raise XqdbgError(f"cannot tell costs by {by[:40]!a}", "cost by line, or cost by opcode")
    history.complete(patience)
    while counting.go_on(history, patience.cancelled) and not patience.cancelled():
        patience.progress(counting.costs(history).tick)
    costs = counting.costs(history)
    column = _column(costs, of)
    told = shares(costs, history.code, by, column)
    most = max((share.amounts[column] for share in told), default=0)
    rows = [_row(history, costs, share, by, column, most) for share in told]
    heads = ("line", "instruction") if by == "line" else ("opcode",)
    names = [name for meter in costs.meters for name in (meter, "share")]
    note = costs.note or ("" if costs.complete else "not finished")
    value = dict(zip(costs.columns, costs.totals, strict=True))
    return Answer(_title(costs, len(rows), by), (*heads, COUNT, *names, ""), rows, costs.complete, note, value)


def _column(costs: Costs, of: str) -> int:
    """The number of the column with a name; without one that of the first meter."""
    if not of:
        return min(1, len(costs.meters))
    if of not in costs.columns:
        raise XqdbgError(f"there is no meter {of[:40]!a}", f"there are {', '.join(costs.columns)}")
    return costs.columns.index(of)


def _row(history: History, costs: Costs, share: Share, by: str, column: int, most: int) -> Row:
    """Choosing it goes to the first time."""
    tick = history.ticks_of(share.pcs).after(history.first - 1)
    parts = [part_of(amount, total) for amount, total in zip(share.amounts, costs.totals, strict=True)]
    meters = [text for at, part in enumerate(parts[1:], 1) for text in (f"{share.amounts[at]:,}", f"{part:.1%}")]
    heads = (share.name, share.text) if by == "line" else (share.name,)
    line = history.code.get(share.pcs[0])
    told: dict[str, Json] = {"opcode": share.name} if by == "opcode" else {
        "line": None if line is None else line.source_line, "pc": share.pcs[0],
    }  # fmt: skip
    told |= dict(zip(costs.columns, share.amounts, strict=True))
    told["shares"] = dict(zip(costs.columns, parts, strict=True))
    cells = (*heads, f"{share.amounts[0]:,}", *meters, bar(share.amounts[column], most, _BAR))
    return Row(cells, tick, share.pcs[0] if by == "line" else None, data=told)


def _title(costs: Costs, count: int, by: str) -> str:
    _, *totals = costs.totals
    sums = " and ".join(f"{total:,} {name}" for name, total in zip(costs.meters, totals, strict=True))
    kind = {"line": "line", "opcode": "opcode"}[by]
    return f"{sums or 'nothing metered'}: {count} {kind}{'' if count == 1 else 's'}"


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
