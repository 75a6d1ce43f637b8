"""The command palette's view of the command table."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen

from xqdbg.tui.face import ALL_COMMANDS, key_name


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
        return [
            (
                command.title + (f"  ({key_name(command.keys.split(',')[0])})" if command.keys else ""),
                command.help,
                f"obey('{command.id}')",
            )
            for command in ALL_COMMANDS
            if command.keys or command.id == "ui.theme"
        ]


async def _obey(screen: Screen[object], action: str) -> None:
    await screen.run_action(action)
