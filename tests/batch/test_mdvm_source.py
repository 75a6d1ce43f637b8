"""Compiled programs are debugged by the lines of the Markdown that lies beside them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.batch.conftest import Obey
from xqdbg import resources


@pytest.fixture
def grades(tmp_path: Path) -> Path:
    """A copy of a program and its text; the path of the program."""
    file = resources.find_example("example:grades").program
    shutil.copy(file, tmp_path / "grades.mdbc")
    shutil.copy(file.with_suffix(".md"), tmp_path / "grades.md")
    return tmp_path / "grades.mdbc"


def test_lines_are_those_of_the_markdown(obey: Obey) -> None:
    answer = obey("exec", "example:grades", "-c", "break 12; continue; info line; next; list 9,12; until 22; where")
    assert answer.code == 0 and answer.err == ""
    assert "breakpoint 1 at line 12" in answer.out and '> > > Say _"C"_.' in answer.out
    assert "line 22" in answer.out.splitlines()[-1]
    listed = [line for line in answer.out.splitlines() if line.startswith(">")]
    assert len(listed) == 1 and listed[0].split() == [">*", "12", ">", ">", ">", "Say", '_"C"_.', "1"]


def test_next_goes_over_calls_from_line_to_line(obey: Obey) -> None:
    answer = obey("exec", "example:grades", "--json", "-c", "where; next 3; next 3; next 3")
    told = [json.loads(line) for line in answer.out.splitlines()]
    assert [each["line"] for each in told] == [19, 20, 21, 22]


def test_a_text_that_is_not_that_of_the_program_is_not_shown(obey: Obey, grades: Path) -> None:
    text = grades.with_suffix(".md")
    wholly, bare = text.read_bytes(), obey("exec", "-", "-c", "list; where", stdin=grades.read_bytes()).out
    assert "</details>" in obey("exec", grades, "-c", "list").out
    another = wholly.replace(b"_90_", b"_91_").replace(b"_95_", b"_9_")
    for content in (b"", b"\xff\xfe\x00", b"\0" * 100, wholly[:40], another, wholly + b" " * (1 << 20)):
        text.write_bytes(content)
        answer = obey("exec", grades, "-c", "list; where")
        assert (answer.code, answer.err, answer.out) == (0, "", bare)
    text.unlink()
    text.mkdir()
    assert obey("exec", grades, "-c", "list; where").out == bare
    text.rmdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(text)
        assert obey("exec", grades, "-c", "list; where").out == bare


def test_half_of_the_text_gives_half_of_the_lines(obey: Obey, grades: Path) -> None:
    text = grades.with_suffix(".md")
    text.write_text(text.read_text("utf-8").replace("_90_", "_91_"), encoding="utf-8")
    answer = obey("exec", grades, "-c", "where; step 3; where")
    assert answer.code == 0 and "line 19" in answer.out and "pc @12" in answer.out and "line 6" not in answer.out


def test_the_name_may_tell_of_a_level_of_optimising(obey: Obey, grades: Path) -> None:
    shutil.move(grades, grades.with_name("grades.O0.mdbc"))
    assert "line 19" in obey("exec", grades.with_name("grades.O0.mdbc"), "-c", "where").out
    shutil.move(grades.with_suffix(".md"), grades.with_name("other.md"))
    assert "line" not in obey("exec", grades.with_name("grades.O0.mdbc"), "-c", "where").out


def test_what_runs_and_checks_and_lists_programs_says_the_same_with_and_without(obey: Obey, grades: Path) -> None:
    def said() -> list[tuple[int, str, str]]:
        each = [obey(word, grades) for word in ("run", "check", "dis")]
        each.append(obey("run", grades, "--json"))
        return [(answer.code, answer.out, answer.err) for answer in each]

    with_text = said()
    grades.with_suffix(".md").unlink()
    assert said() == with_text


def test_reload_finds_a_text_and_loses_it(obey: Obey, grades: Path) -> None:
    text = grades.with_suffix(".md")
    shutil.move(text, text.with_suffix(".txt"))
    commands = f"where; step 4; reload {grades}; where"
    assert "line" not in obey("exec", grades, "-c", commands).out.splitlines()[-1]
    shutil.move(text.with_suffix(".txt"), text)
    lines = obey("exec", grades, "-c", "break 12; step 4; reload; where; info breakpoints; list").out
    assert "line 6" in lines and "line 12" in lines and "rebuilt: the instructions are the same" in lines


def test_a_session_file_has_the_program_and_breakpoints_whether_the_text_is_there_or_not(
    obey: Obey, grades: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.xqs"
    assert obey("exec", grades, "-c", f"break 12; log 10 here; step 5; save {kept}").code == 0
    answer = obey("exec", kept, "-c", "info breakpoints; continue")
    assert answer.code == 0 and "@22" in answer.out and "@25" in answer.out, answer.out + answer.err
    grades.with_suffix(".md").unlink()
    assert obey("exec", kept, "-c", "info breakpoints; continue").out == answer.out


def test_control_characters_of_a_text_do_not_reach_the_terminal(obey: Obey, grades: Path) -> None:
    text = grades.with_suffix(".md")
    text.write_text(text.read_text("utf-8").replace("the letter", "\x1b[31m\u202e\x9b"), encoding="utf-8")
    out = obey("exec", grades, "-c", "list 1,12; info line").out
    assert "Print" in out and not any(each in out for each in "\x1b\u202e\x9b")
