"""Writing files so that there is always a whole one: the old one until the new one is complete."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from xqdbg.errors import XqdbgError
from xqdbg.intake import label, reason

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_TRIES = 100
_OWN = 0o600
"""What a file that only its owner may read is made with."""


def replace_file(path: str, content: bytes, *, private: bool = False) -> None:
    """Write a whole file in place of the old one. XqdbgError if that fails; then the old one is still there.

    A symbolic link stays one, and the file keeps its permissions; a `private` one is its owner's alone.
    What is no plain file is not replaced.
    """
    try:
        target = os.path.realpath(path)
        mode = _replaceable(path, target)
        _put(target, content, _OWN if private else mode)
    except (OSError, ValueError) as error:
        raise XqdbgError(f"cannot write {label(path)}: {reason(error)}", _hint(error)) from None


def _replaceable(path: str, target: str) -> int | None:
    """Permissions of the file that is there, None if there is none; XqdbgError if it may not be replaced."""
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise XqdbgError(f"cannot write {label(path)}: it is a folder", "name a file in it")
    if not stat.S_ISREG(mode):
        raise XqdbgError(f"cannot write {label(path)}: it is no plain file", "name a file")
    if not os.access(target, os.W_OK):
        raise XqdbgError(f"cannot write {label(path)}: it is write-protected")
    return stat.S_IMODE(mode)


def _put(target: str, content: bytes, mode: int | None) -> None:
    draft, descriptor = _draft(target, 0o666 if mode is None else mode & _OWN)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(draft, mode)
        os.replace(draft, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
    _settle(os.path.dirname(target))


def _draft(target: str, mode: int) -> tuple[str, int]:
    """A new file beside the target: only within one folder is replacing a file one act."""
    folder, name = os.path.split(target)
    for _ in range(_TRIES):
        draft = os.path.join(folder, f".{name[:40]}.{os.urandom(4).hex()}.part")
        with suppress(FileExistsError):
            return draft, os.open(draft, _NEW, mode)
    raise FileExistsError(17, "no free name for a draft")


def _settle(folder: str) -> None:
    """Make the new name last, where the system can be asked to."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _hint(error: OSError | ValueError) -> str:
    return "there is no such folder" if isinstance(error, FileNotFoundError) else ""
