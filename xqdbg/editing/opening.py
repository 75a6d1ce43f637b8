"""What to edit when somebody names a program: its text, however it comes, and the language it is in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from vm.contract import Line
from vm.diagnostics import ProgramError, printable
from vm.toolchain import Program, Toolchain
from xqdbg import machines, resources
from xqdbg.editing.document import Document
from xqdbg.editing.recovery import Copy
from xqdbg.editing.sources import source_of, text_of
from xqdbg.errors import XqdbgError
from xqdbg.intake import read_file


@dataclass(frozen=True, slots=True)
class Opened:
    """A text, ready to be edited."""

    document: Document
    tools: Toolchain
    title: str = ""
    """What it is called as long as it has no file of its own."""
    copy: Copy | None = None
    """The copy of unsaved text it was taken from."""


def open_text(path: str) -> Opened:
    """The text of what is named: a file, one that is to be made, an example, or bytecode. XqdbgError if it has none."""
    if path.startswith(resources.EXAMPLE_PREFIX):
        program = str(resources.find_example(path).program)
        return Opened(Document(Document.open(program).text), _tools(program), path)
    if not os.path.lexists(path):
        _refuse_no_folder(path)
        return Opened(Document("", path), _tools(path))
    if os.path.splitext(path)[1].lower() in machines.code_suffixes():
        return _open_code(path)
    return Opened(Document.open(path), _tools(path))


def open_program(
    tools: Toolchain,
    path: str,
    name: str,
    code: Sequence[Line],
    source: Sequence[str],
    kept: str,
    program: Program | None = None,
) -> Opened:
    """The text of the program that is being debugged: its file, or what is known of it as a new text.

    `kept` is the folder of programs that ship, whose files nobody should change.
    """
    is_own = path and source and not _is_inside(path, kept)
    if is_own and os.path.isfile(path):
        return Opened(Document.open(path), tools)
    if source:
        text = "\n".join(source) + "\n"
    else:
        text = source_of(code, tools) if program is None else text_of(program, tools)
    return Opened(Document(text), tools, name)


def open_copy(copy: Copy, tools: Toolchain) -> Opened:
    """A text that was not saved, to go on with."""
    tools = _tools(copy.path) if copy.path else tools
    try:
        document = Document.open(copy.path) if copy.path else Document()
    except XqdbgError:
        document = Document(path=copy.path)
    document.text = copy.text
    return Opened(document, tools, copy.title, copy)


def _open_code(path: str) -> Opened:
    try:
        tools, program = machines.open_program(read_file(path), path)
    except ProgramError as error:
        raise XqdbgError(f"{printable(path)}: {error}") from None
    return Opened(Document(text_of(program, tools)), tools, printable(os.path.basename(path)))


def _tools(path: str) -> Toolchain:
    return machines.toolchain(machines.recognise(b"", path)[0])


def _refuse_no_folder(path: str) -> None:
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        raise XqdbgError(f"there is no file {printable(path)}", f"there is no folder {printable(folder)}")


def _is_inside(path: str, folder: str) -> bool:
    try:
        real, outer = os.path.realpath(path), os.path.realpath(folder)
        return os.path.commonpath([real, outer]) == outer
    except (OSError, ValueError):
        return False
