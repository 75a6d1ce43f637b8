"""Going back and jumping about in runs of a hundred million ticks.

`python -m tests.benchmarks.pvm_travel NAME N QUICK` measures one program and prints JSON: each in a fresh process, so that
its memory is its own.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.entry import Entry, milliseconds, skipped, spread, timed
from tests.benchmarks.footprint import UNITS_A_MIB, resident_mib
from tests.benchmarks.process import module_output
from tests.benchmarks.pvm import program_of
from tests.benchmarks.travel import back_from_anywhere, seek, step_back
from vm.pvm.native import compiler
from vm.pvm.toolchain import TOOLCHAIN
from xqdbg.session import Session
from xqdbg.timeline import Timeline

SIZES = {"fib": 20_000_000, "sha256": 25_000, "crc32": 9_200_000, "quicksort": 500_000}
"""What each program is told to do: a hundred million ticks and more."""
TICKS = 100_000_000
SEEK_MS = 150.0
"""The goal for a run of ten million ticks."""
MOST_MIB = 512.0


def entries(quick: bool) -> Iterator[Entry]:
    """For each program: the way to the end, stepping back from there, seeking anywhere, and memory."""
    if not compiler.available():
        yield skipped("PVM, 100 M ticks: step back p95", "ms", f"no llvmlite: {compiler.ADVICE}")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in ("fib", "sha256") if quick else tuple(SIZES):
            words = ["tests.benchmarks.pvm_travel", name, str(SIZES[name]), str(int(quick))]
            for found in json.loads(module_output(words, Path(folder))):
                yield Entry(**found)


def main() -> int:
    """Measure one program, and print what was found."""
    name, size, quick = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "1"
    inputs = {"args": size.to_bytes(4, "little").hex(), "gas": 1 << 40}
    print(json.dumps([asdict(entry) for entry in _travel(name, inputs, 100 if quick else 500)]))
    return 0


def _travel(name: str, inputs: dict[str, Any], count: int) -> Iterator[Entry]:
    what = f"{name} of the PVM, 100 M ticks"
    program = program_of(name)
    timeline = Timeline(TOOLCHAIN.machine(program, inputs))
    seconds, _ = timed(lambda: timeline.forward(TICKS))
    if timeline.tick != TICKS:
        raise RuntimeError(f"{name} ended at tick {timeline.tick}")
    yield Entry(f"with checkpoints, {what}", TICKS / seconds / 1e6, "Minstr/s", detail={"seconds": round(seconds, 3)})
    yield step_back(what, timeline, count)
    yield back_from_anywhere(what, timeline, TICKS, count // 5)
    yield seek(what, timeline, TICKS, count // 2, SEEK_MS)
    yield _session_back(what, Session(TOOLCHAIN.machine(program, inputs)), count)
    detail = {"peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNITS_A_MIB, 1)}
    yield Entry(f"memory at the end, {what}", resident_mib(), "MiB", MOST_MIB, detail=detail)


def _session_back(what: str, session: Session, count: int) -> Entry:
    """Stepping back with all that the faces show of it."""
    session.goto_tick(TICKS)
    times = spread([milliseconds(session.back) for _ in range(count)])
    return Entry(f"step back with its moment p95, {what}", times["p95_ms"], "ms", 16.0, detail=times)


if __name__ == "__main__":
    sys.exit(main())
