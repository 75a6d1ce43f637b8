"""Files are replaced as a whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xqdbg.errors import XqdbgError
from xqdbg.outflow import replace_file

AS_ROOT = os.name == "posix" and os.geteuid() == 0


def only(folder: Path) -> dict[str, bytes]:
    """All files of a folder and what is in them."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    replace_file(str(tmp_path / "a.xqs"), b"new")
    (tmp_path / "usual").write_bytes(b"")
    assert only(tmp_path) == {"a.xqs": b"new", "usual": b""}
    assert (tmp_path / "a.xqs").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_an_old_file_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.xqs"
    path.write_bytes(b"old and longer")
    path.chmod(mode)
    replace_file(str(path), b"new")
    assert only(tmp_path) == {"a.xqs": b"new"}
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_symbolic_link_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    link, through, dangling = tmp_path / "link.xqs", tmp_path / "through", tmp_path / "dangling.xqs"
    (folder / "a.xqs").write_bytes(b"old")
    link.symlink_to(folder / "a.xqs")
    through.symlink_to(folder)
    dangling.symlink_to("real/b.xqs")
    replace_file(str(link), b"new")
    assert link.is_symlink() and only(folder) == {"a.xqs": b"new"}
    replace_file(str(through / "a.xqs"), b"newer")
    replace_file(str(dangling), b"b")
    assert through.is_symlink() and dangling.is_symlink()
    assert only(folder) == {"a.xqs": b"newer", "b.xqs": b"b"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling.xqs", "link.xqs", "real", "through"]


def fail(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupt(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("act", ["replace", "fsync", "chmod", "open"])
def test_any_failure_keeps_the_old_file_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    path = tmp_path / "a.xqs"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, act, fail)
    with pytest.raises(XqdbgError) as caught:
        replace_file(str(path), b"new")
    monkeypatch.undo()
    assert caught.value.message == f"cannot write {path}: no space left on device"
    assert only(tmp_path) == {"a.xqs": b"old"}


def test_a_disk_that_is_full_while_writing_keeps_the_old_file(tmp_path: Path) -> None:
    """A limit of the system makes the write itself fail, with part of the draft written."""
    resource = pytest.importorskip("resource")
    import signal

    path = tmp_path / "a.xqs"
    path.write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(XqdbgError, match=r"cannot write .*: file too large"):
            replace_file(str(path), b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert only(tmp_path) == {"a.xqs": b"old"}


def test_an_interrupt_leaves_nothing_behind_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xqs"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_file(str(path), b"new")
    assert only(tmp_path) == {"a.xqs": b"old"}


def test_the_draft_is_on_disk_before_it_takes_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acts: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: acts.append(name) or act(*arguments)  # type: ignore[func-returns-value]

    monkeypatch.setattr(os, "fsync", noted("fsync", fsync))
    monkeypatch.setattr(os, "replace", noted("replace", replace))
    replace_file(str(tmp_path / "a.xqs"), b"new")
    assert acts[:2] == ["fsync", "replace"]


def test_what_is_no_plain_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, told in (("pipe", "it is no plain file"), ("", "it is a folder")):
        with pytest.raises(XqdbgError, match=told):
            replace_file(str(tmp_path / name), b"new")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no folder/a.xqs", "no such file or directory"),
        ("file/a.xqs", "not a directory"),
        ("n" * 300, "file name too long"),
        ("a\0b", "not a possible file name"),
    ],
)
def test_places_where_nothing_can_be_written(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(XqdbgError) as caught:
        replace_file(f"{tmp_path}/{name}", b"new")
    assert caught.value.message.endswith(told)
    assert only(tmp_path) == {"file": b""}


def test_a_name_as_long_as_the_system_allows(tmp_path: Path) -> None:
    for name in ("n" * 255, "ü" * 127):
        replace_file(str(tmp_path / name), b"new")
        assert (tmp_path / name).read_bytes() == b"new"


@pytest.mark.skipif(AS_ROOT, reason="nothing is write-protected for the superuser")
def test_a_write_protected_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.xqs"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(XqdbgError, match="write-protected"):
        replace_file(str(path), b"new")
    assert path.read_bytes() == b"old"
