"""What a user did wrong, in the user's words."""

from __future__ import annotations

from collections.abc import Sequence


class XqdbgError(Exception):
    """A request that cannot be met. Each face maps it once: a line, a notification, an exit code."""

    def __init__(self, message: str, hint: str = "", details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        """What to do instead; may be empty."""
        self.details = tuple(details)
        """More lines, for those who have room."""
