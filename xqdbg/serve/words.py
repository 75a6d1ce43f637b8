"""The command line of the debugger that a visitor gets, safe in the shell that starts it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from argparse import Namespace
from collections.abc import Collection, Iterator, Sequence

_VALUED = ("inputs", "args", "gas", "output_slots", "step_limit", "memory_limit", "theme", "keymap", "layout")
"""Options with a value that are handed on, by their names in the parsed command line."""


def child_words(arguments: Namespace, commands: Collection[str]) -> list[str]:
    """The words that open the same program in the same way; `commands` are words that would not be taken for a file."""
    return [sys.executable, "-m", "xqdbg", _file(arguments.file, commands), *_options(arguments)]


def _file(file: str, commands: Collection[str]) -> str:
    """A file whose name is like an option or a command is named by the way to it."""
    return f"./{file}" if file.startswith("-") or file in commands else file


def _options(arguments: Namespace) -> Iterator[str]:
    for text in arguments.calldata or ():
        yield f"--calldata={text}"
    for name in _VALUED:
        value = getattr(arguments, name)
        if value is not None:
            yield f"--{name.replace('_', '-')}={value}"
    if arguments.unlimited_steps:
        yield "--unlimited-steps"
    if arguments.mouse is False:
        yield "--no-mouse"


def shell_line(words: Sequence[str]) -> str:
    """Words as one line for the shell of this system, each meaning itself."""
    if sys.platform == "win32":
        return subprocess.list2cmdline(words)
    return f"exec {shlex.join(words)}"  # else the shell would be told to end, and not what it has started
