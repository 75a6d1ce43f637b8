"""Every case that ships, one test each."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache

import pytest

from vm.vectors import Judgement
from xqdbg import machines, resources
from xqdbg.batch.discovery import Found, discover

KINDS = {"run": 896 + 1500 + 42, "assembler": 167, "verifier": 123}
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
    (machine,) = machines.MACHINES
    verdict = machines.judge(machine)(machines.toolchain(machine), case, "interpreter")
    assert verdict is not None, f"no case: {json.dumps(case)[:200]}"
    return verdict


def test_none_is_lost() -> None:
    """The counts that conformance/README.md names."""
    cases = [found.case for found in shipped() if found.case is not None]
    kinds = Counter("verifier" if "verdict" in case else "run" if "expected" in case else "assembler" for case in cases)
    assert dict(kinds) == KINDS
    assert sum("trace" in case for case in cases) == TRACED
    assert len({found.name for found in shipped()}) == len(cases) == sum(KINDS.values())
