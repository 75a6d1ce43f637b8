"""Keys that are no keys: what is left of a paste with escape sequences in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from textual import events

HOLD_SECONDS = 0.05
"""How long keys are held back; the rest of a paste comes at once, a person is slower."""
SIGN = "circumflex_accent"
"""What Textual makes of an escape it cannot read. In a paste, what follows becomes keys too; a paste is the rest."""


class SetTimer(Protocol):
    """How to be called later."""

    def __call__(self, delay: float, callback: Callable[[], Awaitable[None]]) -> object: ...


class Burst:
    """Holds back the keys from a `^` on for a moment, and drops them if a paste follows."""

    def __init__(self, respond: Callable[[events.Event], Awaitable[None]]) -> None:
        """Take what to do with keys that were keys after all."""
        self._respond = respond
        self._held: list[events.Key] = []

    def hold(self, event: events.Event, set_timer: SetTimer) -> bool:
        """Whether an event has to wait, or is never to be responded to."""
        if isinstance(event, events.Paste):
            self._held.clear()
        elif isinstance(event, events.Key) and not event.is_forwarded:
            if not self._held and event.key != SIGN:
                return False
            if not self._held:
                set_timer(HOLD_SECONDS, self._release)
            self._held.append(event)
            return True
        return False

    async def _release(self) -> None:
        held, self._held = self._held, []
        for event in held:
            await self._respond(event)
