"""Copies of text that is not saved yet, kept where they survive the program, and told of at the next start."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from threading import Lock

from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.editing.document import MOST_BYTES, UNTITLED
from xqdbg.errors import XqdbgError
from xqdbg.folders import state_folder
from xqdbg.outflow import replace_file

FOLDER = "unsaved"
SUFFIX = ".text"
MOST = 50
"""Copies that are told of, the newest ones."""
_MOST_HEAD = 1 << 16
_SIGN = "xqdbg unsaved text"


@dataclass(frozen=True, slots=True)
class Copy:
    """A text somebody did not save."""

    text: str
    path: str
    """The file it was going to be saved in; empty if it had none."""
    when: float
    """Seconds since 1970."""
    kept_in: str
    """The file that holds the copy."""
    title: str = ""
    """What it was called if it had no file."""

    @property
    def name(self) -> str:
        """What the text is called, printable."""
        return printable(os.path.basename(self.path) or self.title) or UNTITLED


class Recovery:
    """Keeps a copy of one text, and finds those that programs left which are no longer running.

    One thread may keep while another drops.
    """

    def __init__(self, folder: str | None = None) -> None:
        """`folder` is where copies are kept; below the user's own state folder if none is given."""
        self._folder = os.path.join(state_folder(), FOLDER) if folder is None else folder
        self._file = ""
        self._lock = Lock()
        self._turns = count(1)
        self._done = 0
        """The latest turn that came to something; what began before it is of no interest any more."""

    def turn(self) -> int:
        """A number for the text as it is now: it is kept under it, unless a later one was kept or dropped meanwhile."""
        return next(self._turns)

    def keep(self, text: str, path: str = "", title: str = "", turn: int | None = None) -> None:
        """Keep a copy in place of the one before, at once or under a number from `turn`; XqdbgError if it cannot be."""
        turn = self.turn() if turn is None else turn
        with self._lock:
            if turn > self._done:
                self._keep(text, path, title)
                self._done = turn

    def _keep(self, text: str, path: str, title: str) -> None:
        absolute = os.path.abspath(path) if path else ""
        head = {"what": _SIGN, "path": absolute, "title": title, "pid": os.getpid(), "when": time.time()}
        content = json.dumps(head).encode("ascii") + b"\n" + text.encode("utf-8", "surrogatepass")
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
        except OSError as error:
            raise XqdbgError(f"unsaved text cannot be kept in {printable(self._folder)}: {error.strerror}") from None
        if not self._file:
            self._file = os.path.join(self._folder, f"{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}")
        replace_file(self._file, content, private=True)

    def drop(self) -> None:
        """The text is saved, or nobody wants it: its copy goes."""
        with self._lock:
            self._done = next(self._turns)
            if self._file:
                with suppress(OSError):
                    os.unlink(self._file)
            self._file = ""

    def adopt(self, copy: Copy) -> None:
        """Keep on with a copy that was left: it goes when this text is saved."""
        self.drop()
        self._file = copy.kept_in

    def left(self) -> Sequence[Copy]:
        """Copies of programs that ended without saving or dropping them, newest first."""
        try:
            names = [name for name in os.listdir(self._folder) if name.endswith(SUFFIX)]
        except OSError:
            return []
        found = [_read(os.path.join(self._folder, name)) for name in sorted(names)[: 10 * MOST]]
        copies = [copy for copy in found if copy is not None and copy.kept_in != self._file]
        return sorted(copies, key=lambda copy: -copy.when)[:MOST]


def _read(file: str) -> Copy | None:
    """The copy in a file; None if it is none, or if who keeps it is still running."""
    try:
        with open(file, "rb") as stream:
            head = json.loads(stream.readline(_MOST_HEAD))
            content = stream.read(2 * MOST_BYTES)
        if head["what"] != _SIGN or _is_running(int(head["pid"])):
            return None
        text, title = content.decode("utf-8", "surrogatepass"), str(head.get("title", ""))
        return Copy(text, str(head["path"]), int(head["when"]), file, title)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _is_running(pid: int) -> bool:
    """Whether a program is running under that number; where asking would end it, it is not asked."""
    if pid == os.getpid():
        return True
    if os.name != "posix" or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
