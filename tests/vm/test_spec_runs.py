"""The test vectors of the reference, section 18, with every column."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.support.runs import run, seen
from vm.xqvm.model import BINARY, Model, Sample


def model(domain: str, size: int, linear: dict[int, int], pairs: dict[tuple[int, int], int], *grid: int) -> object:
    """A model as `plain` shows it."""
    return "model", domain, size, *(grid or (0, 0)), linear, pairs


@dataclass(frozen=True)
class Vector:
    """One row of the table."""

    text: str
    result: str
    stack: tuple[int, ...]
    steps: int
    dispatched: int
    memory_used: int
    outputs: dict[int, object] = field(default_factory=dict)
    inputs: dict[str, object] = field(default_factory=dict)


V14_MODEL = Model(BINARY, 3)
V14_MODEL.put_line(0, 2)
V14_MODEL.put_pair(0, 2, -1)

VECTORS = {
    "V1": Vector("PUSH 10 / PUSH 32 / ADD / HALT", "ok", (42,), 4, 4, 0),
    "V2": Vector("PUSH 1 / ADD", "StackUnderflow { pos: 2 }", (), 2, 2, 0),
    "V3": Vector("PUSH 0 / PUSH 3 / RANGE / LVAL r0 / LOAD r0 / NEXT", "ok", (0, 1, 2), 12, 12, 0),
    "V4": Vector("PUSH 7 / PUSH 0 / RANGE / NOP / NOP / NEXT / PUSH 1", "ok", (1,), 7, 4, 0),
    "V5": Vector(
        "VEC r0 / PUSH 4 / VECPUSH r0 / PUSH 5 / VECPUSH r0 / PUSH 0 / PUSH 2 / ITER r0 / LVAL r1 / LOAD r1 / NEXT",
        "ok", (4, 5), 16, 14, 48,
    ),
    "V6": Vector(
        "PUSH 3 / BQMX r0 / PUSH 0 / PUSH 5 / SETLINE r0 / PUSH 0 / OUTPUT r0",
        "ok", (), 33, 7, 112, {0: model("Binary", 3, {0: 5}, {})},
    ),
    "V7": Vector(
        "PUSH 4 / SSMX r0 / PUSH 0 / OUTPUT r0",
        "ok", (), 12, 4, 64, {0: ("sample", "Spin", [-1, -1, -1, -1], 0, 0)},
    ),
    "V8": Vector(
        "PUSH 6 / BQMX r0 / PUSH 2 / PUSH 3 / RESIZE r0 / PUSH 1 / PUSH 5 / ONEHOTR r0 / PUSH 0 / OUTPUT r0",
        "ok", (), 166, 10, 576,
        {0: model("Binary", 6, {3: -5, 4: -5, 5: -5}, {(3, 4): 10, (3, 5): 10, (4, 5): 10}, 2, 3)},
    ),
    "V9": Vector(
        "PUSH 4 / BQMX r0 / VEC r1 / PUSH 0 / VECPUSH r1 / PUSH 6 / VECPUSH r1 / VEC r2 / PUSH 2 / VECPUSH r2 / "
        "PUSH 3 / VECPUSH r2 / PUSH 4 / PUSH 5 / EQUALITY r0 r1 r2 / PUSH 0 / OUTPUT r0",
        "ok", (), 95, 17, 400, {0: model("Binary", 7, {0: -60, 6: -75}, {(0, 6): 60})},
    ),
    "V10": Vector(
        "PUSH 4 / BQMX r0 / VEC r1 / PUSH 0 / VECPUSH r1 / PUSH 1 / VECPUSH r1 / PUSH 2 / VECPUSH r1 / "
        "PUSH 1 / PUSH 5 / ATLEAST r0 r1 / PUSH 0 / OUTPUT r0",
        "ok", (), 404, 14, 1424,
        {0: model(
            "Binary", 6, {0: -5, 1: -5, 2: -5, 4: 15, 5: 40},
            {(0, 1): 10, (0, 2): 10, (0, 4): -10, (0, 5): -20, (1, 2): 10, (1, 4): -10, (1, 5): -20, (2, 4): -10,
             (2, 5): -20, (4, 5): 20},
        )},
    ),
    "V11": Vector(
        "PUSH 4 / BQMX r0 / PUSH 0 / PUSH 1 / PUSH 5 / REDUCE r0 / PUSH 0 / OUTPUT r0",
        "ok", (4,), 112, 8, 432, {0: model("Binary", 5, {4: 15}, {(0, 1): 5, (0, 4): -10, (1, 4): -10})},
    ),
    "V12": Vector(
        "VEC r0 / VEC r1 / PUSH 5 / PUSH 6 / SLACK r0 r1 / PUSH 0 / OUTPUT r0 / PUSH 1 / OUTPUT r1",
        "ok", (), 21, 9, 192, {0: [5, 6, 7], 1: [1, 2, 4]},
    ),
    "V13": Vector(
        "VEC r0 / PUSH 5 / PUSH 6 / SLACK r0 r0 / PUSH 0 / OUTPUT r0",
        "ok", (), 18, 6, 192, {0: [5, 6, 7, 1, 2, 4]},
    ),
    "V14": Vector(
        "PUSH 0 / INPUT r0 / PUSH 1 / INPUT r1 / ENERGY r0 r1",
        "ok", (1,), 39, 5, 128, {}, {"calldata": [V14_MODEL, Sample(BINARY, [1, 0, 1])]},
    ),
    "V15": Vector(
        "PUSH 0 / INPUT r0 / LOAD r0", "UnsetRegister { pos: 4, reg: 0 }", (), 3, 3, 0, {}, {"calldata": [None]}
    ),
    "V16": Vector(
        "PUSH 2 / BSMX r0 / PUSH 0 / PUSH 2 / SETLINE r0",
        "SampleOutOfDomain { pos: 8, index: 0, value: 2, domain: Binary }", (), 7, 5, 16,
    ),
    "V17": Vector(
        "PUSH 2 / BQMX r0 / PUSH 9 / PUSH 1 / SETLINE r0",
        "MemoryLimitExceeded { pos: 8, requested: 32, used: 16, limit: 16 }", (), 5, 5, 16, {}, {"memory_limit": 16},
    ),
    "V18": Vector(
        "PUSH 2 / BQMX r0 / PUSH 9 / PUSH 1 / SETLINE r0",
        "StepLimitExceeded { pos: Some(8), requested: 13, used: 5, limit: 6 }", (), 5, 5, 48, {}, {"step_limit": 6},
    ),
    "V19": Vector("VECLEN r0", 'RegisterType { reg: 0, expected: "vec", got: "unset" }', (), 1, 1, 0),
    "V20": Vector(
        "PUSH -9223372036854775808 / PUSH -1 / DIV", "ArithmeticOverflow { pos: Some(11) }", (), 3, 3, 0
    ),
    "V21": Vector("PUSH -9223372036854775808 / PUSH -1 / MOD", "ok", (0,), 3, 3, 0),
    "V22": Vector("PUSH -7 / PUSH 2 / DIV / PUSH 7 / PUSH -2 / MOD", "ok", (-4, -1), 6, 6, 0),
    "V23": Vector("PUSH 1 / PUSH 63 / SHL", "ArithmeticOverflow { pos: Some(4) }", (), 3, 3, 0),
    "V24": Vector("PUSH -1 / PUSH 63 / SHL", "ok", (-9223372036854775808,), 3, 3, 0),
    "V25": Vector(
        "PUSH 9223372036854775807 / PUSH 1 / RANGE / NEXT", "ArithmeticOverflow { pos: Some(11) }", (), 3, 3, 0
    ),
    "V26": Vector(
        "PUSH 4 / BQMX r0 / PUSH 0 / PUSH 4 / RESIZE r0",
        "InvalidGridDimensions { pos: 8, rows: 0, cols: 4 }", (), 5, 5, 32,
    ),
    "V27": Vector(
        "PUSH 1 / PUSH 2", "StepLimitExceeded { pos: None, requested: 1, used: 1, limit: 1 }", (1,), 1, 1, 0, {},
        {"step_limit": 1},
    ),
    "V28": Vector(
        "PUSH 200000000 / BQMX r0",
        "MemoryLimitExceeded { pos: 5, requested: 1600000000, used: 0, limit: 1073741824 }", (), 2, 2, 0,
    ),
    "V29": Vector("JUMP .0 / PUSH 1 / .0: PUSH 2", "ok", (2,), 3, 3, 0),
    "V30": Vector(
        "PUSH 0 / PUSH 2 / RANGE / PUSH 10 / PUSH 3 / RANGE / LVAL r0 / LOAD r0 / JUMP .0 / NEXT / "
        ".0: PUSH 100 / NEXT / PUSH 5",
        "ok", (10, 100, 11, 100, 12, 100, 5), 25, 25, 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VECTORS)
def test_vector(name: str) -> None:
    vector = VECTORS[name]
    got = seen(run(vector.text, **vector.inputs))
    assert got.message == vector.result
    assert got.stack == vector.stack
    assert (got.steps, got.dispatched, got.memory_used) == (vector.steps, vector.dispatched, vector.memory_used)
    assert got.outputs == [vector.outputs.get(slot) for slot in range(16)]


@pytest.mark.parametrize("name", [name for name, vector in VECTORS.items() if vector.result == "ok"])
def test_the_counters_of_a_vector_are_the_least_limits_it_runs_within(name: str) -> None:
    vector = VECTORS[name]
    exact = run(vector.text, **vector.inputs, step_limit=vector.steps, memory_limit=vector.memory_used)
    assert seen(exact).message == "ok"
    assert seen(exact).stack == vector.stack
    fewer = run(vector.text, **vector.inputs, step_limit=vector.steps - 1)
    assert seen(fewer).message.startswith("StepLimitExceeded {")
    assert fewer.steps <= vector.steps - 1
    if vector.memory_used:
        less = run(vector.text, **vector.inputs, memory_limit=vector.memory_used - 1)
        assert seen(less).message.startswith("MemoryLimitExceeded {")
        assert less.memory_used <= vector.memory_used - 1
