"""What is true at one tick, as every face shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from vm.contract import Cell, Effect, Line, Meter, Nest, Region, Room, Status, Window
from vm.faults import FaultReport
from vm.toolchain import Forecast
from vm.values import dataclass
from xqdbg.answer import Answer
from xqdbg.inside import Inside
from xqdbg.marks import Marks
from xqdbg.named import Names
from xqdbg.spoken import Words, plainly

if TYPE_CHECKING:
    from xqdbg.costs import Costs


UNLISTED = "too much to list"
"""What faces tell of an instruction of which not all was taken down that it did."""


class Kind(Enum):
    """What a breakpoint waits for."""

    CODE = "breakpoint"  # an instruction about to be executed, or an event such as a loop being entered
    WRITE = "watchpoint"  # a value that changed
    READ = "read watchpoint"  # a value that was read
    ACCESS = "access watchpoint"  # a value that was read or written
    LOG = "logpoint"  # tells, and never stops


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """Something that stops a run, forward and backward."""

    number: int
    """What the user calls it; counted from 1 and never used twice."""
    pcs: tuple[int, ...] = ()
    """The instructions it is at, ascending; empty for watchpoints and moments in time."""
    text: str = ""
    """The location or the expression it was set with; empty for one set at an address."""
    kind: Kind = Kind.CODE
    condition: str = ""
    """An expression; it stops only where this is true."""
    enabled: bool = True
    temporary: bool = False
    ignore: int = 0
    """How many more hits are passed over."""
    hits: int = 0
    """How often it was hit in this session, those passed over included."""
    commands: tuple[str, ...] = ()
    """Command lines to obey at each stop there."""
    message: str = ""
    """Of a logpoint: what it tells, with expressions in braces."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A moment with a name."""

    name: str
    tick: int
    branch: str
    note: str = ""
    automatic: bool = False
    """Whether it was made at a stop and not by the user."""
    pc: int | None = field(default=None, compare=False)
    """Where the machine stands then; None while that is not known."""


@dataclass(frozen=True, slots=True)
class Pin:
    """An assertion at a moment."""

    number: int
    tick: int
    branch: str
    expression: str
    holds: bool | None = None
    """None while it has not been checked."""


@dataclass(frozen=True, slots=True)
class Watch:
    """An expression evaluated at every moment."""

    number: int
    expression: str
    text: str = ""
    """Its value now, or why it has none."""
    changed: bool = False
    """Whether it differs from the moment before."""
    place: str = ""
    """The place it is, as effects name it; empty for other expressions."""
    value: int | None = None
    """The number it comes to, where it is one and no format was asked for."""


@dataclass(frozen=True, slots=True)
class BranchNote:
    """What is told of a branch: a history of its own, made by editing a past moment."""

    name: str
    parent: str = ""
    """The branch it was made from; empty for the first one."""
    tick: int = 0
    """Where it was made."""
    edits: tuple[str, ...] = ()
    """What was edited, as `r3 = 7`."""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Future:
    """What is known of the run of this branch, wherever the moment stands."""

    explored: int
    """Ticks of the run that are known, from 0."""
    complete: bool
    """Whether that is all of it."""
    status: Status = Status.READY
    """What it ends with, if it is complete."""
    fault: FaultReport | None = None
    pc: int = 0
    """Where it ends."""
    note: str = ""
    """Why there is no more to know now: the run is too long, or it waits for its host."""


@dataclass(frozen=True, eq=False, slots=True)
class Listing:
    """The program a moment is one of. A session has another one after its text was edited."""

    number: int
    """Counted from 0; equal numbers are the same program."""
    name: str
    code: Sequence[Line] = ()
    source: Sequence[str] = ()
    room: Room = Room.MOST
    """How much room its values deserve that are too large for a cell."""
    foreign: bool = False
    """Whether the source is no assembly text but what the program was compiled from."""


class Visits(Protocol):
    """At which ticks instructions are executed, in the run as far as it is known. Any thread may ask."""

    def count(self, pc: int) -> int:
        """How often the instruction is executed."""
        ...

    def rank(self, pc: int, tick: int) -> int:
        """How many such ticks there are before `tick`."""
        ...

    def before(self, pc: int, tick: int) -> int | None:
        """The latest such tick before `tick`."""
        ...

    def after(self, pc: int, tick: int) -> int | None:
        """The first such tick after `tick`."""
        ...


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
    coming: Effect | None = None
    """What the next instruction is about to do, its fault included; None where no instruction is due.

    None also where that is much, until there was time to find it out; not listed where it is too much for that.
    """
    cells: Mapping[str, Sequence[Cell]] = field(default_factory=dict)
    """The machine's views, by view id."""
    changed: AbstractSet[str] = frozenset()
    """Names of cells that differ from the moment before."""
    meters: Sequence[Meter] = ()
    nests: Sequence[Nest] = ()
    regions: Sequence[Region] = ()
    windows: Mapping[tuple[str, str], Window] = field(default_factory=dict)
    """The windows that were asked for and exist now, by who asked and region name."""
    inside: Mapping[str, Inside] = field(default_factory=dict)
    """What was asked for of the inside of cells, by who asked."""
    costs: Costs | None = None
    """What the whole run is charged, as far as it is known; None while nobody asks."""
    breakpoints: Sequence[Breakpoint] = ()
    """All of them, by number."""
    stopped: tuple[int, ...] = ()
    """Numbers of the breakpoints that stopped the last ride here."""
    reached: AbstractSet[int] = frozenset()
    """Addresses of all instructions executed on this branch since the user came to it."""
    cursor: int | None = None
    """Address the code pane should show instead of `pc`, when a command asks for it."""
    address: int | None = None
    """Address the memory pane should show, when a command asks for it."""
    future: Future | None = None
    visits: Visits | None = None
    watches: Sequence[Watch] = ()
    bookmarks: Sequence[Bookmark] = ()
    """By tick."""
    pins: Sequence[Pin] = ()
    branch: str = ""
    """The name of the branch this is a moment of."""
    branches: Sequence[BranchNote] = ()
    """All of them, the first one first, each after its parent."""
    relevant: AbstractSet[int] | None = None
    """Addresses in the slice that moves are confined to; None without one."""
    sliced: str = ""
    """The place that slice is of."""
    turn: int = 0
    """Grows by one with each command; moments of one turn tell the same and only know more."""
    forecast: Forecast | None = None
    """The verifier's word on the program, once it is known."""
    answer: Answer | None = None
    """What the last command answered, when it is more than a line."""
    logged: Sequence[str] = ()
    """What logpoints told on the way here."""
    program: Listing | None = None
    """What the machine runs."""
    marks: Marks | None = None
    """What was counted of the whole run for the timeline, as far as it is."""
    names: Names = field(default_factory=Names, repr=False)
    """What `effect` and `coming` read and wrote, by name."""
    words: Words = field(default=plainly, repr=False)
    """Tells a value of the machine in one line."""

    @property
    def code(self) -> Sequence[Line]:
        """The instructions of the program, as far as it is known."""
        return () if self.program is None else self.program.code
