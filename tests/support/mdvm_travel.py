"""Both engines of the Machine Dialect on the same way through a program."""

from __future__ import annotations

import random
from typing import Any

from vm.contract import Place, Status, StopWhen
from vm.mdvm.engines import COMPILED, INTERPRETER
from vm.mdvm.inputs import Inputs
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.program import Program

FOREVER = 1 << 60


def pair(program: Program, instructions: int = 100_000, name: str = COMPILED) -> tuple[MdvmMachine, MdvmMachine]:
    """The same program on both engines."""
    inputs = Inputs(instructions, 20_000)
    return MdvmMachine(program, inputs, INTERPRETER), MdvmMachine(program, inputs, name)


def compiled_ticks(machine: MdvmMachine) -> int:
    """How many instructions compiled code has executed."""
    return machine._driver.executed if machine._driver is not None else 0


def assert_alike(one: MdvmMachine, other: MdvmMachine) -> None:
    """Both stand at the same instruction of the same run, in the same state."""
    assert (one.tick, one.pc, one.status, one.fault) == (other.tick, other.pc, other.status, other.fault)
    assert one.digest() == other.digest()
    assert one.reached() == other.reached()


def some_stop(chance: random.Random, length: int) -> StopWhen | None:
    """Where a run through so many instructions stops; None for nowhere."""
    pcs = frozenset(chance.choices(range(length + 1), k=chance.randint(1, 3)))
    kinds = (
        None, None, None, StopWhen(pcs), StopWhen(depth=chance.randint(0, 2)), StopWhen(pcs, depth=0),
        StopWhen(work=50), StopWhen(pcs, test=lambda machine: machine.get(Place("r0")) != 1 and machine.tick % 3 == 0),
    )  # fmt: skip
    return chance.choice(kinds)


def travel(one: MdvmMachine, other: MdvmMachine, chance: random.Random) -> None:
    """Run both by random budgets and stops, and back to checkpoints of either."""
    kept: list[tuple[Any, Any]] = []
    for _ in range(60):
        if one.status is not Status.READY:
            if not kept or chance.random() < 0.3:
                return
            theirs = chance.choice(kept)
            one.restore(theirs[0])
            other.restore(chance.choice(theirs))
        budget, stop = chance.choice((1, 5, 50, 300, 1000, FOREVER)), some_stop(chance, one.program.instructions)
        assert one.run(budget, stop) == other.run(budget, stop)
        assert_alike(one, other)
        if chance.random() < 0.3:
            kept.append((one.checkpoint(), other.checkpoint()))
