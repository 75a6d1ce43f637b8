"""Random programs that look at their inputs everywhere, and what can be asked of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.support.naive_history import NaiveHistory
from tests.support.programs import Generator
from vm.contract import Effect, Machine, Place, PlaceError
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import Model
from vm.xqvm.program import Program

ROLES = {"int": (0, 1, 7), "vec": (2, 3), "model": (4, 5), "sample": (6,)}
"""Registers by the kind of value that is always in them, so that programs get far."""


class Asking(Generator):
    """Programs that look at their inputs everywhere: as operands, indices, counts and conditions."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.wild = self.random.choice((0.0, 0.0, 0.0, 0.003))
        kinds = self.random.choices(("int", "vec", "model", "sample"), (8, 3, 1, 1), k=8)
        self.calldata = [self.fitting(kind) for kind in kinds]

    def fitting(self, kind: str) -> Any:
        """A value of a kind, mostly fit to be used as an index, a count, or where an element is looked for."""
        if kind == "int":
            return self.random.randint(0, 4) if self.chance(0.95) else self.number()
        while True:
            value = self.value()
            if self.kind(value) == kind and (isinstance(value, Model) or len(value) >= 5):
                return value

    def program(self) -> bytes:
        self.targets: list[int] = []
        for kind, registers in ROLES.items():
            for reg in registers:
                self.fill(kind, reg)
        return super().program()

    def fill(self, kind: str, reg: int) -> None:
        """Put something of a kind into a register."""
        slots = [n for n, value in enumerate(self.calldata) if self.kind(value) == kind]
        if slots and self.chance(0.5):
            self.push(self.random.choice(slots))
            self.emit("INPUT", reg)
        elif kind == "int":
            self.push(self.random.randint(0, 4))
            self.emit("STOW", reg)
        elif kind == "vec":
            self.emit("VEC", reg)
            for _ in range(self.random.randint(5, 6)):
                self.element()
                self.emit("VECPUSH", reg)
        else:
            self.ask() if self.chance(0.3) else self.push(2)
            self.push(6)
            self.emit("ADD")
            self.emit("BQMX" if kind == "model" else "BSMX", reg)
            self.push(2)
            self.push(3)
            self.emit("RESIZE", reg)

    def element(self) -> None:
        """Push an element of a vector, which may become an index."""
        self.ask() if self.chance(0.4) else self.push(self.random.randint(0, 4))

    def register(self, kind: str) -> int:
        if self.chance(self.wild):
            return self.random.randrange(8)
        reg = self.random.choice(ROLES[kind])
        if self.chance(0.06):
            self.fill(kind, reg)
        return reg

    def sink(self) -> None:
        if self.chance(0.6):
            self.emit("STOW", self.random.choice(ROLES["int"][:2]))
        elif self.chance(0.5):
            self.emit("POP")

    def host(self) -> None:
        kind = self.random.choice(tuple(ROLES))
        if self.chance(0.3):
            self.index()
            self.emit("OUTPUT", self.random.choice(ROLES[kind]))
        else:
            self.fill(kind, self.random.choice(ROLES[kind]))

    def misc(self) -> None:
        if self.loops:
            self.emit(self.random.choice(("LVAL", "LIDX")), self.random.choice(ROLES["int"][:2]))
        else:
            self.stack()

    def grid(self) -> None:
        reg = self.register(self.random.choice(("model", "sample")))
        if self.chance(0.3):
            self.ask() if self.chance(0.2) else self.push(2)
            self.push(self.random.randint(1, 3))
            self.emit("RESIZE", reg)
        name = self.random.choice(("ROWFIND", "COLFIND", "ROWSUM", "COLSUM"))
        self.push(0)
        if name.endswith("FIND"):
            self.push(self.random.randint(-1, 2))
        self.emit(name, reg)
        self.sink()

    def weighted(self, name: str, model: int) -> None:
        indices = self.register("vec")
        coeffs = indices if name != "ATLEAST" and self.chance(0.6) else self.register("vec")
        self.ask() if self.chance(0.5) else self.push(self.random.randint(1, 3))
        self.operand()
        self.emit(name, *((model, indices) if name == "ATLEAST" else (model, indices, coeffs)))

    def ask(self) -> None:
        """Push an integer input."""
        slots = [n for n, value in enumerate(self.calldata) if isinstance(value, int)]
        if not slots:
            self.push(1)
            return
        self.push(self.random.choice(slots))
        self.emit("INPUT", 8)
        self.emit("LOAD", 8)

    def operand(self) -> None:
        choice = self.random.random()
        if choice < 0.3:
            self.ask()
        elif choice < 0.6:
            self.emit("LOAD", self.random.choice(ROLES["int"][:2]))
        else:
            super().operand()

    def index(self) -> None:
        self.ask() if self.chance(0.3) else super().index()


def started(code: bytes, inputs: dict[str, Any]) -> XqvmMachine:
    """A machine at the start."""
    return XqvmMachine(Program(code), **inputs)


def int_places(history: NaiveHistory, now: int) -> list[Place]:
    """Places that hold an integer, or a part of something, at a tick: all that were written, and those around them."""
    machine = history.at(now)
    written = {write.place for effect in history.seen[:now] for write in effect.writes}
    found = {place for place in written if place.name not in ("pc",)}
    for place in written:
        if place.name.startswith("r") and not place.path:
            found |= {Place(place.name, (part,)) for part in ("length", "size", "rows", "cols")}
            found |= {Place(place.name, ((n,),)) for n in range(4)}
            found |= {Place(place.name, ("linear", (n,))) for n in range(4)}
            found |= {Place(place.name, ("quad", (n, n + 1))) for n in range(3)}
    return sorted((place for place in found if isinstance(value_at(machine, place), int)), key=str)


def value_at(machine: Machine, place: Place) -> object:
    """What a place holds; None if there is none."""
    try:
        return machine.get(place)
    except PlaceError:
        return None


def asked(effects: Sequence[Effect]) -> set[int]:
    """Numbers of the inputs that were read."""
    places = [read.place for effect in effects for read in effect.reads if read.place.name == "in"]
    return {place.path[0][0] for place in places if isinstance(place.path[0], tuple)}
