"""Speed of the interpreter, against the peers where they are installed."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from tests.benchmarks.entry import Entry, skipped
from tests.benchmarks.process import module_output
from tests.benchmarks.sample import HEAVY

LEAST_RATIO = 6.0


def entries(quick: bool, peer: str | None) -> Iterator[Entry]:
    """The race in the peer's Python, then our own speed in this one."""
    if peer is None:
        reason = "no Python with xquad 0.4.5; name one by --peer-python or XQDBG_XQUAD_PYTHON"
        yield skipped("interpreter against xqvm_py, geometric mean", "x", reason)
    else:
        yield from _against_peers(_race(peer, quick, 2 if quick else 3))
    yield from _alone(_race(sys.executable, quick, 2))


def _race(python: str, quick: bool, repeats: int) -> dict[str, Any]:
    words = ["tests.benchmarks.race", "--repeats", str(repeats), *(["--quick"] if quick else [])]
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, Any] = json.loads(module_output(words, Path(folder), python))
    return found


def _speed(found: dict[str, Any]) -> float:
    """Million instructions a second."""
    speed: float = found["instructions"] / found["seconds"] / 1e6
    return speed


def _against_peers(found: dict[str, Any]) -> Iterator[Entry]:
    python, races = found["python"], found["races"]
    ratios: list[float] = []
    for name in HEAVY:
        ours, peer = _speed(races[name]["ours"]), _speed(races[name]["xqvm_py"])
        ratios.append(ours / peer)
        detail = {"ours_minstr_s": round(ours, 3), "peer": "xqvm_py", "peer_minstr_s": round(peer, 3)}
        detail |= {"instructions": races[name]["ours"]["instructions"], "python": python}
        yield Entry(f"interpreter against xqvm_py, {name}", ours / peer, "x", detail=detail)
    mean = prod(ratios) ** (1 / len(ratios))
    yield Entry("interpreter against xqvm_py, geometric mean", mean, "x", at_least=LEAST_RATIO,
                detail={"peer": "xqvm_py", "ratio": round(mean, 3), "python": python})  # fmt: skip
    for name in HEAVY:
        native = _speed(races[name]["xqffi"])
        detail = {"peer": "xqffi", "ratio": round(_speed(races[name]["ours"]) / native, 4)}
        yield Entry(f"native peer xqffi, {name}", native, "Minstr/s", detail=detail)


def _alone(found: dict[str, Any]) -> Iterator[Entry]:
    python = found["python"]
    for what in ("ours", "observed", "traced"):
        for name in HEAVY:
            title = {"ours": "untraced", "observed": "with effects", "traced": "with a JSON trace"}[what]
            speed = _speed(found["races"][name][what])
            yield Entry(f"interpreter {title}, {name}", speed, "Minstr/s", detail={"python": python})
