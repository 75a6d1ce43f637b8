"""What the face obeys itself, without the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from textual.reactive import reactive
from textual.widget import Widget

from xqdbg.commands.guide import about_topic, topic_named
from xqdbg.errors import XqdbgError
from xqdbg.host import Host
from xqdbg.tui.arrangement import ArrangedScreen
from xqdbg.tui.face import ALL_COMMANDS, find_command
from xqdbg.tui.focus import Pointing, pointed_in
from xqdbg.tui.modals.help import HelpModal
from xqdbg.tui.panes.repl_pane import ReplPane, within_repl
from xqdbg.tui.sheets import TABS
from xqdbg.tui.theme import theme_hint

LIST_NAMES: Mapping[str, str] = MappingProxyType({"breakpoints": "stops", "bookmarks": "marks"})
"""Other names of lists."""


class FacingScreen(ArrangedScreen):
    """Carries out the commands that are about the screen and not about the session."""

    running: reactive[int | None] = reactive(None, repaint=False)
    """Where a long command has come to; None while nothing runs for long."""

    def __init__(self, keys: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._keys = keys
        self._host: Host | None = None
        self._attended: Widget | None = None
        """What had the focus before the dialogue."""

    @property
    def command_keys(self) -> Mapping[str, Sequence[str]]:
        """Keys by command id, as the keymap at hand has them."""
        return self._keys

    @property
    def attended(self) -> Widget | None:
        """What the user looks at: the pane in focus, or, while something is typed in the dialogue, the one before."""
        before = self._attended
        return before if within_repl(self.focused) and before is not None and before.is_attached else self.focused

    def watch_focused(self, old: Widget | None, new: Widget | None) -> None:
        pane: object = old
        if within_repl(new) and not within_repl(old) and isinstance(pane, Pointing):
            self._attended = old

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

    def _show_lists(self, name: str) -> None:
        """Open the lists, at the one that is named; without a name, close them if they are in focus."""
        tab = LIST_NAMES.get(name.lower(), name.lower())
        if tab and tab not in TABS:
            self.refuse(XqdbgError(f"there is no list {name[:40]!a}", f"there are {', '.join(TABS)}"))
        elif not tab and self.drawer.is_open and self.drawer.has_focus:
            self.close_drawer()
        else:
            self.open_lists(tab)

    def _show_repl(self, _argument: str) -> None:
        """Open the dialogue; close it, if it is what has the focus."""
        repl = self.query_one(ReplPane)
        if within_repl(self.focused):
            self.leave_repl()
            repl.display = False
        else:
            repl.display = True
            repl.focus()

    def leave_repl(self) -> None:
        """Give the focus back; what was said stays in sight."""
        self._focus_again(self.code_pane)

    def _copy(self, _argument: str) -> None:
        pointed = pointed_in(self.attended)
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
        "ui.lists": _show_lists,
        "ui.copy": _copy,
        "ui.repl": _show_repl,
    }
