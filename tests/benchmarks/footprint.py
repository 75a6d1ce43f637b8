"""Memory of a session at the end of a long run: `python -m tests.benchmarks.footprint PROGRAM`, in a fresh process."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.entry import Entry
from tests.benchmarks.process import module_output
from tests.benchmarks.sample import HEAVY, heavy_machine
from xqdbg.session import Session

MOST_MIB = 512.0


def entries(quick: bool) -> Iterator[Entry]:
    """Resident memory with the whole run in the timeline, and how much of it the run brought."""
    with tempfile.TemporaryDirectory() as folder:
        for name in HEAVY[:1] if quick else HEAVY:
            found: dict[str, Any] = json.loads(module_output(["tests.benchmarks.footprint", name], Path(folder)))
            yield Entry(f"memory of a session at the end, {name}", found["after_mib"], "MiB", MOST_MIB, detail=found)


def main() -> int:
    """Run a heavy program to its end in a session, go back a little, and print what that took."""
    session = Session(heavy_machine(sys.argv[1]))
    before = resident_mib()
    session.end()
    session.back()
    ticks = session.timeline.furthest
    after = resident_mib()
    found = {"ticks": ticks, "before_mib": before, "after_mib": after, "checkpoints": len(session.timeline.shelf)}
    found["peak_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNITS_A_MIB, 1)
    found["bytes_a_tick"] = round((after - before) * (1 << 20) / ticks, 3)
    print(json.dumps(found))
    return 0


UNITS_A_MIB = 1 << 20 if sys.platform == "darwin" else 1 << 10


def resident_mib() -> float:
    """MiB of this process in memory now; at most so far, where the system does not tell."""
    table = Path("/proc/self/statm")
    if table.exists():
        return round(int(table.read_text().split()[1]) * resource.getpagesize() / (1 << 20), 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNITS_A_MIB, 1)


if __name__ == "__main__":
    sys.exit(main())
