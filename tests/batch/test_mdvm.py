"""The batch commands on programs of the Machine Dialect VM."""

from __future__ import annotations

import json
from pathlib import Path

from tests.batch.conftest import Obey
from tests.support.mdvm_programs import CONFORMANCE, examples

TEXT, CODE = examples()["word_count"]


def test_every_form_of_a_program_is_run(obey: Obey, tmp_path: Path) -> None:
    for name, data in (("p.mdasm", TEXT.encode()), ("p.mdbc", CODE), ("p.bin", CODE)):
        path = tmp_path / name
        path.write_bytes(data)
        answer = obey("run", path, "--json")
        outcome = json.loads(answer.out)
        assert (answer.code, outcome["outputs"], outcome["result"]["to"]) == (0, ["2", "4"], 2)
    assert "returned at @23" in obey("run", "-", stdin=CODE).out


def test_text_and_code_are_turned_into_each_other(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "p.mdasm"
    path.write_text(TEXT, encoding="utf-8")
    assert obey("asm", path, "--stdout").raw == CODE
    path.write_text(obey("dis", "-", stdin=CODE).out, encoding="utf-8")
    assert obey("asm", path, "--stdout").raw == CODE
    assert obey("check", path).code == 0


def test_what_fails_and_what_is_damaged_is_told(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "p.mdasm"
    path.write_text("load_const r0, 1\nneg r1, r1\n", encoding="utf-8")
    answer = obey("run", path)
    assert answer.code == 1 and "Invalid operation: negation on type Empty" in answer.err
    assert json.loads(obey("run", path, "--json").out)["error"] == "INVALID_OPERATION"
    path.write_text("here: jump here\n", encoding="utf-8")
    limits = tmp_path / "limits.json"
    limits.write_text('{"instructions": 10}')
    answer = obey("run", path, "--inputs", limits)
    assert answer.code == 3 and "INSTRUCTION_LIMIT" in answer.err
    answer = obey("run", "-", stdin=CODE[:-1])
    assert answer.code == 2 and "the file ends within instruction" in answer.err and "Traceback" not in answer.err


def test_what_was_printed_before_a_fault_is_shown(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "p.mdasm"
    path.write_text('load_const r0, "before"\nprint r0\nneg r0, r0\n', encoding="utf-8")
    answer = obey("run", path)
    assert (answer.code, answer.out) == (1, "output\n  before\n")
    assert answer.err.startswith(f"{path}:3: INVALID_OPERATION at @2\n")


def test_places_and_edits_in_a_session(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "p.mdasm"
    path.write_text(TEXT, encoding="utf-8")
    commands = 'step 30; print r1; continue; print globals.words["to"]; print out[0]; set r2["new key"] = 5; print r2'
    answer = obey("exec", path, "-c", commands)
    assert answer.code == 0
    assert 'globals.words["to"] = 2' in answer.out or "globals.words.to = 2" in answer.out
    assert "new key" in answer.out and "Traceback" not in answer.err


def test_both_engines_come_to_the_same(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "p.mdasm"
    path.write_text(TEXT, encoding="utf-8")
    answers = [
        obey("run", path, "--json", *more) for more in ((), ("--engine", "interpreter"), ("--engine", "compiled"))
    ]
    assert {(answer.code, answer.err, answer.out) for answer in answers} == {(0, "", answers[0].out)}
    answer = obey("run", path, "--engine", "native")
    assert answer.code == 2 and "mdvm has no engine 'native' (it has interpreter, compiled)" in answer.err


def test_cases_are_judged_on_both_engines(obey: Obey) -> None:
    path = CONFORMANCE / "mdvm" / "runs"
    vectors = sorted(path.glob("*.jsonl"))[0]
    one, both = (json.loads(obey("conform", vectors, "--engine", name, "--json").out) for name in ("compiled", "all"))
    assert one["failed"] == both["failed"] == 0 and both["passed"] == 2 * one["passed"] > 0


def said(obey: Obey, path: Path, commands: str) -> str:
    answer = obey("exec", path, "-c", commands)
    assert answer.code == 0, answer.err
    return answer.out


def test_values_are_told_and_written_in_the_words_of_the_machine(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "p.mdasm"
    path.write_text('load_const r0, "a b"\nload_const r1, 2.5\nload_const r2, true\nreturn r9\n', encoding="utf-8")
    told = said(obey, path, "goto 3; print r0, r1, r2, r9; print tag[1]")
    assert 'r0 = "a b"\nr1 = 2.5\nr2 = true\nr9 = empty\ntag[1] = "float"' in told
    tests = ("r1 > 2", "r1 == 2.5", "-1.5 < r1", "r2 == true", "r9 == empty")
    compared = said(obey, path, "goto 3; " + "; ".join(f"print {test}" for test in tests))
    assert all(f"{test} = 1" in compared for test in tests)
    edited = said(obey, path, "set r5 = -2.5, r6 = false, r7 = empty; print r5, r6, r7; print tag[6]")
    assert 'r5 = -2.5\nr6 = false\nr7 = empty\ntag[6] = "bool"' in edited
    assert "breakpoint 1" in said(obey, path, "break op:return if r1 > 2.25; continue")
    answer = obey("exec", "example:gcd", "-c", "print 2.5")
    assert answer.code == 1 and "all numbers are integers" in answer.err


def test_addresses_are_those_of_the_assembly(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "p.mdbc"
    path.write_bytes(CODE)
    told = said(obey, path, "break @23; continue; when; print pc; list @3; break *@3 if r1 == 0; info breakpoints")
    assert "breakpoint 1 at @23" in told and "pc @23" in told and "pc = @23" in told and " @3 " in told
    assert "0x" not in told
    answer = obey("exec", path, "-c", "break @999")
    assert answer.code == 1 and "there is no instruction @999" in answer.err and "the last one is @33" in answer.err


def test_an_argument_comes_from_the_one_register_it_was_copied_from(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "p.mdasm"
    lines = ('load_const r5, "f"', "load_const r0, 1", "load_const r1, 2", "call r9, r5, r1, r0", "return r9")
    path.write_text("\n".join([*lines, "f: add r2, r0, r1", "return r2", '.func "f" f']), encoding="utf-8")
    told = said(obey, path, "goto 5; why r1").splitlines()
    assert "r1 = literal 2" in told[-1] and "load_const r1" in told[-1], "both are what r1 held: it is copied twice"


def test_contributions_to_a_key_leave_out_what_else_its_register_held(obey: Obey) -> None:
    told = said(obey, Path("example:word_count"), "goto end; blame globals.words.to")
    assert "9 contributions" in told and "const" not in told
