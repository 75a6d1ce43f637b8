"""The PVM as the contract and the public API have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vm.contract import (
    HOST_REPLY,
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
    Status,
    Value,
    View,
    Window,
)
from vm.pvm import edits, entries, functions, places, views, window
from vm.pvm.calls import outward
from vm.pvm.engine import Engine
from vm.pvm.isa import ISA
from vm.pvm.program import Program
from vm.toolchain import Program as AnyProgram


class PvmMachine(Engine):
    """One PVM with a program loaded, at tick 0; InputError for inputs that do not fit the program."""

    isa = ISA
    shapes = frozenset({Shape.MEMORY})
    room = Room.MOST

    def twin(self) -> PvmMachine:
        """Another machine with the same program, inputs and limits, at tick 0."""
        inputs = replace(self.inputs, gas=self.gas_limit, memory_limit=self.memory.limit)
        return PvmMachine(self.program, inputs, self.decoded, self.engine)

    def scratch(self, program: AnyProgram) -> PvmMachine:
        """A machine with the values and open calls of this one, at the first instruction of another program."""
        if not isinstance(program, Program):
            raise TypeError("not a PVM program")
        scratch = PvmMachine(program, engine=self.engine)
        start = replace(
            self.checkpoint(), program=program, tick=0, pc=program.entry, refused=0, status=Status.READY, fault=None
        )
        scratch.restore(start)
        return scratch

    # What a debugger looks at

    def nests(self) -> Sequence[Nest]:
        """The open calls, outermost first, as far as they can be told."""
        return tuple(Nest("call", call.entry) for call in outward(self.calls))[::-1]

    def code(self) -> Sequence[Line]:
        """Every instruction in address order."""
        return self.program.lines()

    def source(self) -> Sequence[str]:
        """The lines of the source, empty for bytecode."""
        return self.program.source

    def meters(self) -> Sequence[Meter]:
        """Gas against what was given."""
        return (Meter("gas", self.gas_used, self.gas_limit),)

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
        return places.resolve(place)

    def text(self, value: Value) -> str:
        """A value in one line, as cells show it."""
        return views.text(value)

    def to_json(self, value: Value) -> Any:
        """A value as inputs and results have it in JSON: a number, or a list of octets."""
        if value is None or isinstance(value, int):
            return value
        return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)

    def from_json(self, value: Any) -> Value:
        """The value that JSON stands for; PlaceError for what is none."""
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, list) and all(type(each) is int and 0 <= each <= 255 for each in value):
            return tuple(value)
        raise PlaceError("the value must be an integer or a list of octets")

    def functions(self) -> Mapping[str, str]:
        """What can be computed from values, by name."""
        return functions.FUNCTIONS

    def call(self, function: str, arguments: Sequence[Value]) -> Value:
        """Compute one of `functions`; PlaceError that says what is wrong with the arguments."""
        return functions.call(function, arguments)

    def views(self) -> Sequence[View]:
        """Registers, counters, calls, pages, host calls and output."""
        return views.VIEWS

    def cells(self, view: str) -> Sequence[Cell]:
        """The values of one view."""
        return views.cells(self, view)

    def entries(self, name: str, start: int, count: int) -> Sequence[Cell]:
        """Some of the octets a cell shows; PlaceError if there is no such cell."""
        return entries.entries(self, name, start, count)

    def regions(self) -> Sequence[Region]:
        """The mapped areas of memory."""
        return window.regions(self.memory)

    def window(self, region: str, frame: Frame) -> Window:
        """Part of an area; PlaceError if there is none of that name."""
        return window.window(self.memory, region, frame)

    # The host

    def reply(self, reply: Reply) -> None:
        """Answer the host call the machine waits at: put values into places, then it stands behind the call.

        PlaceError if it waits for nothing, or a value cannot be put where it should be; then nothing has changed.
        `gas` in a reply is what is left, so the host charges for the call by it.
        """
        if self.status is not Status.HOST:
            raise PlaceError("the program does not wait for its host")
        before = self.checkpoint()
        try:
            for place, value in (*reply.writes, (HOST_REPLY, 1)):
                if place.name == "pc":
                    raise PlaceError("a host goes on behind its call: pc cannot be a part of its reply")
                edits.put(self, place, value)
        except PlaceError:
            self.restore(before)
            raise
