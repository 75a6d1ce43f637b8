"""Going back and jumping about in a run of a million instructions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.benchmarks.entry import Entry, milliseconds, spread
from tests.benchmarks.sample import heavy_machine
from xqdbg.session import Session
from xqdbg.timeline import Timeline
from xqdbg.trap import Trap

TICKS = 1_000_000
QUICK_TICKS = 200_000
STEP_BACK_MS = 1.0
SEEK_MS = 50.0
REVERSE_MS = 2_000.0
_SEED = 20
PROGRAMS = ("heavy_arithmetic", "heavy_vector", "heavy_model")


def entries(quick: bool) -> Iterator[Entry]:
    """For each program: stepping back from the end, seeking anywhere, running backward over everything."""
    ticks = QUICK_TICKS if quick else TICKS
    for name in PROGRAMS:
        timeline = Timeline(heavy_machine(name))
        timeline.forward(ticks)
        if timeline.tick != ticks:
            raise RuntimeError(f"{name} ended at tick {timeline.tick}")
        yield step_back(name, timeline, 200 if quick else 1000)
        yield seek(name, timeline, ticks, 50 if quick else 200)
        yield back_from_anywhere(name, timeline, ticks, 30 if quick else 100)
        yield from _reverse(name, timeline, ticks)
    yield _session_back("heavy_model", ticks, 100 if quick else 300)


def step_back(name: str, timeline: Timeline, count: int) -> Entry:
    """From where the run has come to, tick by tick."""
    times = [milliseconds(lambda: timeline.seek(timeline.tick - 1)) for _ in range(count)]
    return Entry(f"step back p95, {name}", spread(times)["p95_ms"], "ms", STEP_BACK_MS,
                 detail={**spread(times), "first_ms": round(times[0], 3)})  # fmt: skip


def seek(name: str, timeline: Timeline, ticks: int, count: int, goal: float = SEEK_MS) -> Entry:
    """Going to ticks chosen by chance."""
    places = random.Random(_SEED)
    times = [milliseconds(_going(timeline, places.randrange(ticks))) for _ in range(count)]
    return Entry(f"random seek p95, {name}", spread(times)["p95_ms"], "ms", goal, detail=spread(times))


def back_from_anywhere(name: str, timeline: Timeline, ticks: int, count: int) -> Entry:
    """Steps back right after a jump, where nobody has been for long."""
    places = random.Random(_SEED + 1)
    times: list[float] = []
    for _ in range(count):
        timeline.seek(places.randrange(ticks // 2, ticks))
        times += [milliseconds(lambda: timeline.seek(timeline.tick - 1)) for _ in range(5)]
    return Entry(f"step back after a jump p95, {name}", spread(times)["p95_ms"], "ms", STEP_BACK_MS,
                 detail=spread(times))  # fmt: skip


def _going(timeline: Timeline, tick: int) -> Callable[[], object]:
    return lambda: timeline.seek(tick)


def _reverse(name: str, timeline: Timeline, ticks: int) -> Iterator[Entry]:
    """From the end: to a breakpoint hit long ago only, and to one that is hit in every iteration."""
    timeline.seek(ticks)
    lines = timeline.machine.code()
    far = Trap(frozenset((lines[1].pc,)))
    elapsed = milliseconds(lambda: timeline.back_to(far))
    if timeline.tick != 1:
        raise RuntimeError(f"{name}: reverse-continue came to tick {timeline.tick}, not 1")
    yield Entry(f"reverse-continue over all, {name}", elapsed, "ms", REVERSE_MS, detail={"ticks": ticks})
    timeline.seek(ticks)
    near = Trap(frozenset((timeline.machine.pc,)))
    times = [milliseconds(lambda: timeline.back_to(near)) for _ in range(50)]
    yield Entry(f"reverse-continue to a near hit p95, {name}", spread(times)["p95_ms"], "ms", detail=spread(times))


def _session_back(name: str, ticks: int, count: int) -> Entry:
    """Stepping back with all that the faces show of it."""
    session = Session(heavy_machine(name))
    session.goto_tick(ticks)
    times = [milliseconds(session.back) for _ in range(count)]
    return Entry(f"step back with its moment p95, {name}", spread(times)["p95_ms"], "ms", detail=spread(times))
