"""The memory of a PVM: 2^20 pages of 4096 octets, most of which nobody ever touches (PVM reference, sections 2 and 10).

What may be read and written is kept as areas, what is there as pages: a page that was mapped and never written
is not kept. Checkpoints share pages. A page is copied when it is written for the first time after one was made.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeAlias

from vm.faults import Fault

PAGE = 4096
PAGES = 1 << 20
SPACE = PAGE * PAGES
"""Octets there are addresses for."""
LOW = 0x10000
"""Addresses below are never mapped."""
ZONE = 0x10000
DEFAULT_LIMIT = 1 << 30
"""Octets of pages that can be held at once."""

NONE, READABLE, WRITABLE = 0, 1, 2
"""What a program may do with a page; what is writable is readable, too."""

_RIGHTS = ("not mapped", "read-only", "writable")

_ZERO = bytes(PAGE)
_LOW_PAGES = LOW // PAGE

Area: TypeAlias = tuple[int, int, int]
"""First page, the page behind the last one, and what may be done with them."""
Areas: TypeAlias = tuple[Area, ...]
"""Ascending, no two of them overlapping, and no two that touch with equal rights."""
Octets: TypeAlias = bytes | bytearray


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A memory as a checkpoint has it. Its pages are never written."""

    areas: Areas
    pages: dict[int, Octets]
    heap: int
    limit: int
    held: int


class Mirror(Protocol):
    """Who keeps account of where pages are, and is told of what becomes of them."""

    def changed(self, number: int) -> None:
        """Another object takes the place of a page."""
        ...

    def shared(self) -> None:
        """From now on each page is copied before it is written."""
        ...

    def reset(self) -> None:
        """All pages may be others."""
        ...

    def protected(self, first: int, end: int) -> None:
        """What may be done with the pages from `first` to before `end` is something else."""
        ...


def rights_words(rights: int) -> str:
    """What a page is, by what a program may do with it."""
    return _RIGHTS[rights]


class Pages(dict[int, Octets]):
    """Pages by number; one that was never written is found to be zero."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def __missing__(self, number: int) -> Octets:
        if self._memory.rights(number) == NONE:
            raise _refused(number)
        self[number] = _ZERO
        return _ZERO


class OwnPages(dict[int, bytearray]):
    """Pages by number that nobody else holds; any other one that may be written is copied first."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def __missing__(self, number: int) -> bytearray:
        memory = self._memory
        if memory.rights(number) != WRITABLE:
            raise _refused(number)
        if (memory.held + 1) * PAGE > memory.limit and memory.untouched(number):
            raise Fault("MemoryLimit", limit=memory.limit)
        return memory.owned(number)


def _refused(number: int) -> Fault:
    """What comes of an access to a page without the right to it."""
    if number < _LOW_PAGES:
        return Fault("Panic", why="low", address=number * PAGE)
    return Fault("PageFault", address=number * PAGE)


class Memory:
    """Octets by address. `pages` and `own` are for the instructions, and stay the same objects for good.

    `pages[n]` is the page n if it may be read, `own[n]` if it may be written; both raise what comes of it if not.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self.areas: Areas = ()
        self.heap = 0
        """The break: address behind the heap."""
        self.limit = limit
        """Octets of pages it may hold at once; what needs more is refused."""
        self._held = 0
        self.mirror: Mirror | None = None
        self.pages = Pages(self)
        self.own = OwnPages(self)

    # What instructions ask for

    def load(self, at: int, size: int) -> int:
        """The number in `size` octets from an address on, which may lie in two pages; at most 8."""
        first = at & PAGE - 1
        page = self.pages[at // PAGE]
        if first + size <= PAGE:
            return int.from_bytes(page[first : first + size], "little")
        rest = first + size - PAGE
        return int.from_bytes(page[first:] + self.pages[(at // PAGE + 1) % PAGES][:rest], "little")

    def store(self, at: int, size: int, value: int) -> None:
        """Put the low `size` octets of a number at an address: all of them, or none where a part is refused."""
        octets = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        first = at & PAGE - 1
        page = self.own[at // PAGE]
        if first + size <= PAGE:
            page[first : first + size] = octets
            return
        following, rest = self.own[(at // PAGE + 1) % PAGES], first + size - PAGE
        page[first:] = octets[: size - rest]
        following[:rest] = octets[size - rest :]

    def grow(self, size: int) -> int:
        """Move the break up: the pages below it become writable. The new break, 0 if there is no room (section 8)."""
        end = self.heap + size
        if end > self.ceiling():
            return 0
        first = max(_LOW_PAGES, -(-self.heap // PAGE))
        last = -(-end // PAGE)
        if first < last:
            self.protect(first, last, WRITABLE)
        self.heap = end
        return end

    def ceiling(self) -> int:
        """The highest break there can be: where the zone of the next area begins."""
        first = -(-self.heap // PAGE)
        above = [begin for begin, end, _ in self.areas if end > first]
        return max(self.heap, above[0] * PAGE // ZONE * ZONE) if above else SPACE

    def owned(self, number: int) -> bytearray:
        """A page that may be written, copied because someone else holds it."""
        found = self.pages.get(number, _ZERO)
        if found is _ZERO:
            self._held += 1
        page = bytearray(found)
        self.own[number] = self.pages[number] = page
        if self.mirror is not None:
            self.mirror.changed(number)
        return page

    def untouched(self, number: int) -> bool:
        """Whether a page takes no memory yet."""
        return self.pages.get(number, _ZERO) is _ZERO

    # Rights

    def rights(self, number: int) -> int:
        """What may be done with a page."""
        at = bisect_right(self.areas, number, key=_begin) - 1
        return self.areas[at][2] if at >= 0 and number < self.areas[at][1] else NONE

    def least_rights(self, first: int, end: int) -> int:
        """What may be done with every page from `first` to before `end`."""
        least = WRITABLE
        while first < end:
            at = bisect_right(self.areas, first, key=_begin) - 1
            if at < 0 or first >= self.areas[at][1]:
                return NONE
            _, first, rights = self.areas[at]
            least = min(least, rights)
        return least

    def protect(self, first: int, end: int, rights: int) -> None:
        """Say what may be done with the pages from `first` to before `end`; those without rights lose what is there."""
        if first >= end:
            return
        areas = self.areas
        low = max(0, bisect_left(areas, first, key=_begin) - 1)
        high = bisect_right(areas, end, key=_begin)
        kept = [piece for area in areas[low:high] for piece in _without(area, first, end)]
        if rights != NONE:
            kept.append((first, end, rights))
        self.areas = (*areas[:low], *_joined(sorted(kept)), *areas[high:])
        if self.mirror is not None:
            self.mirror.protected(first, end)
        if rights != WRITABLE:
            for number in [n for n in self.own if first <= n < end]:
                del self.own[number]
        if rights == NONE:
            for number in [n for n in self.pages if first <= n < end]:
                self._held -= self.pages.pop(number) is not _ZERO

    # What others look at and change

    def peek(self, at: int, size: int) -> bytes | None:
        """Octets from an address on, over the end of the space to its beginning; None unless all may be read."""
        parts = []
        for number, first, end in _pieces(at, size):
            if self.rights(number) == NONE:
                return None
            parts.append(bytes(self.pages.get(number, _ZERO)[first:end]))
        return b"".join(parts)

    def poke(self, at: int, octets: Octets) -> bool:
        """Put octets at an address, whatever the rights of a program there; False unless all is mapped."""
        pieces = list(_pieces(at, len(octets)))
        if any(self.rights(number) == NONE for number, _, _ in pieces):
            return False
        done = 0
        for number, first, end in pieces:
            page = self.own.get(number) or self.owned(number)
            page[first:end] = octets[done : done + end - first]
            done += end - first
            if self.rights(number) != WRITABLE:
                del self.own[number]
                if self.mirror is not None:
                    self.mirror.changed(number)
        return True

    def stored(self) -> Iterator[tuple[int, Octets]]:
        """The pages with anything but zeros in them, ascending."""
        return ((number, page) for number, page in sorted(self.pages.items()) if page is not _ZERO and page != _ZERO)

    @property
    def held(self) -> int:
        """Number of pages that take memory."""
        return self._held

    def held_by_area(self) -> Sequence[int]:
        """How many pages of each area take memory."""
        held = sorted(number for number, page in self.pages.items() if page is not _ZERO)
        return [bisect_left(held, end) - bisect_left(held, first) for first, end, _ in self.areas]

    # Checkpoints

    def share(self) -> Snapshot:
        """What is here now; from here on each page is copied before it is written."""
        self.own.clear()
        if self.mirror is not None:
            self.mirror.shared()
        return Snapshot(self.areas, dict(self.pages), self.heap, self.limit, self._held)

    def restore(self, snapshot: Snapshot) -> None:
        """Be as a snapshot is."""
        self.own.clear()
        if self.mirror is not None:
            self.mirror.reset()
        self.pages.clear()
        self.pages.update(snapshot.pages)
        self.areas, self.heap = snapshot.areas, snapshot.heap
        self.limit, self._held = snapshot.limit, snapshot.held


def _begin(area: Area) -> int:
    return area[0]


def _without(area: Area, first: int, end: int) -> Iterator[Area]:
    """What is left of an area when pages are taken from it."""
    begin, behind, rights = area
    if begin < min(first, behind):
        yield begin, min(first, behind), rights
    if max(end, begin) < behind:
        yield max(end, begin), behind, rights


def _joined(areas: Iterable[Area]) -> Iterator[Area]:
    """The same with as few areas as can be."""
    held: Area | None = None
    for area in areas:
        if held is not None and held[1] == area[0] and held[2] == area[2]:
            held = held[0], area[1], area[2]
            continue
        if held is not None:
            yield held
        held = area
    if held is not None:
        yield held


def _pieces(at: int, size: int) -> Iterator[tuple[int, int, int]]:
    """The pages that octets from an address on lie in, and for each where they begin and end in it."""
    bounds = [at, *range((at // PAGE + 1) * PAGE, at + size, PAGE), at + size]
    for begin, end in pairwise(bounds):
        if begin < end:
            yield begin // PAGE % PAGES, begin % PAGE, (end - 1) % PAGE + 1
