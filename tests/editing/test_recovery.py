"""Copies of unsaved text: kept, dropped, found again; whatever lies in the folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from xqdbg.editing import recovery as module
from xqdbg.editing.recovery import Recovery
from xqdbg.errors import XqdbgError


@pytest.fixture
def abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if whoever kept the copies had ended."""
    monkeypatch.setattr(module, "_is_running", lambda _pid: False)


def test_a_copy_is_replaced_and_goes_when_it_is_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "kept"
    recovery = Recovery(str(folder))
    recovery.keep("first", "a.xqasm")
    recovery.keep("second\nline", "a.xqasm")
    assert [each.read_text().partition("\n")[2] for each in folder.iterdir()] == ["second\nline"]
    assert all(each.stat().st_mode & 0o077 == 0 for each in folder.iterdir())
    recovery.drop()
    recovery.drop()
    assert not list(folder.iterdir())


def test_what_was_dropped_meanwhile_is_not_kept_after_all(tmp_path: Path) -> None:
    recovery = Recovery(str(tmp_path))
    before = recovery.turn()
    recovery.drop()
    recovery.keep("late", turn=before)
    assert not list(tmp_path.iterdir())
    recovery.keep("in time", turn=recovery.turn())
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_late_does_not_take_the_place_of_what_came_later(tmp_path: Path) -> None:
    recovery = Recovery(str(tmp_path))
    early, late = recovery.turn(), recovery.turn()
    recovery.keep("as it is at the end", turn=late)
    recovery.keep("as it was before", turn=early)
    assert [each.read_text().partition("\n")[2] for each in tmp_path.iterdir()] == ["as it is at the end"]


def test_others_find_what_was_left_and_go_on_with_it(tmp_path: Path, abandoned: None) -> None:
    Recovery(str(tmp_path)).keep("é \ud800 text", "some/where.xqasm")
    Recovery(str(tmp_path)).keep("other", "", "example:gcd")
    found = Recovery(str(tmp_path))
    copies = {copy.name: copy for copy in found.left()}
    assert set(copies) == {"where.xqasm", "example:gcd"}
    assert copies["where.xqasm"].text == "é \ud800 text" and os.path.isabs(copies["where.xqasm"].path)
    found.adopt(copies["where.xqasm"])
    assert [copy.name for copy in found.left()] == ["example:gcd"]
    found.drop()
    assert [copy.name for copy in Recovery(str(tmp_path)).left()] == ["example:gcd"]


def test_the_text_of_a_program_that_runs_is_its_own(tmp_path: Path) -> None:
    Recovery(str(tmp_path)).keep("mine")
    assert not Recovery(str(tmp_path)).left()


def test_what_is_no_copy_is_passed_over(tmp_path: Path, abandoned: None) -> None:
    head = {"what": "xqdbg unsaved text", "path": "", "pid": 1, "when": 0}
    for name, content in {
        "binary": b"\x00\xff\n",
        "empty": b"",
        "list": b"[]\n",
        "deep": b"[" * 100_000 + b"\n",
        "pid": json.dumps({**head, "pid": "x"}).encode() + b"\n",
        "wrong": json.dumps({**head, "what": "?"}).encode() + b"\n",
        "good": json.dumps(head).encode() + b"\ntext",
    }.items():
        (tmp_path / f"{name}.text").write_bytes(content)
    (tmp_path / "folder.text").mkdir()
    (tmp_path / "other").write_text("x")
    assert [copy.text for copy in Recovery(str(tmp_path)).left()] == ["text"]


def test_without_a_folder_there_is_an_error_and_nothing_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recovery = Recovery(str(tmp_path / "file" / "below"))
    with pytest.raises(XqdbgError, match="cannot be kept"):
        recovery.keep("text")
    assert recovery.left() == []


@pytest.mark.parametrize("pid", ["1e400", "Infinity", "NaN", str(1 << 200), "-1"])
def test_a_number_no_program_has_is_no_reason_to_end(tmp_path: Path, pid: str) -> None:
    head = f'{{"what": "xqdbg unsaved text", "path": "", "title": "t", "pid": {pid}, "when": 1}}'
    (tmp_path / "x.text").write_text(head + "\ntext")
    assert len(Recovery(str(tmp_path)).left()) <= 1


@pytest.mark.parametrize("when", ["1e400", "NaN", "-Infinity"])
def test_nor_is_a_time_that_never_was(tmp_path: Path, abandoned: None, when: str) -> None:
    head = f'{{"what": "xqdbg unsaved text", "path": "", "title": "t", "pid": 1, "when": {when}}}'
    (tmp_path / "x.text").write_text(head + "\ntext")
    assert not Recovery(str(tmp_path)).left()
