"""Memory and time of branches of a long run: `python -m tests.benchmarks.branches PROGRAM WAY LENGTH`."""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.benchmarks.entry import Entry, timed
from tests.benchmarks.footprint import resident_mib
from tests.benchmarks.process import module_output
from tests.benchmarks.sample import HEAVY, heavy_inputs, heavy_program
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.session import Session
from xqdbg.timeline import Pacing

MOST_RATIO = 1.5
BRANCHES = 20
MILLION = {"heavy_arithmetic": [50_000], "heavy_vector": [1_000, 55], "heavy_model": [250, 2, 76]}
"""Calldata with which each takes about a million ticks."""
EDITS = {"heavy_arithmetic": "r1", "heavy_vector": "r2[0]", "heavy_model": "r3.linear[3]"}
"""What is edited: something that the rest of the run carries along."""


def entries(quick: bool) -> Iterator[Entry]:
    """Memory of a session with twenty branches against one with none; then a comparison and a sweep."""
    with tempfile.TemporaryDirectory() as folder:
        for name in HEAVY[:1] if quick else HEAVY:
            for way in ("traced",) if quick else ("traced", "resident"):
                words = ["tests.benchmarks.branches", name, way, "short" if quick else "long"]
                found: dict[str, Any] = json.loads(module_output(words, Path(folder)))
                most = None if quick else MOST_RATIO  # which is for a million ticks
                yield Entry(f"{BRANCHES} branches against none, {way} memory, {name}", found["ratio"], "x", most,
                            detail=found)  # fmt: skip
    for name in HEAVY:
        yield from _asking(name, quick)


def _asking(name: str, quick: bool) -> Iterator[Entry]:
    session = _session(name, quick)
    session.end()
    ticks = session.timeline.tick
    session.goto_tick(ticks // 2)
    session.edit([(EDITS[name], "5")])
    elapsed, _ = timed(lambda: session.diff("main", "b1"))
    yield Entry(f"diff of two branches, {name}", elapsed, "s", detail={"ticks": ticks})
    session.switch("main")
    session.goto_tick(ticks // 2)
    values = 3 if quick else 10
    elapsed, _ = timed(lambda: session.sweep("r15", f"1..{values}"))
    yield Entry(f"a branch of a sweep over half the run, {name}", elapsed / values, "s", detail={"values": values})


def main() -> int:
    """Know a whole run, then edit it again and again, going to the end of each branch; print what that took."""
    name, way, length = sys.argv[1:]
    if way == "traced":
        tracemalloc.start()
    session = _session(name, length == "short")
    empty = _held(way) if way == "traced" else 0.0
    began = perf_counter()
    ticks = _visit(session)
    one, one_s = _held(way), perf_counter() - began
    peak = one
    began = perf_counter()
    for number in range(BRANCHES):
        session.switch("main")
        session.goto_tick((number + 1) * ticks // (BRANCHES + 2))
        session.edit([(EDITS[name], str(number + 2))])
        _visit(session)
        peak = max(peak, _held(way))
    found = {"ticks": ticks, "empty_mib": empty, "one_mib": one, "all_mib": _held(way), "peak_mib": peak}
    found["seconds"] = round(one_s, 2)
    found["seconds_a_branch"] = round((perf_counter() - began) / BRANCHES, 2)
    found["ratio"] = round((peak - empty) / (one - empty), 3)
    print(json.dumps(found))
    return 0


EVENLY = Pacing(spacing_seconds=0.0, least_spacing=3_000, recording_share=1e9)
"""Checkpoints at the same ticks whatever the speed, so that two runs of one length can be compared."""


def _session(name: str, quick: bool) -> Session:
    inputs = heavy_inputs(name, quick) if quick else {"calldata": MILLION[name], "step_limit": None}
    return Session(TOOLCHAIN.machine(heavy_program(name), inputs), name, EVENLY)


def _visit(session: Session) -> int:
    """Know all of the current branch, go to its end and a step back; the tick of the end."""
    session.history.complete()
    session.end()
    ticks = session.timeline.tick
    session.back()
    return ticks


def _held(way: str) -> float:
    """MiB held by objects, or by the whole process."""
    gc.collect()
    return round(tracemalloc.get_traced_memory()[0] / (1 << 20), 2) if way == "traced" else resident_mib()


if __name__ == "__main__":
    sys.exit(main())
