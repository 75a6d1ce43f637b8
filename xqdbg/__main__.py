"""Picks the face: the batch commands, or the debugger, which is imported when it is opened."""

from __future__ import annotations

import gc
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm.diagnostics import printable
from xqdbg.batch import cli

if TYPE_CHECKING:
    from xqdbg.batch.target import Target

if TYPE_CHECKING:
    from xqdbg.config import Config


def main(argv: Sequence[str] | None = None) -> int:
    """The command `xqdbg`; returns the exit code."""
    return cli.main(sys.argv[1:] if argv is None else argv, _open_debugger)


def _open_debugger(arguments: Namespace) -> int:
    from xqdbg.batch.target import beside, open_for_editing, refuse_one_stream_for_two, refuse_too_large
    from xqdbg.config import load_config
    from xqdbg.intake import STDIN, label

    refuse_one_stream_for_two(arguments)
    face_word = getattr(arguments, "face", "")
    if face_word == "serve":
        _refuse_stream(arguments)
    config = load_config(vars(arguments))
    _heed_colour(config)
    edited = arguments.file if face_word == "edit" else ""
    target = open_for_editing(edited) if edited else _opened(arguments.file, mendable=not face_word)
    refuse_too_large(target)
    target = beside(target)
    machine = target.machine(arguments)
    input_was_read = STDIN in (arguments.file, arguments.inputs)
    if face_word == "serve":
        return _serve(arguments, target.name)
    in_lines = face_word == "repl"
    if not in_lines:
        _need_terminal(input_was_read)
        gc.disable()  # what is imported stays; the face collects once that is done
    from xqdbg.session import Opened, Session

    session = Session(machine, target.name, opened=Opened(target.tools, target.program, target.path))
    if target.saved is not None:
        from xqdbg.saving import resume

        resume(session, target.saved, label(arguments.file))
    if in_lines:
        from xqdbg.repl import face

        return face.main(session, config, input_was_read=input_was_read)
    from xqdbg.tui import app

    return app.main(session, config, edited)


def _opened(file: str, *, mendable: bool) -> Target:
    """The program; a rejected one tells people how to mend it."""
    from xqdbg.batch.target import Rejected, open_target
    from xqdbg.intake import STDIN

    try:
        return open_target(file)
    except Rejected as error:
        if not mendable or file == STDIN or sys.stderr is None or not sys.stderr.isatty():
            raise
        raise Rejected(f"{error.message}\n`xqdbg edit {printable(file)}` opens it in the editor") from None


def _refuse_stream(arguments: Namespace) -> None:
    """XqdbgError for what only one debugger could read."""
    from xqdbg.errors import XqdbgError
    from xqdbg.intake import STDIN

    if STDIN in (arguments.file, arguments.inputs):
        raise XqdbgError(
            "standard input cannot be served: every visitor's debugger reads its files anew", "name a file"
        )


def _serve(arguments: Namespace, title: str) -> int:
    """Serve what has been found fit to be opened."""
    from xqdbg.serve import face
    from xqdbg.serve.words import child_words

    words = child_words(arguments, (*cli.COMMANDS, *cli.FACES))
    return face.main(words, title, arguments.host, arguments.port)


def _heed_colour(config: Config) -> None:
    """Tell the libraries that draw, which look for a variable only, and at an empty one too."""
    import os

    os.environ.pop("NO_COLOR", None)
    if not config.flag("color"):
        os.environ["NO_COLOR"] = "1"


def _need_terminal(input_was_read: bool) -> None:
    """XqdbgError without a terminal to draw on; takes the keys from it if standard input was the program."""
    import os

    from xqdbg.errors import XqdbgError

    if os.environ.get("TEXTUAL_DRIVER"):
        return  # something else draws, such as a browser
    hint = "`xqdbg run` needs none"
    if os.environ.get("TERM", "").lower() in ("dumb", "unknown"):
        raise XqdbgError("the debugger cannot draw on this terminal", "`xqdbg repl` needs no more than lines")
    if not all(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr)):  # it draws on the second
        raise XqdbgError("the debugger needs a terminal", hint)
    if sys.stdin is not None and sys.stdin.isatty() and not input_was_read:
        return
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise XqdbgError("the debugger needs a terminal to read keys from", hint) from None
    os.dup2(terminal, 0)
    os.close(terminal)


if __name__ == "__main__":
    sys.exit(main())
