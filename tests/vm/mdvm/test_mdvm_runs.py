"""Whatever way a machine runs, block by block or step by step, watched or not: it goes through the same states."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.mdvm_programs import some_machine
from vm.contract import Effect, Machine, Place, Status, StopWhen, Trail
from vm.mdvm.assembler import assemble
from vm.mdvm.inputs import Inputs
from vm.mdvm.machine import MdvmMachine

SEEDS = st.integers(0, 1 << 30)
SETTINGS = settings(max_examples=100, deadline=None)
FOREVER = 1 << 60


def made(text: str, instructions: int = 100_000) -> MdvmMachine:
    return MdvmMachine(assemble(text), Inputs(instructions, 10_000))


def states(machine: MdvmMachine) -> list[str]:
    """The digest at each tick."""
    found = [machine.digest()]
    while machine.status is Status.READY:
        machine.run(1)
        found.append(machine.digest())
    return found


@pytest.mark.parametrize("seed", range(80))
def test_blocks_steps_and_observed_steps_agree(seed: int) -> None:
    stepped, whole, watched = (some_machine(seed) for _ in range(3))
    expected = states(stepped)[-1]
    whole.run()
    watched.run(FOREVER, None, lambda effect: None)
    assert (whole.digest(), watched.digest()) == (expected, expected)
    assert whole.reached() == watched.reached() == stepped.reached()


@given(SEEDS, st.sampled_from((0, 1, 7, 64, 100, 900)))
@SETTINGS
def test_the_limit_ends_a_run_at_the_exact_instruction(seed: int, limit: int) -> None:
    free, bound = some_machine(seed, 1 << 40), some_machine(seed, limit)
    free.run(limit)
    bound.run()
    if free.status is Status.READY:
        assert bound.fault is not None and bound.fault.identity == "InstructionLimit" and bound.fault.over_budget
        assert (bound.tick, bound.instructions, bound.pc) == (limit + 1, limit, free.pc)
    else:
        assert (bound.status, bound.tick, bound.pc) == (free.status, free.tick, free.pc)
    assert [id(value) for value in bound.regs] != [] and bound.output.text() == free.output.text()


@given(SEEDS, st.lists(st.integers(0, 300), max_size=12))
@SETTINGS
def test_a_trail_is_the_walk_and_budgets_are_exact(seed: int, budgets: list[int]) -> None:
    walk, machine = some_machine(seed), some_machine(seed)
    expected = []
    while walk.status is Status.READY:
        expected.append(walk.pc)
        walk.run(1)
    trail: Trail = []
    chance = random.Random(seed)
    for budget in [*budgets, FOREVER]:
        stop = chance.choice((None, StopWhen(work=40), StopWhen(depth=0), StopWhen(test=lambda m: m.tick % 7 == 0)))
        before = machine.tick
        got = machine.run(budget, stop, None, trail)
        assert [pc for run in trail for pc in run] == expected[: machine.tick]
        assert machine.tick - before <= budget and got.tick == machine.tick and got.pc == machine.pc
        if got.status is Status.BUDGET and stop is None:
            assert machine.tick - before == budget
    machine.run(FOREVER, StopWhen(frozenset(expected[-3:])), None, trail)
    while machine.status is Status.READY:
        machine.run(FOREVER, None, None, trail)
    assert [pc for run in trail for pc in run] == expected
    assert machine.digest() == walk.digest()


@given(SEEDS, st.integers(0, 5))
@SETTINGS
def test_stops_are_those_of_a_walk(seed: int, kind: int) -> None:
    chance, machine, naive = random.Random(seed), some_machine(seed), some_machine(seed)
    pcs = frozenset(chance.choices(range(machine.program.instructions + 1), k=3))
    asked: list[int] = []

    def test(seen: Machine) -> bool:
        asked.append(seen.tick)
        return seen.get(Place("r0")) is not None and seen.tick % 3 == 0

    stop = (StopWhen(pcs), StopWhen(pcs, test=test), StopWhen(test=test), StopWhen(depth=0), StopWhen(depth=1),
            StopWhen(pcs, depth=0))[kind]  # fmt: skip
    expected, found = [], []
    while naive.status is Status.READY:
        naive.run(1)
        if naive.status is Status.READY and stop.holds(naive):
            expected.append(naive.tick)
    walked = list(asked)
    asked.clear()
    while machine.status is Status.READY:
        if machine.run(FOREVER, stop).status is Status.PAUSED:
            found.append(machine.tick)
    assert found == expected and asked == walked
    assert machine.digest() == naive.digest()


@given(SEEDS, st.lists(st.integers(0, 2_000), min_size=1, max_size=6))
@SETTINGS
def test_to_go_somewhere_is_to_run_there_afresh(seed: int, ticks: list[int]) -> None:
    machine = some_machine(seed)
    kept = [machine.checkpoint()]
    for tick in ticks:
        machine.restore(max((each for each in kept if each.tick <= tick), key=lambda each: each.tick))
        machine.run(tick - machine.tick)
        fresh = some_machine(seed)
        fresh.run(tick)
        assert machine.digest() == fresh.digest()
        kept.append(machine.checkpoint())
    for each in kept:
        assert 0 <= each.weight <= each.size
        twin = machine.twin()
        twin.restore(each)
        before = twin.digest()
        twin.run()
        twin.restore(each)
        assert twin.digest() == before


@given(SEEDS)
@SETTINGS
def test_a_step_forth_and_back_changes_nothing(seed: int) -> None:
    machine = some_machine(seed, 300)
    while machine.status is Status.READY:
        before, here = machine.checkpoint(), machine.digest()
        machine.run(1)
        ahead = machine.checkpoint()
        there = machine.digest()
        machine.restore(before)
        assert machine.digest() == here
        machine.restore(ahead)
        assert machine.digest() == there


@given(SEEDS)
@SETTINGS
def test_a_tally_adds_up_what_effects_tell(seed: int) -> None:
    counted, watched, spent = some_machine(seed, 700), some_machine(seed, 700), dict[int, list[int]]()
    counted.tally(FOREVER, spent)
    count, cost = Counter[int](), Counter[int]()

    def note(effect: Effect) -> None:
        count[effect.pc] += 1
        cost[effect.pc] += dict(effect.costs)["instructions"]

    watched.run(FOREVER, None, note)
    assert spent == {pc: [count[pc], cost[pc]] for pc in count}


def test_an_attempt_is_one_instruction_or_nothing() -> None:
    machine = made("nop\nhalt\n")
    before = machine.digest()
    assert machine.attempt(0) is None and machine.digest() == before
    effect = machine.attempt(1)
    assert effect is not None and (effect.op, machine.tick) == ("nop", 1)
    machine.run()
    assert machine.attempt(1) is None


def test_a_run_of_work_gives_control_back() -> None:
    machine = made("here: jump here\n", 1 << 40)
    assert machine.run(FOREVER, StopWhen(work=100)).status is Status.BUDGET and machine.tick == 100
    assert machine.run(5).tick == 105 and machine.reached() == {0}
    spent: dict[int, list[int]] = {}
    assert machine.tally(FOREVER, spent, 7).tick == 112 and spent == {0: [7, 7]}


def test_the_same_loop_is_one_object_on_a_trail() -> None:
    text = "load_const r0, 500\nload_const r1, 1\nagain: sub r0, r0, r1\njump_if r0, again\nreturn r0\n"
    machine, trail = made(text), Trail()
    machine.run(FOREVER, None, None, trail)
    assert machine.tick == 1003 and len(trail) < 510 and len({id(run) for run in trail}) < 10


def test_checkpoints_of_another_program_or_machine_are_refused() -> None:
    machine = made("nop\n")
    with pytest.raises(ValueError, match="another program"):
        machine.restore(made("nop\nnop\n").checkpoint())
    with pytest.raises(TypeError, match="kind"):
        machine.restore(object())  # type: ignore[arg-type]


def test_what_a_checkpoint_holds_is_never_written() -> None:
    text = """
        load_const r0, 3
        new_array r1, r0
        load_const r2, 0
        dict_new r3
        load_const r4, "k"
again:  array_set r1, r2, r0
        dict_set r3, r4, r1
        store_global r3, "g"
        print r0
        jump again
    """
    machine = made(text, 200)
    kept, digests = [], []
    while machine.status is Status.READY:
        kept.append(machine.checkpoint())
        digests.append(machine.digest())
        machine.run(3)
    for checkpoint, digest in zip(kept, digests, strict=True):
        machine.restore(checkpoint)
        assert machine.digest() == digest


def test_output_parts_where_runs_part() -> None:
    machine = made('load_const r0, "a"\nprint r0\nprint r0\nhalt\n')
    machine.run(2)
    here = machine.checkpoint()
    machine.run()
    assert machine.output.text() == "a\na\n"
    ended = machine.checkpoint()
    machine.restore(here)
    machine.set(Place("r0"), "b")
    machine.run()
    assert machine.output.text() == "a\nb\n"
    machine.restore(ended)
    assert machine.output.text() == "a\na\n" and machine.output[-1] == "a"


def test_scratch_has_the_values_and_calls_of_this_one() -> None:
    machine = made('.func "f" f\nload_const r0, "f"\nstore_global r0, "g"\ncall r1, r0\nhalt\nf: nop\nreturn r0\n')
    machine.run(3)
    before = machine.digest()
    scratch = machine.scratch(assemble('load_global r5, "g"\nreturn r5\n'))
    assert (scratch.pc, scratch.depth, scratch.tick, scratch.limit) == (0, 1, 0, machine.limit - 3)
    scratch.run(1)
    assert scratch.get(Place("r5")) == "f" and machine.digest() == before


def test_tags_survive_checkpoints_whoever_set_them() -> None:
    machine = made("load_const r5, 1\ncheck_type r1, r5, string\nmove r5, r5\ncheck_type r2, r5, string\n")
    machine.run(1)
    machine.set(Place("tag", ((5,),)), "string")
    kept = machine.checkpoint()
    twin = machine.twin()
    twin.restore(kept)
    for each in (machine, twin):
        each.run()
        assert each.regs[1:3] == [True, False] and not each.tags
    assert machine.digest() == twin.digest()
