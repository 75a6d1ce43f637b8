"""How the cells of a sheet stand in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from vm.values import dataclass
from xqdbg.tui.panes.list_pane import clipped
from xqdbg.tui.sheets import Sheet

GAP = 2
LEAST = 6
"""Columns a column of text keeps when space is short."""
HEAD_SAMPLE, TAIL_SAMPLE = 200, 100
"""Rows at the beginning and at the end that widths are taken from."""
LARGE = 3_000
"""Rows from which on a tree is only indented: lines would take too long to find."""
DEEP = 30
"""Levels that are told apart by their place."""
_NUMERIC = re.compile(r"[-+−×]?[\d,]+(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of columns, as their cells want them."""

    widths: tuple[int, ...] = ()
    right: tuple[bool, ...] = ()
    """Whether a column is numbers, which stand at its right."""

    @property
    def tree(self) -> int:
        """The column in which the tree is drawn: the first one of text."""
        return next((at for at, right in enumerate(self.right) if not right), 0)

    def joined(self, other: Columns) -> Columns:
        """Wide enough for both, where they are of one kind; else the other ones."""
        if len(self.widths) != len(other.widths) or self.right != other.right:
            return other
        return Columns(tuple(map(max, self.widths, other.widths)), other.right)

    def fitted(self, room: int) -> tuple[int, ...]:
        """The widths in so many columns: the widest text gives way first, numbers never."""
        widths = list(self.widths)
        over = sum(widths) + GAP * max(0, len(widths) - 1) - room
        while over > 0:
            texts = [at for at, right in enumerate(self.right) if not right and widths[at] > LEAST]
            if not texts:
                break
            widest = max(texts, key=lambda at: widths[at])
            second = max((widths[at] for at in texts if at != widest), default=LEAST)
            cut = min(over, max(1, widths[widest] - max(second, LEAST)))
            widths[widest] -= cut
            over -= cut
        return tuple(widths)

    def line(self, cells: Sequence[str], room: int, prefix: str = "") -> str:
        """One row: cells in their columns, those that are too long cut off."""
        widths, parts = self.fitted(room), []
        for at, width in enumerate(widths):
            cell = cells[at] if at < len(cells) else ""
            text = clipped(prefix + cell if at == self.tree else cell, width)
            parts.append(" " * (width - cell_len(text)) + text if self.right[at] else set_cell_size(text, width))
        return (" " * GAP).join(parts)


def measured(sheet: Sheet, prefixes: Sequence[str]) -> Columns:
    """Columns for a sheet, from a sample of its rows."""
    count = len(sheet)
    sample = [*range(min(count, HEAD_SAMPLE)), *range(max(HEAD_SAMPLE, count - TAIL_SAMPLE), count)]
    rows = [sheet.row(at).cells for at in sample]
    width = max([len(sheet.columns), *map(len, rows)], default=0)
    filled = [[row[at] for row in rows if at < len(row) and row[at].strip()] for at in range(width)]
    right = tuple(bool(cells) and all(_NUMERIC.fullmatch(cell.strip()) for cell in cells) for cells in filled)
    widths = [max(map(cell_len, cells), default=0) for cells in filled]
    tree = Columns((), right).tree
    for at, row in zip(sample, rows, strict=True):
        if prefixes and tree < len(row):
            widths[tree] = max(widths[tree], cell_len(prefixes[at]) + cell_len(row[tree]))
    heads = [cell_len(name) for name in sheet.columns]
    return Columns(tuple(max(w, heads[at] if at < len(heads) else 0) for at, w in enumerate(widths)), right)


def tree_prefixes(sheet: Sheet) -> Sequence[str]:
    """What stands before each row to draw a tree; empty for a sheet that is none."""
    levels = sheet.levels()
    if not any(levels):
        return ()
    if len(levels) > LARGE:
        return ["  " * min(level, DEEP) for level in levels]
    found = [""] * len(levels)
    going_on = 0  # bit n: a row of level n follows below, before one that is less deep
    for at in range(len(levels) - 1, -1, -1):
        level = min(levels[at], DEEP)
        going_on &= (1 << level + 1) - 1
        if level:
            lines = "".join("│ " if going_on >> each & 1 else "  " for each in range(1, level))
            found[at] = lines + ("├ " if going_on >> level & 1 else "└ ")
        going_on |= 1 << level
    return found
