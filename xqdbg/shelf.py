"""Checkpoints by tick: dense near where the user is, geometrically sparser away from it, bounded."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from vm.contract import Checkpoint


class Shelf:
    """Checkpoints by tick: dense near where the user is, geometrically sparser away from it, bounded."""

    def __init__(self, first: Checkpoint, most: int, most_bytes: int) -> None:
        self.most = max(2, most)
        self.most_bytes = most_bytes
        self.focus = first.tick
        """Where the user is."""
        self._first = first.tick
        self._ticks = [first.tick]
        self._kept = {first.tick: first}
        self._weights = {first.tick: first.weight}
        """What each checkpoint holds that the one kept before it does not."""
        self.weight = first.weight

    def __len__(self) -> int:
        return len(self._ticks)

    def __contains__(self, tick: int) -> bool:
        return tick in self._kept

    def __iter__(self) -> Iterator[int]:
        return iter(self._ticks)

    def at_or_before(self, tick: int) -> Checkpoint:
        """The latest checkpoint that is not after `tick`; the first one if there is none."""
        return self._kept[self._ticks[max(0, bisect_right(self._ticks, tick) - 1)]]

    def before(self, tick: int) -> Checkpoint:
        """The latest checkpoint that is earlier than `tick`; the first one if there is none."""
        return self._kept[self._ticks[max(0, bisect_left(self._ticks, tick) - 1)]]

    def put(self, checkpoint: Checkpoint, spacing: int) -> None:
        """Keep a checkpoint, and thin out those far from the user if there are too many."""
        if checkpoint.tick in self._kept:
            return
        insort(self._ticks, checkpoint.tick)
        self._kept[checkpoint.tick] = checkpoint
        self._weights[checkpoint.tick] = checkpoint.weight
        self.weight += checkpoint.weight
        if len(self._ticks) > self.most or self.weight > self.most_bytes:
            self._thin(self.focus, spacing)

    def prefix(self, tick: int) -> Shelf | None:
        """A shelf of its own with the checkpoints before `tick`; None if there is none."""
        ticks = self._ticks[: bisect_left(self._ticks, tick)]
        if not ticks:
            return None
        shelf = Shelf(self._kept[ticks[0]], self.most, self.most_bytes)
        shelf._ticks = ticks
        shelf._kept = {kept: self._kept[kept] for kept in ticks}
        shelf._weights = {kept: self._weights[kept] for kept in ticks}
        shelf.weight = sum(shelf._weights.values())
        shelf.focus = tick
        return shelf

    def shrink(self, most: int, most_bytes: int) -> None:
        """Keep the first checkpoint and little else."""
        self._keep([self._first, *(checkpoint.tick for checkpoint in self.few(self._first + 1, most, most_bytes))])

    def few(self, since: int, most: int, most_bytes: int) -> tuple[Checkpoint, ...]:
        """No more than so many checkpoints from `since` on: the one the user is next to, and others spread out."""
        ticks = [tick for tick in self._ticks if tick >= since]
        near = max((tick for tick in ticks if tick <= self.focus), default=-1)
        while ticks:
            weights = self._weights_of(frozenset(ticks))
            if len(ticks) <= most and sum(weights.values()) <= most_bytes:
                break
            left = [tick for at, tick in enumerate(ticks) if at % 2 or tick == near]
            ticks = left if len(left) < len(ticks) else [near] if len(ticks) > 1 else []
        return tuple(self._kept[tick] for tick in ticks)

    def _thin(self, near: int, spacing: int) -> None:
        """Drop checkpoints until a quarter of the room is free, so that this is rarely done."""
        ratio = 256
        while ratio and not self._roomy():
            self._keep([*self._sparse(near, spacing, ratio)])
            ratio //= 2
        while len(self._ticks) > 1 and not self._roomy():
            self._keep(self._ticks[:1] + self._ticks[2::2])

    def _roomy(self) -> bool:
        return len(self._ticks) <= max(1, self.most * 3 // 4) and self.weight <= self.most_bytes * 3 // 4

    def _sparse(self, near: int, spacing: int, ratio: int) -> Iterator[int]:
        """Ticks to keep: the gap between two grows with the distance from `near`."""
        last = self._first
        yield last
        for tick in self._ticks[1:]:
            distance = abs(near - tick)
            if tick - last >= (max(spacing, distance // ratio) if distance > spacing else 1):
                last = tick
                yield last

    def _keep(self, ticks: list[int]) -> None:
        self._weights = self._weights_of(frozenset(ticks))
        self._kept = {tick: self._kept[tick] for tick in ticks}
        self._ticks = ticks
        self.weight = sum(self._weights.values())

    def _weights_of(self, kept: frozenset[int]) -> dict[int, int]:
        """Weights once the others are dropped: what they shared with the next one kept is then on its account."""
        weights, carried = {}, 0
        for tick in self._ticks:
            carried += self._weights[tick]
            if tick in kept:
                weights[tick] = min(self._kept[tick].size, carried)
                carried = 0
        return weights
