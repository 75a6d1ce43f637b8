"""What is inside of a cell, a stretch at a time: elements, keys, and what an open call has saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.contract import Cell, Place, PlaceError, Selector
from vm.mdvm.places import frame_at, get
from vm.mdvm.values import Array, Dict
from vm.mdvm.views import cell, saved

if TYPE_CHECKING:
    from vm.mdvm.state import State


def entries(machine: State, name: str, start: int, count: int) -> Sequence[Cell]:
    """Some of the entries of a cell, in order; PlaceError if there is no such cell now."""
    place = Place.parse(name)
    first, last = max(0, start), max(0, start) + max(0, count)
    match place.name, place.path:
        case "frame", ((int(level),),):
            held = saved(frame_at(machine, level, place))[first:last]
            return tuple(cell(f"{place}.r{number}", value) for number, value in held)
    value = get(machine, place)
    if isinstance(value, Array):
        last = min(last, len(value))
        return tuple(cell(_named(place, (at,)), value.element(at)) for at in range(first, last))
    if isinstance(value, Dict):
        return tuple(cell(_named(place, key), item) for key, item in value.pairs()[first:last])
    raise PlaceError(f"{name} holds nothing to look into")


def _named(place: Place, step: Selector) -> str:
    return str(Place(place.name, (*place.path, step)))
