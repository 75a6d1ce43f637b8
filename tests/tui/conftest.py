"""What tests of apps share."""

from __future__ import annotations

import pytest

from tests.support import calm


@pytest.fixture(autouse=True)
def soon_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the app to have nothing to do, and not for the processor, which has more to do than the app."""
    monkeypatch.setattr("textual.app.wait_for_idle", calm.calm)
    monkeypatch.setattr("textual.pilot.wait_for_idle", calm.calm)
