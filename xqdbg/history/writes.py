"""Who wrote what: an index by the name of the place, made of extents where somebody looks, and kept."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from vm.contract import Effect, Line, Place
from xqdbg.history.extent import Extent, Hit, Notes, Wanted, touches
from xqdbg.history.replay import Replay
from xqdbg.history.visits import MOST_TICKS, Ticks, VisitIndex
from xqdbg.patience import Cancelled

_FIRST_LOOK = 4
"""Instructions that may have written a place, looked at first."""

_MOST_LOOK = 4_096
"""Instructions looked at before the search goes on from there, at most."""

_MOST_JOINED = 1 << 16
"""Writes in an extent above which it is not joined with others."""

_SMALL = 64
"""Writes in an extent that is joined with any smaller one."""

_CROWDED = 0.6
"""Part of all instructions above which all of them are watched."""

_HEAVY = 4_096
"""Writes of one instruction between two questions whether to give up."""


_MOST_FILLED = 2_000_000
"""Instructions that may have written a place above which an index is not completed in the background."""

Kept: TypeAlias = "Callable[[WriteIndex, int], None]"


class WriteIndex:
    """The writes to places of one name, as far as anybody looked for them."""

    def __init__(self, name: str, pcs: AbstractSet[int], replay: Replay, visits: VisitIndex, kept: Kept) -> None:
        """`kept` is told when there is more of it, and around which tick."""
        self.name = name
        self._listed = frozenset(pcs)
        self._pcs = self._listed
        """Instructions that may write such a place."""
        self._replay = replay
        self._visits = visits
        self._kept = kept
        self._extents: list[Extent] = []
        self._candidates: tuple[int, Ticks] | None = None

    @property
    def size(self) -> int:
        """Estimate of the memory it holds, in bytes."""
        return sum(extent.size for extent in self._extents)

    @property
    def candidates(self) -> Ticks:
        """The ticks at which instructions are executed that may write such a place."""
        tick = self._visits.tick
        if self._candidates is None or self._candidates[0] != tick:
            strangers = frozenset(self._visits.pcs) - self._replay.code  # who knows what these do
            self._pcs = self._listed | strangers
            self._candidates = tick, self._visits.ticks_of(self._pcs)
        return self._candidates[1]

    def before(self, place: Place, tick: int, cancelled: Cancelled) -> Iterator[Hit]:
        """Writes to a place before `tick`, the latest first, until the caller gives up."""
        return (hit for hit in self.suspects_before(place, tick, cancelled) if self._is(hit, place))

    def suspects_before(self, place: Place, tick: int, cancelled: Cancelled) -> Iterator[Hit]:
        """Writes before `tick` that may have been to a place, as hardly any other is, the latest first."""
        wanted, look, high = Wanted(place), _FIRST_LOOK, min(tick, self._visits.tick)
        while high > self._visits.first:
            extent = self._covering(high - 1)
            if extent is None:
                extent = self._look_back(high, look, cancelled)
                look = min(look * 4, _MOST_LOOK)
            if extent is None:
                return
            yield from extent.before(high, wanted)
            high = extent.start

    def after(self, place: Place, tick: int, cancelled: Cancelled, stop: int = MOST_TICKS) -> Iterator[Hit]:
        """Writes to a place after `tick`, the first one first, as far as the run is known.

        Nothing from `stop` on is looked at that is not known, and nothing more once the caller gives up.
        """
        wanted, look, low = Wanted(place), _FIRST_LOOK, max(self._visits.first, tick + 1)
        while low < min(stop, self._visits.tick):
            extent = known = self._covering(low)
            if extent is None:
                extent = self._look_ahead(low, look, cancelled, stop=stop)
                look = min(look * 4, _MOST_LOOK)
            if extent is None:
                return
            yield from (hit for hit in extent.after(low - 1, wanted) if self._is(hit, place))
            low = extent.stop
            if known is None and cancelled():
                return

    @property
    def known(self) -> int:
        """The tick up to which everything is taken down."""
        low = self._visits.first
        for extent in self._extents:
            if extent.start > low:
                break
            low = extent.stop
        return low

    def fill(self, late: Cancelled, fed_up: Cancelled) -> bool:
        """Look at a stretch nobody has looked at; False if nothing came of it."""
        return self._look_ahead(self.known, _MOST_LOOK, late, fed_up) is not None

    def trim(self, tick: int) -> None:
        """Forget everything but what is known around a tick."""
        self._extents = [extent for extent in self._extents if extent.start <= tick < extent.stop]

    def _is(self, hit: Hit, place: Place) -> bool:
        return not place.path or touches(self._replay.effect(hit.tick).writes[hit.spot], place)

    def _covering(self, tick: int) -> Extent | None:
        at = bisect_right(self._extents, tick, key=_start)
        return self._extents[at - 1] if at and tick < self._extents[at - 1].stop else None

    def _look_back(self, high: int, look: int, cancelled: Cancelled) -> Extent | None:
        """Look at the candidates right before `high`."""
        number = self.candidates.rank(high)
        low = self.candidates.at(number - look) if number > look else self._visits.first
        at = bisect_right(self._extents, high - 1, key=_start)
        if at:
            low = max(low, self._extents[at - 1].stop)
        return self._covering(high - 1) if self._look(low, high, cancelled) else None

    def _look_ahead(
        self, low: int, look: int, cancelled: Cancelled, fed_up: Cancelled | None = None, stop: int = MOST_TICKS
    ) -> Extent | None:
        """Look at the candidates from `low` on, before `stop`."""
        number = self.candidates.rank(low) + look
        high = self.candidates.at(number) if number < self.candidates.count else self._visits.tick
        at = bisect_right(self._extents, low, key=_start)
        if at < len(self._extents):
            high = min(high, self._extents[at].start)
        high = min(high, stop)
        stretch = self._stretch(low, high, cancelled, fed_up)
        return None if stretch is None else self._covering(low)

    def _look(self, low: int, high: int, cancelled: Cancelled) -> bool:
        """Look at all candidates in [low, high); False if the caller gave up before."""
        while low < high:
            stretch = self._stretch(low, high, cancelled)
            if stretch is None:
                return False
            low = stretch.stop
        return True

    def _stretch(self, low: int, high: int, cancelled: Cancelled, fed_up: Cancelled | None = None) -> Extent | None:
        """Take down and keep the writes from `low` on, up to `high` or less; None if the caller gave up at once.

        `fed_up` is asked over the writes of one instruction, of which there may be very many.
        """
        notes = Notes()
        many = self.candidates.rank(high) - self.candidates.rank(low)
        tick = high
        if many:
            crowded = many > _CROWDED * (high - low)
            tick = self._take_down(notes, low, high, cancelled, fed_up or cancelled, crowded=crowded)
        if tick == low:
            return None
        stretch = Extent(low, tick, notes)
        self._keep(stretch)
        return stretch

    def _take_down(
        self, notes: Notes, low: int, high: int, cancelled: Cancelled, fed_up: Cancelled, *, crowded: bool
    ) -> int:
        """Take down the writes from `low` on; returns the tick up to which these are all."""
        tick = low
        if not self._replay.reach(low, cancelled):
            return low
        while tick < high and len(notes) < _MOST_JOINED:
            seen = self._replay.pass_by(high, self._pcs, crowded=crowded)
            for effect in seen:
                if not self._take(notes, effect, fed_up):
                    return effect.tick
            here, tick = tick, self._replay.timeline.tick
            if tick == here or cancelled():
                break
        return tick

    def _take(self, notes: Notes, effect: Effect, fed_up: Cancelled) -> bool:
        """Take down the writes of one instruction; none if the caller gives up over very many."""
        name, tick, before = self.name, effect.tick, len(notes)
        for spot, write in enumerate(effect.writes):
            if write.place.name == name:
                notes.add(tick, spot, write)
            if spot % _HEAVY == _HEAVY - 1 and fed_up():
                notes.cut(before)
                return False
        return True

    def _keep(self, extent: Extent) -> None:
        """Put an extent in its place, as one with those beside it that are no larger by far."""
        at = bisect_right(self._extents, extent.start, key=_start)
        if at and self._fit(self._extents[at - 1], extent):
            at -= 1
            extent = self._extents.pop(at).joined(extent)
        if at < len(self._extents) and self._fit(extent, self._extents[at]):
            extent = extent.joined(self._extents.pop(at))
        self._extents.insert(at, extent)
        self._kept(self, extent.stop - 1)

    @staticmethod
    def _fit(left: Extent, right: Extent) -> bool:
        """Whether to join two: often enough that there are few, rarely enough that little is copied."""
        small, large = sorted((len(left), len(right)))
        return left.stop == right.start and large <= 2 * small + _SMALL and small + large <= _MOST_JOINED


class WriteIndexes:
    """The indexes of all names anybody asked for, within a bound of memory."""

    def __init__(self, code: Sequence[Line], replay: Replay, visits: VisitIndex, most_bytes: int) -> None:
        self._code = code
        self._replay = replay
        self._visits = visits
        self._most_bytes = most_bytes
        self._by_name: OrderedDict[str, WriteIndex] = OrderedDict()
        """The one used last is the last one."""
        self._wanted: dict[str, None] = {}

    @property
    def size(self) -> int:
        """Estimate of the memory they hold, in bytes."""
        return sum(index.size for index in self._by_name.values())

    def of(self, name: str) -> WriteIndex:
        """The index of a name."""
        index = self._by_name.get(name)
        if index is None:
            pcs = {line.pc for line in self._code if name in line.writes}
            index = self._by_name[name] = WriteIndex(name, pcs, self._replay, self._visits, self._make_room)
        self._by_name.move_to_end(name)
        return index

    def want(self, name: str) -> None:
        """Make the index of a name complete when there is time."""
        self._wanted[name] = None

    def fill(self, late: Cancelled, fed_up: Cancelled) -> bool:
        """Go on with an index that is wanted; False if there is nothing to do, or no room.

        An index is given up over an instruction with so many writes that even `fed_up` says so.
        """
        while self._wanted and self.size < self._most_bytes * 3 // 4:
            name = next(iter(self._wanted))
            index = self.of(name)
            more = index.known < self._visits.tick and index.candidates.count <= _MOST_FILLED
            if more and (index.fill(late, fed_up) or (late() and not fed_up())):
                return True
            del self._wanted[name]
        return False

    def _make_room(self, index: WriteIndex, tick: int) -> None:
        """Forget the indexes that were not used for longest, then what this one knows far from where it looks."""
        while self.size > self._most_bytes and (name := next(iter(self._by_name))) != index.name:
            del self._by_name[name]
        if self.size > self._most_bytes:
            index.trim(tick)


def _start(extent: Extent) -> int:
    return extent.start
