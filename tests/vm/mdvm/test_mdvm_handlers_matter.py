"""Every handler matters: without it a vector of its instruction fails."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.support.mdvm_programs import CONFORMANCE, cases
from vm.diagnostics import ProgramError
from vm.mdvm.isa import ISA
from vm.mdvm.program import Program
from vm.mdvm.state import State
from vm.mdvm.toolchain import TOOLCHAIN
from vm.mdvm.vectors import judge

IDLE = {"nop", "breakpoint"}
"""Instructions that do nothing: a handler that does something must fail instead."""


@cache
def own_cases() -> tuple[dict[str, Any], ...]:
    paths = [CONFORMANCE / "mdvm" / "runs" / f"{name}.jsonl" for name in ("extensions", "limits")]
    return tuple(json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines())


@cache
def by_name() -> dict[str, list[dict[str, Any]]]:
    """Cases by the names of the instructions they contain, short programs first."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in (*sorted(cases(), key=lambda case: len(case["mdbc"])), *own_cases()):
        try:
            program = _program(case)
        except ProgramError:
            continue
        for name in {each.op.name for each in program.code if each.op is not None}:
            found[name].append(case)
    return found


def _program(case: dict[str, Any]) -> Program:
    from base64 import b64decode

    return Program.load(b64decode(case["mdbc"])) if "mdbc" in case else TOOLCHAIN.assemble(case["program"])


def passes(case: dict[str, Any]) -> bool:
    judgement = judge(TOOLCHAIN, case, "interpreter")
    return judgement is not None and not judgement.mismatches


def advance(_machine: State, *_operands: int) -> Callable[[], None]:
    """Do nothing but let the machine go on."""
    return lambda: None


def disturb(machine: State) -> Callable[[], None]:
    """Do something where nothing should be done."""

    def step() -> None:
        machine.regs[:] = ["disturbed"] * len(machine.regs)

    return step


@pytest.mark.parametrize("name", [op.name for op in ISA])
def test_handler_matters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = by_name()[name]
    assert all(map(passes, own[:3]))
    monkeypatch.setitem(ISA.handlers, name, disturb if name in IDLE else advance)
    monkeypatch.setattr("vm.mdvm.vectors._MOST_TICKS", 10_000)
    assert not all(map(passes, own))
