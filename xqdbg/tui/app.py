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
from textual.driver import Driver
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.theme import BUILTIN_THEMES

from vm.diagnostics import printable
from xqdbg import resources
from xqdbg.config import Config, Origin
from xqdbg.errors import XqdbgError
from xqdbg.keymap import Keymap, load_keymap
from xqdbg.keymap import keymap as preset
from xqdbg.session import Session
from xqdbg.tablefile import config_folder
from xqdbg.tui.bar import QuickBar
from xqdbg.tui.burst import Burst
from xqdbg.tui.face import ALL_COMMANDS
from xqdbg.tui.keyboard import Keyboard, PaneKeys
from xqdbg.tui.layouts import LAYOUTS, OwnLayouts, load_layouts
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.code_pane import CodePane
from xqdbg.tui.panes.drawer import DrawerPane
from xqdbg.tui.panes.list_pane import ListPane
from xqdbg.tui.panes.search import SearchedPane
from xqdbg.tui.panes.timeline_strip import TimelineStrip
from xqdbg.tui.panes.watches_pane import WatchesPane
from xqdbg.tui.preferences import Preferences
from xqdbg.tui.screen import DebugScreen
from xqdbg.tui.theme import DEFAULT_THEME, ThemeError, load_themes, theme_hint, variable_defaults
from xqdbg.tui.tidying import Tidying

SWITCH_SECONDS = 0.0005
"""How long the engine's thread may keep the interpreter from the one that draws."""


_PANES = ListPane, SearchedPane, CodePane, CellsPane, WatchesPane, DrawerPane, TimelineStrip
MOST_TOLD, TOLD_SECONDS = 8, 15
"""Lines of a notification about the user's own files, and how long it stays."""

SIGNALS = ("SIGTERM", "SIGHUP")
"""Signals that end the debugger as `q` does, with the exit code shells expect."""


class XqdbgApp(App[None]):
    """The debugger in a terminal."""

    TITLE = "xqdbg"
    CSS_PATH = "xqdbg.tcss"
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        session: Session,
        theme: str | None = None,
        keymap: str | None = None,
        theme_directories: Iterable[Path] | None = None,
        *,
        config: Config | None = None,
        folder: Path | None = None,
        layout: str = "",
        edited: str = "",
    ) -> None:
        """Take the user's settings, and the folder of their own keys and themes; without one they have none.

        `edited` is a file to begin with in the editor.

        Raises XqdbgError for a theme or keymap that does not exist.
        """
        super().__init__()
        self._session, self._edited = session, edited
        self._config = Config() if config is None else config
        self._keyboard = self._make_keyboard(keymap, folder)
        ScrollBar.renderer = QuickBar  # as its documentation has it
        self._burst = Burst(self._respond)
        self._tidying = Tidying()
        if theme_directories is None:
            theme_directories = (resources.themes(), *([] if folder is None else [folder / "themes"]))
        themes, self._theme_errors = load_themes(theme_directories)
        for each in themes:
            self.register_theme(each)
        self._start_theme(theme)
        insisted = bool(layout) or self._config.insisted("layout")
        self._own_layouts, self._layout_errors = _own_layouts(folder, layout or self._config.word("layout"), insisted)

    def _make_keyboard(self, name: str | None, folder: Path | None) -> Keyboard:
        config, panes = self._config, pane_keys()
        chosen = config.word("keymap") if name is None else name
        if folder is None:
            return Keyboard(Keymap(chosen, preset(chosen)), panes)
        insisted = name is not None or config.insisted("keymap")
        keymap = load_keymap(chosen, insisted=insisted, commands=ALL_COMMANDS, panes=panes, folder=folder)
        return Keyboard(keymap, panes)

    def _start_theme(self, name: str | None) -> None:
        """Wear the theme that was asked for. One that is not there is an error where it was asked for just now."""
        wanted = self._config.word("theme") if name is None else name
        insisted = name is not None or self._config.insisted("theme")
        if wanted not in self.available_themes:
            error = ThemeError(f"there is no theme {wanted[:40]!a}", theme_hint(wanted, self.available_themes))
            if insisted:
                raise error
            if self._config.origins["theme"] is not Origin.DEFAULT:
                self._theme_errors.append(error)
            wanted = DEFAULT_THEME if DEFAULT_THEME in self.available_themes else "textual-dark"
        self.theme = wanted

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme.dark)

    def get_default_screen(self) -> Screen[None]:
        return DebugScreen(self._session, self._keyboard, self._own_layouts, Preferences.of(self._config), self._edited)

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
        from xqdbg.tui.modals.command_palette import QuickPalette

        if self.use_command_palette and not isinstance(self.screen, CommandPalette) and not self._is_shut:
            self.push_screen(QuickPalette(id="--command-palette"))

    async def action_quit(self) -> None:
        screen = self.screen_stack[0]
        if isinstance(screen, DebugScreen):
            screen.leave()
        else:
            self.exit()

    def search_themes(self) -> None:
        """Let the user choose a theme by looking at it; ours come first."""
        from xqdbg.tui.modals.theme_chooser import ThemeChooser

        own = [name for name in self.available_themes if name not in BUILTIN_THEMES]
        others = [name for name in BUILTIN_THEMES if name in self.available_themes]
        self.push_screen(ThemeChooser(own, others))

    @property
    def _is_shut(self) -> bool:
        return isinstance(self.screen, DebugScreen) and self.screen.is_shut

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not self.screen_stack:
            return  # a key on its way when the last screen went
        if isinstance(event, events.InputEvent):
            self._tidying.put_off()
        if self._is_letter(event):
            return
        if not self._burst.hold(event, self.set_timer):
            await super().on_event(event)

    def _is_letter(self, event: events.Event) -> bool:
        """Whether a key was for the command that asked for one, before any pane could hear it."""
        screen = self.screen if isinstance(event, events.Key) and not event.is_forwarded else None
        return isinstance(event, events.Key) and isinstance(screen, DebugScreen) and screen.hear_letter(event)

    async def _respond(self, event: events.Event) -> None:
        if self._exit:
            return  # what was held back comes too late
        await super().on_event(event)

    def on_mount(self) -> None:
        self._heed_signals()
        self.set_keymap(self._keyboard.spelled)
        self._tell_once("Settings that cannot be used", self._config.problems)
        self._tell_once("Keys that cannot be used", self._keyboard.keymap.problems)
        self._tell_once("Keys that are hidden", self._keyboard.hidden)
        self._tell_once("Themes that cannot be used", [error.message for error in self._theme_errors])
        self._tell_once("Layouts that cannot be used", [error.message for error in self._layout_errors])

    def _tell_once(self, title: str, lines: Sequence[str]) -> None:
        """What the user's own files come to, if anything is wrong with them."""
        if lines:
            shown = [
                *map(printable, lines[:MOST_TOLD]),
                *([f"and {len(lines) - MOST_TOLD} more"] if len(lines) > MOST_TOLD else []),
            ]
            self.notify("\n".join(shown), title=title, severity="warning", markup=False, timeout=TOLD_SECONDS)

    def get_driver_class(self) -> type[Driver]:
        """The usual one; a terminal's is one that notices when the terminal is gone."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver
        from xqdbg.tui.terminal import TerminalDriver

        return TerminalDriver

    def terminal_gone(self) -> None:
        """End as on the signal that tells of it, which comes only to those whose controlling terminal it was."""
        self.exit(return_code=128 + int(getattr(signal, "SIGHUP", 1)))

    def _heed_signals(self) -> None:
        """Give the terminal back when somebody else ends the debugger, where one can hear of that."""
        loop = asyncio.get_running_loop()
        for number in (getattr(signal, name) for name in SIGNALS if hasattr(signal, name)):
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))


def _own_layouts(folder: Path | None, first: str, insisted: bool) -> tuple[OwnLayouts, list[XqdbgError]]:
    """The user's own layouts, and the one to begin with, which is an error where it was asked for just now."""
    file = None if folder is None else folder / "layouts.toml"
    layouts, errors = load_layouts(file) if file is not None else ({}, [])
    if first and first not in LAYOUTS and first not in layouts:
        error = XqdbgError(f"there is no layout {first[:40]!a}", f"there are {', '.join((*LAYOUTS, *layouts))}")
        if insisted:
            raise error
        first, errors = "", [*errors, error]
    return OwnLayouts(layouts, first, file), errors


def pane_keys() -> PaneKeys:
    """The keys of all panes that have keys of their own."""
    return PaneKeys(_PANES, _further_panes)


def _further_panes() -> Sequence[type[object]]:
    """Panes that are not in sight at first, or not on every machine."""
    from xqdbg.tui.panes.costs_pane import CostsPane
    from xqdbg.tui.panes.matrix_pane import MatrixPane
    from xqdbg.tui.panes.memory_pane import MemoryPane

    return CostsPane, MatrixPane, MemoryPane


def panes_with_keys() -> Sequence[type[object]]:
    """All of them."""
    return (*_PANES, *_further_panes())


def main(session: Session, config: Config | None = None, edited: str = "") -> int:
    """Debug a session in the terminal until the user leaves; `edited` is a file to begin with in the editor.

    Raises XqdbgError for an unknown theme or keymap.
    """
    config = Config() if config is None else config
    app = XqdbgApp(session, config=config, folder=config_folder(), edited=edited)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(10_000, 20, 20)
    gc.enable()
    gc.freeze()  # modules and classes stay: a full collection walked them every few keys, for 30 ms
    app.run(mouse=config.flag("mouse"))
    return app.return_code or 0
