"""The terminal, and what to do once it is gone without a word: reading goes on at once and gives nothing then."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

_GONE = getattr(select, "POLLHUP", 0) | getattr(select, "POLLERR", 0)


class TerminalDriver(LinuxDriver):
    """Ends the app when its terminal is gone, as the signal does that comes only from a controlling terminal."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._file: Any = _Lasting(self._file)
        self._watch: _Watch | None = None

    def start_application_mode(self) -> None:
        """Take the terminal, and keep an eye on it."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._watch is None and self.input_tty and hasattr(select, "poll"):
            loop, gone = asyncio.get_running_loop(), getattr(self._app, "terminal_gone", self._app.exit)
            self._watch = _Watch(self.fileno, lambda: loop.call_soon_threadsafe(gone))
            self._watch.start()

    def close(self) -> None:
        """Let go of the terminal."""
        if self._watch is not None:
            self._watch.stop()
        super().close()


class _Lasting:
    """A file into which one can write although nobody reads it any more; else the thread that writes would die.

    Whoever draws waits for that thread, and so would wait for ever.
    """

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write, if that can be done."""
        with suppress(OSError, ValueError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over, if that can be done."""
        with suppress(OSError, ValueError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _Watch(Thread):
    """Waits until the other end of a terminal is closed, and says so once."""

    def __init__(self, file: int, gone: Callable[[], object]) -> None:
        super().__init__(daemon=True, name="xqdbg-terminal")
        self._terminal, self._gone = file, gone
        self._ear, self._mouth = os.pipe()

    def run(self) -> None:
        """Wait for nothing but the end of it, which costs nothing."""
        poll = select.poll()
        poll.register(self._terminal, 0)
        poll.register(self._ear, select.POLLIN)
        try:
            found = dict(poll.poll())
        finally:
            os.close(self._ear)
        if found.get(self._terminal, 0) & _GONE and self._ear not in found:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._gone()

    def stop(self) -> None:
        """Wait no longer."""
        if self._mouth >= 0:
            os.close(self._mouth)
            self._mouth = -1
            self.join(1)
