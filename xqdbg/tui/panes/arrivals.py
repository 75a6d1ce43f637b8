"""When each cell of a log came: the run tells at which ticks the instructions that add to it were executed."""

from __future__ import annotations

from xqdbg.moment import Moment, Visits


class Arrivals:
    """Ticks of the cells of a view to which every write adds one at the end, found when they are asked for."""

    def __init__(self) -> None:
        self._of: tuple[int, str] = (-1, "")
        """The program and the branch they are known of."""
        self._writers: tuple[int, ...] = ()
        self._known: dict[int, int] = {}
        self._counted: tuple[Moment | None, int] = (None, 0)
        """A moment, and how often they were executed before it."""

    def tick(self, number: int, count: int, moment: Moment, place: str) -> int | None:
        """The tick at which cell `number` of `count` came; None while the run does not tell.

        It does not either where not every execution adds a cell. `place` is what the cells are called.
        """
        visits, program = moment.visits, moment.program
        if visits is None or program is None:
            return None
        if self._of != (program.number, moment.branch):
            self._of, self._known = (program.number, moment.branch), {}
            self._writers = tuple(line.pc for line in program.code if place in line.writes)
        if self._counted[0] is not moment:
            self._counted = (moment, self._executed(visits, moment.tick))
        if self._counted[1] != count:
            return None
        if number not in self._known:
            self._known[number] = self._search(visits, number, moment.tick)
        return self._known[number]

    def _executed(self, visits: Visits, before: int) -> int:
        return sum(visits.rank(pc, before) for pc in self._writers)

    def _search(self, visits: Visits, number: int, end: int) -> int:
        """The first tick up to which, itself included, there were more than `number` executions."""
        low, high = 0, end
        while low < high:
            middle = (low + high) // 2
            if self._executed(visits, middle + 1) > number:
                high = middle
            else:
                low = middle + 1
        return low
