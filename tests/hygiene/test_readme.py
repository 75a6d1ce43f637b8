"""The README is true: its Python runs, its commands are the ones that exist."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from xqdbg.batch.cli import COMMANDS

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_its_python_gives_what_it_shows() -> None:
    test = doctest.DocTestParser().get_doctest(README, {}, "README.md", "README.md", 0)
    assert len(test.examples) > 10
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=report.append)
    assert runner.failures == 0, "".join(report)


def test_it_names_every_command() -> None:
    assert set(re.findall(r"^\| `xqdbg ([a-z]+)", README, re.MULTILINE)) == set(COMMANDS)


def test_its_two_commands_are_one_line_each() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[:2]
    assert [block.count("\n") for block in blocks] == [1, 1]
    assert blocks[0].rstrip().endswith("xqdbg example:tsp5/encoder")
    assert "-m pytest" in blocks[1]
