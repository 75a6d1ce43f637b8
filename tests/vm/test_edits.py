"""A debugger's edits: what was said is there, and nothing else anywhere has changed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from tests.vm.test_data_flow import changes
from vm.contract import Place, PlaceError, Status
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, Model, Sample, Vec, VecX
from vm.xqvm.program import Program

LOOP = "PUSH 0\nPUSH 9\nRANGE\nLVAL r0\nNEXT\nPUSH 1\nPUSH 2\nADD"


def build(seed: int) -> XqvmMachine:
    generator = Generator(seed)
    return XqvmMachine(Program(generator.program()), **generator.inputs())


def put(machine: XqvmMachine, text: str, value: object) -> None:
    machine.set(Place.parse(text), value)


@given(st.integers(0, 1 << 40), st.integers(0, 60), st.integers(0, 200))
@settings(max_examples=120, deadline=None)
def test_edits_leave_checkpoints_and_other_machines_alone(seed: int, here: int, on: int) -> None:
    machine = build(seed)
    twin, later = machine.twin(), machine.twin()
    machine.run(here)
    checkpoint, before = machine.checkpoint(), machine.digest()
    twin.restore(checkpoint)
    machine.run(on)
    end = machine.digest()
    machine.restore(checkpoint)
    chance = random.Random(seed)
    several = list(changes(machine, chance))
    for _, change in chance.sample(several, min(10, len(several))):
        change(machine)
    edited, after = machine.checkpoint(), machine.digest()
    machine.run(on)
    assert twin.digest() == before
    twin.run(on)
    assert twin.digest() == end
    later.restore(checkpoint)
    assert later.digest() == before
    later.restore(edited)
    assert later.digest() == after
    later.run(on)
    assert later.digest() == machine.digest()


@given(st.integers(0, 1 << 40), st.integers(0, 60))
@settings(max_examples=100, deadline=None)
def test_a_twin_begins_where_the_machine_did(seed: int, here: int) -> None:
    machine, fresh = build(seed), build(seed)
    machine.run(here)
    twin = machine.twin()
    assert twin.digest() == fresh.digest()
    assert not twin.reached()
    twin.run(here)
    assert twin.digest() == machine.digest()
    assert twin.reached() == machine.reached()
    machine.run()
    twin.restore(machine.checkpoint())
    assert twin.digest() == machine.digest()
    assert twin.fault == machine.fault


def test_the_inputs_are_places() -> None:
    machine = XqvmMachine(assemble("PUSH 0\nINPUT r0\nPUSH 1\nINPUT r1\nPUSH 2\nINPUT r2\nPUSH 3\nINPUT r3"),
                          calldata=[1, [2, 3], Sample(BINARY, [0, 1]), Model(BINARY, 2)])  # fmt: skip
    start, before = machine.checkpoint(), machine.digest()
    shown = machine.cells("inputs")
    put(machine, "in[0]", [7, 8])
    put(machine, "in[1][1]", 9)
    put(machine, "in[2][0]", 1)
    put(machine, "in[3].quad[1,0]", 4)
    changed = machine.checkpoint()
    assert [cell.text for cell in machine.cells("inputs")] != [cell.text for cell in shown]
    machine.run()
    assert machine.get(Place("r0")) == Vec([7, 8]) and machine.get(Place("r1")) == Vec([2, 9])
    assert machine.get(Place.parse("r2[0]")) == 1 and machine.get(Place.parse("r3.quad[0,1]")) == 4
    machine.restore(start)
    assert machine.digest() == before and machine.cells("inputs") == shown
    machine.run()
    assert machine.get(Place("r0")) == 1 and machine.get(Place("r1")) == Vec([2, 3])
    machine.restore(changed)
    machine.run()
    assert machine.get(Place("r1")) == Vec([2, 9])
    assert machine.twin().get(Place.parse("in[1][1]")) == 9


def test_a_step_limit_raised_lets_the_run_go_on() -> None:
    machine = XqvmMachine(assemble(LOOP), step_limit=8)
    machine.run(8)
    before = machine.checkpoint()
    machine.run(1)
    assert machine.fault is not None and machine.fault.code == "STEP_LIMIT_EXCEEDED"
    machine.restore(before)
    put(machine, "steps.limit", 1000)
    assert machine.run().status is Status.HALTED
    free = XqvmMachine(assemble(LOOP), step_limit=1000)
    free.run()
    assert machine.digest() == free.digest()
    machine.restore(before)
    assert machine.get(Place.parse("steps.limit")) == 8
    machine.run()
    assert machine.status is Status.FAULTED
    machine.restore(before)
    put(machine, "steps.limit", None)
    machine.run()
    assert (machine.status, machine.steps, machine.instructions) == (Status.HALTED, 24, 24)
    with pytest.raises(PlaceError, match="24 steps are used"):
        put(machine, "steps.limit", 23)


def test_a_memory_limit_raised_lets_the_run_go_on() -> None:
    machine = XqvmMachine(assemble("PUSH 10\nBQMX r0\nPUSH 10\nBQMX r1"), memory_limit=100)
    machine.run(3)
    before = machine.checkpoint()
    machine.run()
    assert machine.fault is not None and machine.fault.code == "MEMORY_LIMIT_EXCEEDED"
    machine.restore(before)
    put(machine, "bytes.limit", 160)
    raised = machine.checkpoint()
    machine.run()
    assert (machine.status, machine.memory_used) == (Status.HALTED, 160)
    machine.restore(before)
    assert (machine.get(Place.parse("bytes.limit")), machine.memory_used) == (100, 80)
    machine.restore(raised)
    assert (machine.get(Place.parse("bytes.limit")), machine.memory_used) == (160, 80)
    machine.run()
    for wrong in (159, None, -1, "x", 1 << 64):
        with pytest.raises(PlaceError):
            put(machine, "bytes.limit", wrong)


def test_a_run_that_ended_goes_on_from_another_instruction() -> None:
    machine = XqvmMachine(assemble("PUSH 1\nADD\nPUSH 5\nHALT"))
    machine.run()
    assert machine.fault is not None
    put(machine, "pc", 3)
    assert (machine.status, machine.fault, machine.tick) == (Status.READY, None, 2)
    machine.run()
    assert (machine.status, machine.stack, machine.pc) == (Status.HALTED, (5,), 5)
    put(machine, "pc", 3)
    machine.run()
    assert (machine.stack, machine.tick) == ((5, 5), 6)
    for wrong in (1, 4, 6, -1, None, "x", 1 << 70):
        with pytest.raises(PlaceError, match="no instruction"):
            put(machine, "pc", wrong)


def test_every_attempt_the_step_budget_refused_is_left_out_of_the_count() -> None:
    machine = XqvmMachine(assemble("PUSH 1\nPUSH 2"), step_limit=1)
    for _ in range(2):
        machine.run()
        put(machine, "pc", 2)
    assert (machine.tick, machine.instructions) == (3, 1)


def test_loops_are_moved() -> None:
    machine = XqvmMachine(assemble(LOOP))
    machine.run(4)
    put(machine, "loop[0].index", 7)
    assert machine.get(Place.parse("loop[0].value")) == 7
    machine.run(2)
    assert machine.get(Place("r0")) == 8
    put(machine, "loop[0].end", 10)
    put(machine, "loop[-1].value", -3)
    machine.run()
    assert (machine.get(Place("r0")), machine.tick) == (9, 4 + 2 + 25 + 3)
    machine = XqvmMachine(assemble("PUSH 0\nINPUT r0\nPUSH 1\nPUSH 4\nITER r0\nLVAL r1\nNEXT"), calldata=[[1, 2, 3, 4]])
    machine.run(6)
    checkpoint, before = machine.checkpoint(), machine.digest()
    put(machine, "loop[0].index", 3)
    assert machine.get(Place.parse("loop[0].value")) == 4
    for text, value in (("loop[0].index", 0), ("loop[0].index", 4), ("loop[0].end", 5), ("loop[0].value", 2),
                        ("loop[0].body", 2), ("loop[1].index", 0), ("loop[0]", 3), ("loop", 0)):  # fmt: skip
        with pytest.raises(PlaceError):
            put(machine, text, value)
    machine.restore(checkpoint)
    assert machine.digest() == before


def test_the_whole_stack_is_replaced() -> None:
    machine = XqvmMachine(assemble("PUSH 1\nPUSH 2\nADD"))
    machine.run(1)
    put(machine, "stack", [5, 6, 7])
    machine.run()
    assert machine.stack == (5, 6, 9)
    put(machine, "stack", Vec([]))
    assert machine.stack == ()
    for wrong in (3, "abc", [1, 1 << 63], [None], [0] * 8193, None):
        with pytest.raises(PlaceError):
            put(machine, "stack", wrong)
    with pytest.raises(PlaceError, match="0 elements"):
        put(machine, "stack[0]", 1)


def test_registers_and_outputs_take_any_value_and_none() -> None:
    machine = XqvmMachine(assemble("NOP"), calldata=[1], output_slots=2)
    vec = Vec([1, 2])
    for value in (5, vec, Sample(BINARY, [1, 0]), Model(BINARY, 3), VecX(), None):
        put(machine, "r3", value)
        put(machine, "out[1]", value)
        assert machine.get(Place("r3")) == value == machine.get(Place.parse("out[1]"))
    put(machine, "r3", vec)
    put(machine, "r3[0]", 9)
    put(machine, "out[0]", vec)
    put(machine, "out[0][1]", 8)
    assert vec.items == [1, 2] and machine.get(Place("r3")) == Vec([9, 2])
    assert machine.get(Place.parse("out[0]")) == Vec([1, 8])
    for text, value in (("in[0]", VecX()), ("in[1]", 1), ("in", 1), ("out[2]", 1), ("tick", 3), ("steps", 3),
                        ("bytes", 1), ("r3[2]", 1), ("r4[0]", 1), ("r3.length", 1), ("x", 1), ("steps.limit", -1),
                        ("steps.limit", "x"), ("r256", 1)):  # fmt: skip
        before = machine.digest()
        with pytest.raises(PlaceError):
            put(machine, text, value)
        assert machine.digest() == before
