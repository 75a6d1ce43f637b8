"""The native engine of the PVM: against the other engine's, and what it costs a run that is too short for it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

from tests.benchmarks.entry import Entry, skipped, timed
from tests.benchmarks.process import module_output
from tests.benchmarks.pvm import SIZES, program_of
from tests.support import pvm_peer
from vm.pvm.engines import AUTOMATIC, INTERPRETER, NATIVE
from vm.pvm.inputs import from_json
from vm.pvm.machine import PvmMachine
from vm.pvm.native import compiler

LEAST_RATIO = 50.0
LEAST_SPEED = 1100.0
"""Million instructions a second in loops."""
MOST_TOLL = 1.1
"""Times the interpreter's time that a run may take at most, however long it is."""
LARGE = {
    "fib": 20_000_000, "sieve": 1_000_000, "memfill": 32_768, "quicksort": 60_000, "sha256": 20_000,
    "crc32": 8_000_000, "matmul": 64, "collatz": 100_000, "nqueens": 11, "mandel": 700,
}  # fmt: skip
"""What each program is told to do where it is compiled: 550,000 to 100,000,000 instructions."""
LOOPS = ("fib", "sieve", "sha256", "crc32", "matmul", "mandel")
"""Programs that spend their time in loops without calls and divisions."""
LADDER = {
    "fib": (300_000, 2_000_000, 2_600_000, 4_000_000, 10_000_000),
    "quicksort": (5_000, 20_000, 35_000, 60_000),
    "sha256": (40, 400, 700, 1_500),
}
"""Runs from a tenth of a second to some seconds in the interpreter, most of them about as long as it waits for LLVM."""
_NO_PEER = "no CPython 3.12 with tsrkit-pvm 0.2.1; name one by XQDBG_TSRKIT_PYTHON"
_NO_LLVM = f"no llvmlite: {compiler.ADVICE}"

_PEER_GAS = 1 << 40


def entries(quick: bool) -> Iterator[Entry]:
    """Speeds, ratios, compile times, and the toll of choosing the engine by itself."""
    if not compiler.available():
        yield skipped("PVM native, geometric mean", "Minstr/s", _NO_LLVM)
        return
    names = ("fib", "quicksort", "nqueens") if quick else tuple(LARGE)
    speeds: dict[str, float] = {}
    for name in names:
        speeds[name], compiling, cached = _speed(name)
        detail = {"compile_ms": round(compiling * 1000, 1), "from_cache_ms": round(cached * 1000, 1), "n": LARGE[name]}
        goal = LEAST_SPEED if name in LOOPS else None
        yield Entry(f"PVM native, {name}", speeds[name], "Minstr/s", at_least=goal, detail=detail)
    yield Entry("PVM native, geometric mean", _mean(list(speeds.values())), "Minstr/s")
    yield from _against_peers(names, speeds)
    yield from _tolls(quick)


def _machine(name: str, size: int, engine: str) -> PvmMachine:
    inputs = from_json({"args": size.to_bytes(4, "little").hex(), "gas": 1 << 50})
    return PvmMachine(program_of(name), inputs, engine=engine)


def _speed(name: str) -> tuple[float, float, float]:
    """Million instructions a second once it is compiled; seconds it takes to compile, and to take it from the disk."""
    with tempfile.TemporaryDirectory() as folder, _cache(folder):
        machine = _machine(name, LARGE[name], NATIVE)
        compiling, _ = timed(lambda: machine.run(2))
        cached, _ = timed(lambda: _machine(name, LARGE[name], NATIVE).run(2))
        seconds = []
        for _ in range(3):
            again = machine.twin()
            again.run(2)
            seconds.append(timed(again.run)[0])
    return again.tick / min(seconds) / 1e6, compiling, cached


def _cache(folder: str) -> Any:
    from unittest.mock import patch

    return patch.dict("os.environ", {"XQDBG_NATIVE_CACHE": str(Path(folder) / "cache")})


# The other engine


def _against_peers(names: Sequence[str], speeds: Mapping[str, float]) -> Iterator[Entry]:
    """The same runs on each engine, but for those in pure Python, which would take minutes: they are smaller."""
    python = pvm_peer.interpreter()
    if python is None:
        yield skipped("PVM native against tsrkit_pvm cython, geometric mean", "x", _NO_PEER)
        return
    yield from _race(python, "python", names, SIZES, speeds, INTERPRETER)
    yield from _race(python, "cython", names, LARGE, speeds, NATIVE)
    yield from _race(python, "recompiler", names, SIZES, speeds, INTERPRETER)


def _race(
    python: str, engine: str, names: Sequence[str], sizes: Mapping[str, int], speeds: Mapping[str, float], own: str
) -> Iterator[Entry]:
    """The peer's speed on one of its engines; what it comes to is compared with a run of our own."""
    machines = [_machine(name, sizes[name], own) for name in names]
    cases = [{**pvm_peer.case(machine), "gas": _PEER_GAS} for machine in machines]
    try:
        answers = pvm_peer.run(python, cases, engine)
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().splitlines()[-1] if error.stderr.strip() else f"exit code {error.returncode}"
        yield skipped(f"PVM native against tsrkit_pvm {engine}", "x", reason)
        return
    ratios = []
    for name, machine, answer in zip(names, machines, answers, strict=True):
        seconds, _ = timed(machine.run)
        if answer["registers"] != machine.regs or answer["gas"] != _PEER_GAS - machine.tick:
            raise AssertionError(f"{name}: the peer comes to something else")
        peer = machine.tick / answer["seconds"] / 1e6
        ratios.append(speeds[name] / peer)
        detail = {"peer_minstr_s": round(peer, 3), "native_minstr_s": round(speeds[name], 1), "n": sizes[name]}
        if own == INTERPRETER:
            detail["interpreter_minstr_s"] = round(machine.tick / seconds / 1e6, 2)
        yield Entry(f"PVM native against tsrkit_pvm {engine}, {name}", ratios[-1], "x", detail=detail)
    goal = LEAST_RATIO if engine == "cython" else None
    title = f"PVM native against tsrkit_pvm {engine}, geometric mean"
    yield Entry(title, _mean(ratios), "x", at_least=goal)


def _mean(values: Sequence[float]) -> float:
    return prod(values) ** (1 / len(values))


# What it costs to choose


def _tolls(quick: bool) -> Iterator[Entry]:
    """Each run in new processes, in turns, with nothing on the disk: the worst there is.

    Seconds of the processor are compared, which others on the machine disturb least.
    """
    worst = 0.0
    for name, sizes in LADDER.items():
        for size in sizes[:2] if quick else sizes:
            found = _toll(name, size, 1 if quick else 3)
            worst = max(worst, found["ratio"])
            yield Entry(f"PVM automatic against interpreter, {name} {size:,}", found["ratio"], "x", detail=found)
    yield Entry("PVM automatic against interpreter, worst", worst, "x", at_most=MOST_TOLL)


def _toll(name: str, size: int, repeats: int) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {INTERPRETER: [], AUTOMATIC: []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats):
            for engine, runs in found.items():
                with _cache(tempfile.mkdtemp(dir=folder)):
                    words = ["tests.benchmarks.pvm_once", name, str(size), engine]
                    runs.append(json.loads(module_output(words, Path(folder) / "modules")))
    own, chosen = (min(run["processor"] for run in runs) for runs in found.values())
    waited, chosen_waited = (min(run["seconds"] for run in runs) for runs in found.values())
    compiled = found[AUTOMATIC][-1]
    return {
        "ratio": chosen / own,
        "interpreter_cpu_s": round(own, 3),
        "automatic_cpu_s": round(chosen, 3),
        "interpreter_s": round(waited, 3),
        "automatic_s": round(chosen_waited, 3),
        "compiled_share": round(compiled["compiled"] / compiled["instructions"], 3),
    }
