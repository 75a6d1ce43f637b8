"""The editor's pane mounted alone, on the language of the first machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.support.panes import run_pane
from tests.support.screens import tap, until
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.editing.document import Document
from xqdbg.editing.language import Language
from xqdbg.editing.recovery import Recovery
from xqdbg.tui.editor.pane import EditorPane

LOOPS = """PUSH 0
PUSH 3
RANGE           ; three times
  LVAL r1
NEXT
HALT
"""


class Desk:
    """An editor with a text in it, and a hand on the keys."""

    def __init__(self, pilot: Pilot[Any], pane: EditorPane) -> None:
        self.pilot, self.pane, self.area = pilot, pane, pane.area

    async def type(self, *keys: str) -> None:
        """Press keys, one after another; a text of several characters that is no key is typed out."""
        for key in keys:
            await tap(self.pilot, *([key] if _is_key(key) else key))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds."""
        await until(self.pilot, condition)

    async def examined(self) -> None:
        """Wait until it is known what is wrong with the text as it is."""
        await self.heard()
        await self.until(lambda: self.pane.is_examined)

    async def heard(self) -> None:
        """Wait until the pane has heard of the text as it is."""
        await self.until(lambda: self.pane.sheet.document.text == self.area.text)

    async def offered(self) -> list[str]:
        """Wait for completions, and tell which there are."""
        await self.until(lambda: self.pane._choices.display)
        return [each.text for each in self.pane._choices.all]

    def at(self, row: int, column: int) -> None:
        """Put the cursor somewhere, from 0."""
        self.area.move_cursor((row, column))

    @property
    def text(self) -> str:
        return self.area.text


def _is_key(key: str) -> bool:
    return len(key) == 1 or "+" in key or (key.islower() and key.replace("_", "").isalnum() and key in _KEYS)


_ARROWS = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown")
_KEYS = frozenset(
    {"enter", "tab", "escape", "backspace", "delete", "f2", "f3", "f4", "f5", "f8", "f9", "f12", *_ARROWS}
)


def edit(
    script: Callable[[Desk], Awaitable[None]],
    text: str | Document = LOOPS,
    size: tuple[int, int] = (80, 24),
    recovery: Recovery | None = None,
) -> Sequence[Any]:
    """Run a script against the editor; returns all messages, in order."""
    pane = EditorPane(recovery=recovery, id="editor")

    async def run(pilot: Pilot[Any]) -> None:
        pane.edit(text if isinstance(text, Document) else Document(text), Language(TOOLCHAIN))
        pane.focus()
        await pilot.pause()
        await script(Desk(pilot, pane))

    return run_pane(pane, run, size)


def messages(heard: Sequence[Any], kind: type[Any]) -> list[Any]:
    """Those of a kind."""
    return [message for message in heard if isinstance(message, kind)]


def written(folder: Path, text: str, name: str = "program.xqasm") -> str:
    """A file with a text; its path."""
    path = folder / name
    path.write_bytes(text.encode())
    return str(path)
