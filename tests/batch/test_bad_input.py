"""Whatever is wrong with what the user gives: one clear line, the right exit code, no traceback."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.conftest import Obey
from xqdbg import intake

Source = Callable[[str], Path]
OK = "PUSH 1\nPUSH 2\nADD\nHALT\n"


def refused(obey: Obey, *words: str | Path, says: str, stdin: bytes = b"") -> None:
    answer = obey(*words, stdin=stdin)
    assert answer.code == 2, answer
    assert answer.out == ""
    assert answer.err.count("\n") == 1, answer.err
    assert says in answer.err
    assert "Traceback" not in answer.err


COMMANDS = ("run", "dis", "check")


@pytest.mark.parametrize("command", COMMANDS)
def test_files_that_cannot_be_read(obey: Obey, tmp_path: Path, command: str) -> None:
    refused(obey, command, tmp_path / "none.xqasm", says="none.xqasm: no such file or directory")
    refused(obey, command, tmp_path, says="is a directory")
    refused(obey, command, "nul\0byte", says="not a possible file name")
    refused(obey, command, "e" * 5000, says="file name too long")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["empty.xqasm", "empty.xqb"])
def test_empty_files(obey: Obey, tmp_path: Path, command: str, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    refused(obey, command, tmp_path / name, says="is empty: there is no program in it")


def test_an_empty_text_assembles_to_an_empty_program(obey: Obey, source: Source) -> None:
    assert obey("asm", source(""), "--stdout").raw.hex() == "58514243010000000000000000" + "0000"


@pytest.mark.parametrize("command", [*COMMANDS, "asm"])
def test_bytes_that_are_no_text(obey: Obey, tmp_path: Path, command: str) -> None:
    path = tmp_path / "latin.xqasm"
    path.write_bytes(b"PUSH 1\n; caf\xe9\n")
    refused(obey, command, path, says="latin.xqasm:2:6: byte 0xe9 is not UTF-8 text")


@pytest.mark.parametrize("seed", range(20))
def test_binary_garbage(obey: Obey, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "garbage.xqasm"
    path.write_bytes(random.Random(seed).randbytes(2000))
    refused(obey, "run", path, says="is not UTF-8 text")
    path = tmp_path / "garbage.xqb"
    path.write_bytes(random.Random(seed).randbytes(2000))
    answer = obey("run", path)
    assert answer.code == 2
    assert answer.err.startswith(f"{path}: decode error: BadMagic")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x00\x01\x02", "standard input is neither assembly text nor bytecode (bytecode begins with XQBC, or is"),
        (b"NOP\n\xff", "standard input:2:1: byte 0xff is not UTF-8 text"),
        (b"XQBC", "decode error: TruncatedHeader"),
    ],
)
def test_standard_input_that_is_no_program(obey: Obey, command: str, data: bytes, says: str) -> None:
    refused(obey, command, "-", stdin=data, says=says)


def test_standard_input_cannot_be_two_things(obey: Obey) -> None:
    refused(obey, "run", "-", "--inputs", "-", stdin=b"NOP", says="cannot both come from standard input")


def test_bytecode_that_is_none_is_one_line(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "bad.xqb"
    path.write_bytes(b"garbage and more of it")
    refused(obey, "run", path, says="decode error: BadMagic (bytecode begins with ")


def test_control_characters_in_a_text(obey: Obey, source: Source) -> None:
    answer = obey("run", source("PUSH 1\nPUSH\0 2\n"))
    assert answer.code == 2
    assert "program.xqasm:2:5: " in answer.err
    assert "\0" not in answer.err


def test_errors_of_a_text_have_places_and_carets(obey: Obey, source: Source) -> None:
    answer = obey("asm", source("PUSHH 1\nNOP\n  LOAD 3\n"))
    assert answer.code == 2
    lines = answer.err.splitlines()
    assert "program.xqasm:1:1: " in lines[0]
    assert lines[1].endswith("| PUSHH 1")
    assert lines[2].endswith("| ^^^^^")
    assert "PUSH" in lines[3]
    assert any("program.xqasm:3:8: " in line for line in lines)


def test_a_program_that_is_too_large(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "large.xqasm"
    path.write_bytes(b"NOP\n" * (intake.PROGRAM_LIMIT // 4 + 1))
    refused(obey, "run", path, says="large.xqasm is too large: more than 32 MiB")


def test_damaged_bytecode_never_brings_a_traceback(obey: Obey, source: Source, tmp_path: Path) -> None:
    whole = obey("asm", source(OK), "--stdout").raw
    rng = random.Random(8)
    path = tmp_path / "damaged.xqb"
    damaged = [whole[:length] for length in range(len(whole))]
    for _ in range(300):
        index = rng.randrange(len(whole))
        damaged.append(whole[:index] + bytes([whole[index] ^ rng.randrange(1, 256)]) + whole[index + 1 :])
    for data in damaged:
        path.write_bytes(data)
        code = obey("run", path).code
        only_counts_differ = data[:5] + data[7:] == whole[:5] + whole[7:]  # and they are never looked at
        assert code == (0 if only_counts_differ else 2), data.hex()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x", "'x' is not an integer"),
        ("1,,2", "'' is not an integer"),
        ("0x10", "is not an integer"),
        ("1.5", "is not an integer"),
        ("1 2", "is not an integer"),
        (" 12, 18", "' 12' is not an integer (write integers with commas and no blanks: 1,2,-3)"),
        ("\u0661", "is not an integer"),
        ("9223372036854775808", "does not fit in a 64-bit signed integer"),
        ("-9223372036854775809", "does not fit in a 64-bit signed integer"),
        ("9" * 6000, "does not fit in a 64-bit signed integer"),
    ],
)
def test_calldata(obey: Obey, source: Source, text: str, says: str) -> None:
    refused(obey, "run", source(OK), "--calldata", text, says=says)


def with_model(linear: str, quadratic: str) -> str:
    """Inputs with a model of two variables."""
    head = '{"calldata":[{"type":"model","domain":"binary","k":null,"size":2,"rows":null,"cols":null,'
    return f'{head}"linear":{{{linear}}},"quadratic":{{{quadratic}}}}}]}}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "inputs.json:1:1: not valid JSON"),
        ('{"calldata": [1,\n 2,]}', "inputs.json:2:"),
        ("[" * 100_000, "nested too deeply"),
        ('{"calldata":' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"calldata":[%s]}' % ("9" * 5000), "has 5000 digits"),
        ('{"calldata":[NaN]}', "NaN is not JSON"),
        ('{"calldata":[1],"calldata":[2]}', "'calldata' is there twice"),
        ('{"calldata": ["\x1b"]}', "inputs.json:1:16: not valid JSON: invalid control character\n"),
        ("[1]", "an object was expected, not an array"),
        ('{"calldatta":[1]}', "unknown key 'calldatta'"),
        ('{"calldata":7}', "calldata"),
        ('{"calldata":[1.5]}', "calldata[0]"),
        ('{"calldata":[0, 1e999]}', "calldata[1]"),
        ('{"calldata":[true]}', "calldata[0]"),
        ('{"calldata":["1"]}', "calldata[0]"),
        ('{"calldata":[[1,[2]]]}', "calldata[0]"),
        ('{"calldata":[9223372036854775808]}', "calldata[0]"),
        (with_model('"2":1', ""), "calldata[0]"),
        (with_model('"x":1', ""), "calldata[0]"),
        (with_model("", '"0,2":1'), "calldata[0]"),
        ('{"calldata":[{"type":"model"}]}', "calldata[0]"),
        ('{"calldata":[{"type":"elephant"}]}', "calldata[0]"),
        ('{"output_slots":-1}', "output_slots"),
        ('{"output_slots":1000000000000}', "output_slots"),
        ('{"step_limit":"7"}', "step_limit"),
        ('{"memory_limit":null}', "memory_limit"),
        ('{"x\\u001b[2J":1}', "unknown key"),
    ],
)
def test_inputs(obey: Obey, source: Source, tmp_path: Path, text: str, says: str) -> None:
    inputs = tmp_path / "inputs.json"
    inputs.write_text(text)
    refused(obey, "run", source(OK), "--inputs", inputs, says=says)
    answer = obey("run", source(OK), "--inputs", inputs)
    assert "inputs.json" in answer.err
    assert "\x1b" not in answer.err


def test_inputs_that_are_no_text(obey: Obey, source: Source, tmp_path: Path) -> None:
    inputs = tmp_path / "inputs.json"
    inputs.write_bytes(b"\xff")
    refused(obey, "run", source(OK), "--inputs", inputs, says="inputs.json:1:1: byte 0xff is not UTF-8 text")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run",), "required: FILE"),
        (("run", "a", "b"), "unrecognized arguments: b"),
        (("run", "a", "--bogus"), "--bogus"),
        (("run", "a", "--calldata", "1", "--inputs", "b"), "not allowed with"),
        (("run", "a", "--step-limit", "1", "--unlimited-steps"), "not allowed with"),
        (("run", "a", "--step-limit", "-1"), "'-1' is not a non-negative integer"),
        (("run", "a", "--memory-limit", "18446744073709551616"), "does not fit in a 64-bit unsigned integer"),
        (("run", "a", "--output-slots", "9" * 5000), "does not fit in a 64-bit unsigned integer"),
        (("run", "a", "--trace", "xml"), "xml"),
        (("run", "a", "--trace-file", "b"), "--trace-file needs --trace"),
        (("asm", "a", "-o", "b", "--stdout"), "not allowed with"),
        (("conform", "--engine", "steam"), "steam"),
        (("rum",), "did you mean the command `xqdbg run`?"),
        (("runn", "program.xqasm", "--json"), "did you mean the command `xqdbg run`?"),
        (("run", "example:tsp"), "did you mean tsp5/encoder"),
        (("--keymap", "vi", "a"), "vi"),
    ],
)
def test_usage(obey: Obey, words: tuple[str, ...], says: str) -> None:
    refused(obey, *words, says=says)


@pytest.mark.parametrize(
    "words",
    [
        ("run", "example:factorial", "--trace", "json", "--trace-file", "/nowhere/at/all"),
        ("asm", "example:factorial", "-o", "/nowhere/at/all"),
        ("asm", "example:factorial", "-o", "/"),
    ],
)
def test_outputs_that_cannot_be_written(obey: Obey, words: tuple[str, ...]) -> None:
    refused(obey, *words, says="cannot write /")


def test_a_broken_vector_is_a_failure(obey: Obey, tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text('{"name": "a", "program": "NOP", "expected": 7}\n{"na\n[]\n')
    answer = obey("conform", tmp_path, "--json")
    assert answer.code == 1
    tally = json.loads(answer.out)
    assert (tally["passed"], tally["failed"]) == (0, 3)
    assert [failure["name"] for failure in tally["failures"]] == ["v.jsonl:a", "v.jsonl:2", "v.jsonl:3"]


@pytest.mark.parametrize(
    ("wrong", "hidden"), [(12, ""), (13, "1 further error;"), (90, "78 further"), (5000, "or more further")]
)
def test_a_file_that_is_no_program_does_not_flood_the_terminal(
    obey: Obey, tmp_path: Path, wrong: int, hidden: str
) -> None:
    path = tmp_path / "prose.xqasm"
    path.write_text("FOO r0 is no instruction\n" * wrong, encoding="utf-8")
    answer = obey("run", path)
    assert answer.code == 2
    assert sum(line.startswith(str(path)) for line in answer.err.splitlines()) == 12 + bool(hidden)
    assert hidden in answer.err and ("further" in answer.err) == bool(hidden)


@pytest.mark.parametrize("command", ["check", "asm"])
def test_whoever_asks_for_the_errors_gets_them_all(obey: Obey, tmp_path: Path, command: str) -> None:
    path = tmp_path / "prose.xqasm"
    path.write_text("FOO r0 is no instruction\n" * 40, encoding="utf-8")
    answer = obey(command, path)
    assert answer.code == 2
    assert sum(line.startswith(str(path)) for line in (answer.out + answer.err).splitlines()) == 40
