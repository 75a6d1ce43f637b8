"""Random states in which an opcode is about to run, most of them good ones."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.support.reference_values import NaiveModel, NaiveSample, NaiveValue
from tests.support.runs import host
from tests.support.situations import OPEN, ROWS, VALUES, Situation, ordinary
from vm.contract import Place, StopWhen
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program

SMALL = (0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 1, 2, 6, 7, -1, -2, -3)
"""Values that are often indices."""
WIDE = (1 << 62, -(1 << 62), (1 << 63) - 1, -(1 << 63), 63, 64)


class States:
    """Makes states of one opcode: the same program, and other values each time."""

    def __init__(self, name: str, seed: int) -> None:
        self.random = random.Random(f"{name} {seed}")
        self.row = ROWS[name]
        self.situation: Situation = ordinary(name)
        program = self.situation.prepared()
        self.pc = len(program)
        calldata = [host(value) for value in self.situation.calldata()]
        self.machine = XqvmMachine(
            Program(self.situation.code()), calldata=calldata, output_slots=3, step_limit=10_000, memory_limit=1 << 40
        )
        self.machine.run(1_000, StopWhen(frozenset({self.pc})))
        assert self.machine.pc == self.pc
        self.ready = self.machine.checkpoint()

    def each(self, count: int) -> Iterator[XqvmMachine]:
        """The machine, before the opcode, in one state after another."""
        for _ in range(count):
            self.machine.restore(self.ready)
            self._vary()
            yield self.machine

    def _vary(self) -> None:
        machine, pick = self.machine, self.random
        for depth, choices in enumerate(self.row.pops, 1):
            value = choices[0] if pick.random() < 0.2 else pick.choice(SMALL)
            if pick.random() < 0.1:
                value = pick.choice((*choices, *WIDE))
            machine.set(Place("stack", ((-depth,),)), value)
        for register, kinds in zip(self.situation.operands, self.row.registers, strict=False):
            key = kinds[0] if pick.random() < 0.9 else pick.choice([kind for kind in kinds if kind != "vecx"])
            held = self._random_value(VALUES[key])
            machine.set(Place(f"r{register}"), None if held is None else host(held))
        if self.situation.before == OPEN:
            machine.set(Place("loop", ((0,), "index")), pick.randint(-3, 5))

    def _random_value(self, like: NaiveValue) -> NaiveValue:
        pick = self.random
        match like:
            case NaiveModel(domain, k, size) if size < 100:
                return self._random_model(domain, k)
            case NaiveSample():
                rows, cols = self._grid()
                members = (-1, 1) if like.domain == "spin" else range(like.k or 2)
                values = [pick.choice(members) for _ in range(pick.randint(max(1, rows * cols), 8))]
                return NaiveSample(like.domain, like.k, values, rows, cols)
            case list():
                return [pick.choice(SMALL) for _ in range(len(like) + pick.choice((0, 0, 0, 0, 0, 0, 1, 3)))]
            case int():
                return pick.choice(SMALL + WIDE)
        return like

    def _random_model(self, domain: str, k: int | None) -> NaiveModel:
        pick = self.random
        rows, cols = self._grid()
        size = pick.randint(max(1, rows * cols), 8)
        linear = {i: value for i in range(size) if (value := pick.choice(SMALL))}
        pairs = {(i, j): value for i in range(size) for j in range(i, size) if (value := pick.choice((0, *SMALL)))}
        if pick.random() < 0.1:
            linear[0] = pairs[0, size - 1] = pick.choice(WIDE)
        return NaiveModel(domain, k, size, rows, cols, linear, pairs)

    def _grid(self) -> tuple[int, int]:
        return self.random.choice(((0, 0), (2, 3), (3, 2), (2, 3), (1, 5), (2, 2)))
