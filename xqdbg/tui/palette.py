"""The command palette's view of the command table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen

from xqdbg.commands import Command
from xqdbg.tui.face import ALL_COMMANDS, key_name
from xqdbg.tui.panes.line_given import LineGiven


@runtime_checkable
class Keyed(Protocol):
    """A screen whose commands have keys."""

    @property
    def command_keys(self) -> Mapping[str, Sequence[str]]:
        """Keys by command id, the most usual first."""
        ...


class CommandProvider(Provider):
    """Offers every command. What cannot go without an argument is put on the command line, to be gone on with."""

    async def discover(self) -> Hits:
        for title, help, command in self._offers():
            yield DiscoveryHit(title, partial(_obey, self.screen, command), help=help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, help, command in self._offers():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), partial(_obey, self.screen, command), help=help)

    def _offers(self) -> list[tuple[str, str, Command]]:
        keys = self.screen.command_keys if isinstance(self.screen, Keyed) else {}
        return [(_title(command, keys.get(command.id, ())), command.help, command) for command in ALL_COMMANDS]


def _title(command: Command, keys: Sequence[str]) -> str:
    """What it is called, how it is typed if that is another word, and its key."""
    word = command.word if command.words else ""
    typed = f" · {word}" if word.replace("-", " ") != command.title.lower() and word else ""
    return command.title + typed + "".join(f"  ({key_name(key)})" for key in keys[:1])


def needs_argument(command: Command) -> bool:
    """Whether it is to be gone on with by the user: it has no key that does something without an argument."""
    return not command.keys and command.usage != command.word and command.id != "ui.theme"


async def _obey(screen: Screen[object], command: Command) -> None:
    if needs_argument(command):
        screen.post_message(LineGiven(f"{command.word} ", sure=False))
    else:
        await screen.run_action(f"obey('{command.id}')")
