"""Text over several lines: which of them are assembly, and whether more is to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vm.isa import Isa
from xqdbg.commands.argument import CommandError
from xqdbg.commands.assembly import closes
from xqdbg.commands.language import opens_list, opens_snippet, statements

_LIST, _SNIPPET = "list", "snippet"


def is_unfinished(text: str, isa: Isa) -> bool:
    """Whether lines of commands go on: a list or assembly is open, or the last line ends in a backslash."""
    if text.endswith("\\"):
        return True
    opened: list[str] = []
    for line in joined(text).split("\n"):
        _read(line, opened, isa)
    return bool(opened)


def joined(text: str) -> str:
    """The lines, those that end in a backslash and what they go on with in one."""
    return text.replace("\\\n", " ")


def sources(lines: Sequence[str], isa: Isa) -> list[bool]:
    """For each line, whether it is assembly of a command in a line before."""
    opened: list[str] = []
    return [_read(line, opened, isa) for line in lines]


def _read(line: str, opened: list[str], isa: Isa) -> bool:
    """Follow what a line opens and closes; whether it is assembly."""
    if opened and opened[-1] is _SNIPPET:
        if not closes(line, isa):
            return True
        opened.pop()
        return False
    for text in _statements(line, isa):
        if opened and opened[-1] is _SNIPPET:
            if closes(text, isa):
                opened.pop()
        elif opens_snippet(text):
            opened.append(_SNIPPET)
        elif opens_list(text):
            opened.append(_LIST)
        elif text.lower() == "end" and opened:
            opened.pop()
    return False


def _statements(line: str, isa: Isa) -> Iterator[str]:
    try:
        yield from (statement.text for statement in statements(line, isa))
    except CommandError:
        return
