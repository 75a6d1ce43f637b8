"""How fast the debugger comes up, and how fast it answers a key."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.entry import Entry, spread
from tests.benchmarks.sample import long_text
from tests.benchmarks.terminal import Terminal

LAUNCH_MS = 400.0
KEY_MS = 33.0
LINES = 1000
SIZES = ((80, 24), (120, 40), (200, 60))
_PROGRAM = "example:tsp8/encoder"
_MIDDLE = 5_000
"""Where the keys are pressed: far into the program, with most of the model there."""


class _Launch(NamedTuple):
    """Milliseconds from the start to the first frame and to the answer to a key; processor time up to the frame."""

    frame: float
    key: float
    cpu: float | None


class _Answer(NamedTuple):
    """Milliseconds from a key to the frame that shows its effect and to the last output; processor time in all."""

    shown: float
    settled: float
    cpu: float | None


def entries(quick: bool) -> Iterator[Entry]:
    """Launches, then keys at every size."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        yield from _launches(cache, 4 if quick else 10)
        for size in SIZES:
            yield from _keys(cache, size, 30 if quick else 100)


def _launches(cache: Path, count: int) -> Iterator[Entry]:
    """From before the process is made to a frame with the program's text and the status line; then a first key."""
    source = cache / "long.xqasm"
    source.write_text(long_text(LINES), "utf-8")
    launches = [_launch(source, cache) for _ in range(count + 1)]
    cold, warm = launches[0], launches[1:]  # the first one fills the caches of files and bytecode
    frames, keys = spread([one.frame for one in warm]), spread([one.key for one in warm])
    detail = {**frames, **processor([one.cpu for one in warm]), "without_bytecode_ms": round(cold.frame, 1)}
    title = f"launch to first frame, {LINES:,} lines, 120x40"
    yield Entry(f"{title}, median", frames["p50_ms"], "ms", LAUNCH_MS, detail=detail)
    yield Entry(f"{title}, p95", frames["p95_ms"], "ms", LAUNCH_MS)
    yield Entry("launch to the answer to a key pressed then, median", keys["p50_ms"], "ms", detail=keys)


def _launch(source: Path, cache: Path) -> _Launch:
    with Terminal([str(source)], 120, 40, cache) as terminal:
        shown = terminal.wait_for(r"(?s)first-line of a long program.*tick +0\D")
        cpu = terminal.cpu()
        terminal.press("s")
        answered = terminal.wait_for(at_tick(1))
        return _Launch((shown - terminal.started) * 1000, (answered - terminal.started) * 1000, cpu)


def _keys(cache: Path, size: tuple[int, int], count: int) -> Iterator[Entry]:
    width, height = size
    with Terminal([_PROGRAM], width, height, cache) as terminal:
        terminal.wait_for(at_tick(0))
        terminal.settle()
        terminal.press(f":goto {_MIDDLE}\r")
        terminal.wait_for(at_tick(_MIDDLE))
        terminal.settle()
        forward = [answer(terminal, "s", _MIDDLE + turn + 1) for turn in range(count)]
        backward = [answer(terminal, "S", _MIDDLE + count - turn - 1) for turn in range(count)]
    for key, found in (("s", forward), ("S", backward)):
        shown, settled = spread([one.shown for one in found]), spread([one.settled for one in found])
        detail = {**shown, "settled_p50_ms": settled["p50_ms"], "settled_p95_ms": settled["p95_ms"]}
        detail |= processor([one.cpu for one in found])
        yield Entry(f"key {key} to repaint p95, {width}x{height}", shown["p95_ms"], "ms", KEY_MS, detail=detail)


def answer(terminal: Terminal, key: str, tick: int) -> _Answer:
    """Press a key that goes to a tick."""
    before = terminal.cpu()
    pressed = terminal.press(key)
    shown = terminal.wait_for(at_tick(tick))
    settled = terminal.settle()
    after = terminal.cpu()
    cpu = None if before is None or after is None else after - before
    return _Answer((shown - pressed) * 1000, (settled - pressed) * 1000, cpu)


def processor(found: Sequence[float | None]) -> dict[str, float]:
    """Median and p95 of processor time; unlike the clock's, they hold on a busy machine too."""
    known = spread([cpu for cpu in found if cpu is not None]) if None not in found else {}
    return {f"cpu_{key}": known[key] for key in ("p50_ms", "p95_ms") if known}


def at_tick(tick: int) -> str:
    """Matches the status line there."""
    return rf"tick +{tick:,}(?![\d,])"
