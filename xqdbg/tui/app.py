"""The app: wires themes, keymap and the screen together."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from textual.app import App, SystemCommand
from textual.screen import Screen

from xqdbg import resources
from xqdbg.errors import XqdbgError
from xqdbg.keymap import keymap as preset
from xqdbg.session import Session
from xqdbg.tui.face import keys_by_id, pane_keymap
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.code_pane import CodePane
from xqdbg.tui.panes.list_pane import ListPane
from xqdbg.tui.panes.matrix_pane import MatrixPane
from xqdbg.tui.screen import DebugScreen
from xqdbg.tui.theme import DEFAULT_THEME, load_themes, variable_defaults

SWITCH_SECONDS = 0.0005
"""How long the engine's thread may keep the interpreter from the one that draws."""


def user_themes() -> Path:
    """Where a user's own themes are."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "xqdbg" / "themes"


class XqdbgApp(App[None]):
    """The debugger in a terminal."""

    TITLE = "xqdbg"
    CSS_PATH = "xqdbg.tcss"
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        session: Session,
        theme: str | None = None,
        keymap: str = "gdb",
        theme_directories: Iterable[Path] | None = None,
    ) -> None:
        """Raises XqdbgError for a theme or keymap that does not exist."""
        super().__init__()
        self._session = session
        self._keys = preset(keymap)
        self._keys_by_id = keys_by_id(self._keys)
        directories = (resources.themes(), user_themes()) if theme_directories is None else theme_directories
        themes, self._theme_errors = load_themes(directories)
        for each in themes:
            self.register_theme(each)
        self._start_theme(theme)

    def _start_theme(self, name: str | None) -> None:
        if name is None:
            name = DEFAULT_THEME if DEFAULT_THEME in self.available_themes else "textual-dark"
        if name not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            raise XqdbgError(f"there is no theme {name[:40]!a}", f"there are {known}")
        self.theme = name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme.dark)

    def get_default_screen(self) -> Screen[None]:
        return DebugScreen(self._session, self._keys_by_id)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Textual's own that make sense here."""
        for command in super().get_system_commands(screen):
            if command.title == "Screenshot":
                yield command

    def on_mount(self) -> None:
        panes = (ListPane, CodePane, CellsPane, MatrixPane)
        self.set_keymap({**pane_keymap(self._keys_by_id, panes), **self._keys})
        if self._theme_errors:
            lines = "\n".join(error.message for error in self._theme_errors)
            self.notify(lines, title="Themes that cannot be used", severity="warning", markup=False, timeout=12)


def main(session: Session, theme: str | None = None, keymap: str = "gdb") -> int:
    """Debug a session in the terminal until the user leaves. Raises XqdbgError for an unknown theme or keymap."""
    app = XqdbgApp(session, theme, keymap)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(10_000, 20, 20)
    gc.freeze()  # modules and classes stay: a full collection walked them every few keys, for 30 ms
    app.run()
    return app.return_code or 0
