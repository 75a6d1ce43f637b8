"""The debugger's screen: composition and message flow. Commands go up, moments come down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from vm.contract import Frame
from xqdbg.commands import Command, Request
from xqdbg.errors import XqdbgError
from xqdbg.host import Host, Job
from xqdbg.moment import Moment
from xqdbg.session import Session
from xqdbg.tui.face import ALL_COMMANDS, bindings, completions, find_command, hints
from xqdbg.tui.listing import shown
from xqdbg.tui.modals.help import HelpModal
from xqdbg.tui.palette import CommandProvider
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.code_pane import CodePane
from xqdbg.tui.panes.command_line import CommandLine
from xqdbg.tui.panes.fault_panel import FaultPanel
from xqdbg.tui.panes.matrix_pane import MatrixPane
from xqdbg.tui.panes.size_notice import LEAST_COLUMNS, LEAST_ROWS, SizeNotice
from xqdbg.tui.panes.state_panel import StatePanel
from xqdbg.tui.panes.status_line import StatusLine
from xqdbg.tui.theme import theme_hint

MOST_DIGITS = 15
"""Digits a count may have."""


class Arrived(Message):
    """The engine has come to a new moment."""

    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self.moment = moment

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Arrived)


class Progressed(Message):
    """A long command has come this far."""

    def __init__(self, tick: int) -> None:
        super().__init__()
        self.tick = tick

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Progressed)


class Failed(Message):
    """A command could not be obeyed."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class DebugScreen(Screen[None]):
    """Binds one session to the panes."""

    COMMANDS = {CommandProvider}  # noqa: RUF012  Textual's name and type
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  Textual's name and type
        (0, "-tiny"),
        (80, "-narrow"),
        (100, "-mid"),
        (120, "-wide"),
        (170, "-vast"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (24, "-short"), (38, "-tall")]  # noqa: RUF012
    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS = "CodePane"
    ALLOW_IN_MAXIMIZED_VIEW = "StatusLine, CommandLine"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(),
        *(Binding(digit, f"count_digit('{digit}')", show=False) for digit in "0123456789"),
        *(Binding(f"alt+{number}", f"focus_pane({number})", show=False) for number in range(1, 10)),
        Binding("tab", "cycle_focus(1)", "Next pane", show=False),
        Binding("shift+tab", "cycle_focus(-1)", "Previous pane", show=False),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)
    running: reactive[int | None] = reactive(None, repaint=False)
    """Where a long command has come to; None while nothing runs for long."""
    count: reactive[str] = reactive("", repaint=False)

    code_pane = getters.query_one(CodePane)
    matrix_pane = getters.query_one(MatrixPane)
    command_line = getters.query_one(CommandLine)

    def __init__(self, session: Session, keys: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._session = session
        self._keys = keys
        self._host: Host | None = None
        self._layout_choice = "auto"
        self._focus_before: Widget | None = None
        self.is_shut = False
        """Whether the terminal is too small to debug in."""
        self._focus_shut: Widget | None = None
        self._looked_at = ""
        """The region whose window comes with every moment."""
        self.set_reactive(DebugScreen.moment, session.moment)

    @property
    def command_keys(self) -> Mapping[str, Sequence[str]]:
        """Keys by command id, as the keymap at hand has them."""
        return self._keys

    # -- composition --------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        session = self._session
        lines = {line.pc: line.source_line for line in session.code}
        with Horizontal(id="body"):
            with Vertical(id="left"):
                code = CodePane(session.isa, session.code, session.source, id="code")
                yield code.data_bind(DebugScreen.moment)
                yield FaultPanel(id="fault").data_bind(DebugScreen.moment)
            with Vertical(id="right"):
                yield StatePanel(session.views, id="state")
                yield MatrixPane(id="matrix").data_bind(DebugScreen.moment)
        status = StatusLine(lines, id="status")
        yield status.data_bind(DebugScreen.moment, DebugScreen.running, DebugScreen.count)
        yield CommandLine(self._complete, hints(self._keys), id="command").data_bind(DebugScreen.moment)
        yield SizeNotice(id="size-notice")

    def on_mount(self) -> None:
        for pane in self.query(CellsPane):
            pane.data_bind(DebugScreen.moment)
        self._title_panes()
        self._host = Host(
            self._session,
            arrived=lambda moment: self.post_message(Arrived(moment)),
            failed=lambda error: self.post_message(Failed(error)),
            progress=lambda tick: self.post_message(Progressed(tick)),
        )

    def on_resize(self, event: events.Resize) -> None:
        """Shut the debugger while the terminal is too small; afterwards all is as it was."""
        small = event.size.width < LEAST_COLUMNS or event.size.height < LEAST_ROWS
        if small and not self.is_shut:
            self.is_shut, self._focus_shut = True, self.focused
            self.set_focus(None)
        elif not small and self.is_shut:
            self.call_after_refresh(self._reopen)

    def _reopen(self) -> None:
        if self.size.width >= LEAST_COLUMNS and self.size.height >= LEAST_ROWS:
            self.is_shut = False
            self._focus_again(self._focus_shut)

    def _focus_again(self, target: Widget | None) -> None:
        self.set_focus(target if target is not None and target.is_attached and target.display else self.code_pane)

    def on_unmount(self) -> None:
        if self._host is not None:
            self._host.close()

    def _title_panes(self) -> None:
        name = self._session.name
        titles = [f"Code  {shown(name)}" if name else "Code", *(pane.title for pane in self.query(CellsPane)), "Matrix"]
        for number, (pane, title) in enumerate(zip(self._panes(), titles, strict=True), 1):
            pane.border_title = Content.assemble((f"{number} ", "not bold $xq-quiet"), title)

    # -- commands up --------------------------------------------------------------------------------------------------

    def submit(self, job: Job) -> None:
        """Have the engine do something. A command that visibly runs on gives way; short ones are queued."""
        if self._host is not None:
            self._host.submit(job, interrupt=self.running is not None)

    def obey(self, command: Command, argument: str = "") -> None:
        """Carry out a command, with the count that was typed before it."""
        count = self.take_count()
        if command.run is None:
            if argument and command.usage == command.word:
                self.command_line.tell(
                    f"{argument[:40]!a} is not understood here", "this command takes no argument", error=True
                )
            else:
                self._FACE[command.id](self, argument)
            return
        run, cursor = command.run, self._cursor()
        self.submit(
            lambda session, cancelled, tell: run(session, Request(argument, count, cursor(session), cancelled, tell))
        )

    def _cursor(self) -> Callable[[Session], int | None]:
        """The address under the cursor when the command's turn comes.

        A cursor that rests where the machine stood then goes along with the commands that are still waiting.
        """
        there, stood = self.code_pane.cursor_pc, self.code_pane.pc_under_cursor
        return lambda session: there if stood in (None, session.moment.pc) else session.moment.pc

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a command is typed, its characters are no keys; what cannot be seen cannot be steered, only left."""
        if self.is_shut and parameters != ("ui.quit",):
            return False
        if action == "obey" and parameters == ("ui.command",):
            return not self.command_line.is_open
        return super().check_action(action, parameters)

    def action_obey(self, id: str) -> None:
        self.obey(next(command for command in ALL_COMMANDS if command.id == id))

    def action_count_digit(self, digit: str) -> None:
        self.count = ((self.count + digit).lstrip("0") or "0")[:MOST_DIGITS]

    def take_count(self) -> int | None:
        """The count that was typed, which is used up with that; None if there is none."""
        count, self.count = int(self.count) if self.count else None, ""
        return count

    @on(CommandLine.Submitted)
    def _command_given(self, message: CommandLine.Submitted) -> None:
        try:
            command, argument = find_command(message.line)
        except XqdbgError as error:
            self.command_line.tell(error.message, error.hint, error=True)
            return
        self.command_line.close(ran=message.line)
        self.obey(command, argument)

    @on(CommandLine.Closed)
    def _command_line_closed(self) -> None:
        self._focus_again(self._focus_before)

    def _complete(self, line: str) -> Sequence[str]:
        return completions(line, [view.id for view in self._session.views], sorted(self.app.available_themes))

    @on(CodePane.BreakpointToggled)
    def _breakpoint_toggled(self, message: CodePane.BreakpointToggled) -> None:
        self.submit(lambda session, _cancelled, _tell: session.toggle(message.pc))

    @on(MatrixPane.WindowWanted)
    def _window_wanted(self, message: MatrixPane.WindowWanted) -> None:
        before, self._looked_at = self._looked_at, message.region
        if self._host is not None:
            self._host.submit(lambda session, _cancelled, _tell: _look(session, before, message.region, message.frame))

    @on(CellsPane.CellSelected)
    def _cell_selected(self, message: CellsPane.CellSelected) -> None:
        if self.moment is not None and any(region.name == message.name for region in self.moment.regions):
            self.matrix_pane.show(message.name)
            if not self.matrix_pane.display:
                self._choose_layout("matrix")

    @on(CellsPane.ValueCopied)
    def _value_copied(self, message: CellsPane.ValueCopied) -> None:
        self.app.copy_to_clipboard(message.text)
        self.command_line.tell(f"copied {message.name}")

    # -- moments down -------------------------------------------------------------------------------------------------

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        if self._host is None or not self._host.busy:
            self.running = None
        with self.app.batch_update():
            self.moment = message.moment

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        if self._host is not None and self._host.busy:
            if self.running is None:
                self.command_line.tell("running", "ctrl+c pauses")
            self.running = message.tick

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self.running = None
        if not isinstance(message.error, XqdbgError):
            raise message.error  # a bug: Textual ends the program with its traceback
        self.command_line.tell(message.error.message, message.error.hint, error=True)

    # -- what the face obeys itself -----------------------------------------------------------------------------------

    def _pause(self, _argument: str) -> None:
        """Pause what runs; with nothing running for long, leave the zoomed pane."""
        if self._host is not None and self._host.busy:
            self._host.pause()
        if self.running is None and self.maximized is not None:
            self.minimize()

    def _open_command_line(self, text: str) -> None:
        self._focus_before = self.focused
        self.set_focus(self.command_line.open(text))

    def _show_help(self, argument: str) -> None:
        only = None
        if argument:
            try:
                only, _ = find_command(argument)
            except XqdbgError as error:
                self.command_line.tell(error.message, error.hint, error=True)
                return
        self.app.push_screen(HelpModal(ALL_COMMANDS, self._keys, only))

    def _quit(self, _argument: str) -> None:
        self.app.exit()

    def _zoom(self, _argument: str) -> None:
        if self.maximized is not None:
            self.minimize()
        elif self.focused is not None:
            self.maximize(self.focused, container=False)

    def _choose_theme(self, name: str) -> None:
        if not name:
            self.app.search_themes()
        elif name in self.app.available_themes:
            self.app.theme = name
        else:
            hint = theme_hint(name, self.app.available_themes)
            self.command_line.tell(f"there is no theme {name[:40]!r}", hint, error=True)

    @property
    def is_roomy(self) -> bool:
        """Whether state and matrix both have room."""
        return self.size.width >= 100 and self.size.height >= 38

    def _cycle_layout(self, _argument: str) -> None:
        choices = ["auto", "state", "matrix"] if self.is_roomy else ["auto", "matrix"]
        at = choices.index(self._layout_choice) if self._layout_choice in choices else 0
        self._choose_layout(choices[(at + 1) % len(choices)])

    def _choose_layout(self, choice: str) -> None:
        self._layout_choice = choice
        self.set_class(choice == "matrix", "-only-matrix")
        self.set_class(choice == "state", "-only-state")
        if self.focused is None or not all(node.display for node in self.focused.ancestors_with_self):
            self.code_pane.focus()

    _FACE: ClassVar[Mapping[str, Callable[[DebugScreen, str], None]]] = {
        "ui.pause": _pause,
        "ui.command": _open_command_line,
        "ui.help": _show_help,
        "ui.quit": _quit,
        "ui.zoom": _zoom,
        "ui.layout": _cycle_layout,
        "ui.theme": _choose_theme,
    }

    # -- focus --------------------------------------------------------------------------------------------------------

    def _panes(self) -> list[Widget]:
        """The panes that can have the focus, in the order of their numbers; those out of sight keep theirs."""
        return [self.code_pane, *self.query(CellsPane), self.matrix_pane]

    def action_cycle_focus(self, by: int) -> None:
        """To the next pane, or to the one whose number was typed."""
        number = self.take_count()
        if number is not None:
            self.action_focus_pane(number)
        elif by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_focus_pane(self, number: int) -> None:
        panes = self._panes()
        if not 1 <= number <= len(panes):
            self.command_line.tell(f"there is no pane {number}", f"there are 1 to {len(panes)}", error=True)
            return
        pane = panes[number - 1]
        try:
            hidden = not pane.is_on_screen
        except NoMatches:
            hidden = True
        if hidden and not self.is_roomy:
            self._choose_layout("matrix" if pane is self.matrix_pane else "auto")
        pane.focus()


def _look(session: Session, before: str, region: str, frame: Frame) -> Moment:
    """Look at a region instead of the one before: each window that is kept is made anew with every moment."""
    if before != region:
        session.unlook(before)
    return session.look(region, frame)
