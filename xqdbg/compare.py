"""Where two branches begin to differ, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from itertools import chain, islice, pairwise

from vm.contract import Effect, Line, Machine, Place, PlaceError, Status, Trail, Value
from xqdbg import addresses
from xqdbg.answer import Answer, Json, Row
from xqdbg.branches import Branch
from xqdbg.differences import (
    Difference,
    energy_differences,
    meter_differences,
    output_differences,
    short,
    state_differences,
)
from xqdbg.patience import ENDLESS, Patience
from xqdbg.timeline import Timeline
from xqdbg.trap import OPEN, Trap

MOST_TICKS = 50_000_000
"""Runs are followed as far as this."""

MOST_PLACES = 100
"""Rows of one kind."""

_CHUNK = 1 << 16
"""Ticks whose addresses are compared at a time."""


class _GivenUp(Exception):
    """Nobody waits any longer."""


def diff(a: Branch, b: Branch, patience: Patience = ENDLESS, most_ticks: int = MOST_TICKS) -> Answer:
    """The first tick at which two branches differ, what differs there, where their paths part and how they end.

    Nobody is moved. Incomplete if the asker gives up, or if the runs are longer than `most_ticks`.
    """
    return _Diff(a, b, patience, most_ticks).answer()


class _Pair:
    """Two runs side by side, on machines that nobody else uses."""

    def __init__(self, a: Branch, b: Branch, patience: Patience, most_ticks: int) -> None:
        self.records = a.record, b.record
        self.a, self.b = a.scout(), b.scout()
        self._lines = self.a, self.b
        self.hidden: list[Place] = []
        """Inputs and limits that differ, and have had no effect so far."""
        self._given: dict[Place, None] = {}
        """Inputs and limits that were edited in one of the runs."""
        self._patience = patience
        self._most = most_ticks

    def ask(self, tick: int | None = None) -> bool:
        """Tell how far the work is, and ask whether to give up."""
        self._patience.progress(min(self.a.tick, self.b.tick) if tick is None else tick)
        return self._patience.cancelled()

    def check(self) -> None:
        """Give up if nobody waits any longer."""
        if self.ask():
            raise _GivenUp

    def to(self, tick: int) -> None:
        """Bring both to a tick, or to where they end before it."""
        for line in self._lines:
            self.bring(line, tick)

    def to_end(self) -> None:
        """Bring both to their ends, if these are not too far away."""
        self.to(self._most)

    def bring(self, line: Timeline, tick: int) -> None:
        """Bring one of them to a tick, or to where it ends before it."""
        line.seek(tick, lambda: self.ask(line.tick))
        if line.tick != tick and not line.machine.status.ended:
            raise _GivenUp

    def apart(self) -> bool:
        """Whether the machines differ where they stand, other than in what was given to them."""
        if self.a.tick != self.b.tick:
            return True
        digest = self.a.machine.digest()
        return digest != self.b.machine.digest() and not self._equal_if_given_the_same(digest)

    def _equal_if_given_the_same(self, digest: str) -> bool:
        """Whether the second machine is in the state of the first one once it has the same inputs and limits."""
        unlike = [place for place in self._given if self._unlike(place)]
        mine, other = self.a.machine, self.b.machine
        if not unlike:
            return False
        try:
            return _digest_given(other, mine, unlike) == digest
        except PlaceError:  # such as a limit that is used up already
            with suppress(PlaceError):
                return _digest_given(mine, other, unlike) == other.digest()
        return False

    def meet(self) -> int:
        """Bring both to the earlier one of their ticks."""
        tick = min(self.a.tick, self.b.tick)
        self.to(tick)
        return tick

    # The first difference

    def first_difference(self) -> int | None:
        """The first tick at which the states differ; then both stand there. None if there is none.

        States can only begin to differ where one of the runs is edited and the other is not. Inputs and
        limits that differ are followed from there to the instructions that may read them, and to the end.
        """
        mine, other = self.records
        ticks = sorted({tick for tick, _ in chain(mine, other) if mine.at(tick) != other.at(tick)})
        within = [tick for tick in ticks if tick <= self._most]
        for tick, following in pairwise([*within, self._most]):
            self.to(tick)
            given = (_given(edit.place) for edit in chain(mine.at(tick), other.at(tick)))
            self._given |= dict.fromkeys(place for place in given if place is not None)
            if self.apart():
                return self.meet()
            if self.a.tick < tick:
                return None
            self.hidden = [place for place in self._given if self._unlike(place)]
            if self.hidden and self._followed({place.name for place in self.hidden}, following):
                return self.meet()
        return self.meet() if self.hidden and self.apart() else None

    def _unlike(self, place: Place) -> bool:
        return _held(self.a.machine, place) != _held(self.b.machine, place)

    def _followed(self, names: AbstractSet[str], until: int) -> bool:
        """Run up to `until`, or to the first difference before it that comes from reading one of the names."""
        pcs = frozenset(line.pc for line in self.a.machine.code() if line.reads & names)
        trap = Trap(pcs)
        while True:
            for line in self._lines:
                self._onward(line, until, trap)
            if self.a.tick != self.b.tick:
                self.meet()
                return self.apart()
            if self.a.tick >= until:
                return False  # there may be an edit here, after which they are compared
            if self.a.machine.status.ended:
                return self.apart()
            alike = self._step_alike()
            if self.a.tick < until and not alike and self.apart():
                return True
            self.check()

    def _onward(self, line: Timeline, until: int, trap: Trap) -> None:
        """Go to the next instruction that may read a name, if not there already."""
        if not trap.pcs:
            self.bring(line, until)
        elif line.tick < until and line.machine.status is Status.READY and line.machine.pc not in trap.pcs:
            stop = line.forward(until - line.tick, trap, lambda: self.ask(line.tick))
            if stop.status is Status.BUDGET and line.tick < until:
                raise _GivenUp

    def _step_alike(self) -> bool:
        """Make both execute one instruction. Have they read the same?"""
        effects: list[Effect] = []
        for line in self._lines:
            line.step(effects.append)
        mine, other = effects
        return mine.fault == other.fault and list(mine.reads) == list(other.reads)

    # The paths

    def part(self) -> int | None:
        """The first tick from here on at which they are about to execute different instructions, or only one is."""
        while True:
            start = self.a.tick
            mine, other = self._path(self.a), self._path(self.b)
            if mine != other:
                return start + _prefix(mine, other)
            if self._standing(self.a) != self._standing(self.b):
                return self.a.tick
            if self.a.machine.status.ended or self.a.tick >= self._most:
                return None

    def _path(self, line: Timeline) -> list[int]:
        """Addresses of the next instructions that a run executes."""
        trail: Trail = []
        goal = min(self._most, line.tick + _CHUNK)
        if line.machine.status is Status.READY and line.tick < goal:
            stop = line.forward(goal - line.tick, OPEN, lambda: self.ask(line.tick), trail)
            if stop.status is Status.BUDGET and line.tick < goal:
                raise _GivenUp
        return list(chain.from_iterable(trail))

    @staticmethod
    def _standing(line: Timeline) -> tuple[int, bool]:
        return line.machine.pc, line.machine.status.ended


class _Diff:
    """One comparison, and what is found of it."""

    def __init__(self, a: Branch, b: Branch, patience: Patience, most_ticks: int) -> None:
        self._names = a.name, b.name
        self._pair = _Pair(a, b, patience, most_ticks)
        self._patience = patience
        self._most = most_ticks
        self._code: Mapping[int, Line] = {line.pc: line for line in self._pair.a.machine.code()}
        self._title = f"{short(a.name)} and {short(b.name)}: comparing"
        self._rows: list[Row] = []
        self._notes: list[str] = []
        self._complete = True

    def answer(self) -> Answer:
        """All of it, or as much as there was time for."""
        value: Json = None
        try:
            value = self._find()
        except _GivenUp:
            self._complete = False
            self._notes.append("stopped before the end")
            if not self._rows:
                self._title = f"{' and '.join(self._names)}: no difference found before the search was stopped"
        return self._so_far(self._complete, value)

    def _find(self) -> Json:
        pair, both = self._pair, " and ".join(self._names)
        tick = pair.first_difference()
        if tick is None:
            return self._same(both)
        self._title = f"{both} diverge at tick {tick:,}"
        self._diverging(tick)
        parted = pair.part()
        if parted is not None:
            pair.to(parted)
            where = [self._where(line.machine) for line in (pair.a, pair.b)]
            self._add("paths part", "", *where, tick=parted, pc=pair.a.machine.pc)
        pair.to_end()
        self._ends()
        self._differences("output", output_differences(pair.a.machine, pair.b.machine), pair.a.tick)
        energies = energy_differences(pair.a.machine, pair.b.machine, pair.check)
        self._differences("energy", energies, pair.a.tick)
        self._differences("cost", meter_differences(pair.a.machine, pair.b.machine), pair.a.tick)
        return {"diverge": tick, "part": parted, "ends": [pair.a.tick, pair.b.tick]}

    def _same(self, both: str) -> Json:
        """They never differ: tell how far that has been seen."""
        line = self._pair.a
        self._pair.bring(line, self._most)
        ended = line.machine.status.ended
        self._complete = ended
        self._title = f"{both} are the same to the end (tick {line.tick:,})"
        if not ended:
            self._title = f"{both} are the same up to tick {line.tick:,}"
            self._notes.append("runs are followed no further")
        if self._pair.hidden:
            places = ", ".join(map(str, self._pair.hidden[:6]))
            self._notes.append(short(f"what differs is {places}, which is never used", 200))
        return {"diverge": None, "part": None, "ends": [line.tick, line.tick] if ended else None}

    def _diverging(self, tick: int) -> None:
        a, b = self._pair.a.machine, self._pair.b.machine
        self._add("diverge", "", self._where(a), self._where(b), tick=tick, pc=a.pc)
        edited = [edit.place for record in self._pair.records for _, edits in record for edit in edits]
        self._differences("differs", state_differences(a, b, edited), tick)
        self._tell()

    def _ends(self) -> None:
        lines = self._pair.a, self._pair.b
        texts = [self._end(line) for line in lines]
        if lines[0].tick == lines[1].tick:
            self._add("ends", "", texts[0], texts[1], tick=lines[0].tick, pc=lines[0].machine.pc)
        else:
            self._add("ends", "", texts[0], "", tick=lines[0].tick, pc=lines[0].machine.pc)
            self._add("ends", "", "", texts[1], tick=lines[1].tick, pc=lines[1].machine.pc)
        if any(not line.machine.status.ended for line in lines):
            self._complete = False
            self._notes.append(f"runs are followed no further than tick {self._most:,}")
        self._tell()

    def _end(self, line: Timeline) -> str:
        return f"{self._where(line.machine)}, tick {line.tick:,}"

    def _where(self, machine: Machine) -> str:
        """The instruction a machine is about to execute, or what it ended with."""
        return where(self._code, machine)

    # Rows

    def _differences(self, what: str, found: Iterable[Difference], tick: int) -> None:
        """A row for each, as far as there is room."""
        for count, each in enumerate(islice(found, MOST_PLACES + 1)):
            self._pair.check()
            if count == MOST_PLACES:
                self._notes.append(f"{what}: only the first {MOST_PLACES} places are told")
            else:
                self._add(what, each.place, each.a, each.b, tick=tick, values=each.values)
        self._tell()

    def _add(
        self,
        what: str,
        place: str,
        a: str,
        b: str,
        *,
        tick: int,
        pc: int | None = None,
        values: tuple[Json, Json] | None = None,
    ) -> None:
        mine, other = values or (a or None, b or None)
        told = {"what": what, "place": place or None, "a": mine, "b": other}
        self._rows.append(Row((what, place, a, b), tick, pc, data=told))

    def _tell(self) -> None:
        self._patience.answered(self._so_far(complete=False))

    def _so_far(self, complete: bool, value: Json = None) -> Answer:
        columns = ("", "place", *self._names)
        return Answer(self._title, columns, tuple(self._rows), complete, "; ".join(self._notes), value)


def where(code: Mapping[int, Line], machine: Machine) -> str:
    """The instruction a machine is about to execute, or what it ended with."""
    line = code.get(machine.pc)
    place = addresses.where(machine.pc, code)
    if machine.fault is not None:
        return short(f"fault {machine.fault.code} at {place}")
    if machine.status.ended:
        return machine.status.value
    return short(f"{place}: {line.text}") if line is not None else place


def _given(place: Place) -> Place | None:
    """The input or limit a place belongs to: nothing the program makes, nothing that matters before its use."""
    if place.name == "in":
        return Place(place.name, place.path[:1])
    return place if place.path[-1:] == ("limit",) else None


def _digest_given(machine: Machine, other: Machine, places: Iterable[Place]) -> str:
    """The digest of a machine that holds in some places what another one does; PlaceError if it cannot."""
    before = machine.checkpoint()
    try:
        for place in places:
            machine.set(place, _held(other, place))
        return machine.digest()
    finally:
        machine.restore(before)


def _held(machine: Machine, place: Place) -> Value:
    """What a place holds; None if there is none."""
    try:
        return machine.get(place)
    except PlaceError:
        return None


def _prefix(mine: Sequence[int], other: Sequence[int]) -> int:
    """How many items two sequences begin with in common."""
    for at, (x, y) in enumerate(zip(mine, other, strict=False)):
        if x != y:
            return at
    return min(len(mine), len(other))
