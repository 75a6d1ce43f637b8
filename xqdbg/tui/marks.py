"""What the last instruction did to values, and what the next one is about to do, in a sign each.

No two of the signs differ in colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from vm.contract import Effect, Place, Read, Span, Value, Write
from xqdbg.moment import Moment
from xqdbg.numerals import Base, numeral

T = TypeVar("T", Read, Write)

WRITTEN, CHANGED = "•", "◦"
"""Written by the instruction just executed; different since the last stop, after a longer move."""
READS, WRITES, BOTH = "‹", "›", "◆"
"""What the next instruction is about to read, to write, and to read and write."""
LEGEND = (
    f"{WRITTEN} just written   {CHANGED} changed on the way here   "
    f"{READS} is read next   {WRITES} is written next   {BOTH} both"
)
"""What the signs in front of values mean."""

_ENDS = 256
"""Reads and writes looked at from either end of an instruction's: those between are more of the same large value."""
_SHOWN_ITEMS = 8
"""Elements shown of a list that is about to be written."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What there is to be said of one value."""

    past: str = " "
    coming: str = " "
    arrow: str = ""
    """What is about to be written, such as `→ 12`, or `[3] 5 → 12` for a part."""


NO_MARK = Mark()


class Marks:
    """All that is to be said of the values of a moment, looked up by the name of a cell or a place."""

    def __init__(self, moment: Moment, base: Base = Base.DECIMAL) -> None:
        self._base = base
        self._single = moment.effect is not None
        self._changed = moment.changed
        self._just = {} if moment.effect is None else _by_name(moment.effect.writes)
        coming = moment.coming
        self._reads = {} if coming is None else _by_name(coming.reads)
        self._writes = {} if coming is None else _by_name(coming.writes)
        self._spans = [] if coming is None else list(_spans(coming))

    def of_cell(self, name: str) -> Mark:
        """What to say of a cell; what happens to a part of it happens to it."""
        past = " "
        if name in self._changed or name in self._just:
            past = WRITTEN if self._single else CHANGED
        return self._mark(past, name, name in self._reads)

    def of_entry(self, name: str, cell: str = "", number: int = -1, *, differs: bool = False) -> Mark:
        """What to say of an entry of a cell, or of a place; `differs`: it is not as it was at the moment before."""
        past = WRITTEN if name in self._just else " "
        if past == " " and differs:
            past = WRITTEN if self._single else CHANGED
        read = name in self._reads or any(cell == known and number in span for known, span in self._spans)
        return self._mark(past, name, read)

    def _mark(self, past: str, name: str, read: bool) -> Mark:
        written = self._writes.get(name)
        gone = written is not None and read and written.new is None and str(written.place) == name
        if written is None or gone:  # what is taken from a stack is read, and nothing is left to be written
            return Mark(past, READS) if read else NO_MARK if past == " " else Mark(past)
        return Mark(past, BOTH if read else WRITES, self._arrow(name, written))

    def _arrow(self, name: str, write: Write) -> str:
        path = str(write.place).removeprefix(name).removeprefix(".")
        if not path:
            return f"→ {self._text(write.new)}"
        if write.new is None:
            return ""
        old = "" if write.old is None else f"{self._text(write.old)} "
        return f"{path} {old}→ {self._text(write.new)}"

    def _text(self, value: Value) -> str:
        """Numbers in full, the beginning of a list; anything else is seen when it is there."""
        if value is None:
            return "–"
        if isinstance(value, int):
            return numeral(value, self._base)
        if isinstance(value, Sequence) and not isinstance(value, str):
            items = [self._text(item) for item in value[:_SHOWN_ITEMS]]
            return f"[{' '.join(items)}{' …' if len(value) > _SHOWN_ITEMS else ''}]"
        return "…"


def _by_name(touches: Sequence[T]) -> dict[str, T]:
    """The first touch of each place, under all names that a cell or an entry with it can have."""
    found: dict[str, T] = {}
    for touch in _ends(touches):
        for name in _names(touch.place):
            found.setdefault(name, touch)
    return found


def _names(place: Place) -> tuple[str, ...]:
    """`r0` and all of `r0.linear[2]`; `stack`, and `stack[2]`."""
    if not place.path:
        return (place.name,)
    first = place.path[0]
    if isinstance(first, tuple) and len(place.path) > 1:
        return place.name, f"{place.name}[{','.join(map(str, first))}]", str(place)
    return place.name, str(place)


def _spans(effect: Effect) -> Iterator[tuple[str, range]]:
    """Stretches of cells that are read at once."""
    for read in _ends(effect.reads):
        match read.place.path:
            case (*head, Span(start, count)):
                yield str(Place(read.place.name, tuple(head))), range(start, start + count)


def _ends(touches: Sequence[T]) -> Iterator[T]:
    """The first ones and the last ones, one by one: making all of very many would take seconds."""
    head = min(len(touches), _ENDS)
    yield from map(touches.__getitem__, range(head))
    yield from map(touches.__getitem__, range(max(head, len(touches) - _ENDS), len(touches)))
