"""Rows of an answer as they are found: where in the run something is, and news of it meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

from vm.contract import Line, Machine, Place, PlaceError, Value
from xqdbg.addresses import address_of
from xqdbg.answer import Answer, Json, Row
from xqdbg.patience import Patience

MOST_ROWS = 10_000
"""Rows of an answer that are kept; the others are counted."""

NEWS_SECONDS = 0.05
"""Time between two pieces of news."""

COLUMNS = ("tick", "line", "instruction", "loops")
"""What every row about an instruction begins with."""

_MOST_ITEMS = 1_000
"""Elements of a value that scripts get one by one."""

_LOOPS = "loops"
"""The view of a machine that shows its open loops, if it has one."""


class Where:
    """Tells where in the run and in the program a machine stands."""

    def __init__(self, code: Mapping[int, Line], machine: Machine) -> None:
        self._code = code
        self._looping = any(view.id == _LOOPS for view in machine.views())

    def line(self, pc: int | None) -> str:
        """An instruction by its source line, by its address where there is none."""
        line = None if pc is None else self._code.get(pc)
        if line is not None and line.source_line is not None:
            return str(line.source_line)
        return "" if pc is None else address_of(pc, self._code)

    def text(self, pc: int | None) -> str:
        """An instruction as the listing has it."""
        line = None if pc is None else self._code.get(pc)
        return "" if line is None else line.text

    def named(self, pc: int | None) -> str:
        """An instruction in a sentence."""
        text, line = self.text(pc), self.line(pc)
        line = f"line {line}" if line.isdigit() else line
        return f"{text} ({line})" if text else line

    def loops(self, machine: Machine) -> tuple[str, ...]:
        """Where the open loops are, outermost first."""
        if not self._looping or not machine.depth:
            return ()
        cells = sorted(machine.cells(_LOOPS), key=lambda cell: _index(cell.name))
        return tuple(cell.text.partition(",")[0] for cell in cells)

    def cells(self, tick: int, pc: int | None, loops: Sequence[str]) -> tuple[str, ...]:
        """The texts of COLUMNS."""
        return f"{tick:,}", self.line(pc), self.text(pc), " ".join(loops)

    def told(self, tick: int, pc: int | None, loops: Sequence[str]) -> dict[str, Json]:
        """The same for scripts."""
        line = None if pc is None else self._code.get(pc)
        return {
            "tick": tick,
            "pc": pc,
            "line": None if line is None else line.source_line,
            "op": None if line is None else line.op,
            "loops": [int(text) if text.lstrip("-").isdecimal() else text for text in loops],
        }


class Findings:
    """Rows as they are found; the first ones are kept and all are counted."""

    def __init__(self, columns: tuple[str, ...], title: Callable[[int], str], patience: Patience) -> None:
        """`title` tells the title for so many findings."""
        self.columns = columns
        self.count = 0
        self.rows: list[Row] = []
        self._title = title
        self._patience = patience
        self._news = perf_counter() + NEWS_SECONDS

    @property
    def full(self) -> bool:
        """Whether no more rows are kept."""
        return len(self.rows) >= MOST_ROWS

    def add(self, row: Callable[[], Row]) -> None:
        """Count a finding, and keep its row if there is room."""
        self.count += 1
        if not self.full:
            self.rows.append(row())
        if perf_counter() >= self._news:
            self._patience.answered(Answer(self._title(self.count), self.columns, tuple(self.rows), complete=False))
            self._news = perf_counter() + NEWS_SECONDS

    def answer(self, complete: bool, note: str = "", value: Json = None) -> Answer:
        """All of it; `complete` is whether everything was looked at."""
        notes = [note] if note else []
        if not complete and not note:
            notes.append("not finished")
        if self.count > len(self.rows):
            notes.append(f"the first {len(self.rows):,} are shown")
        whole = complete and self.count == len(self.rows)
        return Answer(self._title(self.count), self.columns, tuple(self.rows), whole, "; ".join(notes), value)


def value_text(machine: Machine, place: Place) -> str:
    """What a place holds where the machine stands, in one line."""
    return machine.text(value_of(machine, place))


def value_of(machine: Machine, place: Place) -> Value:
    """What a place holds where the machine stands, to be looked at at once; None if there is no such place."""
    try:
        return machine.reader(place)()
    except PlaceError:
        return None


def brief(machine: Machine, value: Value) -> Json:
    """A value for scripts, one of many: what is large is told as it is shown."""
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, tuple | list) and len(value) <= _MOST_ITEMS:
        return [brief(machine, item) for item in value]
    return machine.text(value)


def _index(name: str) -> tuple[int, ...]:
    """The number of a loop in the name of its cell."""
    try:
        first = Place.parse(name).path[0]
    except (PlaceError, IndexError):
        return ()
    return first if isinstance(first, tuple) else ()
