"""The debugger's screen: composition and message flow. Commands go up, moments come down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widget import Widget

from vm.contract import Room, Shape, Status
from vm.isa import Isa
from vm.tokens import Syntax
from xqdbg.answer import Answer
from xqdbg.commands import Command, CommandError, Known, read, statements
from xqdbg.commands.language import opens_snippet
from xqdbg.errors import XqdbgError
from xqdbg.folders import state_folder
from xqdbg.host import Host, Job
from xqdbg.moment import Moment
from xqdbg.session import Session
from xqdbg.tui import focus
from xqdbg.tui.face import ALL_COMMANDS, FIRST_KEYS, bindings, completions, hints, own_command
from xqdbg.tui.film import Reel
from xqdbg.tui.hinting import HOST_HINTS, Hint, count_hints, shown_hints
from xqdbg.tui.keyboard import Keyboard
from xqdbg.tui.language import TypedLanguage
from xqdbg.tui.layouts import NO_LAYOUTS, OwnLayouts
from xqdbg.tui.listing import shown
from xqdbg.tui.messages import Arrived, Failed, LeaveWanted, Progressed, Streamed, Told
from xqdbg.tui.palette import CommandProvider
from xqdbg.tui.pane_table import Makings
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.code_pane import CodePane
from xqdbg.tui.panes.command_line import CommandLine
from xqdbg.tui.panes.conversing import Conversing, PauseWanted, ReplGiven, ReplLeft, repl_around, within_repl
from xqdbg.tui.panes.drawer import DrawerPane
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.size_notice import SizeNotice
from xqdbg.tui.panes.status_line import StatusLine
from xqdbg.tui.panes.timeline_strip import TimelineStrip
from xqdbg.tui.preferences import Preferences
from xqdbg.tui.sheets import deserves_room
from xqdbg.tui.talk import Cursor, Rejected, Talk
from xqdbg.tui.tiles import Tiles
from xqdbg.tui.wishing import WishingScreen
from xqdbg.typed import Typed

if TYPE_CHECKING:
    from xqdbg.script import Reply

MOST_DIGITS = 15
"""Digits a count may have."""

LETTERS: Mapping[str, tuple[Callable[[str], str], str]] = MappingProxyType(
    {
        "ui.mark": (focus.mark_line, "bookmark this moment as which letter?"),
        "ui.marked": (focus.marked_line, "go to the bookmark of which letter?"),
    }
)
"""Commands that take one more key, what they make of it, and how they ask for it."""


class DebugScreen(WishingScreen):
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
        keyboard: Keyboard,
        own: OwnLayouts = NO_LAYOUTS,
        preferences: Preferences | None = None,
        edited: str = "",
    ) -> None:
        """`edited` is a file to begin with in the editor."""
        self._line_of = {line.pc: line.source_line for line in session.code}
        makings = Makings(
            session.isa, session.code, session.source, session.views, _syntax(session), session.machine.shapes,
            self._line_of, lambda: self.drawer_rows(),
            TypedLanguage(session.isa, lambda: self._known(), lambda: self._themes()), Typed(state_folder()),
        )  # fmt: skip
        super().__init__(keyboard, makings, own)
        self._edited = edited
        self._preferences = Preferences() if preferences is None else preferences
        self.film.reel = Reel(self._preferences.film_speed)
        self._session = session
        self._talk = Talk(
            session,
            arrived=lambda moment: self.post_message(Arrived(moment)),
            left=lambda: self.post_message(LeaveWanted()),
        )
        self._functions = tuple(session.machine.functions())
        self._letter_for = ""
        """Id of the command that takes the next key."""
        self.set_reactive(DebugScreen.moment, session.moment)

    # -- composition --------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        tiles = Tiles({kind.id: kind.want for kind in self.kinds.values()}, id="tiles")
        with tiles:
            for kind in self.kinds.values():
                if kind.eager:
                    yield tiles.take(kind.id, kind.make(self._makings))
        strip = TimelineStrip(self._makings.isa, self._makings.code, id="timeline")
        yield strip.data_bind(DebugScreen.moment)
        status = StatusLine(self._line_of, id="status")
        yield status.data_bind(DebugScreen.moment, DebugScreen.running, DebugScreen.count, DebugScreen.filming)
        yield CommandLine(self._complete, hints(self._keys), id="command").data_bind(DebugScreen.moment)
        yield SizeNotice(id="size-notice")

    @property
    def program_name(self) -> str:
        return self._session.name

    @property
    def program_room(self) -> Room:
        program = None if self.moment is None else self.moment.program
        return Room.MOST if program is None else program.room

    def bind_pane(self, pane: Widget) -> None:
        self._preferences.give(pane)
        if self.is_mounted:  # then a key's action of the app may be what asks, and only the screen can bind what is its
            self.call_later(pane.data_bind, DebugScreen.moment)
        else:
            pane.data_bind(DebugScreen.moment)

    def on_mount(self) -> None:
        self.introduce_panes()
        self.call_after_refresh(self.tell_of_unsaved)
        if self._edited:
            self.call_after_refresh(self.edit, self._edited)
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
        elif command.id in LETTERS and argument:
            self._give_letter(command.id, argument)
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
        repl = repl_around(self.focused)
        if not composed.sure:
            self.open_command_line(composed.text) if repl is None else repl.put(composed.text)
            return
        for _ in range(composed.times):
            self.give(composed.text) if repl is None else self._give_typed(composed.text)

    def _focus(self) -> focus.Focus:
        moment = self.moment or self._session.moment
        pcs = self.code_pane.pcs_under_cursor
        row = self.drawer.current if self.drawer.has_focus else None
        line = self._line_of.get(pcs[0]) if pcs else None
        return focus.Focus(moment, focus.pointed_in(self.attended), pcs, line, row.edit if row is not None else "")

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
            return self.film.playing and not (self.command_line.is_open or self.is_typing)
        if action == "obey" and parameters and parameters[0] in FIRST_KEYS:
            return not (self.command_line.is_open or self.is_typing)
        return super().check_action(action, parameters)

    def action_obey(self, id: str) -> None:
        self.obey(next(command for command in ALL_COMMANDS if command.id == id))

    def action_count_digit(self, digit: str) -> None:
        self.count = ((self.count + digit).lstrip("0") or "0")[:MOST_DIGITS]

    def watch_count(self, old: str, new: str) -> None:
        if new and not old and self.is_mounted:
            self.command_line.tell("")  # what can be done with a count needs the room
        if bool(old) != bool(new) or new:
            self.hint()

    def wanted_hints(self) -> Sequence[Hint]:
        if self.count and not self.is_typing:
            return count_hints(self.count, len(self._numbers), self._keyboard)
        hints = super().wanted_hints()
        waits = self.moment is not None and self.moment.status is Status.HOST
        return [*shown_hints(HOST_HINTS, self._keyboard), *hints] if waits else hints

    def take_count(self) -> int | None:
        count, self.count = int(self.count) if self.count else None, ""
        return count

    def hear_letter(self, event: events.Key) -> bool:
        """Take a key for the command that asked for one. Whether it was for that."""
        if not self._letter_for:
            return False
        id, self._letter_for = self._letter_for, ""
        self.command_line.tell("")
        if event.key not in ("escape", "ctrl+c"):
            self._give_letter(id, event.character or event.key)
        return True

    def _give_letter(self, id: str, letter: str) -> None:
        try:
            self.give(LETTERS[id][0](letter))
        except XqdbgError as error:
            self.refuse(error)

    @on(CommandLine.Submitted)
    def _command_given(self, message: CommandLine.Submitted) -> None:
        line = message.line
        isa = self._session.isa
        own = own_command(line, isa)
        if own is None:
            try:
                own = _for_the_face(line, isa)
            except CommandError as error:
                self.command_line.point(line, error.column or 0, error.message, isa.worded(error.hint))
                return
        self.command_line.close(ran=line)
        self._focus_again(self._focus_before)
        if own is not None:
            self.obey(*own)
        else:
            self.take_count()
            self.give(line)

    @on(ReplGiven)
    def _typed(self, message: ReplGiven) -> None:
        """Obey what was typed in the dialogue. Only what this face alone can obey is not answered there."""
        own = own_command(message.text, self._session.isa)
        self.take_count()
        if own is not None:
            self.obey(*own)
        elif message.text.strip() == "pause":
            self.pause()
        else:
            self._give_typed(message.text)

    def _give_typed(self, text: str) -> None:
        def tell(reply: Reply) -> None:
            self.post_message(Told(reply.lines, error=bool(reply.error)))

        self.submit(self._talk.typed(text, self._cursor(), tell))

    @on(Told)
    def _told(self, message: Told) -> None:
        if isinstance(repl := self.tiles.widget("repl"), Conversing):
            repl.tell(message.lines, error=message.error)

    @on(PauseWanted)
    def _pause_wanted(self) -> None:
        """Stop what runs; with nothing running, what is being typed is dropped."""
        repl = repl_around(self.focused)
        if self._host is not None and self._host.busy:
            self._host.pause()
        elif repl is not None:
            repl.put("")

    @on(ReplLeft)
    def _repl_left(self) -> None:
        self.leave_repl()

    @on(CommandLine.Closed)
    def _command_line_closed(self) -> None:
        self._focus_again(self._focus_before)

    def _complete(self, line: str) -> Sequence[str]:
        return completions(line, self._known(), self._themes())

    def _known(self) -> Known:
        session = self._session
        saved = tuple(f"${name}" for name in tuple(session.saved))
        return Known(session.code, session.views, session.isa, self.moment, saved, self._functions)

    def _themes(self) -> Sequence[str]:
        return sorted(self.app.available_themes)

    @on(LineGiven)
    def _line_given(self, message: LineGiven) -> None:
        if message.sure:
            self.give(message.line)
        else:
            self.open_command_line(message.line)

    @on(CodePane.BreakpointToggled)
    def _breakpoint_toggled(self, message: CodePane.BreakpointToggled) -> None:
        self.submit(lambda session, _patience: session.toggle(message.pc))

    def on_key(self) -> None:
        later = self.app.call_later
        later(later, self._attend)  # the key is on its way to the app, which has the pane carry it out

    def on_click(self) -> None:
        self._attend()

    def _attend(self) -> None:
        """Have the timeline count the writes to what the cursor was moved to; where the machine took it is no move."""
        pane = self.focused
        if pane is self.code_pane and self.code_pane.pc_under_cursor is not None:
            return
        if (pointed := focus.pointed_in(pane)) is not None and pointed.place:
            self.timeline.attend(pointed.place)

    @on(CellsPane.CellSelected)
    def _cell_selected(self, message: CellsPane.CellSelected) -> None:
        regions = () if self.moment is None else self.moment.regions
        region = next((region for region in regions if region.name == message.name), None)
        shape = Shape.MEMORY if region is None else region.shape
        if shape is Shape.MATRIX:
            self.matrix_pane.show(message.name)
        elif shape not in self._makings.shapes or not self.memory_pane.show(message.name):
            return
        if not self.tiles.is_placed(shape.value):
            self.choose_layout(self.kinds[shape.value].home)

    @property
    def pointers(self) -> Sequence[str]:
        views = () if self.moment is None else self.moment.cells.values()
        return [cell.name for cells in views for cell in cells if isinstance(cell.value, int)]

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
            self._follow_program(new)
            self.moment = new
            if old is None or old.turn != new.turn:
                self._tell_more(new)
            elif self.tiles.pane_of(self.focused) in [shape.value for shape in Shape]:
                self._attend()  # what its cursor is at comes with the window it asked for
            if old is not None and old.turn != new.turn:
                self.film.arrived(old, new)
            if old is None or (Status.HOST in (old.status, new.status) and old.status is not new.status):
                self.hint()

    def _follow_program(self, moment: Moment) -> None:
        """Take note of another program before the panes do; they share the lines of its addresses."""
        if moment.program is not None and (self.moment is None or moment.program is not self.moment.program):
            self._line_of.clear()
            self._line_of.update((line.pc, line.source_line) for line in moment.program.code)
            self.code_pane.retitle(f"  {shown(moment.program.name)}")
            if self.moment is not None and self.program_room is not moment.program.room:
                self.call_later(self._arrange)

    def _rest(self, turn: int) -> None:
        """Take note if nothing is running or waiting, and no later turn is on its way here."""
        if self._host is None or not self._host.busy:
            self.running = None
            if turn == self._session.moment.turn:
                self.timeline.arrived(self._sought)

    def _tell_more(self, moment: Moment) -> None:
        """Open the drawer for what there is no room for elsewhere."""
        if moment.address is not None and Shape.MEMORY in self._makings.shapes and not within_repl(self.focused):
            self.look_at(Shape.MEMORY.value)
            if moment.answer is None or not moment.answer.title:
                return  # the pane shows all that it says
        if moment.answer is not None and not within_repl(self.focused) and deserves_room(moment.answer, moment):
            self._show_answer(moment.answer)
        if moment.logged:
            self.drawer.tell(moment.logged)

    @on(Streamed)
    def _streamed(self, message: Streamed) -> None:
        if within_repl(self.focused):
            return  # the answer is told there once it is complete
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
        self.film.pause()
        error = message.error
        if not isinstance(error, XqdbgError):
            raise error  # a bug: Textual ends the program with its traceback
        if isinstance(error, Rejected) and error.column is not None and not self.command_line.is_open:
            advice = self._session.isa.worded(error.hint)
            self.command_line.point(error.line, error.column, error.message, advice)
        else:
            self.refuse(error)

    @on(LeaveWanted)
    def _leave_wanted(self) -> None:
        self.leave()


def _syntax(session: Session) -> Syntax | None:
    """How the program is written, if its tools are at hand."""
    return None if session.opened is None else session.opened.tools.syntax


def _for_the_face(line: str, isa: Isa) -> tuple[Command, str] | None:
    """The command of a line that only a face can obey; CommandError, with the column, if a word is not understood."""
    found = statements(line, isa)
    for statement in found:
        if opens_snippet(statement.text):
            break  # what follows is its source
        try:
            spoken = read(statement.text, isa)
        except CommandError as error:
            raise error.shifted(statement.at) from None
        if spoken.command.run is None and len(found) == 1:
            return spoken.command, spoken.argument
    return None
