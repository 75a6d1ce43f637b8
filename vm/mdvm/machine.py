"""The Machine Dialect VM as the contract and the public API have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vm.contract import Cell, Frame, Line, Meter, Nest, Place, Region, Reply, Room, Shape, Status, Value, View, Window
from vm.mdvm import edits, entries, functions, interchange, places, views, window
from vm.mdvm.engine import Engine
from vm.mdvm.frames import outward
from vm.mdvm.inputs import Inputs
from vm.mdvm.isa import ISA
from vm.mdvm.program import Program
from vm.toolchain import Program as AnyProgram


class MdvmMachine(Engine):
    """One machine with a program loaded, at tick 0."""

    isa = ISA
    shapes = frozenset({Shape.MATRIX})

    @property
    def room(self) -> Room:
        """Some for a program that makes arrays: they are rows of numbers at best."""
        return Room.SOME if self.program.makes_arrays else Room.NONE

    def twin(self) -> MdvmMachine:
        """Another machine with the same program and limits, at tick 0."""
        return MdvmMachine(self.program, Inputs(self.limit, self.memory_limit), self.engine)

    def scratch(self, program: AnyProgram) -> MdvmMachine:
        """A machine with the values and open calls of this one, at the first instruction of another program."""
        if not isinstance(program, Program):
            raise TypeError("not a program of the Machine Dialect")
        left = max(0, self.limit - self.instructions)
        scratch = MdvmMachine(program, Inputs(left, self.memory_limit), self.engine)
        start = replace(
            self.checkpoint(), program=program, tick=0, refused=0, limit=left, status=Status.READY, fault=None,
            result=None, ending=0, stray=None,
        )  # fmt: skip
        scratch.restore(start)
        scratch.go_to(program.entry)
        return scratch

    # What a debugger looks at

    def nests(self) -> Sequence[Nest]:
        """The open calls, outermost first."""
        return tuple(Nest("call", frame.entry) for frame in outward(self.frames))[::-1]

    def code(self) -> Sequence[Line]:
        """Every instruction in order."""
        return self.program.lines()

    def source(self) -> Sequence[str]:
        """The lines of the source, or of what it was compiled from; empty for bytecode alone."""
        return self.program.source or self.program.written

    def meters(self) -> Sequence[Meter]:
        """Instructions against how many may be executed."""
        return (Meter("instructions", self.instructions, self.limit),)

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
        """A fast `get`; PlaceError at once if there can never be such a place."""
        return places.reader(self, place)

    def resolve(self, place: Place) -> Place:
        """The same place as effects name it."""
        return places.resolve(self, place)

    def text(self, value: Value) -> str:
        """A value in one line, as cells show it."""
        return views.text(value)

    def to_json(self, value: Value) -> Any:
        """A value as inputs and results have it in JSON."""
        return interchange.to_json(value)

    def from_json(self, value: Any) -> Value:
        """The value that JSON stands for; PlaceError for what is none."""
        return interchange.from_json(value)

    def functions(self) -> Mapping[str, str]:
        """What can be computed from values, by name."""
        return functions.FUNCTIONS

    def call(self, function: str, arguments: Sequence[Value]) -> Value:
        """Compute one of `functions`; PlaceError that says what is wrong with the arguments."""
        return functions.call(function, arguments)

    def views(self) -> Sequence[View]:
        """Registers, calls, globals, output, constants and counters."""
        return views.VIEWS

    def cells(self, view: str) -> Sequence[Cell]:
        """The values of one view."""
        return views.cells(self, view)

    def entries(self, name: str, start: int, count: int) -> Sequence[Cell]:
        """Some of the elements, keys or saved registers a cell shows; PlaceError if there is no such cell."""
        return entries.entries(self, name, start, count)

    def regions(self) -> Sequence[Region]:
        """The arrays of Ints in registers and globals."""
        return window.regions(self)

    def window(self, region: str, frame: Frame) -> Window:
        """Part of such an array; PlaceError if there is none of that name."""
        return window.window(self, region, frame)

    def reply(self, reply: Reply) -> None:
        """Programs of the Machine Dialect call no host."""
        raise TypeError("a program of the Machine Dialect never waits for its host")
