"""What a machine is, as far as a debugger is concerned. Imports nothing but the table, places and regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from vm.faults import FaultReport
from vm.isa import Isa
from vm.places import Place as Place
from vm.places import PlaceError as PlaceError
from vm.places import Selector as Selector
from vm.places import Span as Span
from vm.regions import Frame as Frame
from vm.regions import Region as Region
from vm.regions import Room as Room
from vm.regions import Shape as Shape
from vm.regions import Window as Window
from vm.values import dataclass

if TYPE_CHECKING:
    from vm.toolchain import Program

Value: TypeAlias = object
"""An int, None for something unset, a sequence, or a machine's own value; never changed after it was handed out."""


class Status(Enum):
    """Why a machine is not running."""

    READY = "ready"
    BUDGET = "budget"  # the tick budget of a `run` was used up; only in a Stop
    PAUSED = "paused"  # a stop condition held; only in a Stop
    HOST = "host"  # waiting for a reply of the host
    HALTED = "halted"
    FAULTED = "faulted"

    @property
    def ended(self) -> bool:
        """Whether the machine can go no further."""
        return self in (Status.HALTED, Status.FAULTED)


HOST_REPLY = Place("host", ("reply",))
"""The place of a machine that can wait for its host; a HOST stop is answered when it is set, to whatever.

So a reply is a row of edits: those of what the host gives, and this one last. It is 0 while the machine waits, else 1.
"""


@dataclass(frozen=True, slots=True)
class Read:
    """A place an instruction read, and what was there."""

    place: Place
    value: Value
    selects: bool = False
    """Whether it chose where something was written, such as an index did, and not what."""


@dataclass(frozen=True, slots=True)
class Write:
    """A place an instruction wrote: what was there and what is there now (None: nothing)."""

    place: Place
    old: Value
    new: Value
    of: Place | None = None
    """The place that was read whose value it is, where an instruction copies several; None where that goes without."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one instruction did. A fault still lists what happened before it."""

    tick: int
    """The tick at which it began; the machine then stood at this tick and stands at the next one now."""
    pc: int
    op: str
    """Mnemonic; empty when the bytes at `pc` are no instruction."""
    reads: Sequence[Read]
    writes: Sequence[Write]
    """In order. Of an instruction that writes very much, an item is made when it is asked for."""
    costs: tuple[tuple[str, int], ...]
    """Metered cost by the name of its meter."""
    fault: FaultReport | None = None
    listed: bool = True
    """Whether what it read and wrote is told; False where that was too much to list, and only the rest is known."""


Observer: TypeAlias = Callable[[Effect], None]

Trail: TypeAlias = list[tuple[int, ...]]
"""Addresses of the instructions a run executed, straight run by straight run, in order; one address a tick.

Equal straight runs may be one object, so a loop costs eight bytes an iteration.
"""


Tally: TypeAlias = dict[int, list[int]]
"""What instructions came to, by address: how often they were executed, then what each meter was charged for them."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where and why `Machine.run` gave control back."""

    status: Status
    tick: int
    pc: int


@dataclass(frozen=True, slots=True)
class StopWhen:
    """When a run must give control back, checked exactly once after each instruction that does not end the run.

    So the place a run begins at is not checked, and the one where its budget ends is.
    `pcs` and `depth` cost nothing between hits.
    """

    pcs: AbstractSet[int] = frozenset()
    depth: int = -1
    """Stop where no more than this many loops and calls are open."""
    test: Callable[[Machine], bool] | None = None
    """Asked at `pcs` whether to stop there, everywhere if `pcs` is empty. The machine may be read, not run."""
    work: int | None = None
    """Give control back with BUDGET, before the budget is used up, after about this much metered work."""

    def holds(self, machine: Machine) -> bool:
        """Is this the place to stop?"""
        if machine.depth <= self.depth:
            return True
        if self.test is None:
            return machine.pc in self.pcs
        return (not self.pcs or machine.pc in self.pcs) and self.test(machine)


class Checkpoint(Protocol):
    """A machine's whole state, immutable. Only the machine that made it can read more than this."""

    @property
    def tick(self) -> int: ...
    @property
    def weight(self) -> int:
        """Estimate of the memory it holds that the checkpoint before it does not share, in bytes."""
        ...

    @property
    def size(self) -> int:
        """Estimate of all the memory it holds, shared or not, in bytes: what it costs alone."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One instruction of the program, disassembled once."""

    pc: int
    size: int
    op: str
    """Mnemonic; empty for bytes that are no instruction, and for the end of a program that can run off there."""
    text: str
    """Mnemonic and operands, as a listing shows them."""
    source_line: int | None = None
    """Line of the source it was assembled from, from 1; None for programs without source."""
    label: str = ""
    """Name of the jump target here, such as `.3`."""
    reads: AbstractSet[str] = frozenset()
    """Names of the places it may read, as in `Place.name`."""
    writes: AbstractSet[str] = frozenset()
    """Names of the places it may write; `pc` only if it may go on anywhere but behind itself."""
    encoding: bytes = b""
    """The bytes it is made of; empty where a program is not made of bytes."""
    spelled: tuple[str, ...] | None = None
    """How it spells each operand of the table; None where those are the words of `text` behind the first."""
    counted: bool = False
    """Whether addresses count instructions, and so are told as `@12`; else they count bytes, in hexadecimal."""

    @property
    def operands(self) -> Sequence[str]:
        """How it spells each operand, in the order of the table."""
        return self.text.split()[1:] if self.spelled is None else self.spelled


@dataclass(frozen=True, slots=True)
class View:
    """A list of cells the machine can show."""

    id: str
    title: str
    tall: bool = False
    """Whether it usually holds many cells."""
    top_first: bool = False
    """Whether the cell that matters most is at the top, as with a stack."""
    slots: int = 0
    """Number of places there always are, though cells come only for those in use; 0 where every cell comes."""
    pattern: str = ""
    """Name of such a place, with `{}` for its number, such as `r{}`."""
    fitted: bool = False
    """Whether it is to have just the rows its cells take, and none while it has no cells."""
    tagged: bool = False
    """Whether the kind of a cell does not follow from its text, and is told wherever there is some room for it."""
    log: str = ""
    """Name of the places it shows, if an instruction that writes them adds one behind the others; else empty."""

    def slot(self, number: int) -> str:
        """The name of the place with a number."""
        return self.pattern.replace("{}", str(number))


@dataclass(frozen=True, slots=True)
class Cell:
    """One named value, formatted by the machine. The text is never markup."""

    name: str
    """Its place in textual form, such as `r3` or `stack[2]`; unique within the view."""
    text: str
    """One line; the pane may cut it off."""
    kind: str
    """Kind of the value, for colour: `int`, `vec`, `model`, `sample`, `unset`, `loop`, …"""
    value: Value = None
    """The value itself, to tell whether it changed: immutable, so comparing identities is enough for large ones."""
    note: str = ""
    """What the value is for, such as the operand name the next instruction gives a stack slot."""
    holds: int = 0
    """How many entries it has that can be looked at one by one: elements, stored coefficients, parts of a loop."""
    json: Callable[[], Any] | None = field(default=None, compare=False, repr=False)
    """Makes the value as JSON has it; None where the value itself is that."""


@dataclass(frozen=True, slots=True)
class Nest:
    """An open loop or call."""

    kind: str
    """`loop` or `call`."""
    entry: int
    """Address at which each iteration, or the callee, begins."""
    index: int | None = None
    """Which iteration of a loop this is, from 1; None if the machine does not know."""
    count: int | None = None
    """How many iterations there are in all, as far as can be told now; None if the machine does not know."""


@dataclass(frozen=True, slots=True)
class Meter:
    """A metered quantity against its limit."""

    name: str
    used: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A host's answer to a HOST stop: values to put into places before the machine goes on."""

    writes: tuple[tuple[Place, Value], ...] = ()


class Machine(Protocol):
    """A deterministic machine: the same program, inputs and replies give the same ticks.

    A tick is one instruction retired; the attempt that faults takes its tick too, so that
    every tick names exactly one state. `status` is READY, HOST, HALTED or FAULTED.
    """

    @property
    def isa(self) -> Isa: ...
    @property
    def shapes(self) -> AbstractSet[Shape]:
        """What its regions can be, whether there are any now or not."""
        ...

    @property
    def room(self) -> Room:
        """How much room its regions deserve, whether there are any now or not."""
        ...

    @property
    def pc(self) -> int: ...
    @property
    def tick(self) -> int: ...
    @property
    def status(self) -> Status: ...
    @property
    def fault(self) -> FaultReport | None: ...
    @property
    def depth(self) -> int:
        """How many loops and calls are open."""
        ...

    def nests(self) -> Sequence[Nest]:
        """The loops and calls that are open, outermost first."""
        ...

    def run(
        self,
        budget: int,
        stop: StopWhen | None = None,
        observer: Observer | None = None,
        trail: Trail | None = None,
    ) -> Stop:
        """Run at most `budget` ticks, adding what was executed to `trail`. The only way to move; a step is `run(1)`."""
        ...

    def tally(self, budget: int, spent: Tally, work: int | None = None) -> Stop:
        """Run at most `budget` ticks, adding to `spent` what its effects would tell, but at nearly full speed.

        It gives control back after about so much metered `work`.
        """
        ...

    def attempt(self, work: int, cancelled: Callable[[], bool] | None = None) -> Effect | None:
        """Execute the next instruction and tell what it did, unless that is more than so much metered work at once.

        Then, and where no instruction is due, it is None, and the machine stands where it stood; so it is also if
        `cancelled`, which a machine asks now and then while it works at one instruction, says that nobody waits.
        """
        ...

    def twin(self) -> Machine:
        """Another machine with the same program, inputs and limits, at tick 0; each restores checkpoints of both."""
        ...

    def scratch(self, program: Program) -> Machine:
        """A machine with the values, open loops and calls of this one, at the first instruction of another program.

        Its inputs are this one's, and its budgets are what is left here. This one stays as it is.
        """
        ...

    def checkpoint(self) -> Checkpoint: ...
    def restore(self, checkpoint: Checkpoint) -> None: ...
    def digest(self) -> str:
        """A hash of the whole state, equal for equal states, whatever way led there."""
        ...

    def code(self) -> Sequence[Line]:
        """Every instruction in address order."""
        ...

    def source(self) -> Sequence[str]:
        """The lines of the source, empty for programs without one."""
        ...

    def reached(self) -> AbstractSet[int]:
        """Addresses of all instructions this machine object has executed so far, whichever way it moved."""
        ...

    def get(self, place: Place) -> Value:
        """What a place holds; PlaceError if there is no such place."""
        ...

    def set(self, place: Place, value: Value) -> None:
        """A debugger's edit; PlaceError if there is no such place or it cannot hold the value.

        Inputs and limits are places too, such as `in[0]` and `steps.limit`.
        """
        ...

    def knows(self, name: str) -> bool:
        """Whether there can be places of this name, as in `Place.name`."""
        ...

    def reader(self, place: Place) -> Callable[[], Value]:
        """A fast `get`: tells, whenever called, what the place holds then, or raises PlaceError.

        PlaceError at once if there can never be such a place. What it returns is live: to be looked at, not kept.
        """
        ...

    def resolve(self, place: Place) -> Place:
        """The same place as effects name it: in its usual spelling, its indices counted from the start as of now.

        What is no place now is returned as it is.
        """
        ...

    def text(self, value: Value) -> str:
        """A value in one line, as cells show it; for None `unset`, unless that is a value of the machine."""
        ...

    def to_json(self, value: Value) -> Any:
        """A value as inputs and results have it in JSON."""
        ...

    def from_json(self, value: Any) -> Value:
        """The value that `to_json` gave this for; PlaceError for what is none."""
        ...

    def functions(self) -> Mapping[str, str]:
        """What can be computed from its values, beyond arithmetic: usage such as `energy(model, sample)` by name."""
        ...

    def call(self, function: str, arguments: Sequence[Value]) -> Value:
        """Compute one of `functions`; PlaceError that says what is wrong with the arguments."""
        ...

    def views(self) -> Sequence[View]: ...
    def cells(self, view: str) -> Sequence[Cell]: ...
    def entries(self, name: str, start: int, count: int) -> Sequence[Cell]:
        """Some of the entries of the cell of that name, in order; PlaceError if there is no such cell now.

        What is outside of it is left out. It costs what is asked for, however many there are.
        """
        ...

    def meters(self) -> Sequence[Meter]: ...
    def regions(self) -> Sequence[Region]: ...
    def window(self, region: str, frame: Frame) -> Window:
        """Part of a region; PlaceError if there is no such region now."""
        ...

    def reply(self, reply: Reply) -> None:
        """Answer a HOST stop: put values into places, then go on, as setting `HOST_REPLY` does."""
        ...
