"""The command language: statements on a line, each a word, or the beginning of one, and an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from xqdbg.commands.argument import CommandError, shown, top_level
from xqdbg.commands.command import Command
from xqdbg.commands.table import COMMANDS
from xqdbg.errors import XqdbgError

LONGEST = 20_000
"""Characters of a line that is read."""

_TIME = re.compile(r"[\d,_]*\d\s*%?|\d{1,3}\.\d{1,6}\s*%", re.ASCII)
_WORD = re.compile(r"[^\s/]+")


@dataclass(frozen=True, slots=True)
class Statement:
    """One of the commands of a line, as it was typed, and the column it begins at."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement that was understood as far as its word."""

    command: Command
    argument: str
    """Everything after the word; of `p/x r3` that is `/x r3`."""
    at: int
    """The column the argument begins at, in the text that was read."""


def statements(line: str) -> list[Statement]:
    """The commands of a line: separated by `;`, and before a comment. Quotes and brackets hide both.

    Raises CommandError for a line that is too long, and for a quote that stays open.
    """
    if line.lstrip().startswith("#"):
        return []
    if len(line) > LONGEST:
        raise CommandError(f"a line of {len(line):,} characters is too long", f"{LONGEST:,} are possible")
    end = len(line)
    borders: list[int] = []
    for at, character in top_level(line):
        if character == ";":
            borders.append(at)
        elif character == "#" and (at == 0 or line[at - 1] in " \t;"):
            end = at
            break
    starts, stops = [0, *(at + 1 for at in borders)], [*borders, end]
    found = [Statement(line[start:stop], start) for start, stop in zip(starts, stops, strict=True)]
    return [_bare(statement) for statement in found if statement.text.strip()]


def _bare(statement: Statement) -> Statement:
    lead = len(statement.text) - len(statement.text.lstrip())
    return Statement(statement.text.strip(), statement.at + lead)


def read(text: str) -> Spoken:
    """Understand the word of a statement; CommandError with the column of what is not understood.

    A bare `1200` or `42%` goes there.
    """
    bare = text.strip()
    lead = len(text) - len(text.lstrip())
    if _TIME.fullmatch(bare):
        return Spoken(by_id("time.goto"), bare, lead)
    word = _WORD.match(bare)
    if word is None:
        raise CommandError("no command was given" if not bare else f"{shown(bare)} does not begin with a command",
                           "help lists the commands", lead)  # fmt: skip
    try:
        command = find(word[0])
    except XqdbgError as error:
        raise CommandError(error.message, error.hint, lead) from None
    rest = bare[word.end() :]
    if rest.startswith("/") and not command.formatted:
        raise CommandError(f"{command.word} takes no format", f"help {command.word}", lead + word.end())
    argument = rest.strip()
    return Spoken(command, argument, lead + word.end() + len(rest) - len(rest.lstrip()))


def parse(line: str) -> tuple[Command, str]:
    """The command of a line that holds one, and its argument. Raises XqdbgError."""
    spoken = read(line)
    return spoken.command, spoken.argument


def by_id(id: str) -> Command:
    """The command with an id; KeyError if there is none."""
    return {command.id: command for command in COMMANDS}[id]


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
        close = get_close_matches(word[:40], words(), n=1)
        raise XqdbgError(f"there is no command {shown(word)}", f"did you mean {close[0]}?" if close else "try help")
    names = [next(known for known in command.words if known.startswith(word)) for command in found]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    raise XqdbgError(f"{shown(word)} is ambiguous", f"it could be {', '.join(names[:8])}{more}")


def words() -> Iterator[str]:
    """Everything commands are called."""
    return (word for command in COMMANDS for word in command.words)


def caret(line: str, column: int) -> tuple[str, str]:
    """The line, and below it a sign that points at a column; long lines are shown from around there."""
    from vm.diagnostics import printable  # only who errs pays for it

    column = max(0, min(column, len(line)))
    first = max(0, column - 60)
    part = ("…" if first else "") + line[first : column + 60] + ("…" if column + 60 < len(line) else "")
    return printable(part), " " * (column - first + bool(first)) + "^"
