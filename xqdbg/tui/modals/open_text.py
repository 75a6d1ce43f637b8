"""Which text to edit: by name, one of the last ones, one that was not saved, or out of the folders."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import DirectoryTree, Input, OptionList, Static
from textual.widgets.option_list import Option

from vm.diagnostics import printable
from xqdbg.editing.paths import full_path
from xqdbg.editing.recovery import Copy
from xqdbg.tui.modals.frame import Dialog, row
from xqdbg.tui.modals.path_field import PathField
from xqdbg.tui.modals.program_tree import ProgramTree

MOST_RECENT = 20


class OpenModal(Dialog[str | Copy]):
    """Comes to a path, or to a copy of a text that was not saved."""

    DEFAULT_CSS = """
    OpenModal > .dialog { height: 80%; max-height: 30; }
    OpenModal .open--columns { height: 1fr; margin-top: 1; }
    OpenModal .open--columns > Vertical { width: 1fr; height: 1fr; }
    OpenModal OptionList, OpenModal OptionList:focus { height: 1fr; max-height: 100%; }
    OpenModal .dialog--note { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, folder: str, suffixes: Collection[str], recent: Sequence[str], copies: Sequence[Copy]) -> None:
        super().__init__()
        self._folder, self._suffixes = folder, suffixes
        self._recent, self._copies = recent[:MOST_RECENT], copies

    def compose(self) -> ComposeResult:
        with self.framed("open", "tab completes and goes on · enter opens · esc leaves"):
            yield PathField(self._suffixes, hint="the name of a file, new or there already")
            yield Static("", classes="dialog--note", markup=False)
            with Horizontal(classes="open--columns"):
                with Vertical():
                    yield Static("not saved, and lately" if self._copies else "lately", classes="dialog--label")
                    yield OptionList(*self._rows())
                with Vertical():
                    yield Static("files", classes="dialog--label")
                    yield ProgramTree(self._folder, self._suffixes)

    def _rows(self) -> list[Option]:
        rows = [
            row(copy.name, f"not saved {_ago(copy.when)}", "$xq-finding", id=f"copy-{at}")
            for at, copy in enumerate(self._copies)
        ]
        rows += [row(os.path.basename(path), _folder_of(path), id=f"file-{at}") for at, path in enumerate(self._recent)]
        return rows

    def on_mount(self) -> None:
        self.query_one(PathField).focus()
        self.query_one(OptionList).highlighted = 0 if self._rows() else None
        self._say("" if self._rows() else "nothing was edited lately")

    def _say(self, text: str) -> None:
        self.query_one(".dialog--note", Static).update(Content(printable(text)))

    @on(PathField.Offered)
    def _offered(self, message: PathField.Offered) -> None:
        message.stop()
        field = self.query_one(PathField)
        if not message.names and not os.path.isfile(full_path(field.value)):
            self._say("" if field.value.endswith(os.sep) else "no file or folder begins like this")
        else:
            self._say("  ".join(message.names))

    @on(Input.Submitted)
    def _named(self, message: Input.Submitted) -> None:
        message.stop()
        path = full_path(message.value)
        if os.path.isdir(path):
            self.query_one(ProgramTree).path = path
            self._say(f"the folder {path}")
            self.query_one(ProgramTree).focus()
        elif path:
            self.leave(path)

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        kind, _, number = (message.option_id or "").partition("-")
        at = int(number)
        self.leave(self._copies[at] if kind == "copy" else self._recent[at])

    @on(DirectoryTree.FileSelected)
    def _selected(self, message: DirectoryTree.FileSelected) -> None:
        message.stop()
        self.leave(str(message.path))


def _folder_of(path: str) -> str:
    folder, home = os.path.dirname(path), os.path.expanduser("~")
    return "~" + folder[len(home) :] if home != "/" and (folder + "/").startswith(home + "/") else folder


def _ago(when: float) -> str:
    seconds = max(0, int(time.time() - when))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if (count := seconds // size) > 0:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
