"""How fast the matrix pane draws a model of 1,000 variables, and the machine fills its window."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from tests.benchmarks import heatmap
from tests.benchmarks.entry import Entry, milliseconds, spread
from tests.benchmarks.sample import dense_model
from vm.contract import Frame
from vm.xqvm.machine import XqvmMachine


def entries(quick: bool) -> Iterator[Entry]:
    """Repaints by size of the terminal and look; then windows."""
    for width, height in heatmap.SIZES:
        for look, keys in heatmap.LOOKS.items():
            found = asyncio.run(heatmap.measure((width, height), keys))
            name = f"heat map repaint p95, {heatmap.VARIABLES:,} variables, {width}x{height}, {look}"
            yield Entry(name, found["p95_ms"], "ms", heatmap.GOAL_MS, detail=found)
    yield from _windows(300 if quick else heatmap.VARIABLES)


def _windows(variables: int) -> Iterator[Entry]:
    """A whole model of all couplings, in blocks that fit 100x50; after a step, and after a jump."""
    machine = dense_model(variables)
    machine.run(variables * variables * 7 // 2)
    scale = -(-variables // 100)
    frame = Frame(0, 0, 50, 100, scale, (1, 2))
    title = f"window on a full model of {variables:,} variables"
    first = milliseconds(lambda: machine.window("r0", frame))
    yield Entry(f"{title}, first", first, "ms")
    found = spread([_step_and_look(machine, frame) for _ in range(100)])
    yield Entry(f"{title}, after a step p95", found["p95_ms"], "ms", detail=found)


def _step_and_look(machine: XqvmMachine, frame: Frame) -> float:
    machine.checkpoint()
    machine.run(12)
    return milliseconds(lambda: machine.window("r0", frame))
