"""The command palette's view of the command table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen

from xqdbg.tui.face import ALL_COMMANDS, key_name


@runtime_checkable
class Keyed(Protocol):
    """A screen whose commands have keys."""

    @property
    def command_keys(self) -> Mapping[str, Sequence[str]]:
        """Keys by command id, the most usual first."""
        ...


class CommandProvider(Provider):
    """Offers every command that can run without an argument."""

    async def discover(self) -> Hits:
        for title, help, action in self._offers():
            yield DiscoveryHit(title, partial(_obey, self.screen, action), help=help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, help, action in self._offers():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), partial(_obey, self.screen, action), help=help)

    def _offers(self) -> list[tuple[str, str, str]]:
        keys = self.screen.command_keys if isinstance(self.screen, Keyed) else {}
        return [
            (
                command.title + "".join(f"  ({key_name(key)})" for key in keys.get(command.id, ())[:1]),
                command.help,
                f"obey('{command.id}')",
            )
            for command in ALL_COMMANDS
            if command.keys or command.id == "ui.theme"
        ]


async def _obey(screen: Screen[object], action: str) -> None:
    await screen.run_action(action)
