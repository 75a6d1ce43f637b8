"""Where on a line of so many columns the ticks of a run are, and what happens there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from vm.contract import Status
from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.marks import MOST_COUNTED, Lane, Scale
from xqdbg.moment import Kind, Moment

MOST_LOOKUPS = 300
"""Visits that are looked up for one drawing: each takes microseconds, and no more can be told apart."""
MOST_PCS = 32
"""Instructions of one breakpoint whose hits are marked."""
KNOWN_SHARE = 7 / 8
"""Share of the line that is for what is known, while there is more to come."""
LEAST_SPAN = 20
"""Ticks that are in sight however far one zooms in."""
MOST_ROUNDS = 2
"""Columns there must be for each time a loop goes around."""
MOST_TOLD = 6
"""Things of one column that are told."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at one tick."""

    tick: int
    glyph: str
    kind: str
    """What it is, for colour: one of KINDS."""
    text: str
    """The same in words."""
    count: int = 1
    """How often it happens in its column, up to MOST_COUNTED; 0 if `pc` tells."""
    pc: int = -1
    """The instruction whose executions these are."""


KINDS = ("end", "fault", "pin", "bookmark", "branch", "hit", "output", "write", "stop", "round")
"""What can be marked; where two share a column, the first is shown."""
HIT, HITS = "•", "●"
OUTPUT, OUTPUTS = "↑", "⇑"
ROUND = "┼"
WRITES = "▂▃▄▅▆▇█"
"""Once, twice, up to 4, 8, 16, 32 times, and more."""


_PIN_STATES = MappingProxyType({True: ("✓", "holds"), False: ("✗", "does not hold"), None: ("?", "not checked")})


def extent(moment: Moment) -> int:
    """The latest tick that is known of."""
    explored = moment.future.explored if moment.future is not None else 0
    return max(1, explored, moment.furthest, moment.tick)


def is_complete(moment: Moment) -> bool:
    """Whether the line shows the whole run."""
    return moment.future.complete if moment.future is not None else moment.ended


def scale_of(moment: Moment, columns: int, zoom: int = 0, around: int = 0) -> Scale:
    """How a run is laid out on so many columns; zoomed in, only a part of it around a tick, of 1 in 2 ** zoom ticks."""
    end = extent(moment)
    if zoom <= 0:
        share = 1 if is_complete(moment) else KNOWN_SHARE
        return Scale(end, max(2, round(columns * share)))
    span = max(1, min(LEAST_SPAN, end), end >> zoom)
    start = max(0, min(around - span // 2, end - span))
    return Scale(start + span, max(2, columns), start)


def marks(moment: Moment, scale: Scale, rounds: Sequence[int] = ()) -> Mapping[int, Sequence[Mark]]:
    """What there is to show, by column, that which matters most first; `rounds` is where loops go around."""
    found: dict[int, list[Mark]] = {}
    for mark in every_mark(moment, scale, rounds):
        if scale.holds(mark.tick):
            found.setdefault(scale.column(mark.tick), []).append(mark)
    for there in found.values():
        there.sort(key=lambda mark: KINDS.index(mark.kind))
    return found


def told(scale: Scale, column: int, there: Sequence[Mark], moment: Moment) -> str:
    """A column in words: `tick 3,221: breakpoint 1; 3 writes to r3.quad[0,1]`."""
    first, last = scale.first(column), scale.last(column)
    ticks = f"tick {first:,}" if last <= first else f"ticks {first:,} to {last:,}"
    if not there:
        return ticks
    if len(there) == 1 and _count(there[0], first, last, moment) == 1:
        ticks = f"tick {there[0].tick:,}"
    words = dict.fromkeys(_words(mark, first, last, moment) for mark in there)
    more = f"; and {len(words) - MOST_TOLD} more" if len(words) > MOST_TOLD else ""
    return f"{ticks}: {'; '.join(list(words)[:MOST_TOLD])}{more}"


def _count(mark: Mark, first: int, last: int, moment: Moment) -> int:
    if mark.pc < 0 or moment.visits is None:
        return mark.count
    return moment.visits.rank(mark.pc, last + 1) - moment.visits.rank(mark.pc, first)


def _words(mark: Mark, first: int, last: int, moment: Moment) -> str:
    count = _count(mark, first, last, moment)
    if mark.kind == "write":
        return f"{_many(count, 'write')} to {mark.text}"
    if mark.kind == "output":
        return _many(count, "output")
    return mark.text if count <= 1 else f"{mark.text}, {count:,} times"


def _many(count: int, what: str) -> str:
    if count >= MOST_COUNTED:
        return f"{MOST_COUNTED} {what}s or more"
    return f"{count} {what}{'' if count == 1 else 's'}"


def every_mark(moment: Moment, scale: Scale, rounds: Sequence[int] = ()) -> Iterator[Mark]:
    """Everything there is to mark, in no order; of what happens very often one a column."""
    yield from _end(moment)
    yield from _kept(moment)
    yield from _hits(moment, scale)
    yield from _rounds(moment, scale, rounds)
    if moment.marks is not None and moment.marks.scale == scale:
        yield from _lane(moment.marks.output, "output")
        yield from _lane(moment.marks.written, "write")


def _kept(moment: Moment) -> Iterator[Mark]:
    """What the session keeps: pins, bookmarks, branches."""
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


def _lane(lane: Lane | None, kind: str) -> Iterator[Mark]:
    """What was counted, once a column."""
    if lane is None:
        return
    place = printable(lane.place)
    for count, tick in zip(lane.counts, lane.first, strict=True):
        if count:
            few, many = (OUTPUT, OUTPUTS) if kind == "output" else (write_glyph(count),) * 2
            yield Mark(tick, few if count == 1 else many, kind, place, count)


def write_glyph(count: int) -> str:
    """The higher the more often."""
    return WRITES[min(len(WRITES) - 1, (max(1, count) - 1).bit_length())]


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
    budget = MOST_LOOKUPS
    for breakpoint in moment.breakpoints:
        if breakpoint.kind is not Kind.CODE or not breakpoint.enabled or breakpoint.condition:
            continue
        for pc in breakpoint.pcs[:MOST_PCS]:
            budget -= 1
            for mark in _visits(moment, scale, pc, budget, (HIT, HITS), "hit", f"breakpoint {breakpoint.number}"):
                budget -= 2
                yield mark
            if budget <= 0:
                return


def _rounds(moment: Moment, scale: Scale, pcs: Sequence[int]) -> Iterator[Mark]:
    """Where loops go around, if that is seldom enough to be told apart."""
    visits, most = moment.visits, scale.columns // MOST_ROUNDS
    if visits is None or not pcs:
        return
    many = [visits.rank(pc, scale.end + 1) - visits.rank(pc, scale.start) for pc in pcs[:MOST_PCS]]
    if sum(many) <= most:
        for pc in pcs[:MOST_PCS]:
            yield from _visits(moment, scale, pc, 2 * most, (ROUND, ROUND), "round", "a loop goes around")


def _visits(
    moment: Moment, scale: Scale, pc: int, budget: int, glyphs: tuple[str, str], kind: str, text: str
) -> Iterator[Mark]:
    """The first execution of an instruction in each column, looked up no more often than `budget` says."""
    visits = moment.visits
    tick = visits.after(pc, scale.start - 1) if visits is not None and budget > 0 else None
    while visits is not None and tick is not None and tick <= scale.end and budget > 0:
        last = scale.last(scale.column(tick))
        following = visits.after(pc, tick)
        several = following is not None and following <= last
        yield Mark(tick, glyphs[several], kind, text, 0, pc)
        tick, budget = visits.after(pc, last) if several else following, budget - 2
