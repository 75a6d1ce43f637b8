"""Expressions on real machines: XQVM, and one that is as different as it can be."""

from __future__ import annotations

import pytest

from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED
from vm.contract import Machine, Place, Value
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, SPIN, Model, Sample, Vec
from xqdbg.expressions import EvaluationError, ExpressionError, Template, format_value, parse

LOAD = "\n".join(f"PUSH {slot}\nINPUT r{slot}" for slot in range(5))
LOOP = "PUSH 0\nPUSH 9\nRANGE\nLVAL r9\nPUSH -42\nVECPUSH r2\nNEXT"


@pytest.fixture
def machine() -> XqvmMachine:
    model = Model(BINARY, 6, 2, 3)
    model.put_line(2, -7)
    model.put_pair(1, 5, 4)
    bits = Sample(BINARY, [0, 1, 1, 0, 0, 1])
    made = XqvmMachine(
        assemble(f"{LOAD}\n{LOOP}"), [model, Sample(SPIN, [1, -1, 1]), [4, 5, 6], 11, bits], 2, step_limit=9000
    )
    made.run(15)
    return made


def value(machine: Machine, text: str, strict: bool = True) -> Value:
    return parse(text).bind(machine, {"x": 5}, lambda _place: None, strict)()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("r3 == 11", 1), ("r3 * 2 + $x", 27), ("r9", 0), ("r10 == unset", 1), ("r0.linear[2]", -7), ("r0.quad[5,1]", 4),
        ("r0.quad[r9 + 1, 5] > 3", 1), ("r0.size * r0.rows", 12), ("r0.domain == 'binary'", 1), ("r1[-1]", 1),
        ("sum(r1)", 1), ("len(r1)", 3), ("min(r1)", -1), ("r2[1:2]", (5, 6)), ("r2[-2:9]", (5, 6)), ("sum(r2)", 15),
        ("r2[r9 + 1]", 5), ("r2 == [4, 5, 6]", 1), ("r2 != [4, 5]", 1), ("r2 == r1", 0), ("r2 == r2", 1),
        ("r0 == r0", 1), ("stack[9] != 1", 1),
        ("energy(r0, r4)", -3), ("energy(r0, r4) < 0 and r0.quad[1,5]", 1), ("stack[-1]", -42), ("stack == [-42]", 1),
        ("len(stack)", 1), ("stack[0:1]", (-42,)), ("loop[0].index", 0), ("loop", 1), ("depth", 1), ("tick", 15),
        ("tick == pc", 0), ("in[3]", 11), ("in[0].linear[2]", -7), ("out[1] == unset", 1), ("steps.limit", 9000),
        ("steps < steps.limit", 1), ("bytes > 0", 1), ("any(r4)", 1), ("all(r4)", 0), ("r1 and not r9", 1),
    ],
)  # fmt: skip
def test_xqvm(machine: XqvmMachine, text: str, expected: Value) -> None:
    assert value(machine, text) == expected
    assert value(machine, text, strict=False) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("r10 + 1", "r10 is unset"),
        ("stack[1]", "there are 1 elements"),
        ("r2[3]", "r2[3]: there are 3 elements, counted from 0"),
        ("r0.linear[6]", "the model has 6 variables"),
        ("r3[0]", "an integer has no parts"),
        ("r2 + 1", "+ takes integers, and r2 is vec 3  [4 5 6]"),
        ("energy(r0, r1)", "the model has 6 variables, the sample 3"),
        ("energy(r2, r1)", "the first is no model but vec 3"),
        ("len(r0)", "len takes a sequence, and this is binary 6 2x3"),
        ("out[0]", "out[0] is unset"),
    ],
)
def test_xqvm_has_no_value(machine: XqvmMachine, text: str, message: str) -> None:
    with pytest.raises(EvaluationError) as error:
        value(machine, text)
    assert message in error.value.message
    assert value(machine, text, strict=False) is None


@pytest.mark.parametrize(
    ("text", "column", "hint"),
    [
        ("R3 == 7", 0, "did you mean r3?"), ("1 + r256", 4, "r2"), ("r03", 0, "r3"), ("r0.what", 0, ""),
        ("out[2]", 0, ""),
        ("energie(r0, r1)", 0, "did you mean energy?"), ("energy(r0)", 0, "energy(model, sample)"), ("pc.x", 0, ""),
        ("old(stack.x)", 4, ""), ("r0.quad[1]", 0, ""),
    ],
)  # fmt: skip
def test_xqvm_cannot_have(machine: XqvmMachine, text: str, column: int, hint: str) -> None:
    with pytest.raises(ExpressionError) as error:
        value(machine, text)
    assert error.value.column == column
    assert hint in error.value.hint


def test_a_condition_follows_the_machine_wherever_it_goes(machine: XqvmMachine) -> None:
    start = machine.checkpoint()
    condition = parse("r9 == 5 and len(r2) > 7 and stack[-1] < 0").bind(machine, {})
    met: list[list[int]] = []
    for _ in range(2):
        met.append([])
        while not machine.status.ended:
            if condition():
                met[-1].append(machine.tick)
            machine.run(1)
        machine.restore(start)
    assert met[0] and met[0] == met[1]
    assert condition() == 0


def test_a_vector_is_no_sample_but_both_are_lists(machine: XqvmMachine) -> None:
    machine.regs[7] = Vec([0, 1, 1, 0, 0, 1])
    assert value(machine, "r7 == [0, 1, 1, 0, 0, 1] and [0, 1, 1, 0, 0, 1] == r4") == 1
    assert value(machine, "r7 == r4") == 0
    assert value(machine, "r7 != r4") == 1


def test_strict_values_can_be_kept(machine: XqvmMachine) -> None:
    kept, live = value(machine, "r2"), value(machine, "r2", strict=False)
    machine.run(1)
    assert isinstance(kept, Vec) and list(kept) == [4, 5, 6]
    assert isinstance(live, Vec) and len(machine.regs[2]) == 4  # type: ignore[arg-type]
    assert value(machine, "len(r2)") == 4


@pytest.mark.parametrize(
    ("text", "fmt", "expected"),
    [
        ("r2", "", "vec 3  [4 5 6]"), ("r2", "d", "[4, 5, 6]"), ("r2", "x", "[0x4, 0x5, 0x6]"),
        ("r2", "j", "[4, 5, 6]"),
        ("r2[1:2]", "", "[5, 6]"), ("r0", "", "binary 6 2x3  1 linear  1 quadratic"), ("energy(r0, r4)", "e", "-3"),
        ("r10", "", "unset"), ("r0.domain", "", "binary"), ("stack", "", "[-42]"),
        ("r2", "m", "   0  1  2\n0  4  5  6"), ("r1", "d", "[1, -1, 1]"),
        ("r0", "m", "binary 6 2x3  1 linear  1 quadratic\nlinear  0  1   2  3  4  5\n        ·  ·  -7  ·  ·  ·\n"
                    "quadratic  0  1  2  3  4  5\n        0  ·  ·  ·  ·  ·  ·\n        1  ·  ·  ·  ·  ·  4\n"
                    "        2  ·  ·  ·  ·  ·  ·\n        3  ·  ·  ·  ·  ·  ·\n        4  ·  ·  ·  ·  ·  ·\n"
                    "        5  ·  ·  ·  ·  ·  ·"),
        ("r1", "m", "spin 3  +-+\n   0   1  2\n0  1  -1  1"),
    ],
)  # fmt: skip
def test_formats(machine: XqvmMachine, text: str, fmt: str, expected: str) -> None:
    assert format_value(machine, value(machine, text, strict=False), fmt) == expected


def test_a_message(machine: XqvmMachine) -> None:
    tell = Template.parse("{loop[0].index}: {r2} {len(r2):x} {energy(r0, r4):e} {stack[5]}").bind(machine, {})
    assert tell() == "0: vec 3  [4 5 6] 0x3 -3 unset"
    machine.run(1)
    assert tell().startswith("0: vec 4")


def test_toy() -> None:
    machine = toy_machine(NESTED, fuel=500)
    condition = parse("r3 % 2 == 0 and depth == 2 and fuel.limit == 500 and loop[-1].left < 3").bind(machine, {})
    ticks = []
    while not machine.status.ended:
        if condition():
            ticks.append(machine.tick)
        machine.run(1)
    assert ticks
    assert value(machine, "out[0] + double(out[1])") == machine.output[0] + 2 * machine.output[1]
    assert value(machine, "fuel") == machine.tick
    assert value(machine, "grid[0,0] == 0 or grid[5,5] == unset") == 1
    assert value(machine, "old(r3) == 3") == 0
    assert parse("old(r3)").bind(machine, {}, lambda place: str(place))() == "r3"
    assert machine.get(Place("r3")) == value(machine, "r3")
    with pytest.raises(ExpressionError, match="no place called 'stack'"):
        parse("stack[-1]").bind(machine, {})
