"""A machine on paper: places that hold what a test wrote there. It cannot run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from vm.contract import Line, Machine, Meter, Place, PlaceError, Span, Value
from vm.isa import Isa


class Opaque:
    """A value that nobody but its machine can look into."""

    def __init__(self, name: str, form: Any = None) -> None:
        self.name = name
        self.form = form


class Paper:
    """The part of `vm.contract.Machine` that expressions use. Registers are r0 to r9; `stack` is a list."""

    isa = Isa("paper", ())

    def __init__(self, places: Mapping[str, Value] = {}, stack: Sequence[int] = (), used: Sequence[str] = ()) -> None:
        self.places = dict(places)
        self.stack = list(stack)
        self.used = used
        self.tick, self.depth, self.pc = 1200, 2, 42
        self.looked: list[str] = []
        self.called: list[tuple[str, tuple[Value, ...]]] = []

    def knows(self, name: str) -> bool:
        return name in ("stack", "pc") or re.fullmatch(r"r\d", name) is not None

    def get(self, place: Place) -> Value:
        return self.reader(place)()

    def reader(self, place: Place) -> Callable[[], Value]:
        if place.path[:1] == ("never",):
            raise PlaceError(f"{place}: there is never such a part")

        def read() -> Value:
            self.looked.append(str(place))
            match place.name, place.path:
                case "pc", ():
                    return self.pc
                case "stack", ():
                    return tuple(self.stack)
                case "stack", ((int(at),),) if -len(self.stack) <= at < len(self.stack):
                    return self.stack[at]
                case "stack", (Span(start, count),) if 0 <= start <= len(self.stack):
                    return tuple(self.stack[start : start + count])
                case str(name), () if self.knows(name):
                    return self.places.get(name)
            if str(place) in self.places:
                return self.places[str(place)]
            raise PlaceError(f"{place}: there is no such element")

        return read

    def text(self, value: Value) -> str:
        if isinstance(value, Opaque):
            return value.name
        return "unset" if value is None else str(value)

    def to_json(self, value: Value) -> Any:
        if isinstance(value, Opaque):
            return value.form
        return list(value) if isinstance(value, tuple) else value

    def meters(self) -> Sequence[Meter]:
        return (Meter("fuel", 17, 100),)

    def code(self) -> Sequence[Line]:
        return (Line(0, 1, "NOP", "NOP", reads=frozenset(self.used)),)

    def functions(self) -> Mapping[str, str]:
        return {"twice": "twice(value)", "energy": "energy(model, sample)", "roll": "roll()"}

    def call(self, function: str, arguments: Sequence[Value]) -> Value:
        self.called.append((function, tuple(arguments)))
        if function == "roll":
            return 4
        if not isinstance(arguments[0], int):
            raise PlaceError(f"{function}: that is none")
        return arguments[0] * 2


def machine(paper: Paper) -> Machine:
    """The same, for those who are told types."""
    return cast(Machine, paper)
