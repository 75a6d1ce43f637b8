"""How long the matrix pane takes to draw a model of 1,000 variables anew: `python -m tests.benchmarks.heatmap`.

Prints one JSON object: milliseconds by size of the terminal and look, from a new moment to the bytes for the terminal.
The machine's part, filling the window, is not in it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from time import perf_counter

from tests.tui.matrix_support import PaneApp, Terms, chain
from xqdbg.glance import Of

VARIABLES = 1000
SIZES = ((60, 30), (100, 50), (200, 60))
LOOKS = {
    "fit": (),
    "colour alone": ("v",),
    "numbers": ("plus",) * 40,
    "symmetric": ("t",),
    "next": ("d",),
    "grid": ("V",),
    "couplings": ("V", "V"),
}
GRID = (25, 40)
REPEATS = 60
GOAL_MS = 50.0


def on_a_grid() -> Terms:
    """The model that is drawn."""
    model = chain(VARIABLES)
    model.region = replace(model.region, grid=GRID)
    return model


def repaints(app: PaneApp) -> Iterator[float]:
    """Milliseconds of repaints after single steps that change one coefficient."""
    model = on_a_grid()
    name = model.region.name
    for turn in range(REPEATS):
        model.quadratic[turn, turn + 1] = 1000 + turn
        app.held = [model]
        before = app.pane.moment
        app.step(lambda: None)
        after = app.pane.moment
        app.pane.set_reactive(type(app.pane).moment, before)
        started = perf_counter()
        app.pane.moment = after
        lines = [app.pane.render_line(y) for y in range(app.size.height)]
        for strip in lines:
            strip.render(app.console)
        yield (perf_counter() - started) * 1000
        assert name in app.frames


async def measure(size: tuple[int, int], keys: Sequence[str]) -> dict[str, float]:
    """Median and 95th percentile of repaints at a size, after some keys."""
    app = PaneApp(on_a_grid())
    app.other = {Of.NEXT: lambda _name, frame: app.held[0].window(frame)}
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        times = sorted(repaints(app))
    return {"p50_ms": round(median(times), 2), "p95_ms": round(times[int(len(times) * 0.95)], 2)}


def main() -> int:
    """Measure everything; 1 when the goal is missed."""
    found = {
        f"{width}x{height} {look}": asyncio.run(measure((width, height), keys))
        for width, height in SIZES
        for look, keys in LOOKS.items()
    }
    good = all(times["p95_ms"] <= GOAL_MS for times in found.values())
    print(json.dumps({"variables": VARIABLES, "goal_p95_ms": GOAL_MS, "met": good, "repaint": found}, indent=2))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
