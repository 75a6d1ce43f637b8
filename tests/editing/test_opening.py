"""What is edited when a program is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg import resources
from xqdbg.editing.opening import open_copy, open_program, open_text
from xqdbg.editing.recovery import Copy
from xqdbg.editing.sources import source_of
from xqdbg.errors import XqdbgError

SOURCES = [example for example in resources.examples() if example.program.suffix == ".xqasm"]


@pytest.mark.parametrize("example", SOURCES, ids=lambda example: example.name)
def test_instructions_become_a_text_that_assembles_to_them(example: resources.Example) -> None:
    program = TOOLCHAIN.load(TOOLCHAIN.assemble(example.program.read_text()).container())
    text = source_of(program.lines(), TOOLCHAIN)
    assert TOOLCHAIN.assemble(text).container() == program.container()
    assert text.endswith("\n") and "\n\n" not in text


def test_an_example_is_a_text_of_ones_own_and_a_file_is_its_file(tmp_path: Path) -> None:
    shipped = open_text("example:factorial")
    assert shipped.title == "example:factorial" and not shipped.document.path and shipped.document.text
    path = tmp_path / "mine.xqasm"
    path.write_text("HALT\n")
    assert open_text(str(path)).document.path == str(path)
    fresh = open_text(str(tmp_path / "fresh.xqasm")).document
    assert fresh.path.endswith("fresh.xqasm") and fresh.text == "" and not fresh.dirty


def test_bytecode_is_edited_as_a_new_text(tmp_path: Path) -> None:
    path = tmp_path / "code.xqb"
    path.write_bytes(TOOLCHAIN.assemble("PUSH 1\nHALT\n").container())
    opened = open_text(str(path))
    assert opened.document.text == "PUSH 1\nHALT\n" and not opened.document.path and opened.title == "code.xqb"
    path.write_bytes(b"XQBC rubbish")
    with pytest.raises(XqdbgError):
        open_text(str(path))


def test_what_is_not_there_and_cannot_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(XqdbgError, match="there is no file"):
        open_text(str(tmp_path / "no" / "such.xqasm"))
    with pytest.raises(XqdbgError, match="no example"):
        open_text("example:nothing")
    with pytest.raises(XqdbgError, match="folder"):
        open_text(str(tmp_path))


def test_the_program_at_hand_is_its_file_unless_it_ships(tmp_path: Path) -> None:
    path = tmp_path / "mine.xqasm"
    path.write_text("PUSH 1\nHALT\n")
    program = TOOLCHAIN.assemble(path.read_text())
    code, source, kept = tuple(program.lines()), tuple(program.source), str(tmp_path / "kept")
    own = open_program(TOOLCHAIN, str(path), "mine", code, source, kept)
    assert own.document.path == str(path)
    shipped = open_program(TOOLCHAIN, str(path), "example:mine", code, source, str(tmp_path))
    assert not shipped.document.path and shipped.document.text == "PUSH 1\nHALT\n" and shipped.title == "example:mine"
    bare = open_program(TOOLCHAIN, "", "mine.xqb", code, (), kept)
    assert bare.document.text == "PUSH 1\nHALT\n"


def test_unsaved_text_goes_on_with_its_file_or_without(tmp_path: Path) -> None:
    path = tmp_path / "mine.xqasm"
    path.write_text("HALT\n")
    copy = Copy("NOP\nHALT\n", str(path), 0, "kept")
    opened = open_copy(copy, TOOLCHAIN)
    assert opened.document.dirty and opened.document.text == copy.text and opened.copy is copy
    opened.document.save()
    assert path.read_text() == copy.text
    gone = open_copy(Copy("NOP\n", str(tmp_path / "gone.xqasm"), 0, "kept"), TOOLCHAIN)
    gone.document.save()
    assert (tmp_path / "gone.xqasm").read_text() == "NOP\n"
    assert open_copy(Copy("NOP\n", "", 0, "kept", "example:gcd"), TOOLCHAIN).title == "example:gcd"
