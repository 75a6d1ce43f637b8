"""Benchmarks are run by hand, so nothing else would notice when they no longer fit the code."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

MODULES = sorted(path.stem for path in (Path(__file__).parents[1] / "benchmarks").glob("*.py") if path.stem[0] != "_")


@pytest.mark.parametrize("name", MODULES)
def test_benchmark_can_be_imported(name: str) -> None:
    assert importlib.import_module(f"tests.benchmarks.{name}").__doc__


def test_there_are_benchmarks() -> None:
    assert {"interpreter", "recording", "travel", "startup", "screen", "footprint"} <= set(MODULES)
