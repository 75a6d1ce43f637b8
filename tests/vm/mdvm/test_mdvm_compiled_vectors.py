"""All cases of the Machine Dialect VM, on each of its engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.mdvm_programs import CONFORMANCE
from vm.mdvm.toolchain import on_engine
from vm.mdvm.vectors import judge
from xqdbg import machines
from xqdbg.batch.discovery import discover

FILES = sorted((CONFORMANCE / "mdvm" / "runs").glob("*.jsonl"))
ENGINES = machines.registered("mdvm").engines


def cases(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("engine", ENGINES)
def test_vectors(engine: str, path: Path) -> None:
    tools, judged = on_engine(engine), 0
    for case in cases(path):
        verdict = judge(tools, case, engine)
        assert verdict is not None, case["name"]
        assert not verdict.mismatches, case["name"]
        judged += 1
    assert judged


@pytest.mark.parametrize("engine", ENGINES)
def test_whole_programs(engine: str) -> None:
    tools, judged = on_engine(engine), 0
    for found in discover(str(CONFORMANCE / "programs" / "mdvm")):
        assert found.case is not None, found.broken
        assert found.case["expected"].keys() >= {"ended", "result", "type", "outputs", "globals", "instructions"}
        verdict = judge(tools, found.case, engine)
        assert verdict is not None and not verdict.mismatches, found.name
        judged += 1
    assert judged == 17
