"""Random programs of the Machine Dialect against the released machine, executed again and again behind errors.

Left out are programs that end here by a limit the released machine does not have: it would go on for ever, or die.
Where it dies there is nothing to compare.
`python -m tests.conformance.test_mdvm_peer SEED COUNT` runs as many as wanted.
"""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest

from tests.support import mdvm_peer
from tests.support.damage import damaged_octets
from tests.support.mdvm_programs import RandomProgram, vectors
from vm.contract import Status
from vm.diagnostics import ProgramError
from vm.mdvm.faults import is_own
from vm.mdvm.inputs import Inputs
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.program import Program
from vm.mdvm.vectors import result_of

EXECUTES = 20
BATCH = 400
ATTEMPTS = 40
"""How often a program that differs is asked about again."""
ABSENT = "the released machine is not installed; see tests/support/mdvm_peer.py"

Answer = dict[str, Any]


def ours(data: bytes) -> Answer | None:
    """What this project's machine makes of a file, in the shape of the other's answer; None where it meets a limit."""
    try:
        machine = MdvmMachine(Program.load(data), Inputs(3_000, 20_000))
    except ProgramError as error:
        return {"runs": [], "load": f"Failed to load bytecode: {error.diagnostics[0].reference}", "stdout": ""}
    runs: list[Answer] = []
    going = True
    for number in range(EXECUTES):
        if number:
            going = machine.execute_again()
        if going:
            machine.run(10_000)
        fault = machine.fault
        if fault is not None and is_own(fault.identity):
            return None
        assert machine.status is not Status.READY
        if going and fault is not None:
            runs.append({"error": f"Runtime error: {fault.message}", "count": machine.instructions})
        else:
            result = result_of(machine.result) if going else {"type": "none"}
            runs.append({"result": result, "count": machine.instructions})
    return {"runs": runs, "stdout": machine.output.text()}


def files(first: int, count: int) -> list[tuple[int, bytes]]:
    """Random programs by seed, every fifth of them a damaged vector."""
    sound = [data for _, data in vectors()]
    found = []
    for seed in range(first, first + count):
        if seed % 5:
            found.append((seed, RandomProgram(seed).container().pack()))
        else:
            chance = random.Random(seed)
            found.append((seed, damaged_octets(chance.choice(sound), chance, 50)))
    return found


def differences(python: str, first: int, count: int) -> tuple[int, list[tuple[int, Answer, Answer]]]:
    """How many were compared, and (seed, ours, theirs) of every program that differs."""
    compared, found = 0, []
    for start in range(first, first + count, BATCH):
        mine = {seed: (data, ours(data)) for seed, data in files(start, min(BATCH, first + count - start))}
        sure = {seed: (data, answer) for seed, (data, answer) in mine.items() if answer is not None}
        theirs = mdvm_peer.run(python, ((data, EXECUTES) for data, _ in sure.values()))
        for (seed, (data, answer)), other in zip(sure.items(), theirs, strict=True):
            compared += other is not None
            if other is not None and _plain(answer) != _plain(other) and not _again(python, data, answer):
                found.append((seed, answer, other))
    return compared, found


def _again(python: str, data: bytes, answer: Answer) -> bool:
    """Whether the released machine, whose dicts have another order each time, comes to an answer now and then."""
    others = mdvm_peer.run(python, [(data, EXECUTES)] * ATTEMPTS)
    return any(other is not None and _plain(other) == _plain(answer) for other in others)


def _plain(answer: Any) -> Any:
    """An answer in which NaN is like NaN."""
    if isinstance(answer, dict):
        if answer.get("type") == "float" and answer.get("value") == "nan":
            return "nan"
        return {key: _plain(value) for key, value in answer.items()}
    return [_plain(item) for item in answer] if isinstance(answer, list) else answer


@pytest.fixture(scope="module")
def python() -> str:
    found = mdvm_peer.interpreter()
    if found is None:
        pytest.skip(ABSENT)
    return found


def test_random_programs_agree_with_the_released_machine(python: str) -> None:
    compared, wrong = differences(python, 1, 2_000)
    assert compared > 1_000 and wrong == []


if __name__ == "__main__":
    interpreter = mdvm_peer.interpreter()
    if interpreter is None:
        sys.exit(ABSENT)
    compared, wrong = differences(interpreter, int(sys.argv[1]), int(sys.argv[2]))
    for seed, mine, answer in wrong[:5]:
        print(f"seed {seed}\n  ours   {str(mine)[:1200]}\n  theirs {str(answer)[:1200]}")
    print(f"{sys.argv[2]} programs from seed {sys.argv[1]}: {compared} compared, {len(wrong)} differ")
    sys.exit(bool(wrong))
