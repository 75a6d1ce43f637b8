"""Garbage is collected while nobody waits for an answer."""

from __future__ import annotations

import asyncio
import gc

PAUSE_SECONDS = 0.06
"""Without a key or a click, after which nobody is taken to wait."""


class Tidying:
    """Collects what the latest answers left behind, before the interpreter would do it in the middle of one."""

    def __init__(self) -> None:
        self._due: asyncio.TimerHandle | None = None

    def put_off(self) -> None:
        """Somebody has asked for something: not before a while from now."""
        if self._due is not None:
            self._due.cancel()
        self._due = asyncio.get_running_loop().call_later(PAUSE_SECONDS, gc.collect, 0)
