"""Scripts: texts of commands, from files that are not trusted."""

from __future__ import annotations

from collections.abc import Iterator

from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.intake import decode_text, label, read_file
from xqdbg.script.reply import Spot

SCRIPT_LIMIT = 4 << 20
"""Largest script that is read, in bytes."""


@dataclass(frozen=True, slots=True)
class Script:
    """A text of commands, and what it is called in messages."""

    name: str
    text: str

    def lines(self) -> Iterator[tuple[Spot, str]]:
        """Its lines, and where each is."""
        for number, line in enumerate(self.text.split("\n"), 1):
            yield Spot(self.name, number), line.removesuffix("\r")


def read_script(path: str) -> Script:
    """Read a script; XqdbgError if there is none, or if it is no text. `-` is standard input."""
    name = label(path)
    text = decode_text(read_file(path, SCRIPT_LIMIT), name).removeprefix("\ufeff")
    if "\0" in text:
        raise XqdbgError(f"{name} is no script: it has zero bytes", "a script is a text of commands, one a line")
    return Script(name, text)
