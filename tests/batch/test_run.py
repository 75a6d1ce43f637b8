"""`xqdbg run`: results, faults, budgets, inputs, traces."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.conftest import Obey

Source = Callable[[str], Path]

ADDITION = "PUSH 10\nPUSH 32\nADD\nHALT\n"
UNDERFLOW = "PUSH 1\n; a remark\nADD\nHALT\n"
ENDLESS = ".0:\nJUMP .0\n"
MODEL = "PUSH 3\nBQMX r0\nPUSH 0\nPUSH 5\nSETLINE r0\nPUSH 1\nOUTPUT r0\n"
ECHO = "PUSH 0\nINPUT r0\nPUSH 0\nOUTPUT r0\n"


def test_json_of_a_success(obey: Obey, source: Source) -> None:
    answer = obey("run", source(MODEL), "--json")
    assert answer.code == 0
    assert answer.err == ""
    assert json.loads(answer.out) == {
        "outputs": [
            None,
            {
                "type": "model", "domain": "binary", "k": None, "size": 3, "rows": None, "cols": None,
                "linear": {"0": 5}, "quadratic": {},
            },
        ],
        "final_stack": [], "steps": 33, "instructions": 7, "memory_used": 112,
    }  # fmt: skip
    assert answer.out.count("\n") == 1


def test_json_of_a_fault(obey: Obey, source: Source) -> None:
    answer = obey("run", source(UNDERFLOW), "--json")
    assert answer.code == 1
    assert json.loads(answer.out) == {
        "error": "STACK_UNDERFLOW", "message": "StackUnderflow { pos: 2 }", "pc": 2, "line": 3,
        "steps": 2, "instructions": 2, "memory_used": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "options", "error"),
    [
        (ENDLESS, ("--step-limit", "100"), "STEP_LIMIT_EXCEEDED"),
        (ADDITION, ("--step-limit", "0"), "STEP_LIMIT_EXCEEDED"),
        (MODEL, ("--memory-limit", "23"), "MEMORY_LIMIT_EXCEEDED"),
    ],
)
def test_a_budget_that_runs_out_is_exit_code_3(
    obey: Obey, source: Source, text: str, options: tuple[str, ...], error: str
) -> None:
    answer = obey("run", source(text), "--json", *options)
    assert answer.code == 3
    assert json.loads(answer.out)["error"] == error


def test_unlimited_steps_lift_the_limit_of_the_inputs(obey: Obey, source: Source, tmp_path: Path) -> None:
    inputs = tmp_path / "inputs.json"
    inputs.write_text('{"step_limit": 2}')
    assert obey("run", source(ADDITION), "--inputs", inputs).code == 3
    assert obey("run", source(ADDITION), "--inputs", inputs, "--unlimited-steps").code == 0
    assert obey("run", source(ADDITION), "--inputs", inputs, "--step-limit", "4").code == 0


def test_report_for_people(obey: Obey, source: Source) -> None:
    answer = obey("run", source(MODEL + "PUSH 7\n"))
    assert answer.code == 0
    assert answer.err == ""
    for part in ("[1]", "binary 3", "7", "8 instructions", "34", "112"):
        assert part in answer.out


def test_a_fault_is_shown_in_its_source(obey: Obey, source: Source) -> None:
    path = source(UNDERFLOW)
    answer = obey("run", path)
    assert answer.code == 1
    assert answer.out == ""
    lines = answer.err.splitlines()
    assert lines[:5] == [
        f"{path}:3: STACK_UNDERFLOW at 0x0002",
        "     1 | PUSH 1",
        "     2 | ; a remark",
        ">    3 | ADD",
        "     4 | HALT",
    ]
    assert lines[5] == "StackUnderflow { pos: 2 }"
    assert lines[-1].startswith("2 instructions · steps 2 of 10,000,000")


def test_a_fault_of_bytecode_is_shown_in_its_listing(obey: Obey, source: Source, tmp_path: Path) -> None:
    code = tmp_path / "program.xqb"
    assert obey("asm", source(UNDERFLOW), "-o", code).code == 0
    answer = obey("run", code)
    assert answer.code == 1
    assert answer.err.splitlines()[:3] == [
        f"{code}: STACK_UNDERFLOW at 0x0002",
        "  0x0000 | PUSH1 1",
        "> 0x0002 | ADD",
    ]


def test_control_characters_of_a_program_do_not_reach_the_terminal(obey: Obey, source: Source) -> None:
    answer = obey("run", source("; \x1b[31mred\x1b]0;title\x07 \x9b2J \u202edesrever\nADD ; \x1b[2J\n"))
    assert answer.code == 1
    assert "[31mred" in answer.err
    assert not any(character in answer.err for character in "\x1b\x07\x9b\u202e")


def test_content_decides_before_the_suffix(obey: Obey, source: Source, tmp_path: Path) -> None:
    code = tmp_path / "program.xqb"
    assert obey("asm", source(ADDITION), "-o", code).code == 0
    misnamed = tmp_path / "misnamed.xqasm"
    misnamed.write_bytes(code.read_bytes())
    assert json.loads(obey("run", misnamed, "--json").out)["final_stack"] == [42]
    assert json.loads(obey("run", "-", "--json", stdin=code.read_bytes()).out)["final_stack"] == [42]
    assert json.loads(obey("run", "-", "--json", stdin=ADDITION.encode()).out)["final_stack"] == [42]


@pytest.mark.parametrize(
    ("options", "calldata"),
    [
        (("--calldata", "7"), [7]),
        (("--calldata", "-5,6"), [-5, 6]),
        (("--calldata=-9223372036854775808,+9223372036854775807",), [-(2**63), 2**63 - 1]),
        (("--calldata", "1,2", "--calldata", "-3"), [1, 2, -3]),
        (("--calldata", "000000000000000000000000000000007"), [7]),
    ],
)
def test_calldata(obey: Obey, source: Source, options: tuple[str, ...], calldata: list[int]) -> None:
    text = "".join(f"PUSH {slot}\nINPUT r0\nLOAD r0\n" for slot in range(len(calldata)))
    assert json.loads(obey("run", source(text), "--json", *options).out)["final_stack"] == calldata
    assert obey("run", source(text + f"PUSH {len(calldata)}\nINPUT r0"), *options).code == 1


def test_inputs_from_a_file_and_from_standard_input(obey: Obey, source: Source, tmp_path: Path) -> None:
    sample = {"type": "sample", "domain": "spin", "k": None, "rows": None, "cols": None, "values": [1, -1]}
    text = json.dumps({"calldata": [sample]})
    inputs = tmp_path / "inputs.json"
    inputs.write_text(text)
    for answer in (
        obey("run", source(ECHO), "--json", "--inputs", inputs),
        obey("run", source(ECHO), "--json", "--inputs", "-", stdin=text.encode()),
    ):
        assert json.loads(answer.out)["outputs"] == [sample]


def test_output_slots(obey: Obey, source: Source) -> None:
    path = source("PUSH 1\nSTOW r0\nPUSH 16\nOUTPUT r0\n")
    assert obey("run", path).code == 1
    answer = obey("run", path, "--output-slots", "17", "--json")
    assert json.loads(answer.out)["outputs"] == [None] * 16 + [1]


def test_an_example_brings_its_inputs(obey: Obey) -> None:
    answer = obey("run", "example:tsp5/verifier", "--json")
    assert json.loads(answer.out)["outputs"] == [-2255, 1]
    assert obey("run", "example:tsp5/verifier", "--calldata", "1").code == 1


TRACE = [
    '{"step":1,"pos":0,"instruction":"PUSH1 10","stack":[10],"read_regs":{},"written_regs":{}}',
    '{"step":2,"pos":2,"instruction":"STOW r3","stack":[],"read_regs":{},'
    '"written_regs":{"3":{"type":"int","value":10}}}',
]


def test_json_trace_goes_to_standard_error_or_a_file(obey: Obey, source: Source, tmp_path: Path) -> None:
    path = source("PUSH 10\nSTOW r3\nADD\n")
    traced = obey("run", path, "--trace", "json", "--json")
    assert traced.code == 1
    assert traced.err.splitlines() == TRACE
    assert json.loads(traced.out)["error"] == "STACK_UNDERFLOW"
    file = tmp_path / "trace.jsonl"
    filed = obey("run", path, "--trace", "json", "--trace-file", file, "--json")
    assert filed.err == ""
    assert file.read_text() == "".join(line + "\n" for line in TRACE)


def test_text_trace(obey: Obey, source: Source) -> None:
    err = obey("run", source("PUSH 10\nSTOW r3\n"), "--trace", "text").err.splitlines()
    assert err[0].split() == ["step", "offset", "instruction", "stack", "read-regs", "written-regs"]
    assert err[2].split() == ["2", "0x0002", "STOW", "r3", "[]", "r3=10"]


def test_a_trace_does_not_overwrite_what_is_run(obey: Obey, source: Source) -> None:
    path = source(ADDITION)
    answer = obey("run", path, "--trace", "json", "--trace-file", path)
    assert answer.code == 2
    assert path.read_text() == ADDITION


def heed_interrupts() -> None:
    """Undo what a shell does to the background jobs of a script; they ignore interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_interrupting_a_run(source: Source) -> None:
    """The trace grows while the program runs, so its first line is the sign to interrupt."""
    command = [sys.executable, "-m", "xqdbg", "run", str(source(ENDLESS)), "--trace", "json", "--unlimited-steps"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=root, preexec_fn=heed_interrupts) as process:
        assert process.stderr is not None
        try:
            first = process.stderr.readline()
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=60)[1].decode()
        finally:
            process.kill()
    assert process.returncode == 130
    assert json.loads(first)["step"] == 1
    assert rest.splitlines()[-1].startswith("xqdbg: interrupted after ")
    assert "Traceback" not in rest
