"""The XQVM as the contract and the public API have it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from vm.contract import Cell, Frame, Line, Meter, Nest, Place, Region, Reply, Value, View, Window
from vm.xqvm import places, views
from vm.xqvm.engine import Engine
from vm.xqvm.isa import ISA
from vm.xqvm.model import Slot
from vm.xqvm.values import value_of
from vm.xqvm.window import Lens


class XqvmMachine(Engine):
    """One XQVM with a program loaded, at tick 0.

    `calldata` holds one host value a slot: an int in i64, a sequence of such, a Model, a Sample
    or None. Limits are in metered steps and charged bytes; `step_limit=None` is unlimited.
    Raises InputError for anything else.
    """

    isa = ISA

    @property
    def registers(self) -> dict[int, object]:
        """Host values of the registers that are set, by number."""
        return {reg: value_of(value) for reg, value in enumerate(self.regs) if value is not None}

    @property
    def outputs(self) -> list[object]:
        """Host values of the output slots, None where nothing was written."""
        return [value_of(value) for value in self.output_slots]

    # What a debugger looks at

    @property
    def depth(self) -> int:
        """How many loops are open."""
        return len(self.loops)

    def nests(self) -> Sequence[Nest]:
        """The open loops, outermost first."""
        return tuple(Nest("loop", loop.body) for loop in self.loops)

    def code(self) -> Sequence[Line]:
        """Every instruction in address order."""
        return self.program.lines()

    def source(self) -> Sequence[str]:
        """The lines of the source, empty for bytecode."""
        return self.program.source

    def reached(self) -> AbstractSet[int]:
        """Addresses of all instructions executed so far, whichever way the machine moved."""
        self._note_reached(self._blocks)
        self._note_reached(self._cut_blocks)
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
        places.put(self, place, value)

    def views(self) -> Sequence[View]:
        """Stack, registers, loops, inputs and outputs."""
        return views.VIEWS

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
        """Calldata and their cells: there may be very many, and they never change."""
        return self.calldata, views.cells(self, "inputs")

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
