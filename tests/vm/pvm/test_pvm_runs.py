"""Whatever way a PVM runs, block by block or step by step, watched or not: it goes through the same states."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.pvm_programs import RandomProgram, Writer
from vm.contract import Effect, Machine, Place, Status, StopWhen, Trail
from vm.pvm import blocks
from vm.pvm.blob import Blob
from vm.pvm.inputs import from_json
from vm.pvm.isa import ISA
from vm.pvm.machine import PvmMachine
from vm.pvm.program import Program

SEEDS = st.integers(0, 1 << 40)
GAS = st.sampled_from((0, 1, 7, 100, 100_000))
SETTINGS = settings(max_examples=120, deadline=None)


def states(machine: PvmMachine) -> list[str]:
    """The digest at each tick."""
    found = [machine.digest()]
    while machine.status is Status.READY:
        machine.run(1)
        found.append(machine.digest())
    return found


@pytest.fixture(params=[1, 3, 64], ids=lambda often: f"compiled-after-{often}")
def often(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How soon blocks are compiled."""
    monkeypatch.setattr(blocks, "OFTEN", request.param)
    return int(request.param)


@pytest.mark.parametrize("seed", range(60))
def test_blocks_steps_and_observed_steps_agree(seed: int, often: int) -> None:
    for wild in (False, True):
        program = RandomProgram(seed, wild=wild)
        expected = states(program.machine(20_000))[-1]
        whole, watched = program.machine(20_000), program.machine(20_000)
        whole.run()
        watched.run(1 << 60, None, lambda effect: None)
        assert (whole.digest(), watched.digest()) == (expected, expected)
        assert whole.reached() == watched.reached()


@given(SEEDS, GAS, st.booleans())
@SETTINGS
def test_gas_ends_a_run_at_the_exact_instruction(seed: int, gas: int, wild: bool) -> None:
    free, bound = RandomProgram(seed, wild=wild).machine(1 << 40), RandomProgram(seed, wild=wild).machine(gas)
    free.run(gas)
    bound.run()
    if free.status is Status.READY:
        assert (bound.fault and bound.fault.identity, bound.gas, bound.tick) == ("OutOfGas", -1, gas + 1)
        assert (bound.regs, bound.pc) == (free.regs, free.pc)
    else:
        assert (bound.status, bound.tick, bound.gas) == (free.status, free.tick, gas - free.tick)


@given(SEEDS, st.lists(st.integers(0, 300), max_size=12), st.booleans())
@SETTINGS
def test_a_trail_is_the_walk_and_budgets_are_exact(seed: int, budgets: list[int], wild: bool) -> None:
    walk, machine = RandomProgram(seed, wild=wild).machine(3_000), RandomProgram(seed, wild=wild).machine(3_000)
    expected = []
    while walk.status is Status.READY:
        expected.append(walk.pc)
        walk.run(1)
    trail: Trail = []
    chance = random.Random(seed)
    for budget in [*budgets, 1 << 60]:
        stop = chance.choice((None, StopWhen(work=40), StopWhen(depth=0), StopWhen(test=lambda m: m.tick % 7 == 0)))
        before = machine.tick
        got = machine.run(budget, stop, None, trail)
        assert [pc for run in trail for pc in run] == expected[: machine.tick]
        assert machine.tick - before <= budget
        if got.status is Status.BUDGET and stop is None:
            assert machine.tick - before == budget
    machine.run(1 << 60, StopWhen(frozenset(expected[-3:])), None, trail)
    while machine.status is Status.READY:
        machine.run(1 << 60, None, None, trail)
    assert [pc for run in trail for pc in run] == expected
    assert machine.digest() == walk.digest()


@given(SEEDS, st.booleans(), st.integers(0, 5))
@SETTINGS
def test_stops_are_those_of_a_walk(seed: int, wild: bool, kind: int) -> None:
    program = RandomProgram(seed, wild=wild)
    chance = random.Random(seed)
    pcs = frozenset(chance.choices(program.program.starts, k=3))
    asked: list[int] = []

    def test(machine: Machine) -> bool:
        asked.append(machine.tick)
        return machine.get(Place("a0")) != 0 and machine.tick % 3 == 0

    stop = (StopWhen(pcs), StopWhen(pcs, test=test), StopWhen(test=test), StopWhen(depth=0), StopWhen(depth=1),
            StopWhen(pcs, depth=0))[kind]  # fmt: skip
    naive, expected = program.machine(2_000), []
    while naive.status is Status.READY:
        naive.run(1)
        if naive.status is Status.READY and stop.holds(naive):
            expected.append(naive.tick)
    walked = list(asked)
    asked.clear()
    machine, found = program.machine(2_000), []
    while machine.status is Status.READY:
        if machine.run(1 << 60, stop).status is Status.PAUSED:
            found.append(machine.tick)
    assert found == expected
    assert asked == walked
    assert machine.digest() == naive.digest()


@given(SEEDS, st.booleans(), st.lists(st.integers(0, 2_000), min_size=1, max_size=6))
@SETTINGS
def test_to_go_somewhere_is_to_run_there_afresh(seed: int, wild: bool, ticks: list[int]) -> None:
    program = RandomProgram(seed, wild=wild)
    machine = program.machine(5_000)
    kept = [machine.checkpoint()]
    for tick in ticks:
        base = max((each for each in kept if each.tick <= tick), key=lambda each: each.tick)
        machine.restore(base)
        machine.run(tick - machine.tick)
        fresh = program.machine(5_000)
        fresh.run(tick)
        assert machine.digest() == fresh.digest()
        kept.append(machine.checkpoint())
    for each in kept:
        twin = machine.twin()
        twin.restore(each)
        before = twin.digest()
        twin.run()
        twin.restore(each)
        assert twin.digest() == before


@given(SEEDS, st.booleans())
@SETTINGS
def test_a_tally_adds_up_what_effects_tell(seed: int, wild: bool) -> None:
    program = RandomProgram(seed, wild=wild)
    counted, spent = program.machine(700), dict[int, list[int]]()
    counted.tally(1 << 60, spent)
    watched, count, gas = program.machine(700), Counter[int](), Counter[int]()

    def note(effect: Effect) -> None:
        count[effect.pc] += 1
        gas[effect.pc] += dict(effect.costs)["gas"]

    watched.run(1 << 60, None, note)
    assert spent == {pc: [count[pc], gas[pc]] for pc in count}


def garbage(seed: int) -> PvmMachine:
    """A machine with octets for a program that mean nothing, in a memory with holes."""
    chance = random.Random(seed)
    size = chance.randint(0, 200)
    codes = [*(op.code for op in ISA), 255, 2]
    code = bytes(chance.choice(codes) if chance.random() < 0.5 else chance.getrandbits(8) for _ in range(size))
    marks = bytes(chance.random() < 0.4 for _ in range(size))
    table = tuple(chance.randrange(size + 3) for _ in range(chance.randint(0, 6)))
    pages = [{"address": chance.choice((1, 2, 5, 0xFFFFF)) << 16 & 0xFFFFF000 or 0x10000, "length": 0x1000,
              "writable": chance.random() < 0.7} for _ in range(3)]  # fmt: skip
    pick = (0, 2, 4, 0x10000, 0x20000, 0x20FFC, 0x50000, 0xFFFF0000, (1 << 64) - 1, chance.getrandbits(64))
    given = {"pages": pages, "registers": [chance.choice(pick) for _ in range(13)], "gas": 500, "heap": 0x21000}
    return PvmMachine(Program(Blob(code, marks, table, 1)), from_json({**given, "host": {"0": {"a0": 1, "charge": 3}}}))


@pytest.mark.parametrize("seed", range(400))
def test_octets_that_mean_nothing_run_the_same_in_every_way(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "OFTEN", 1 + seed % 3)
    expected = states(garbage(seed))
    whole, watched, halfway = garbage(seed), garbage(seed), garbage(seed)
    whole.run()
    watched.run(1 << 60, None, lambda effect: None)
    halfway.run(len(expected) // 2)
    assert halfway.digest() == expected[min(len(expected) - 1, len(expected) // 2)]
    assert (whole.digest(), watched.digest()) == (expected[-1], expected[-1])
    for view in whole.views():
        whole.cells(view.id)
    assert whole.status is not Status.READY and len(whole.code()) >= 0


def test_an_attempt_is_one_instruction_or_nothing() -> None:
    machine = RandomProgram(1, wild=False).machine(100)
    before = machine.digest()
    assert machine.attempt(0) is None and machine.digest() == before
    effect = machine.attempt(1)
    assert effect is not None and machine.tick == 1
    machine.run()
    assert machine.attempt(1) is None


def test_the_same_loop_is_one_object_on_a_trail() -> None:
    writer = Writer()
    writer.put("load_imm", 2, 500)
    writer.put("fallthrough")
    writer.label("again")
    writer.put("add_imm_64", 2, 2, -1)
    writer.put("branch_ne_imm", 2, 0, "again")
    writer.put("trap")
    machine, trail = PvmMachine(writer.program()), Trail()
    machine.run(1 << 60, None, None, trail)
    assert machine.tick == 1003 and len(trail) < 510 and len({id(run) for run in trail}) < 10


def test_a_run_of_work_gives_control_back() -> None:
    writer = Writer()
    writer.label("here")
    writer.put("jump", "here")
    machine = PvmMachine(writer.program(), from_json({"gas": 1 << 63}))
    assert machine.run(1 << 60, StopWhen(work=100)).status is Status.BUDGET
    assert machine.tick == 100
    assert machine.run(5).tick == 105
    assert machine.reached() == {0}
