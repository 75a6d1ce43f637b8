"""Counting what is written where in a whole run, in the time that is left between commands."""

from __future__ import annotations

from time import perf_counter

from vm.contract import Place
from xqdbg.history import History
from xqdbg.marks import MOST_COLUMNS, MOST_COUNTED, Lane, Marks, Scale
from xqdbg.patience import Patience

LEAST_LOOK = 0.001
"""Seconds that are worth beginning for."""
LONGEST_LOOK = 0.25
"""Seconds that one stretch may take, where less comes to nothing."""
MOST_STUCK = 40
"""Stretches that come to nothing before a column is given up."""
OUTPUT = Place("out")
"""What is written by an output."""


class Tally:
    """Counts the writes to a place column by column, a stretch at a time."""

    def __init__(self, history: History, place: Place, scale: Scale) -> None:
        """`place` has its indices counted from the start."""
        self._history, self._place, self._scale = history, place, scale
        self._counts: list[int] = []
        self._first: list[int] = []
        self._count, self._met, self._next = 0, -1, scale.start
        """Of the column being counted: how many so far, the first of them, and where to go on."""
        self._seconds = 0.0
        self._stuck = 0

    @property
    def complete(self) -> bool:
        """Whether every column is counted."""
        return len(self._counts) == self._scale.columns

    @property
    def lane(self) -> Lane:
        """What is known so far."""
        return Lane(str(self._place), tuple(self._counts), tuple(self._first), self.complete)

    def go_on(self, seconds: float) -> bool:
        """Count for about so long; True while there is more to count. What comes to nothing is given longer."""
        self._seconds = max(self._seconds, seconds, LEAST_LOOK)
        until, before = perf_counter() + self._seconds, (len(self._counts), self._next)
        patience = Patience(lambda: perf_counter() >= until)
        while not self.complete and not patience.cancelled():
            self._count_on(patience)
        stuck = (len(self._counts), self._next) == before and not self.complete
        self._seconds = min(2 * self._seconds, LONGEST_LOOK) if stuck else seconds
        self._stuck = self._stuck + 1 if stuck else 0
        if self._stuck == MOST_STUCK:
            self._close()  # an instruction that writes more than can be looked through
        return not self.complete

    def _count_on(self, patience: Patience) -> None:
        stop = self._scale.last(len(self._counts)) + 1
        for tick in self._history.writes(self._place, self._next, stop, patience):
            self._count, self._next = self._count + 1, tick + 1
            self._met = tick if self._met < 0 else self._met
            if self._count == MOST_COUNTED:
                break
        if self._count == MOST_COUNTED or not patience.cancelled():
            self._close()

    def _close(self) -> None:
        """This column is done."""
        self._counts.append(self._count)
        self._first.append(self._met)
        self._count, self._met, self._next = 0, -1, self._scale.first(len(self._counts))


class Marker:
    """Counts what a face has asked for, on the branch that is looked at, when there is time."""

    def __init__(self) -> None:
        self._asked: tuple[Scale, Place | None] | None = None
        self._history: History | None = None
        self._written: Tally | None = None
        self._output: Tally | None = None
        self._marks: Marks | None = None

    def want(self, scale: Scale | None, place: Place | None) -> None:
        """Count outputs, and the writes to a place, for a line of this scale; for None, count nothing."""
        asked = None if scale is None or not 2 <= scale.columns <= MOST_COLUMNS else (scale, place)
        if asked != self._asked:
            self._asked, self._history, self._marks = asked, None, None

    def marks(self, history: History) -> Marks | None:
        """What is known so far of a run; None if nothing was asked for."""
        self._begin(history)
        return self._marks

    def go_on(self, history: History, seconds: float) -> bool:
        """Count for about so long; True while there is more to count."""
        self._begin(history)
        tally = next((each for each in (self._output, self._written) if each is not None and not each.complete), None)
        if tally is None:
            return False
        tally.go_on(seconds)
        self._tell()
        return True

    def _begin(self, history: History) -> None:
        """Count anew if the run is another one."""
        if self._asked is None or self._history is history:
            return
        scale, place = self._asked
        self._history = history
        outputs = any(OUTPUT.name in line.writes for line in history.code.values())
        self._output = Tally(history, OUTPUT, scale) if outputs else None
        self._written = Tally(history, place, scale) if place is not None else None
        self._tell()

    def _tell(self) -> None:
        if self._asked is not None:
            written, output = (None if tally is None else tally.lane for tally in (self._written, self._output))
            self._marks = Marks(self._asked[0], written, output)
