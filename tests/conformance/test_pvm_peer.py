"""Random programs for the PVM against another engine: what both are sure of must agree.

The programs keep away from where that engine is known to differ from the specification: they halt, touch only what
is mapped, and have gas enough. A few fault all the same; that engine does not charge the block of a fault, so gas is
not compared there. `python -m tests.conformance.test_pvm_peer SEED COUNT` runs as many as wanted.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.support import pvm_peer
from tests.support.pvm_programs import PAGES, RandomProgram
from vm.contract import Status
from vm.pvm.machine import PvmMachine
from vm.pvm.memory import PAGE

BATCH = 200
SHOWN = [page for area in PAGES for page in range(area["address"] // PAGE, (area["address"] + area["length"]) // PAGE)]
ABSENT = "the other engine is not installed; see tests/support/pvm_peer.py"


def ours(machine: PvmMachine) -> dict[str, Any]:
    """What this project's machine makes of a program, in the shape of the other engine's answer."""
    machine.run()
    pages = {str(page): (machine.memory.peek(page * PAGE, PAGE) or b"").hex() for page in SHOWN}
    status = "halt" if machine.status is Status.HALTED else machine.status.value
    if machine.fault is not None:
        status = machine.fault.code.lower().replace("_", "-")
    return {"status": status, "gas": machine.gas, "registers": list(machine.regs), "pages": pages}


def differences(python: str, first: int, count: int) -> list[tuple[int, Any, Any]]:
    """(seed, ours, theirs) of every program that differs."""
    found = []
    for start in range(first, first + count, BATCH):
        machines = {
            seed: RandomProgram(seed, wild=False).machine() for seed in range(start, min(start + BATCH, first + count))
        }
        answers = pvm_peer.run(python, (pvm_peer.case(machine, SHOWN) for machine in machines.values()))
        for (seed, machine), answer in zip(machines.items(), answers, strict=True):
            del answer["seconds"]
            mine = ours(machine)
            if mine["status"] == "page-fault":
                mine["gas"] = answer["gas"]
            if mine != answer:
                found.append((seed, mine, answer))
    return found


@pytest.fixture(scope="module")
def python() -> str:
    found = pvm_peer.interpreter()
    if found is None:
        pytest.skip(ABSENT)
    return found


def test_random_programs_agree_with_another_engine(python: str) -> None:
    assert differences(python, 1, 400) == []


if __name__ == "__main__":
    interpreter = pvm_peer.interpreter()
    if interpreter is None:
        sys.exit(ABSENT)
    wrong = differences(interpreter, int(sys.argv[1]), int(sys.argv[2]))
    for seed, mine, answer in wrong[:5]:
        print(f"seed {seed}")
        for key in mine:
            if mine[key] != answer[key]:
                print(f"  {key}\n    ours   {str(mine[key])[:600]}\n    theirs {str(answer[key])[:600]}")
    print(f"{sys.argv[2]} programs from seed {sys.argv[1]}, {len(wrong)} differ")
    sys.exit(bool(wrong))
