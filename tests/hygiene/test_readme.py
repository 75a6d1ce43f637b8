"""The README tells the truth: its example runs and prints what it says, its pictures and files are there."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from tests.hygiene.first_command import first_command
from tests.hygiene.machine_table import with_table
from xqdbg.__main__ import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_prints_what_its_comments_say() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, "README.md", "exec"), {})
    said = re.findall(r"print\(.*\)\s+# (.*)$", code, re.MULTILINE)
    expected = [part for text in said for part in (text.split(", r1.") if text.startswith("r1.") else [text])]
    expected = [f"r1.{part}" if part.startswith(("linear", "quad")) else part for part in expected]
    assert output.getvalue().splitlines() == expected


def test_the_dialogue_it_shows_is_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    (shown,) = re.findall(r"```console\n\$ xqdbg (.*?)\n(.*?)```", README, re.DOTALL)
    assert main(shlex.split(shown[0])) == 0
    assert capsys.readouterr().out == shown[1]


def test_every_file_it_names_exists() -> None:
    named = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_set_up_is_two_commands_of_one_line() -> None:
    commands = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [command.count("\n") for command in commands] == [1, 1]
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)
    assert commands == [first_command(README) + "\n", *commands[1:]]
    assert "first_command.py" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_table_of_machines_is_that_of_their_instruction_tables() -> None:
    assert with_table(README) == README, "python -m tests.hygiene.machine_table"
