"""The interpreter: running, stopping, checkpoints, and what it tells."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from vm.contract import Effect, Place, Status, StopWhen
from vm.diagnostics import InputError
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, Model, Sample
from vm.xqvm.program import Program

SEEDS = st.integers(0, 1 << 40)
LOOPS = """
PUSH 0
PUSH 3
RANGE
  LVAL r0
  PUSH 0
  PUSH 2
  RANGE
    LVAL r1
  NEXT
NEXT
PUSH 7
"""


def build(seed: int) -> XqvmMachine:
    """A machine with a random program; equal seeds give equal machines."""
    generator = Generator(seed)
    program = Program(generator.program())
    return XqvmMachine(program, **generator.inputs())


def machine_of(text: str, **inputs: object) -> XqvmMachine:
    return XqvmMachine(assemble(text), **inputs)  # type: ignore[arg-type]


def history(machine: XqvmMachine) -> list[tuple[int, int]]:
    """pc and depth at every tick, one instruction at a time."""
    states = [(machine.pc, machine.depth)]
    while not machine.status.ended:
        machine.run(1)
        states.append((machine.pc, machine.depth))
    return states


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_blocks_single_steps_and_observed_steps_come_to_the_same(seed: int) -> None:
    whole, single, observed = build(seed), build(seed), build(seed)
    whole.run()
    history(single)
    effects: list[Effect] = []
    observed.run(1 << 60, None, effects.append)
    assert whole.digest() == single.digest() == observed.digest()
    assert len(effects) == whole.tick
    assert whole.reached() == single.reached() == observed.reached()


@given(SEEDS, st.lists(st.integers(0, 60), max_size=8))
@settings(max_examples=200, deadline=None)
def test_budgets_are_exact(seed: int, budgets: list[int]) -> None:
    whole, sliced = build(seed), build(seed)
    for budget in budgets:
        before = sliced.tick
        stop = sliced.run(budget)
        assert stop.tick == sliced.tick <= before + budget
        assert (stop.status is Status.BUDGET) == (not sliced.status.ended)
    whole.run(sum(budgets))
    assert whole.digest() == sliced.digest()


@given(SEEDS, st.integers(0, 5), st.integers(-1, 2))
@settings(max_examples=200, deadline=None)
def test_stops_are_those_of_a_walk(seed: int, some: int, depth: int) -> None:
    walker, runner = build(seed), build(seed)
    states = history(walker)
    pcs = frozenset(random.Random(seed).choices([pc for pc, _ in states], k=some))
    expected = [tick for tick, (pc, deep) in enumerate(states) if tick and (pc in pcs or deep <= depth)]
    found = []
    while not runner.status.ended:
        stop = runner.run(1 << 60, StopWhen(pcs, depth))
        if stop.status is Status.PAUSED:
            found.append(stop.tick)
    assert found == [tick for tick in expected if tick < walker.tick]
    assert runner.digest() == walker.digest()


def test_a_predicate_is_asked_before_every_instruction_but_the_first() -> None:
    machine = machine_of("PUSH 1\nPUSH 2\nPUSH 3\nADD\nADD")
    stop = StopWhen(test=lambda m: len(m.cells("stack")) == 2)
    ticks = [machine.run(1 << 60, stop).tick for _ in range(3)]
    assert ticks == [2, 4, 5]
    assert machine.status is Status.HALTED


@given(SEEDS, st.integers(0, 80), st.integers(0, 80))
@settings(max_examples=200, deadline=None)
def test_a_checkpoint_is_the_state_whatever_happens_after_it(seed: int, here: int, on: int) -> None:
    machine = build(seed)
    machine.run(here)
    before, checkpoint = machine.digest(), machine.checkpoint()
    machine.run(on)
    after = machine.digest()
    machine.restore(checkpoint)
    assert machine.digest() == before
    machine.run(on)
    assert machine.digest() == after
    machine.restore(checkpoint)
    assert machine.digest() == before


def test_checkpoints_share_what_does_not_change() -> None:
    machine = machine_of(
        """
        PUSH 300
        BQMX r0
        PUSH 0
        PUSH 300
        RANGE
          LVAL r1
          LOAD r1
          PUSH 300
          LOAD r1
          SUB
          RANGE
            LVAL r2
            LOAD r1
            LOAD r2
            PUSH 5
            ADDQUAD r0
          NEXT
        NEXT
        PUSH 1
        PUSH 2
        PUSH 9
        ADDQUAD r0
        """
    )
    machine.run(270_000)
    full = machine.checkpoint()
    machine.run()
    assert machine.registers[0].terms > 40_000  # type: ignore[attr-defined]
    assert full.weight > 1_000_000
    assert machine.checkpoint().weight < full.weight / 20


def test_the_end_of_the_program_costs_nothing_and_halt_costs_its_step() -> None:
    fallen, halted = machine_of("PUSH 1\nPUSH 2\n"), machine_of("PUSH 1\nPUSH 2\nHALT")
    assert fallen.run(2).status is Status.HALTED
    assert (fallen.steps, fallen.tick) == (2, 2)
    assert halted.run(2).status is Status.BUDGET
    assert halted.run(1).status is Status.HALTED
    assert (halted.steps, halted.tick, halted.pc) == (3, 3, 4)
    assert halted.run(5).status is Status.HALTED and halted.tick == 3


def test_an_empty_program_has_ended_before_it_began() -> None:
    machine = machine_of("")
    assert machine.status is Status.HALTED
    assert machine.run().tick == 0


def test_the_faulting_attempt_takes_its_tick() -> None:
    machine = machine_of("PUSH 1\nADD\nPUSH 2")
    assert machine.run(1).status is Status.BUDGET
    assert machine.run().status is Status.FAULTED
    assert (machine.tick, machine.pc, machine.instructions) == (2, 2, 2)
    fault = machine.fault
    assert fault is not None
    assert (fault.identity, fault.code, fault.message) == (
        "StackUnderflow",
        "STACK_UNDERFLOW",
        "StackUnderflow { pos: 2 }",
    )
    assert fault.explanation and not fault.over_budget


def test_a_refused_base_step_is_no_instruction() -> None:
    machine = machine_of("PUSH 1\nPUSH 2", step_limit=1)
    machine.run()
    assert (machine.tick, machine.instructions, machine.steps, machine.stack) == (2, 1, 1, (1,))
    assert machine.fault is not None and machine.fault.over_budget
    assert machine.fault.message == "StepLimitExceeded { pos: None, requested: 1, used: 1, limit: 1 }"


@given(SEEDS, st.integers(1, 300))
@settings(max_examples=100, deadline=None)
def test_a_run_gives_control_back_after_enough_work_and_loses_nothing(seed: int, work: int) -> None:
    whole, sliced = build(seed), build(seed)
    whole.run()
    while not sliced.status.ended:
        before = sliced.tick, sliced.steps
        stop = sliced.run(1 << 60, StopWhen(work=work))
        assert sliced.tick > before[0]
        assert sliced.status.ended or (stop.status is Status.BUDGET and sliced.steps - before[1] > work)
    assert whole.digest() == sliced.digest()


def test_loops_are_told_by_depth() -> None:
    machine = machine_of(LOOPS)
    states = history(machine)
    assert max(depth for _, depth in states) == 2
    assert states[-1][1] == 0
    assert all(abs(a - b) <= 1 for (_, a), (_, b) in pairwise(states))


def test_state_survives_into_the_next_program_and_reset_clears_it() -> None:
    machine = machine_of(
        "PUSH 5\nSTOW r1\nPUSH 0\nOUTPUT r1\nPUSH 8\nPUSH 0\nPUSH 3\nRANGE\nHALT\nNEXT", output_slots=2
    )
    machine.run()
    machine.load(assemble("LOAD r1\nLVAL r2"))
    assert (machine.tick, machine.steps, machine.pc) == (0, 0, 0)
    machine.run()
    assert machine.stack == (8, 5)
    assert machine.registers == {1: 5, 2: 0}
    assert machine.outputs == [5, None]
    machine.reset()
    assert (machine.stack, machine.registers, machine.outputs, machine.depth) == ((), {}, [], 0)


def test_what_was_taken_out_does_not_change_when_the_machine_runs_on() -> None:
    machine = machine_of("PUSH 3\nBQMX r0\nPUSH 0\nPUSH 7\nSETLINE r0\nPUSH 0\nPUSH 1\nADDLINE r0\nPUSH 0\nPUSH 1\n"
                         "PUSH 5\nADDQUAD r0")  # fmt: skip
    machine.run(5)
    taken = machine.registers[0]
    machine.run()
    now = machine.registers[0]
    assert isinstance(taken, Model) and isinstance(now, Model)
    assert (dict(taken.lines()), list(taken.quadratic())) == ({0: 7}, [])
    assert (dict(now.lines()), list(now.quadratic())) == ({0: 8}, [(0, 1, 5)])
    taken.put_line(2, 9)
    assert machine.registers[0] == now


def test_a_checkpoint_of_another_program_is_refused() -> None:
    machine = machine_of("PUSH 1\nPUSH 2\nPUSH 3")
    machine.run(2)
    checkpoint = machine.checkpoint()
    machine.load(assemble("NOP"))
    with pytest.raises(ValueError, match="another program"):
        machine.restore(checkpoint)


def test_host_values_are_copies() -> None:
    model = Model(BINARY, 3)
    machine = machine_of(
        "PUSH 0\nINPUT r0\nPUSH 1\nPUSH 4\nSETLINE r0\nPUSH 1\nINPUT r1\nPUSH 9\nVECPUSH r1\nPUSH 0\nOUTPUT r0",
        calldata=[model, [1, 2]], output_slots=1,
    )  # fmt: skip
    machine.run()
    assert machine.fault is None
    assert model.terms == 0
    assert machine.registers[1] == [1, 2, 9]
    assert machine.outputs == [machine.registers[0]]
    got = machine.outputs[0]
    assert isinstance(got, Model) and dict(got.lines()) == {1: 4}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1 << 63, "calldata[0]"),
        ("text", "str cannot be calldata"),
        (1.5, "float cannot be calldata"),
        ([1, "x"], "calldata[0][1]"),
        ([[1]], "calldata[0][0]"),
    ],
)
def test_calldata_that_no_slot_can_hold_is_refused(value: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        machine_of("NOP", calldata=[value])
    assert message in str(caught.value)


def test_booleans_are_integers_and_samples_are_taken() -> None:
    machine = machine_of("PUSH 0\nINPUT r0\nPUSH 1\nINPUT r1", calldata=[True, Sample(BINARY, [0, 1])])
    machine.run()
    assert machine.registers[0] == 1 and type(machine.registers[0]) is int
    assert machine.registers[1] == Sample(BINARY, [0, 1])


def test_reached_tells_executed_from_never_executed() -> None:
    program = assemble("PUSH 1\nJUMPI .1\nPUSH 2\nPUSH 3\n.1: PUSH 4\nADD\nPUSH 5")
    machine = XqvmMachine(program)
    machine.run()
    never = [line.text for line in program.lines() if line.pc not in machine.reached()]
    assert never == ["PUSH1 2", "PUSH1 3", "PUSH1 5"]
    assert machine.fault is not None and machine.fault.identity == "StackUnderflow"


def test_open_loops_tell_which_iteration_this_is_and_of_how_many() -> None:
    machine = machine_of("PUSH 5\nPUSH 3\nRANGE\nLVAL r0\nPUSH 1\nPUSH 2\nITER r1\nNOP\nNEXT\nNEXT", calldata=[])
    machine.set(Place("r1"), machine.from_json([4, 6, 8]))
    told = set()
    while not machine.status.ended:
        told.add(tuple((nest.index, nest.count) for nest in machine.nests()))
        machine.run(1)
    assert told == {(), ((1, 3),), ((2, 3),), ((3, 3),), ((1, 3), (1, 1)), ((2, 3), (1, 1)), ((3, 3), (1, 1))}


def test_iterations_survive_checkpoints_and_edits() -> None:
    machine = machine_of("PUSH 5\nPUSH 3\nRANGE\nNOP\nNEXT")
    machine.run(6)
    checkpoint = machine.checkpoint()
    machine.run(1)
    machine.restore(checkpoint)
    assert [(nest.index, nest.count) for nest in machine.nests()] == [(2, 3)]
    machine.set(Place("loop", ((0,), "end")), 20)
    assert [(nest.index, nest.count) for nest in machine.nests()] == [(2, 15)]
    machine.set(Place("loop", ((0,), "index")), 4)
    assert [(nest.index, nest.count) for nest in machine.nests()] == [(None, None)], "before its start"
