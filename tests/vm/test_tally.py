"""What instructions are charged, as the machine itself adds it up, is what their effects come to."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED
from vm.contract import Effect, Machine, Tally
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program
from xqdbg import resources
from xqdbg.machines import open_program

SEEDS = st.integers(0, 1 << 40)
BUDGETS = st.lists(st.integers(1, 200), max_size=8)


def naive(machine: Machine) -> Tally:
    """Executions and charges by address, one effect at a time."""
    found: Tally = {}
    names = [meter.name for meter in machine.meters()]

    def note(effect: Effect) -> None:
        costs = dict(effect.costs)
        entry = found.setdefault(effect.pc, [0] * (1 + len(names)))
        entry[0] += 1
        for at, name in enumerate(names, 1):
            entry[at] += costs.get(name, 0)

    while not machine.status.ended:
        machine.run(1000, None, note)
    return found


def totals(spent: Tally) -> list[int]:
    return [sum(column) for column in zip(*(entry[1:] for entry in spent.values()), strict=True)]


@given(SEEDS, BUDGETS, st.sampled_from((None, 1, 40)), st.sampled_from((None, 0, 1, 50, 400)))
@settings(max_examples=200, deadline=None)
def test_a_tally_is_the_sum_of_all_effects_however_it_is_cut(
    seed: int, budgets: list[int], work: int | None, steps: int | None
) -> None:
    generator = Generator(seed)
    program, inputs = Program(generator.program()), generator.inputs()
    if steps is not None:
        inputs["step_limit"] = steps
    spent: Tally = {}
    machine = XqvmMachine(program, **inputs)
    for budget in budgets:
        before = machine.tick
        machine.tally(budget, spent, work)
        assert machine.tick <= before + budget
    while not machine.status.ended:
        machine.tally(1 << 60, spent, work)
    assert spent == naive(XqvmMachine(program, **inputs))
    if spent:
        assert totals(spent) == [meter.used for meter in machine.meters()]


@given(SEEDS)
@settings(max_examples=50, deadline=None)
def test_a_tally_leaves_the_machine_as_a_run_does(seed: int) -> None:
    generator = Generator(seed)
    program, inputs = Program(generator.program()), generator.inputs()
    one, other = XqvmMachine(program, **inputs), XqvmMachine(program, **inputs)
    one.run(60)
    other.tally(60, {})
    assert (one.digest(), one.reached()) == (other.digest(), other.reached())
    one.run(10**6)
    other.run(10**6)
    assert (one.digest(), one.reached()) == (other.digest(), other.reached())


@pytest.mark.parametrize("name", [example.name for example in resources.examples()])
def test_the_tally_of_an_example_comes_to_what_its_meters_say(name: str) -> None:
    example = next(each for each in resources.examples() if each.name == name)
    tools, program = open_program(example.program.read_bytes(), str(example.program))
    inputs = json.loads(example.inputs.read_text(encoding="utf-8")) if example.inputs else {}
    machine, spent = tools.machine(program, inputs), Tally()
    while not machine.status.ended:
        machine.tally(20_000, spent)
    assert totals(spent) == [meter.used for meter in machine.meters()]


def test_the_step_that_is_refused_was_an_attempt_and_costs_nothing() -> None:
    machine = XqvmMachine(assemble("PUSH 1\nPOP\nHALT"), step_limit=2)
    spent: Tally = {}
    machine.tally(100, spent)
    assert spent == {0: [1, 1, 0], 2: [1, 1, 0], 3: [1, 0, 0]}


def test_the_toy_machine_keeps_the_same_account() -> None:
    machine, spent = toy_machine(NESTED), Tally()
    machine.tally(10, spent)
    machine.tally(10**6, spent)
    assert spent == naive(toy_machine(NESTED))
    assert totals(spent) == [machine.tick]
