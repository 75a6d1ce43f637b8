"""What instructions did, the latest first: found out forward, a stretch at a time, and bounded in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from vm.contract import Effect
from vm.values import dataclass
from xqdbg.origins.known import KnownRun
from xqdbg.patience import Patience

_LEAST, _MOST = 16, 1_024
"""Instructions in a stretch."""
_LIGHT, _HEAVY = 10_000, 100_000
"""Places read and written in a stretch below which the next one is longer, and above which it is cut."""
_CROWDED = 0.5
"""Part of all instructions above which all of them are watched."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a run in which some instructions were looked at."""

    start: int
    effects: Sequence[Effect]
    """What these did from `start` on, the latest first."""


class Backward:
    """A way back over a run."""

    def __init__(self, history: KnownRun, patience: Patience) -> None:
        self._history = history
        self._patience = patience
        self._length = 64

    def stretch(self, pcs: AbstractSet[int], stop: int) -> Stretch | None:
        """What instructions at `pcs` did last before `stop`; None if there is none left, or the caller gave up."""
        times = self._history.ticks_of(pcs)
        count = times.rank(stop)
        if not count:
            return None
        self._patience.progress(stop)
        start = times.at(max(0, count - self._length))
        crowded = min(count, self._length) > _CROWDED * (stop - start)
        kept: deque[Effect] = deque()
        weight = 0
        for effect in self._watched(pcs, start, stop) if crowded else self._passed(pcs, start, stop):
            kept.append(effect)
            weight += _weight(effect)
            while weight > _HEAVY and len(kept) > 1:
                gone = kept.popleft()
                weight -= _weight(gone)
                start = gone.tick + 1
        if self._patience.cancelled():
            return None
        self._adapt(weight)
        kept.reverse()
        return Stretch(start, kept)

    def _adapt(self, weight: int) -> None:
        if weight > _HEAVY // 2:
            self._length = max(_LEAST, self._length // 4)
        elif weight < _LIGHT:
            self._length = min(_MOST, self._length * 2)

    def _watched(self, pcs: AbstractSet[int], start: int, stop: int) -> Iterator[Effect]:
        return (effect for effect in self._history.each_effect(start, stop, self._patience) if effect.pc in pcs)

    def _passed(self, pcs: AbstractSet[int], start: int, stop: int) -> Iterator[Effect]:
        return self._history.effects_at(pcs, start, stop, self._patience)


def _weight(effect: Effect) -> int:
    return 1 + len(effect.reads) + len(effect.writes)
