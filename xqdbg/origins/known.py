"""What is asked of a run whose origins are looked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from vm.contract import Effect, Line, Machine, Place
from xqdbg.moment import Future
from xqdbg.patience import Patience
from xqdbg.record import Record

T = TypeVar("T")


class Times(Protocol):
    """Some ticks, ascending."""

    def __len__(self) -> int: ...
    def at(self, number: int) -> int:
        """The one with this number, from 0 in order."""
        ...

    def rank(self, tick: int) -> int:
        """How many of them are before `tick`."""
        ...

    def before(self, tick: int) -> int | None:
        """The latest one before `tick`."""
        ...

    def after(self, tick: int) -> int | None:
        """The first one after `tick`."""
        ...


class KnownRun(Protocol):
    """A run as far as it is known; the history of a branch is one."""

    code: Mapping[int, Line]
    """Its instructions by address."""

    @property
    def first(self) -> int:
        """The tick it begins at."""
        ...

    @property
    def length(self) -> int:
        """The latest tick known."""
        ...

    @property
    def future(self) -> Future: ...
    @property
    def record(self) -> Record:
        """The edits of this run."""
        ...

    @property
    def machine(self) -> Machine:
        """The machine it is looked at on, wherever that stands."""
        ...

    def reach(self, tick: int, patience: Patience = ...) -> bool:
        """Get to know the run up to a tick."""
        ...

    def complete(self, patience: Patience = ...) -> bool:
        """Get to know all of it."""
        ...

    def at(self, tick: int) -> Machine:
        """The machine at that tick, until the next question."""
        ...

    def effect(self, tick: int) -> Effect:
        """What the instruction at a tick did."""
        ...

    def each_effect(self, start: int, stop: int, patience: Patience = ...) -> Iterator[Effect]:
        """What the instructions at the ticks in [start, stop) did."""
        ...

    def effects_at(
        self, pcs: Collection[int], start: int = ..., stop: int = ..., patience: Patience = ...
    ) -> Iterator[Effect]:
        """What some instructions did each time they were executed in [start, stop)."""
        ...

    def effects_of(
        self, ticks: Iterable[int], ask: Callable[[Machine], T], patience: Patience = ...
    ) -> Iterator[tuple[T, Effect]]:
        """What the instructions at some ticks, ascending, did, and what `ask` is told of the machine before each."""
        ...

    def ticks_of(self, pcs: Collection[int]) -> Times:
        """When any of some instructions is executed."""
        ...

    def last_write(self, place: Place, before: int, patience: Patience = ...) -> int | None:
        """The latest tick before `before` whose instruction wrote the place, a part of it, or what it is part of."""
        ...

    def last_edit(self, place: Place, now: int) -> int | None:
        """The latest tick up to `now` at which the user edited the place, a part of it, or what it is part of."""
        ...
