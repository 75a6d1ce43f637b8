"""Object code is taken from the disk only where nobody else can have put it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vm.pvm.native import cache
from vm.pvm.native.cache import Cache, opened

if not hasattr(os, "geteuid"):
    pytest.skip("there is no cache where files have no owners", allow_module_level=True)

CODE = b"object code" * 100


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cache" / "native"
    monkeypatch.setenv(cache.SWITCH, str(path))
    return path


def filled(folder: Path) -> tuple[Cache, str, Path]:
    """A cache with one thing in it, its name, and its file."""
    found = opened()
    assert found is not None
    key = found.key("text", "llvm 20\nprocessor")
    found.write(key, CODE)
    assert found.read(key) == CODE
    return found, key, folder / f"{key}.o"


def test_what_was_kept_is_found_again(folder: Path) -> None:
    _, key, file = filled(folder)
    again = opened()
    assert again is not None and again.read(key) == CODE
    assert again.read(again.key("text", "another processor")) is None
    assert {path.stat().st_mode & 0o777 for path in (file, folder / "key")} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in folder.iterdir()) == sorted((f"{key}.o", "key"))


def test_the_switch_turns_it_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.SWITCH, "0")
    assert opened() is None and not folder.exists()


def test_the_working_directory_never_is_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(cache.SWITCH, "here")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "also-relative")
    assert opened() is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("how", ("cut", "changed", "empty", "renamed", "other key", "no key", "long"))
def test_what_is_broken_goes(folder: Path, how: str) -> None:
    found, key, file = filled(folder)
    contents = file.read_bytes()
    other = found.key("other", "")
    match how:
        case "cut":
            file.write_bytes(contents[:-1])
        case "changed":
            file.write_bytes(contents[:-1] + b"!")
        case "empty":
            file.write_bytes(b"")
        case "renamed":
            file.rename(folder / f"{other}.o")
            key, file = other, folder / f"{other}.o"
        case "other key":
            (folder / "key").write_bytes(bytes(32))
        case "no key":
            (folder / "key").unlink()
        case "long":
            file.write_bytes(contents + bytes(cache.LARGEST))
    assert found.read(key) is None
    found.write(key, CODE)
    assert found.read(key) == CODE


@pytest.mark.parametrize("mode", (0o644, 0o660, 0o606, 0o604))
def test_files_that_others_can_get_at_are_not_used(folder: Path, mode: int) -> None:
    found, key, file = filled(folder)
    file.chmod(mode)
    assert found.read(key) is None


@pytest.mark.parametrize("mode", (0o755, 0o770, 0o707))
def test_a_folder_that_others_can_get_at_is_not_used(folder: Path, mode: int) -> None:
    filled(folder)
    folder.chmod(mode)
    assert opened() is None


def test_a_folder_below_one_that_all_can_write_is_not_used(folder: Path) -> None:
    filled(folder)
    folder.parent.chmod(0o777)
    assert opened() is None
    folder.parent.chmod(0o1777)
    assert opened() is not None


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    found, key, file = filled(folder)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert found.read(key) is None
    found.write(key, CODE)
    assert not file.is_symlink() and found.read(key) == CODE
    os.link(file, tmp_path / "second name")
    assert found.read(key) is None


def test_a_pipe_does_not_hold_anything_up(folder: Path) -> None:
    found, key, file = filled(folder)
    file.unlink()
    os.mkfifo(file, 0o600)
    assert found.read(key) is None


def test_no_more_is_kept_than_there_may_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, *_ = filled(folder)
    monkeypatch.setattr(cache, "MOST_FILES", 5)
    keys = [found.key(str(number), "") for number in range(12)]
    for at, key in enumerate(keys):
        found.write(key, CODE)
        os.utime(folder / f"{key}.o", (1_000_000_000 + at, 1_000_000_000 + at))
    assert len(list(folder.glob("*.o"))) == 5
    assert found.read(keys[-1]) == CODE and found.read(keys[0]) is None
    monkeypatch.setattr(cache, "MOST_BYTES", 3 * len(CODE))
    found.write(keys[0], CODE)
    assert len(list(folder.glob("*.o"))) == 2
    found.write(keys[1], bytes(cache.LARGEST + 1))
    assert not (folder / f"{keys[1]}.o").exists()


def test_a_folder_that_cannot_be_made_is_done_without(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    assert opened() is None


def test_compiled_programs_are_kept_and_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("llvmlite", reason="the native engine needs llvmlite, an extra of this project")
    from tests.support.pvm_programs import RandomProgram
    from vm.pvm.inputs import from_json
    from vm.pvm.machine import PvmMachine
    from vm.pvm.native import compiler

    program = RandomProgram(3, wild=False)

    def digest() -> str:
        machine = PvmMachine(program.program, from_json(program.inputs()), engine="native")
        machine.run()
        assert machine._driver and machine._driver.executed
        return machine.digest()

    first = digest()
    kept = list(folder.glob("*.o"))
    assert kept
    with monkeypatch.context() as patch:
        patch.setattr(compiler, "compiled", lambda text: pytest.fail("it was compiled again"))
        assert digest() == first
    for file in kept:
        file.write_bytes(b"broken")
    assert digest() == first
