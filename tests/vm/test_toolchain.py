"""The toolchain: inputs out and in again, and what the verifier predicts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vm.contract import Place
from vm.xqvm.toolchain import TOOLCHAIN

MODEL = {"type": "model", "domain": "integer", "k": 3, "size": 4, "rows": 2, "cols": 2, "linear": {"0": 5},
         "quadratic": {"0,3": -1}}  # fmt: skip
SAMPLE = {"type": "sample", "domain": "spin", "k": None, "rows": None, "cols": None, "values": [1, -1]}


@pytest.mark.parametrize(
    "inputs",
    [
        {"calldata": [], "output_slots": 0, "step_limit": None, "memory_limit": 0},
        {"calldata": [1, [2, 3], None, MODEL, SAMPLE], "output_slots": 3, "step_limit": 77, "memory_limit": 1 << 40},
    ],
)
def test_inputs_round_trip(inputs: dict[str, Any]) -> None:
    program = TOOLCHAIN.assemble("NOP\nNOP")
    machine = TOOLCHAIN.machine(program, inputs)
    machine.run(1)
    found = TOOLCHAIN.inputs(machine)
    assert json.loads(json.dumps(found)) == inputs
    assert TOOLCHAIN.machine(program, found).digest() == TOOLCHAIN.machine(program, inputs).digest()


def test_inputs_are_those_the_machine_has_now() -> None:
    machine = TOOLCHAIN.machine(TOOLCHAIN.assemble("NOP"), {"calldata": [1]})
    machine.set(Place.parse("in[0]"), [4])
    machine.set(Place.parse("steps.limit"), 9)
    found = TOOLCHAIN.inputs(machine)
    assert (found["calldata"], found["step_limit"], found["output_slots"]) == ([[4]], 9, 16)


def test_a_forecast_of_a_program_that_passes_is_what_happens() -> None:
    text = "PUSH 1\nPUSH 0\nPUSH 3\nRANGE\nLVAL r0\nLOAD r0\nADD\nNEXT\nHALT\nNOP"
    program = TOOLCHAIN.assemble(text)
    forecast = TOOLCHAIN.forecast(program)
    assert (forecast.place, forecast.findings) == (Place("stack"), ())
    machine = TOOLCHAIN.machine(program, {})
    read = machine.reader(forecast.place)
    while not machine.status.ended:
        assert forecast.depths[machine.pc] == len(read())  # type: ignore[arg-type]
        machine.run(1)
    assert machine.reached() == forecast.depths.keys()


def test_a_forecast_says_where_it_cannot_tell_and_what_is_wrong() -> None:
    program = TOOLCHAIN.assemble("PUSH 1\nPOP\nADD\nPUSH 2")
    forecast = TOOLCHAIN.forecast(program)
    assert forecast.depths == {0: 0, 2: 1, 3: 0, 4: None}
    assert [(finding.kind, finding.offset) for finding in forecast.findings] == [("StackUnderflow", 0)]
    broken = TOOLCHAIN.forecast(TOOLCHAIN.assemble("NEXT"))
    assert broken.depths == {} and len(broken.findings) == 1
