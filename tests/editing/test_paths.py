"""Names of files while they are typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xqdbg.editing.paths import common_start, full_path, path_completions

SUFFIXES = {".xqasm"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one.xqasm", "only.XQASM", "other.txt", ".hidden.xqasm"):
        (tmp_path / name).write_text("")
    (tmp_path / "open").mkdir()
    (tmp_path / ".secret").mkdir()
    (tmp_path / "gone.xqasm").symlink_to(tmp_path / "nowhere")
    return tmp_path


def test_folders_and_programs_are_offered_and_hidden_ones_when_asked_for(folder: Path) -> None:
    def offered(typed: str) -> list[str]:
        return [os.path.relpath(path, folder) for path in path_completions(f"{folder}/{typed}", SUFFIXES)]

    assert offered("o") == ["one.xqasm", "only.XQASM", "open"]
    assert offered("") == ["gone.xqasm", "one.xqasm", "only.XQASM", "open"]
    assert offered(".") == [".hidden.xqasm", ".secret"]
    assert path_completions(f"{folder}/op", SUFFIXES) == [f"{folder}/open/"]


def test_what_cannot_be_looked_into_offers_nothing(folder: Path) -> None:
    assert path_completions(f"{folder}/none/x", SUFFIXES) == ()
    assert path_completions(f"{folder}/one.xqasm/x", SUFFIXES) == ()
    assert path_completions("a\0b/c", SUFFIXES) == ()


def test_paths_are_spelled_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
    assert full_path(" ~/x ") == f"{folder}/x"
    assert path_completions("~/on", SUFFIXES) == ["~/one.xqasm", "~/only.XQASM"]
    assert path_completions("on", SUFFIXES) == ["one.xqasm", "only.XQASM"]
    assert common_start(["abc", "abd", "ab"]) == "ab" and common_start(["same"]) == "same"
