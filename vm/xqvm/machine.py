"""The XQVM as the contract and the public API have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property
from typing import Any

from vm.contract import (
    Cell,
    Frame,
    Line,
    Meter,
    Nest,
    Place,
    PlaceError,
    Region,
    Reply,
    Room,
    Shape,
    Value,
    View,
    Window,
)
from vm.diagnostics import InputError
from vm.toolchain import Program as AnyProgram
from vm.xqvm import edits, entries, functions, places, values, views
from vm.xqvm.engine import Engine
from vm.xqvm.entries import CoefficientIndex
from vm.xqvm.isa import ISA
from vm.xqvm.model import Model, Sample, Slot, Vec, VecX
from vm.xqvm.program import Program
from vm.xqvm.values import value_of
from vm.xqvm.window import Lens

_MODELS = {"type": "vec<xqmx>"}
"""The vector of models, which is always empty, where it has to be told from an empty vector."""


class XqvmMachine(Engine):
    """One XQVM with a program loaded, at tick 0.

    `calldata` holds one host value a slot: an int in i64, a sequence of such, a Model, a Sample
    or None. Limits are in metered steps and charged bytes; `step_limit=None` is unlimited.
    Raises InputError for anything else.
    """

    isa = ISA
    shapes = frozenset({Shape.MATRIX})
    room = Room.MOST

    @property
    def registers(self) -> dict[int, object]:
        """Host values of the registers that are set, by number."""
        return {reg: value_of(value) for reg, value in enumerate(self.regs) if value is not None}

    @property
    def outputs(self) -> list[object]:
        """Host values of the output slots, None where nothing was written."""
        return [value_of(value) for value in self.output_slots]

    def twin(self) -> XqvmMachine:
        """Another machine with the same program, inputs and limits, at tick 0."""
        twin = XqvmMachine(self.program, (), len(self.output_slots), self.step_limit, self.memory_limit)
        twin.calldata = self.calldata
        twin.share_code(self)
        twin._lenses = self._lenses  # rows that are the same objects need not be read twice
        return twin

    def scratch(self, program: AnyProgram) -> XqvmMachine:
        """A machine with the values and open loops of this one, at the first instruction of another program."""
        if not isinstance(program, Program):
            raise TypeError("not an XQVM program")
        scratch = XqvmMachine(program, (), len(self.output_slots), self.step_limit, self.memory_limit)
        start = replace(
            self.checkpoint(), program=program, tick=0, pc=0, undispatched=0, status=scratch.status, fault=None
        )
        scratch.restore(start)
        return scratch

    # What a debugger looks at

    @property
    def depth(self) -> int:
        """How many loops are open."""
        return len(self.loops)

    def nests(self) -> Sequence[Nest]:
        """The open loops, outermost first."""
        return tuple(Nest("loop", loop.body, *(loop.iteration or ())) for loop in self.loops)

    def code(self) -> Sequence[Line]:
        """Every instruction in address order."""
        return self.program.named_lines

    def source(self) -> Sequence[str]:
        """The lines of the source, empty for bytecode."""
        return self.program.source

    def reached(self) -> AbstractSet[int]:
        """Addresses of all instructions executed so far, whichever way the machine moved."""
        self._note_reached(self._blocks)
        for table in self._cut_blocks.values():
            self._note_reached(table)
        return frozenset(self._reached)

    def meters(self) -> Sequence[Meter]:
        """Steps and bytes against their limits."""
        return (
            Meter("steps", self.steps, self.step_limit),
            Meter("bytes", self.memory_used, self.memory_limit),
        )

    def get(self, place: Place) -> Value:
        """What a place holds; PlaceError if there is no such place."""
        return places.get(self, place)

    def set(self, place: Place, value: Value) -> None:
        """A debugger's edit; PlaceError if there is no such place or it cannot hold the value."""
        edits.put(self, place, value)

    def knows(self, name: str) -> bool:
        """Whether there can be places of this name."""
        return places.knows(name)

    def reader(self, place: Place) -> Callable[[], Value]:
        """A fast `get`, of values to be looked at and not kept; PlaceError if there can be no such place."""
        return places.reader(self, place)

    def resolve(self, place: Place) -> Place:
        """The same place in its usual spelling, its indices counted from the start as of now."""
        return places.resolve(self, place)

    def text(self, value: Value) -> str:
        """A value in one line, as cells show it."""
        return views.text(value)

    def to_json(self, value: Value) -> Any:
        """A value as inputs and results have it in JSON; the vector of models, which both have as a vector, by name."""
        if isinstance(value, VecX):
            return dict(_MODELS)
        if value is None or isinstance(value, int | Vec | Model | Sample):
            return values.to_json(value)
        return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)

    def from_json(self, value: Any) -> Value:
        """The value that JSON stands for; PlaceError for what is none."""
        if value == _MODELS:
            return VecX()
        try:
            return values.from_json(value, "the value")
        except InputError as error:
            raise PlaceError(str(error)) from error

    def functions(self) -> Mapping[str, str]:
        """What can be computed from values, by name."""
        return functions.FUNCTIONS

    def call(self, function: str, arguments: Sequence[Value]) -> Value:
        """Compute one of `functions`; PlaceError that says what is wrong with the arguments."""
        return functions.call(function, arguments)

    def views(self) -> Sequence[View]:
        """Stack, registers, loops, inputs and outputs."""
        return views.views(self)

    def cells(self, view: str) -> Sequence[Cell]:
        """The values of one view."""
        if view != "inputs":
            return views.cells(self, view)
        calldata, cells = self._input_cells
        if calldata is not self.calldata:
            cells = views.cells(self, view)
            self._input_cells = (self.calldata, cells)
        return cells

    @cached_property
    def _input_cells(self) -> tuple[tuple[Slot, ...], Sequence[Cell]]:
        """Calldata and their cells: there may be very many, and they change by an edit only."""
        return self.calldata, views.cells(self, "inputs")

    def entries(self, name: str, start: int, count: int) -> Sequence[Cell]:
        """Some elements, coefficients or parts of what a cell shows; PlaceError if there is no such cell."""
        return entries.entries(self, name, start, count)

    @cached_property
    def _indexes(self) -> dict[str, CoefficientIndex]:
        return {}

    def index_of(self, name: str, model: Model) -> CoefficientIndex:
        """Where the coefficients of a model that was handed out stand, kept as long as it is the same."""
        known = self._indexes.get(name)
        if known is None or known.model is not model:
            known = self._indexes[name] = CoefficientIndex(model, known)
        return known

    def regions(self) -> Sequence[Region]:
        """The models, samples and vectors in registers."""
        return views.regions(self)

    def window(self, region: str, frame: Frame) -> Window:
        """Part of a model, sample or vector; PlaceError if there is none of that name."""
        return views.window(self, region, frame)

    @cached_property
    def _lenses(self) -> dict[str, Lens]:
        return {}

    def lens(self, region: str) -> Lens:
        """What remembers the last window on a region, so that the next one costs what changed."""
        return self._lenses.setdefault(region, Lens())

    def reply(self, reply: Reply) -> None:
        """XQVM calls no host."""
        raise TypeError("an XQVM program never waits for its host")
