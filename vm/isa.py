"""The instruction table: one row an instruction, from which every consumer is derived."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from enum import Enum
from functools import cached_property
from typing import Any

from vm.values import dataclass

Handler = Callable[..., Any]


class OperandKind(Enum):
    """What the bytes of an operand mean."""

    REGISTER = "register"
    TARGET = "target"  # a jump target: its number or its address, unsigned
    IMMEDIATE = "immediate"  # signed


class Flow(Enum):
    """Where control may go after an instruction."""

    NEXT = "next"
    TARGET = "target"  # a place jumps can land on
    JUMP = "jump"
    BRANCH = "branch"
    LOOP_OPEN = "loop open"
    LOOP_CLOSE = "loop close"
    HALT = "halt"


@dataclass(frozen=True, slots=True)
class Operand:
    """One operand of an instruction, and what the instruction does to the register it names."""

    name: str
    kind: OperandKind
    size: int
    """Length in the encoding, in bytes; 0 where the `Op.layout` decides."""
    access: str = ""
    """For registers: `r`, `w` or `rw`, as a trace lists it."""
    accepts: str = ""
    """For registers: the kind of value that must be there (`any`: whatever is set); empty if it is not looked at."""
    becomes: str = ""
    """For registers: the kind of value afterwards (`any`: not known, `unset`: cleared); empty if the kind stays."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a fault is raised. An instruction lists its conditions in the order of its checks."""

    identity: str
    """The fault, by its name in the specification."""
    when: str
    """In words, to be read behind `when`; names of registers stand in braces."""
    due: str = ""
    """An expression over the names of `Op.formula` that is true where the fault is due; empty: words must do.

    It also knows `stack.depth`, `reg.kind`, and of each meter `steps.needed` and `steps.left`.
    """


@dataclass(frozen=True, slots=True)
class Op:
    """One instruction: everything known about it but its behaviour."""

    code: int
    name: str
    operands: tuple[Operand, ...] = ()
    pops: tuple[str, ...] = ()
    """Names of the values taken from the stack, top first."""
    pushes: tuple[str, ...] = ()
    """Names of the values put on the stack, in order."""
    keeps: int = 0
    """Values that must be on the stack besides those popped, and stay there."""
    clears_stack: bool = False
    flow: Flow = Flow.NEXT
    group: str = ""
    doc: str = ""
    section: str = ""
    """Section of the specification that governs the instruction."""
    faults: tuple[str, ...] = ()
    """Identities of the faults it can raise besides those of dispatch, in the order of the checks."""
    steps: str = "0"
    """Extra metered steps beyond the one of dispatch: the value of a line as in `formula`, or words."""
    bytes: str = "0"
    """Charge against the allocation budget, likewise."""
    looks_at: str = ""
    """What it reads inside its registers, loops or host slots, besides what it writes; the machine knows the words."""
    selects: tuple[str, ...] = ()
    """Names of the popped values that say where it writes, not what."""
    moves: bool = False
    """Whether it only passes a value on as it is, or drops it: an explanation has nothing to say of it."""
    bare: bool = False
    """Whether a trace leaves its operands out."""
    charges_steps: bool = False
    """Whether an extra step charge can occur, so that the count must be exact when it runs."""
    formula: tuple[str, ...] = ()
    """What it writes, as assignments that a test evaluates; empty where `doc` says all there is.

    A line is `[KIND:] TARGET = VALUE` or `TARGET += VALUE`, then perhaps `for t < N` (every t from 0 to N - 1),
    `for s < t < N` (every pair), `for first t < N if CONDITION else VALUE`, or `if CONDITION`. Names are those of
    operands, popped and pushed values, and places; all mean what is there before the instruction. `+=` to a pushed
    value adds up from 0, `end` is the index behind the last element, KIND is that of the first operand, and a
    name that is none of these is defined for the lines below.
    """
    taken: str = ""
    """An expression that tells whether control goes elsewhere than behind it; empty if it always or never does."""
    conditions: tuple[Condition, ...] = ()
    """When it faults, those of dispatch included; empty where the table says no more than `faults`."""
    layout: str = ""
    """Where lengths of operands depend on their values: the class of encoding, such as `RRI`; the machine knows it."""

    @property
    def size(self) -> int:
        """Length of the encoding, opcode included, in bytes; of no use where a `layout` decides."""
        return 1 + sum(operand.size for operand in self.operands)

    @property
    def needs(self) -> int:
        """Least depth of the stack that does not underflow."""
        return len(self.pops) + self.keeps


@dataclass(frozen=True, slots=True)
class Wording:
    """What a machine calls things, for those who tell of it."""

    stack: str = "stack"
    """Name of the places that values are popped from."""
    places: str = ""
    """The places there are, each with what it is, in lines for a topic of help."""
    examples: Mapping[str, str] = field(default_factory=dict)
    """What stands here for an example in a text of help or in a hint, such as `a3` for `r3`: places, instructions.

    A machine that has the examples the texts are written with needs none.
    """
    constants: Mapping[str, Any] = field(default_factory=dict)
    """Words for values, of a machine whose values have types: True is not 1, None is a value, there are floats.

    Where there are none, values are integers, or what only the machine itself can make.
    """

    @property
    def typed(self) -> bool:
        """Whether there are."""
        return bool(self.constants)


class IsaError(Exception):
    """The table contradicts itself or its handlers."""


def spellings(names: Iterable[str]) -> tuple[str, ...]:
    """Mnemonics as people write them: `JUMPI1` is written `JUMPI` too. A name without letters before its size stays.

    Of one name, the shortest spelling is the last.
    """
    found = dict.fromkeys(names)
    for name in tuple(found):
        if stem := name.rstrip("0123456789"):
            found.setdefault(stem)
    return tuple(found)


class Isa:
    """An instruction set: rows, and the handlers bound to them by name."""

    def __init__(self, name: str, rows: Iterable[Op], wording: Wording | None = None) -> None:
        self.name = name
        self.wording = wording or Wording()
        self.by_name: dict[str, Op] = {}
        self.by_code: dict[int, Op] = {}
        self.handlers: dict[str, Handler] = {}
        for row in rows:
            if row.name in self.by_name or row.code in self.by_code:
                raise IsaError(f"{name}: {row.name} (0x{row.code:02x}) is there twice")
            self.by_name[row.name] = self.by_code[row.code] = row

    def implements(self, *names: str) -> Callable[[Handler], Handler]:
        """Bind the decorated handler to the rows called `names`."""

        def bind(handler: Handler) -> Handler:
            for name in names:
                if name not in self.by_name:
                    raise IsaError(f"{self.name}: no row for {name}")
                if name in self.handlers:
                    raise IsaError(f"{self.name}: {name} already has a handler")
                self.handlers[name] = handler
            return handler

        return bind

    def seal(self) -> None:
        """Refuse a table in which a row has no handler; called once all handlers are imported."""
        if missing := [name for name in self.by_name if name not in self.handlers]:
            raise IsaError(f"{self.name}: no handler for {', '.join(missing)}")

    def worded(self, text: str) -> str:
        """A text of help, or a hint, with examples of this machine; longer examples come before parts of them."""
        examples = self.wording.examples
        return self._examples.sub(lambda found: examples[found[0]], text) if examples else text

    @cached_property
    def _examples(self) -> re.Pattern[str]:
        longest_first = sorted(self.wording.examples, key=len, reverse=True)
        return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    @cached_property
    def mnemonics(self) -> frozenset[str]:
        """What instructions are called, as people write them."""
        return frozenset(spellings(self.by_name))

    def find(self, name: str) -> Op | None:
        """The row of a name, in capital letters or not; None if there is none."""
        return self.by_name.get(name) or self.by_name.get(name.upper()) or self.by_name.get(name.lower())

    def __iter__(self) -> Iterator[Op]:
        return iter(self.by_name.values())

    def __len__(self) -> int:
        return len(self.by_name)
