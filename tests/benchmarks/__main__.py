"""All benchmarks: `python -m tests.benchmarks [--peer-python PATH] [--quick] [--only GROUP] [--out FILE]`.

Prints one JSON object on standard output and a table on standard error. Nothing here is a test:
no time is ever asserted. The exit code is 1 when a goal is missed and `--strict` was given.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks import (
    asking,
    branches,
    footprint,
    interpreter,
    matrix,
    mdvm,
    panes,
    pvm,
    pvm_engines,
    pvm_travel,
    recording,
    screen,
    startup,
    travel,
)
from tests.benchmarks.entry import Entry, table, told
from xqdbg import __version__

PEER_VARIABLE = "XQDBG_XQUAD_PYTHON"


def main() -> int:
    """Measure, print, and keep."""
    arguments = _arguments()
    peer = _peer(arguments.peer_python)
    groups: dict[str, Callable[[], Iterator[Entry]]] = {
        "interpreter": lambda: interpreter.entries(arguments.quick, peer),
        "pvm": lambda: pvm.entries(arguments.quick),
        "pvm-engines": lambda: pvm_engines.entries(arguments.quick),
        "pvm-travel": lambda: pvm_travel.entries(arguments.quick),
        "mdvm": lambda: mdvm.entries(arguments.quick),
        "recording": lambda: recording.entries(arguments.quick),
        "travel": lambda: travel.entries(arguments.quick),
        "asking": lambda: asking.entries(arguments.quick),
        "branches": lambda: branches.entries(arguments.quick),
        "startup": lambda: startup.entries(arguments.quick),
        "screen": lambda: screen.entries(arguments.quick),
        "panes": lambda: panes.entries(arguments.quick),
        "matrix": lambda: matrix.entries(arguments.quick),
        "footprint": lambda: footprint.entries(arguments.quick),
    }
    environment = _environment()
    entries: list[Entry] = []
    for name, measure in groups.items():
        if arguments.only and name not in arguments.only:
            continue
        told(f"measuring: {name}")
        entries += measure()
    missed = [entry.name for entry in entries if entry.met is False]
    report = {
        "xqdbg": __version__,
        "quick": arguments.quick,
        "environment": environment,
        "goals_missed": missed,
        "entries": [entry.json() for entry in entries],
    }
    text = json.dumps(report, indent=2)
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text + "\n", "utf-8")
    told(table(entries))
    return 1 if missed and arguments.strict else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure what has a goal.")
    parser.add_argument("--peer-python", metavar="PATH", help=f"a Python with xquad 0.4.5; default: ${PEER_VARIABLE}")
    parser.add_argument("--quick", action="store_true", help="less of everything: two minutes")
    parser.add_argument("--only", action="append", metavar="GROUP", choices=_GROUPS, help=", ".join(_GROUPS))
    parser.add_argument("--out", metavar="FILE", type=Path, help="write the JSON to a file, too")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a goal is missed")
    return parser.parse_args()


_GROUPS = (
    "interpreter",
    "pvm",
    "pvm-engines",
    "pvm-travel",
    "mdvm",
    "recording",
    "travel",
    "asking",
    "branches",
    "startup",
    "screen",
    "panes",
    "matrix",
    "footprint",
)


def _peer(chosen: str | None) -> str | None:
    """The interpreter that has the released toolchain, or None. SystemExit if the chosen one has it not."""
    for candidate in (chosen, os.environ.get(PEER_VARIABLE), sys.executable):
        if candidate and _has_peer(candidate):
            return candidate
        if candidate and candidate == chosen:
            raise SystemExit(f"{candidate} cannot import xqvm_py and xqffi: it needs xquad==0.4.5")
    return None


def _has_peer(python: str) -> bool:
    try:
        return subprocess.run([python, "-c", "import xqvm_py, xqffi"], capture_output=True).returncode == 0
    except OSError:
        return False


def _environment() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
