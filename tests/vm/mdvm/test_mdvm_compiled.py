"""The compiled engine and the interpreter go through the same states, and each can go on where the other has stopped."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.mdvm_lively import LivelyProgram
from tests.support.mdvm_programs import RandomProgram, shipped
from vm.contract import Machine, Place, Status, StopWhen
from vm.mdvm import engine
from vm.mdvm.assembler import assemble
from vm.mdvm.compiled import driver
from vm.mdvm.engines import AUTOMATIC, COMPILED, INTERPRETER
from vm.mdvm.inputs import Inputs
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.program import Program

FOREVER = 1 << 60


def pair(program: Program, instructions: int = 100_000, name: str = COMPILED) -> tuple[MdvmMachine, MdvmMachine]:
    """The same program on both engines."""
    inputs = Inputs(instructions, 20_000)
    return MdvmMachine(program, inputs, INTERPRETER), MdvmMachine(program, inputs, name)


def some_program(seed: int) -> Program:
    """A random program, or one that ships."""
    if seed % 4:
        return RandomProgram(seed, extended=seed % 8 == 2).program()
    programs = list(shipped().values())
    return programs[seed // 4 % len(programs)]


def compiled_ticks(machine: MdvmMachine) -> int:
    """How many instructions compiled code has executed."""
    return machine._driver.executed if machine._driver is not None else 0


def assert_alike(one: MdvmMachine, other: MdvmMachine) -> None:
    assert (one.tick, one.pc, one.status, one.fault) == (other.tick, other.pc, other.status, other.fault)
    assert one.digest() == other.digest()
    assert one.reached() == other.reached()


def some_stop(chance: random.Random, length: int) -> StopWhen | None:
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


@pytest.mark.parametrize("seed", range(160))
def test_any_way_through_any_program(seed: int) -> None:
    one, other = pair(some_program(seed), 3_000)
    travel(one, other, random.Random(seed))


@pytest.mark.parametrize("seed", range(120))
def test_whole_runs_agree(seed: int) -> None:
    one, other = pair(some_program(seed), 3_000)
    assert one.run() == other.run()
    assert_alike(one, other)


@pytest.mark.parametrize("seed", range(30))
def test_any_way_through_lively_programs(seed: int) -> None:
    one, other = pair(LivelyProgram(seed).program(), 5_000)
    travel(one, other, random.Random(seed))


@pytest.mark.parametrize("seed", range(50))
def test_whole_runs_of_lively_programs_agree(seed: int) -> None:
    one, other = pair(LivelyProgram(seed).program(), 30_000)
    assert one.run() == other.run()
    assert_alike(one, other)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs at all is taken to run for long."""
    monkeypatch.setattr(engine, "_WARM", 40)
    monkeypatch.setattr(driver, "_SLICE", 20)
    monkeypatch.setattr(driver, "_LEAST", 5)
    monkeypatch.setattr(driver, "_SHARE", 1e9)
    monkeypatch.setattr(driver, "_SETTLED", 300)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("seed", range(40))
def test_what_is_compiled_when_it_pays_agrees(seed: int) -> None:
    program = LivelyProgram(seed).program() if seed % 2 else some_program(seed * 2)
    one, other = pair(program, 2_000, AUTOMATIC)
    travel(one, other, random.Random(seed))
