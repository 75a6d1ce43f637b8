"""What the face obeys itself, without the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from textual.reactive import reactive
from textual.widget import Widget

from vm.assembler import suggest
from vm.contract import Shape
from vm.diagnostics import printable
from xqdbg.commands import Command
from xqdbg.commands.guide import about_topic, topic_named, worded
from xqdbg.errors import XqdbgError
from xqdbg.host import Host
from xqdbg.tui.arrangement import ArrangedScreen
from xqdbg.tui.face import ALL_COMMANDS, find_command, own_command
from xqdbg.tui.film import Film, Reel, frame, read_film
from xqdbg.tui.focus import Pointed, Pointing, pointed_in
from xqdbg.tui.hinting import FILM_HINTS, Hint, pane_hints, shown_hints
from xqdbg.tui.keyboard import Keyboard
from xqdbg.tui.layouts import LISTS, NO_LAYOUTS, OwnLayouts
from xqdbg.tui.pane_table import Makings
from xqdbg.tui.panes.conversing import within_repl
from xqdbg.tui.panes.memory_scene import NEXT
from xqdbg.tui.sheets import TABS
from xqdbg.tui.theme import theme_hint

LIST_NAMES: Mapping[str, str] = MappingProxyType({"breakpoints": "stops", "bookmarks": "marks"})
"""Other names of lists."""


MOST_COPY_TOLD = 24
"""Characters of what is copied that are told; more would be in the way of the hints."""

_LAYOUT_VERBS: Mapping[str, Callable[[ArrangedScreen, str], None]] = MappingProxyType(
    {
        "reset": lambda screen, _rest: screen.reset_layout(),
        "set": lambda screen, text: screen.set_layout(text),
        "save": lambda screen, name: screen.save_layout(name),
    }
)
"""What can be done with a layout, and by which word."""


class FacingScreen(ArrangedScreen):
    """Carries out the commands that are about the screen and not about the session."""

    running: reactive[int | None] = reactive(None, repaint=False)
    """Where a long command has come to; None while nothing runs for long."""

    filming: reactive[str] = reactive("", repaint=False)
    """What is told of the film that plays; empty while none does."""

    def __init__(self, keyboard: Keyboard, makings: Makings, own: OwnLayouts = NO_LAYOUTS) -> None:
        super().__init__(makings, own)
        self._keyboard = keyboard
        self._copied: tuple[tuple[str, str], int] = ("", ""), 0
        """What was copied last, and which of its forms comes next."""
        self._host: Host | None = None
        self._attended: Widget | None = None
        """What had the focus before the dialogue."""
        self.film = Film(self.set_interval, self.show_frame, self._film_told)

    def _film_told(self, text: str) -> None:
        self.filming = text

    @property
    def _keys(self) -> Mapping[str, Sequence[str]]:
        return self._keyboard.keys

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
        self.hint()

    def watch_filming(self, old: str, new: str) -> None:
        if bool(old) != bool(new):
            self.hint()

    def hint(self) -> None:
        """Have the bottom line hint at the keys that matter here and now."""
        if self.is_mounted:
            self.command_line.hint_at(self.wanted_hints())

    def wanted_hints(self) -> Sequence[Hint]:
        """Keys that matter here and now, most important first."""
        hints = pane_hints(self.focused, self._keyboard)
        return [*shown_hints(FILM_HINTS, self._keyboard), *hints] if self.film.playing else hints

    def obey_itself(self, id: str, argument: str) -> None:
        """Carry out one of the commands that need no engine."""
        self._VERBS[id](self, argument)

    def refuse(self, error: XqdbgError) -> None:
        """Tell that something cannot be done, and what can."""
        self.command_line.tell(error.message, self._makings.isa.worded(error.hint), error=True)

    def pause(self, _argument: str = "") -> None:
        """Pause what runs; with nothing running for long, leave the zoomed pane, then the drawer."""
        if self.film.playing:
            self.film.pause()
            return
        if self._host is not None and self._host.busy:
            self._host.pause()
        if self.running is None:
            if self.maximized is not None:
                self.minimize()
            elif self.drawer.is_open:
                self.close_drawer()
            else:
                self.app.clear_notifications()

    def open_command_line(self, text: str = "") -> None:
        """Let the user type a command, or go on with one."""
        self._focus_before = self.focused
        self.set_focus(self.command_line.open(text))

    def _show_help(self, argument: str) -> None:
        from xqdbg.tui.modals.help_keys import SECTIONS, section_of

        topic = topic_named(argument.lower()) if argument else None
        if topic is not None and (topic == argument.lower() or own_command(argument) is None):
            self._push_help(topic=about_topic(topic, self._makings.isa).title)
            return
        if argument.lower() in SECTIONS and own_command(argument) is None:
            self._push_help(pane=argument.lower())
            return
        try:
            only = find_command(argument)[0] if argument else None
        except XqdbgError as error:
            self.refuse(error)
        else:
            here = "timeline" if self.timeline.has_focus else section_of(self.tiles.pane_of(self.focused))
            self._push_help(only and worded(only, self._makings.isa), here=here)

    def _push_help(self, only: Command | None = None, topic: str = "", here: str = "", pane: str = "") -> None:
        from xqdbg.tui.modals.help import HelpModal  # not needed to begin with

        self.app.push_screen(HelpModal(ALL_COMMANDS, self._keys, only, topic, here, pane))

    def leave(self) -> None:
        """End the program."""
        self.app.exit()

    def _quit(self, _argument: str) -> None:
        self.leave()

    def _zoom(self, _argument: str) -> None:
        self.zoom()

    def _choose_layout(self, argument: str) -> None:
        """The next layout, the one that is named, or what is to be done with this one."""
        word, _, rest = argument.partition(" ")
        verb = _LAYOUT_VERBS.get(word)
        try:
            if not argument:
                self.cycle_layout()
            elif verb is not None:
                verb(self, rest.strip())
            elif argument in self.layouts:
                self.choose_layout(argument)
            else:
                raise XqdbgError(f"there is no layout {argument[:40]!a}", f"there are {', '.join(self.layouts)}")
        except XqdbgError as error:
            self.refuse(error)
            return
        large = " and ".join(shape.value for shape in Shape if shape in self._makings.shapes)
        about = self.layouts[self.layout_name].about.replace("{large}", large)
        if absent := self.absent_from(self.layout_name):
            about += f", without {', '.join(map(printable, absent))}, which this machine does not have"
        told = str(self.tree_of(self.layout_name)) if word == "set" else about
        self.command_line.tell(f"layout {self.layout_name}: {told}")

    def _on_pane(self, argument: str, do: Callable[[str], None]) -> None:
        """Do something to a pane, the one in focus if none is named."""
        pane = argument.lower() or self.tiles.pane_of(self.focused)
        try:
            if pane not in self.kinds:
                near = suggest(pane, self.kinds)
                raise XqdbgError(
                    f"there is no pane {argument[:40]!a}" if pane else "no pane has the focus",
                    f"did you mean {near}?" if near else f"such as {', '.join(list(self.kinds)[:4])}; ? lists all",
                )
            do(pane)
        except XqdbgError as error:
            self.refuse(error)

    def _show_pane(self, argument: str) -> None:
        self._on_pane(argument, self.look_at)

    def _hide_pane(self, argument: str) -> None:
        self._on_pane(argument, lambda pane: self.close_drawer() if pane == LISTS else self.hide_pane(pane))

    def _swap_panes(self, argument: str) -> None:
        other, _, one = argument.partition(" ")
        self._on_pane(one.strip(), lambda first: self._on_pane(other or "?", lambda pane: self.swap_panes(first, pane)))

    def _enlarge(self, direction: str) -> Callable[[str], None]:
        def enlarge(argument: str) -> None:
            if argument and not (argument.isdecimal() and len(argument) < 4):
                self.refuse(XqdbgError(f"{argument[:20]!a} is no number of cells"))
                return
            try:
                self.enlarge_pane(direction, int(argument or 1))
            except XqdbgError as error:
                self.refuse(error)

        return enlarge

    def _follow(self, name: str) -> None:
        """Keep in view where a value points, or what is next; without a name, or with off, no longer."""
        name = "" if name.lower() == "off" else name
        if Shape.MEMORY not in self._makings.shapes:
            self.refuse(XqdbgError("there is no memory to be followed in", "this machine has none with addresses"))
        elif name and name not in (NEXT, *self.pointers):
            hint = f"such as {', '.join((NEXT, *self.pointers[:3]))}"
            self.refuse(XqdbgError(f"{name[:40]!a} is no value that could point anywhere", hint))
        else:
            self.memory_pane.follow(name)
            self.look_at(Shape.MEMORY.value)

    @property
    def pointers(self) -> Sequence[str]:
        """Names of what holds a number now, and so could point somewhere."""
        raise NotImplementedError

    def _choose_theme(self, name: str) -> None:
        if not name:
            self.app.search_themes()
        elif name in self.app.available_themes:
            self.app.theme = name
        else:
            self.refuse(XqdbgError(f"there is no theme {name[:40]!r}", theme_hint(name, self.app.available_themes)))

    def _bind(self, argument: str) -> None:
        """Give a key to a command; what had it before has it no more. Without a key, tell which there are."""
        if not argument:
            text = f"keys, by what can stand behind bind KEY\n{self._keyboard.listed()}"
            self._push_help(topic=text)
            return
        try:
            keyboard, told = self._keyboard.bound(argument)
        except XqdbgError as error:
            self.refuse(error)
            return
        self._keyboard = keyboard
        self.app.set_keymap(keyboard.spelled)
        self.hint()
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

    def _play(self, argument: str) -> None:
        """Play or pause; with an argument, play like that."""
        film = self.film
        try:
            reel = read_film(argument, film.reel)
        except XqdbgError as error:
            self.refuse(error)
            return
        if reel is None or (film.playing and not argument):
            film.pause()
        else:
            film.play(reel)

    def show_frame(self, reel: Reel) -> None:
        """Show a frame of the film, unless the engine is not ready for it."""
        if self._host is not None and not self._host.busy:
            followed = next((name for pane in self.large_panes if (name := pane.followed)), "")
            self._host.submit(frame(reel, followed))

    def action_film_speed(self, steps: int) -> None:
        self.film.play(self.film.reel.faster(steps))

    def _show_repl(self, _argument: str) -> None:
        """Go to the dialogue; typed in it, put it away."""
        self.hide_repl() if within_repl(self.focused) else self._show_pane("repl")

    def hide_repl(self) -> None:
        """Put the dialogue away."""
        self._focus_again(self.code_pane)
        self._hide_pane("repl")

    def leave_repl(self) -> None:
        """Give the focus back; what was said stays in sight."""
        if self.maximized is not None:
            self.minimize()
        self._focus_again(self.code_pane)

    def _copy(self, _argument: str) -> None:
        if selected := self.get_selected_text():
            self.app.copy_to_clipboard(selected)
            self.command_line.tell("copied what is selected")
            return
        pointed = pointed_in(self.attended)
        if pointed is None or not pointed.text:
            self.refuse(XqdbgError("there is nothing to copy under the cursor"))
            return
        form, text = self._form(pointed)
        self.app.copy_to_clipboard(text)
        told = f"copied {pointed.name}" + (f" as {form}" if form else "")
        if len(text) <= MOST_COPY_TOLD and text.isprintable() and text:
            told += f": {text}"
        self.command_line.tell(told, self._copy_hint(pointed))

    def _form(self, pointed: Pointed) -> tuple[str, str]:
        """What to copy, and the name of its form: another one each time the same thing is copied again."""
        thing, at = (pointed.name, pointed.text), self._copied[1]
        at = (at + 1) % len(pointed.forms) if pointed.forms and thing == self._copied[0] else 0
        self._copied = thing, at
        return pointed.forms[at] if at else ("", pointed.text)

    def _copy_hint(self, pointed: Pointed) -> str:
        """What copying it again would give."""
        if len(pointed.forms) < 2:
            return ""
        return f"again for {pointed.forms[(self._copied[1] + 1) % len(pointed.forms)][0]}"

    _VERBS: ClassVar[Mapping[str, Callable[[FacingScreen, str], None]]] = {
        "ui.pause": pause,
        "ui.command": open_command_line,
        "ui.help": _show_help,
        "ui.quit": _quit,
        "ui.zoom": _zoom,
        "ui.layout": _choose_layout,
        "ui.pane": _show_pane,
        "ui.hide": _hide_pane,
        "ui.swap": _swap_panes,
        "ui.wider": lambda self, argument: self._enlarge("wider")(argument),
        "ui.narrower": lambda self, argument: self._enlarge("narrower")(argument),
        "ui.taller": lambda self, argument: self._enlarge("taller")(argument),
        "ui.shorter": lambda self, argument: self._enlarge("shorter")(argument),
        "ui.theme": _choose_theme,
        "ui.follow": _follow,
        "ui.bind": _bind,
        "ui.lists": _show_lists,
        "ui.copy": _copy,
        "ui.repl": _show_repl,
        "ui.film": _play,
    }
