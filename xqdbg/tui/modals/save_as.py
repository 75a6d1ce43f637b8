"""Under which name to save a text."""

from __future__ import annotations

import os
from collections.abc import Collection

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.editing.paths import full_path
from xqdbg.tui.modals.frame import Dialog
from xqdbg.tui.modals.path_field import PathField


@dataclass(frozen=True, slots=True)
class Target:
    """Where to save a text."""

    path: str
    overwrites: bool
    """Whether the user knows that there is a file already, and does not want it."""


class SaveAsModal(Dialog[Target]):
    """Asks for a path. One that is taken has to be given twice."""

    DEFAULT_CSS = """
    SaveAsModal > .dialog { width: 76; max-width: 94%; }
    SaveAsModal .dialog--note { height: auto; min-height: 1; }
    """

    def __init__(self, suffixes: Collection[str], suggestion: str = "", note: str = "") -> None:
        super().__init__()
        self._suffixes, self._suggestion, self._first_note = suffixes, suggestion, note
        self._warned_of = ""
        """The path of which the user knows that it is taken."""

    def compose(self) -> ComposeResult:
        with self.framed("save as", "tab completes · enter saves · esc leaves"):
            yield PathField(self._suffixes, self._suggestion, hint="the name of the file")
            yield Static("", classes="dialog--note", markup=False)

    def on_mount(self) -> None:
        self.query_one(PathField).focus()
        self._say(self._first_note)

    def _say(self, text: str, *, error: bool = False) -> None:
        styled = Content.styled(printable(text), "$xq-fault" if error else "$xq-quiet")
        self.query_one(".dialog--note", Static).update(styled)

    @on(PathField.Offered)
    def _offered(self, message: PathField.Offered) -> None:
        message.stop()
        self._say("  ".join(message.names))

    @on(Input.Submitted)
    def _named(self, message: Input.Submitted) -> None:
        message.stop()
        path = full_path(message.value)
        if path and not os.path.splitext(path)[1] and not os.path.isdir(path):
            path += next(iter(self._suffixes), "")
        if not path:
            self._say("the name is missing", error=True)
        elif os.path.isdir(path):
            self._say(f"{path} is a folder: name a file in it", error=True)
        elif not os.path.isdir(os.path.dirname(path) or "."):
            self._say(f"there is no folder {os.path.dirname(path)}", error=True)
        elif os.path.lexists(path) and path != self._warned_of:
            self._warned_of = path
            self._say(f"{path} is there already; enter once more overwrites it", error=True)
        else:
            self.leave(Target(path, overwrites=path == self._warned_of))
