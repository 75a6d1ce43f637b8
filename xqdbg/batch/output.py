"""Where the batch face writes. Nothing that came from a program reaches a terminal except through `printable`."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from vm.diagnostics import printable
from xqdbg.errors import XqdbgError
from xqdbg.intake import reason

_FULL = 64 << 10


def standard_output() -> TextIO:
    """Standard output; OSError if there is none, as behind `>&-`."""
    return _there(sys.stdout, "standard output")


def standard_error() -> TextIO:
    """Standard error; OSError if there is none."""
    return _there(sys.stderr, "standard error")


def _there(stream: TextIO | None, name: str) -> TextIO:
    if stream is None:
        raise OSError(errno.EBADF, f"{name} is closed")
    return stream


def say(text: str) -> None:
    """A line on standard output."""
    _write(standard_output(), text + "\n")


def complain(text: str) -> None:
    """A line on standard error."""
    _write(standard_error(), text + "\n")


def remark(text: str) -> None:
    """A line on standard error about something that was done; where it cannot be written, it is done all the same."""
    try:
        complain(text)
    except OSError:
        discard(sys.stderr)


def discard(*streams: TextIO | None) -> None:
    """Point streams to nowhere, so that what they still hold cannot fail again when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        if stream is not None:
            with suppress(OSError):
                os.dup2(nowhere, stream.fileno())


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:
        stream.write(text.encode(stream.encoding or "ascii", "backslashreplace").decode(stream.encoding or "ascii"))


def error_line(error: XqdbgError) -> str:
    """A user's error as one line."""
    hint = f" ({printable(error.hint)})" if error.hint else ""
    return f"xqdbg: {printable(error.message)}{hint}"


class Sink:
    """Text written in large pieces; what arrives between two flushes is one write."""

    def __init__(self, stream: TextIO, path: str = "standard error") -> None:
        self._stream = stream
        self._path = path
        self._pieces: list[str] = []
        self._size = 0

    def write(self, text: str) -> None:
        """Take a piece of text."""
        self._pieces.append(text)
        self._size += len(text)
        if self._size >= _FULL:
            self.flush()

    def flush(self) -> None:
        """Hand over everything taken so far; XqdbgError if it cannot be written."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        try:
            _write(self._stream, text)
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritable(self._path, error) from None


@contextmanager
def sink(path: str | None) -> Iterator[Sink]:
    """A sink into a file, or into standard error without a path; XqdbgError if the file cannot be written."""
    if path is None:
        target = Sink(standard_error())
        yield target
        target.flush()
        return
    file = _opened(path)
    try:
        target = Sink(file, path)
        yield target
        target.flush()
    finally:
        _close(file)


def _opened(path: str) -> TextIO:
    try:
        return open(path, "w", encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None


def _close(file: TextIO) -> None:
    """Close after the last flush; what it may still fail to write has been told already."""
    with suppress(OSError):
        file.close()


def _unwritable(path: str, error: OSError | ValueError) -> XqdbgError:
    return XqdbgError(f"cannot write {path}: {reason(error)}")


def write_file(path: str, content: bytes) -> None:
    """Write a whole file; XqdbgError if that fails."""
    try:
        with open(path, "wb") as file:
            file.write(content)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None
