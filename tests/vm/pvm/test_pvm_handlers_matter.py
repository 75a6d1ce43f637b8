"""Every handler matters: without it a vector of its instruction fails; and compiled blocks pass all of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from vm.diagnostics import ProgramError
from vm.pvm.isa import ISA
from vm.pvm.program import Program
from vm.pvm.templates import STATE, parameters
from vm.pvm.toolchain import TOOLCHAIN
from vm.pvm.vectors import judge

RUNS = Path(__file__).parents[3] / "conformance" / "pvm" / "runs"
IDLE = {"fallthrough"}
"""Instructions that do nothing: a handler that does something must fail instead."""
HEAP = {"sbrk"}
"""Instructions whose vectors follow a chosen reading; all the same they are ours."""


@cache
def cases() -> tuple[dict[str, Any], ...]:
    return tuple(
        json.loads(line)
        for path in sorted(RUNS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )


@cache
def by_name() -> dict[str, list[dict[str, Any]]]:
    """Cases by the names of the instructions they contain, short programs first."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in sorted(cases(), key=lambda case: len(case["program"])):
        try:
            program = Program.load(bytes(case["program"]))
        except ProgramError:
            continue
        ops = {program.decode(start).op for start in program.starts}
        for name in {op.name for op in ops if op is not None}:
            found[name].append(case)
    return found


def passes(case: dict[str, Any]) -> bool:
    judgement = judge(TOOLCHAIN, case, "interpreter")
    return judgement is not None and not judgement.mismatches


def advance() -> None:
    """Do nothing but let the machine go on."""


def disturb(r: list[int]) -> None:
    """Do something where nothing should be done."""
    r[12] ^= 1


@pytest.mark.parametrize("name", [op.name for op in ISA])
def test_handler_matters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = by_name()[name]
    assert passes(own[0])
    broken: Callable[..., None] = disturb if name in IDLE else advance
    monkeypatch.setitem(ISA.handlers, name, broken)
    monkeypatch.setattr("vm.pvm.vectors._MOST_TICKS", 10_000)
    assert not all(map(passes, own))


@pytest.mark.parametrize("often", [1, 1 << 60])
def test_blocks_pass_all_vectors_compiled_or_not(often: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vm.pvm.blocks.OFTEN", often)
    assert len(cases()) > 400
    assert [case["name"] for case in cases() if not passes(case)] == []


def test_handlers_are_called_with_what_their_rows_have() -> None:
    for op in ISA:
        names = set(parameters(ISA.handlers[op.name]))
        assert names.difference(STATE) == {operand.name for operand in op.operands}, op.name
