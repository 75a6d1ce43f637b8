"""The same commands, typed into the terminal, read by the dialogue, and obeyed in batch, end in one state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.faces import through_all_faces, transcript

TRANSCRIPTS = (
    ("everything.xqd", "example:tsp5/encoder", 100, None, ('"lighter"', '"second"')),
    ("mdvm.xqd", "example:word_count", 60, "find-nothing", ('"lucky"', '"short"')),
    ("pvm.xqd", "example:quicksort", 60, "find-nothing", ('"lucky"', '"short"')),
)
"""Commands, the program they are about, how many there are at least, the one that cannot be obeyed, branches made."""


@pytest.mark.parametrize(
    ("name", "program", "least", "wrong", "branches"), TRANSCRIPTS, ids=lambda each: str(each)[:12]
)
def test_all_faces_end_in_the_same_state(
    name: str,
    program: str,
    least: int,
    wrong: str | None,
    branches: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    commands = transcript(name)
    assert len(commands) >= least
    told = through_all_faces(program, commands, tmp_path, monkeypatch, capsysbinary)
    assert told.kept["terminal"] == told.kept["dialogue"] == told.kept["batch"]
    assert all(branch in told.kept["batch"] for branch in branches), "it is about something"
    if wrong is not None:
        assert len(told.complaints) == 1 and wrong in told.complaints[0], told.complaints
