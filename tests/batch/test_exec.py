"""`xqdbg exec`: the language without a terminal, as text and as JSON."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.batch.conftest import Answer, Obey
from tests.conftest import Golden
from xqdbg.__main__ import main
from xqdbg.script.reading import SCRIPT_LIMIT

SESSIONS = Path(__file__).parents[1] / "sessions"
PROGRAMS = {"factorial": "example:factorial", "questions": "example:tsp5/encoder", "mistakes": "example:factorial"}


def script(name: str) -> bytes:
    return (SESSIONS / f"{name}.xqd").read_bytes()


def exec_session(obey: Obey, name: str, *options: str) -> Answer:
    """The session of a name, read from standard input."""
    return obey("exec", PROGRAMS[name], "-x", "-", "--keep-going", *options, stdin=script(name))


# Long sessions


@pytest.mark.parametrize("name", PROGRAMS)
def test_long_sessions(obey: Obey, golden: Golden, name: str) -> None:
    answer = exec_session(obey, name, "--echo")
    golden(f"session_{name}.txt", answer.out)
    golden(f"session_{name}_errors.txt", answer.err or "none")
    assert "Traceback" not in answer.err
    assert answer.code == (1 if answer.err else 0)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_dialogue_in_lines_says_the_same(
    obey: Obey, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    answer = exec_session(obey, name)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(script(name)), isatty=lambda: False))
    code = main(["repl", PROGRAMS[name]])
    out, err = capsysbinary.readouterr()
    assert (code, out.decode(), err.decode()) == (answer.code, answer.out, answer.err)


@pytest.mark.parametrize("name", PROGRAMS)
def test_json_is_one_object_a_command(obey: Obey, name: str) -> None:
    answer = exec_session(obey, name, "--json")
    found = [json.loads(line) for line in answer.out.splitlines()]
    assert answer.err == ""
    assert len(found) >= 50
    for each in found:
        assert {"command", "ok", "tick", "pc", "line"} <= set(each)
        assert isinstance(each["tick"], int) and isinstance(each["pc"], int)
        assert ("result" in each) or not each["ok"]
        assert ("error" in each) == (not each["ok"])
    assert answer.code == (0 if all(each["ok"] for each in found) else 1)


def test_nothing_that_was_wrong_moved_anything(obey: Obey) -> None:
    answer = exec_session(obey, "mistakes", "--json")
    found = [json.loads(line) for line in answer.out.splitlines()]
    fine = [each["command"] for each in found if each["ok"]]
    assert {each["tick"] for each in found} == {0}
    assert fine == ["break", "p 1", "when"]
    pointed = [each for each in found if not each["ok"] and "column" in each]
    assert len(pointed) > len(found) * 0.8


# Commands, scripts, exit codes


def test_commands_and_scripts_are_obeyed_in_the_order_given(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "two.xqd"
    path.write_text("print 2\n")
    answer = obey("exec", "example:factorial", "-c", "print 1", "-x", path, "-c", "print 3; print 4")
    assert (answer.code, answer.out) == (0, "1 = 1\n2 = 2\n3 = 3\n4 = 4\n")


def test_the_first_failure_ends_it_unless_told_otherwise(obey: Obey) -> None:
    words = ("exec", "example:factorial", "-c", "step\nprint r9; print 1\nprint 2", "-c", "print 3")
    answer = obey(*words)
    assert (answer.code, answer.out.splitlines()[1:]) == (1, [])
    assert answer.err.splitlines() == ["-c:2:7: r9 is unset", "  print r9; print 1", "        ^"]
    answer = obey(*words, "--keep-going")
    assert (answer.code, answer.out.splitlines()[1:]) == (1, ["2 = 2", "3 = 3"])


def test_an_error_in_the_second_of_many_commands_says_which(obey: Obey) -> None:
    assert obey("exec", "example:factorial", "-c", "step", "-c", "steep").err.startswith(
        "-c 2:1:1: there is no command"
    )


def test_echo_shows_lines_with_their_prompt(obey: Obey) -> None:
    answer = obey("exec", "example:factorial", "--echo", "-c", "# nothing\nstep 2\n\nprint 1")
    assert answer.out.splitlines()[0] == "(xqdbg 0) step 2"
    assert answer.out.splitlines()[2:] == ["(xqdbg 2) print 1", "1 = 1"]


def test_leaving_early_is_fine(obey: Obey) -> None:
    answer = obey("exec", "example:factorial", "-c", "print 1; quit; print 2", "-c", "print 3")
    assert (answer.code, answer.out) == (0, "1 = 1\n")


def test_a_list_of_commands_that_is_never_closed(obey: Obey) -> None:
    answer = obey("exec", "example:factorial", "-c", "break 14\ncommands 1\nprint r1")
    assert answer.code == 1
    assert answer.err.startswith("-c:2:1: the list is never closed (a line `end` closes it)")


def test_inputs_of_the_command_line_are_used(obey: Obey) -> None:
    answer = obey("exec", "example:factorial", "--calldata", "5", "-c", "end; print out[0]")
    assert answer.out.splitlines()[-1] == "out[0] = 120"


@pytest.mark.parametrize(
    ("pins", "code"), [("pin r0 == 15", 0), ("pin r0 == 14", 1), ("pin r0 == 15; goto 9; pin r2 == 5; print 1", 1)]
)
def test_a_pin_that_does_not_hold_is_a_failure(obey: Obey, pins: str, code: int) -> None:
    answer = obey("exec", "example:factorial", "-c", f"goto 4; {pins}")
    assert answer.code == code
    assert answer.err == ""
    found = obey("exec", "example:factorial", "--json", "-c", f"goto 4; {pins}")
    last = json.loads(found.out.splitlines()[-1])
    assert (last["ok"], "error" in last) == (code == 0, code != 0)


# Files


def test_a_session_is_saved_and_gone_on_with(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "a session.xqs"
    lines = "goto 40; bookmark here; pin r0 == 15; display r1; break 14; commands 1 print r2; end; goto 50"
    answer = obey("exec", "example:factorial", "-c", lines, "-c", f'save "{path}"')
    assert answer.code == 0, answer.err
    answer = obey("exec", path, "-c", "print tick; goto @here; pins; info b; c")
    assert (answer.code, answer.err) == (0, "")
    said = answer.out.splitlines()
    assert said[0] == "tick = 50"
    assert said[1].startswith("tick 40")
    assert "1 pin, all hold" in said
    assert said[-1] == "r2 = 6"
    answer = obey("exec", "example:factorial", "-c", f'open "{path}"; print tick')
    assert (answer.code, answer.out.splitlines()[-1]) == (0, "tick = 50")


def test_tests_are_exported(obey: Obey, tmp_path: Path) -> None:
    module, vector = tmp_path / "test_it.py", tmp_path / "it.jsonl"
    answer = obey(
        "exec", "example:factorial", "-c", f"goto 40; pin r0 == 15; export pytest {module}; export vector {vector}"
    )
    assert answer.code == 0, answer.err
    assert "def test_" in module.read_text()
    assert obey("conform", vector).code == 0


@pytest.mark.parametrize(
    "line", ["save /no/such/folder/x", "open /no/such/file", "export pytest /no/such/folder/x", "open ."]
)
def test_files_that_cannot_be_read_or_written(obey: Obey, line: str) -> None:
    answer = obey("exec", "example:factorial", "-c", f"pin 1; {line}")
    assert answer.code == 1
    assert answer.err.startswith("-c:1:") and "Traceback" not in answer.err


# What cannot even begin


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "there is nothing to obey"),
        (("-x", "/no/such/script"), "no such file"),
        (("-x", "/"), "directory"),
        (("-c",), "expected one argument"),
        (("--json", "--echo", "-c", "step"), "not allowed with"),
        (("-x", "-", "-x", "-"), "cannot be read twice"),
        (("-x", "-", "--inputs", "-"), "cannot be read twice"),
    ],
)
def test_usage_errors(obey: Obey, words: tuple[str, ...], says: str) -> None:
    answer = obey("exec", "example:factorial", *words)
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err
    assert answer.err.count("\n") == 1


def test_scripts_that_are_no_text(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "binary.xqd"
    large = b"x" * (SCRIPT_LIMIT + 1)
    for data, says in ((b"step\n\xff\xfe", ":2:1: byte 0xff"), (b"step\0", "zero bytes"), (large, "too large")):
        path.write_bytes(data)
        answer = obey("exec", "example:factorial", "-x", path)
        assert (answer.code, answer.out) == (2, "")
        assert says in answer.err
        assert answer.err.count("\n") == 1


def test_a_program_that_cannot_be_opened(obey: Obey) -> None:
    answer = obey("exec", "none.xqasm", "-c", "step")
    assert (answer.code, answer.out) == (2, "")
    assert "none.xqasm: no such file" in answer.err


def test_help_names_the_exit_codes(obey: Obey) -> None:
    answer = obey("exec", "--help")
    assert answer.code == 0
    assert "exit codes: 0 all went well, 1 a command failed" in answer.out
    assert "--keep-going" in answer.out
    assert "exec" in obey("--help").out and "repl" in obey("--help").out
