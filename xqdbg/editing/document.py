"""A text that is being edited, and the file it belongs to."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from enum import Enum

from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.intake import STDIN, decode_text, label, read_file, reason
from xqdbg.outflow import replace_file

MOST_BYTES = 4 << 20
"""Largest file that is edited."""
UNTITLED = "untitled"
"""What a text without a file is called."""

_BOM = "\ufeff"
_UNEDITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""What no editor keeps apart from line ends, or no terminal should see."""


class DiskState(Enum):
    """How the file on disk stands to the text that was read from it or written to it last."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What tells, mostly, whether a file was written."""

    modified: int
    size: int
    inode: int


class Document:
    """A text with its file. The text has plain line feeds; the file keeps its line ends and its byte order mark.

    Not for two threads at once.
    """

    def __init__(self, text: str = "", path: str = "") -> None:
        """A new text, not saved yet; `path` is where it is going to be saved, if that is known."""
        self.text = text
        """The text as it is now; whoever edits sets it. Lines end with a line feed."""
        self._path = path
        self._newline = "\n"
        self._bom = False
        self._saved = ""
        """The text when it was last read or written."""
        self._digest: bytes | None = None
        """Of the file's bytes then; None if there was no file."""
        self._stamp: _Stamp | None = None

    @classmethod
    def open(cls, path: str) -> Document:
        """Read a file. XqdbgError if it cannot be read, is too large, or has what cannot be edited."""
        document = cls(path=path)
        document.reload()
        return document

    @property
    def path(self) -> str:
        """The file; empty if there is none yet."""
        return self._path

    @property
    def name(self) -> str:
        """What it is called, printable."""
        return printable(os.path.basename(self._path)) if self._path else UNTITLED

    @property
    def dirty(self) -> bool:
        """Whether the text is another one than the file's when it was last read or written."""
        return self.text != self._saved

    def state(self) -> DiskState:
        """Whether somebody else has changed the file. Reads it only if its time, size or place on the disk differ."""
        if not self._path:
            return DiskState.UNCHANGED
        try:
            stamp = _stamp(self._path)
        except (OSError, ValueError):
            return DiskState.UNCHANGED if self._digest is None else DiskState.VANISHED
        if self._digest is None:
            return DiskState.CHANGED
        if stamp != self._stamp:
            if _digest_of(self._path) != self._digest:
                return DiskState.CHANGED
            self._stamp = stamp
        return DiskState.UNCHANGED

    def reload(self) -> None:
        """Have the file's text instead; what was edited and not saved is gone. XqdbgError changes nothing."""
        if not self._path:
            raise XqdbgError("this text has no file yet", "save it first")
        if self._path == STDIN:
            raise XqdbgError("standard input cannot be edited", "name a file")
        stamp = _regular(self._path)
        data = read_file(self._path, MOST_BYTES)
        text, newline, bom = _decoded(data, printable(label(self._path)))
        self.text = self._saved = text
        self._newline, self._bom = newline, bom
        self._digest, self._stamp = _digest(data), stamp

    def save(self, *, force: bool = False) -> None:
        """Write the text into its file. XqdbgError if that fails, and then the old file is still there, whole.

        Refused if somebody else has changed the file, unless forced.
        """
        if not self._path:
            raise XqdbgError("this text has no file yet", "save it under a name")
        if not force and self.state() is DiskState.CHANGED:
            problem = f"{printable(self._path)} was changed by somebody else since it was read"
            raise XqdbgError(problem, "reload it, save under another name, or overwrite it")
        self._write(self._path)

    def save_as(self, path: str, *, force: bool = False) -> None:
        """Write the text into another file, which is its file from then on. Refused if there is one, unless forced."""
        if not path or path == STDIN:
            raise XqdbgError("the name of the file is missing")
        if not force and os.path.lexists(path) and not _same_file(path, self._path):
            raise XqdbgError(f"{printable(path)} is there already", "take another name, or overwrite it")
        if not force and _same_file(path, self._path):
            self.save()
            return
        self._write(path)

    def _write(self, path: str) -> None:
        data = _encoded(self.text, self._newline, bom=self._bom)
        if len(data) > MOST_BYTES:
            raise XqdbgError(f"{printable(path)} would be too large: more than {MOST_BYTES >> 20} MiB")
        replace_file(path, data)
        self._path = path
        self._saved = self.text
        self._digest, self._stamp = _digest(data), None  # the stamp is taken when somebody asks, with a look inside


def _regular(path: str) -> _Stamp:
    """The stamp of a plain file; XqdbgError for anything else."""
    shown = printable(label(path))
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise XqdbgError(f"cannot read {shown}: it is a folder", "name a file in it")
        if not stat.S_ISREG(mode):
            raise XqdbgError(f"cannot edit {shown}: it is no plain file", "name a file")
        return _stamp(path)
    except (OSError, ValueError) as error:
        raise XqdbgError(f"cannot read {shown}: {reason(error)}") from None


def _stamp(path: str) -> _Stamp:
    found = os.stat(path)
    return _Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _digest_of(path: str) -> bytes | None:
    """The digest of a file; None for one that cannot be read or is larger than any that was."""
    try:
        return _digest(read_file(path, MOST_BYTES))
    except XqdbgError:
        return None


def _decoded(data: bytes, name: str) -> tuple[str, str, bool]:
    """Text with plain line feeds, the line end of the file, and whether it has a byte order mark."""
    text = decode_text(data, name)
    bom = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    crlf = text.count("\r\n")
    newline = "\r\n" if crlf and crlf * 2 >= text.count("\n") else "\n"
    text = text.replace("\r\n", "\n")
    _check(text, name)
    return text, newline, bom


def _check(text: str, name: str) -> None:
    """XqdbgError naming line and column of the first character that cannot be edited."""
    if (found := _UNEDITABLE.search(text)) is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    what = "a NUL byte: is it a text file?" if found[0] == "\0" else f"the control character U+{ord(found[0]):04X}"
    raise XqdbgError(f"{name}:{line}:{column}: cannot edit {what}")


def _encoded(text: str, newline: str, *, bom: bool) -> bytes:
    _check(text, "the text")
    try:
        return ((_BOM if bom else "") + text.replace("\n", newline)).encode("utf-8")
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise XqdbgError(f"line {line} has a character that cannot be saved as UTF-8") from None


def _same_file(path: str, other: str) -> bool:
    try:
        return bool(other) and os.path.samefile(path, other)
    except (OSError, ValueError):
        return bool(other) and os.path.abspath(path) == os.path.abspath(other)
