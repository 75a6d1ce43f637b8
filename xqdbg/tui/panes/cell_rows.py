"""The rows of a cells pane: cells, those pinned before them, and the entries of those that are expanded below them.

Nothing is made for rows nobody looks at, however many there are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from vm.contract import Cell, View
from vm.values import dataclass
from xqdbg.inside import Inside
from xqdbg.numerals import Base, rewritten

MOST_SEARCHED = 20_000
"""Cells a filter looks through."""
_INDEX = re.compile(r"(\d{1,9})\]?$")


class Slots(Sequence[Cell]):
    """A cell for each place there always is: those that came, and unset ones for all others."""

    def __init__(self, view: View, cells: Iterable[Cell]) -> None:
        self._view = view
        self._known = {cell.name: cell for cell in cells}

    def __len__(self) -> int:
        return self._view.slots

    def __getitem__(self, index: int) -> Cell:  # type: ignore[override]
        """The cell of a slot; only ever asked for one."""
        name = self._view.slot(range(len(self))[index])
        return self._known.get(name) or Cell(name, "unset", "unset")


class Backwards(Sequence[Cell]):
    """Cells, the last one first."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, index: int) -> Cell:  # type: ignore[override]
        return self._cells[-1 - range(len(self))[index]]


def matching(cells: Sequence[Cell], text: str, base: Base) -> Sequence[Cell]:
    """The cells in whose name, kind or value a text stands, whatever its case."""
    wanted = text.lower()

    def matches(cell: Cell) -> bool:
        if wanted in cell.name.lower() or wanted in cell.kind.lower() or wanted in cell.text.lower():
            return True
        return base is not Base.DECIMAL and wanted in rewritten(cell.text, cell.kind, base)

    return [cell for at in range(min(len(cells), MOST_SEARCHED)) if matches(cell := cells[at])]


@dataclass(frozen=True, slots=True)
class Pin:
    """A value that is kept in sight."""

    name: str
    of_entry: bool = False
    """Whether it is one of the entries of a cell."""


@dataclass(frozen=True, slots=True)
class CellRow:
    """What a row shows."""

    cell: Cell | None
    """None for an entry that has not come yet."""
    parent: Cell | None = None
    """The cell it is an entry of."""
    number: int = -1
    """Its number among those."""
    pin: Pin | None = None

    @property
    def is_entry(self) -> bool:
        """Whether it is one of the entries of a cell, pinned or not."""
        return self.parent is not None or (self.pin is not None and self.pin.of_entry)


class CellRows:
    """The rows of one moment."""

    def __init__(
        self,
        cells: Sequence[Cell],
        tops: Sequence[Cell],
        expanded: Collection[str] = (),
        pins: Sequence[Pin] = (),
        inside: Inside | None = None,
    ) -> None:
        """`cells` are all there are, `tops` those that are listed."""
        self._cells = cells
        self.tops = tops
        self.pins = pins
        self.inside = inside or Inside()
        at = sorted((found, tops[found]) for name in expanded if (found := self.find(name)) is not None)
        self._open = [(index, cell) for index, cell in at if cell.holds]
        """Expanded cells, by their index among those listed."""
        self._starts: list[int] = []
        """For each of them the row of its first entry, pins not counted."""
        before = 0
        for index, cell in self._open:
            self._starts.append(index + 1 + before)
            before += cell.holds
        self._length = len(pins) + len(tops) + before

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, row: int) -> CellRow:
        """What a row shows; IndexError for none."""
        if not 0 <= row < self._length:
            raise IndexError(row)
        if row < len(self.pins):
            return self._pinned(self.pins[row])
        row -= len(self.pins)
        at = bisect_right(self._starts, row) - 1
        if at < 0:
            return CellRow(self.tops[row])
        index, cell = self._open[at]
        number = row - self._starts[at]
        if number < cell.holds:
            return CellRow(self._entry(cell.name, number), cell, number)
        return CellRow(self.tops[index + 1 + number - cell.holds])

    def row_of(self, name: str, number: int = -1) -> int | None:
        """The row of a cell among those listed, or of one of its entries; None if there is none."""
        index = self.find(name)
        if index is None:
            return None
        row = len(self.pins) + index
        for at, cell in self._open:
            if at < index:
                row += cell.holds
            elif at == index and number >= 0:
                return row + 1 + min(number, cell.holds - 1)
        return row

    def is_open(self, name: str) -> bool:
        """Whether the entries of a cell are below it."""
        return any(cell.name == name for _, cell in self._open)

    def spans(self, rows: Iterable[int]) -> dict[str, tuple[int, int]]:
        """The first entry among some rows and the one behind the last, by the name of their cell."""
        found: dict[str, tuple[int, int]] = {}
        for row in rows:
            shown = row - len(self.pins)
            at = bisect_right(self._starts, shown) - 1
            if at < 0 or shown < 0:
                continue
            cell, number = self._open[at][1], shown - self._starts[at]
            if number < cell.holds:
                low, high = found.get(cell.name, (number, number + 1))
                found[cell.name] = (min(low, number), max(high, number + 1))
        return found

    def find(self, name: str) -> int | None:
        """The index of a cell among those listed."""
        tops = self.tops
        if (number := _INDEX.search(name)) is not None and tops:  # where most are, without looking through all
            for guess in (int(number[1]), len(tops) - 1 - int(number[1])):
                if 0 <= guess < len(tops) and tops[guess].name == name:
                    return guess
        return self._indices.get(name)

    @cached_property
    def _indices(self) -> Mapping[str, int]:
        return {cell.name: index for index, cell in enumerate(self.tops)}

    @cached_property
    def _by_name(self) -> Mapping[str, Cell]:
        return {cell.name: cell for cell in self._cells}

    def _pinned(self, pin: Pin) -> CellRow:
        """A pin; what it names may not be there now."""
        known = self.inside.places.get(pin.name) if pin.of_entry else self._by_name.get(pin.name)
        return CellRow(known or Cell(pin.name, "–", "unset"), pin=pin)

    def _entry(self, name: str, number: int) -> Cell | None:
        part = self.inside.parts.get(name)
        if part is None or not 0 <= number - part.start < len(part.cells):
            return None
        return part.cells[number - part.start]
