"""What faces see inside of cells: a stretch of their entries, and single places they keep an eye on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import islice

from vm.contract import Cell, Machine, Place, PlaceError, Span, Value
from vm.values import dataclass

MOST_CELLS = 64
"""Cells one viewer can look into at a time."""
MOST_ENTRIES = 1_000
"""Entries of one of them that come with a moment."""
MOST_PLACES = 64
"""Single places of one viewer."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see with each moment."""

    spans: Mapping[str, Span] = field(default_factory=dict)
    """Which entries, by the name of their cell."""
    places: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Some entries of a cell, in order."""

    start: int
    """The number of the first one."""
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """What there is now of what somebody wants to see."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    """By the name of the cell, for those that exist now."""
    places: Mapping[str, Cell] = field(default_factory=dict)
    """By the name of the place, for those that exist now."""


class Insides:
    """The wishes of all viewers."""

    def __init__(self) -> None:
        self._wishes: dict[str, Wish] = {}

    def want(self, viewer: str, wish: Wish) -> None:
        """Replace what a viewer wants to see; the first ones where that is very much."""
        if wish.spans or wish.places:
            spans = dict(islice(wish.spans.items(), MOST_CELLS))
            self._wishes[viewer] = Wish(spans, tuple(wish.places[:MOST_PLACES]))
        else:
            self._wishes.pop(viewer, None)

    def shown(self, machine: Machine) -> Mapping[str, Inside]:
        """What there is of it where the machine stands, by viewer."""
        return {viewer: _looked(machine, wish) for viewer, wish in self._wishes.items()}


def _looked(machine: Machine, wish: Wish) -> Inside:
    return Inside(dict(_parts(machine, wish.spans)), dict(_places(machine, wish.places)))


def _parts(machine: Machine, spans: Mapping[str, Span]) -> Iterator[tuple[str, Part]]:
    for name, span in spans.items():
        try:
            yield name, Part(span.start, machine.entries(name, span.start, min(span.count, MOST_ENTRIES)))
        except PlaceError:  # what it is now has no entries
            continue


def _places(machine: Machine, names: Sequence[str]) -> Iterator[tuple[str, Cell]]:
    for name in names:
        try:
            value = machine.get(Place.parse(name))
        except PlaceError:
            continue
        yield name, Cell(name, machine.text(value), _kind(value), value)


def _kind(value: Value) -> str:
    return "unset" if value is None else "int" if isinstance(value, int) else ""
