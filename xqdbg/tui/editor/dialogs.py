"""The dialogs of the editor, each about one thing, with what it needs to know."""

from __future__ import annotations

import os

from vm.toolchain import Toolchain
from xqdbg import machines, resources
from xqdbg.editing.document import Document
from xqdbg.editing.recent import RecentFiles
from xqdbg.editing.recovery import Recovery
from xqdbg.editing.templates import templates
from xqdbg.tui.editor.sheet import Sheet
from xqdbg.tui.highlight import Highlighter
from xqdbg.tui.modals.choice import Answer, ChoiceModal
from xqdbg.tui.modals.difference import DifferenceModal
from xqdbg.tui.modals.new_text import NewModal
from xqdbg.tui.modals.open_text import OpenModal
from xqdbg.tui.modals.save_as import SaveAsModal


def open_dialog() -> OpenModal:
    """Which text to edit."""
    suffixes = machines.text_suffixes() | machines.code_suffixes()
    return OpenModal(os.getcwd(), suffixes, RecentFiles().all(), Recovery().left())


def new_dialog(tools: Toolchain) -> NewModal:
    """What to begin with."""
    return NewModal(templates(tools), Highlighter(tools.isa, tools.syntax))


def save_as_dialog(sheet: Sheet, suffix: str) -> SaveAsModal:
    """Under which name to save a text."""
    path = sheet.document.path
    note = "" if path else "this text has no file yet"
    return SaveAsModal((suffix,), path or _suggested(sheet.title, suffix), note)


def unsaved_dialog(sheet: Sheet) -> ChoiceModal:
    """Whether to save what is about to be dropped: `s` or `d`."""
    answers = (Answer("s", "save it"), Answer("d", "discard it", "what is not saved is gone"))
    return ChoiceModal("unsaved text", f"{sheet.name} has changes that are not saved.", answers)


def clash_dialog(sheet: Sheet, *, saving: bool) -> ChoiceModal:
    """What to do about a file that somebody else has changed, too: `r`, `o` or `k`, `c`."""
    keep = Answer("o", "overwrite it", "with the text in the editor") if saving else Answer("k", "keep mine")
    answers = (Answer("r", "reload it", "ctrl+z brings back what is in the editor"), keep, Answer("c", "compare"))
    question = f"{sheet.document.name} was changed by somebody else, and so was the text in the editor."
    return ChoiceModal("the file has changed", question, answers)


def difference_dialog(document: Document) -> DifferenceModal:
    """How file and text differ; XqdbgError if the file cannot be read."""
    theirs = Document.open(document.path).text
    return DifferenceModal(f"{document.name}: file and editor", ("file", theirs), ("editor", document.text))


def _suggested(title: str, suffix: str) -> str:
    """A name for a text that was taken from somewhere else."""
    stem = os.path.splitext(os.path.basename(title.removeprefix(resources.EXAMPLE_PREFIX)))[0]
    return f"{stem or 'program'}{suffix}"
