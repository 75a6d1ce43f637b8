"""What every part of a session stands on: the branches, the position, and the moment that is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from vm.contract import Effect, Line, Machine, Region, Status, Value, View, Window
from vm.isa import Isa
from vm.toolchain import Forecast, Program, Toolchain
from vm.values import dataclass
from xqdbg.addresses import where
from xqdbg.answer import Answer
from xqdbg.bookmarks import Bookmarks
from xqdbg.branches import Branch, Branches
from xqdbg.breakpoints import Breakpoints
from xqdbg.changes import changed_names
from xqdbg.costs import Costs
from xqdbg.displays import Displays
from xqdbg.history import History
from xqdbg.inside import Insides
from xqdbg.marking import Marker
from xqdbg.moment import Breakpoint, Listing, Moment
from xqdbg.navigation import Navigation
from xqdbg.patience import Cancelled, never
from xqdbg.pins import Pins
from xqdbg.rides import WORK_LISTED, Rider
from xqdbg.session.glances import Glances
from xqdbg.timeline import Pacing, Timeline

if TYPE_CHECKING:
    from xqdbg.origins import Slice

MARKS_SECONDS = 0.2
"""Between two moments that only tell what more was counted."""
WORK_AT_ONCE = 50_000
"""Metered work of an instruction that is tried out before it is executed while somebody waits: some milliseconds."""
WORK_AT_REST = WORK_LISTED
"""The same while nobody does. What is more is only known once it is done, and listed only where it is asked for."""
_COUNT_NEWS = 0.1
"""Seconds of counting writes between two moments that tell of it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a session was opened on; needed to save it, to export tests, and to know the verifier's word."""

    tools: Toolchain
    program: Program
    path: str = ""
    """The file the program was read from; empty if it was none."""


class Core:
    """The parts of a session, and the latest moment."""

    def __init__(
        self, machine: Machine, name: str = "", pacing: Pacing | None = None, opened: Opened | None = None
    ) -> None:
        self.name = name
        self.opened = opened
        self.isa: Isa = machine.isa
        self.code: Sequence[Line] = tuple(machine.code())
        self.source: Sequence[str] = tuple(machine.source())
        self.views: Sequence[View] = tuple(machine.views())
        self._pacing = pacing
        self._forecast: Forecast | None = None
        self._glances = Glances()
        self.insides = Insides()
        """What faces want to see inside of cells."""
        self.marker = Marker()
        """What faces want to have counted for a timeline."""
        self._lines: Mapping[int, Line] = {line.pc: line for line in self.code}
        self._listing = self._list(0, machine)
        self._latest: Moment | None = None
        self._begin(machine)

    @property
    def has_foreign_source(self) -> bool:
        """Whether the source is in the language the program was compiled from, so that nobody can assemble it."""
        return bool(self.source) and self.opened is not None and not self.opened.program.source

    def _list(self, number: int, machine: Machine) -> Listing:
        """The program as moments tell of it."""
        return Listing(number, self.name, self.code, self.source, machine.room, self.has_foreign_source)

    def _begin(self, machine: Machine) -> None:
        """Be a session that has nothing but a machine at its first tick."""
        self.branches = Branches(Timeline(machine, self._pacing))
        self.breakpoints = Breakpoints(self.code)
        self.bookmarks = Bookmarks()
        self.pins = Pins()
        self.displays = Displays()
        self.saved: dict[str, Value] = {}
        """Values of $names."""
        self.asked: list[str] = []
        """Questions over the run, as they were asked."""
        self.navigation = Navigation(self.branches.current.name, machine.tick)
        self._glances.forget()
        self.slice: Slice | None = None
        self._edited = True
        self._ride()
        self._look("")

    # The current branch

    @property
    def branch(self) -> Branch:
        """The branch the position is on."""
        return self.branches.current

    @property
    def timeline(self) -> Timeline:
        """Where and when the machine of the current branch is."""
        return self.branches.current.timeline

    @property
    def machine(self) -> Machine:
        """The machine at the position. To be looked at: only the timeline may run it."""
        return self.branches.current.timeline.machine

    @property
    def history(self) -> History:
        """The whole run of the current branch."""
        return self.branches.current.history

    @property
    def moment(self) -> Moment:
        """The latest moment."""
        return self._latest or self._look("")

    @property
    def forecast(self) -> Forecast | None:
        """The verifier's word on the program; None if the program is not at hand."""
        if self._forecast is None and self.opened is not None:
            self._forecast = self.opened.tools.forecast(self.opened.program)
        return self._forecast

    def explore(self, seconds: float, cancelled: Cancelled = never) -> bool:
        """Find out more of the run, for about so long. True while there is more; `moment` then tells it.

        What cannot be done in so short a time is given up when `cancelled`, and begun again by the next call.
        """
        if self._forecast is None and self.forecast is not None:
            self._look(self.moment.message, self.moment.cursor, again=True)
            return True
        if self._unscried:
            self._look_closer(cancelled)
            return True
        if self._glances.is_approaching:
            if self._glances.approach(self.branches, seconds):
                self._look(self.moment.message, self.moment.cursor, again=True)
            return True
        before, marks = self.history.future, self.moment.marks
        more = self.history.explore(seconds) or self.marker.go_on(self.history, seconds)
        if self.history.future != before or (self.marker.marks(self.history) is not marks and self._is_due(more)):
            self._look(self.moment.message, self.moment.cursor, again=True)
        return more or self._count_writes(seconds)

    @property
    def lines(self) -> Mapping[int, Line]:
        """The instructions by address."""
        return self._lines

    def _is_due(self, more: bool) -> bool:
        """Whether what is being counted is told: now and then, and in the end."""
        now = monotonic()
        if more and now - self._told_marks < MARKS_SECONDS:
            return False
        self._told_marks = now
        return True

    _told_marks = 0.0

    def where(self, pc: int) -> str:
        """An address as a message names it: by its source line if it has one."""
        return where(pc, self._lines)

    def say(
        self, message: str, cursor: int | None = None, answer: Answer | None = None, address: int | None = None
    ) -> Moment:
        """The same position with another message, an answer, and attention drawn to an instruction or to memory."""
        return self._look(message, cursor, answer, address=address)

    # Inside

    def _ride(self) -> None:
        """Move on the current branch from now on."""
        self._rider: Rider = Rider(self.timeline, self.breakpoints, self.saved, self.where)

    def _look(
        self,
        message: str,
        cursor: int | None = None,
        answer: Answer | None = None,
        *,
        address: int | None = None,
        again: bool = False,
        stopped: Sequence[Breakpoint] = (),
    ) -> Moment:
        """Make the moment of here and now the latest one. Without movement it shows the same changes as before.

        `again`: it is the same news as before, and only more is known around it.
        """
        before = self._latest
        here = self.branch.name, self.machine.tick
        if before is None or (before.branch, before.tick) != here or self._edited:
            before = self._arrived(before)
        elif again:
            answer = before.answer
        logged = before.logged if again else tuple(self.breakpoints.logged)
        if not again:
            self.breakpoints.logged.clear()
        moment = replace(
            before,
            revision=before.revision + 1,
            turn=before.turn if again else before.turn + 1,
            message=message,
            cursor=cursor,
            address=before.address if again else address,
            answer=answer,
            logged=logged,
            stopped=before.stopped if again else tuple(each.number for each in stopped),
        )
        self._latest = self._surrounded(moment)
        return self._latest

    def _surrounded(self, moment: Moment) -> Moment:
        """The same with all that is known around it, and is kept by the session."""
        history = self.history
        self.bookmarks.place(self.branch.name, self._pc_at)
        return replace(
            moment,
            furthest=max(self.timeline.furthest, history.future.explored),
            ended=self.timeline.ended or history.future.complete,
            windows=self._windows(moment.regions),
            inside=self.insides.shown(self.machine),
            costs=self._costs(),
            breakpoints=self.breakpoints.all,
            future=history.future,
            visits=history.visits,
            bookmarks=self.bookmarks.all(),
            pins=self.pins.all(),
            branches=self.branches.notes(),
            watches=self.displays.shown(self.machine, self.saved, self._previous_texts),
            relevant=None if self.slice is None else self.slice.pcs,
            sliced="" if self.slice is None else str(self.slice.place),
            forecast=self._forecast,
            marks=self.marker.marks(history),
        )

    def _arrived(self, before: Moment | None) -> Moment:
        """The moment of a position that the one before does not show, as far as the machine tells it."""
        self._edited = False
        machine = self.machine
        cells = {view.id: tuple(machine.cells(view.id)) for view in self.views}
        effect = self._single(before, machine.tick)
        regions = tuple(machine.regions())
        self._previous_texts = {} if before is None else {watch.number: watch.text for watch in before.watches}
        return Moment(
            revision=0 if before is None else before.revision,
            turn=0 if before is None else before.turn,
            tick=machine.tick,
            furthest=self.timeline.furthest,
            ended=self.timeline.ended,
            pc=machine.pc,
            status=machine.status,
            fault=machine.fault,
            effect=effect,
            coming=self._coming(),
            cells=cells,
            changed=frozenset() if before is None else changed_names(before.cells, cells, effect),
            meters=tuple(machine.meters()),
            nests=tuple(machine.nests()),
            regions=regions,
            reached=self._reached(before),
            branch=self.branch.name,
            program=self._listing,
            words=machine.text,
        )

    def _costs(self) -> Costs | None:
        """What the run is charged, once somebody wants to know."""
        return None

    _uncounted = 0.0
    """Seconds of counting writes that no moment tells of yet."""
    _scryer: tuple[Machine, Machine] | None = None
    """The machine of the current branch, and a twin of it on which instructions are tried."""
    _unscried = False
    """Whether what the next instruction is going to do was too much to find out while somebody waited."""
    _edited = False
    """Whether the state at the position was changed since the latest moment."""
    _previous_texts: Mapping[int, str] = {}
    """What the displays showed at the position before this one."""

    def _single(self, before: Moment | None, tick: int) -> Effect | None:
        """What the one instruction between the moment before and now did, if it was watched."""
        effect = self._rider.effect
        return effect if before is not None and effect is not None and before.tick == effect.tick == tick - 1 else None

    def _windows(self, regions: Sequence[Region]) -> Mapping[tuple[str, str], Window]:
        scryer, machine = self._scryer, self.machine
        seen = scryer is not None and scryer[0] is machine and scryer[1].tick == machine.tick + 1
        return self._glances.windows(self.branches, scryer[1] if scryer is not None and seen else None, regions)

    def _count_writes(self, seconds: float) -> bool:
        """Count writes where somebody looks at their numbers, for about so long. True while there is more."""
        if not self._glances.counting:
            return False
        more, news = self._glances.go_on(self.history, seconds)
        self._uncounted += seconds if news else 0
        if self._uncounted and (not more or self._uncounted >= _COUNT_NEWS):
            self._uncounted = 0.0
            self._look(self.moment.message, self.moment.cursor, again=True)
        return more

    def _coming(self, work: int = WORK_AT_ONCE, cancelled: Cancelled = never) -> Effect | None:
        """What the next instruction is going to do, found out on a twin; None where none is due, or it is too much."""
        machine = self.machine
        if machine.status is not Status.READY:
            return None
        if self._scryer is None or self._scryer[0] is not machine:
            self._scryer = machine, machine.twin()
        twin = self._scryer[1]
        twin.restore(machine.checkpoint())
        effect = twin.attempt(work, cancelled)
        self._unscried = effect is None
        return effect

    def _look_closer(self, cancelled: Cancelled = never) -> None:
        """Find out what a larger instruction is going to do, now that nobody waits; again later if somebody does."""
        coming = self._coming(WORK_AT_REST, cancelled)
        if coming is None and not cancelled():
            line = self._lines.get(self.machine.pc)
            op = "" if line is None else line.op
            coming = Effect(self.machine.tick, self.machine.pc, op, (), (), (), listed=False)
        if coming is not None and self._latest is not None:
            self._unscried = False
            self._latest = replace(self._latest, coming=coming)
            self._look(self.moment.message, self.moment.cursor, again=True)

    def _pc_at(self, tick: int) -> int | None:
        """Where the machine stands at a tick of the current branch; None if that is not known."""
        future = self.history.future
        return future.pc if future.complete and tick == future.explored else self.history.pc_at(tick)

    def _reached(self, before: Moment | None) -> AbstractSet[int]:
        """A set of its own for each moment, shared where it has not grown."""
        reached = self.machine.reached()
        return before.reached if before is not None and before.reached == reached else frozenset(reached)
