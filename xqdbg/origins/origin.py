"""Where what a place held came from: what made it, or that nothing did."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from vm.contract import Place, Read, Value, Write
from vm.values import dataclass
from xqdbg.history import touches
from xqdbg.origins.chart import Chart
from xqdbg.origins.dependence import Deed
from xqdbg.origins.known import KnownRun
from xqdbg.origins.places import INPUTS, covers, is_attribute
from xqdbg.patience import Patience
from xqdbg.probe import overlap

_MOST_MOVES = 10_000
"""Moves from place to place that a value is followed through."""
_NEAR, _NEAR_STACK = 8, 32
"""Instructions looked at one by one before the index of writes is asked."""
_MANY = 256
"""Writes of one instruction that are rather left to the index."""
_MOST_KNOWN = 200_000
"""Origins remembered."""

Point = int
"""A point of a run: 2 * tick + 1 once the edits made at a tick are made, 2 * tick before them."""


def point(tick: int) -> Point:
    """Where the machine stands at a tick, before it goes on."""
    return 2 * tick + 1


class Kind(Enum):
    """What an origin is."""

    MADE = "made"  # by an instruction, from what it read
    LITERAL = "literal"  # by an instruction that read nothing
    INPUT = "input"  # given to the run
    INITIAL = "initial"  # there before the run, and never written
    EDIT = "edit"  # by the user
    PARTS = "parts"  # made, and parts of it changed since
    LOST = "lost"  # nobody waited until it was found


@dataclass(frozen=True, slots=True)
class Change:
    """The latest time that something was done to a place, up to some point."""

    tick: int
    """Of the instruction, or of the edit."""
    place: Place
    """What was written: the place, a part of it, or what it is part of."""
    write: Write | None
    """None for an edit."""

    @property
    def before(self) -> Point:
        """Right before it."""
        return 2 * self.tick + (self.write is not None)

    @property
    def after(self) -> Point:
        """Right behind it."""
        return self.before + 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where what a place held came from."""

    kind: Kind
    place: Place
    """The place it was made in; others may have passed it on."""
    tick: int | None
    """When it was made, or else when it was taken from there; None if it was not moved."""
    best: Place
    """The place it is best known by, of those that passed it on."""
    pc: int | None = None
    sources: Sequence[Read] = ()
    """What it was made from, right before."""
    operands: Sequence[Read] = ()
    """What the instruction found on the stack, the top one last."""
    write: Write | None = None
    """What the instruction wrote there."""
    at: Point = 0
    """Right behind the latest change of a part."""

    @property
    def key(self) -> tuple[int | None, Place]:
        """What tells it apart from others."""
        return self.tick, self.place


class Tracer:
    """Finds origins."""

    def __init__(self, history: KnownRun, patience: Patience) -> None:
        self._history = history
        self._patience = patience
        self.chart = Chart(history.code, history.machine.isa)
        self._known: dict[tuple[Place, Point], Origin] = {}

    def origin(self, place: Place, at: Point) -> Origin:
        """Where what a place holds came from."""
        found = self._known.get((place, at))
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._trace(place, at)
            if found.kind is not Kind.LOST:
                self._known[place, at] = found
        return found

    def latest(self, place: Place, at: Point) -> Change | None:
        """What was done to a place last, before a point; None if nothing ever was, or nobody waits."""
        written = self._last_write(place, at // 2)
        edited = self._history.last_edit(place, (at - 1) // 2)
        if edited is not None and (written is None or edited > written):
            made = [edit.place for edit in self._history.record.at(edited) if overlap(edit.place, place)]
            whole = [other for other in made if covers(other.path, place.path)]
            return Change(edited, (whole or made)[-1], None)
        if written is None:
            return None
        writes = [write for write in self._history.effect(written).writes if touches(write, place)]
        whole_writes = [write for write in writes if covers(write.place.path, place.path)]
        write = (whole_writes or writes)[-1]
        return Change(written, write.place, write)

    def parts(self, change: Change, place: Place) -> list[tuple[Place, Value]]:
        """The parts of a place that were written at once, and with what; properties only if nothing else was."""
        if change.write is None:
            made = [(edit.place, edit.value) for edit in self._history.record.at(change.tick)]
        else:
            made = [(write.place, write.new) for write in self._history.effect(change.tick).writes]
        parts = [(part, value) for part, value in made if overlap(part, place)]
        return [(part, value) for part, value in parts if not is_attribute(part.path)] or parts

    def _last_write(self, place: Place, before: int) -> int | None:
        """The latest tick before `before` at which a place was written; mostly that is not long ago."""
        near = max(self._history.first, before - (_NEAR_STACK if place.name in self.chart.stack else _NEAR))
        for tick in range(before - 1, near - 1, -1):
            writes = self._history.effect(tick).writes
            if len(writes) > _MANY:
                near = tick + 1
                break
            if any(touches(write, place) for write in writes):
                return tick
        return self._history.last_write(place, near, self._patience)

    def _trace(self, place: Place, at: Point) -> Origin:
        best, tick, pc = place, None, None
        for _ in range(_MOST_MOVES):
            change = self.latest(place, at)
            if self._patience.cancelled():
                break
            if change is None:
                return Origin(Kind.INPUT if place.name == INPUTS else Kind.INITIAL, place, tick, best, pc)
            if not covers(change.place.path, place.path) and not is_attribute(place.path):
                return Origin(Kind.PARTS, place, change.tick, best, at=change.after)
            if change.write is None:
                return Origin(Kind.EDIT, place, change.tick, best)
            deed = Deed(self._history.effect(change.tick), self.chart)
            source = deed.moved(change.write)
            if source is None:
                return self._made(deed, change.write, place, best)
            place = Place(source.place.name, (*source.place.path, *place.path[len(change.place.path) :]))
            at, tick, pc = change.before, change.tick, deed.effect.pc
            if best.name in self.chart.stack:
                best = place
        return Origin(Kind.LOST, place, tick, best, pc)

    def _made(self, deed: Deed, write: Write, place: Place, best: Place) -> Origin:
        effect = deed.effect
        operands = tuple(read for read in effect.reads if read.place.name in self.chart.stack)
        sources = tuple(deed.values(write))
        kind = Kind.MADE if sources else Kind.LITERAL
        return Origin(kind, place, effect.tick, best, effect.pc, sources, operands, write)
