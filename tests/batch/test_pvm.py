"""The batch commands on programs of the PVM."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.batch.conftest import Obey
from tests.support.pvm import examples

FIB_TEXT, FIB = examples()["fib"]
HELLO_TEXT, HELLO = examples()["hello_host"]
FAULTY = examples()["faulty"][1]
BARE = bytes.fromhex("00 00 04 be 87 09 00 09")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("fib.pvm", FIB),
        ("fib.jam", b"\x04meta" + FIB),
        ("fib.pvmasm", FIB_TEXT.encode()),
        ("fib.hex", FIB.hex().encode()),
        ("fib", b"0x" + FIB.hex().encode() + b"\n"),
        ("fib.bin", FIB),
        ("fib.pvm", FIB.hex(" ").encode()),
    ],
)
def test_every_form_of_a_program_is_run(obey: Obey, tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    answer = obey("run", path, "--json")
    assert (answer.code, answer.err) == (0, "")
    outcome = json.loads(answer.out)
    assert (outcome["exit"], outcome["registers"]["a0"], outcome["gas_used"]) == ("halt", 2880067194370816120, 457)


def test_a_program_is_read_from_standard_input(obey: Obey) -> None:
    for data in (FIB, FIB.hex().encode()):
        assert "exit      halt at 0x21" in obey("run", "-", stdin=data).out


def test_a_text_is_known_by_how_it_begins(obey: Obey) -> None:
    assert obey("asm", "-", "--stdout", stdin=FIB_TEXT.encode()).raw == FIB
    listing = obey("dis", "-", stdin=FIB).out.encode()
    assert obey("asm", "-", "--stdout", stdin=listing).raw == FIB
    assert json.loads(obey("run", "-", "--json", stdin=b"a0 = 7\na1 = 0\nret\n").out)["registers"]["a0"] == 7


def test_arguments_and_gas_are_given_on_the_command_line(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "fib.pvm"
    path.write_bytes(FIB)
    answer = obey("run", path, "--args", "05 00 00 00", "--json")
    assert json.loads(answer.out)["registers"]["a0"] == 5
    answer = obey("run", path, "--gas", "10")
    assert answer.code == 3 and "OUT_OF_GAS at 0x0012" in answer.err and "gas 10 of 10" in answer.err
    refused = obey("run", path, "--args", "zz")
    assert refused.code == 2 and "args: 'zz' is not hexadecimal" in refused.err
    refused = obey("run", path, "--calldata", "1")
    assert refused.code == 2 and "unknown key 'calldata'" in refused.err


def test_inputs_that_the_other_machine_does_not_know_are_refused(obey: Obey) -> None:
    answer = obey("run", "-", "--gas", "5", stdin=b"HALT\n")
    assert answer.code == 2 and "unknown key 'gas'" in answer.err


def test_a_host_call_without_a_reply_ends_a_run(obey: Obey, tmp_path: Path) -> None:
    path, inputs = tmp_path / "hello.pvmasm", tmp_path / "inputs.json"
    path.write_text(HELLO_TEXT, encoding="utf-8")
    answer = obey("run", path)
    assert answer.code == 4 and answer.out.startswith("waits     for the reply to host call 100 (log) at 0xd")
    assert json.loads(obey("run", path, "--json").out)["host_call"] == 100
    inputs.write_text('{"host": {"100": {}, "0": {"a0": 5}}}')
    answer = obey("run", path, "--inputs", inputs, "--json")
    assert answer.code == 0 and json.loads(answer.out)["host_calls"] == {"100": 12, "0": 1}


def test_a_fault_is_shown_in_the_source_or_in_the_listing(obey: Obey, tmp_path: Path) -> None:
    text, octets = tmp_path / "faulty.pvmasm", tmp_path / "faulty.pvm"
    text.write_text(examples()["faulty"][0], encoding="utf-8")
    octets.write_bytes(FAULTY)
    answer = obey("run", text)
    assert answer.code == 1
    assert answer.err.startswith(f"{text}:10: PAGE_FAULT at 0x0008\n") and ">   10 |     t0 = u64 [s0]\n" in answer.err
    assert "> 0x0008 | t0 = u64 [s0]\n" in obey("run", octets).err
    outcome = json.loads(obey("run", text, "--json").out)
    assert (outcome["exit"], outcome["page"], outcome["line"], outcome["pc"]) == ("page-fault", 0x23000, 10, 8)


def test_traces(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "fib.pvm"
    path.write_bytes(FIB)
    assert len(obey("run", path, "--trace", "text", "--trace-file", tmp_path / "t").out.splitlines()) == 8
    assert (tmp_path / "t").read_text().count("\n") == 457
    answer = obey("run", path, "--trace", "json", "--gas", "3")
    assert json.loads(answer.err.splitlines()[0])["writes"] == {"t0": 90}


def test_assembling_and_back(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "fib.pvmasm"
    path.write_text(FIB_TEXT, encoding="utf-8")
    answer = obey("asm", path)
    assert answer.err == f"assembled 14 instructions (58 bytes) -> {tmp_path / 'fib.pvm'}\n"
    assert (tmp_path / "fib.pvm").read_bytes() == FIB
    listing = obey("dis", tmp_path / "fib.pvm").out
    (tmp_path / "again.pvmasm").write_text(listing)
    assert obey("asm", tmp_path / "again.pvmasm", "--stdout").raw == FIB
    refused = obey("asm", tmp_path / "fib.pvm")
    assert refused.code == 2 and "is bytecode already" in refused.err


def test_a_bare_blob_is_written_down_as_one(obey: Obey) -> None:
    assert obey("dis", "-", stdin=BARE).out == "%layout = bare\n\n    i32 a2 = a0 + a1\n    trap\n"


def test_checking(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "x.pvmasm"
    path.write_text("    jump 0x99 if a0 == 0\n    ret\n    trap\n")
    answer = obey("check", path)
    assert answer.code == 1
    assert answer.out.splitlines() == [
        f"{path}:1:1: BadTarget: no basic block begins at 0x99: branch_eq_imm panics if it jumps",
        f"{path}:3:1: Unreachable: this is never reached",
    ]
    path.write_text(FIB_TEXT, encoding="utf-8")
    assert obey("check", path).out == f"ok: {path} (14 instructions)\n"


def test_an_error_of_a_text_has_its_place_and_a_hint(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "x.pvmasm"
    path.write_text("pub @main:\n    a0 = a1 < a2\n    jump @mian\n")
    answer = obey("run", path)
    assert answer.code == 2
    assert answer.err.startswith(f"{path}:2:13: expected ")
    assert "      = hint: say how to compare: <u takes both as unsigned" in answer.err
    assert f"{path}:3:10: label @mian is not defined" in answer.err and "did you mean @main?" in answer.err


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.pvm", FIB[:-3], "decode error: this is no program (as a standard program, the program blob should have 43"),
        ("x.jam", b"garbage", "decode error: this is no program (as a standard program, the header of a standard"),
        ("x.pvm", b"PVM\0" + bytes(50), "decode error: this is a container of PolkaVM"),
        ("x.pvm", b"PUSH 1\n", "decode error: this is no program"),
        ("x.pvmasm", b"\xff\n", "byte 0xff is not UTF-8 text"),
        ("x.pvmasm", FIB, "not UTF-8 text"),
        ("x.pvm", b"", "is empty: there is no program in it"),
    ],
)
@pytest.mark.parametrize("command", ["run", "dis", "check"])
def test_what_is_no_program_is_told_in_a_line(
    obey: Obey, tmp_path: Path, command: str, name: str, data: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    answer = obey(command, path)
    assert answer.code == 2 and answer.out == "" and says in answer.err
    assert answer.err.count("\n") <= 3


def test_xqvm_texts_and_bytecode_are_still_theirs(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "x.pvm"
    path.write_bytes(obey("asm", "-", "--stdout", stdin=b"PUSH 1\n").raw)
    assert "PUSH1" in obey("dis", path).out
    assert obey("run", "-", stdin=b"PUSH 1\n").code == 0


def test_a_program_is_debugged(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "fib.pvmasm"
    path.write_text(FIB_TEXT, encoding="utf-8")
    number = FIB_TEXT.split("\n").index("@loop:") + 2
    answer = obey("exec", path, "-c", f"break {number}; continue; print t0, a0; back; goto end; print a0", "--json")
    assert answer.code == 0, answer.err
    assert "2880067194370816120" in answer.out


@pytest.mark.parametrize(("name", "data"), [("fib.pvm", FIB), ("fib.pvmasm", FIB_TEXT.encode())])
def test_a_session_is_saved_and_a_run_exported(obey: Obey, tmp_path: Path, name: str, data: bytes) -> None:
    path, saved, vector = tmp_path / name, tmp_path / "s.xqs", tmp_path / "vector.jsonl"
    path.write_bytes(data)
    commands = f"goto end; pin a0 == 2880067194370816120; export vector {vector}; goto 5; save {saved}"
    assert obey("exec", path, "-c", commands).code == 0
    assert json.loads(obey("conform", vector, "--json").out)["passed"] == 1
    again = obey("exec", saved, "-c", "print pc; goto end; print a0")
    assert again.code == 0 and "2880067194370816120" in again.out and "pc = 0x0012" in again.out


def test_cases_are_judged_by_the_machine_they_name(obey: Obey, tmp_path: Path) -> None:
    cases = [
        {"machine": "pvm", "program": "a0 = 5\nret", "expected": {"exit": "halt", "instructions": 2}},
        {"machine": "pvm", "program": "a0 = 5\nret", "expected": {"exit": "panic"}},
        {"machine": "pvm", "source": "ret", "bytecode_hex": "00"},
        {"machine": "pvm", "source": "ret ret", "error_kind": "PARSE"},
        {"machine": "xqvm", "source": "HALT\n", "verdict": "ok"},
        {"machine": "other", "source": "HALT\n", "verdict": "ok"},
    ]
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in cases))
    told = json.loads(obey("conform", path, "--json").out)
    assert (told["passed"], told["failed"], told["skipped"]) == (3, 3, 0)
    assert told["failures"][0]["expected"] == {"exit": "panic"} and told["failures"][0]["got"] == {"exit": "halt"}
    assert told["failures"][2]["got"] == "no machine knows a case with these keys"


VECTOR = {
    "name": "x", "program": list(BARE), "initial-regs": [0] * 13, "initial-pc": 0, "initial-gas": 10,
    "initial-page-map": [], "initial-memory": [], "expected-status": "panic", "expected-regs": [0] * 13,
    "expected-pc": 3, "expected-gas": 8, "expected-memory": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "failed", "says"),
    [
        ({}, 0, ""),
        ({"expected-gas": 7}, 1, "{'gas': 8}"),
        ({"expected-pc": 0}, 1, "{'pc': 3}"),
        ({"expected-status": "halt"}, 1, "{'status': 'panic'}"),
        ({"expected-regs": [1] * 13}, 1, "{'regs': [0,"),
        ({"expected-memory": [{"address": 65536, "contents": [1]}]}, 1, "{'memory': []}"),
        ({"expected-page-fault-address": 4096}, 1, "{'page-fault-address': None}"),
        ({"expected-hostcall": 4}, 1, "{'hostcall': None}"),
        ({"expected-heap": 1}, 1, "{'heap': 0}"),
        ({"expected-memory": 5}, 1, "the expected memory is no list of runs"),
        ({"initial-regs": [0] * 12}, 1, "registers: there are 13 of them, not 12"),
        ({"initial-pc": "0"}, 1, "`initial-pc` is no integer"),
        ({"initial-page-map": [{"address": 1, "length": 4096, "is-writable": True}]}, 1, "must be multiples of 4096"),
        ({"initial-page-map": [5]}, 1, "`initial-page-map` is no list of objects"),
        ({"program": [256]}, 1, "`program` is no list of octets"),
        ({"program": [0, 0, 9]}, 1, "'gas': 10"),
        ({"steps": [{"fly": {}}]}, 1, "step 1: `fly` is nothing to do"),
        ({"steps": [{"run": {}}, {"assert": {"pc": 4}}]}, 1, "step 2: pc"),
        ({"steps": [{"run": {}, "assert": {}}]}, 1, "step 1 is not one thing to do"),
        ({"gas-model": "block"}, 0, ""),
    ],
)
def test_a_vector_is_compared_in_every_field(
    obey: Obey, tmp_path: Path, change: dict[str, object], failed: int, says: str
) -> None:
    path = tmp_path / "vector.json"
    path.write_text(json.dumps(VECTOR | change))
    answer = obey("conform", path, "--json")
    told = json.loads(answer.out)
    assert told["failed"] == failed, told
    if failed:
        assert says in str(told["failures"][0]["got"]) + str(told["failures"][0]["expected"]), told


def test_a_case_that_waits_for_its_host_is_judged_as_it_stands(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({"machine": "pvm", "program": "ecalli 7", "expected": {"host_call": 7, "gas_used": 1}}))
    assert json.loads(obey("conform", path, "--json").out)["passed"] == 1


def test_a_place_that_is_computed_is_the_one_it_is_when_it_is_named(obey: Obey) -> None:
    lines = "goto 1000; rwatch mem[s0 + 16:4]; continue; awatch mem[s0:4]; last mem[s0 + 16:4]; why mem[s0:4]"
    told = obey("exec", "example:quicksort", "-c", lines)
    assert told.code == 0
    assert "read watchpoint 1: mem[0x20010:4]" in told.out and "read watchpoint 1 (mem[0x20010:4]), hit 1" in told.out
    assert "access watchpoint 2: mem[0x20000:4]" in told.out and "mem[0x20010:4] was last written at" in told.out
    refused = obey("exec", "example:quicksort", "-c", "rwatch s0 + 1")
    assert refused.code == 1 and "'s0 + 1' is no place" in refused.err
