"""Who made this number: every contribution to a coefficient, or to any place that holds an integer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from itertools import islice

from vm.contract import Effect, Machine, Place, Value, Write
from vm.values import dataclass
from xqdbg.answer import Answer, Row
from xqdbg.errors import XqdbgError
from xqdbg.findings import COLUMNS, MOST_ROWS, Findings, Where, value_of
from xqdbg.history import History, touches
from xqdbg.patience import ENDLESS, Patience

MOST_MOVES = 64
"""Places a number is followed through."""

_SHOWN_TERMS = 8
"""Terms of a sum that are written out."""


class Kind(Enum):
    """What a contribution did."""

    ADD = "add"  # changed what was there
    SET = "set"  # put something else there
    MOVE = "move"  # put a whole there that was somewhere else before
    MAKE = "make"  # put a new whole there, or took it away
    EDIT = "edit"  # the user did
    START = "start"  # there from the start
    EARLIER = "earlier"  # what earlier contributions came to


@dataclass(frozen=True, slots=True)
class Entry:
    """A contribution to a number."""

    kind: Kind
    place: Place
    tick: int
    value: int | None
    """What it was afterwards."""
    change: int = 0
    """By how much it changed."""
    pc: int | None = None
    loops: tuple[str, ...] = ()
    source: Place | None = None
    """Where the number was before it was moved."""
    overwritten: int | None = None
    """The tick at which something else was put there."""
    cancelled: bool = False
    """Whether later ones undid it, down to nothing."""

    @property
    def order(self) -> int:
        """Edits are made before the instruction of their tick."""
        return 2 * self.tick - (self.kind is Kind.EDIT)

    @property
    def counts(self) -> bool:
        """Whether it is a part of the number as it is now."""
        return self.overwritten is None and self.kind is not Kind.MOVE


def blame(history: History, place: Place, now: int, patience: Patience = ENDLESS) -> Answer:
    """Every contribution to an integer place before now, in order, and their sum.

    XqdbgError for a place that holds something else. A number that came with a whole, such as a model
    that was an input, is followed to where that was before.
    """
    history.want(place.name)
    if not history.reach(now, patience):
        note = history.future.note or "not finished"
        return Answer(f"the search for contributions to {place} was given up", _COLUMNS, complete=False, note=note)
    place = history.resolve(place, now)
    machine = history.at(now)
    value = value_of(machine, place)
    if value is not None and not isinstance(value, int):
        raise XqdbgError(f"{place} holds {machine.text(value)[:60]}, which is no number", "name one number in it")
    ledger = _Ledger(history, patience)
    ledger.follow(place, now)
    return ledger.answer(place, now, value)


class _Ledger:
    """Contributions as they are found."""

    def __init__(self, history: History, patience: Patience) -> None:
        self._history = history
        self._patience = patience
        self._machine = history.machine
        self._where = Where(history.code, self._machine)
        self._news = Findings(_COLUMNS, lambda count: f"{count:,} contributions so far", patience)
        self._entries: list[Entry] = []
        self._whole = True
        """Whether all contributions are there."""

    def follow(self, place: Place, now: int) -> None:
        """Find the contributions to a place before a tick, then those to the place it was moved from.

        Of such a place only what it held when it was moved is of interest, not what had been there before.
        """
        for move in range(MOST_MOVES):
            entries = sorted(self._found(place, now), key=lambda entry: entry.order)
            entries = _marked(self._started(place, now, entries))
            if move:
                entries = entries[_base(entries) :] if entries else entries
            self._entries = [*entries, *self._entries]
            base = entries[_base(entries)] if entries else None
            if base is None or base.source is None:
                return
            place, now = base.source, base.tick
        self._whole = False

    def _found(self, place: Place, now: int) -> Iterator[Entry]:
        """The contributions to a place before a tick, and its edits; only the latest ones if there are very many."""
        room = max(1, MOST_ROWS - len(self._entries))
        suspects = list(islice(self._history.suspects_before(place, now, self._patience), room + 1))
        self._whole &= len(suspects) <= room
        spots: dict[int, list[int]] = {}
        for hit in reversed(suspects[:room]):
            spots.setdefault(hit.tick, []).append(hit.spot)

        def ask(machine: Machine) -> tuple[tuple[str, ...], Value]:
            return self._where.loops(machine), value_of(machine, place)

        for (loops, before), effect in self._history.effects_of(spots, ask, self._patience):
            written = [(spot, write) for spot in spots[effect.tick] if touches(write := effect.writes[spot], place)]
            for entry in self._made_by(effect, written, place, before):
                yield self._told(replace(entry, loops=loops))
        for tick in self._history.edits_of(place, now):
            if len(suspects) <= room or tick >= min(spots):
                value = _number(value_of(self._history.at(tick), place))
                yield self._told(Entry(Kind.EDIT, place, tick, value))

    def _told(self, entry: Entry) -> Entry:
        """The same, after it was news."""
        self._news.add(lambda: self._row(entry, entry.place))
        return entry

    def _made_by(
        self, effect: Effect, written: Sequence[tuple[int, Write]], place: Place, before: Value
    ) -> Iterator[Entry]:
        """The contributions of one instruction, right behind which the machine stands."""
        if written and all(write.place == place for _, write in written):
            for spot, write in written:
                kind = Kind.ADD if _was_read(effect, spot) else Kind.SET
                yield _entry(kind, place, effect, write.old, write.new)
        elif written:
            entry, (_, write) = _entry(Kind.SET, place, effect, before, value_of(self._machine, place)), written[-1]
            if len(write.place.path) < len(place.path):
                source = _source(effect, write, place)
                entry = replace(entry, kind=Kind.MAKE if source is None else Kind.MOVE, source=source)
            yield entry

    def _started(self, place: Place, now: int, entries: list[Entry]) -> list[Entry]:
        """The contributions, after what was there before the first of them."""
        value: Value = None
        if not entries:
            value = value_of(self._history.at(now), place)
        elif entries[0].kind is not Kind.EDIT:
            value = (entries[0].value or 0) - entries[0].change
        elif entries[0].tick > self._history.first:
            value = value_of(self._history.at(entries[0].tick - 1), place)
        if not isinstance(value, int) or not value:
            return entries
        if self._whole:
            return [Entry(Kind.START, place, self._history.first, value, value), *entries]
        return [Entry(Kind.EARLIER, place, entries[0].tick if entries else now, value, value), *entries]

    def answer(self, place: Place, now: int, value: int | None) -> Answer:
        """All contributions, and a last row with their sum."""
        count = sum(entry.kind not in (Kind.START, Kind.EARLIER) for entry in self._entries)
        rows = [self._row(entry, place) for entry in self._entries]
        shown = self._machine.text(value)
        title = f"{place} = {shown} at tick {now:,}: {count:,} contribution{'' if count == 1 else 's'}"
        if self._patience.cancelled():
            return Answer(title, _COLUMNS, tuple(rows), False, "not finished", value)
        rows.append(self._total(value))
        note = "" if self._whole else f"only the latest {count:,} are shown"
        return Answer(title, _COLUMNS, tuple(rows), self._whole, note, value)

    def _total(self, value: int | None) -> Row:
        """The sum of what counts, which is the number itself."""
        terms = [
            entry.change if entry.kind is Kind.ADD else entry.value or 0 for entry in self._entries if entry.counts
        ]
        total = sum(terms)
        written = " ".join(f"{'+' if term >= 0 else '−'} {abs(term):,}" for term in terms[:_SHOWN_TERMS])
        more = " …" if len(terms) > _SHOWN_TERMS else ""
        agrees = total == (value or 0)
        note = f"{written.removeprefix('+ ')}{more}" if len(terms) > 1 else ""
        if not agrees:
            note = f"the contributions come to {total:,}"
        told = {"kind": "total", "value": value, "total": total, "agrees": agrees}
        return Row(("", "", "total", "", "", "unset" if value is None else f"{value:,}", note), data=told)

    def _row(self, entry: Entry, asked: Place) -> Row:
        where, kind = self._where, entry.kind
        tick, line, text, loops = where.cells(entry.tick, entry.pc, entry.loops)
        text = _WORDS.get(kind, text)
        change = f"{entry.change:+,}" if kind is Kind.ADD else "=" if kind in _WHOLES else ""
        value = "unset" if entry.value is None else f"{entry.value:,}"
        told = {
            **where.told(entry.tick, entry.pc, entry.loops),
            "kind": kind.value,
            "place": str(entry.place),
            "change": entry.change,
            "value": entry.value,
            "source": None if entry.source is None else str(entry.source),
            "overwritten": entry.overwritten,
            "cancelled": entry.cancelled,
        }
        return Row((tick, line, text, loops, change, value, _note(entry, asked)), entry.tick, entry.pc, data=told)


_COLUMNS = (*COLUMNS, "change", "value", "note")
_WHOLES = frozenset({Kind.SET, Kind.MOVE, Kind.MAKE, Kind.EDIT})
"""Contributions that do not depend on what was there before."""
_WORDS = {Kind.EDIT: "edited", Kind.START: "there from the start", Kind.EARLIER: "earlier contributions"}


def _entry(kind: Kind, place: Place, effect: Effect, old: Value, new: Value) -> Entry:
    before, after = _number(old), _number(new)
    return Entry(kind, place, effect.tick, after, (after or 0) - (before or 0), effect.pc)


def _was_read(effect: Effect, spot: int) -> bool:
    """Whether what was written there was read as well, and so was changed rather than replaced."""
    place, reads = effect.writes[spot].place, effect.reads
    alike = spot + len(reads) - len(effect.writes)
    # An instruction that changes very many places lists them last, in the same order.
    if 0 <= alike < len(reads) and reads[alike].place == place:
        return True
    return any(read.place == place for read in reads)


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _source(effect: Effect, write: Write, place: Place) -> Place | None:
    """Where the part of a whole was before the instruction put the whole there; None if it made it."""
    for read in effect.reads:
        if write.new is not None and (read.value is write.new or read.value == write.new):
            return Place(read.place.name, (*read.place.path, *place.path[len(write.place.path) :]))
    return None


def _base(entries: Sequence[Entry]) -> int:
    """The number of the latest contribution that does not depend on what was there before; 0 if there is none."""
    return next((at for at in range(len(entries) - 1, 0, -1) if entries[at].kind in _WHOLES), 0)


def _marked(entries: Sequence[Entry]) -> list[Entry]:
    """The same, told which of them were overwritten, and which came to nothing."""
    marked, later = list(entries), None
    for at in range(len(marked) - 1, -1, -1):
        marked[at] = replace(marked[at], overwritten=later)
        if marked[at].kind in _WHOLES:
            later = marked[at].tick
    since = _base(marked)
    for at in range(since, len(marked)):
        if not marked[at].value:
            if at > since:
                marked[since : at + 1] = [replace(entry, cancelled=True) for entry in marked[since : at + 1]]
            since = at + 1
    return marked


def _note(entry: Entry, asked: Place) -> str:
    """What became of a contribution, in a few words."""
    notes = [f"in {entry.place}"] if entry.place != asked else []
    if entry.source is not None:
        notes.append(f"moved from {entry.source}")
    if entry.kind is Kind.MAKE:
        notes.append("new" if entry.value is not None else "taken away")
    if entry.overwritten is not None:
        notes.append(f"overwritten at tick {entry.overwritten:,}")
    elif entry.cancelled:
        notes.append("cancelled")
    return "; ".join(notes)
