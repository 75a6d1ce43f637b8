"""Every handler matters: without it, a vector of its instruction fails."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from vm.codec import scan
from vm.xqvm.isa import ISA
from vm.xqvm.program import Program
from vm.xqvm.toolchain import TOOLCHAIN

RUNS = Path(__file__).parents[2] / "conformance" / "xqvm" / "runs"
IDLE = {"TARGET", "NOP"}
"""Instructions that do nothing: a handler that does something must fail instead."""

Vector = tuple[Program, dict[str, Any], dict[str, Any]]


@cache
def vectors() -> dict[str, list[Vector]]:
    """Vectors by the mnemonics they contain, those of few instructions first."""
    found: dict[str, list[Vector]] = defaultdict(list)
    for path in sorted(RUNS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            program = TOOLCHAIN.assemble(case["program"])
            for name in {instruction.op.name for instruction in scan(ISA, program.code) if instruction.op}:
                found[name].append((program, case["inputs"], case["expected"]))
    for several in found.values():
        several.sort(key=lambda vector: vector[2]["instructions"])
    return found


def passes(vector: Vector) -> bool:
    program, inputs, expected = vector
    machine = TOOLCHAIN.machine(program, inputs)
    try:
        machine.run(100_000)
    except (IndexError, TypeError, AttributeError):
        return False  # another handler found the stack or a register in a state that cannot be
    outcome = TOOLCHAIN.outcome(machine)
    return machine.status.ended and all(outcome.get(key) == value for key, value in expected.items())


def advance(machine: object, stack: list[int], operand: object) -> None:
    """Do nothing but let the machine go on."""


def disturb(machine: object, stack: list[int], operand: object) -> None:
    """Do something where nothing should be done."""
    stack.append(0)


@pytest.mark.parametrize("name", [op.name for op in ISA])
def test_handler_matters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = vectors()[name]
    assert passes(own[0])
    broken: Callable[..., None] = disturb if name in IDLE else advance
    monkeypatch.setitem(ISA.handlers, name, broken)
    assert not all(passes(vector) for vector in own)
