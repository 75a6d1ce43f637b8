"""Every case that ships, one test each."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache

import pytest

from vm.vectors import Judgement
from xqdbg import machines, resources
from xqdbg.batch.discovery import Found, discover

KINDS = {
    "xqvm": {"run": 896 + 1500 + 42, "assembler": 167, "verifier": 123},
    "mdvm": {"run": 1298 + 32 + 17, "assembler": 67, "verifier": 18},
    "pvm": {"run": 433 + 12, "standard program": 7, "assembler": 176, "verifier": 14},
}
TRACED = 854


@cache
def shipped() -> tuple[Found, ...]:
    return tuple(discover(str(resources.conformance())))


@pytest.mark.parametrize("found", shipped(), ids=lambda found: found.name)
def test_case(found: Found) -> None:
    assert found.case is not None, found.broken
    verdict = judge(found.case)
    assert not verdict.skipped
    assert not verdict.mismatches


def judge(case: dict[str, object]) -> Judgement:
    for machine in machines.MACHINES:
        if case.get("machine", machine.name) == machine.name:
            verdict = machines.judge(machine)(machines.toolchain(machine), case, "interpreter")
            if verdict is not None:
                return verdict
    raise AssertionError(f"no case: {json.dumps(case)[:200]}")


def test_none_is_lost() -> None:
    """The counts that conformance/README.md names."""
    cases = [found.case for found in shipped() if found.case is not None]
    kinds = {machine: Counter(_kind(case) for case in cases if _machine(case) == machine) for machine in KINDS}
    assert kinds == KINDS
    assert sum("trace" in case for case in cases) == TRACED
    assert len({found.name for found in shipped()}) == len(cases) == sum(sum(each.values()) for each in KINDS.values())


def _kind(case: dict[str, object]) -> str:
    if "spi-blob" in case:
        return "standard program"
    return "verifier" if "verdict" in case else "run" if "expected" in case or "initial-regs" in case else "assembler"


def _machine(case: dict[str, object]) -> object:
    return case.get("machine", "pvm" if "initial-regs" in case or "spi-blob" in case else "xqvm")
