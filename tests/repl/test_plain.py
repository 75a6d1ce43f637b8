"""The dialogue in plain lines: what a pipe, a dumb terminal or a screen reader gets."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED
from xqdbg.__main__ import main
from xqdbg.commands.language import LONGEST
from xqdbg.repl import plain
from xqdbg.script import Interpreter
from xqdbg.session import Session

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
Talk = Callable[..., tuple[int, str, str]]


@pytest.fixture
def talk(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Talk:
    """`talk("step\\n")` on the example; the exit code, what was said and what was complained of."""

    def run(text: str | bytes, *words: str, terminal: bool = False) -> tuple[int, str, str]:
        data = text.encode() if isinstance(text, str) else text
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data), isatty=lambda: terminal))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
        code = main(["repl", *(words or ("example:factorial",))])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_lines_in_and_lines_out(talk: Talk) -> None:
    code, out, err = talk("step\n\n# a note\nprint r0\nstep; print r0\n")
    assert code == 1
    assert out.splitlines() == [
        "tick 1  line 4  INPUT r0   PUSH1 wrote stack[0] unset -> 0",
        "tick 2  line 5  PUSH1 1   INPUT wrote r0 unset -> 15, stack[0] 0 -> unset",
        "r0 = 15",
    ]
    assert err.splitlines() == ["standard input:4:7: r0 is unset", "  print r0", "        ^"]


def test_all_is_well(talk: Talk) -> None:
    assert talk("break 14\r\ncommands 1\r\nprint r1\r\nend\r\ncontinue\r\nquit\r\nbad")[0] == 0


def test_there_are_no_control_codes_in_what_is_written(talk: Talk) -> None:
    session = Path(__file__).parents[1] / "sessions" / "factorial.xqd"
    _code, out, err = talk(session.read_bytes() + b"\nprint \x1b[31m\nlist\nhelp\n")
    assert out and err
    assert CONTROL.search(out) is None
    assert CONTROL.search(err) is None


def test_an_empty_line_repeats_nothing_in_a_script(talk: Talk) -> None:
    assert talk("step\n\n\nprint tick\n")[1].splitlines()[-1] == "tick = 1"


def test_somebody_who_types_is_prompted_and_can_repeat(talk: Talk) -> None:
    code, out, err = talk(
        "step\n\nprint r9\nbreak 14\ncommands 1\nprint r1\nend\n", "example:factorial", "--plain", terminal=True
    )
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "example:factorial. help lists the commands, quit leaves."
    assert lines[1] == "(xqdbg 0) tick 1, line 4, next INPUT r0, stack depth 1, PUSH1 wrote stack[0] from unset to 0"
    assert lines[2].startswith("(xqdbg 1) tick 2, line 5, next PUSH1 1, stack depth 0, INPUT wrote r0 from unset to 15")
    assert "> " in out
    assert err == "error: r9 is unset, at character 7\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"step\n\xff\n", "standard input:2:1: byte 0xff is not UTF-8 text"),
        (bytes(range(1, 256)), "is not UTF-8 text"),
        (b"\0\n", "zero bytes"),
        (b"x" * (5 * LONGEST), "standard input:1: the line is too long"),
    ],
)
def test_what_is_no_text_is_one_clear_line(talk: Talk, data: bytes, says: str) -> None:
    code, _out, err = talk(data)
    assert code == 2
    assert says in err.splitlines()[-1]
    assert "Traceback" not in err


def test_a_line_that_is_too_long_but_text_fails_alone(talk: Talk) -> None:
    code, out, err = talk("p " + "1" * (LONGEST + 1) + "\nprint 2\n")
    assert (code, out) == (1, "2 = 2\n")
    assert "too long" in err and len(err) < 1000


def test_a_program_from_standard_input_leaves_no_lines_to_read(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xqdbg.repl.face.TERMINAL", "/no/such/terminal")
    code, out, err = talk(b"HALT\n", "-")
    assert (code, out) == (2, "")
    assert "no terminal to read commands from" in err


def test_answers_come_line_by_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Another program may wait for the answer to one line before it writes the next."""
    heard: list[str] = []

    class Asking(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            heard.append(capsys.readouterr().out)
            return super().readline(size)

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Asking(b"print 1\nprint 2\n"), isatty=lambda: False))
    assert plain.talk(Interpreter(Session(toy_machine(NESTED)))) == 0
    assert heard == ["", "1 = 1\n", "2 = 2\n"]


def test_closed_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["repl", "example:factorial"]) == 2
    assert "standard input: it is closed" in capsys.readouterr().err


def test_json_has_no_place_in_a_dialogue(talk: Talk) -> None:
    code, _out, err = talk("", "example:factorial", "--json")
    assert code == 2 and "unrecognized arguments: --json" in err
