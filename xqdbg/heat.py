"""A large value in sentences, for those who hear it read out: what there is, from where to where, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vm.contract import Frame, Machine, Region
from vm.diagnostics import printable
from xqdbg.patience import ENDLESS, Patience

MOST_ROWS = 24
"""Rows told at once."""
MOST_NAMED = 12
"""Columns or sums named one by one in a sentence."""
_CHUNK = 64
"""Rows, and columns, looked at together."""
_LISTED = 16
"""Values of a list in one sentence."""
ON = {"bits": "set", "spins": "up"}
"""What values are called that are on, where they are on or off."""

Cells = list[tuple[int, int]]


@dataclass(slots=True)
class _Range:
    """Values while they are counted."""

    count: int = 0
    low: int = 0
    high: int = 0
    place: str = ""
    """Where the one of greatest magnitude is."""
    _greatest: int = -1

    def add(self, value: int, place: str) -> None:
        self.low, self.high = (min(self.low, value), max(self.high, value)) if self.count else (value, value)
        self.count += 1
        if abs(value) > self._greatest:
            self._greatest, self.place = abs(value), place

    @property
    def span(self) -> str:
        """`from -500 to -250`, or `all 500`."""
        return f"all {self.low}" if self.low == self.high and self.count > 1 else f"from {self.low} to {self.high}"


def described(machine: Machine, region: Region, start: int = 0, patience: Patience = ENDLESS) -> list[str]:
    """Sentences about a region; rows from `start` on, a bounded number of them."""
    title = printable(region.title).replace(" · ", ", ").replace("×", " by ")
    opening = [f"{printable(region.name)}, {title}."]
    if region.rows < 1 or region.cols < 1:
        return opening
    if region.head:
        return [*opening, *_of_matrix(machine, region, start, patience)]
    return [*opening, *_of_list(machine, region, start, patience)]


def _of_matrix(machine: Machine, region: Region, start: int, patience: Patience) -> Iterator[str]:
    linear, quadratic = _Range(), _Range()
    head = machine.window(region.name, Frame(0, 0, 1, region.cols)).head
    for col, value in enumerate(head):
        if value:
            linear.add(value, str(col))
    told: list[str] = []
    filled = following = 0
    for row, cells in _rows(machine, region, patience):
        for col, value in cells:
            quadratic.add(value, f"{row},{col}")
        if row >= start:
            filled += 1
            if len(told) < MOST_ROWS:
                told.append(_row(row, cells))
                following = row + 1
    yield _terms(linear, "linear")
    yield from _grid_sums(region, head)
    yield _terms(quadratic, "quadratic")
    yield from told
    if start and not told:
        yield f"No row from {start} on holds anything."
    if patience.cancelled():
        yield "This is not all: the search was given up."
    elif filled > len(told):
        yield _more(region, filled - len(told), following)


def _terms(found: _Range, word: str) -> str:
    if not found.count:
        return f"No {word} terms."
    if found.count == 1:
        return f"1 {word} term, {found.low} at {found.place}."
    largest = found.low if abs(found.low) > abs(found.high) else found.high
    at = "" if found.low == found.high else f", largest {largest} at {found.place}"
    return f"{found.count:,} {word} terms {found.span}{at}."


def _grid_sums(region: Region, head: Sequence[int | None]) -> Iterator[str]:
    cols = region.grid[1]
    if cols < 1 or not any(head):
        return
    rows = range(0, len(head), cols)
    sums = [str(sum(value or 0 for value in head[at : at + cols])) for at in rows[:MOST_NAMED]]
    more = f" and {len(rows) - MOST_NAMED:,} more rows" if len(rows) > MOST_NAMED else ""
    yield f"Linear terms summed by row of the grid: {', '.join(sums)}{more}."


def _row(row: int, cells: Cells) -> str:
    col, value = max(cells, key=lambda cell: abs(cell[1]))
    return f"Row {row}: {len(cells):,} non-zero, max {value} at column {col}."


def _more(region: Region, count: int, start: int) -> str:
    rows = "1 more row" if count == 1 else f"{count:,} more rows"
    return f"{rows} from row {start} on: describe {printable(region.name)} {start}."


def _rows(machine: Machine, region: Region, patience: Patience) -> Iterator[tuple[int, Cells]]:
    """The rows that hold anything but zeros, in order, each with its columns and values."""
    tall, wide = -(-region.rows // _CHUNK), -(-region.cols // _CHUNK)
    coarse = machine.window(region.name, Frame(0, 0, tall, wide, _CHUNK)).cells
    for down, line in enumerate(coarse):
        across = [at for at, value in enumerate(line) if value]
        if patience.cancelled():
            return
        if not across:
            continue
        first, top = across[0] * _CHUNK, down * _CHUNK
        width = min(region.cols, (across[-1] + 1) * _CHUNK) - first
        window = machine.window(region.name, Frame(top, first, min(_CHUNK, region.rows - top), width))
        for number, values in enumerate(window.cells):
            cells = [(first + col, value) for col, value in enumerate(values) if value]
            if cells:
                yield top + number, cells


def _of_list(machine: Machine, region: Region, start: int, patience: Patience) -> Iterator[str]:
    laid_out = region.grid[1] > 0 and region.rows > 1
    seen = _Range()
    for top in range(0, region.rows, _CHUNK):
        for line in _lines(machine, region, top, _CHUNK):
            for value in line:
                if value is not None:
                    seen.add(value, "")
        if patience.cancelled():
            yield "This is not all: the search was given up."
            return
    if not seen.count:
        return
    yield f"{seen.count:,} values {seen.span}." if seen.count > 1 else f"1 value, {seen.low}."
    last = min(region.rows, start + MOST_ROWS)
    for row, line in enumerate(_lines(machine, region, start, MOST_ROWS), start):
        yield from _told_line(region, row, line, laid_out)
    if start >= region.rows:
        yield f"There is no row {start}: the last one is {region.rows - 1}."
    elif last < region.rows:
        yield _more(region, region.rows - last, last)


def _lines(machine: Machine, region: Region, top: int, count: int) -> Sequence[Sequence[int | None]]:
    """Up to so many rows of a list."""
    height = min(count, region.rows - top)
    return machine.window(region.name, Frame(top, 0, height, region.cols)).cells if height > 0 else ()


def _told_line(region: Region, row: int, values: Sequence[int | None], laid_out: bool) -> Iterator[str]:
    """A row of a list: which are on, where they are on or off, else the values."""
    present = [value for value in values if value is not None]
    if not present:
        return
    start = row * region.cols
    if region.values in ON:
        yield f"{_name(region, row, len(present), laid_out)}: {_those_on(region, values, 0 if laid_out else start)}."
        return
    for at in range(0, len(present), _LISTED):
        part = present[at : at + _LISTED]
        name = f"Row {row}" if laid_out else f"From {start + at}"
        name += f" from column {at}" if laid_out and at else ""
        yield f"{name}: {' '.join(map(str, part))}."


def _name(region: Region, row: int, count: int, laid_out: bool) -> str:
    start = row * region.cols
    return f"Row {row}" if laid_out else f"{start} to {start + count - 1}"


def _those_on(region: Region, values: Sequence[int | None], start: int) -> str:
    """`2 set, at 1 and 4`."""
    word = ON[region.values]
    on = [str(start + at) for at, value in enumerate(values) if value is not None and value > 0]
    if not on:
        return f"none {word}"
    more = f" and {len(on) - MOST_NAMED:,} more" if len(on) > MOST_NAMED else ""
    return f"{len(on):,} {word}, at {', '.join(on[:MOST_NAMED])}{more}"
