"""What all tests share: goldens, accepted with `--golden-update` once somebody has looked at them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="accept what is drawn now as the goldens")


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test remembers is not what whoever runs it has kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state" / os.urandom(4).hex()))
    monkeypatch.setenv("XQDBG_NATIVE_CACHE", "0")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare text with the file of that name under tests/golden."""
    update = bool(request.config.getoption("--golden-update"))

    def compare(name: str, got: str) -> None:
        path = GOLDEN / name
        got = got.rstrip("\n") + "\n"
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(got, encoding="utf-8")
        assert path.exists(), f"no golden {name}: look at what is drawn, then run with --golden-update\n{got}"
        assert got == path.read_text(encoding="utf-8"), f"{name} is drawn differently now:\n{got}"

    return compare
