"""Slices: exactly what matters in small programs; in random ones, inputs outside a slice never change the value."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.naive_history import NaiveHistory
from tests.support.programs import Generator
from tests.support.runs import program
from vm.contract import Effect, Place, PlaceError, Status
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program
from xqdbg.origins import Slice, slice_of

MOST_TICKS = 1_500


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
            if self.kind(value) == kind and (kind == "int" or len(getattr(value, "linear", value)) >= 5 or kind == "model"):
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


def value_at(machine: XqvmMachine, place: Place) -> object:
    """What a place holds; None if there is none."""
    try:
        return machine.get(place)
    except PlaceError:
        return None


def asked(effects: Sequence[Effect]) -> set[int]:
    """Numbers of the inputs that were read."""
    places = [read.place for effect in effects for read in effect.reads if read.place.name == "in"]
    return {place.path[0][0] for place in places if isinstance(place.path[0], tuple)}


@dataclass
class Tally:
    """What became of trials."""

    trials: int = 0
    """Slices whose value was looked at again with an input changed."""
    outside: int = 0
    """Of these: the input was outside the slice, and the value had to be the same."""
    changed: int = 0
    """Of these: the value or the way to it was another, and the input had to be in the slice."""
    faulted: int = 0
    """Changed runs that came to nothing, because they faulted before."""
    wrong: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """In one line."""
        return (
            f"{self.trials} slices tried: in {self.outside} the changed input was outside, in {self.changed} what it "
            f"changed was inside; {self.faulted} changed runs faulted before; {len(self.wrong)} wrong"
        )


class Trials:
    """One program and its run, and what becomes of it when inputs are changed."""

    def __init__(self, seed: int, tally: Tally) -> None:
        self.seed = seed
        self.tally = tally
        self.generator = Asking(seed)
        self.random = self.generator.random
        self.code, self.inputs = self.generator.program(), self.generator.inputs()
        self.history = NaiveHistory(started(self.code, self.inputs), most=MOST_TICKS)

    def run(self) -> None:
        """Look at some moments, and change an input that was read before each."""
        if not self.history.length:
            return
        for _ in range(4):
            last = self.random.random() < 0.3
            now = self.history.length if last else self.random.randint(1, self.history.length)
            slots = sorted(asked(self.history.seen[:now]))
            if slots:
                self.change(self.random.choice(slots), now)

    def change(self, slot: int, now: int) -> None:
        """Change an input, and compare what all places hold at a tick."""
        before = self.history.at(now)
        places = int_places(self.history, now)
        values = [value_at(before, place) for place in places]
        changed, pcs = self.changed(slot, now)
        if changed.status is Status.FAULTED and (changed.tick < now or self.history.effect(now - 1).fault is None):
            self.tally.faulted += 1
            return
        astray = pcs != [effect.pc for effect in self.history.seen[:now]]
        others = [p for p, value in zip(places, values, strict=True) if astray or value_at(changed, p) != value]
        for place in self.random.sample(others, min(len(others), 6)):
            self.judge(place, slot, now, other=True)
        same = [place for place in places if place not in others]
        for place in self.random.sample(same, min(len(same), 2)):
            self.judge(place, slot, now, other=False)

    def changed(self, slot: int, now: int) -> tuple[XqvmMachine, list[int]]:
        """The machine after as many ticks with another value in the slot, and the way it took."""
        calldata = list(self.inputs["calldata"])
        kind = self.generator.kind(calldata[slot])
        alike = self.generator.chance(0.8)
        calldata[slot] = self.generator.fitting(kind) if alike else self.generator.value()
        machine = started(self.code, {**self.inputs, "calldata": calldata})
        pcs: list[int] = []
        machine.run(now, None, lambda effect: pcs.append(effect.pc))
        return machine, pcs

    def judge(self, place: Place, slot: int, now: int, *, other: bool) -> None:
        """Take note whether the slice says so if the input changed the value."""
        found = slice_of(self.history, place, now)
        assert found is not None
        self.tally.trials += 1
        self.tally.changed += other
        self.tally.outside += slot not in found.inputs
        if other and slot not in found.inputs:
            self.tally.wrong.append(f"seed {self.seed}: {place} at {now} depends on in[{slot}]")


def tallied(first: int, wanted: int) -> Tally:
    """Trials on one program after the other, until so many slices have been tried."""
    tally, seed = Tally(), first
    while tally.trials < wanted:
        Trials(seed, tally).run()
        seed += 1
    return tally


if __name__ == "__main__":
    done = tallied(int(sys.argv[1]), int(sys.argv[2]))
    print("\n".join([done.text, *done.wrong[:20]]))
    sys.exit(bool(done.wrong))
