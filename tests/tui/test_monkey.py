"""Random keys, clicks, lines and sizes: no exception, no hang, no lost prompt. A few here, 20,000 by the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.monkey import play


@pytest.mark.parametrize(
    ("program", "seed"),
    [
        ("example:tsp5/encoder", 1),
        ("example:maxcut/encoder", 2),
        ("example:factorial", 3),
        ("example:tsp5/decoder", 4),
        ("example:quicksort", 5),
    ],
)
def test_a_monkey_breaks_nothing(program: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    counts = play(program, seed, 150, between=150)
    assert counts.total() == 150 and len(counts) >= 4
