"""Asking about a whole run: what knowing it costs, and how fast the answers are."""

from __future__ import annotations

import gc
import json
import random
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from tests.benchmarks.entry import Entry, milliseconds, percentile, spread, timed
from tests.benchmarks.footprint import resident_mib
from tests.benchmarks.process import module_output
from tests.benchmarks.sample import HEAVY, heavy_machine, heavy_program
from vm.contract import Effect, Place
from vm.xqvm.engine import UNBOUNDED
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.history import History
from xqdbg.patience import Patience
from xqdbg.session import Session
from xqdbg.timeline import Timeline

MOST_OVERHEAD = 1.2
MOST_ANSWER_MS = 5.0
MOST_REVERSE_S = 2.0
MOST_CANCEL_MS = 100.0
MOST_STEP_BACK_MS = 16.0
MOST_SEEK_MS = 50.0
MOST_MIB = 512.0
LONG = {"heavy_arithmetic": [555_600], "heavy_vector": [1_000, 580], "heavy_model": [250, 20, 76]}
"""Calldata with which each takes some ten million ticks."""
_SEED = 7


def entries(quick: bool) -> Iterator[Entry]:
    """Recording with the index; the answers once it is there; conditions, cancelling; ten million ticks."""
    for name in HEAVY:
        yield from _recording(name, quick)
    for name in HEAVY:
        yield from _answers(name, quick)
    yield from _conditions(quick)
    with tempfile.TemporaryDirectory() as folder:
        for name in HEAVY[:1] if quick else HEAVY:
            yield from _long(name, Path(folder))


def _recording(name: str, quick: bool) -> Iterator[Entry]:
    """The whole run with checkpoints and the index of who executed what when, against the bare engine."""
    bare: list[float] = []
    known: list[float] = []
    for _ in range(4):
        gc.collect()
        machine = heavy_machine(name, quick)
        bare.append(_worked(lambda machine=machine: machine.run(UNBOUNDED)))  # type: ignore[misc]
        gc.collect()
        history = History(Timeline(heavy_machine(name, quick)).scout())
        known.append(_worked(history.complete))
    detail = {"bare_cpu_s": round(min(bare), 3), "known_cpu_s": round(min(known), 3), "ticks": history.length}
    yield Entry(f"knowing the whole run, {name}", min(known) / min(bare), "x", MOST_OVERHEAD, detail=detail)


def _worked(work: Callable[[], object]) -> float:
    """Seconds of processor time something took: a ratio of two of them does not depend on who else runs."""
    began = process_time()
    work()
    return process_time() - began


def _answers(name: str, quick: bool) -> Iterator[Entry]:
    """`last` and the next and previous hit of a line, anywhere in a run that is known."""
    ticks = 200_000 if quick else 1_000_000
    session = Session(heavy_machine(name))
    history = session.history
    history.reach(ticks)
    line = _busiest(session.code, history)
    places = random.Random(_SEED)
    ask = _written(heavy_machine(name), ticks // 2)
    elapsed, _ = timed(lambda: list(history.writes_before(ask, ticks)))
    yield Entry(f"indexing the writes to {ask}, {name}", elapsed, "s", detail={"ticks": ticks})
    somewhere = [places.randrange(1, ticks) for _ in range(300)]
    lasts = [milliseconds(lambda at=at: history.last_write(ask, at)) for at in somewhere]  # type: ignore[misc]
    yield Entry(f"last {ask} p95, {name}", spread(lasts)["p95_ms"], "ms", MOST_ANSWER_MS, detail=spread(lasts))
    visits = history.visits
    visits.count(line)
    hits = [milliseconds(lambda at=at: (visits.before(line, at), visits.after(line, at))) for at in somewhere]  # type: ignore[misc]
    yield Entry(f"next and previous hit p95, {name}", spread(hits)["p95_ms"], "ms", MOST_ANSWER_MS, detail=spread(hits))


def _busiest(code: object, history: History) -> int:
    return max(history.code, key=history.visits.count)


def _written(machine: XqvmMachine, tick: int) -> Place:
    """A part of a register that is written around a tick, or a whole one where no part is."""
    machine.run(tick)
    effects: list[Effect] = []
    machine.run(500, None, effects.append)
    places = [write.place for effect in effects for write in effect.writes if write.place.name.startswith("r")]
    return next((place for place in places if place.path), places[0])


def _conditions(quick: bool) -> Iterator[Entry]:
    """Backward over a million hits of a line, with a condition that is never true; cancelling in the middle of it."""
    candidates = 100_000 if quick else 1_000_000
    session = Session(_counting(candidates))
    session.end()
    session.break_at("5", "r2 < 0 and r1 > 5")
    times = [timed(session.reverse)[0] for _ in range(3) if session.end()]
    yield Entry("conditional reverse-continue over all candidates", min(times), "s", MOST_REVERSE_S,
                detail={"candidates": candidates, "ticks": session.timeline.furthest})  # fmt: skip
    yield _cancelling(session)
    plain, with_one = [], []
    for _ in range(5):
        plain.append(timed(lambda: Session(_counting(candidates)).proceed())[0])
        other = Session(_counting(candidates))
        other.break_at("14")
        other.enable([1], enabled=False)
        with_one.append(timed(other.proceed)[0])
    yield Entry("continue with a disabled breakpoint, against none", min(with_one) / min(plain), "x")


def _counting(turns: int) -> XqvmMachine:
    """A loop of eight instructions."""
    text = f"""PUSH 0
PUSH {turns}
RANGE
LVAL r1
LOAD r1
PUSH 3
MUL
STOW r2
NOP
NEXT
PUSH 0
STOW r3
NOP
HALT"""
    return TOOLCHAIN.machine(TOOLCHAIN.assemble(text, "counting"), {"step_limit": None})


def _cancelling(session: Session) -> Entry:
    """From the wish to stop to control being back."""
    times = []
    for delay in (0.05, 0.1, 0.2, 0.3, 0.4):
        session.end()
        wished: list[float] = []
        flag = threading.Event()
        timer = threading.Timer(delay, lambda flag=flag, wished=wished: (wished.append(perf_counter()), flag.set()))
        timer.start()
        session.reverse(patience=Patience(flag.is_set))
        timer.join()
        times.append((perf_counter() - wished[0]) * 1000 if flag.is_set() else 0.0)
    return Entry("cancelling a conditional reverse-continue", max(times), "ms", MOST_CANCEL_MS)


def _long(name: str, folder: Path) -> Iterator[Entry]:
    found: dict[str, Any] = json.loads(module_output(["tests.benchmarks.asking", name], folder))
    of = f"in {found['ticks']:,} ticks, {name}"
    for what, key, goal in (("step back", "back", MOST_STEP_BACK_MS), ("random seek", "seek", MOST_SEEK_MS)):
        yield Entry(f"{what} p95 {of}", found[key]["p95_ms"], "ms", goal, detail=found[key])
    yield Entry(f"memory with all of it known {of}", found["mib"], "MiB", MOST_MIB)


def main() -> int:
    """Ten million ticks of a heavy program, in a process of their own."""
    name = sys.argv[1]
    machine = TOOLCHAIN.machine(heavy_program(name), {"calldata": LONG[name], "step_limit": None})
    session = Session(machine)
    session.history.complete()
    ticks = session.history.length
    session.end()
    back = [milliseconds(session.back) for _ in range(300)]
    places = random.Random(_SEED)
    seek = [milliseconds(_going(session, places.randrange(ticks))) for _ in range(200)]
    found = {"ticks": ticks, "back": spread(back), "seek": spread(seek), "mib": resident_mib()}
    found["checkpoints_mib"] = round(session.timeline.shelf.weight / (1 << 20), 2)
    found["median_seek_ms"] = round(percentile(seek, 50), 3)
    print(json.dumps(found))
    return 0


def _going(session: Session, tick: int) -> Callable[[], object]:
    return lambda: session.goto_tick(tick)


if __name__ == "__main__":
    sys.exit(main())
