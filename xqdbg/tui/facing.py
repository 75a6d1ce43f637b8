"""What the face obeys itself, without the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from textual.reactive import reactive

from xqdbg.commands.guide import about_topic, topic_named
from xqdbg.errors import XqdbgError
from xqdbg.host import Host
from xqdbg.tui.arrangement import ArrangedScreen
from xqdbg.tui.face import ALL_COMMANDS, find_command, hints
from xqdbg.tui.focus import pointed_in
from xqdbg.tui.keyboard import Keyboard
from xqdbg.tui.modals.help import HelpModal
from xqdbg.tui.sheets import TABS
from xqdbg.tui.theme import theme_hint

LIST_NAMES: Mapping[str, str] = MappingProxyType({"breakpoints": "stops", "bookmarks": "marks"})
"""Other names of lists."""


class FacingScreen(ArrangedScreen):
    """Carries out the commands that are about the screen and not about the session."""

    running: reactive[int | None] = reactive(None, repaint=False)
    """Where a long command has come to; None while nothing runs for long."""

    def __init__(self, keyboard: Keyboard) -> None:
        super().__init__()
        self._keyboard = keyboard
        self._host: Host | None = None

    @property
    def _keys(self) -> Mapping[str, Sequence[str]]:
        return self._keyboard.keys

    @property
    def command_keys(self) -> Mapping[str, Sequence[str]]:
        """Keys by command id, as the keymap at hand has them."""
        return self._keys

    def obey_itself(self, id: str, argument: str) -> None:
        """Carry out one of the commands that need no engine."""
        self._VERBS[id](self, argument)

    def refuse(self, error: XqdbgError) -> None:
        """Tell that something cannot be done, and what can."""
        self.command_line.tell(error.message, error.hint, error=True)

    def pause(self, _argument: str = "") -> None:
        """Pause what runs; with nothing running for long, leave the zoomed pane, then the drawer."""
        if self._host is not None and self._host.busy:
            self._host.pause()
        if self.running is None:
            if self.maximized is not None:
                self.minimize()
            elif self.drawer.is_open:
                self.close_drawer()

    def open_command_line(self, text: str = "") -> None:
        """Let the user type a command, or go on with one."""
        self._focus_before = self.focused
        self.set_focus(self.command_line.open(text))

    def _show_help(self, argument: str) -> None:
        topic = topic_named(argument.lower()) if argument else None
        if topic is not None:
            self.app.push_screen(HelpModal(ALL_COMMANDS, self._keys, topic=about_topic(topic).title))
            return
        try:
            only = find_command(argument)[0] if argument else None
        except XqdbgError as error:
            self.refuse(error)
        else:
            self.app.push_screen(HelpModal(ALL_COMMANDS, self._keys, only))

    def _quit(self, _argument: str) -> None:
        self.app.exit()

    def _zoom(self, _argument: str) -> None:
        self.zoom()

    def _cycle_layout(self, _argument: str) -> None:
        self.cycle_layout()

    def _choose_theme(self, name: str) -> None:
        if not name:
            self.app.search_themes()
        elif name in self.app.available_themes:
            self.app.theme = name
        else:
            self.refuse(XqdbgError(f"there is no theme {name[:40]!r}", theme_hint(name, self.app.available_themes)))

    def _bind(self, argument: str) -> None:
        """Give a key to a command; what had it before has it no more."""
        try:
            keyboard, told = self._keyboard.bound(argument)
        except XqdbgError as error:
            self.refuse(error)
            return
        self._keyboard = keyboard
        self.app.set_keymap(keyboard.spelled)
        self.command_line.hint_at(hints(keyboard.keys))
        self.command_line.tell(told)

    def _show_lists(self, name: str) -> None:
        """Open the lists, at the one that is named; without a name, close them if they are in focus."""
        tab = LIST_NAMES.get(name.lower(), name.lower())
        if tab and tab not in TABS:
            self.refuse(XqdbgError(f"there is no list {name[:40]!a}", f"there are {', '.join(TABS)}"))
        elif not tab and self.drawer.is_open and self.drawer.has_focus:
            self.close_drawer()
        else:
            self.open_lists(tab)

    def _copy(self, _argument: str) -> None:
        pointed = pointed_in(self.focused)
        if pointed is None or not pointed.text:
            self.refuse(XqdbgError("there is nothing to copy under the cursor"))
            return
        self.app.copy_to_clipboard(pointed.text)
        self.command_line.tell(f"copied {pointed.name}")

    _VERBS: ClassVar[Mapping[str, Callable[[FacingScreen, str], None]]] = {
        "ui.pause": pause,
        "ui.command": open_command_line,
        "ui.help": _show_help,
        "ui.quit": _quit,
        "ui.zoom": _zoom,
        "ui.layout": _cycle_layout,
        "ui.theme": _choose_theme,
        "ui.bind": _bind,
        "ui.lists": _show_lists,
        "ui.copy": _copy,
    }
