"""Chains of instructions that repeat, such as sums and counters: found, counted, and passed over."""

from __future__ import annotations

from collections import deque

from vm.values import dataclass
from xqdbg.origins.origin import Kind, Origin, Tracer, point
from xqdbg.patience import Patience

_LEAST_TIMES = 4
"""Times an instruction must be met on the way to be passed over."""
MOST_STEPS = 10_000
"""Steps of a chain that are followed; a second or two."""
_NEWS = 256
"""Rounds between two pieces of news."""
_LONGEST_ROUND = 4
"""Instructions in one round of a chain, at most."""
_MOST_TRIED = 32
"""Origins looked at to find a round."""

Key = tuple[object, object]


@dataclass(frozen=True, slots=True)
class Chain:
    """A value made by one instruction over and over, each time from what it made before."""

    times: int
    """How often, the latest and the first included."""
    steps: int
    """Steps it took to find that out."""
    second: Origin
    """The latest but one."""
    first: Origin
    whole: bool
    """Whether it was followed to where it begins."""
    passed: frozenset[Key]
    """Keys of those between the second and the first."""


def chain(tracer: Tracer, latest: Origin, patience: Patience, most: int = MOST_STEPS) -> Chain | None:
    """The chain that ends with an origin, followed for so many steps; None if there is none long enough."""
    route = _round(tracer, latest)
    if not route:
        return None
    met, whole = [latest], False
    while len(met) * len(route) < most and not patience.cancelled():
        earlier = _follow(tracer, met[-1], route)
        if earlier is None:
            whole = True
            break
        met.append(earlier)
        if len(met) % _NEWS == 0:
            patience.progress(earlier.tick or 0)
    if len(met) < _LEAST_TIMES:
        return None
    passed = frozenset(origin.key for origin in met[2:-1])
    return Chain(len(met), len(met) * len(route), met[1], met[-1], whole, passed)


def _round(tracer: Tracer, latest: Origin) -> tuple[int, ...]:
    """Which source to follow at each step to come to the same instruction again; empty if that is not found."""
    waiting: deque[tuple[Origin, tuple[int, ...]]] = deque([(latest, ())])
    tried = 0
    while waiting:
        origin, route = waiting.popleft()
        for number, source in enumerate(origin.sources):
            tried += 1
            if tried > _MOST_TRIED or origin.tick is None:
                return ()
            earlier = tracer.origin(source.place, point(origin.tick))
            if earlier.kind is Kind.MADE and earlier.pc == latest.pc:
                return (*route, number)
            if earlier.kind is Kind.MADE and len(route) + 1 < _LONGEST_ROUND:
                waiting.append((earlier, (*route, number)))
    return ()


def _follow(tracer: Tracer, origin: Origin, route: tuple[int, ...]) -> Origin | None:
    """The same instruction one round earlier; None if the way ends before."""
    now = origin
    for number in route:
        if now.kind is not Kind.MADE or now.tick is None or number >= len(now.sources):
            return None
        now = tracer.origin(now.sources[number].place, point(now.tick))
    return now if now.kind is Kind.MADE and now.pc == origin.pc else None
