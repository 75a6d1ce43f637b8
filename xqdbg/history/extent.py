"""Who wrote a part of a place, in a stretch of the run: keys of paths in arrays, found by searching their bytes."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Protocol

from vm.contract import Place, Selector, Span, Write
from vm.values import dataclass
from xqdbg.probe import overlap

Path = tuple[Selector, ...]

_WIDTH = array("I").itemsize
_MASK = 0xFFFFFFFF
_DEEPEST = 2
"""Steps of a path that keys can tell apart."""
_MOST_KEYS = 64
"""Elements of a span that are looked for one by one."""
_FIXED = 600
"""Estimate of what an extent holds besides its arrays, in bytes."""


def touches(write: Write, place: Place) -> bool:
    """Whether a write was one to a place: to the place itself, to a part of it, or to a whole it is a part of.

    An element that comes or goes is also a write to the properties of what it is an element of, such as its length.
    """
    if overlap(write.place, place):
        return True
    if not place.path or not isinstance(place.path[-1], str) or write.place.name != place.name:
        return False
    return _comes_or_goes(write) and write.place.path[:-1] == place.path[:-1]


def _comes_or_goes(write: Write) -> bool:
    return (write.old is None or write.new is None) and not isinstance(write.place.path[-1], str)


@dataclass(frozen=True, slots=True)
class Hit:
    """A write: by the instruction at which tick, and which of its writes."""

    tick: int
    spot: int


class Notes:
    """Writes to places of one name while they are being collected, in the order they were made."""

    __slots__ = ("fulls", "heads", "shapes", "spots", "ticks", "wild")

    def __init__(self) -> None:
        self.ticks, self.spots, self.heads, self.fulls, self.wild, self.shapes = (array("I") for _ in range(6))

    def __len__(self) -> int:
        return len(self.ticks)

    def add(self, tick: int, spot: int, write: Write) -> None:
        """Take down the write that stands at `spot` among those of the instruction."""
        path = write.place.path
        if not path or len(path) > _DEEPEST or Span in map(type, path):
            self.wild.append(len(self.ticks))
            head = full = 0
        else:
            if (write.old is None or write.new is None) and not isinstance(path[-1], str):
                self.shapes.append(len(self.ticks))
            head = full = hash(path) & _MASK or 1
            if len(path) > 1:
                head = hash(path[:1]) & _MASK or 1
        self.ticks.append(tick)
        self.spots.append(spot)
        self.heads.append(head)
        self.fulls.append(full)

    def cut(self, count: int) -> None:
        """Forget all but the first so many."""
        for kept in (self.ticks, self.spots, self.heads, self.fulls):
            del kept[count:]
        for listed in (self.wild, self.shapes):
            del listed[bisect_left(listed, count) :]


class Extent:
    """All writes to places of one name in a stretch of the run: 12 to 20 bytes each."""

    __slots__ = ("_fulls", "_heads", "_shapes", "_spots", "_ticks", "_wild", "start", "stop")

    def __init__(self, start: int, stop: int, notes: Notes) -> None:
        self.start = start
        self.stop = stop
        self._ticks, self._spots, self._wild, self._shapes = notes.ticks, notes.spots, notes.wild, notes.shapes
        self._fulls = notes.fulls.tobytes()
        heads = notes.heads.tobytes()
        self._heads = self._fulls if heads == self._fulls else heads

    def __len__(self) -> int:
        return len(self._ticks)

    @property
    def size(self) -> int:
        """Estimate of the memory it holds, in bytes."""
        each = 3 if self._heads is self._fulls else 4
        return _FIXED + _WIDTH * (each * len(self._ticks) + len(self._wild) + len(self._shapes))

    def joined(self, other: Extent) -> Extent:
        """One extent of this and of the one that begins where this ends."""
        both = Extent(self.start, other.stop, Notes())
        both._ticks, both._spots = self._ticks + other._ticks, self._spots + other._spots
        both._wild = self._wild + array("I", [at + len(self) for at in other._wild])
        both._shapes = self._shapes + array("I", [at + len(self) for at in other._shapes])
        both._fulls = self._fulls + other._fulls
        same = self._heads is self._fulls and other._heads is other._fulls
        both._heads = both._fulls if same else self._heads + other._heads
        return both

    def before(self, tick: int, wanted: Wanted) -> Iterator[Hit]:
        """Writes before `tick` that may concern what is wanted, the latest first."""
        end = bisect_left(self._ticks, tick)
        streams = self._streams(wanted)
        found = [stream.last(end) for stream in streams]
        while (at := max(found)) >= 0:
            yield Hit(self._ticks[at], self._spots[at])
            pairs = zip(streams, found, strict=True)
            found = [stream.last(at) if there == at else there for stream, there in pairs]

    def after(self, tick: int, wanted: Wanted) -> Iterator[Hit]:
        """Writes after `tick` that may concern what is wanted, the first one first."""
        start, none = bisect_left(self._ticks, tick + 1), len(self)
        streams = self._streams(wanted)
        found = [stream.first(start) for stream in streams]
        while (at := min(found)) < none:
            yield Hit(self._ticks[at], self._spots[at])
            pairs = zip(streams, found, strict=True)
            found = [stream.first(at + 1) if there == at else there for stream, there in pairs]

    def _streams(self, wanted: Wanted) -> Sequence[_Stream]:
        if wanted.every:
            return (_Every(len(self)),)
        keyed = [_Keyed(self._heads, key) for key in wanted.heads] + [_Keyed(self._fulls, key) for key in wanted.fulls]
        listed = [_Listed(self._wild, len(self))]
        if wanted.shape:
            listed.append(_Listed(self._shapes, len(self)))
        return (*keyed, *listed)


class Wanted:
    """What to look for, to find all writes that overlap a place, and few others."""

    def __init__(self, place: Place) -> None:
        path = place.path
        self.place = place
        first = path[0] if path else None
        self.every = not path or (isinstance(first, Span) and first.count > _MOST_KEYS)
        """Whether any write of the name may be one."""
        spanned = any(isinstance(step, Span) for step in path)
        self.heads: tuple[bytes, ...] = ()
        self.fulls: tuple[bytes, ...] = ()
        if self.every:
            return
        if isinstance(first, Span):
            self.heads = tuple(_pattern(((index,),)) for index in range(first.start, first.start + first.count))
        elif len(path) == 1 or spanned:
            self.heads = (_pattern(path[:1]),)
        else:
            self.fulls = tuple(_pattern(path[:steps]) for steps in range(1, min(len(path), _DEEPEST) + 1))
        self.shape = isinstance(path[-1], str)
        """Whether it is a property of a whole, such as a length, which changes as elements come and go."""

    shape = False


class _Stream(Protocol):
    """Positions in an extent, ascending."""

    def last(self, end: int) -> int:
        """The last one before `end`; -1 if there is none."""
        ...

    def first(self, start: int) -> int:
        """The first one from `start` on; the length of the extent if there is none."""
        ...


class _Every:
    def __init__(self, count: int) -> None:
        self._count = count

    def last(self, end: int) -> int:
        return min(end, self._count) - 1

    def first(self, start: int) -> int:
        return min(start, self._count)


class _Listed:
    def __init__(self, positions: array[int], none: int) -> None:
        self._positions = positions
        self._none = none

    def last(self, end: int) -> int:
        at = bisect_left(self._positions, end)
        return self._positions[at - 1] if at else -1

    def first(self, start: int) -> int:
        at = bisect_left(self._positions, start)
        return self._positions[at] if at < len(self._positions) else self._none


class _Keyed:
    """Positions of a key among others of the same width."""

    def __init__(self, keys: bytes, key: bytes) -> None:
        self._keys = keys
        self._key = key

    def last(self, end: int) -> int:
        stop = end * _WIDTH
        while (at := self._keys.rfind(self._key, 0, stop)) % _WIDTH and at >= 0:
            stop = at + _WIDTH - 1
        return at // _WIDTH if at >= 0 else -1

    def first(self, start: int) -> int:
        begin = start * _WIDTH
        while (at := self._keys.find(self._key, begin)) % _WIDTH and at >= 0:
            begin = at + 1
        return (at if at >= 0 else len(self._keys)) // _WIDTH


def _pattern(path: Path) -> bytes:
    """The key of a path: a number that equal paths share, and different ones hardly ever; never 0."""
    return array("I", (hash(path) & _MASK or 1,)).tobytes()
