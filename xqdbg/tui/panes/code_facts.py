"""What a moment tells of each instruction, looked up only for the rows that are in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from vm.diagnostics import Diagnostic
from xqdbg.moment import Bookmark, Breakpoint, Moment
from xqdbg.tui.glyphs import strongest


class Fate(Enum):
    """Whether an instruction is executed in this run."""

    DONE = "done"
    COMING = "coming"
    NEVER = "never"
    UNKNOWN = "unknown"


class CodeFacts:
    """Facts by address, kept as long as they hold."""

    def __init__(self) -> None:
        self._moment: Moment | None = None
        self._counts: dict[int, int] = {}
        self._firsts: dict[int, int | None] = {}
        self._breakpoints: Mapping[int, Sequence[Breakpoint]] = {}
        self._bookmarks: Mapping[int, Sequence[Bookmark]] = {}
        self._findings: Mapping[int, Diagnostic] = {}

    def take(self, moment: Moment) -> None:
        """Tell of this moment from now on."""
        before, self._moment = self._moment, moment
        if before is None or before.visits is not moment.visits or _extent(before) != _extent(moment):
            self._counts, self._firsts = {}, {}
        if before is None or before.breakpoints is not moment.breakpoints:
            self._breakpoints = _by_address(moment.breakpoints)
        if before is None or before.bookmarks is not moment.bookmarks or before.branch != moment.branch:
            self._bookmarks = _bookmarked(moment)
        if before is None or before.forecast is not moment.forecast:
            found = moment.forecast.findings if moment.forecast is not None else ()
            self._findings = {each.offset: each for each in reversed(found) if each.offset is not None}

    def count(self, pc: int) -> int | None:
        """How often an instruction is executed in the run as far as it is known; None where nothing is known."""
        if self._moment is None or self._moment.visits is None:
            return None
        found = self._counts.get(pc)
        if found is None:
            found = self._counts[pc] = self._moment.visits.count(pc)
        return found

    @property
    def is_complete(self) -> bool:
        """Whether the run is known to its end."""
        moment = self._moment
        return moment is not None and moment.future is not None and moment.future.complete

    def fate(self, pcs: Sequence[int]) -> Fate:
        """What becomes of the instructions of a row: the most that becomes of any."""
        if self._moment is None:
            return Fate.UNKNOWN
        if self._is_done(pcs):
            return Fate.DONE
        if any(self.count(pc) for pc in pcs):
            return Fate.COMING
        known = self.is_complete and self._moment.visits is not None
        return Fate.NEVER if known else Fate.UNKNOWN

    def _is_done(self, pcs: Sequence[int]) -> bool:
        """Whether one was executed before now: by the run where that is known, else as far as the machine has seen."""
        moment = self._moment
        if moment is None:
            return False
        if moment.visits is not None and _extent(moment) >= moment.tick:
            firsts = [self._first_of(pc) for pc in pcs]
            return any(first is not None and first < moment.tick for first in firsts)
        return any(pc in moment.reached for pc in pcs)

    def _first_of(self, pc: int) -> int | None:
        """When an instruction is executed for the first time."""
        if pc not in self._firsts and self._moment is not None and self._moment.visits is not None:
            self._firsts[pc] = self._moment.visits.after(pc, -1)
        return self._firsts.get(pc)

    def breakpoint(self, pcs: Sequence[int]) -> Breakpoint | None:
        """The breakpoint to show for a row."""
        if not self._breakpoints:
            return None
        return strongest(each for pc in pcs for each in self._breakpoints.get(pc, ()))

    def bookmarks(self, pcs: Sequence[int]) -> Sequence[Bookmark]:
        """The user's bookmarks of moments at which the machine stands at a row."""
        return [mark for pc in pcs for mark in self._bookmarks.get(pc, ())] if self._bookmarks else ()

    def finding(self, pcs: Sequence[int]) -> Diagnostic | None:
        """What the verifier finds wrong in a row."""
        return next((self._findings[pc] for pc in pcs if pc in self._findings), None)

    def before(self, pcs: Sequence[int]) -> int | None:
        """The latest tick before now at which one of some instructions is executed."""
        moment = self._moment
        if moment is None or moment.visits is None:
            return None
        found = [moment.visits.before(pc, moment.tick) for pc in pcs]
        return max((tick for tick in found if tick is not None), default=None)

    def after(self, pcs: Sequence[int]) -> int | None:
        """The first tick after now at which one of some instructions is executed."""
        moment = self._moment
        if moment is None or moment.visits is None:
            return None
        found = [moment.visits.after(pc, moment.tick) for pc in pcs]
        return min((tick for tick in found if tick is not None), default=None)


def _extent(moment: Moment) -> int:
    return -1 if moment.future is None else moment.future.explored


def _by_address(breakpoints: Sequence[Breakpoint]) -> Mapping[int, Sequence[Breakpoint]]:
    found: dict[int, list[Breakpoint]] = {}
    for breakpoint in breakpoints:
        for pc in breakpoint.pcs:
            found.setdefault(pc, []).append(breakpoint)
    return found


def _bookmarked(moment: Moment) -> Mapping[int, Sequence[Bookmark]]:
    found: dict[int, list[Bookmark]] = {}
    for mark in moment.bookmarks:
        if mark.pc is not None and not mark.automatic and mark.branch == moment.branch:
            found.setdefault(mark.pc, []).append(mark)
    return found
