"""The list of recent files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from xqdbg.editing.recent import FILE, MOST, MOST_BYTES, RecentFiles


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    made = []
    for name in ("a", "b", "c é"):
        (tmp_path / name).write_text(name)
        made.append(str(tmp_path / name))
    return made


def test_newest_first_each_once(tmp_path: Path, files: list[str]) -> None:
    recent = RecentFiles(str(tmp_path / "state"))
    assert recent.all() == []
    for path in (*files, files[0]):
        recent.add(path)
    assert recent.all() == [files[0], files[2], files[1]]
    assert RecentFiles(str(tmp_path / "state")).all() == recent.all()


def test_relative_names_are_kept_absolute(tmp_path: Path, files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    recent = RecentFiles(str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    recent.add("a")
    assert recent.all() == [files[0]]


def test_missing_files_are_not_shown_and_come_back(tmp_path: Path, files: list[str]) -> None:
    recent = RecentFiles(str(tmp_path / "state"))
    for path in files:
        recent.add(path)
    os.rename(files[1], files[1] + "x")
    assert recent.all() == [files[2], files[0]]
    os.rename(files[1] + "x", files[1])
    assert recent.all() == [files[2], files[1], files[0]]


def test_a_file_can_be_forgotten(tmp_path: Path, files: list[str]) -> None:
    recent = RecentFiles(str(tmp_path / "state"))
    for path in files:
        recent.add(path)
    recent.remove(files[1])
    assert recent.all() == [files[2], files[0]]


def test_the_list_is_its_owners_alone_and_bounded(tmp_path: Path) -> None:
    recent = RecentFiles(str(tmp_path / "state"))
    for number in range(MOST + 5):
        (tmp_path / str(number)).write_text("")
        recent.add(str(tmp_path / str(number)))
    assert len(recent.all()) == MOST
    assert recent.all()[0].endswith(str(MOST + 4))
    assert stat.S_IMODE((tmp_path / "state" / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert os.listdir(tmp_path / "state") == [FILE]


@pytest.mark.parametrize("junk", [b"\xff\xfe\0\n/\0\n", b"relative\n\n", b"\x1b[31m", b"/" * (MOST_BYTES + 1)])
def test_a_damaged_list_is_read_as_far_as_it_makes_sense(tmp_path: Path, files: list[str], junk: bytes) -> None:
    (tmp_path / FILE).write_bytes(junk)
    recent = RecentFiles(str(tmp_path))
    assert recent.all() == []
    recent.add(files[0])
    assert recent.all() == [files[0]]


def test_paths_that_are_no_text(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff"
    Path(os.fsdecode(odd)).write_text("")
    recent = RecentFiles(str(tmp_path / "state"))
    recent.add(os.fsdecode(odd))
    assert [os.fsencode(path) for path in recent.all()] == [odd]
    for path in ("", "a\nb", "a\0b"):
        recent.add(path)
    assert len(recent.all()) == 1


def test_where_nothing_can_be_kept_nobody_is_bothered(tmp_path: Path, files: list[str]) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    recent = RecentFiles(str(tmp_path / "state"))
    recent.add(files[0])
    assert recent.all() == []


def test_the_users_own_folder(tmp_path: Path, files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    RecentFiles().add(files[0])
    assert (tmp_path / "home" / "xqdbg" / FILE).is_file()
