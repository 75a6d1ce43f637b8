"""How places lie in one another, and the one way in which instructions spell them."""

from __future__ import annotations

from vm.contract import Machine, Place, PlaceError, Selector, Span, Value
from xqdbg.errors import XqdbgError

Path = tuple[Selector, ...]

INPUTS = "in"
"""Name of the places that hold what the run was given."""
INDEX = "index"
"""Name of the property of an open loop that tells which round it is in."""
COUNTERS = frozenset({INDEX, "end", "body"})
"""Names of those that tell how it goes on; the others tell what it runs over."""


def covers(whole: Path, part: Path) -> bool:
    """Whether what is at one path includes all that is at the other."""
    return len(whole) <= len(part) and all(_includes(a, b) for a, b in zip(whole, part, strict=False))


def is_attribute(path: Path) -> bool:
    """Whether it is a property of a whole, such as `.rows`, and not an element."""
    return bool(path) and isinstance(path[-1], str)


def in_order(place: Place) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """To sort parts of one place by: properties first, elements by index."""
    return tuple((step, ()) if isinstance(step, str) else ("~", _indices(step)) for step in place.path)


def settled(machine: Machine, place: Place) -> Place:
    """The place as effects name it; XqdbgError if there can never be such a place."""
    try:
        machine.reader(place)
    except PlaceError as error:
        raise XqdbgError(str(error)) from error
    return machine.resolve(place)


def held(machine: Machine, place: Place) -> tuple[bool, Value]:
    """Whether there is such a place now, and what it holds."""
    try:
        return True, machine.get(place)
    except PlaceError:
        return False, None


def _indices(step: tuple[int, ...] | Span) -> tuple[int, ...]:
    return (step.start,) if isinstance(step, Span) else step


def _includes(whole: Selector, part: Selector) -> bool:
    if isinstance(whole, Span):
        inner = _range(part)
        return inner is not None and whole.start <= inner.start and inner.stop <= whole.start + whole.count
    return whole == part


def _range(selector: Selector) -> range | None:
    if isinstance(selector, Span):
        return range(selector.start, selector.start + selector.count)
    if isinstance(selector, tuple) and len(selector) == 1:
        return range(selector[0], selector[0] + 1)
    return None
