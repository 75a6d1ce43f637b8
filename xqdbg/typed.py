"""What was typed, kept from one dialogue to the next in a file that stays small. All faces share it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

MOST_LINES = 2_000
"""Entries that are kept."""
MOST_BYTES = 1 << 20
"""A file that has grown larger was not written by this program, or by many at once: its end is read."""
FILE = "history"
BREAK = "⏎"
"""Stands for a line end, as an entry is one line of the file."""


class Typed:
    """Entries in a file, oldest first. Where the file cannot be used, nothing is kept there."""

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, FILE)

    def entries(self) -> list[str]:
        """What was typed, oldest first."""
        return [line.replace(BREAK, "\n") for line in self._read()]

    def add(self, text: str) -> None:
        """Keep something that was typed; now and then the oldest is dropped."""
        line = text.strip("\r\n").replace("\r", " ").replace("\n", BREAK)
        with suppress(OSError):
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            if self._size() > MOST_BYTES // 2:
                self._shorten()
            self._write(self._path, os.O_APPEND, line + "\n")

    def _size(self) -> int:
        try:
            return os.stat(self._path).st_size
        except OSError:
            return 0

    def _read(self) -> Iterator[str]:
        try:
            with open(self._path, "rb") as file:
                file.seek(max(0, self._size() - MOST_BYTES))
                data = file.read(MOST_BYTES)
        except OSError:
            return
        lines = data.decode("utf-8", "replace").split("\n")
        yield from [line for line in lines if line and line.isprintable()][-MOST_LINES:]

    def _shorten(self) -> None:
        kept = "".join(f"{line}\n" for line in list(self._read())[-MOST_LINES // 2 :])
        draft = f"{self._path}.{os.getpid()}"
        self._write(draft, os.O_TRUNC, kept)
        os.replace(draft, self._path)

    def _write(self, path: str, how: int, text: str) -> None:
        """Write into a file that only its owner may read."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
