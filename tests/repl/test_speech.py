"""What is read aloud: every fact in words, one sentence a stop, nothing that only eyes can follow."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import Golden
from xqdbg.__main__ import main
from xqdbg.script.grid import sentences
from xqdbg.script.speech import WORDS, in_words
from xqdbg.settings import SETTINGS

SESSIONS = sorted((Path(__file__).parents[1] / "sessions").glob("*.xqd"))
PLAIN = re.compile(r"[ -~]*")


@pytest.fixture(autouse=True)
def nobodys_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for setting in SETTINGS.values():
        monkeypatch.delenv(setting.variable, raising=False)


def hear(
    text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str, terminal: bool = False
) -> list[str]:
    """What the dialogue says to some lines, errors included."""
    stdin = SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: terminal)
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    main(["repl", *words])
    said = capsys.readouterr()
    return (said.out + said.err).splitlines()


def test_a_session_in_words(
    golden: Golden, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (Path(__file__).parents[1] / "sessions" / "spoken.xqd").read_text()
    lines = hear(script, capsys, monkeypatch, "example:tsp5/encoder", "--plain")
    golden("session_spoken.txt", "\n".join(lines))
    stops = [line for line in lines if line.startswith("tick 3,2") and "stack depth" in line]
    assert "line 73, next LOAD r9, stack depth 0, ONEHOTR wrote r3.linear[0] from 0 to -250" in stops[1]


@pytest.mark.parametrize("script", SESSIONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("example", ["example:tsp5/encoder", "example:factorial"])
def test_long_transcripts_are_plain_lines(
    script: Path, example: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = script.read_text() + "\nlist\nhelp\nhelp places\nhelp formats\nprint /m r3\ninfo forecast\ncount by line\n"
    lines = hear(text, capsys, monkeypatch, example, "--plain")
    assert len(lines) > 50
    assert [line for line in lines if not PLAIN.fullmatch(line)] == []
    assert [line for line in lines if re.search(r"\S {2,}\S", line)] == []
    assert not any(set(line.strip()) == {"^"} for line in lines)


@pytest.mark.parametrize(("term", "spoken"), [("dumb", True), ("DUMB", True), ("xterm", None)])
def test_a_terminal_that_cannot_draw_is_talked_to_in_words(
    term: str, spoken: bool | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    talked: list[bool] = []
    monkeypatch.setattr("xqdbg.repl.dialogue.talk", lambda _interpreter, editing: talked.append(True) or 0)
    lines = hear("step\n", capsys, monkeypatch, "example:factorial", terminal=True)
    assert any("next INPUT r0, stack depth 1" in line for line in lines) is bool(spoken)
    assert bool(talked) is not bool(spoken)


def test_a_setting_asks_for_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "stack depth" not in hear("step\n", capsys, monkeypatch, "example:factorial")[0]
    monkeypatch.setenv("XQDBG_PLAIN", "yes")
    assert "stack depth 1" in hear("step\n", capsys, monkeypatch, "example:factorial")[0]


def test_what_is_wrong_is_told_with_the_place_in_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = hear("print r0 + r9\n", capsys, monkeypatch, "example:factorial", "--plain")
    assert lines == ["error: standard input:1:7: r0 is unset, at character 7"]


def test_a_fault_is_told_in_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = hear("end\n", capsys, monkeypatch, "example:factorial", "--calldata", "25", "--plain")
    assert lines[0].startswith("tick 131, line 13, faulted, at MUL, stack depth 0")
    assert lines[1].startswith("fault ARITHMETIC_OVERFLOW: ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5×5 grid", "5 by 5 grid"),
        ("× 4 times", "times 4 times"),
        ("r3 49 → 25", "r3 49 to 25"),
        ("a · b", "a, b"),
        ("● line 4", "breakpoint line 4"),
        ("│ ├─ x ██▌ ⣿", "x"),
        ("0 − 5 …", "0 - 5 ..."),
        ("über 日本", "über 日本"),
        ("\x1b[31mred", "symbol for escape [31mred"),
        ("☂ rain", "umbrella rain"),
        ("tick 5  line 6", "tick 5, line 6"),
        ("  indented", "indented"),
    ],
)
def test_signs_are_said(text: str, words: str) -> None:
    assert in_words(text) == words


def test_every_word_for_a_sign_can_be_said() -> None:
    assert all(word.isascii() and word.isprintable() for word in WORDS.values())


def test_tables_of_numbers_are_told_in_sentences() -> None:
    lines = ["binary 3", "linear   0  1  2", "        -5 -5  ·", "quadratic  0  1  2", "        0  ·  7  7",
             "        1  ·  ·  8", "        2  ·  ·  ·", "and so on"]  # fmt: skip
    assert list(sentences(lines)) == [
        "binary 3", "linear: 0 to 1 are -5", "quadratic row 0: 1 to 2 are 7", "quadratic row 1: 2 is 8", "and so on",
    ]  # fmt: skip
    assert list(sentences(["    0  1  2", " 0  4  4  4", " 3  9"])) == ["0 to 2 are 4", "3 is 9"]
    assert list(sentences(["0", "text"])) == ["text"]
