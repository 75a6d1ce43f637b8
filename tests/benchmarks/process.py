"""Processes that are measured: how they are started, and what they have cost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.sample import ROOT


def environment(cache: Path) -> dict[str, str]:
    """As on a machine where nobody has used it: compiled modules are kept (in `cache`), and nobody's files are met."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "COLUMNS", "LINES", "NO_COLOR", "TEXTUAL")
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    none = str(cache / "none")
    kept |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(cache)}
    return kept | {"XDG_CONFIG_HOME": none, "XDG_STATE_HOME": none}


def module_output(words: list[str], cache: Path, python: str = sys.executable) -> str:
    """What `python -m` some words prints."""
    command = [python, "-m", *words]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(cache),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return done.stdout


def resident_mib(pid: int) -> float | None:
    """MiB of a running process in memory now; None where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20), 1)


def cpu_milliseconds(pid: int) -> float | None:
    """Processor time of all threads of a running process so far; None where the system does not tell."""
    try:
        tasks = [(task / "schedstat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return None
    return sum(int(task.split()[0]) for task in tasks) / 1e6 if tasks else None
