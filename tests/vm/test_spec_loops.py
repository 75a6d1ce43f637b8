"""Loops, jumps and skips: sections 1.8, 2.6, 5.1 to 5.5 and 9.2."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.reference import Naive
from tests.support.reference_values import MAX, MIN, encode
from tests.support.runs import program, run, seen, seen_naive, verdict
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program

Result = tuple[str, tuple[int, ...], int, int]
"""Verdict, stack, steps, dispatched."""


def result(machine: XqvmMachine) -> Result:
    return verdict(machine), machine.stack, machine.steps, machine.instructions


VEC = "VEC r0 / PUSH 7 / VECPUSH r0 / PUSH 8 / VECPUSH r0 / PUSH 9 / VECPUSH r0"
"""A vec [7, 8, 9] in r0; 7 steps and instructions, 48 bytes."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # RANGE: values from start, LIDX the same
        ("PUSH -2 / PUSH 2 / RANGE / LVAL r0 / LIDX r1 / LOAD r0 / LOAD r1 / NEXT",
         ("ok", (-2, -2, -1, -1), 13, 13)),
        # ITER: elements, and LIDX the index in the vec, not in the slice
        (f"{VEC} / PUSH 1 / PUSH 3 / ITER r0 / LVAL r1 / LIDX r2 / LOAD r1 / LOAD r2 / NEXT",
         ("ok", (8, 1, 9, 2), 7 + 3 + 2 + 10, 7 + 3 + 10)),
        # nothing but NEXT in the body
        ("PUSH 0 / PUSH 3 / RANGE / NEXT / PUSH 5", ("ok", (5,), 7, 7)),
        # one round
        ("PUSH 9 / PUSH 1 / RANGE / LVAL r0 / LOAD r0 / NEXT", ("ok", (9,), 6, 6)),
        # the end of the range may be MAX, not one beyond; the start may be MIN
        (f"PUSH {MAX - 1} / PUSH 1 / RANGE / LVAL r0 / LOAD r0 / NEXT", ("ok", (MAX - 1,), 6, 6)),
        (f"PUSH {MIN} / PUSH 1 / RANGE / LVAL r0 / LOAD r0 / NEXT", ("ok", (MIN,), 6, 6)),
        (f"PUSH {MAX} / PUSH 1 / RANGE / NEXT", ("ArithmeticOverflow { pos: Some(11) }", (), 3, 3)),
        (f"PUSH 1 / PUSH {MAX} / RANGE / NEXT", ("ArithmeticOverflow { pos: Some(11) }", (), 3, 3)),
        (f"PUSH {MAX} / PUSH 0 / RANGE / NEXT", ("ok", (), 4, 3)),
        (f"PUSH {MAX} / PUSH {MIN} / RANGE / NEXT", ("ok", (), 4, 3)),
        # the innermost loop is the one that LVAL, LIDX and NEXT act on
        ("PUSH 0 / PUSH 2 / RANGE / PUSH 10 / PUSH 2 / RANGE / LVAL r0 / LOAD r0 / NEXT / LVAL r0 / LOAD r0 / NEXT",
         ("ok", (10, 11, 0, 10, 11, 1), 3 + 2 * (3 + 6 + 3), 3 + 2 * (3 + 6 + 3))),
        # the copy isolates an ITER from the vec: elements changed, pushed, the register overwritten with itself
        (f"{VEC} / PUSH 0 / PUSH 3 / ITER r0 / PUSH 2 / PUSH 0 / VECSET r0 / LVAL r1 / LOAD r1 / NEXT",
         ("ok", (7, 8, 9), 7 + 3 + 3 + 18, 7 + 3 + 18)),
        (f"{VEC} / PUSH 0 / PUSH 3 / ITER r0 / LVAL r0 / LOAD r0 / NEXT",
         ("ok", (7, 8, 9), 7 + 3 + 3 + 9, 7 + 3 + 9)),
        (f"{VEC} / PUSH 0 / PUSH 3 / ITER r0 / DROP r0 / LVAL r1 / LOAD r1 / NEXT",
         ("ok", (7, 8, 9), 7 + 3 + 3 + 12, 7 + 3 + 12)),
        # without a loop
        ("NEXT", ("NoActiveLoop { pos: 0 }", (), 1, 1)),
        ("LVAL r0", ("NoActiveLoop { pos: 0 }", (), 1, 1)),
        ("LIDX r0", ("NoActiveLoop { pos: 0 }", (), 1, 1)),
        ("PUSH 0 / PUSH 1 / RANGE / NEXT / NEXT", ("NoActiveLoop { pos: 6 }", (), 5, 5)),
        # a body that is left empties nothing: operands of the body stay on the stack
        ("PUSH 0 / PUSH 2 / RANGE / PUSH 4 / NEXT", ("ok", (4, 4), 7, 7)),
    ],
)  # fmt: skip
def test_loops(text: str, expected: Result) -> None:
    machine = run(text)
    assert result(machine) == expected
    assert machine.depth == 0


@pytest.mark.parametrize(
    ("text", "expected", "depth"),
    [
        # to the TARGET itself, which costs its step; no jump over it
        ("JUMP .0 / PUSH 1 / .0: PUSH 2", ("ok", (2,), 3, 3), 0),
        # a condition of 0 does not even look at the target; any other value does
        ("PUSH 0 / JUMPI1 .9 / PUSH 4", ("ok", (4,), 3, 3), 0),
        ("PUSH 0 / JUMPI2 .9 / PUSH 4", ("ok", (4,), 3, 3), 0),
        ("PUSH -1 / JUMPI1 .9 / PUSH 4", ("InvalidLabel { pos: 2, label: 9 }", (), 2, 2), 0),
        ("PUSH 1 / JUMPI2 .65535 / PUSH 4", ("InvalidLabel { pos: 2, label: 65535 }", (), 2, 2), 0),
        ("JUMP1 .1 / TARGET", ("InvalidLabel { pos: 0, label: 1 }", (), 1, 1), 0),
        ("JUMP2 .0 / PUSH 1 / TARGET / PUSH 3", ("ok", (3,), 3, 3), 0),
        ("PUSH 7 / JUMPI1 .0 / HALT / TARGET / PUSH 3", ("ok", (3,), 4, 4), 0),
        ("JUMPI1 .0 / TARGET", ("StackUnderflow { pos: 0 }", (), 1, 1), 0),
        # out of a body: the frame stays, and a NEXT further on goes back into the body
        ("PUSH 0 / PUSH 2 / RANGE / PUSH 4 / JUMP .0 / PUSH 5 / .0: PUSH 6", ("ok", (4, 6), 7, 7), 1),
        ("PUSH 0 / PUSH 2 / RANGE / PUSH 4 / JUMP .0 / NOP / .0: NEXT / PUSH 5", ("ok", (4, 4, 5), 12, 12), 0),
        ("PUSH 3 / PUSH 2 / RANGE / JUMP .0 / NEXT / .0: LVAL r0 / LOAD r0", ("ok", (3,), 7, 7), 1),
        # into a body: no frame
        ("JUMP .0 / PUSH 0 / PUSH 2 / RANGE / .0: PUSH 8 / NEXT", ("NoActiveLoop { pos: 10 }", (8,), 4, 4), 0),
        ("JUMP .0 / PUSH 0 / PUSH 2 / RANGE / .0: LVAL r0 / NEXT", ("NoActiveLoop { pos: 8 }", (), 3, 3), 0),
        # into an inner body: its NEXT turns the outer loop, whose body it re-enters
        ("PUSH 5 / PUSH 2 / RANGE / JUMP .0 / PUSH 0 / PUSH 9 / RANGE / .0: LVAL r0 / LOAD r0 / NEXT / PUSH 1",
         ("ok", (5, 6, 1), 3 + 2 * 5 + 1, 3 + 2 * 5 + 1), 0),
        # back to the opener: one more frame each time
        ("PUSH 0 / STOW r0 / .0: PUSH 0 / PUSH 9 / RANGE / LOAD r0 / INC / COPY / STOW r0 / PUSH 3 / LT / JUMPI .0",
         ("ok", (), 2 + 3 * 11, 2 + 3 * 11), 3),
        # HALT inside leaves the frame
        ("PUSH 0 / PUSH 2 / RANGE / HALT / NEXT", ("ok", (), 4, 4), 1),
        # the NEXT of one loop closes whatever is on top
        ("PUSH 0 / PUSH 2 / RANGE / PUSH 5 / PUSH 1 / RANGE / NEXT / LVAL r0 / LOAD r0",
         ("ok", (0,), 9, 9), 1),
    ],
)  # fmt: skip
def test_jumps_never_touch_the_loop_stack(text: str, expected: Result, depth: int) -> None:
    machine = run(text)
    assert (result(machine), machine.depth) == (expected, depth)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # one step for each instruction scanned, the NEXT included; none is dispatched
        ("PUSH 7 / PUSH 0 / RANGE / NEXT / PUSH 1", ("ok", (1,), 5, 4)),
        ("PUSH 7 / PUSH -5 / RANGE / NOP / NOP / NEXT / PUSH 1", ("ok", (1,), 7, 4)),
        (f"{VEC} / PUSH 1 / PUSH 1 / ITER r0 / NOP / NEXT / PUSH 1", ("ok", (1,), 7 + 3 + 2 + 1, 7 + 3 + 1)),
        # an ITER that is empty by its bounds does not check them; MIN and MAX neither
        (f"{VEC} / PUSH 99 / PUSH 98 / ITER r0 / NEXT", ("ok", (), 7 + 3 + 1, 7 + 3)),
        (f"{VEC} / PUSH {MAX} / PUSH {MIN} / ITER r0 / NEXT", ("ok", (), 7 + 3 + 1, 7 + 3)),
        (f"{VEC} / PUSH -1 / PUSH -1 / ITER r0 / NEXT", ("ok", (), 7 + 3 + 1, 7 + 3)),
        ("VECX r0 / PUSH 0 / PUSH 0 / ITER r0 / NEXT", ("ok", (), 5, 4)),
        # but looks at the register first
        ("PUSH 1 / PUSH 0 / ITER r0 / NEXT", ("UnsetRegister { pos: 4, reg: 0 }", (), 3, 3)),
        ("PUSH 1 / STOW r0 / PUSH 1 / PUSH 0 / ITER r0 / NEXT",
         ('RegisterType { reg: 0, expected: "vec", got: "int" }', (), 5, 5)),
        # loops inside are skipped with it, whatever they would have done
        ("PUSH 0 / PUSH 0 / RANGE / PUSH 0 / PUSH 0 / RANGE / NOP / NEXT / ITER r9 / NEXT / NEXT / PUSH 1",
         ("ok", (1,), 3 + 8 + 1, 4)),
        # the scan is lexical: jumps, targets, HALT and faults to come are only counted
        ("PUSH 0 / PUSH 0 / RANGE / JUMP .0 / HALT / POP / NEXT / .0: PUSH 1", ("ok", (1,), 3 + 4 + 2, 5)),
        # the first NEXT after an opener without one of its own is the one: it may belong to nobody
        ("PUSH 0 / PUSH 0 / RANGE / JUMP .0 / NOP / .0: NEXT / PUSH 1", ("ok", (1,), 3 + 4 + 1, 4)),
        # the end of the stream
        ("PUSH 0 / PUSH 0 / RANGE", ("UnmatchedLoop { pos: 4 }", (), 3, 3)),
        ("PUSH 0 / PUSH 0 / RANGE / NOP / NOP", ("UnmatchedLoop { pos: 4 }", (), 5, 3)),
        ("PUSH 0 / PUSH 0 / RANGE / PUSH 1 / RANGE / NEXT", ("UnmatchedLoop { pos: 4 }", (), 6, 3)),
        (f"{VEC} / PUSH 3 / PUSH 0 / ITER r0 / NOP", ("UnmatchedLoop { pos: 18 }", (), 7 + 3 + 1, 7 + 3)),
        # a skip inside a loop, each time around
        ("PUSH 0 / PUSH 2 / RANGE / PUSH 0 / PUSH 0 / RANGE / NOP / NEXT / PUSH 6 / NEXT",
         ("ok", (6, 6), 3 + 2 * (3 + 2 + 2), 3 + 2 * 5)),
        # a skip does not look at the loops that are open
        ("PUSH 0 / PUSH 1 / RANGE / PUSH 0 / PUSH 0 / RANGE / NEXT / LVAL r0 / LOAD r0 / NEXT",
         ("ok", (0,), 3 + 3 + 1 + 3, 9)),
    ],
)  # fmt: skip
def test_empty_loops_are_skipped(text: str, expected: Result) -> None:
    machine = run(text)
    assert result(machine) == expected
    assert machine.depth == 0


SKIPPING = encode(("PUSH1", 0), ("PUSH1", 0), ("RANGE",), ("NOP",))


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (bytes([0x0D, 0x07]), "BadOpcode { pos: 6, byte: 13 }"),
        (bytes([0x74, 0, 0]), "TruncatedInstruction { pos: 6 }"),
        (bytes([0x18]) + bytes(7), "TruncatedInstruction { pos: 6 }"),
    ],
)
def test_what_cannot_be_decoded_stops_a_skip_after_its_step(rest: bytes, message: str) -> None:
    machine = run(SKIPPING + rest)
    assert result(machine) == (message, (), 5, 3)
    refused = run(SKIPPING + rest, step_limit=4)
    assert result(refused) == ("StepLimitExceeded { pos: None, requested: 1, used: 4, limit: 4 }", (), 4, 3)


def test_operands_of_skipped_instructions_are_not_taken_for_instructions() -> None:
    machine = run(SKIPPING + bytes([0x11, 0x07, 0x0A, 0x07, 0x07, 0x11, 0x05]))
    assert result(machine) == ("ok", (5,), 8, 4)


def test_every_scanned_instruction_is_a_step_that_can_be_refused() -> None:
    text = "PUSH 0 / PUSH 0 / RANGE / NOP / PUSH 0 / RANGE / NEXT / NEXT"
    assert result(run(text)) == ("ok", (), 8, 3)
    for limit in range(8):
        message = f"StepLimitExceeded {{ pos: None, requested: 1, used: {limit}, limit: {limit} }}"
        machine = run(text, step_limit=limit)
        assert (verdict(machine), machine.steps, machine.instructions) == (message, limit, min(limit, 3))
    unmatched = run("PUSH 0 / PUSH 0 / RANGE / NOP", step_limit=4)
    assert verdict(unmatched) == "UnmatchedLoop { pos: 4 }"


def test_the_end_is_seen_before_the_step_is_charged() -> None:
    assert result(run("PUSH 1 / PUSH 2", step_limit=2)) == ("ok", (1, 2), 2, 2)
    assert result(run("", step_limit=0)) == ("ok", (), 0, 0)
    assert verdict(run("PUSH 1 / HALT", step_limit=1)) == (
        "StepLimitExceeded { pos: None, requested: 1, used: 1, limit: 1 }"
    )


def test_targets_behind_what_cannot_be_decoded_do_not_exist() -> None:
    jump_over = encode(("JUMP1", 0)) + bytes([0x0D]) + encode(("TARGET",), ("PUSH1", 5))
    assert result(run(jump_over)) == ("InvalidLabel { pos: 0, label: 0 }", (), 1, 1)
    before = encode(("JUMP1", 0), ("PUSH1", 3), ("TARGET",), ("HALT",)) + bytes([0x0D])
    assert result(run(before)) == ("ok", (), 3, 3)
    in_operand = encode(("JUMP1", 0), ("PUSH2", 0), ("TARGET",), ("PUSH1", 6))
    assert result(run(in_operand)) == ("ok", (6,), 3, 3)


def test_wide_targets_reach_beyond_the_narrow_ones() -> None:
    targets = 300
    machine = run(encode(("JUMP2", 299), *[("TARGET",)] * targets, ("PUSH1", 1)))
    assert result(machine) == ("ok", (1,), 3, 3)
    machine = run(encode(("JUMP1", 255), *[("TARGET",)] * targets, ("PUSH1", 1)))
    assert result(machine) == ("ok", (1,), 1 + 45 + 1, 1 + 45 + 1)


# What one program leaves to the next, section 1.8


def after(first: str, second: str | bytes, **inputs: object) -> XqvmMachine:
    machine = run(first, **inputs)
    machine.load(program(second))
    machine.run()
    return machine


@pytest.mark.parametrize(
    ("first", "second", "expected", "depth"),
    [
        # a frame left open by HALT or by a fault is there in the next program
        ("PUSH 4 / PUSH 3 / RANGE / HALT / NEXT", "LVAL r0 / LIDX r1 / LOAD r0 / LOAD r1", ("ok", (4, 4), 4, 4), 1),
        ("PUSH 4 / PUSH 3 / RANGE / POP / NEXT", "LVAL r0 / LOAD r0", ("ok", (4,), 2, 2), 1),
        (f"{VEC} / PUSH 1 / PUSH 3 / ITER r0 / HALT / NEXT", "LVAL r0 / LIDX r1 / LOAD r0 / LOAD r1",
         ("ok", (8, 1), 4, 4), 1),
        # its body is an offset, in whatever stream runs now: here 5, behind the two pushes
        ("PUSH 4 / PUSH 3 / RANGE / HALT / NEXT", "PUSH 1 / PUSH 2 / NOP / LVAL r0 / LOAD r0 / NEXT",
         ("ok", (1, 2, 4, 5, 6), 3 + 9, 3 + 9), 0),
        # or the middle of an instruction: 5 is the operand of the third push, 10 is POP
        ("PUSH 4 / PUSH 2 / RANGE / HALT / NEXT", "PUSH 1 / PUSH 2 / PUSH 16 / NEXT", ("ok", (1, 2), 6, 6), 0),
        # or beyond the end: the run is over
        ("PUSH 4 / PUSH 2 / RANGE / HALT / NEXT", "NEXT", ("ok", (), 1, 1), 1),
        # the stack, the registers too
        ("PUSH 1 / PUSH 2 / STOW r3 / PUSH 9", "LOAD r3 / ADD", ("ok", (1, 11), 2, 2), 0),
        ("PUSH 1 / PUSH 2 / POP / POP / POP", "PUSH 3", ("ok", (3,), 1, 1), 0),
    ],
)  # fmt: skip
def test_what_is_left_to_the_next_program(first: str, second: str, expected: Result, depth: int) -> None:
    machine = after(first, second)
    assert (result(machine), machine.depth) == (expected, depth)


def test_counters_start_again_and_outputs_stay() -> None:
    machine = after("PUSH 5 / BSMX r0 / PUSH 1 / OUTPUT r0", "PUSH 3 / STOW r0 / PUSH 2 / OUTPUT r0", output_slots=4)
    assert (machine.steps, machine.instructions, machine.memory_used) == (4, 4, 8)
    assert [value is None for value in machine.outputs] == [True, False, False, True]
    assert machine.outputs[2] == 3
    machine.reset()
    assert (machine.steps, machine.instructions, machine.memory_used, machine.depth) == (0, 0, 0, 0)
    assert (machine.stack, dict(machine.registers), list(machine.outputs)) == ((), {}, [])
    machine.load(program("PUSH 0 / OUTPUT r0"))
    machine.run()
    assert verdict(machine) == "UnsetRegister { pos: 2, reg: 0 }"


def test_limits_are_kept_over_a_reset_and_calldata_is_not() -> None:
    machine = run("PUSH 0 / INPUT r0", calldata=[4], step_limit=2, memory_limit=8)
    assert verdict(machine) == "ok"
    machine.load(program("PUSH 0 / INPUT r0"))
    machine.run()
    assert (verdict(machine), machine.registers) == ("ok", {0: 4})
    machine.reset()
    machine.load(program("PUSH 0 / INPUT r0"))
    machine.run()
    assert verdict(machine) == "CallDataIndex { index: 0, len: 0 }"
    machine.load(program("PUSH 0 / PUSH 0 / PUSH 0"))
    machine.run()
    assert verdict(machine) == "StepLimitExceeded { pos: None, requested: 1, used: 2, limit: 2 }"
    machine.load(program("PUSH 2 / BQMX r0"))
    machine.run()
    assert verdict(machine) == "MemoryLimitExceeded { pos: 2, requested: 16, used: 0, limit: 8 }"


# Anything of the above in any order

CONTROL = st.one_of(
    st.sampled_from((("RANGE",), ("NEXT",), ("NEXT",), ("TARGET",), ("HALT",), ("LOAD", 1), ("POP",), ("ITER", 0))),
    st.tuples(st.just("PUSH1"), st.integers(-1, 3)),
    st.tuples(st.just("PUSH1"), st.integers(0, 2)),
    st.tuples(st.sampled_from(("LVAL", "LIDX")), st.integers(1, 1)),
    st.tuples(st.sampled_from(("JUMP1", "JUMPI1", "JUMPI2")), st.integers(0, 2)),
)
OPENERS = st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.sampled_from((("RANGE",), ("ITER", 0)))).map(
    lambda parts: [("PUSH1", parts[0]), ("PUSH1", parts[1]), parts[2]]
)
STREAMS = st.lists(st.one_of(CONTROL.map(lambda one: [one]), OPENERS), max_size=14).map(
    lambda groups: encode(*(instruction for group in groups for instruction in group))
)
STEPS = st.one_of(st.just(400), st.integers(0, 60))


@given(STREAMS, STREAMS, STEPS)
@example(encode(("PUSH1", 0), ("PUSH1", 2), ("RANGE",), ("JUMP1", 0), ("TARGET",), ("NEXT",)), b"\x07", 400)
@settings(max_examples=500, deadline=None)
def test_any_control_flow_is_that_of_the_reference(first: bytes, second: bytes, steps: int) -> None:
    naive = Naive(calldata=[[4, 5, 6]], step_limit=steps)
    machine = XqvmMachine(Program(b""), calldata=[[4, 5, 6]], step_limit=steps)
    for code in (encode(("PUSH1", 0), ("INPUT", 0)) + first, second):
        machine.load(Program(code))
        machine.run()
        assert seen(machine) == seen_naive(naive.run(code))
