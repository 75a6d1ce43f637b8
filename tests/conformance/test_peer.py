"""Random programs against the released toolchain: everything observable must agree.

`python -m tests.conformance.test_peer SEED COUNT` runs as many as wanted.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.support import peer
from tests.support.programs import Generator
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program
from vm.xqvm.trace import tracer

BATCH = 500


def case(seed: int) -> dict[str, Any]:
    """One case: usually one program, sometimes two on the same machine; sometimes traced."""
    generator = Generator(seed)
    programs = [generator.program()]
    if seed % 10 == 0:
        programs.append(Generator(seed + 1_000_000_007).program())
    return {
        "programs": [Program(code).container().hex() for code in programs],
        "streams": [code.hex() for code in programs],
        **generator.inputs(),
        "trace": seed % 5 == 0,
    }


def ours(given: dict[str, Any]) -> list[dict[str, Any]]:
    """What this project's machine makes of a case, in the shape of the peer's answer."""
    results = []
    machine = None
    for stream in given["streams"]:
        program = Program(bytes.fromhex(stream))
        if machine is None:
            keys = ("calldata", "output_slots", "step_limit", "memory_limit")
            machine = XqvmMachine(program, **{key: given[key] for key in keys})
        else:
            machine.load(program)
        lines: list[str] = []
        machine.run(1 << 60, None, tracer(machine, "json", lines.append) if given["trace"] else None)
        fault = machine.fault
        results.append({
            "fault": None if fault is None else fault.message,
            "outputs": [peer.debug_text(slot) for slot in machine.output_slots],
            "stack": list(machine.stack),
            "steps": machine.steps,
            "instructions": machine.instructions,
            "bytes": machine.memory_used,
            "trace": "".join(lines),
        })  # fmt: skip
    return results


def differences(python: str, first: int, count: int) -> list[tuple[int, Any, Any]]:
    """(seed, ours, theirs) of every case that differs."""
    found = []
    for start in range(first, first + count, BATCH):
        seeds = range(start, min(start + BATCH, first + count))
        cases = [case(seed) for seed in seeds]
        theirs = peer.run(python, ({k: v for k, v in given.items() if k != "streams"} for given in cases))
        for seed, given, answer in zip(seeds, cases, theirs, strict=True):
            mine = ours(given)
            if mine != answer:
                found.append((seed, mine, answer))
    return found


@pytest.fixture(scope="module")
def python() -> str:
    found = peer.interpreter()
    if found is None:
        pytest.skip("the released toolchain is not installed; see tests/support/peer.py")
    return found


def test_random_programs_agree_with_the_released_toolchain(python: str) -> None:
    assert differences(python, 1, 1000) == []


if __name__ == "__main__":
    interpreter = peer.interpreter()
    if interpreter is None:
        sys.exit("the released toolchain is not installed; see tests/support/peer.py")
    wrong = differences(interpreter, int(sys.argv[1]), int(sys.argv[2]))
    for seed, mine, answer in wrong[:5]:
        print(f"seed {seed}")
        for a, b in zip(mine, answer, strict=True):
            for key in a:
                if a[key] != b[key]:
                    print(f"  {key}\n    ours   {str(a[key])[-600:]}\n    theirs {str(b[key])[-600:]}")
    print(f"{sys.argv[2]} programs from seed {sys.argv[1]}, {len(wrong)} differ")
    sys.exit(bool(wrong))
