"""How fast the batch face starts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from tests.benchmarks.entry import Entry, spread
from tests.benchmarks.process import environment
from tests.benchmarks.sample import ROOT

START_MS = 120.0
_COMMANDS = {
    "xqdbg --version": ["-m", "xqdbg", "--version"],
    "xqdbg run of a small program": ["-m", "xqdbg", "run", "example:factorial", "--json"],
    "xqdbg check of a small program": ["-m", "xqdbg", "check", "example:factorial"],
}


def entries(quick: bool) -> Iterator[Entry]:
    """Wall time of whole processes, the interpreter's own start included and told beside."""
    count = 7 if quick else 20
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        alone = _found(["-c", "pass"], count, cache)
        yield Entry("python -c pass, median", alone["p50_ms"], "ms", detail=alone)
        for name, words in _COMMANDS.items():
            found = _found(words, count, cache) | {"python_alone_p50_ms": alone["p50_ms"]}
            yield Entry(f"{name}, median", found["p50_ms"], "ms", START_MS, detail=found)


def _found(words: list[str], count: int, cache: Path) -> dict[str, float]:
    _run(words, cache)  # fills the caches of files and bytecode
    runs = [_run(words, cache) for _ in range(count)]
    return spread([wall for wall, _ in runs]) | {"cpu_p50_ms": spread([cpu for _, cpu in runs])["p50_ms"]}


def _run(words: list[str], cache: Path) -> tuple[float, float]:
    """Milliseconds by the clock, and of processor time."""
    began = perf_counter()
    command = [sys.executable, *words]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(cache), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000
