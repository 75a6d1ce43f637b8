"""Proof that a replay is the run that was saved: hashes of its states, each linked to all before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from vm.contract import PlaceError, Status
from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.patience import ENDLESS, Patience
from xqdbg.sessionfile.record import HASH_DIGITS, Chain, stride_of
from xqdbg.timeline import Timeline


class GivenUp(XqdbgError):
    """Nobody waits for the replay any longer."""

    def __init__(self) -> None:
        super().__init__("the replay was cancelled")


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two runs part: they agree at tick `after`, and no longer at tick `by`."""

    after: int | None
    """None if they never agreed."""
    by: int
    why: str = ""

    def __str__(self) -> str:
        where = f"at tick {self.by:,}" if self.after is None else f"between tick {self.after:,} and {self.by:,}"
        return f"the run differs {where}{': ' if self.why else ''}{self.why}"


def state_hash(run: Timeline) -> str:
    """The hash of the state a run stands at, as session files have it."""
    return sha256(run.machine.digest().encode("ascii")).hexdigest()[:HASH_DIGITS]


def chain(run: Timeline, first: int, last: int, patience: Patience = ENDLESS) -> Chain:
    """The chain of a run from tick `first` to `last`, or to its end if that comes first. Moves the run.

    Costs one replay and a hash of the state at each link. Raises GivenUp.
    """
    last = max(first, last)
    if not _reach(run, last, patience):
        last = max(first, run.tick)
    ended = run.machine.status.ended
    stride = stride_of(first, last)
    planned = Chain(first, last, stride, (), ended)
    return Chain(first, last, stride, tuple(_links(run, planned.ticks, patience)), ended)


def compare(run: Timeline, saved: Chain, patience: Patience = ENDLESS) -> Difference | None:
    """Replay a run and compare it link by link; None if it is the one that was saved. Moves the run. Raises GivenUp."""
    ticks, links = saved.ticks, _links(run, saved.ticks, patience)
    for at, wanted in enumerate(saved.links):
        after = ticks[at - 1] if at else None
        try:
            link = next(links, None)
        except PlaceError as error:
            return Difference(after, ticks[at], f"an edit cannot be made: {error}")
        if link is None:
            return Difference(after, ticks[at], _ended(run, saved))
        if link != wanted:
            return Difference(after, ticks[at], _halted(run, saved) if ticks[at] == saved.last else "")
    return None


def first_difference(one: Chain, other: Chain) -> Difference | None:
    """Where two runs part, by their chains; None if one goes on as the other as far as both are known.

    ValueError for chains that cannot be compared: they begin at other ticks or have other strides.
    """
    if (one.first, one.stride) != (other.first, other.stride):
        raise ValueError("chains with other beginnings or strides have no links in common")
    theirs = dict(zip(other.ticks, other.links, strict=True))
    after: int | None = None
    for tick, link in zip(one.ticks, one.links, strict=True):
        if tick in theirs:
            if theirs[tick] != link:
                return Difference(after, tick)
            after = tick
    shorter, longer = sorted((one, other), key=lambda each: each.last)
    if shorter.ended and shorter.last < longer.last:
        return Difference(after, shorter.last, f"one ends at tick {shorter.last:,}, and the other goes on")
    return None


def _links(run: Timeline, ticks: Sequence[int], patience: Patience) -> Iterator[str]:
    """The links at some ticks, as far as the run goes."""
    link = ""
    for tick in ticks:
        if not _reach(run, tick, patience):
            return
        link = sha256((link + run.machine.digest()).encode("ascii")).hexdigest()[:HASH_DIGITS]
        yield link


def _reach(run: Timeline, tick: int, patience: Patience) -> bool:
    """Bring the run to a tick; False if it ends before, or cannot go on."""
    while run.tick != tick:
        before = run.tick
        run.seek(tick, patience.cancelled)
        patience.progress(run.tick)
        if run.tick == tick:
            break
        if run.machine.status is not Status.READY:
            return False
        if patience.cancelled() or run.tick == before:
            raise GivenUp
    if patience.cancelled():
        raise GivenUp
    return True


def _ended(run: Timeline, saved: Chain) -> str:
    fault = run.machine.fault
    how = f"faults with {fault.code}" if fault is not None else "ends"
    return f"it {how} at tick {run.tick:,} now, and went on to tick {saved.last:,}"


def _halted(run: Timeline, saved: Chain) -> str:
    if saved.ended and not run.machine.status.ended:
        return "it goes on now where it ended"
    if run.machine.status.ended and not saved.ended:
        return "it ends there now"
    return ""
