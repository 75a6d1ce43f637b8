"""PVM's tools as the faces use them: results, traces, checks, beginnings."""

from __future__ import annotations

import json

import pytest

from tests.support.pvm import examples
from vm.contract import Status
from vm.diagnostics import InputError, ProgramError
from vm.pvm.beginnings import BEGINNINGS
from vm.pvm.machine import PvmMachine
from vm.pvm.toolchain import TOOLCHAIN, PvmToolchain
from vm.toolchain import Toolchain
from vm.xqvm.toolchain import TOOLCHAIN as OTHER

TOOLS: Toolchain = TOOLCHAIN


def run(source: str, **inputs: object) -> PvmMachine:
    machine = TOOLCHAIN.machine(TOOLCHAIN.assemble(source), inputs)
    machine.run(100_000_000)
    return machine


@pytest.mark.parametrize(
    ("name", "argument", "result"),
    [
        ("fib", "e0930400", 9024243749793644160),
        ("sieve", "a0860100", 9592),
        ("memfill", "204e0000", 5723920971075230472),
        ("quicksort", "88130000", 35837459016357840),
        ("crc32", "50c30000", 3772714050),
        ("matmul", "1c000000", 10169198156796344315),
        ("collatz", "b80b0000", 2919),
        ("nqueens", "08000000", 92),
        ("mandel", "28000000", 19839),
    ],
)
def test_an_example_computes_what_it_should(name: str, argument: str, result: int) -> None:
    machine = run(examples()[name][0], args=argument)
    assert machine.status is Status.HALTED and machine.regs[7] == result


def test_the_output_of_sha256() -> None:
    outcome = TOOLCHAIN.outcome(run(examples()["sha256"][0], args="28000000"))
    assert outcome["output"] == "2c56c1c8402cb695d460a1db65fcaeebd9e9f759eab232610f991a2d8067cdbf"
    assert outcome["instructions"] == outcome["gas_used"] == 160_949


@pytest.mark.parametrize(
    ("source", "inputs", "wanted"),
    [
        ("ret", {}, {"exit": "halt", "pc": 0, "output": "", "instructions": 1, "gas_used": 1}),
        ("trap", {}, {"exit": "panic", "error": "PANIC", "pc": 0, "line": 1}),
        ("a0 = u8 [0x20000]", {}, {"exit": "page-fault", "page": 0x20000, "error": "PAGE_FAULT"}),
        ("@l:\njump @l", {"gas": 7}, {"exit": "out-of-gas", "gas_used": 7, "instructions": 7}),
        ("ecalli 5", {}, {"exit": "host-call", "host_call": 5, "host_calls": {"5": 1}, "pc": 0}),
        ("a0 = 1", {"registers": {"a1": 9}}, {"exit": "panic", "pc": 3}),
    ],
)
def test_an_outcome_tells_how_it_ended(source: str, inputs: dict[str, object], wanted: dict[str, object]) -> None:
    outcome = TOOLCHAIN.outcome(run(source, **inputs))
    assert {key: outcome.get(key) for key in wanted} == wanted
    assert json.loads(json.dumps(outcome)) == outcome and list(outcome["registers"])[7] == "a0"


def test_a_report_is_for_people() -> None:
    shown = TOOLCHAIN.report(run(examples()["fib"][0]))
    assert shown.splitlines()[0] == "exit      halt at 0x21"
    assert "a0 = 0x27f80ddaa1ba7878" in shown and "cost      457 instructions, 457 of 100,000,000 gas" in shown
    waiting = TOOLCHAIN.report(run("ecalli 100"))
    assert waiting.startswith("waits     for the reply to host call 100 (log) at 0x0")
    assert "100 (log) once" in waiting


def test_a_long_output_is_cut_off_in_a_report() -> None:
    shown = TOOLCHAIN.report(run("%rw_data_size = 4096\na0 = 0x20000\na1 = 1000\nret"))
    assert " … 1,000 octets" in shown and max(map(len, shown.splitlines())) < 1_000


def test_inputs_are_told_as_they_were_given_and_as_limits_are_now() -> None:
    machine = run("ret", args="0102", gas=50)
    assert TOOLCHAIN.inputs(machine) == {"args": "0102", "gas": 50, "memory_limit": 1 << 30}
    again = TOOLCHAIN.machine(TOOLCHAIN.assemble("ret"), TOOLCHAIN.inputs(machine))
    assert (again.gas_limit, again.regs[8]) == (50, 2)


def test_what_a_source_presets_is_there_unless_inputs_say_otherwise() -> None:
    source = "pre: a0 = 5\npre: gas = 9\nret"
    assert (run(source).regs[7], run(source).gas) == (5, 8)
    assert (run(source, registers={"a0": 6}, gas=100).regs[7], run(source, gas=100).gas) == (6, 99)


@pytest.mark.parametrize("key", ["calldata", "step_limit", "n"])
def test_unknown_inputs_are_refused(key: str) -> None:
    with pytest.raises(InputError, match=f"unknown key '{key}'"):
        TOOLCHAIN.machine(TOOLCHAIN.assemble("ret"), {key: 1})


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_trace_has_a_line_an_instruction(form: str) -> None:
    machine = TOOLCHAIN.machine(TOOLCHAIN.assemble("a0 = 7\n    u8 [0x20000] = a0\n    ret"), {})
    pieces: list[str] = []
    machine.run(100, observer=TOOLCHAIN.tracer(machine, form, pieces.append))
    lines = "".join(pieces).splitlines()
    assert len(lines) == 2
    if form == "json":
        assert json.loads(lines[0])["writes"] == {"a0": 7} and json.loads(lines[1])["error"] == "PAGE_FAULT"
    else:
        assert lines[0].split() == ["0x0000", "a0", "=", "0x7", "a0", "=", "0x7"] and lines[1].endswith("PAGE_FAULT")


@pytest.mark.parametrize("name", list(BEGINNINGS))
def test_a_beginning_assembles_passes_runs_and_says_what_it_is(name: str) -> None:
    text = BEGINNINGS[name]
    program = TOOLCHAIN.assemble(text)
    assert TOOLCHAIN.check(program) == ()
    machine = run(text)
    assert machine.status is Status.HALTED
    assert text.startswith("// ") and text.splitlines()[1].startswith("// argument: ")


def test_beginnings_come_to_what_they_say() -> None:
    assert run(BEGINNINGS["empty program"]).regs[7] == 42
    assert run(BEGINNINGS["counted loop"]).regs[7] == 55
    assert run(BEGINNINGS["data and output"]).output() == (10).to_bytes(8, "little")
    assert run(BEGINNINGS["octets of the argument"], args="010002").regs[7] == 2
    assert run(BEGINNINGS["function that calls itself"]).regs[7] == 3_628_800


@pytest.mark.parametrize("name", list(examples()))
def test_every_example_passes(name: str) -> None:
    source, octets = examples()[name]
    assert TOOLCHAIN.check(TOOLCHAIN.assemble(source)) == TOOLCHAIN.check(TOOLCHAIN.load(octets)) == ()


def test_findings_have_a_line_an_address_and_an_end() -> None:
    program = TOOLCHAIN.assemble("jump 0x99 if a0 == 0\n" * 1_500 + "ret")
    found = TOOLCHAIN.check(program)
    assert len(found) == 1_001 and found[-1].message == "500 more findings not shown"
    assert (found[0].line, found[0].offset, found[0].kind) == (1, 0, "BadTarget")
    forecast = TOOLCHAIN.forecast(program)
    assert forecast.place is None and list(forecast.findings) == list(found)


def test_the_lenient_tools_take_what_the_strict_ones_refuse() -> None:
    octets = bytes((0, 0, 5, 51, 7, 1, 50, 4, 9, 0))
    with pytest.raises(ProgramError):
        TOOLCHAIN.load(octets)
    assert PvmToolchain(lenient=True).load(octets).code == octets[3:8]


def test_machines_and_programs_of_others_are_refused() -> None:
    with pytest.raises(TypeError, match="not a PVM program"):
        TOOLS.check(OTHER.assemble("HALT"))
    with pytest.raises(TypeError, match="not a PVM"):
        TOOLS.outcome(OTHER.machine(OTHER.assemble("HALT"), {}))
