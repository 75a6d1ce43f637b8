"""Cases of the PVM that are not what they should be are judged or refused; none ends in a traceback."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from typing import Any

from tests.support.pvm import CONFORMANCE
from vm.pvm.toolchain import TOOLCHAIN
from vm.pvm.vectors import judge
from vm.vectors import CaseError

_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 1 << 31, 1 << 64, 1 << 70, 1.5, "", "a0", "0x10", [], [1], [None], {}, {"a": 1}, [{}],
    {"address": 5}, [[1]], "é",
)  # fmt: skip


def damaged(value: Any, chance: random.Random) -> Any:
    """A value with something inside of it replaced, renamed or taken away."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        fate = chance.random()
        if fate < 0.15:
            del value[key]
        elif fate < 0.25:
            value[f"{key}x"] = value[key]
        else:
            value[key] = damaged(value[key], chance)
        return value
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        value[at] = damaged(value[at], chance)
        return value
    return copy.deepcopy(chance.choice(_ODD))


def test_damaged_cases_are_judged_or_refused() -> None:
    chance = random.Random(3)
    paths = sorted((CONFORMANCE / "pvm").rglob("*.jsonl"))
    cases = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    ends: Counter[str] = Counter()
    for _ in range(1_500):
        case = damaged(json.loads(chance.choice(cases)), chance)
        if not isinstance(case, dict):
            continue
        try:
            judged = judge(TOOLCHAIN, case, "interpreter")
        except CaseError as error:
            assert str(error)
            ends["refused"] += 1
        else:
            ends["not one" if judged is None else "failed" if judged.mismatches else "passed"] += 1
    assert min(ends[end] for end in ("refused", "not one", "failed", "passed")) > 50
