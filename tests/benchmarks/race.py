"""The interpreter and its peers over the same programs in one process: `python -m tests.benchmarks.race [--quick]`.

Needs nothing but the standard library, so that the interpreter that has the released toolchain can run it and
all race on the same Python. Prints one JSON object with seconds, best of the repeats, by program and runner.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from tests.benchmarks.entry import timed
from tests.benchmarks.sample import HEAVY, heavy_inputs, heavy_program
from vm.xqvm.engine import UNBOUNDED
from vm.xqvm.program import Program
from vm.xqvm.toolchain import TOOLCHAIN

TRACED_TICKS = 150_000
"""Watched and traced runs are stopped here: they are for information, and slow."""
_MEMORY = 1 << 40
_SLOTS = 16


def main() -> int:
    """Race, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    races = {name: race(name, arguments.quick, arguments.repeats) for name in HEAVY}
    print(json.dumps({"python": platform.python_version(), "races": races}))
    return 0


def race(name: str, quick: bool, repeats: int) -> dict[str, Any]:
    """Seconds and instructions of every runner; they take turns. RuntimeError where results differ."""
    program, inputs = heavy_program(name), heavy_inputs(name, quick)
    runners: dict[str, Callable[[], tuple[float, int, list[Any]]]] = {
        "ours": lambda: _ours(program, inputs),
        "xqvm_py": lambda: _python_peer(program, inputs),
        "xqffi": lambda: _native_peer(program, inputs),
    }
    present = [runner for runner in runners if runner == "ours" or _importable(runner)]
    found: dict[str, Any] = {}
    results: dict[str, Any] = {}
    for _ in range(repeats):
        for runner in present:
            gc.collect()
            seconds, instructions, outputs = runners[runner]()
            best = min(seconds, found.get(runner, {"seconds": seconds})["seconds"])
            found[runner] = {"seconds": best, "instructions": instructions}
            results[runner] = (instructions, outputs)
    for runner, result in results.items():
        if result != results["ours"]:
            raise RuntimeError(f"{name}: {runner} came to {result}, we to {results['ours']}")
    found["observed"] = _watched(program, inputs, "")
    found["traced"] = _watched(program, inputs, "json")
    return found


def _importable(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def _ours(program: Program, inputs: dict[str, Any]) -> tuple[float, int, list[Any]]:
    machine = TOOLCHAIN.machine(program, inputs)
    seconds, _ = timed(lambda: machine.run(UNBOUNDED))
    return seconds, machine.instructions, machine.outputs[:2]


def _watched(program: Program, inputs: dict[str, Any], trace: str) -> dict[str, Any]:
    machine = TOOLCHAIN.machine(program, inputs)
    observer = TOOLCHAIN.tracer(machine, trace, len) if trace else lambda effect: None
    seconds, _ = timed(lambda: machine.run(TRACED_TICKS, observer=observer))
    return {"seconds": seconds, "instructions": machine.instructions}


def _python_peer(program: Program, inputs: dict[str, Any]) -> tuple[float, int, list[Any]]:
    peer = import_module("xqvm_py")
    loaded = peer.program_from_bytecode(program.container())
    executor = peer.Executor()
    calldata = dict(enumerate(inputs["calldata"]))
    seconds, outputs = timed(lambda: executor.execute(loaded, calldata, None, _MEMORY, _SLOTS))
    return seconds, executor.instructions, [outputs[0], outputs[1]]


def _native_peer(program: Program, inputs: dict[str, Any]) -> tuple[float, int, list[Any]]:
    machine = import_module("xqffi").vm.Vm()
    machine.set_calldata(inputs["calldata"])
    machine.set_output_slots(_SLOTS)
    machine.set_unlimited_steps()
    machine.set_memory_limit(_MEMORY)
    code = program.container()
    seconds, _ = timed(lambda: machine.run(code))
    return seconds, machine.instructions(), machine.outputs()[:2]


if __name__ == "__main__":
    sys.exit(main())
