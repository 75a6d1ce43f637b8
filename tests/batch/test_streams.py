"""Standard streams that are closed or full: the exit code tells what can be told no other way, and nothing breaks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")
HALTS, FAULTS = "PUSH 1\nHALT\n", "ADD\n"

needs_full = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")


def ended(folder: Path, line: str) -> tuple[int, str]:
    """Exit code and everything still said by `xqdbg` with a shell's redirections."""
    (folder / "ok.xqasm").write_text(HALTS)
    (folder / "bad.xqasm").write_text(FAULTS)
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$PYTHON" -m xqdbg {line}'],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "run ok.xqasm >&-",
        "run ok.xqasm --json >&-",
        "dis ok.xqasm >&-",
        "asm ok.xqasm --stdout >&-",
        "check ok.xqasm >&-",
        "run --help >&-",
    ],
)
def test_a_closed_standard_output_is_told(tmp_path: Path, line: str) -> None:
    assert ended(tmp_path, line) == (2, "xqdbg: cannot write the output: standard output is closed\n")


@needs_full
@pytest.mark.parametrize("line", ["run ok.xqasm >/dev/full", "dis ok.xqasm >/dev/full", "run --help >/dev/full"])
def test_a_full_standard_output_is_told(tmp_path: Path, line: str) -> None:
    assert ended(tmp_path, line) == (2, "xqdbg: cannot write the output: No space left on device\n")


@pytest.mark.parametrize("stream", ["&-", pytest.param("/dev/full", marks=needs_full)])
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("run none.xqasm", 2),
        ("run ok.xqasm --trace json", 2),
        ("run bad.xqasm", 2),  # the report of the fault could not be written; --json writes it elsewhere
        ("run bad.xqasm --json >none", 1),
        ("asm bad.xqasm", 0),
        ("run ok.xqasm >none", 0),
        ("ok.xqasm", 2),
        ("", 2),
    ],
)
def test_without_standard_error_the_exit_code_tells(tmp_path: Path, line: str, code: int, stream: str) -> None:
    assert ended(tmp_path, f"{line} 2>{stream}") == (code, "")


def test_without_any_stream(tmp_path: Path) -> None:
    assert ended(tmp_path, "run ok.xqasm <&- >&- 2>&-") == (2, "")
    assert ended(tmp_path, "run - <&-") == (2, "xqdbg: cannot read standard input: it is closed (name a file)\n")
