"""What is true at one tick, as every face shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from vm.contract import Cell, Effect, Meter, Nest, Region, Status, Window
from vm.faults import FaultReport


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A place in the code where running stops."""

    number: int
    """What the user calls it; counted from 1 and never used twice."""
    pc: int
    enabled: bool = True
    temporary: bool = False
    hits: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Moment:
    """What is true at one tick. Immutable, so any thread may read it.

    Moments are not compared by content: a new one is always news.
    """

    revision: int
    """Grows by one with each moment of a session."""
    tick: int
    furthest: int
    """The latest tick this session has seen."""
    ended: bool
    """Whether the run is known to end at `furthest`."""
    pc: int
    status: Status
    fault: FaultReport | None = None
    message: str = ""
    """What the last command came to, in one line; empty when the state says it all."""
    effect: Effect | None = None
    """What the last instruction did, when the moment was reached by stepping forward over just it."""
    cells: Mapping[str, Sequence[Cell]] = field(default_factory=dict)
    """The machine's views, by view id."""
    changed: AbstractSet[str] = frozenset()
    """Names of cells that differ from the moment before."""
    meters: Sequence[Meter] = ()
    nests: Sequence[Nest] = ()
    regions: Sequence[Region] = ()
    windows: Mapping[str, Window] = field(default_factory=dict)
    """The windows that were asked for and exist now, by region name."""
    breakpoints: Mapping[int, Breakpoint] = field(default_factory=dict)
    """By address."""
    reached: AbstractSet[int] = frozenset()
    """Addresses of all instructions executed so far in this session."""
    cursor: int | None = None
    """Address the code pane should show instead of `pc`, when a command asks for it."""
