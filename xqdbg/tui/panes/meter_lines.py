"""Meters against their limits, one a line, in columns; what matters least goes where it is narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from vm.contract import Effect, Meter
from vm.diagnostics import printable
from xqdbg.costs import Costs, bar, part_of
from xqdbg.tui.amounts import short

NEAR = 0.9
"""Share of a limit from which on a meter is shown as near it."""

_LEAST_BAR, _MOST_BAR = 6, 24
_ORDER = (0, 1, 2, 4, 3)
"""Columns by how much they matter: used, limit, share, the whole run, the next instruction."""
_STYLES = ("", "name", "", "coming", "name")
"""How columns are drawn; those without a style as near their limit as they are."""

Styles = Callable[[str], Style]


def meter_lines(
    meters: Sequence[Meter], coming: Effect | None, costs: Costs | None, width: int, style: Styles
) -> list[list[Segment]]:
    """`steps  1,204 of 10M  12.0%  › 14  run 9,461 ▎····` for each of them."""
    table = [_cells(meter, coming, costs) for meter in meters]
    widths = [max(map(cell_len, column), default=0) for column in zip(*table, strict=True)]
    names = max((cell_len(printable(meter.name)) for meter in meters), default=0)
    room, chosen = width - 1 - names - 1, []
    for at in _ORDER:
        if widths and widths[at] and widths[at] + 1 <= room:
            chosen.append(at)
            room -= widths[at] + 1
    lines = []
    for meter, cells in zip(meters, table, strict=True):
        ink = style(_nearness(meter))
        line = [Segment(" " + printable(meter.name).ljust(names) + " ", style("name"))]
        for at in sorted(chosen):
            text = cells[at].ljust(widths[at]) if at == 1 else cells[at].rjust(widths[at])
            line.append(Segment(" " + text, style(_STYLES[at]) if _STYLES[at] else ink))
        lines.append([*line, *_bar(meter, room - 2, style)])
    return lines


def _cells(meter: Meter, coming: Effect | None, costs: Costs | None) -> tuple[str, ...]:
    """The texts of the columns."""
    limit = "" if meter.limit is None else f"of {short(meter.limit)}"
    share = "" if meter.limit is None else "full" if _share(meter) >= 1 else percent(_share(meter))
    following = 0 if coming is None else dict(coming.costs).get(meter.name, 0)
    whole = _whole(costs, meter.name)
    told = f"›{following:,}" if following else ""
    return f"{meter.used:,}", limit, share, told, "" if whole is None else f"run {whole:,}"


def _bar(meter: Meter, room: int, style: Styles) -> list[Segment]:
    if meter.limit is None or room < _LEAST_BAR:
        return []
    columns = min(_MOST_BAR, room)
    drawn = bar(meter.used, meter.limit, columns) if meter.limit else bar(1, 1, columns)
    ink = style("full" if _share(meter) >= 1 else "bar")
    return [Segment("  " + drawn, ink), Segment("·" * (columns - len(drawn)), style("name"))]


def _share(meter: Meter) -> float:
    return part_of(meter.used, meter.limit) if meter.limit else 1.0


def _nearness(meter: Meter) -> str:
    if meter.limit is None:
        return "number"
    return "full" if _share(meter) >= 1 else "near" if _share(meter) >= NEAR else "number"


def _whole(costs: Costs | None, name: str) -> int | None:
    """What the whole run uses of a meter, once that is known."""
    if costs is None or costs.tick < costs.length or name not in costs.columns:
        return None
    return costs.totals[costs.columns.index(name)]


def percent(share: float) -> str:
    """A share in per cent; what is not nothing never looks like nothing."""
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"
