"""The dialogue with the line editor, by a pipe and in a pseudo terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import History
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from pygments.token import Token

from tests.support.toy import toy_machine, toy_program
from tests.support.toy.programs import NESTED
from tests.support.toy.toolchain import TOOLS
from vm.xqvm.isa import ISA
from xqdbg.folders import state_folder
from xqdbg.repl import dialogue
from xqdbg.repl.history import BoundedHistory
from xqdbg.repl.interruption import IMPATIENT, interruptible
from xqdbg.repl.lexer import CommandLexer, lexer_for
from xqdbg.script import Interpreter
from xqdbg.session import Opened, Session
from xqdbg.typed import MOST_BYTES, MOST_LINES

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds after which something that is waited for will not come."""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path / "state" / "xqdbg"


def converse(text: str, session: Session | None = None) -> tuple[int, Interpreter]:
    """Type a text, and come back when the dialogue is over."""
    interpreter = Interpreter(session or Session(toy_machine(NESTED), "toy"), keep_going=True)
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text(text)
        return dialogue.talk(interpreter), interpreter


# By a pipe


def test_lines_are_obeyed_until_somebody_leaves(capsys: pytest.CaptureFixture[str]) -> None:
    code, interpreter = converse("step 2\rprint r0\rbad\rquit\rstep\r")
    said = capsys.readouterr().out.splitlines()
    assert code == 0
    assert said[0] == "toy. help lists the commands, quit leaves."
    assert said[1:3] == ["tick 2  line 4  ADD r1 r1 r0", "r0 = 3"]
    assert said[3] == "there is no command 'bad' (try help)"
    assert said[-1] == "  ^"
    assert interpreter.session.moment.tick == 2


def test_control_d_leaves_and_control_c_drops_the_line() -> None:
    code, interpreter = converse("step\rstep\x03step 3\r\x04")
    assert code == 0
    assert interpreter.session.moment.tick == 4


def test_an_empty_line_repeats_stepping_alone() -> None:
    assert converse("step 2\r\r\r\x04")[1].session.moment.tick == 6
    assert converse("step 2; print r0\r\r\r\x04")[1].session.moment.tick == 2


def test_a_list_of_commands_is_read_over_several_lines() -> None:
    _code, interpreter = converse("break 7\rcommands 1\rprint r3\r\rend\rcontinue\r\x04")
    assert interpreter.session.moment.breakpoints[0].commands == ("print r3",)


def test_words_are_completed(capsys: pytest.CaptureFixture[str]) -> None:
    converse("longl\t\rprint dep\t\r\x04")
    assert "depth = 0" in capsys.readouterr().out


def test_the_future_is_looked_at_while_nobody_types() -> None:
    session = Session(toy_machine(NESTED), "toy")
    converse("print 1\r\x04", session)
    while session.explore(0.01):
        pass
    assert session.moment.future is not None and session.moment.future.complete


def test_completion_of_places_and_files(tmp_path: Path) -> None:
    (tmp_path / "setup.xqd").write_text("")
    completer = dialogue.CommandCompleter(Session(toy_machine(NESTED)))

    def found(text: str) -> set[str]:
        return {each.text for each in completer.get_completions(Document(text), CompleteEvent())}

    assert {"registers", "restart"} & found("info re") == {"registers"}
    assert found(f"source {tmp_path}/se") == {"tup.xqd"}
    assert found(f"step {tmp_path}/se") == set()


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert converse("step\r\x04")[1].session.moment.tick == 1


# What is remembered


def test_what_was_typed_is_there_the_next_time(state: Path) -> None:
    converse("step 2\rprint r1\r\x04")
    assert (state / "history").read_text() == "step 2\nprint r1\n"
    assert (state / "history").stat().st_mode & 0o077 == 0
    _code, interpreter = converse("\x1b[A\x1b[A\r\x04")
    assert interpreter.session.moment.tick == 2


def lines_of(history: History) -> list[str]:
    """The lines of a history, newest first."""
    return list(history.load_history_strings())


def test_history_stays_small(tmp_path: Path) -> None:
    history = BoundedHistory(str(tmp_path))
    (tmp_path / "history").write_text("print 'a line of some length'\n" * 40_000)
    assert len(lines_of(history)) <= MOST_LINES
    history.store_string("step")
    assert (tmp_path / "history").stat().st_size < MOST_BYTES // 4
    assert lines_of(history)[0] == "step"
    assert [path.name for path in tmp_path.iterdir()] == ["history"]


def test_a_history_that_is_none_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "history").write_bytes(bytes(range(256)) * 10 + b"\nstep\n")
    assert lines_of(BoundedHistory(str(tmp_path))) == ["step"]
    (tmp_path / "blocked").write_text("")
    blocked = BoundedHistory(str(tmp_path / "blocked"))
    blocked.store_string("step")
    assert lines_of(blocked) == []


def test_a_relative_state_folder_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "here")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert state_folder() == "/home/somebody/.local/state/xqdbg"


# Colours and interruption


@pytest.mark.parametrize(
    ("line", "text", "kind"),
    [
        ("print /x r3 + 0x1f", "print", Token.Keyword),
        ("print /x r3 + 0x1f", "/x", Token.Operator),
        ("print /x r3 + 0x1f", "r3", Token.Name),
        ("print /x r3 + 0x1f", "0x1f", Token.Literal.Number),
        ('log 4 "text; {r3}"; step', '"text; {r3}"', Token.Literal.String),
        ('log 4 "text; {r3}"; step', "step", Token.Keyword),
        ("nonsense r3", "nonsense", Token.Name),
        ("print len(r3)", "len", Token.Name.Builtin),
        ("goto @here", "@here", Token.Name.Label),
        ("step # note", "# note", Token.Comment),
        ("1,200", "1,200", Token.Literal.Number),
        ('print "open', '"open', Token.Literal.String),
    ],
)
def test_colours(line: str, text: str, kind: object) -> None:
    found = [(token, value.strip()) for token, value in CommandLexer().get_tokens(line) if value.strip()]
    assert (kind, text) in found


def test_control_c_is_a_request_and_then_an_order() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible() as requests:
        patience = requests.patience
        os.kill(os.getpid(), signal.SIGINT)
        requests.forget()
        assert not patience.cancelled()
        os.kill(os.getpid(), signal.SIGINT)
        assert patience.cancelled()
        with pytest.raises(KeyboardInterrupt):
            for _ in range(IMPATIENT):
                os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


# In a terminal


class Terminal:
    """A dialogue in a pseudo terminal, with what it has written so far."""

    def __init__(self, file: int) -> None:
        self._file = file
        self.seen = b""

    def send(self, text: bytes) -> None:
        os.write(self._file, text)

    def wait_for(self, pattern: bytes) -> bytes:
        """Read on until the pattern comes; everything up to there is then past."""
        until = monotonic() + PATIENCE
        while (match := re.search(pattern, self.seen)) is None:
            self._read(until, pattern)
        self.seen = self.seen[match.end() :]
        return match.group()

    def wait_until_a_command_runs(self) -> None:
        """While a line is edited the terminal sends no signals; while a command runs it does."""
        until = monotonic() + PATIENCE
        while not termios.tcgetattr(self._file)[3] & termios.ISIG:
            assert monotonic() < until
            self._read(until, b"", 0.01)

    def _read(self, until: float, pattern: bytes, pause: float = 1.0) -> None:
        ready, _, _ = select.select([self._file], [], [], pause)
        if ready:
            data = os.read(self._file, 65536)
            self.seen += data
            for _ in range(data.count(b"\x1b[6n")):
                self.send(b"\x1b[1;1R")
        assert monotonic() < until, f"{pattern!r} did not come: {self.seen[-2000:]!r}"


_IN_ITS_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from xqdbg.__main__ import main
sys.exit(main())
"""
"""Makes standard input the controlling terminal first, so that Ctrl+C reaches the dialogue."""


@contextmanager
def terminal(*words: str, **variables: str) -> Iterator[Terminal]:
    file, inner = pty.openpty()
    termios.tcsetwinsize(file, (24, 80))
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(ROOT), **variables}
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_ITS_TERMINAL, "repl", *words],
        stdin=inner, stdout=inner, stderr=inner, cwd=ROOT, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(inner)
    try:
        yield Terminal(file)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        os.close(file)


def test_control_c_stops_a_command_and_not_the_dialogue(tmp_path: Path) -> None:
    program = tmp_path / "endless.xqasm"
    program.write_text("TARGET .0\nJUMP .0\n")
    with terminal(str(program), "--unlimited-steps") as screen:
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"break 2 if tick < 0; continue\r")
        screen.wait_until_a_command_runs()
        screen.send(b"\x03")
        screen.wait_for(rb"tick [\d,]+  line \d  \S+ ?\S*   paused")
        screen.wait_for(rb"\(xqdbg [\d,]+\)")
        screen.send(b"print 6 * 7\r")
        screen.wait_for(rb"6 \* 7 = 42")
        screen.wait_for(rb"\(xqdbg [\d,]+\)")
        screen.send(b"\x04")


def test_several_lines_that_are_pasted_are_shown_and_obeyed_one_by_one_until_one_fails() -> None:
    with terminal("example:factorial") as screen:
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"\x1b[200~step\nprint 6 * 7\nprint r99\nprint 5 * 5\n\x1b[201~\r")
        screen.wait_for(rb"\(xqdbg 0\) step\r?\n[^\n]*tick 1 ")
        screen.wait_for(rb"\(xqdbg 1\) print 6 \* 7\r?\n[^\n]*6 \* 7 = 42")
        screen.wait_for(rb"\(xqdbg 1\) print r99\r?\n")
        screen.wait_for(rb"\(xqdbg 1\)")
        assert b"= 25" not in screen.seen
        screen.send(b"\x04")


def test_a_list_of_commands_that_is_pasted_belongs_to_its_breakpoint() -> None:
    with terminal("example:factorial") as screen:
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"\x1b[200~break 14\ncommands 1\nprint r1 + 1000\nend\ncontinue\x1b[201~\r")
        screen.wait_for(rb"> print r1 \+ 1000\r?\n")
        screen.wait_for(rb"r1 \+ 1000 = 1001")
        screen.wait_for(rb"\(xqdbg [\d,]+\)")
        screen.send(b"\x04")


def test_control_c_drops_a_list_and_control_d_ends_one() -> None:
    with terminal("example:factorial") as screen:
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"break 14\r")
        screen.wait_for(rb"breakpoint 1 at line 14")
        screen.send(b"commands 1\r")
        screen.wait_for(rb"(?s)\?2004l.*m>")
        screen.send(b"print 1\r")
        screen.wait_for(rb"(?s)\?2004l.*m>")
        screen.send(b"\x03")
        screen.wait_for(rb"the list was dropped")
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"commands 1\r")
        screen.wait_for(rb"(?s)\?2004l.*m>")
        screen.send(b"print 40 + 3\r")
        screen.wait_for(rb"(?s)\?2004l.*m>")
        screen.send(b"\x04")
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"continue\r")
        screen.wait_for(rb"40 \+ 3 = 43")
        screen.wait_for(rb"\(xqdbg [\d,]+\)")
        screen.send(b"\x04")


def test_what_was_typed_before_is_searched_for(tmp_path: Path) -> None:
    folder = tmp_path / "xqdbg"
    folder.mkdir()
    (folder / "history").write_text("print 6 * 7\nprint 5 * 5\nstep\n")
    with terminal("example:factorial", XDG_STATE_HOME=str(tmp_path)) as screen:
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"\x12")
        screen.wait_for(rb"search")
        screen.send(b"6 *")
        screen.wait_for(rb"7")
        screen.send(b"\r")
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"\r")
        screen.wait_for(rb"6 \* 7 = 42")
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"\x04")


@pytest.mark.parametrize(("words", "variables"), [(("--vi",), {}), ((), {"XQDBG_EDITING": "vi"})])
def test_lines_are_edited_with_the_keys_of_vi_where_that_is_wished(
    words: tuple[str, ...], variables: dict[str, str]
) -> None:
    with terminal("example:factorial", *words, **variables) as screen:
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"prnit 40 + 1\x1b")
        screen.wait_for(rb"1")
        screen.send(b"r20fnxp\r")
        screen.wait_for(rb"40 \+ 2 = 42")
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"\x04")


def test_the_keys_of_emacs_are_the_usual_ones() -> None:
    with terminal("example:factorial") as screen:
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"rint 40 + 2\x01p\r")
        screen.wait_for(rb"40 \+ 2 = 42")
        screen.wait_for(rb"\(xqdbg 0\)")
        screen.send(b"\x04")


@pytest.mark.parametrize(("words", "variables"), [(("--plain",), {}), ((), {"TERM": "dumb"})])
def test_in_words_nothing_but_text_reaches_the_terminal(words: tuple[str, ...], variables: dict[str, str]) -> None:
    heard = b""
    with terminal("example:tsp5/encoder", *words, **variables) as screen:
        for line in (b"continue", b"", b"list", b"why r3.quad[0,1]", b"print /m r3", b"prnt", b"count by opcode"):
            heard += screen.wait_for(rb"(?s).*\(xqdbg [\d,]+\) ")
            screen.send(line + b"\n")
        heard += screen.wait_for(rb"(?s).*opcode ADDQUAD, count 100.*\(xqdbg [\d,]+\) ")
        screen.send(b"quit\n")
    assert b"quadratic row 0: " in heard
    assert re.search(rb"[^\r\n\x20-\x7e]", heard) is None


# Assembly


def test_instructions_have_colours_too() -> None:
    found = list(lexer_for(ISA)().get_tokens("asm PUSH 1; STOW r2"))
    assert (Token.Keyword, "PUSH") in found and (Token.Name, "r2") in found
    assert "".join(text for _, text in found) == "asm PUSH 1; STOW r2\n"


def test_assembly_is_read_over_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    program: Any = toy_program(NESTED)
    session = Session(toy_machine(NESTED), "toy", opened=Opened(TOOLS, program))
    _code, interpreter = converse("asm\rSET r6 4 ; four\r\rADD r6 r6 r6\rend\rprint r6\r\x04", session)
    assert interpreter.session.moment.branch == "b1"
    assert "r6 = 8" in capsys.readouterr().out.splitlines()
