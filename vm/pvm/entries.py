"""What is inside of a cell, a stretch at a time: the octets of an output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.contract import Cell, Place, PlaceError
from vm.pvm.places import octets_of, unmapped

if TYPE_CHECKING:
    from vm.pvm.state import State


def entries(machine: State, name: str, start: int, count: int) -> Sequence[Cell]:
    """Some octets of a stretch of memory, in order; PlaceError if there is none of that name."""
    place = Place.parse(name)
    if place.name != "mem":
        raise PlaceError(f"{name} holds nothing to look into")
    at, size = octets_of(place)
    first, last = min(max(0, start), size), min(size, max(0, start) + max(0, count))
    if first >= last:
        return ()
    octets = machine.memory.peek(at + first, last - first)
    if octets is None:
        raise unmapped(place, machine, at + first, last - first)
    return tuple(Cell(f"mem[{at + first + n:#x}]", f"{octet:#04x}", "int", octet) for n, octet in enumerate(octets))
