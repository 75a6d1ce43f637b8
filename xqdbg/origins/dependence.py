"""What each value that an instruction wrote depends on: which of the places it read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TypeVar

from vm.contract import Effect, Place, Read, Write
from vm.isa import Flow
from xqdbg.origins.chart import Chart, Facts
from xqdbg.origins.places import COUNTERS, INDEX, is_attribute

T = TypeVar("T")


class Deed:
    """What one instruction did, and what of it depends on what."""

    def __init__(self, effect: Effect, chart: Chart) -> None:
        self.effect = effect
        self.reads = _made(effect.reads)
        self.writes = _made(effect.writes)
        self.facts: Facts | None = chart.facts.get(effect.pc)
        self._stack = chart.stack

    def sources(self, write: Write) -> Iterator[Read]:
        """What the new value depends on, and that it was written there."""
        place, reads = write.place, self.reads
        if write.of is not None:
            return (read for read in reads if read.place == write.of)
        if self._closes and self._own(place):
            return (read for read in reads if is_attribute(read.place.path))
        if self._opens and place.path and place.path[-1] in COUNTERS:
            return self.deciding()
        if self.facts is not None and self.facts.exchanges:
            return (read for read in reads if read.place != place)
        if self._in_place and is_attribute(place.path) and self._adds(place.name):
            return (read for read in reads if read.selects)  # how many there are, whatever they are
        return self._parts(frozenset((place,))) if self._is_part(place) else iter(reads)

    def needed(self, written: Sequence[Write]) -> Iterator[Read]:
        """The same of several new values; a source of more than one may be there more than once."""
        parts: set[Place] = set()
        for write in written:
            if self._is_part(write.place) and not is_attribute(write.place.path):
                parts.add(write.place)
            else:
                yield from self.sources(write)
        if parts:
            yield from self._parts(parts)

    def values(self, write: Write) -> list[Read]:
        """What the new value was made of; why it was written just there is left out, if anything is left then."""
        sources = list(self.sources(write))
        if self._closes:
            preferred: tuple[Callable[[Place], bool], ...] = (
                lambda place: place == write.place,
                lambda place: not is_attribute(place.path),
                lambda place: place.path[-1:] == (INDEX,),
            )
            for wanted in preferred:
                if found := [read for read in sources if wanted(read.place)]:
                    return found
        if self._is_part(write.place):
            sources = _first_of(sources, write.place)
        return [read for read in sources if not read.selects] or sources

    def aim(self, name: str) -> Iterator[Read]:
        """What may have chosen which parts of a place were written."""
        for read in self.reads:
            place = read.place
            elsewhere = place.name != name or not self._changed(place)
            if read.selects or (self._in_place and place.name not in self._stack and elsewhere):
                yield read

    def appends(self, name: str) -> bool:
        """Whether all it did to a place is to put new elements behind those that were there."""
        counted = any(read.place.name == name and is_attribute(read.place.path) for read in self.reads)
        return counted and self._adds(name)

    def deciding(self) -> Iterator[Read]:
        """What told where control went: numbers do, and not the elements a loop runs over."""
        for read in self.reads:
            number = read.value is None or isinstance(read.value, int)
            if number and (not self._closes or is_attribute(read.place.path)):
                yield read

    def moved(self, write: Write) -> Read | None:
        """The place whose value was put there just as it was; None if it was made."""
        if write.of is not None:
            return next((read for read in self.reads if read.place == write.of), None)
        if self.facts is None or not self.facts.moves:
            return None
        same = [read for read in self.reads if not read.selects and read.value == write.new]
        return same[-1] if same else None

    @property
    def _in_place(self) -> bool:
        return self.facts is not None and self.facts.in_place

    @property
    def _closes(self) -> bool:
        """Whether it ends a round of a loop, which then goes on by its own state."""
        return self._flow is Flow.LOOP_CLOSE

    @property
    def _opens(self) -> bool:
        """Whether it may begin a loop."""
        return self._flow is Flow.LOOP_OPEN

    @property
    def _flow(self) -> Flow | None:
        return None if self.facts is None or self.facts.op is None else self.facts.op.flow

    def _adds(self, name: str) -> bool:
        """Whether it wrote elements of a place, and all of them are new."""
        places = ((write.place, write.old) for write in self.writes if write.place.name == name)
        olds = [old for place, old in places if not is_attribute(place.path)]
        return bool(olds) and all(old is None for old in olds)

    def _own(self, place: Place) -> bool:
        return any(read.place == place for read in self.reads)

    def _is_part(self, place: Place) -> bool:
        """Whether it is a part of something that was changed and stays otherwise what it is."""
        return self._in_place and bool(place.path) and place.name not in self._stack

    def _parts(self, places: AbstractSet[Place]) -> Iterator[Read]:
        """What parts depend on: their own old values, and whatever is no old value of another part."""
        names = {place.name for place in places}
        for read in self.reads:
            place = read.place
            if place in places or place.name not in names or not self._changed(place):
                yield read

    def _changed(self, place: Place) -> bool:
        """Whether it is an element that was read and written, so that its old value is for its new one alone."""
        return not is_attribute(place.path) and place in self._written

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the places it wrote."""
        return frozenset([write.place.name for write in self.writes])

    @cached_property
    def _written(self) -> frozenset[Place]:
        return frozenset(write.place for write in self.writes)


def _first_of(reads: Sequence[Read], place: Place) -> list[Read]:
    """The reads, but of those of one place only the first: after that it held what the instruction itself put there."""
    own = [at for at, read in enumerate(reads) if read.place == place]
    return [read for at, read in enumerate(reads) if at not in own[1:]]


def _made(items: Sequence[T]) -> tuple[T, ...]:
    """Items that may each be made when they are asked for, all made once."""
    return items if isinstance(items, tuple) else tuple([items[at] for at in range(len(items))])
