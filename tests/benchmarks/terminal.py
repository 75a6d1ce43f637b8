"""The debugger in a pseudo terminal, as a person has it: keys in, frames out, on the clock."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

from tests.benchmarks.process import cpu_milliseconds, environment, resident_mib
from tests.benchmarks.sample import ROOT

DEBUGGER = ("-m", "xqdbg")
PATIENCE = 20.0
"""Seconds to wait for anything before giving up."""
QUIET = 0.12
"""Seconds without output after which a terminal counts as settled."""
_FRAME_END = b"\x1b[?2026l"
_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronized updates: available
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",  # resize in band: not known
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62c",
}
_CONTROL = re.compile(
    rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Za-z0-9]|[@-Z\\-_=>])|[\r\n]"
)


class Absent(RuntimeError):
    """Something that was waited for did not come."""


class Terminal:
    """One debugger in a terminal of its own. A context; leaving it ends the debugger."""

    def __init__(
        self, words: Sequence[str], width: int, height: int, cache: Path, program: Sequence[str] = DEBUGGER
    ) -> None:
        """Start the debugger, or what it is compared with, with some words."""
        self._file, inner = os.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.started = perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, *program, *words],
            stdin=inner, stdout=inner, stderr=inner, cwd=ROOT, env=_environment(cache), start_new_session=True,
        )  # fmt: skip
        os.close(inner)
        self._raw = bytearray()
        self._answered = 0
        self._synchronized = False
        self.last_output = self.started

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._file)

    def cpu(self) -> float | None:
        """Milliseconds of processor time the debugger has taken so far; None where the system does not tell."""
        return cpu_milliseconds(self._process.pid)

    def resident_mib(self) -> float | None:
        """MiB of the debugger in memory now; None where the system does not tell."""
        return resident_mib(self._process.pid)

    def press(self, keys: str) -> float:
        """Send keys; returns when, by perf_counter."""
        self._raw.clear()
        self._answered = 0
        when = perf_counter()
        os.write(self._file, keys.encode())
        return when

    def wait_for(self, pattern: str) -> float:
        """Read until a pattern is in the text drawn since the last key, its frame complete; returns when."""
        wanted = re.compile(pattern.encode())
        return self._read_until(lambda: self._drawn(wanted), pattern)

    def settle(self) -> float:
        """Read until nothing comes any more; returns when the last output came."""
        while self._read(QUIET):
            pass
        return self.last_output

    def watch(self, seconds: float) -> None:
        """Read whatever comes for so long."""
        until = perf_counter() + seconds
        while (left := until - perf_counter()) > 0:
            self._read(left)

    def text(self) -> str:
        """What was drawn since the last key, without control sequences."""
        return _CONTROL.sub(b"", bytes(self._raw)).decode("utf-8", "replace")

    def _drawn(self, wanted: re.Pattern[bytes]) -> bool:
        raw = bytes(self._raw)
        if self._synchronized:
            raw = raw[: raw.rfind(_FRAME_END) + 1]
        return wanted.search(_CONTROL.sub(b"", raw)) is not None

    def _read_until(self, holds: Callable[[], bool], what: str) -> float:
        patience = perf_counter() + PATIENCE
        while not holds():
            if perf_counter() > patience or not self._read(PATIENCE):
                raise Absent(f"{what} did not appear; the terminal shows {self.text()[-300:]!r}")
        return self.last_output

    def _read(self, seconds: float) -> bool:
        """Read what there is, waiting at most so long; answer what the debugger asks the terminal."""
        ready, _, _ = select.select([self._file], [], [], seconds)
        if not ready:
            return False
        try:
            found = os.read(self._file, 1 << 16)
        except OSError as error:
            raise Absent(f"the debugger ended: {self.text()[-300:]!r}") from error
        self.last_output = perf_counter()
        self._raw += found
        self._answer()
        return True

    def _answer(self) -> None:
        for question, answer in _ANSWERS.items():
            if self._raw.find(question, max(0, self._answered - len(question))) >= 0:
                os.write(self._file, answer)
                self._synchronized = self._synchronized or b"2026" in answer
        self._answered = len(self._raw)


def _environment(cache: Path) -> dict[str, str]:
    return environment(cache) | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
