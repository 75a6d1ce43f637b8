"""A field for the name of a file, completed by tab."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from xqdbg.editing.paths import common_start, path_completions

MOST_CHARACTERS = 4_096


class PathField(Input):
    """Completes names of folders and of files with some suffixes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", show=False),
        Binding("down", "app.focus_next", "To the lists", show=False),
        Binding("ctrl+u", "clear_all", "Clear", show=False),
    ]

    class Offered(Message):
        """Completion came to several names, or to none."""

        def __init__(self, names: Collection[str]) -> None:
            super().__init__()
            self.names = names

    def __init__(self, suffixes: Collection[str], value: str = "", hint: str = "") -> None:
        super().__init__(value, hint, compact=True, max_length=MOST_CHARACTERS, select_on_focus=False)
        self._suffixes = suffixes

    def action_complete(self) -> None:
        found = path_completions(self.value, self._suffixes)
        if found:
            common = common_start(found)
            self.value = common if len(common) > len(self.value) else self.value
            self.cursor_position = len(self.value)
        names = [os.path.basename(path.rstrip(os.sep)) for path in found] if len(found) != 1 else []
        self.post_message(self.Offered(names))

    def action_clear_all(self) -> None:
        self.value = ""
