"""What a user did wrong, in the user's words."""

from __future__ import annotations


class XqdbgError(Exception):
    """A request that cannot be met. Each face maps it once: a line, a notification, an exit code."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        """What to do instead; may be empty."""
