"""Where on a line of so many columns the ticks of a run are, and what happens there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from vm.contract import Status
from vm.diagnostics import printable
from xqdbg.moment import Kind, Moment

MOST_LOOKUPS = 300
"""Visits that are looked up for one drawing: each takes microseconds, and no more can be told apart."""
MOST_PCS = 32
"""Instructions of one breakpoint whose hits are marked."""
KNOWN_SHARE = 7 / 8
"""Share of the line that is for what is known, while there is more to come."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The ticks 0 to `end` on `columns` columns."""

    end: int
    columns: int

    def column(self, tick: int) -> int:
        """Where a tick is."""
        return max(0, min(tick, self.end)) * (self.columns - 1) // max(1, self.end)

    def first(self, column: int) -> int:
        """The first tick of a column."""
        column = max(0, min(column, self.columns - 1))
        return -(-column * self.end // max(1, self.columns - 1))

    @property
    def stride(self) -> float:
        """Ticks a column stands for."""
        return max(1.0, self.end / max(1, self.columns - 1))


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at one tick."""

    tick: int
    glyph: str
    kind: str
    """What it is, for colour: one of KINDS."""
    text: str
    """The same in words."""


KINDS = ("end", "fault", "pin", "bookmark", "branch", "hit", "stop")
"""What can be marked; where two share a column, the first is shown."""


_PIN_STATES = MappingProxyType({True: ("✓", "holds"), False: ("✗", "does not hold"), None: ("?", "not checked")})


def extent(moment: Moment) -> int:
    """The latest tick that is known of."""
    explored = moment.future.explored if moment.future is not None else 0
    return max(1, explored, moment.furthest, moment.tick)


def is_complete(moment: Moment) -> bool:
    """Whether the line shows the whole run."""
    return moment.future.complete if moment.future is not None else moment.ended


def scale_of(moment: Moment, columns: int) -> Scale:
    """How a run is laid out on so many columns."""
    share = 1 if is_complete(moment) else KNOWN_SHARE
    return Scale(extent(moment), max(2, round(columns * share)))


def marks(moment: Moment, scale: Scale) -> Mapping[int, Mark]:
    """What to show, by column: of several marks in one, that which matters most."""
    found: dict[int, Mark] = {}
    for mark in every_mark(moment, scale):
        column = scale.column(mark.tick)
        there = found.get(column)
        if there is None or KINDS.index(mark.kind) < KINDS.index(there.kind):
            found[column] = mark
    return found


def every_mark(moment: Moment, scale: Scale) -> Iterator[Mark]:
    """Everything there is to mark, in no order; of the hits of a breakpoint one a column."""
    yield from _end(moment)
    for pin in moment.pins:
        if pin.branch == moment.branch:
            glyph, state = _PIN_STATES[pin.holds]
            yield Mark(pin.tick, glyph, "pin", f"pin {pin.number}: {printable(pin.expression)}, {state}")
    for bookmark in moment.bookmarks:
        if bookmark.branch == moment.branch:
            name = printable(bookmark.name)
            if bookmark.automatic:
                yield Mark(bookmark.tick, "╵", "stop", name)
            else:
                yield Mark(bookmark.tick, name[:1] or "?", "bookmark", f"bookmark {name}")
    for note in moment.branches:
        if note.parent == moment.branch:
            yield Mark(note.tick, "┬", "branch", f"branch {printable(note.name)}")
        elif note.parent and note.name == moment.branch:
            yield Mark(note.tick, "┴", "branch", f"here it left {printable(note.parent)}")
    yield from _hits(moment, scale)


def _end(moment: Moment) -> Iterator[Mark]:
    future = moment.future
    if future is not None and future.complete:
        if future.status is Status.FAULTED:
            code = printable(future.fault.code) if future.fault is not None else ""
            yield Mark(future.explored, "✖", "fault", f"fault {code}".rstrip())
        else:
            yield Mark(future.explored, "■", "end", "waits for the host" if future.status is Status.HOST else "halts")


def _hits(moment: Moment, scale: Scale) -> Iterator[Mark]:
    """Hits of breakpoints without conditions: what the conditions come to there is not known."""
    visits, budget = moment.visits, MOST_LOOKUPS
    if visits is None:
        return
    for breakpoint in moment.breakpoints:
        if breakpoint.kind is not Kind.CODE or not breakpoint.enabled or breakpoint.condition:
            continue
        for pc in breakpoint.pcs[:MOST_PCS]:
            tick = visits.after(pc, -1)
            while tick is not None and budget > 0:
                yield Mark(tick, "•", "hit", f"breakpoint {breakpoint.number}")
                tick = visits.after(pc, scale.first(scale.column(tick) + 1) - 1) if tick < scale.end else None
                budget -= 1
