"""What checkpoints cost, and what recording costs a run."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

from tests.benchmarks.entry import Entry, milliseconds, percentile, spread, timed
from tests.benchmarks.sample import HEAVY, dense_model, heavy_machine
from vm.xqvm.engine import UNBOUNDED
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import Model
from xqdbg.timeline import Timeline

MOST_OVERHEAD = 1.5
VARIABLES = 284
"""A model with all couplings between so many has 40,186 coefficients."""
_REPEATS = 200


def entries(quick: bool) -> Iterator[Entry]:
    """Checkpoints by size of the state, then whole recorded runs."""
    yield from _checkpoints()
    for name in HEAVY:
        yield from _recording(name, quick)


def _checkpoints() -> Iterator[Entry]:
    small = heavy_machine("heavy_arithmetic", quick=True)
    small.run(1_000)
    yield _checkpoint_entry("checkpoint, small state", small)
    model = dense_model(VARIABLES)
    model.run(VARIABLES * VARIABLES * 4)
    terms = VARIABLES * (VARIABLES - 1) // 2
    held = model.regs[0]
    if not isinstance(held, Model) or held.terms != terms:
        raise RuntimeError("the model was not built")
    name = f"{terms:,} coefficients"
    yield _checkpoint_entry(f"checkpoint, {name}", model)
    yield _first_write(f"first write after a checkpoint, {name}", model)
    restores = spread([milliseconds(_restore(model)) for _ in range(_REPEATS)])
    yield Entry(f"restore, {name}", restores["p50_ms"], "ms", detail=restores)


def _checkpoint_entry(name: str, machine: XqvmMachine) -> Entry:
    """Each checkpoint follows a hundred more instructions, as when recording."""
    times: list[float] = []
    for _ in range(_REPEATS):
        machine.run(100)
        times.append(milliseconds(machine.checkpoint))
    found = spread(times)
    return Entry(name, found["p50_ms"], "ms", detail=found)


def _first_write(name: str, machine: XqvmMachine) -> Entry:
    """Twelve instructions with one write, right after a checkpoint, less the same without one."""
    after, plain = [], []
    for _ in range(_REPEATS):
        machine.checkpoint()
        after.append(milliseconds(lambda: machine.run(12)))
        plain.append(milliseconds(lambda: machine.run(12)))
    extra = percentile(after, 50) - percentile(plain, 50)
    return Entry(name, extra, "ms", detail={"run_of_12_ms": round(percentile(plain, 50), 4)})


def _restore(machine: XqvmMachine) -> Callable[[], object]:
    checkpoint = machine.checkpoint()
    machine.run(100)
    return lambda: machine.restore(checkpoint)


def _recording(name: str, quick: bool) -> Iterator[Entry]:
    bare: list[float] = []
    recorded: list[float] = []
    held = 0
    kept = 0
    for _ in range(2 if quick else 3):
        gc.collect()
        machine = heavy_machine(name, quick)
        bare.append(timed(lambda machine=machine: machine.run(UNBOUNDED))[0])  # type: ignore[misc]
        gc.collect()
        timeline = Timeline(heavy_machine(name, quick))
        recorded.append(timed(lambda timeline=timeline: timeline.forward(None))[0])  # type: ignore[misc]
        kept = max(kept, len(timeline.shelf))
        held = max(held, timeline.shelf.weight)
    detail = {"bare_s": round(min(bare), 3), "recorded_s": round(min(recorded), 3), "checkpoints": kept}
    yield Entry(f"recording overhead, {name}", min(recorded) / min(bare), "x", MOST_OVERHEAD, detail=detail)
    peak = _peak_weight(name, quick)
    yield Entry(f"checkpoints held at most, {name}", max(peak, held) / (1 << 20), "MiB",
                note="by the machine's estimate", detail={"at_the_end_mib": round(held / (1 << 20), 2)})  # fmt: skip


def _peak_weight(name: str, quick: bool) -> int:
    timeline = Timeline(heavy_machine(name, quick))
    peak = 0
    while not timeline.ended:
        timeline.forward(20_000)
        peak = max(peak, timeline.shelf.weight)
    return peak
