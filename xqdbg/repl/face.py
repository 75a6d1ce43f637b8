"""Which dialogue it is: with a line editor, or plain lines in and plain lines out."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from xqdbg.config import Config
from xqdbg.errors import XqdbgError
from xqdbg.repl import plain as plain_face
from xqdbg.script import Interpreter, render, speech
from xqdbg.session import Session

TERMINAL = "/dev/tty"
DUMB = ("dumb", "unknown", "")
"""What terminals are called that can do nothing but write on."""


def main(session: Session, config: Config | None = None, *, input_was_read: bool = False) -> int:
    """Talk until the user leaves; the exit code. `input_was_read`: the program came from standard input."""
    config = Config() if config is None else config
    if input_was_read:
        _listen_to_terminal()
    asking = _is_terminal(sys.stdin) and _is_terminal(sys.stdout)
    in_words = config.flag("plain") or (asking and _is_dumb())
    interpreter = Interpreter(session, keep_going=True, told=speech.told if in_words else render.told)
    for problem in config.problems:
        print(f"xqdbg: {problem}", file=sys.stderr)
    if in_words or not asking:
        return plain_face.talk(interpreter, asking=asking, in_words=in_words)
    from xqdbg.repl import dialogue

    return dialogue.talk(interpreter, editing=config.word("editing"))


def _is_dumb() -> bool:
    """Whether the terminal can do nothing but write on; some systems do not say what it is."""
    name = os.environ.get("TERM")
    return os.name == "posix" if name is None else name.lower() in DUMB


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _listen_to_terminal() -> None:
    """Read what the user types from the terminal, as standard input was the program."""
    try:
        terminal = os.open(TERMINAL, os.O_RDWR)
    except OSError:
        hint = "name a file for the program: the lines are read from standard input"
        raise XqdbgError("there is no terminal to read commands from", hint) from None
    os.dup2(terminal, 0)
    os.close(terminal)
    sys.stdin = os.fdopen(0, encoding="utf-8", errors="replace", closefd=False)
