"""The files that were edited or debugged last, kept from one time to the next."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress

from xqdbg.errors import XqdbgError
from xqdbg.folders import state_folder
from xqdbg.outflow import replace_file

MOST = 50
"""Files that are remembered."""
MOST_BYTES = 1 << 18
"""A list that is larger was not written by this program."""
FILE = "recent"


class RecentFiles:
    """Paths, newest first. Where the list cannot be kept, nothing is remembered and nobody is bothered."""

    def __init__(self, folder: str | None = None) -> None:
        """`folder` is where the list is kept; the user's own state folder if none is given."""
        self._path = os.path.join(state_folder() if folder is None else folder, FILE)

    def all(self) -> Sequence[str]:
        """Absolute paths of the files that are still there, newest first."""
        return [path for path in self._read() if os.path.isfile(path)]

    def add(self, path: str) -> None:
        """Remember that a file was opened just now."""
        if not path or "\n" in path or "\0" in path:
            return
        absolute = os.path.abspath(path)
        self._write([absolute, *(other for other in self._read() if other != absolute)])

    def remove(self, path: str) -> None:
        """Forget a file."""
        absolute = os.path.abspath(path)
        self._write([other for other in self._read() if other != absolute])

    def _read(self) -> Sequence[str]:
        try:
            with open(self._path, "rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError:
            return []
        if len(data) > MOST_BYTES:
            return []
        lines = [os.fsdecode(line) for line in data.split(b"\n")]
        return list(dict.fromkeys(line for line in lines if "\0" not in line and os.path.isabs(line)))[:MOST]

    def _write(self, paths: Iterable[str]) -> None:
        content = b"".join(os.fsencode(path) + b"\n" for path in list(paths)[:MOST])
        with suppress(OSError, XqdbgError):
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            replace_file(self._path, content, private=True)
