"""A session file wherever a program is expected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg import saving
from xqdbg.__main__ import main
from xqdbg.session import Opened, Session

SUM = """\
PUSH 0
INPUT r1
PUSH 1
INPUT r2
LOAD r1
LOAD r2
ADD
STOW r3
PUSH 0
OUTPUT r3
HALT
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A session with inputs of its own, a breakpoint, a bookmark, a pin and a branch, at tick 6."""
    program = TOOLCHAIN.assemble(SUM, "sum.xqasm")
    machine = TOOLCHAIN.machine(program, {"calldata": [40, 2]})
    session = Session(machine, "sum.xqasm", opened=Opened(TOOLCHAIN, program))
    session.break_at("8")
    session.goto_tick(6)
    session.bookmark("here")
    session.pins.add("stack[-1] == 2", 6, "main")
    session.edit([("stack[-1]", "5")], "five")
    session.switch("main")
    path = tmp_path / "sum.xqs"
    saving.save(session, str(path))
    return path


def test_it_runs_on_its_own_inputs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outputs"] == [42]
    assert main(["run", str(file), "--json", "--calldata", "1,2"]) == 0
    assert json.loads(capsys.readouterr().out)["outputs"] == [3]


def test_its_program_is_checked_and_listed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(file)]) == 0
    assert main(["dis", str(file)]) == 0
    assert "ADD" in capsys.readouterr().out
    assert main(["asm", str(file)]) == 2
    assert "is a session and no assembly text" in capsys.readouterr().err


def test_it_goes_on_where_it_was(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = "print tick; print stack[-1]; continue; goto @here; switch five; print stack[-1]"
    assert main(["exec", str(file), "--json", "-c", commands]) == 0
    captured = capsys.readouterr()
    told = [json.loads(line) for line in captured.out.splitlines()]
    assert [reply["ok"] for reply in told] == [True] * 6
    assert [reply["result"]["value"] for reply in (told[0], told[1], told[5])] == [6, 2, 5]
    assert [reply["tick"] for reply in told] == [6, 6, 7, 6, 6, 6]
    assert captured.err == ""


def test_a_run_that_is_another_one_is_told_and_goes_on(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(file.read_text("utf-8").replace("ADD", "SUB"), "utf-8")
    assert main(["exec", str(file), "-c", "print tick"]) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith(f"xqdbg: {file}: the run differs ")
    assert captured.out.strip().endswith("6")


def test_a_pin_that_no_longer_holds_is_a_failure(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(file.read_text("utf-8").replace('"expression":"stack[-1] == 2"', '"expression":"stack[-1] == 3"'))
    assert main(["exec", str(file), "-c", "pins"]) == 1
    assert "2" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["run", "check", "dis", "exec"])
def test_what_is_wrong_with_it_is_one_line(file: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    more = ["-c", "print tick"] if command == "exec" else []
    good = file.read_text("utf-8")
    for old, new, told in (
        ('"version": 1', '"version": 2', "in version 2 of the format"),
        ('"machine": "xqvm"', '"machine": "z80"', "there is no machine 'z80'"),
        ('"position": {', '"position": {"x":1,', "position: the key `x` is not known here"),
        (good, "", "is empty"),
        (good, good[:300], "not valid JSON"),
        (good, "PUSH 1\n", "not valid JSON"),
    ):
        file.write_text(good.replace(old, new), "utf-8")
        assert main([command, str(file), *more]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1 and told in captured.err


def test_a_program_that_is_none_is_shown_as_any_other(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(file.read_text("utf-8").replace("ADD", "ADDD"), "utf-8")
    assert main(["run", str(file)]) == 2
    error = capsys.readouterr().err
    assert f"{file}:7:1" in error and "ADDD" in error


def test_it_is_told_by_its_content_too(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = file.with_name("renamed.txt")
    other.write_bytes(file.read_bytes())
    assert main(["run", str(other), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outputs"] == [42]
