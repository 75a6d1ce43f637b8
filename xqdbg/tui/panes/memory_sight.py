"""What is known of the octets in view: what they are and were, and what instructions do to them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from vm.contract import Place, Read, Value, Window, Write
from xqdbg.memory import base_of, octets_named
from xqdbg.moment import Moment
from xqdbg.tui.marks import BOTH, CHANGED, READS, WRITES, WRITTEN

READ = "·"
"""Read by the instruction just executed."""
MOST_TOUCHES = 64
"""Reads and writes of an instruction that are looked at."""


class Octets:
    """The octets that came with a moment."""

    def __init__(self, windows: Iterable[Window] = ()) -> None:
        pieces = []
        for window in windows:
            start = base_of(window.region) + window.frame.row * window.region.cols
            pieces.append((start, tuple(chain.from_iterable(window.cells))))
        self._pieces = sorted(pieces)
        self._starts = [start for start, _ in self._pieces]

    def get(self, start: int, count: int) -> tuple[int | None, ...]:
        """So many octets from an address on, None for those that are not known."""
        at = bisect_right(self._starts, start) - 1
        if at >= 0:
            first, piece = self._pieces[at]
            found = piece[start - first : start - first + count]
            if len(found) == count:
                return found
        return tuple(map(self._one, range(start, start + count)))

    def _one(self, address: int) -> int | None:
        at = bisect_right(self._starts, address) - 1
        if at < 0:
            return None
        first, piece = self._pieces[at]
        return piece[address - first] if address - first < len(piece) else None

    def number(self, start: int, size: int) -> int | None:
        """The number that so many octets spell, the first one the lowest; None unless all are known."""
        found = [octet for octet in self.get(start, size) if octet is not None]
        return int.from_bytes(bytes(found), "little") if len(found) == size else None


@dataclass(frozen=True, slots=True)
class Touch:
    """Some octets an instruction reads or writes, with what it makes of them."""

    place: Place
    span: range
    old: Value = None
    new: Value = None


@dataclass(frozen=True, slots=True)
class Touches:
    """What instructions do to memory: the last one, where a single one was executed, and the next one."""

    read: Sequence[Touch] = ()
    written: Sequence[Touch] = ()
    reads: Sequence[Touch] = ()
    writes: Sequence[Touch] = ()

    @classmethod
    def of(cls, moment: Moment, spaces: frozenset[str]) -> Touches:
        """Those of a moment; `spaces` are the names of places that are memory."""
        last, coming = moment.effect, moment.coming
        return cls(
            () if last is None else _read(last.reads, spaces),
            () if last is None else _written(last.writes, spaces),
            () if coming is None else _read(coming.reads, spaces),
            () if coming is None else _written(coming.writes, spaces),
        )

    def signs(self, start: int, count: int) -> str:
        """A sign for each of so many octets; nothing at all if there is none."""
        return _signs(start, count, (
            (self.read, lambda _: READ),
            (self.written, lambda _: WRITTEN),
            (self.writes, lambda _: WRITES),
            (self.reads, lambda sign: BOTH if sign == WRITES else READS),
        ))  # fmt: skip

    def just(self, start: int, count: int) -> str:
        """A sign for each octet that was written; nothing at all if none was."""
        return _signs(start, count, ((self.written, lambda _: WRITTEN),))


def _signs(start: int, count: int, layers: Iterable[tuple[Sequence[Touch], Callable[[str], str]]]) -> str:
    signs: list[str] = []
    for touches, sign in layers:
        for touch in touches:
            low, high = max(touch.span.start, start), min(touch.span.stop, start + count)
            if low < high:
                signs = signs or [" "] * count
                signs[low - start : high - start] = [sign(each) for each in signs[low - start : high - start]]
    return "".join(signs)


def _read(touches: Sequence[Read], spaces: frozenset[str]) -> tuple[Touch, ...]:
    named = ((each, octets_named(each.place, spaces)) for each in touches[:MOST_TOUCHES])
    return tuple(Touch(each.place, span, each.value) for each, span in named if span is not None)


def _written(touches: Sequence[Write], spaces: frozenset[str]) -> tuple[Touch, ...]:
    named = ((each, octets_named(each.place, spaces)) for each in touches[:MOST_TOUCHES])
    return tuple(Touch(each.place, span, each.old, each.new) for each, span in named if span is not None)


def differing(old: Sequence[int | None], new: Sequence[int | None]) -> str:
    """A sign for each octet that is known to differ; nothing at all if none does."""
    if old == new:
        return ""
    signs = "".join(CHANGED if None not in pair and pair[0] != pair[1] else " " for pair in zip(old, new, strict=True))
    return signs if signs.strip() else ""


def windows_of(windows: Mapping[tuple[str, str], Window], viewer: str) -> list[Window]:
    """Those that a viewer asked for."""
    return [window for (who, _), window in windows.items() if who == viewer]
