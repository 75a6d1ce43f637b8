"""Memory by address: the regions it is made of, the octets in them, and what of it an instruction touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from vm.contract import Frame, Machine, Place, PlaceError, Region, Shape, Span
from xqdbg.patience import ENDLESS, Patience

MOST_AT_ONCE = 1 << 16
"""Octets that are taken from a machine in one piece."""


def areas(regions: Iterable[Region]) -> tuple[Region, ...]:
    """The regions that have addresses, ascending."""
    return tuple(sorted((region for region in regions if region.shape is Shape.MEMORY), key=base_of))


def base_of(area: Region) -> int:
    """The address of its first octet."""
    return area.base or 0


def area_at(found: Sequence[Region], address: int) -> Region | None:
    """The area an address lies in."""
    return next((area for area in found if base_of(area) <= address < area.end), None)


def place_at(area: Region, address: int, count: int = 1) -> Place:
    """Some octets as effects name them."""
    step = (address,) if count == 1 else Span(address, count)
    return Place(space_of(area), (step,))


def space_of(area: Region) -> str:
    """The name that places in it begin with."""
    return area.name.partition("[")[0]


def octets_named(place: Place, spaces: Iterable[str]) -> range | None:
    """The addresses a place stands for; None for what is no octets of memory."""
    if place.name not in spaces:
        return None
    match place.path:
        case ((int(at),),):
            return range(at, at + 1)
        case (Span(at, count),):
            return range(at, at + count)
    return None


def octets(machine: Machine, address: int, count: int) -> tuple[int, ...]:
    """So many octets from an address on, fewer where no more is mapped; PlaceError if nothing is."""
    found: list[int] = []
    for area in areas(machine.regions()):
        at = address + len(found)
        if base_of(area) <= at < area.end and len(found) < count:
            found += _within(machine, area, at, min(area.end - at, count - len(found)))
    if not found:
        raise PlaceError(f"nothing is mapped at {address:#x}")
    return tuple(found)


def _within(machine: Machine, area: Region, address: int, count: int) -> Iterator[int]:
    """Octets of one area."""
    start = address - base_of(area)
    first, last = start // area.cols, (start + count - 1) // area.cols
    window = machine.window(area.name, Frame(first, 0, last - first + 1, area.cols))
    whole = [octet or 0 for octet in chain.from_iterable(window.cells)]
    yield from whole[start - first * area.cols :][:count]


def find(machine: Machine, wanted: bytes, after: int = -1, patience: Patience = ENDLESS) -> int | None:
    """The first address behind `after` at which some octets stand within an area; None if they stand nowhere.

    None, too, where nobody waits any longer.
    """
    for area in areas(machine.regions()):
        at = max(base_of(area), after + 1)
        while at < area.end:
            if patience.cancelled():
                return None
            piece = bytes(_within(machine, area, at, min(area.end - at, MOST_AT_ONCE + len(wanted) - 1)))
            if (hit := piece.find(wanted)) >= 0:
                return at + hit
            at += MOST_AT_ONCE
    return None
