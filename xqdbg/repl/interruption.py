"""Ctrl+C while a command runs: the command is asked to stop, and the dialogue goes on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from xqdbg.patience import Patience

IMPATIENT = 3
"""How often Ctrl+C is to be pressed until it is no longer a request."""


class Requests:
    """How often somebody has asked to stop what runs."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        """Ctrl+C was pressed."""
        self._count += 1
        if self._count >= IMPATIENT:
            raise KeyboardInterrupt

    def made(self) -> bool:
        """Whether the work is to stop."""
        return self._count > 0

    def forget(self) -> None:
        """What is begun from now on is not meant."""
        self._count = 0

    @property
    def patience(self) -> Patience:
        """That of somebody who waits until they press it."""
        return Patience(self.made)


@contextmanager
def interruptible() -> Iterator[Requests]:
    """Meanwhile Ctrl+C is a request. Only the main thread hears of it."""
    requests = Requests()
    if threading.current_thread() is not threading.main_thread():
        yield requests
        return
    before = signal.signal(signal.SIGINT, requests)
    try:
        yield requests
    finally:
        signal.signal(signal.SIGINT, before)
