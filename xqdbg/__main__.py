"""Picks the face: the batch commands, or the debugger, which is imported when it is opened."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence

from xqdbg.batch import cli

MOST_INSTRUCTIONS = 1_000_000
"""More than this is not opened in the debugger: its listing is kept in memory."""


def main(argv: Sequence[str] | None = None) -> int:
    """The command `xqdbg`; returns the exit code."""
    return cli.main(sys.argv[1:] if argv is None else argv, _open_debugger)


def _open_debugger(arguments: Namespace) -> int:
    from xqdbg.batch.target import open_target, refuse_one_stream_for_two
    from xqdbg.errors import XqdbgError
    from xqdbg.intake import STDIN

    refuse_one_stream_for_two(arguments)
    target = open_target(arguments.file)
    if target.program.instructions > MOST_INSTRUCTIONS:
        count = f"{target.program.instructions:,} instructions"
        raise XqdbgError(f"{target.name} has {count}, too many for the debugger", "`xqdbg run` takes it")
    machine = target.machine(arguments)
    _need_terminal(STDIN in (arguments.file, arguments.inputs))
    from xqdbg.session import Session
    from xqdbg.tui import app

    return app.main(Session(machine, target.name), theme=arguments.theme, keymap=arguments.keymap)


def _need_terminal(input_was_read: bool) -> None:
    """XqdbgError without a terminal to draw on; takes the keys from it if standard input was the program."""
    import os

    from xqdbg.errors import XqdbgError

    hint = "`xqdbg run` needs none"
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
