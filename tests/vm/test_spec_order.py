"""Which fault wins, and what stays charged and popped after it: every opcode against the reference (sections 6 to 9).

`tests.support.situations` names good and bad choices for the operands of each opcode. Every single bad choice is run
with budgets that hold exactly and that are one short at every charge; every two bad choices are run together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest

from tests.support.reference_values import CODES, DEPTH, MAX, U64_MAX, encode
from tests.support.runs import run, verdict
from tests.support.situations import OPEN, ROWS, Instruction, budgets, check, deviate, deviations, ordinary
from vm.xqvm.isa import ISA
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program


@pytest.mark.parametrize("name", CODES)
def test_the_first_check_in_the_order_of_the_reference_wins(name: str) -> None:
    good, choices = ordinary(name), deviations(name)
    assert check(good) == "ok"
    for situation in budgets(good):
        check(situation)
    for choice in choices:
        check(deviate(good, choice))
        for situation in budgets(deviate(good, choice)):
            check(situation)
    for one, two in combinations(choices, 2):
        if one[:2] != two[:2]:
            check(deviate(good, one, two))


def test_every_opcode_has_a_row() -> None:
    assert len(CODES) == 93
    assert set(ROWS) == set(CODES) == {op.name for op in ISA}
    assert all(ISA.by_name[name].code == code for name, (code, _) in CODES.items())


# What the table cannot say: full stacks, undecodable bytes, charges beyond counting


@pytest.mark.parametrize("name", ["LOAD", *(f"PUSH{n}" for n in range(1, 9)), "COPY", "VECLEN", "ENERGY"])
def test_a_full_stack_refuses_only_after_every_other_check(name: str) -> None:
    good = ordinary(name)
    good = replace(good, pops=(1,) * (DEPTH - 1), depth=DEPTH)
    assert check(replace(good, depth=DEPTH - 1)) == "ok"
    assert check(good).startswith("StackOverflow {")
    for at in range(len(good.registers)):
        assert check(deviate(good, ("registers", at, "vecx"))).startswith(("RegisterType {", "StackOverflow {"))
        assert check(deviate(good, ("registers", at, "unset"))).startswith(("RegisterType {", "UnsetRegister {"))


@pytest.mark.parametrize(
    ("instructions", "message", "steps", "held"),
    [
        ((("PUSH", 0), ("PUSH", 1), ("RANGE",)), "LoopStackOverflow { pos: 18 }", 3, 0),
        ((("PUSH", MAX), ("PUSH", 1), ("RANGE",)), "ArithmeticOverflow { pos: Some(18) }", 3, 0),
        ((("PUSH", 0), ("PUSH", 0), ("RANGE",), ("NEXT",)), "ok", 4, 0),
        ((("VEC", 0), ("PUSH", 6), ("VECPUSH", 0), ("PUSH", 0), ("PUSH", 1), ("ITER", 0)),
         "LoopStackOverflow { pos: 31 }", 7, 24),
        ((("VEC", 0), ("PUSH", 0), ("PUSH", 1), ("ITER", 0)),
         "IndexOutOfBounds { pos: 20, index: 1, len: 0 }", 4, 0),
        ((("NEXT",), ("PUSH", 0), ("PUSH", 1), ("RANGE",)), "ok", 4, 0),
    ],
)  # fmt: skip
def test_the_loop_stack_is_the_last_thing_an_opener_looks_at(
    full_of_loops: XqvmMachine, instructions: Sequence[Instruction], message: str, steps: int, held: int
) -> None:
    full_of_loops.load(Program(encode(*instructions)))
    full_of_loops.run()
    assert verdict(full_of_loops) == message
    assert (full_of_loops.steps, full_of_loops.memory_used, full_of_loops.depth) == (steps, held, DEPTH)
    assert full_of_loops.stack == ()


@pytest.fixture
def full_of_loops() -> XqvmMachine:
    machine = run(encode(*OPEN) * DEPTH)
    assert (verdict(machine), machine.depth) == ("ok", DEPTH)
    return machine


RESERVED = sorted(set(range(256)) - {code for code, _ in CODES.values()})


def test_reserved_bytes_cost_their_step_and_are_no_instruction() -> None:
    assert len(RESERVED) == 256 - 93
    for byte in RESERVED:
        machine = run(encode(("PUSH", 3)) + bytes([byte]))
        assert verdict(machine) == f"BadOpcode {{ pos: 9, byte: {byte} }}"
        assert (machine.steps, machine.instructions, machine.stack) == (2, 2, (3,))
        refused = run(encode(("PUSH", 3)) + bytes([byte]), step_limit=1)
        assert verdict(refused) == "StepLimitExceeded { pos: None, requested: 1, used: 1, limit: 1 }"
        assert (refused.steps, refused.instructions) == (1, 1)


@pytest.mark.parametrize("name", [name for name, (_, operands) in CODES.items() if operands])
def test_operands_cut_off_are_found_before_anything_else(name: str) -> None:
    whole = encode(ordinary(name).instruction())
    for length in range(1, len(whole)):
        machine = run(whole[:length])
        assert verdict(machine) == "TruncatedInstruction { pos: 0 }"
        assert (machine.steps, machine.instructions, machine.memory_used, machine.stack) == (1, 1, 0, ())


@pytest.mark.parametrize(
    ("text", "message", "held"),
    [
        ("PUSH 9223372036854775807 / BQMX r0",
         f"MemoryLimitExceeded {{ pos: 9, requested: {U64_MAX}, used: 0, limit: {U64_MAX} }}", 0),
        ("PUSH 2305843009213693952 / BQMX r0",
         f"MemoryLimitExceeded {{ pos: 9, requested: {U64_MAX}, used: 0, limit: {U64_MAX} }}", 0),
        ("PUSH 2305843009213693951 / BQMX r0", f"InvalidAllocation {{ pos: 9, size: {(1 << 61) - 1} }}", U64_MAX - 7),
        ("PUSH 2305843009213693951 / BSMX r0", f"InvalidAllocation {{ pos: 9, size: {(1 << 61) - 1} }}", U64_MAX - 7),
        ("PUSH 4294967295 / BQMX r0", "ok", 8 * ((1 << 32) - 1)),
        ("VEC r1 / PUSH 9223372036854775807 / VECPUSH r1 / PUSH 1 / PUSH 1 / EQUALITY r0 r1 r1",
         f"MemoryLimitExceeded {{ pos: 17, requested: {U64_MAX}, used: 16, limit: {U64_MAX} }}", 16),
        ("VEC r1 / PUSH 2305843009213693948 / VECPUSH r1 / PUSH 1 / PUSH 1 / EQUALITY r0 r1 r1",
         f"MemoryLimitExceeded {{ pos: 17, requested: 32, used: {U64_MAX - 7}, limit: {U64_MAX} }}", U64_MAX - 7),
    ],
)  # fmt: skip
def test_a_saturated_charge_is_refused_under_every_limit(text: str, message: str, held: int) -> None:
    machine = run(text, memory_limit=U64_MAX)
    assert (verdict(machine), machine.memory_used) == (message, held)


def test_unlimited_steps_are_not_the_default_limit() -> None:
    text = "PUSH 0 / PUSH 12 / RANGE / PUSH 1000000 / BSMX r0 / NEXT"
    assert run(text, step_limit=None).steps == 3 + 12 * (1 + 1 + 1_000_000 + 1)
    message = "StepLimitExceeded { pos: Some(9), requested: 1000000, used: 9000032, limit: 10000000 }"
    machine = run(text)
    assert (verdict(machine), machine.memory_used) == (message, 10 * 8_000_000)


# The same in words: the surprises of section 9, each written out


@pytest.mark.parametrize(
    ("text", "message", "left", "steps", "held"),
    [
        # charged before the kind is looked at
        ("PUSH 1 / VECPUSH r0", 'RegisterType { reg: 0, expected: "vec<int>", got: "unset" }', (), 2, 16),
        ("PUSH 0 / PUSH 0 / PUSH 1 / EXCLUDE r0", 'RegisterType { reg: 0, expected: "model", got: "unset" }',
         (), 17, 48),
        ("PUSH 0 / PUSH 0 / PUSH 1 / IMPLIES r0", 'RegisterType { reg: 0, expected: "model", got: "unset" }',
         (), 30, 80),
        ("PUSH 0 / PUSH 0 / PUSH 1 / REDUCE r0", 'RegisterType { reg: 0, expected: "model", got: "unset" }',
         (), 56, 184),
        ("VEC r1 / PUSH 3 / VECPUSH r1 / PUSH 1 / PUSH 1 / EQUALITY r0 r1 r1",
         'RegisterType { reg: 0, expected: "model", got: "unset" }', (), 6 + 13, 16 + 8 * 4 + 32),
        ("VEC r1 / PUSH 3 / VECPUSH r1 / PUSH 1 / PUSH 1 / EQUALITY r1 r1 r1",
         'RegisterType { reg: 1, expected: "model", got: "vec<int>" }', (), 6 + 13, 16 + 8 * 4 + 32),
        ("VEC r1 / PUSH 3 / VECPUSH r1 / PUSH 1 / PUSH 1 / ATLEASTW r0 r1 r1",
         'RegisterType { reg: 0, expected: "model", got: "unset" }', (), 6 + 13 * 6, 16 + 8 * 2 + 32 * 3 + 48 * 3),
        # the kind is looked at before the charge
        ("PUSH 0 / PUSH 1 / SETLINE r0", 'RegisterType { reg: 0, expected: "model|sample", got: "unset" }', (), 3, 0),
        ("PUSH 0 / PUSH 0 / PUSH 1 / SETQUAD r0", 'RegisterType { reg: 0, expected: "model", got: "unset" }',
         (), 4, 0),
        ("PUSH 0 / PUSH 1 / ONEHOTR r0", 'RegisterType { reg: 0, expected: "model", got: "unset" }', (), 3, 0),
        ("VEC r0 / PUSH 1 / PUSH 5 / SLACK r0 r1", "UnsetRegister { pos: 6, reg: 1 }", (), 4, 0),
        ("VEC r0 / PUSH 1 / STOW r1 / PUSH 1 / PUSH 0 / SLACK r0 r1",
         'RegisterType { reg: 1, expected: "vec<int>", got: "int" }', (), 6, 0),
        # charged before the index is looked at
        ("PUSH 2 / BQMX r0 / PUSH 2 / PUSH 1 / SETLINE r0", "IndexOutOfBounds { pos: 8, index: 2, len: 2 }",
         (), 18, 48),
        ("PUSH 2 / BQMX r0 / PUSH -1 / PUSH 2 / PUSH 1 / ADDQUAD r0", "IndexOutOfBounds { pos: 10, index: -1, len: 2 }",
         (), 19, 64),
        # the bounds before the charge
        ("VEC r0 / PUSH 0 / PUSH 1 / ITER r0", "IndexOutOfBounds { pos: 6, index: 1, len: 0 }", (), 4, 0),
        ("PUSH 1 / INPUT r0", "CallDataIndex { index: 1, len: 0 }", (), 2, 0),
        # the charge before the slot
        ("PUSH 5 / BSMX r0 / PUSH 16 / OUTPUT r0", "OutputIndex { index: 16, len: 16 }", (), 14, 80),
        ("PUSH 99 / OUTPUT r0", "UnsetRegister { pos: 2, reg: 0 }", (), 2, 0),
        # signs before the kind, the product after it
        ("PUSH 0 / PUSH 3 / RESIZE r0", "InvalidGridDimensions { pos: 4, rows: 0, cols: 3 }", (), 3, 0),
        ("PUSH 1 / PUSH 3 / RESIZE r0", 'RegisterType { reg: 0, expected: "model|sample", got: "unset" }', (), 3, 0),
        # k before the size, the size's sign before the charge, its magnitude after it
        ("PUSH -1 / PUSH 1 / XQMX r0", "InvalidIntegerK { pos: 4, k: 1 }", (), 3, 0),
        ("PUSH -1 / PUSH 2 / XQMX r0", "InvalidAllocation { pos: 4, size: -1 }", (), 3, 0),
        ("PUSH 4294967296 / BQMX r0",
         "MemoryLimitExceeded { pos: 6, requested: 34359738368, used: 0, limit: 1073741824 }", (), 2, 0),
        # partial pops
        ("PUSH 9 / ADD", "StackUnderflow { pos: 2 }", (), 2, 0),
        ("PUSH 9 / SWAP", "StackUnderflow { pos: 2 }", (9,), 2, 0),
        ("PUSH 8 / PUSH 9 / SETQUAD r0", "StackUnderflow { pos: 4 }", (), 3, 0),
        ("PUSH 0 / PUSH 64 / SHL", "InvalidShift { pos: 4, amount: 64 }", (), 3, 0),
        ("ENERGY r0 r0", 'RegisterType { reg: 0, expected: "model", got: "unset" }', (), 1, 0),
        ("PUSH 1 / BQMX r0 / ENERGY r0 r0", 'RegisterType { reg: 0, expected: "sample", got: "model" }', (), 3, 8),
    ],
)  # fmt: skip
def test_the_order_in_words(text: str, message: str, left: tuple[int, ...], steps: int, held: int) -> None:
    machine = run(text)
    assert (verdict(machine), machine.stack, machine.steps, machine.memory_used) == (message, left, steps, held)
