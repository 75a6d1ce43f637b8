"""The only non-determinism there is: edits, by the tick at which they are made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from vm.contract import Machine, Place, Value
from vm.values import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """A value put into a place."""

    place: Place
    value: Value

    def apply(self, machine: Machine) -> None:
        """Make it; PlaceError if the machine has no such place now, or the place cannot hold the value."""
        machine.set(self.place, self.value)


class Record:
    """Edits by tick. Each is made on arrival at its tick, before anybody looks. Immutable."""

    def __init__(self, edits: Mapping[int, Sequence[Edit]] | None = None) -> None:
        self._edits = {tick: tuple(made) for tick, made in sorted((edits or {}).items())}
        self._ticks = tuple(self._edits)

    def __iter__(self) -> Iterator[tuple[int, tuple[Edit, ...]]]:
        return iter(self._edits.items())

    def __len__(self) -> int:
        return len(self._ticks)

    def at(self, tick: int) -> tuple[Edit, ...]:
        """The edits made on arrival at a tick, in order."""
        return self._edits.get(tick, ())

    def after(self, tick: int) -> int | None:
        """The first tick after `tick` with edits."""
        at = bisect_right(self._ticks, tick)
        return self._ticks[at] if at < len(self._ticks) else None

    def branched(self, tick: int, edits: Sequence[Edit]) -> Record:
        """What a branch made at `tick` has: the edits up to there, and its own."""
        earlier = {when: made for when, made in self._edits.items() if when <= tick}
        earlier[tick] = (*earlier.get(tick, ()), *edits)
        return Record(earlier)
