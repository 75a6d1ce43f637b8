"""The debugger's screen: composition and message flow. Commands go up, moments come down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widget import Widget

from xqdbg.answer import Answer
from xqdbg.commands import Command, CommandError, Known, read, statements
from xqdbg.errors import XqdbgError
from xqdbg.host import Host, Job
from xqdbg.moment import Moment
from xqdbg.patience import Patience
from xqdbg.session import Session
from xqdbg.tui import focus
from xqdbg.tui.face import ALL_COMMANDS, FIRST_KEYS, bindings, completions, hints, own_command
from xqdbg.tui.facing import FacingScreen
from xqdbg.tui.latest import Latest
from xqdbg.tui.layouts import NO_LAYOUTS, OwnLayouts
from xqdbg.tui.messages import Arrived, Failed, LeaveWanted, Progressed, Streamed
from xqdbg.tui.palette import CommandProvider
from xqdbg.tui.pane_table import Makings
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.code_pane import CodePane
from xqdbg.tui.panes.command_line import CommandLine
from xqdbg.tui.panes.drawer import DrawerPane
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.matrix_modes import VIEWER as MATRIX
from xqdbg.tui.panes.matrix_pane import MatrixPane
from xqdbg.tui.panes.search import is_typing
from xqdbg.tui.panes.size_notice import SizeNotice
from xqdbg.tui.panes.status_line import StatusLine
from xqdbg.tui.panes.timeline_strip import TimelineStrip
from xqdbg.tui.sheets import deserves_room
from xqdbg.tui.talk import Cursor, Rejected, Talk
from xqdbg.tui.tiles import Tiles

MOST_DIGITS = 15
"""Digits a count may have."""

LETTERS: Mapping[str, tuple[Callable[[str], str], str]] = MappingProxyType(
    {
        "ui.mark": (focus.mark_line, "bookmark this moment as which letter?"),
        "ui.marked": (focus.marked_line, "go to the bookmark of which letter?"),
    }
)
"""Commands that take one more key, what they make of it, and how they ask for it."""


class DebugScreen(FacingScreen):
    """Binds one session to the panes."""

    COMMANDS = {CommandProvider}  # noqa: RUF012  Textual's name and type
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(),
        *(Binding(digit, f"count_digit('{digit}')", show=False) for digit in "0123456789"),
        *(Binding(f"alt+{number}", f"focus_pane({number})", show=False) for number in range(10)),
        Binding("plus", "film_speed(1)", "Faster", show=False, priority=True),
        Binding("minus", "film_speed(-1)", "Slower", show=False, priority=True),
        Binding("tab", "cycle_focus(1)", "Next pane", show=False),
        Binding("shift+tab", "cycle_focus(-1)", "Previous pane", show=False),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)
    count: reactive[str] = reactive("", repaint=False)

    def __init__(
        self,
        session: Session,
        keys: Mapping[str, Sequence[str]],
        own: OwnLayouts = NO_LAYOUTS,
    ) -> None:
        self._line_of = {line.pc: line.source_line for line in session.code}
        makings = Makings(
            session.isa, session.code, session.source, session.views, self._line_of, lambda: self.drawer_rows()
        )
        super().__init__(keys, makings, own)
        self._session = session
        self._talk = Talk(
            session,
            arrived=lambda moment: self.post_message(Arrived(moment)),
            left=lambda: self.post_message(LeaveWanted()),
        )
        self._functions = tuple(session.machine.functions())
        self._letter_for = ""
        """Id of the command that takes the next key."""
        self._scrubbed = Latest()
        """The tick to scrub to; what came before it is left out."""
        self._sought = -1
        """The tick that was scrubbed to last."""
        self.set_reactive(DebugScreen.moment, session.moment)

    # -- composition --------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        tiles = Tiles({kind.id: kind.want for kind in self.kinds.values()}, id="tiles")
        with tiles:
            for kind in self.kinds.values():
                if kind.eager:
                    yield tiles.take(kind.id, kind.make(self._makings))
        yield TimelineStrip(id="timeline").data_bind(DebugScreen.moment)
        status = StatusLine(self._line_of, id="status")
        yield status.data_bind(DebugScreen.moment, DebugScreen.running, DebugScreen.count, DebugScreen.filming)
        yield CommandLine(self._complete, hints(self._keys), id="command").data_bind(DebugScreen.moment)
        yield SizeNotice(id="size-notice")

    @property
    def program_name(self) -> str:
        return self._session.name

    def bind_pane(self, pane: Widget) -> None:
        pane.data_bind(DebugScreen.moment)

    def on_mount(self) -> None:
        self.introduce_panes()
        self._host = Host(
            self._session,
            arrived=lambda moment: self.post_message(Arrived(moment)),
            failed=lambda error: self.post_message(Failed(error)),
            progress=lambda tick: self.post_message(Progressed(tick)),
            answered=lambda answer: self.post_message(Streamed(answer)),
        )

    def on_unmount(self) -> None:
        self.film.pause()
        if self._host is not None:
            self._host.close()

    # -- commands up --------------------------------------------------------------------------------------------------

    def submit(self, job: Job) -> None:
        """Have the engine do something. A command that visibly runs on gives way; short ones are queued."""
        self.film.pause()
        if self._host is not None:
            self._host.submit(job, interrupt=self.running is not None)

    def give(self, line: str) -> None:
        """Have a line obeyed, as if somebody had typed it."""
        self.submit(self._talk.line(line, self._cursor()))

    def obey(self, command: Command, argument: str = "") -> None:
        """Carry out a command, with the count that was typed before it."""
        count = self.take_count()
        if command.run is not None:
            self.submit(self._talk.key(command.id, argument, count, self._cursor()))
        elif argument and command.usage == command.word:
            self.refuse(XqdbgError(f"{argument[:40]!a} is not understood here", "this command takes no argument"))
        elif command.id in focus.KEYS:
            self._say_for_key(focus.KEYS[command.id], 1 if count is None else count)
        elif command.id in LETTERS:
            self._letter_for = command.id
            self.command_line.tell(LETTERS[command.id][1], "esc leaves it")
        else:
            self.obey_itself(command.id, argument)

    def _say_for_key(self, compose: focus.Compose, count: int) -> None:
        """Obey the line that a key about the thing in focus stands for, or let the user go on with it."""
        try:
            composed = compose(self._focus(), count)
        except XqdbgError as error:
            self.refuse(error)
            return
        if not composed.sure:
            self.open_command_line(composed.text)
            return
        for _ in range(composed.times):
            self.give(composed.text)

    def _focus(self) -> focus.Focus:
        moment = self.moment or self._session.moment
        pcs = self.code_pane.pcs_under_cursor
        row = self.drawer.current if self.drawer.has_focus else None
        line = self._line_of.get(pcs[0]) if pcs else None
        return focus.Focus(moment, focus.pointed_in(self.focused), pcs, line, row.edit if row is not None else "")

    def _cursor(self) -> Cursor:
        """The address under the cursor when the command's turn comes.

        A cursor that rests where the machine stood then goes along with the commands that are still waiting.
        """
        there, stood = self.code_pane.cursor_pc, self.code_pane.pc_under_cursor
        return lambda session: there if stood in (None, session.moment.pc) else session.moment.pc

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a command is typed, its characters are no keys; what cannot be seen cannot be steered, only left."""
        if self.is_shut and parameters != ("ui.quit",):
            return False
        if action == "film_speed":
            return self.film.playing and not self.command_line.is_open
        if action == "obey" and parameters and parameters[0] in FIRST_KEYS:
            return not (self.command_line.is_open or is_typing(self.focused))
        return super().check_action(action, parameters)

    def action_obey(self, id: str) -> None:
        self.obey(next(command for command in ALL_COMMANDS if command.id == id))

    def action_count_digit(self, digit: str) -> None:
        self.count = ((self.count + digit).lstrip("0") or "0")[:MOST_DIGITS]

    def take_count(self) -> int | None:
        count, self.count = int(self.count) if self.count else None, ""
        return count

    def hear_letter(self, event: events.Key) -> bool:
        """Take a key for the command that asked for one. Whether it was for that."""
        if not self._letter_for:
            return False
        compose, self._letter_for = LETTERS[self._letter_for][0], ""
        self.command_line.tell("")
        if event.key not in ("escape", "ctrl+c"):
            try:
                self.give(compose(event.character or event.key))
            except XqdbgError as error:
                self.refuse(error)
        return True

    @on(CommandLine.Submitted)
    def _command_given(self, message: CommandLine.Submitted) -> None:
        line = message.line
        own = own_command(line)
        if own is None:
            try:
                own = _for_the_face(line)
            except CommandError as error:
                self.command_line.point(line, error.column or 0, error.message, error.hint)
                return
        self.command_line.close(ran=line)
        self._focus_again(self._focus_before)
        if own is not None:
            self.obey(*own)
        else:
            self.take_count()
            self.give(line)

    @on(CommandLine.Closed)
    def _command_line_closed(self) -> None:
        self._focus_again(self._focus_before)

    def _complete(self, line: str) -> Sequence[str]:
        session = self._session
        saved = tuple(f"${name}" for name in tuple(session.saved))
        known = Known(session.code, session.views, session.isa, self.moment, saved, self._functions)
        return completions(line, known, sorted(self.app.available_themes))

    @on(LineGiven)
    def _line_given(self, message: LineGiven) -> None:
        if message.sure:
            self.give(message.line)
        else:
            self.open_command_line(message.line)

    @on(CodePane.BreakpointToggled)
    def _breakpoint_toggled(self, message: CodePane.BreakpointToggled) -> None:
        self.submit(lambda session, _patience: session.toggle(message.pc))

    @on(MatrixPane.WindowWanted)
    def _window_wanted(self, message: MatrixPane.WindowWanted) -> None:
        if self._host is not None:
            self._host.submit(lambda session, _patience: session.see(MATRIX, message.region, message.glances))

    @on(TimelineStrip.TickWanted)
    def _tick_wanted(self, message: TimelineStrip.TickWanted) -> None:
        self._sought = message.tick
        if self._scrubbed.put(message.tick):
            self.submit(self._scrub)

    def _scrub(self, session: Session, patience: Patience) -> Moment:
        """To the latest tick that was wanted, on the engine's thread."""
        tick = self._scrubbed.take()
        return session.moment if tick is None else session.goto_tick(tick, patience)

    @on(CellsPane.CellSelected)
    def _cell_selected(self, message: CellsPane.CellSelected) -> None:
        if self.moment is not None and any(region.name == message.name for region in self.moment.regions):
            self.matrix_pane.show(message.name)
            if not self.tiles.is_placed("matrix"):
                self.choose_layout("model")

    @on(CellsPane.InsideWanted)
    def _inside_wanted(self, message: CellsPane.InsideWanted) -> None:
        if self._host is not None:
            self._host.submit(lambda session, _patience: session.look_inside(message.viewer, message.wish))

    @on(DrawerPane.Left)
    def _drawer_left(self) -> None:
        if self.running is not None:
            self.pause()
        else:
            self.close_drawer()

    # -- moments down -------------------------------------------------------------------------------------------------

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        old, new = self.moment, message.moment
        with self.app.batch_update():
            self._rest(new.turn)
            self.moment = new
            if old is None or old.turn != new.turn:
                self._tell_more(new)
            if old is not None and old.turn != new.turn:
                self.film.arrived(old, new)

    def _rest(self, turn: int) -> None:
        """Take note if nothing is running or waiting, and no later turn is on its way here."""
        if self._host is None or not self._host.busy:
            self.running = None
            if turn == self._session.moment.turn:
                self.timeline.arrived(self._sought)

    def _tell_more(self, moment: Moment) -> None:
        """Open the drawer for what there is no room for elsewhere."""
        if moment.answer is not None and deserves_room(moment.answer, moment):
            self._show_answer(moment.answer)
        if moment.logged:
            self.drawer.tell(moment.logged)

    @on(Streamed)
    def _streamed(self, message: Streamed) -> None:
        moment = self.moment
        if moment is not None and self._host is not None and self._host.busy and deserves_room(message.answer, moment):
            self._show_answer(message.answer)

    def _show_answer(self, answer: Answer) -> None:
        was_open = self.drawer.is_open
        self.drawer.show_answer(answer)
        if not was_open:
            self.drawer_opened()

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        if self._host is not None and self._host.busy:
            if self.running is None:
                self.command_line.tell("running", "ctrl+c pauses")
            self.running = message.tick

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self._rest(self._session.moment.turn)
        error = message.error
        if not isinstance(error, XqdbgError):
            raise error  # a bug: Textual ends the program with its traceback
        if isinstance(error, Rejected) and error.column is not None and not self.command_line.is_open:
            self.command_line.point(error.line, error.column, error.message, error.hint)
        else:
            self.refuse(error)

    @on(LeaveWanted)
    def _leave_wanted(self) -> None:
        self.app.exit()


def _for_the_face(line: str) -> tuple[Command, str] | None:
    """The command of a line that only a face can obey; CommandError, with the column, if a word is not understood."""
    found = statements(line)
    for statement in found:
        try:
            spoken = read(statement.text)
        except CommandError as error:
            raise error.shifted(statement.at) from None
        if spoken.command.run is None and len(found) == 1:
            return spoken.command, spoken.argument
    return None
