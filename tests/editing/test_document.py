"""Texts and their files: nothing is lost, whatever happens."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xqdbg.editing import document as module
from xqdbg.editing.document import DiskState, Document
from xqdbg.errors import XqdbgError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.xqasm"
    path.write_bytes(b"PUSH 1\nADD\n")
    return path


def leftovers(path: Path) -> list[str]:
    return [name for name in os.listdir(path.parent) if name != path.name]


# Opening


def test_open(file: Path) -> None:
    document = Document.open(str(file))
    assert document.text == "PUSH 1\nADD\n"
    assert (document.path, document.name, document.dirty) == (str(file), "a.xqasm", False)
    assert document.state() is DiskState.UNCHANGED


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"ADD\nPUSH \xff\n", "a.xqasm:2:6: byte 0xff is not UTF-8 text"),
        (b"ADD\nNO\0P\n", r"a.xqasm:2:3: cannot edit a NUL byte"),
        (b"; \x1b[31m\n", r"a.xqasm:1:3: cannot edit the control character U\+001B"),
        (b"ADD\rADD\n", r"a.xqasm:1:4: cannot edit the control character U\+000D"),
        (b"; \xe2\x80\xa8\n", r"a.xqasm:1:3: cannot edit the control character U\+2028"),
        (b"; \x0c\n", r"U\+000C"),
        (b"; \xc2\x85\n", r"U\+0085"),
    ],
)
def test_what_cannot_be_edited(file: Path, data: bytes, problem: str) -> None:
    file.write_bytes(data)
    with pytest.raises(XqdbgError, match=problem):
        Document.open(str(file))


def test_too_large(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 11)
    Document.open(str(file))
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    with pytest.raises(XqdbgError, match="too large"):
        Document.open(str(file))


def test_no_file(tmp_path: Path) -> None:
    for path, problem in (
        (tmp_path / "none", "no such file"),
        (tmp_path, "it is a folder"),
        (Path("/dev/null"), "it is no plain file"),
        (Path("-"), "standard input cannot be edited"),
    ):
        with pytest.raises(XqdbgError, match=problem):
            Document.open(str(path))
    with pytest.raises(XqdbgError, match="not a possible file name"):
        Document.open("a\0b")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(XqdbgError, match="no plain file"):
        Document.open(str(tmp_path / "pipe"))


# Saving


def test_save(file: Path) -> None:
    document = Document.open(str(file))
    document.text += "NEG\n"
    before = document.dirty
    document.save()
    assert (before, document.dirty, document.state()) == (True, False, DiskState.UNCHANGED)
    assert file.read_bytes() == b"PUSH 1\nADD\nNEG\n"
    assert not leftovers(file)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=5), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_what_is_opened_and_saved_is_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, bom: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "same.xqasm"
    data = (("\ufeff" if bom else "") + end.join(lines)).encode()
    path.write_bytes(data)
    document = Document.open(str(path))
    assert document.text.split("\n") == (lines or [""]) or "\ufeff" in lines[0][:1]
    document.save()
    assert path.read_bytes() == data


def test_new_lines_end_as_the_others_do(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfADD\r\nSUB\r\n")
    document = Document.open(str(file))
    assert document.text == "ADD\nSUB\n"
    document.text += "NEG\n"
    document.save()
    assert file.read_bytes() == b"\xef\xbb\xbfADD\r\nSUB\r\nNEG\r\n"


def test_mixed_line_ends_become_the_more_frequent_one(file: Path) -> None:
    for data, saved in ((b"A\r\nB\r\nC\n", b"A\r\nB\r\nC\r\n"), (b"A\r\nB\nC\n", b"A\nB\nC\n")):
        file.write_bytes(data)
        document = Document.open(str(file))
        assert document.text == "A\nB\nC\n"
        document.save()
        assert file.read_bytes() == saved


def test_permissions_and_links_stay(file: Path, tmp_path: Path) -> None:
    file.chmod(0o640)
    link = tmp_path / "link.xqasm"
    link.symlink_to(file)
    document = Document.open(str(link))
    document.text = "NOP\n"
    document.save()
    assert link.is_symlink() and file.read_text() == "NOP\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("broken", ["fsync", "replace", "chmod", "open"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_save_that_fails_loses_nothing(file: Path, monkeypatch: pytest.MonkeyPatch, broken: str, code: int) -> None:
    document = Document.open(str(file))
    document.text = "NOP\n"

    def fail(*_args: object, **_named: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, broken, fail)
        with pytest.raises(XqdbgError, match=f"cannot write .*{os.strerror(code)[1:]}"):
            document.save()
    assert file.read_bytes() == b"PUSH 1\nADD\n"
    assert not leftovers(file)
    assert document.dirty and document.text == "NOP\n" and document.state() is DiskState.UNCHANGED
    document.save()
    assert file.read_bytes() == b"NOP\n"


def test_a_save_that_is_killed_leaves_the_old_file_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document.open(str(file))
    document.text = "NOP\n" * 100

    def die(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(KeyboardInterrupt):
        document.save()
    assert file.read_bytes() == b"PUSH 1\nADD\n" and not leftovers(file)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is write-protected for the superuser")
def test_a_write_protected_file_stays(file: Path) -> None:
    file.chmod(0o444)
    document = Document.open(str(file))
    document.text = "NOP\n"
    with pytest.raises(XqdbgError, match="write-protected"):
        document.save()


def test_characters_no_file_can_have(file: Path) -> None:
    document = Document.open(str(file))
    for text, problem in (("ADD\n\ud800", "line 2 .* UTF-8"), ("ADD\x1b", "control character"), ("a\rb", "U.000D")):
        document.text = text
        with pytest.raises(XqdbgError, match=problem):
            document.save()
    assert file.read_bytes() == b"PUSH 1\nADD\n"


def test_a_text_that_grew_too_large_is_not_saved(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document.open(str(file))
    document.text = "NOP\n" * 3
    monkeypatch.setattr(module, "MOST_BYTES", 11)
    with pytest.raises(XqdbgError, match="too large"):
        document.save()
    assert document.dirty and file.read_bytes() == b"PUSH 1\nADD\n"


# Somebody else


def test_a_change_by_somebody_else_is_seen_and_not_overwritten(file: Path) -> None:
    document = Document.open(str(file))
    document.text = "MINE\n"
    file.write_bytes(b"THEIRS\n")
    assert document.state() is DiskState.CHANGED
    with pytest.raises(XqdbgError, match="changed by somebody else"):
        document.save()
    assert file.read_bytes() == b"THEIRS\n" and document.text == "MINE\n"
    document.save(force=True)
    assert file.read_bytes() == b"MINE\n" and document.state() is DiskState.UNCHANGED


def test_a_change_of_the_same_size_at_the_same_time_of_another_inode_is_seen(file: Path) -> None:
    document = Document.open(str(file))
    times = file.stat()
    other = file.with_name("other")
    other.write_bytes(b"PUSH 2\nADD\n")
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    os.replace(other, file)
    assert document.state() is DiskState.CHANGED


def test_a_file_that_was_only_touched_is_unchanged_and_not_read_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = Document.open(str(file))
    os.utime(file, (1, 1))
    assert document.state() is DiskState.UNCHANGED
    monkeypatch.setattr(module, "read_file", None)
    assert document.state() is DiskState.UNCHANGED


def test_reload_takes_the_other_text(file: Path) -> None:
    document = Document.open(str(file))
    document.text = "MINE\n"
    file.write_bytes(b"THEIRS\r\n")
    document.reload()
    assert document.text == "THEIRS\n" and not document.dirty and document.state() is DiskState.UNCHANGED
    document.save()
    assert file.read_bytes() == b"THEIRS\r\n"


def test_reload_of_nonsense_changes_nothing(file: Path) -> None:
    document = Document.open(str(file))
    document.text = "MINE\n"
    file.write_bytes(b"\0")
    with pytest.raises(XqdbgError):
        document.reload()
    assert document.text == "MINE\n" and document.state() is DiskState.CHANGED


def test_a_file_that_vanished_is_written_again(file: Path) -> None:
    document = Document.open(str(file))
    file.unlink()
    assert document.state() is DiskState.VANISHED
    document.save()
    assert file.read_bytes() == b"PUSH 1\nADD\n"


def test_its_folder_vanished(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sub"
    folder.mkdir()
    document = Document("NOP\n")
    document.save_as(str(folder / "b.xqasm"))
    (folder / "b.xqasm").unlink()
    folder.rmdir()
    assert document.state() is DiskState.VANISHED
    with pytest.raises(XqdbgError, match="no such file"):
        document.save()
    assert document.text == "NOP\n"


# New texts


def test_a_new_text_is_saved_under_a_name(tmp_path: Path) -> None:
    document = Document("NOP\n")
    assert (document.path, document.name, document.dirty) == ("", "untitled", True)
    assert document.state() is DiskState.UNCHANGED
    for ask in (document.save, document.reload):
        with pytest.raises(XqdbgError, match="no file yet"):
            ask()
    path = tmp_path / "new.xqasm"
    document.save_as(str(path))
    assert path.read_bytes() == b"NOP\n"
    assert (document.path, document.name, document.dirty) == (str(path), "new.xqasm", False)


def test_a_new_empty_text_is_clean() -> None:
    assert not Document().dirty


def test_a_text_for_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "new.xqasm"
    document = Document("NOP\n", str(path))
    assert document.state() is DiskState.UNCHANGED
    path.write_bytes(b"THEIRS\n")
    assert document.state() is DiskState.CHANGED
    with pytest.raises(XqdbgError, match="changed by somebody else"):
        document.save()


def test_save_as_does_not_overwrite_unless_told(file: Path, tmp_path: Path) -> None:
    document = Document("NOP\n")
    with pytest.raises(XqdbgError, match="is there already"):
        document.save_as(str(file))
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    with pytest.raises(XqdbgError, match="is there already"):
        document.save_as(str(dangling))
    assert not document.path and file.read_bytes() == b"PUSH 1\nADD\n"
    document.save_as(str(file), force=True)
    assert file.read_bytes() == b"NOP\n"
    for path in ("", "-"):
        with pytest.raises(XqdbgError, match="name of the file is missing"):
            document.save_as(path)


def test_save_as_the_same_file_is_a_save(file: Path) -> None:
    document = Document.open(str(file))
    document.text = "NOP\n"
    document.save_as(str(file.parent / "." / file.name))
    assert file.read_bytes() == b"NOP\n"
    file.write_bytes(b"THEIRS\n")
    with pytest.raises(XqdbgError, match="changed by somebody else"):
        document.save_as(str(file))


def test_save_as_into_a_folder(tmp_path: Path) -> None:
    document = Document("NOP\n")
    with pytest.raises(XqdbgError, match="folder"):
        document.save_as(str(tmp_path), force=True)
    assert document.dirty and not document.path


def test_names_are_printable(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m.xqasm"
    document = Document("NOP\n")
    document.save_as(str(path))
    assert document.name == "a␛[31m.xqasm"
    path.write_bytes(b"\0")
    with pytest.raises(XqdbgError) as raised:
        document.save()
    assert "\x1b" not in raised.value.message
