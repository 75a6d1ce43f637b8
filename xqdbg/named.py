"""What an instruction read and wrote, looked up by the name of a cell or a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from vm.contract import Effect, Place, Read, Span, Write

T = TypeVar("T", Read, Write)

ENDS = 128
"""Reads and writes looked at from either end of an instruction's: those between are more of the same large value."""


class ByName(Generic[T]):
    """The first touch of each place, under all names that a cell or an entry with it can have.

    An instruction may touch very many parts of one value, so names of parts are made when one of them is asked for.
    """

    def __init__(self, touches: Sequence[T]) -> None:
        self._of: dict[str, list[T]] = {}
        for touch in _ends(touches):
            self._of.setdefault(touch.place.name, []).append(touch)
        self._parts: dict[str, dict[str, T]] = {}

    def get(self, name: str) -> T | None:
        """The touch of what has this name, or of the first part of it; None if there was none."""
        whole = name.partition("[")[0].partition(".")[0]
        touches = self._of.get(whole)
        if touches is None:
            return None
        if name == whole:
            return touches[0]
        if whole not in self._parts:
            self._parts[whole] = _by_part(touches)
        return self._parts[whole].get(name)

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def spans(self) -> Iterator[tuple[str, range]]:
        """Stretches of cells that were touched at once."""
        for touches in self._of.values():
            for touch in touches:
                match touch.place.path:
                    case (*head, Span(start, count)):
                        yield str(Place(touch.place.name, tuple(head))), range(start, start + count)


class Named:
    """Reads and writes of one effect by name, each found out when it is asked for."""

    def __init__(self, effect: Effect) -> None:
        self._effect = effect

    @cached_property
    def reads(self) -> ByName[Read]:
        """What it read."""
        return ByName(self._effect.reads)

    @cached_property
    def writes(self) -> ByName[Write]:
        """What it wrote."""
        return ByName(self._effect.writes)

    @cached_property
    def spans(self) -> Sequence[tuple[str, range]]:
        """Stretches of cells that it read at once."""
        return tuple(self.reads.spans())


@dataclass(slots=True)
class Names:
    """Names of what the last instruction did and the next one does, found out once for all who look at a moment.

    Two threads that ask at once find the same out twice, no more.
    """

    _known: list[tuple[Effect, Named]] = field(default_factory=list)

    def of(self, effect: Effect) -> Named:
        """Those of an effect of the moment."""
        for known, named in self._known:
            if known is effect:
                return named
        named = Named(effect)
        self._known[:] = [*self._known[-1:], (effect, named)]
        return named


def _by_part(touches: Sequence[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for touch in touches:
        for name in _names(touch.place):
            found.setdefault(name, touch)
    return found


def _names(place: Place) -> tuple[str, ...]:
    """`r0.linear[2]`; of a part of a part, as of `stack[2].index`, `stack[2]` too."""
    first = place.path[0] if place.path else None
    if isinstance(first, tuple) and len(place.path) > 1:
        return f"{place.name}[{','.join(map(str, first))}]", str(place)
    return (str(place),)


def _ends(touches: Sequence[T]) -> Iterator[T]:
    """The first ones and the last ones, one by one: making all of very many would take seconds."""
    yield from touches[:ENDS]
    yield from touches[max(ENDS, len(touches) - ENDS) :]
