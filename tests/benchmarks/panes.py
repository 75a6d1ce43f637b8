"""The debugger with every pane open: how fast it answers a key, and what it takes while nobody does anything."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from screenshots.company import distances
from tests.benchmarks.entry import Entry, skipped, spread
from tests.benchmarks.screen import KEY_MS, answer, at_tick, processor
from tests.benchmarks.terminal import Terminal

IDLE_PERCENT = 1.0
IDLE_MIB = 120.0
IDLE_SECONDS = 5.0
_QUIET_SECONDS, _MOST_SECONDS = 1.0, 120.0
"""A run is known and counted once so much time passes with next to no work, or after so long at most."""
_QUIET_MS = 8.0
SIZE = (200, 60)
EVERY_PANE = (
    "(code:4 / fault / repl=8 / lists=8):5 | (watches / stack:3 / loops=5 / inputs=5 / outputs=5):3 "
    "| (registers:2 / matrix:3):6 | (explain:3 / costs:2 / editor:2 / problems=4):6"
)
_SMALL = "example:tsp5/encoder"
_CITIES = 31
"""Make a model of 961 variables."""
_PLACES = {"objective": 250_000, "constraints": 746_880}
"""Ticks at which each step changes one coefficient, and hundreds."""
_BARE = ("-m", "tests.benchmarks.bare")
"""The least that Textual can do: the peer in launches and memory."""


def entries(quick: bool) -> Iterator[Entry]:
    """Launch and memory beside a bare app, then every pane at once: keys, memory, and rest."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        yield from _beside_a_bare_app(cache, 3 if quick else 10)
        yield from _at_rest(cache)
        yield from _keys(cache, 30 if quick else 100)


def _beside_a_bare_app(cache: Path, count: int) -> Iterator[Entry]:
    """By turns, so that both have the same load."""
    starts: dict[str, list[tuple[float, float | None]]] = {"xqdbg": [], "bare": []}
    for _ in range(count + 1):
        with Terminal([_SMALL], 120, 40, cache) as terminal:
            starts["xqdbg"].append(((terminal.wait_for(at_tick(0)) - terminal.started) * 1000, terminal.resident_mib()))
        with Terminal([], 120, 40, cache, _BARE) as terminal:
            starts["bare"].append(((terminal.wait_for("Hello") - terminal.started) * 1000, terminal.resident_mib()))
    ours, bare = (spread([ms for ms, _ in starts[name][1:]]) for name in starts)
    detail = {**ours, "peer": "hello world in Textual", "peer_p50_ms": bare["p50_ms"]}
    yield Entry("launch over that of a bare Textual app", ours["p50_ms"] / bare["p50_ms"], "times", detail=detail)
    memory = {name: [mib for _, mib in found if mib is not None] for name, found in starts.items()}
    if memory["xqdbg"] and memory["bare"]:
        ratio = max(memory["xqdbg"]) / max(memory["bare"])
        detail = {f"{name}_mib": max(found) for name, found in memory.items()}
        yield Entry("memory over that of a bare Textual app", ratio, "times", detail=detail)


def _at_rest(cache: Path) -> Iterator[Entry]:
    """The session of a small program: as it was opened, and with every pane open; rested once all is counted."""
    with Terminal([_SMALL], *SIZE, cache) as terminal:
        terminal.wait_for(at_tick(0))
        yield from _rest(terminal, "as it is opened")
        _open_every_pane(terminal)
        yield from _rest(terminal, "every pane open")


def _rest(terminal: Terminal, state: str) -> Iterator[Entry]:
    seconds = _calm(terminal)
    memory = terminal.resident_mib()
    if memory is None or seconds is None:
        yield skipped(f"idle, {state}", "MiB", "the system does not tell what a process takes")
        return
    yield Entry(f"memory at rest, {state}", memory, "MiB", IDLE_MIB, detail={"calm_after_s": round(seconds, 1)})
    before, began = terminal.cpu() or 0.0, perf_counter()
    terminal.watch(IDLE_SECONDS)
    elapsed = (perf_counter() - began) * 1000
    used = (terminal.cpu() or 0.0) - before
    yield Entry(f"processor at rest, {state}", 100 * used / elapsed, "%", IDLE_PERCENT, detail={"ms": round(used, 1)})


def _calm(terminal: Terminal) -> float | None:
    """Wait until the run is explored and counted; how long that took."""
    began = perf_counter()
    while perf_counter() - began < _MOST_SECONDS:
        before = terminal.cpu()
        terminal.watch(_QUIET_SECONDS)
        after = terminal.cpu()
        if before is None or after is None:
            return None
        if after - before < _QUIET_MS:
            break
    return perf_counter() - began


def _open_every_pane(terminal: Terminal) -> None:
    for line in ("break 72", "display stack[-1]", "display tick * 2", "lists", f"layout set {EVERY_PANE}"):
        terminal.press(f":{line}\r")
        terminal.settle()
    terminal.press("0\t")  # none of the panes that take letters
    terminal.settle()


def _keys(cache: Path, count: int) -> Iterator[Entry]:
    inputs = cache / "cities.json"
    inputs.write_text(json.dumps({"calldata": [_CITIES, distances(_CITIES)], "step_limit": None}), "utf-8")
    with Terminal([_SMALL, "--inputs", str(inputs)], *SIZE, cache) as terminal:
        terminal.wait_for(at_tick(0))
        _open_every_pane(terminal)
        _calm(terminal)
        for name, tick in _PLACES.items():
            terminal.press(f":goto {tick}\r")
            terminal.wait_for(at_tick(tick))
            _calm(terminal)
            forward = [answer(terminal, "s", tick + turn + 1) for turn in range(count)]
            backward = [answer(terminal, "S", tick + count - turn - 1) for turn in range(count)]
            for key, found in (("s", forward), ("S", backward)):
                shown, settled = spread([one.shown for one in found]), spread([one.settled for one in found])
                detail = {**shown, "settled_p50_ms": settled["p50_ms"], "settled_p95_ms": settled["p95_ms"]}
                detail |= processor([one.cpu for one in found])
                title = f"key {key} to repaint p95, every pane, 961 variables, {name}"
                yield Entry(title, shown["p95_ms"], "ms", KEY_MS, detail=detail)
