"""Assembly that is typed over several lines, up to its `end`."""

from __future__ import annotations

from dataclasses import field

from vm.values import dataclass
from xqdbg.commands import Command
from xqdbg.commands.assembly import END, line_of
from xqdbg.script.reply import Spot

MOST_SOURCE = 10_000
"""Lines of one piece of assembly."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A line of assembly, and the line it was read in."""

    text: str
    whole: str
    spot: Spot


@dataclass(slots=True)
class OpenSnippet:
    """Assembly that is being read, and the command it is for."""

    command: Command
    opened: str
    """What opened it, as it was typed."""
    spot: Spot
    lines: list[_Source] = field(default_factory=list)

    @property
    def argument(self) -> str:
        """All of it, each line with its end."""
        return "".join(f"{line.text}\n" for line in self.lines) or "\n"

    @property
    def text(self) -> str:
        """All of it as it was typed."""
        return f"{self.opened}\n{self.argument}{END}"

    def add(self, whole: str, text: str, spot: Spot) -> bool:
        """Take in a line, or a part of one. False if there are too many."""
        self.lines.append(_Source(text, whole, spot))
        return len(self.lines) <= MOST_SOURCE

    def blamed(self, column: int | None) -> tuple[str, Spot, int | None]:
        """The line in which a column of the argument is, where that was read, and the column in it."""
        if column is None or not self.lines:
            return self.opened, self.spot, None
        at, inside = line_of(self.argument, column)
        source = self.lines[min(at, len(self.lines) - 1)]
        return source.whole, source.spot, max(0, source.whole.find(source.text)) + inside
