"""A value that one thread keeps replacing and another one takes when it gets to it."""

from __future__ import annotations

from threading import Lock


class Latest:
    """Holds at most one number: the latest."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._value: int | None = None

    def put(self, value: int) -> bool:
        """Replace what is held. Whether nothing was, so that somebody has to be asked to take it."""
        with self._lock:
            was_empty, self._value = self._value is None, value
        return was_empty

    def take(self) -> int | None:
        """What is held, which is nothing then; None if nothing is."""
        with self._lock:
            value, self._value = self._value, None
        return value
