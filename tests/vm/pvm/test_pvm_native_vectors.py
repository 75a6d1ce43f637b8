"""All vectors of the PVM on the native engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vm.pvm.vectors import judge

pytest.importorskip("llvmlite", reason="the native engine needs llvmlite, an extra of this project")

from vm.pvm.native.compiler import available
from vm.pvm.toolchain import on_engine

if not available():
    pytest.skip("the native engine is not for this system", allow_module_level=True)

VECTORS = Path(__file__).parents[3] / "conformance" / "pvm"
FILES = (*sorted((VECTORS / "runs").glob("*.jsonl")), VECTORS / "standard.jsonl")


def cases(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vectors(path: Path) -> None:
    tools, judged = on_engine("native"), 0
    for case in cases(path):
        verdict = judge(tools, case, "native")
        assert verdict is not None, case["name"]
        assert not verdict.mismatches, case["name"]
        judged += not verdict.skipped
    assert judged
