"""What the rows of a cells pane look like at a moment: names in columns, values in a base, signs of what happens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from rich.cells import cell_len

from vm.contract import Cell, Value
from xqdbg.inside import Inside
from xqdbg.moment import Moment
from xqdbg.numerals import Base, rewritten
from xqdbg.tui.listing import shown
from xqdbg.tui.marks import NO_MARK, Mark, Marks
from xqdbg.tui.panes.cell_drawing import CLOSED, OPEN, TAGGED, TYPED, CellLook
from xqdbg.tui.panes.cell_rows import CellRow, CellRows, Slots
from xqdbg.tui.panes.list_pane import clipped

_NAME_COLUMNS = 12
"""Names wider than this push their value aside rather than all others."""
_ENTRY_COLUMNS = 14
_TYPE_COLUMNS = 8
_SAMPLE = 300
"""Cells that widths are taken from."""
_INDEXED = re.compile(r"[A-Za-z_]\w*\[(-?(?:0x[0-9a-f]+|\d+))(?::\w+)?\]")


class CellLooks:
    """All that rows have in common, of one pane."""

    def __init__(self, *, tagged: bool = False) -> None:
        """`tagged`: the kinds of values do not follow from their texts."""
        self.base = Base.DECIMAL
        self._typed = TAGGED if tagged else TYPED
        self.expands = False
        """Whether any cell has had something inside."""
        self._kinds: set[str] = set()
        """Kinds of values there have been."""
        self._marks: Marks | None = None
        self._older: Mapping[str, Value] = {}
        """Entries that were in view at the position before this one."""
        self._indexed = False
        self._name_columns = 0
        self._entry_columns: dict[str, int] = {}

    def come(self, old: Moment | None, new: Moment, viewer: str) -> None:
        """Tell what happens at another moment; `viewer` is whom entries were made for."""
        if old is None or (old.tick, old.branch) != (new.tick, new.branch):
            self._older = dict(_values(None if old is None else old.inside.get(viewer)))
        if old is None or old.effect is not new.effect or old.coming is not new.coming or old.changed != new.changed:
            self._marks = Marks(new, self.base)

    def write_in(self, base: Base, moment: Moment | None) -> None:
        """Write numbers in a base."""
        self.base = base
        self._marks = None if moment is None else Marks(moment, self.base)

    def survey(self, cells: Sequence[Cell]) -> None:
        """Find out how wide the columns are."""
        ends = (cells[0], cells[-1]) if cells else ()
        few = len(cells) <= _SAMPLE and not isinstance(cells, Slots)
        self._indexed = bool(cells) and all(_INDEXED.fullmatch(cell.name) for cell in ends)
        widths = [cell_len(self._short(cell)) for cell in (cells if few else ends)]
        self._name_columns = min(_NAME_COLUMNS, max(widths, default=0))
        for cell in islice(cells, _SAMPLE):
            self.expands = self.expands or cell.holds > 0
            self._kinds.add(_kind(cell))

    def look(self, row: CellRow, rows: CellRows, *, has_cursor: bool, is_last_pin: bool) -> CellLook:
        """How a row looks."""
        cell = row.cell
        if cell is None:
            return CellLook("", "…", "unset", expander=self._expander(row, rows), has_cursor=has_cursor)
        return CellLook(
            name=self._name(cell, row),
            text=shown(rewritten(cell.text, cell.kind, self.base)),
            kind=cell.kind,
            type="" if row.is_entry else self._type(cell),
            typed=self._typed,
            note=shown(cell.note),
            mark=self._mark(row, cell),
            expander=self._expander(row, rows),
            has_cursor=has_cursor,
            is_last_pin=is_last_pin,
        )

    def _mark(self, row: CellRow, cell: Cell) -> Mark:
        if self._marks is None:
            return NO_MARK
        if not row.is_entry:
            return self._marks.of_cell(cell.name)
        differs = cell.name in self._older and self._older[cell.name] != cell.value
        parent = row.parent.name if row.parent else ""
        return self._marks.of_entry(cell.name, parent, row.number, differs=differs)

    def _expander(self, row: CellRow, rows: CellRows) -> str:
        if not self.expands:
            return ""
        if row.cell is None or not row.cell.holds or row.pin is not None:
            return " "
        return OPEN if rows.is_open(row.cell.name) else CLOSED

    def _type(self, cell: Cell) -> str:
        """The kind in its column, where there are several."""
        if len(self._kinds) < 2:
            return ""
        return _kind(cell).ljust(min(_TYPE_COLUMNS, max(map(cell_len, self._kinds))))

    def _short(self, cell: Cell) -> str:
        if self._indexed and (index := _INDEXED.fullmatch(cell.name)):
            return index[1]
        return shown(cell.name)

    def _name(self, cell: Cell, row: CellRow) -> str:
        if row.parent is not None:
            return self._entry_name(cell, row.parent)
        if row.is_entry:
            return shown(cell.name)
        name = self._short(cell)
        return name.rjust(self._name_columns) if self._indexed else name.ljust(self._name_columns)

    def _entry_name(self, cell: Cell, parent: Cell) -> str:
        """The part of the name behind that of the cell, in a column that only grows."""
        name = shown(cell.name.removeprefix(parent.name).lstrip("."))
        columns = min(_ENTRY_COLUMNS, max(self._entry_columns.get(parent.name, 0), cell_len(name)))
        self._entry_columns[parent.name] = columns
        return "  " + name.ljust(columns)


def _kind(cell: Cell) -> str:
    """What kind a value is of, in a word."""
    return clipped(shown(cell.kind.partition("<")[0]), _TYPE_COLUMNS)


def ascends(cells: Sequence[Cell]) -> bool:
    """Whether cells are in the order of indices in their names."""
    if len(cells) < 2:
        return False
    ends = [_INDEXED.fullmatch(cells[at].name) for at in (0, -1)]
    first, last = (int(end[1], 0) if end else -1 for end in ends)
    return 0 <= first < last


def _values(inside: Inside | None) -> Iterator[tuple[str, Value]]:
    """The entries that came with a moment, by name."""
    if inside is not None:
        yield from ((cell.name, cell.value) for part in inside.parts.values() for cell in part.cells)
        yield from ((name, cell.value) for name, cell in inside.places.items())
