"""`xqdbg conform`: what it takes for a case, what it compares, what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.batch.conftest import Answer, Obey

RUN: dict[str, Any] = {
    "name": "sum",
    "program": "PUSH 1\nPUSH 2\nADD\nSTOW r0\nPUSH 0\nOUTPUT r0\nPUSH 9\n",
    "inputs": {},
    "expected": {"outputs": [3], "final_stack": [9], "steps": 7, "instructions": 7, "memory_used": 8},
}
FAULT: dict[str, Any] = {
    "name": "fault",
    "program": "PUSH 1\nADD\n",
    "expected": {"error": "STACK_UNDERFLOW", "steps": 2, "instructions": 2, "memory_used": 0},
    "trace": ['{"step":1,"pos":0,"instruction":"PUSH1 1","stack":[1],"read_regs":{},"written_regs":{}}'],
}
TEXT: dict[str, Any] = {
    "name": "text",
    "source": "NOP\n",
    "bytecode_hex": "58514243010000000000016fbf1d91f0",
    "disassembly": "  0x0000:  NOP     \n",
    "instruction_count": 1,
}
REJECTED: dict[str, Any] = {"name": "no", "source": "LOAD 3\n", "error": "whatever", "error_kind": "OPERAND_TYPE"}
VERDICT: dict[str, Any] = {"name": "loop", "source": "NEXT\n", "verdict": "NoActiveLoop: at offset 0"}
ACCEPTED: dict[str, Any] = {"name": "fine", "source": "HALT\n", "verdict": "ok"}
ALL = [RUN, FAULT, TEXT, REJECTED, VERDICT, ACCEPTED]


def judged(obey: Obey, path: Path, *cases: object) -> dict[str, Any]:
    """The JSON report on cases written as JSON lines."""
    path.write_text("".join(json.dumps(case) + "\n" for case in cases))
    return tally(obey("conform", path, "--json"))


def tally(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.out)
    assert set(found) == {"passed", "failed", "skipped", "failures"}
    assert answer.code == (1 if found["failed"] else 0)
    assert len(found["failures"]) == found["failed"]
    return found


@pytest.fixture
def text_case_bytes(obey: Obey) -> None:
    """The container in TEXT is what asm writes, so that a change in one does not hide in the other."""
    assert obey("asm", "-", "--stdout", stdin=b"NOP\n").raw.hex() == TEXT["bytecode_hex"]


def test_all_kinds_pass(obey: Obey, tmp_path: Path, text_case_bytes: None) -> None:
    assert judged(obey, tmp_path / "all.jsonl", *ALL) == {"passed": 6, "failed": 0, "skipped": 0, "failures": []}


def changed(case: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    if key.startswith("expected."):
        return {**case, "expected": {**case["expected"], key.removeprefix("expected."): value}}
    return {**case, key: value}


@pytest.mark.parametrize(
    ("case", "key", "value", "got"),
    [
        (RUN, "expected.outputs", [4], {"outputs": [3]}),
        (RUN, "expected.outputs", [3, 0], {"outputs": [3]}),
        (RUN, "expected.outputs", [3.0], {"outputs": [3]}),
        (RUN, "expected.final_stack", [], {"final_stack": [9]}),
        (RUN, "expected.steps", 9, {"steps": 7}),
        (RUN, "expected.memory_used", 0, {"memory_used": 8}),
        (RUN, "expected.memory_used", True, {"memory_used": 8}),
        (FAULT, "expected.error", "INVALID_LABEL", {"error": "STACK_UNDERFLOW"}),
        (FAULT, "expected.steps", 3, {"steps": 2}),
        (FAULT, "trace", [], {"trace lines": 1}),
        (FAULT, "trace", FAULT["trace"] * 2, {"trace lines": 1}),
        (FAULT, "trace", [FAULT["trace"][0].replace("[1]", "[2]")], {"trace line 1": FAULT["trace"][0]}),
        (TEXT, "bytecode_hex", "00", {"bytecode_hex": TEXT["bytecode_hex"]}),
        (TEXT, "disassembly", "NOP", {"disassembly": TEXT["disassembly"]}),
        (TEXT, "instruction_count", 2, {"instruction_count": 1}),
        (REJECTED, "error_kind", "PARSE", {"error_kind": "OPERAND_TYPE"}),
        (REJECTED, "source", "LOAD r3\n", {"error_kind": "accepted"}),
        (VERDICT, "verdict", "ok", {"verdict": "NoActiveLoop"}),
        (ACCEPTED, "verdict", "NoActiveLoop: at offset 0", {"verdict": "ok"}),
    ],
)
def test_a_difference_is_a_failure(
    obey: Obey, tmp_path: Path, case: dict[str, Any], key: str, value: object, got: dict[str, object]
) -> None:
    found = judged(obey, tmp_path / "one.jsonl", changed(case, key, value))
    (failure,) = found["failures"]
    assert failure["name"] == f"one.jsonl:{case['name']}"
    assert failure["engine"] == "interpreter"
    assert got.items() <= failure["got"].items()
    assert set(failure["expected"]) == set(failure["got"])


def test_success_for_fault_and_fault_for_success(obey: Obey, tmp_path: Path) -> None:
    found = judged(
        obey, tmp_path / "v.jsonl", {**RUN, "expected": FAULT["expected"]}, {**FAULT, "expected": RUN["expected"]}
    )
    assert found["failed"] == 2
    assert found["failures"][0]["got"]["outcome"]["outputs"] == [3]
    assert found["failures"][1]["got"]["outcome"]["error"] == "STACK_UNDERFLOW"


def test_only_what_is_expected_is_compared(obey: Obey, tmp_path: Path) -> None:
    assert judged(obey, tmp_path / "v.jsonl", {**RUN, "expected": {"final_stack": [9]}})["passed"] == 1


def test_unset_slots_at_the_end_of_outputs_do_not_matter(obey: Obey, tmp_path: Path) -> None:
    assert judged(obey, tmp_path / "v.jsonl", changed(RUN, "expected.outputs", [3, None, None]))["passed"] == 1


def test_a_program_that_does_not_end_is_given_up(obey: Obey, tmp_path: Path) -> None:
    endless = {"program": ".0:\nJUMP .0\n", "inputs": {"step_limit": None}, "expected": {"instructions": 5}}
    (failure,) = judged(obey, tmp_path / "v.jsonl", endless)["failures"]
    assert failure["got"]["end"].startswith("still running")


def test_a_trace_may_be_spaced_differently_and_given_as_objects_or_text(obey: Obey, tmp_path: Path) -> None:
    (line,) = FAULT["trace"]
    objects = {**FAULT, "trace": [json.loads(line)]}
    text = {**FAULT, "trace": json.dumps(json.loads(line)) + "\n"}
    assert judged(obey, tmp_path / "v.jsonl", objects, text)["passed"] == 2


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({**RUN, "expected": {}}, "nothing to compare"),
        ({**RUN, "expected": {"stpes": 8}}, "'stpes'"),
        ({**RUN, "expected": [1]}, "`expected` is not an object"),
        ({**RUN, "inputs": [1]}, "`inputs` is not an object"),
        ({**FAULT, "trace": 7}, "`trace`"),
        ({**FAULT, "trace": ["{"]}, "not JSON"),
        ({"name": "x", "bytecode_hex": "0g", "verdict": "ok"}, "not hexadecimal"),
        ({"name": "x", "source": 7, "verdict": "ok"}, "`source` is not a text"),
        ({"name": "x", "source": "NOP", "verdict": 7}, "`verdict` is not a text"),
        ({"name": "x", "sauce": "NOP"}, "no machine knows"),
        ({}, "no machine knows"),
        ([], "a case is an object"),
        ("text", "a case is an object"),
    ],
)
def test_a_case_that_is_none_is_a_failure(obey: Obey, tmp_path: Path, case: object, says: str) -> None:
    (failure,) = judged(obey, tmp_path / "v.jsonl", case)["failures"]
    assert says in failure["got"]


def test_inputs_and_programs_that_are_refused(obey: Obey, tmp_path: Path) -> None:
    found = judged(obey, tmp_path / "v.jsonl", {**RUN, "program": "PUSHH\n"}, {**RUN, "inputs": {"calldata": [2**63]}})
    assert "rejected at line 1" in found["failures"][0]["got"]["program"]
    assert "calldata[0]" in found["failures"][1]["got"]["inputs"]


def vector_folder(folder: Path, case: dict[str, Any], stem: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    prefix = f"{stem}." if stem else ""
    (folder / (f"{stem}.xqasm" if stem else "program.xqasm")).write_text(case["program"])
    (folder / f"{prefix}expected.json").write_text(json.dumps(case["expected"]))
    if "inputs" in case:
        (folder / f"{prefix}inputs.json").write_text(json.dumps(case["inputs"]))
    if "trace" in case:
        (folder / f"{prefix}trace.jsonl").write_text("".join(line + "\n" for line in case["trace"]))


def test_a_tree_of_everything(obey: Obey, tmp_path: Path) -> None:
    vector_folder(tmp_path / "add" / "one", RUN)
    vector_folder(tmp_path / "add" / "two", changed(FAULT, "trace", []))
    vector_folder(tmp_path / "problem", RUN, "encoder")
    vector_folder(tmp_path / "problem", changed(RUN, "expected.steps", 1), "decoder")
    (tmp_path / "lines.jsonl").write_text(json.dumps(ACCEPTED) + "\n\n" + json.dumps(VERDICT))
    (tmp_path / "array.json").write_text(json.dumps([TEXT, REJECTED]))
    (tmp_path / "published.json").write_text(json.dumps({"format": "f", "group": "g", "vectors": [ACCEPTED]}))
    (tmp_path / "table.json").write_text(json.dumps({"format": "f", "vectors": [], "ranges": [[1, 8]]}))
    (tmp_path / "package.json").write_text('{"name": "not a case"}')
    (tmp_path / "readme.md").write_text("not a case either")
    found = tally(obey("conform", tmp_path, "--json"))
    assert (found["passed"], found["failed"]) == (7, 2)
    assert [failure["name"] for failure in found["failures"]] == ["add/two", "problem/decoder"]
    assert found["failures"][0]["expected"] == {"trace lines": 0}


def test_what_is_no_case_in_a_published_file_is_a_failure(obey: Obey, tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text(json.dumps({"vectors": [RUN, 7, {"name": "x"}]}))
    found = tally(obey("conform", tmp_path, "--json"))
    assert (found["passed"], found["failed"]) == (1, 2)
    assert [failure["name"] for failure in found["failures"]] == ["v.json:2", "v.json:x"]


def test_paths_of_every_form(obey: Obey, tmp_path: Path) -> None:
    vector_folder(tmp_path / "case", RUN)
    vector_folder(tmp_path / "problem", RUN, "encoder")
    for path in (tmp_path / "case", tmp_path / "case" / "program.xqasm", tmp_path / "problem" / "encoder.xqasm"):
        assert tally(obey("conform", path, "--json"))["passed"] == 1
    assert tally(obey("conform", tmp_path / "case", tmp_path / "problem", "--engine", "all", "--json"))["passed"] == 2


def test_bytecode_in_a_folder(obey: Obey, tmp_path: Path) -> None:
    vector_folder(tmp_path / "case", RUN)
    program = tmp_path / "case" / "program.xqasm"
    assert obey("asm", program).code == 0
    program.unlink()
    assert tally(obey("conform", tmp_path, "--json"))["passed"] == 1


def test_parts_that_are_missing(obey: Obey, tmp_path: Path) -> None:
    vector_folder(tmp_path / "a", RUN)
    vector_folder(tmp_path / "b", RUN)
    (tmp_path / "a" / "expected.json").unlink()
    (tmp_path / "b" / "program.xqasm").unlink()
    found = tally(obey("conform", tmp_path, "--json"))
    assert (found["passed"], found["failed"]) == (0, 2)


def test_what_is_met_and_is_no_case_is_named(obey: Obey, tmp_path: Path) -> None:
    vector_folder(tmp_path / "problem", RUN, "encoder")
    folder = tmp_path / "problem"
    (folder / "alone.xqasm").write_text("NOP\n")
    answer = obey("conform", tmp_path)
    assert (answer.code, answer.err) == (0, "met on the way, and no case of a known machine: problem/alone.xqasm\n")
    (folder / "lost.inputs.json").write_text("{}")
    answer = obey("conform", tmp_path)
    assert answer.code == 0
    assert answer.err == "met on the way, and no cases of a known machine: 2 things, the first problem/alone.xqasm\n"
    (folder / "alone.inputs.json").write_text("{}")
    found = tally(obey("conform", tmp_path, "--json"))
    assert (found["passed"], found["failed"]) == (1, 1)
    assert "alone.expected.json: no such file" in found["failures"][0]["got"]


def test_the_table_and_the_mismatches(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text(json.dumps(RUN) + "\n" + json.dumps(changed(FAULT, "expected.steps", 3)))
    answer = obey("conform", path)
    assert answer.code == 1
    lines = answer.out.splitlines()
    assert lines[:4] == ["FAILED v.jsonl:fault (interpreter)", "  steps", "    expected 3", "    got      2"]
    table = [line.split() for line in lines[5:8]]
    assert table == [["cases", "passed", "failed", "skipped"], ["v.jsonl", "1", "1", "0"], ["total", "1", "1", "0"]]


def test_nothing_found(obey: Obey, tmp_path: Path) -> None:
    assert "no conformance cases found" in obey("conform", tmp_path).err
    (tmp_path / "other.json").write_text('[{"name": "x"}, 7]')
    answer = obey("conform", tmp_path)
    assert answer.code == 2
    assert "other.json:x" in answer.err
    assert obey("conform", tmp_path / "none").code == 2


def test_names_and_values_are_printable(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text(json.dumps({**RUN, "name": "\x1b[31m\ud800", "expected": {"error": "\x1b[2J"}}))
    assert "\x1b" not in obey("conform", path).out
    assert tally(obey("conform", path, "--json"))["failed"] == 1
