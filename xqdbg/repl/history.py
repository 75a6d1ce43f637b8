"""What was typed, as the line editor asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from prompt_toolkit.history import History

from xqdbg.typed import Typed


class BoundedHistory(History):
    """Entries of a file that other faces write too."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._typed = Typed(folder)

    def load_history_strings(self) -> Iterable[str]:
        """The entries, newest first."""
        return reversed(self._typed.entries())

    def store_string(self, string: str) -> None:
        """Keep an entry."""
        self._typed.add(string)
