"""`xqdbg asm`, `dis`, `check`, `examples`, and the line that opens the debugger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.conftest import Obey
from xqdbg import __version__, resources
from xqdbg.batch import cli

Source = Callable[[str], Path]
ADDITION = "PUSH 10\nPUSH 32\nADD\nHALT\n"
ADDITION_CODE = bytes.fromhex("58514243010000000000065b96d509110a112020ff")
LISTING = "  0x0000:  PUSH1   10\n  0x0002:  PUSH1   32\n  0x0004:  ADD     \n  0x0005:  HALT    \n"


def test_asm_writes_beside_the_source(obey: Obey, source: Source, tmp_path: Path) -> None:
    answer = obey("asm", source(ADDITION))
    assert answer.code == 0
    assert answer.out == ""
    assert (tmp_path / "program.xqb").read_bytes() == ADDITION_CODE
    assert answer.err == f"assembled 4 instructions (21 bytes) -> {tmp_path / 'program.xqb'}\n"


def test_asm_replaces_only_the_last_suffix(obey: Obey, tmp_path: Path) -> None:
    (tmp_path / "a.b.txt").write_text(ADDITION)
    assert obey("asm", tmp_path / "a.b.txt").code == 0
    assert (tmp_path / "a.b.xqb").read_bytes() == ADDITION_CODE


def test_asm_elsewhere(obey: Obey, source: Source, tmp_path: Path) -> None:
    out = tmp_path / "out.bin"
    assert obey("asm", source(ADDITION), "-o", out).code == 0
    assert out.read_bytes() == ADDITION_CODE
    to_stdout = obey("asm", "-", "--stdout", stdin=ADDITION.encode())
    assert to_stdout.raw == ADDITION_CODE
    assert to_stdout.err == ""


def test_asm_keeps_its_source(obey: Obey, tmp_path: Path) -> None:
    path = tmp_path / "program.xqb"
    path.write_text(ADDITION)
    answer = obey("asm", path)
    assert answer.code == 2
    assert "is the source itself" in answer.err
    assert path.read_text() == ADDITION


def test_asm_leaves_nothing_behind_for_a_text_with_errors(obey: Obey, source: Source, tmp_path: Path) -> None:
    assert obey("asm", source("PUSHH 1\n")).code == 2
    assert not (tmp_path / "program.xqb").exists()


def test_dis_of_a_file_of_standard_input_and_of_text(obey: Obey, source: Source, tmp_path: Path) -> None:
    path = tmp_path / "program.xqb"
    path.write_bytes(ADDITION_CODE)
    assert obey("dis", path).out == LISTING
    assert obey("dis", stdin=ADDITION_CODE).out == LISTING
    assert obey("dis", stdin=ADDITION.encode()).out == obey("dis", "-", stdin=ADDITION.encode()).out == LISTING
    assert obey("dis", source(ADDITION)).out == LISTING


def test_check_accepts(obey: Obey, source: Source) -> None:
    path = source(ADDITION)
    answer = obey("check", path)
    assert answer.code == 0
    assert answer.out == f"ok: {path} (4 instructions)\n"


def test_check_prints_every_finding(obey: Obey, source: Source) -> None:
    path = source("NOP\n  NEXT\nNEXT\n")
    answer = obey("check", path)
    assert answer.code == 1
    lines = answer.out.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        [f"{path}:2:1", "NoActiveLoop"],
        [f"{path}:3:1", "NoActiveLoop"],
    ]


def test_check_of_bytecode_names_lines_of_the_listing(obey: Obey, source: Source, tmp_path: Path) -> None:
    code = tmp_path / "program.xqb"
    assert obey("asm", source("; a remark\nPUSH 300\n\nNEXT\nNOP\nNEXT\n"), "-o", code).code == 0
    answer = obey("check", code)
    assert answer.code == 1
    first, second = answer.out.splitlines()
    assert first.startswith(f"{code}:2:1: NoActiveLoop: ") and "0x0003" in first
    assert second.startswith(f"{code}:4:1: NoActiveLoop: ") and "0x0005" in second
    assert "NEXT" in obey("dis", code).out.splitlines()[4 - 1]


def test_examples_are_listed_and_found(obey: Obey) -> None:
    names = [line.split()[0] for line in obey("examples").out.splitlines()]
    assert len(names) == 42 + 12 + 17
    assert names[0] == "example:tsp5/encoder"
    for name in names:
        assert resources.find_example(name).inputs is not None, name
        assert obey("dis", name).code == 0


@pytest.mark.parametrize("word", cli.COMMANDS)
def test_every_command_has_help_with_an_example(obey: Obey, word: str) -> None:
    answer = obey(word, "--help")
    assert answer.code == 0
    assert "example" in answer.out.splitlines()[-4:][0] or "examples:" in answer.out
    assert answer.out.count(f"xqdbg {word}") >= 2


def test_the_main_help_names_every_command(obey: Obey) -> None:
    answer = obey("--help")
    assert answer.code == 0
    for word, command in cli.COMMANDS.items():
        assert f"  {word} " in answer.out
        assert command.help in answer.out


def test_version(obey: Obey) -> None:
    assert obey("--version").out == f"xqdbg {__version__}\n"


def test_nothing_to_do_is_a_usage_error(obey: Obey) -> None:
    answer = obey()
    assert answer.code == 2
    assert answer.err.startswith("usage: xqdbg FILE")


def test_a_file_opens_the_debugger(obey: Obey, source: Source) -> None:
    path = source(ADDITION)
    answer = obey(path, "--calldata", "-1,2", "--theme", "day", "--keymap", "vscode", "--step-limit", "9")
    (arguments,) = answer.opened
    assert (arguments.file, arguments.calldata, arguments.theme) == (str(path), ["-1,2"], "day")
    assert (arguments.keymap, arguments.step_limit) == ("vscode", 9)
    assert len(obey("-").opened) == 1
    assert len(obey("example:factorial").opened) == 1


def test_a_file_called_like_a_command(obey: Obey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("run").write_text(ADDITION)
    assert obey("./run").opened[0].file == "./run"
    assert obey("run").opened == ()
    assert json.loads(obey("run", "run", "--json").out)["final_stack"] == [42]


def test_names_of_files_reach_the_terminal_without_control_codes(
    obey: Obey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "\x1b[32mok.xqasm"
    Path(name).write_text(ADDITION, encoding="utf-8")
    Path("\x1b[31mbad.xqasm").write_text("NEXT\nPUSHH", encoding="utf-8")
    told = [obey("asm", name), obey("asm", name, "-o", name), obey("asm", "\x1b[31mbad.xqasm"), obey("check", name)]
    told += [obey("run", name), obey("run", "no\x1b[33m.xqasm"), obey("run", name, "--inputs", "\x1b[34m.json")]
    told += [obey("conform", "\x1b[35m"), obey("run", name, "--trace", "text", "--trace-file", "\x1b[36m/x")]
    told += [obey("\x1b[37mrun"), obey("run", name, "--step-limit", "\x1b[38m"), obey("asm", name, "--\x1b[39m")]
    assert told[0].err == "assembled 4 instructions (21 bytes) -> ␛[32mok.xqb\n"
    assert [answer.code for answer in told] == [0, 2, 2, 0, 0, *[2] * 4, 0, 2, 2]
    assert all("␛" in answer.out + answer.err for answer in told[:4])
    assert not any("\x1b" in answer.out + answer.err for answer in told)
