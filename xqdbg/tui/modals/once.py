"""Modals that are left once, however many keys and clicks leave them before they are gone."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class OnceModal(ModalScreen[Result]):
    """A modal that may be told to go when it has gone."""

    def leave(self, result: Result | None = None) -> None:
        """Go, with what it came to; nothing if it has gone."""
        if self.is_current:
            self.dismiss(result)
