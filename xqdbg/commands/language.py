"""The command language: a word, or the beginning of one, and an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from xqdbg.commands.command import Command
from xqdbg.commands.table import COMMANDS
from xqdbg.errors import XqdbgError

_TIME = re.compile(r"[\d,_]*\d\s*%?|\d{1,3}\.\d{1,6}\s*%")


def by_id(id: str) -> Command:
    """The command with an id; KeyError if there is none."""
    return {command.id: command for command in COMMANDS}[id]


def parse(line: str) -> tuple[Command, str]:
    """Read a command line: a word or its unambiguous beginning, then the argument. Raises XqdbgError.

    A bare `1200` or `42%` goes there.
    """
    line = line.strip()
    if _TIME.fullmatch(line):
        return by_id("time.goto"), line
    word, _, argument = line.partition(" ")
    return find(word), argument.strip()


def find(word: str) -> Command:
    """The command a word names or unambiguously begins. Raises XqdbgError."""
    word = word.lower()
    if not word:
        raise XqdbgError("no command was given", "help lists the commands")
    exact = [command for command in COMMANDS if word in command.words]
    found = exact or [command for command in COMMANDS if any(known.startswith(word) for known in command.words)]
    if len(found) == 1:
        return found[0]
    if not found:
        close = get_close_matches(word, _words(), n=1)
        raise XqdbgError(f"there is no command {word[:40]!a}", f"did you mean {close[0]}?" if close else "try help")
    names = [next(known for known in command.words if known.startswith(word)) for command in found]
    raise XqdbgError(f"{word[:40]!a} is ambiguous", f"it could be {', '.join(names)}")


def complete(line: str) -> list[str]:
    """Words that a command line being typed could become, for the first word only."""
    return sorted(word for word in _words() if word.startswith(line.lower()) and len(word) > 1)


def _words() -> Iterator[str]:
    return (word for command in COMMANDS for word in command.words)
