"""Finding out what a whole run was charged, and telling it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vm.contract import Line, Tally
from xqdbg.addresses import address_of
from xqdbg.answer import Answer, Json, Row
from xqdbg.costs import BY, COUNT, Costs, Share, bar, part_of, ranked
from xqdbg.errors import XqdbgError
from xqdbg.history import History
from xqdbg.patience import ENDLESS, Cancelled, Patience

_MOST_SHARES = 2_000
"""Instructions whose shares are told while they are being counted: more would hold up the counting."""
_BAR = 24
"""Width of the bar of the greatest share."""


def _shares(spent: Mapping[int, tuple[int, ...]], code: Mapping[int, Line], by: str) -> list[Share]:
    found: dict[str, Share] = {}
    for pc, amounts in sorted(spent.items()):
        name, text = _named(code.get(pc), pc, by)
        share = found.get(name)
        if share is not None:
            amounts = tuple(map(sum, zip(share.amounts, amounts, strict=True)))
            found[name] = replace(share, pcs=(*share.pcs, pc), amounts=amounts)
        else:
            found[name] = Share(name, text, (pc,), amounts)
    return list(found.values())


def _named(line: Line | None, pc: int, by: str) -> tuple[str, str]:
    if by == "opcode":
        return ("?" if line is None else line.op), ""
    if line is None:
        return f"0x{pc:04x}", ""
    return (address_of(pc, (line,)) if line.source_line is None else str(line.source_line)), line.text


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
        complete, note = self._tick == length and history.future.complete, history.future.note
        if known is None or (known.tick, known.length, known.complete, known.note) != (
            self._tick, length, complete, note,
        ):  # fmt: skip
            spent = {pc: tuple(amounts) for pc, amounts in self._spent.items()}
            looked_at = self._tick == length or len(spent) <= _MOST_SHARES
            told = {by: _shares(spent, history.code, by) for by in BY} if looked_at else {}
            known = Costs(self._meters, spent, history.first, self._tick, length, complete, note, told)
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
    told = ranked(costs.shares[by] if by in costs.shares else _shares(costs.spent, history.code, by), column)
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
