"""Obeys the first command of the README in a pseudo terminal; run by `.ci/run`, not collected by pytest.

Usage: python tests/hygiene/first_command.py, in a clean clone. It needs nothing but the standard library, as the
command has yet to install everything else.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 900.0
"""Seconds for the command to install everything and open the debugger."""
LEAVING = 30.0
"""Seconds for the debugger to close after `q`."""
SIZE = (40, 120)
"""Lines and columns."""
READY = "● ready"
"""What the status line says once a program is open."""
_CONTROL = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Za-z0-9]|[@-Z\\-_=>])")


def first_command(readme: str) -> str:
    """The first line the README has its reader type."""
    blocks = re.findall(r"```sh\n(.*?)\n```", readme, re.DOTALL)
    if not blocks or "\n" in blocks[0]:
        sys.exit("README: the first command is not a block of one line")
    return str(blocks[0])


class Terminal:
    """A command in a pseudo terminal of its own."""

    def __init__(self, command: str) -> None:
        self._file, inner = os.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        self._process = subprocess.Popen(
            ["bash", "-c", command],
            stdin=inner, stdout=inner, stderr=inner, cwd=ROOT, start_new_session=True,
            env=os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
        )  # fmt: skip
        os.close(inner)
        self._seen = b""

    def text(self) -> str:
        """Everything written so far, without control codes."""
        return _CONTROL.sub(b"", self._seen).decode("utf-8", "replace")

    def press(self, keys: str) -> None:
        """Type something."""
        os.write(self._file, keys.encode())

    def read_until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Read until a condition holds or nothing more can come; whether it holds."""
        end = monotonic() + seconds
        while not holds() and (left := end - monotonic()) > 0:
            if select.select([self._file], [], [], min(left, 0.5))[0] and not self._read():
                break
        return holds()

    def leave(self, seconds: float) -> int | None:
        """Wait for the end of the command; its exit code, None if it does not end."""
        self.read_until(lambda: self._process.poll() is not None, seconds)
        try:
            return self._process.wait(5)  # the terminal is let go of a little before
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """End the command and all it started, if it still runs."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._file)

    def _read(self) -> bool:
        try:
            found = os.read(self._file, 1 << 16)
        except OSError:  # how Linux tells that nobody has the terminal open any more
            found = b""
        self._seen += found
        return bool(found)


def main() -> None:
    command = first_command((ROOT / "README.md").read_text(encoding="utf-8"))
    print(command, flush=True)
    terminal = Terminal(command)
    try:
        if not terminal.read_until(lambda: READY in terminal.text(), PATIENCE):
            sys.exit(f"the debugger did not open:\n{terminal.text()[-2000:]}")
        terminal.press("q")
        if (code := terminal.leave(LEAVING)) != 0:
            sys.exit(f"after q the exit code is {code}:\n{terminal.text()[-2000:]}")
    finally:
        terminal.close()
    print("the debugger opened, was ready, and left with 0")


if __name__ == "__main__":
    main()
