"""The app: wires themes, keymap and the screen together."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from textual import events
from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.screen import Screen
from textual.theme import ThemeProvider

from vm.diagnostics import printable
from xqdbg import resources
from xqdbg.errors import XqdbgError
from xqdbg.keymap import keymap as preset
from xqdbg.session import Session
from xqdbg.tui.burst import Burst
from xqdbg.tui.face import keys_by_id, pane_keymap
from xqdbg.tui.layouts import LAYOUTS, OwnLayouts, load_layouts
from xqdbg.tui.modals.command_palette import QuickPalette
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.code_pane import CodePane
from xqdbg.tui.panes.drawer import DrawerPane
from xqdbg.tui.panes.list_pane import ListPane
from xqdbg.tui.panes.matrix_pane import MatrixPane
from xqdbg.tui.panes.search import SearchedPane
from xqdbg.tui.panes.timeline_strip import TimelineStrip
from xqdbg.tui.panes.watches_pane import WatchesPane
from xqdbg.tui.screen import DebugScreen
from xqdbg.tui.theme import DEFAULT_THEME, load_themes, theme_hint, variable_defaults

SWITCH_SECONDS = 0.0005
"""How long the engine's thread may keep the interpreter from the one that draws."""


SIGNALS = ("SIGTERM", "SIGHUP")
"""Signals that end the debugger as `q` does, with the exit code shells expect."""


def config_folder() -> Path:
    """Where a user's own themes and layouts are."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "xqdbg"


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
        layouts_file: Path | None = None,
        layout: str = "",
    ) -> None:
        """Raises XqdbgError for a theme or keymap that does not exist."""
        super().__init__()
        self._session = session
        self._keys = preset(keymap)
        self._keys_by_id = keys_by_id(self._keys)
        directories = (
            (resources.themes(), config_folder() / "themes") if theme_directories is None else theme_directories
        )
        themes, self._theme_errors = load_themes(directories)
        for each in themes:
            self.register_theme(each)
        self._start_theme(theme)
        self._own_layouts, self._layout_errors = _own_layouts(layouts_file, layout)
        self._burst = Burst(self._respond)

    def _start_theme(self, name: str | None) -> None:
        if name is None:
            name = DEFAULT_THEME if DEFAULT_THEME in self.available_themes else "textual-dark"
        if name not in self.available_themes:
            raise XqdbgError(f"there is no theme {name[:40]!a}", theme_hint(name, self.available_themes))
        self.theme = name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme.dark)

    def get_default_screen(self) -> Screen[None]:
        return DebugScreen(self._session, self._keys_by_id, self._own_layouts)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What Textual offers and makes sense here."""
        yield SystemCommand(
            "Screenshot",
            "Save an SVG of the screen in the current directory",
            lambda: self.set_timer(0.1, self.picture),
        )

    def picture(self) -> None:
        """Save an SVG of the screen, and tell where it is or why it is not."""
        try:
            path = self.save_screenshot()
        except OSError as error:
            self.notify(f"{os.getcwd()}: {error.strerror}", title="No screenshot", severity="error", markup=False)
        else:
            self.notify(printable(os.path.abspath(path)), title="Screenshot saved", markup=False)

    def action_command_palette(self) -> None:
        if self.use_command_palette and not isinstance(self.screen, CommandPalette) and not self._is_shut:
            self.push_screen(QuickPalette(id="--command-palette"))

    def search_themes(self) -> None:
        self.push_screen(QuickPalette(providers=[ThemeProvider], placeholder="Search for themes…"))

    @property
    def _is_shut(self) -> bool:
        return isinstance(self.screen, DebugScreen) and self.screen.is_shut

    async def on_event(self, event: events.Event) -> None:
        if self._is_letter(event):
            return
        if not self._burst.hold(event, self.set_timer):
            await super().on_event(event)

    def _is_letter(self, event: events.Event) -> bool:
        """Whether a key was for the command that asked for one, before any pane could hear it."""
        screen = self.screen if isinstance(event, events.Key) and not event.is_forwarded else None
        return isinstance(event, events.Key) and isinstance(screen, DebugScreen) and screen.hear_letter(event)

    async def _respond(self, event: events.Event) -> None:
        await super().on_event(event)

    def on_mount(self) -> None:
        self._heed_signals()
        panes = (ListPane, SearchedPane, CodePane, CellsPane, MatrixPane, WatchesPane, DrawerPane, TimelineStrip)
        self.set_keymap({**pane_keymap(self._keys_by_id, panes), **self._keys})
        self._complain("Themes that cannot be used", self._theme_errors)
        self._complain("Layouts that cannot be used", self._layout_errors)

    def _complain(self, title: str, errors: Sequence[XqdbgError]) -> None:
        """Tell once what is wrong with files of the user's own."""
        if errors:
            lines = "\n".join(error.message for error in errors)
            self.notify(lines, title=title, severity="warning", markup=False, timeout=12)

    def _heed_signals(self) -> None:
        """Give the terminal back when somebody else ends the debugger, where one can hear of that."""
        loop = asyncio.get_running_loop()
        for number in (getattr(signal, name) for name in SIGNALS if hasattr(signal, name)):
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))


def _own_layouts(file: Path | None, first: str) -> tuple[OwnLayouts, list[XqdbgError]]:
    layouts, errors = load_layouts(file) if file is not None else ({}, [])
    if first and first not in LAYOUTS and first not in layouts:
        raise XqdbgError(f"there is no layout {first[:40]!a}", f"there are {', '.join((*LAYOUTS, *layouts))}")
    return OwnLayouts(layouts, first, file), errors


def main(session: Session, theme: str | None = None, keymap: str = "gdb") -> int:
    """Debug a session in the terminal until the user leaves. Raises XqdbgError for an unknown theme or keymap."""
    app = XqdbgApp(session, theme, keymap, layouts_file=config_folder() / "layouts.toml")
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(10_000, 20, 20)
    gc.freeze()  # modules and classes stay: a full collection walked them every few keys, for 30 ms
    app.run()
    return app.return_code or 0
