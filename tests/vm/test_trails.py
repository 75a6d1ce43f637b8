"""Trails, and tests at places: whatever way the machine runs, they are those of a walk."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from vm.contract import Effect, Machine, Place, PlaceError, Status, StopWhen, Trail
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program

SEEDS = st.integers(0, 1 << 40)
BUDGETS = st.lists(st.one_of(st.integers(0, 3), st.integers(0, 300)), max_size=12)


def build(seed: int) -> XqvmMachine:
    generator = Generator(seed)
    program = Program(generator.program())
    return XqvmMachine(program, **generator.inputs())


def walked(machine: XqvmMachine) -> list[int]:
    """The address of each instruction of the run."""
    found = []
    while not machine.status.ended:
        found.append(machine.pc)
        machine.run(1)
    return found


def addresses(trail: Trail) -> list[int]:
    return [pc for run in trail for pc in run]


@given(SEEDS, BUDGETS)
@settings(max_examples=200, deadline=None)
def test_a_trail_is_the_walk(seed: int, budgets: list[int]) -> None:
    expected = walked(build(seed))
    machine, trail = build(seed), list[tuple[int, ...]]()
    chance = random.Random(seed)
    stops = [None, StopWhen(frozenset(chance.choices(expected or [0], k=3))), StopWhen(depth=1), StopWhen(work=40),
             StopWhen(test=lambda m: m.tick % 7 == 0)]  # fmt: skip
    for budget in [*budgets, 1 << 60]:
        machine.run(budget, chance.choice(stops), chance.choice((None, None, len_of)), trail)
        assert addresses(trail) == expected[: machine.tick]
    while not machine.status.ended:
        machine.run(1 << 60, StopWhen(frozenset({3})), None, trail)
    assert addresses(trail) == expected
    assert len(expected) == machine.tick


def len_of(effect: Effect) -> None:
    """An observer."""


def test_rounds_of_a_loop_share_their_trail() -> None:
    machine = XqvmMachine(assemble("PUSH 0\nPUSH 500\nRANGE\nLVAL r0\nPUSH 1\nPOP\nNEXT"))
    trail: Trail = []
    machine.run(1 << 60, None, None, trail)
    assert machine.tick == 2003
    assert len({id(run) for run in trail}) < 10
    assert len(trail) < 510


def test_the_refused_attempt_is_on_the_trail() -> None:
    machine = XqvmMachine(assemble("PUSH 1\nPUSH 2\nADD"), step_limit=2)
    trail: Trail = []
    machine.run(1 << 60, None, None, trail)
    assert (addresses(trail), machine.tick, machine.status) == ([0, 2, 4], 3, Status.FAULTED)


class Question:
    """A test that notes when it was asked and says yes now and then."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.asked: list[tuple[int, int, int, int, int]] = []

    def __call__(self, machine: Machine) -> bool:
        used = [meter.used for meter in machine.meters()]
        self.asked.append((machine.tick, machine.pc, machine.depth, *used))  # type: ignore[arg-type]
        assert machine.status is Status.READY
        return self.says(machine.tick)

    def says(self, tick: int) -> bool:
        return random.Random(self._seed ^ tick).random() < 0.1


@given(SEEDS, BUDGETS, st.integers(0, 4), st.integers(-1, 1))
@settings(max_examples=200, deadline=None)
def test_a_test_is_asked_once_at_each_of_its_places(seed: int, budgets: list[int], some: int, depth: int) -> None:
    walker, states = build(seed), list[tuple[int, int, int, int, int]]()
    while not walker.status.ended:
        walker.run(1)
        used = [meter.used for meter in walker.meters()]
        states.append((walker.tick, walker.pc, walker.depth, *used))  # type: ignore[arg-type]
    ends = walker.tick
    pcs = frozenset(random.Random(seed).choices([state[1] for state in states] or [0], k=some))
    met = [state for state in states if state[0] < ends and (not pcs or state[1] in pcs)]
    question, machine = Question(seed), build(seed)
    stops = []
    for budget in [*budgets, *[1 << 60] * (ends + 2)]:
        stop = machine.run(budget, StopWhen(pcs, depth, question))
        if stop.status is Status.PAUSED:
            stops.append(stop.tick)
    assert question.asked == [state for state in met if state[2] > depth]
    deep = [state[0] for state in states if state[0] < ends and state[2] <= depth]
    assert stops == sorted({*deep, *(state[0] for state in met if question.says(state[0]))})
    assert machine.digest() == walker.digest()


@pytest.mark.parametrize("rounds", [1, 900])
def test_a_test_is_not_asked_where_the_run_ends(rounds: int) -> None:
    machine = XqvmMachine(assemble(f"PUSH 0\nPUSH {rounds}\nRANGE\nLVAL r0\nNEXT"))
    asked: list[int] = []
    at, end = machine.code()[-1].pc, len(machine.program.code)
    stop = machine.run(1 << 60, StopWhen(frozenset({at, end}), test=lambda seen: bool(asked.append(seen.pc))))
    assert stop.status is Status.HALTED and asked == [at] * rounds


def test_what_a_test_raises_finds_the_machine_where_it_was_asked() -> None:
    machine = XqvmMachine(assemble("PUSH 0\nPUSH 90\nRANGE\nLVAL r0\nNEXT"))
    read = machine.reader(Place("r0", ("length",)))

    def test(_machine: Machine) -> bool:
        return bool(read())

    for pcs in (frozenset[int](), frozenset({7})):
        fresh = machine.twin()
        fresh.restore(machine.checkpoint())
        try:
            machine.run(1 << 60, StopWhen(pcs, test=test))
        except PlaceError:
            fresh.run(machine.tick - fresh.tick)
            assert fresh.digest() == machine.digest()
        else:
            raise AssertionError("the test was not asked")


def test_running_to_places_by_turns_keeps_what_was_reached() -> None:
    machine = XqvmMachine(assemble("PUSH 0\nPUSH 900\nRANGE\nLVAL r0\nPUSH 1\nPOP\nNEXT\nPUSH 9"))
    pcs = [line.pc for line in machine.code()]
    for tick in range(3600):
        machine.run(70, StopWhen(frozenset({pcs[tick % len(pcs)], 10_000 + tick % 30})))
    assert machine.status.ended
    assert machine.reached() == set(pcs)
