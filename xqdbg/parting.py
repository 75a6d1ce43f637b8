"""How far the run of a program that was edited is the run it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from vm.contract import Line, Status, Trail
from vm.values import dataclass
from xqdbg.addresses import where
from xqdbg.correspondence import Correspondence
from xqdbg.errors import XqdbgError
from xqdbg.patience import Patience
from xqdbg.timeline import Timeline
from xqdbg.trap import OPEN

_CHUNK = 1 << 16
"""Ticks whose addresses are compared at a time."""


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two runs begin to go different ways."""

    tick: int
    """The last tick at which both are in the same state."""
    before: int | None
    """Address of what the older program executes next; None if its run ends there."""
    after: int | None
    """Address of what the newer program executes next; None if its run ends there."""


@dataclass(frozen=True, slots=True)
class Split:
    """How two runs go different ways; None where they do not, as far as they were followed."""

    state: Parting | None
    """Where their states begin to differ: before the first instruction that was changed."""
    path: Parting | None
    """Where they execute different instructions; a constant that was changed may matter to nothing but values."""


def split(old: Timeline, new: Timeline, kin: Correspondence, start: int, until: int, patience: Patience) -> Split:
    """Follow two runs that are the same up to `start` to the tick `until`. The timelines are moved."""
    for line in (old, new):
        line.seek(start, patience.cancelled)
    state: Parting | None = None
    while True:
        begun = old.tick
        mine, other = _path(old, until, patience), _path(new, until, patience)
        found = _first(mine, other, kin.same, begun)
        state = state or found
        path = None if found is None else _first(mine, other, kin.kin, begun)  # what is the same is kin
        if path is None and len(mine) != len(other):
            path = _one_ended(old, new, mine, other, begun)
        elif path is None:
            path = _apart(old, new, kin.kin)
        if path is not None or old.tick >= until or old.machine.status is not Status.READY:
            return Split(state or path, path)


def _path(line: Timeline, until: int, patience: Patience) -> list[int]:
    """Addresses of the next instructions that a run executes."""
    trail: Trail = []
    goal = min(until, line.tick + _CHUNK)
    patience.progress(line.tick)
    if line.tick < goal and line.machine.status is Status.READY:
        line.forward(goal - line.tick, OPEN, patience.cancelled, trail)
    if line.tick < goal and line.machine.status is Status.READY:
        raise XqdbgError("comparing the runs was cancelled", "the program is the one it was")
    return list(chain.from_iterable(trail))


def _first(mine: Sequence[int], other: Sequence[int], same: Mapping[int, int], tick: int) -> Parting | None:
    """The first instructions that do not belong together; `tick` is that of the first of all."""
    if list(map(same.get, mine)) == other:  # mostly they are, and this takes a third of the time
        return None
    for at, (old, new) in enumerate(zip(mine, other, strict=False), tick):
        if same.get(old) != new:
            return Parting(at, old, new)
    return None


def _one_ended(old: Timeline, new: Timeline, mine: Sequence[int], other: Sequence[int], tick: int) -> Parting:
    """Where one of two runs is over and the other goes on."""
    at = min(len(mine), len(other))
    shorter = old if len(mine) == at else new
    at -= shorter.machine.status is Status.FAULTED  # both attempted it, and only one of them survived
    return Parting(tick + at, *(path[at] if at < len(path) else None for path in (mine, other)))


def _apart(old: Timeline, new: Timeline, same: Mapping[int, int]) -> Parting | None:
    """Whether they part where they both stand, perhaps at an end."""
    mine, other = old.machine, new.machine
    if mine.status is other.status and (mine.status is not Status.READY or same.get(mine.pc) == other.pc):
        return None
    before, after = (line.machine.pc if line.machine.status is Status.READY else None for line in (old, new))
    return Parting(old.tick - (Status.FAULTED in (mine.status, other.status)), before, after)


def reason(found: Parting, kin: Correspondence, old: Mapping[int, Line], new: Mapping[int, Line]) -> str:
    """Why runs part, as in `up to tick 812, where line 41 was changed`."""
    if found.before is None or found.after is None:
        return "where the old run ends" if found.before is None else "where the run ends now"
    before, after = where(found.before, old), where(found.after, new)
    known = frozenset(kin.kin.values())
    replaced = kin.kin.get(found.before) == found.after
    if replaced and old[found.before].text == new[found.after].text:
        return f"where {after} leads elsewhere now"
    if replaced or (found.before not in kin.kin and found.after not in known):
        return f"where {after} was changed"
    if found.after not in known:
        return f"where {after} is new"
    if found.before not in kin.kin:
        return f"where {before} was taken out"
    return f"where {after} comes next, not what was {before}"
