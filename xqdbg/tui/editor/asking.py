"""What the editor has found out about its text on another thread, and what it does with the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.document._document import Location
from textual.geometry import Offset
from textual.message import Message
from textual.timer import Timer

from xqdbg.editing.language import Language
from xqdbg.editing.recovery import Recovery
from xqdbg.editing.text import Hover, Position, Problem, Replacement, replaced
from xqdbg.errors import XqdbgError
from xqdbg.tui.editor import messages as say
from xqdbg.tui.editor.area import Area, is_text
from xqdbg.tui.editor.ask_bar import AskBar
from xqdbg.tui.editor.assist import Assist
from xqdbg.tui.editor.errand import Answered, Ask, Errands
from xqdbg.tui.editor.filing import FilingPane
from xqdbg.tui.editor.foot import next_problem, underlines
from xqdbg.tui.editor.popup import Card, CompletionList
from xqdbg.tui.listing import shown

REST_SECONDS = 0.5
"""The mouse rests on a word until it is explained."""
MOST_JUMPS = 100
"""Places one can go back to."""
ERRANDS = ("completion", "hover", "definition", "rename", "format", "keep", "problems")
"""What is found out on another thread, what the user waits for first."""


class AskingPane(FilingPane):
    """A field with a text in a language that can be asked about it."""

    class Heard(Message):
        """An errand came back."""

        def __init__(self, answered: Answered) -> None:
            super().__init__()
            self.answered = answered

    def __init__(self, *, recovery: Recovery | None = None, id: str | None = None) -> None:
        super().__init__(recovery=recovery, id=id)
        self.problems: Sequence[Problem] = ()
        """What is known to be wrong with the text."""
        self.is_examined = False
        """Whether that is all, and of the text as it is."""
        self.revision = 0
        """Grows with each change of the text."""
        self._choices, self._card, self._bar = CompletionList(), Card(), AskBar()
        self._assist = Assist(self.area, self._choices, self._card)
        self._language: Language | None = None
        self._errands = Errands(ERRANDS, lambda answered: self.post_message(self.Heard(answered)))
        self._asked: dict[str, tuple[int, int]] = {}
        """Ticket and revision of the latest errand of each kind."""
        self._is_typing = False
        """Whether the change to come is by typing."""
        self._is_hover_wanted = False
        """Whether the hover on its way was asked for by key."""
        self._resting: Timer | None = None
        self._jumps: list[Location] = []
        self.area.wants = self._hear_key

    def _tell_foot(self) -> None:
        """Say below the text what is known of the place of the cursor."""
        raise NotImplementedError

    # -- errands ------------------------------------------------------------------------------------------------------

    def _send(self, kind: str, ask: Callable[[Language, str, int, int], object]) -> None:
        """Have something found out about the text, and the place of the cursor in it."""
        row, column = self.area.cursor_location
        self._send_about(kind, (row, column), ask)

    def _send_about(self, kind: str, location: Location, ask: Callable[[Language, str, int, int], object]) -> None:
        language, text, (row, column) = self._language, self.sheet.document.text, location
        if language is not None:
            errand: Ask = lambda: ask(language, text, row + 1, column + 1)  # noqa: E731
            self._asked[kind] = self._errands.ask(kind, errand), self.revision

    @on(Heard)
    def _heard(self, message: Heard) -> None:
        message.stop()
        answered = message.answered
        ticket, revision = self._asked.get(answered.kind, (0, 0))
        if ticket != answered.ticket:
            return
        if isinstance(answered.result, XqdbgError):
            self._failed(answered.kind, answered.result)
        elif isinstance(answered.result, Exception):
            raise answered.result  # a bug: Textual ends the program with its traceback
        elif revision == self.revision:
            self._HEARD[answered.kind](self, answered.result)

    def _failed(self, kind: str, error: XqdbgError) -> None:
        if kind == "rename" and self._bar.kind == "rename":
            self._bar.tell(f"{error.message}  {error.hint}".strip(), error=True)
        else:
            self.post_message(say.Refused(error))

    def examine(self) -> None:
        """Find out what is wrong with the text."""
        self._send("problems", lambda language, text, _line, _column: tuple(language.diagnose(text)))

    def _heard_problems(self, problems: Sequence[Problem]) -> None:
        self.show_problems(problems)
        self.post_message(say.Examined(problems))

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show what is wrong with the text as it is."""
        self.problems, self.is_examined = problems, True
        self.area.underline(underlines(problems, self.area.lines.lines))
        self._retitle()
        self._tell_foot()

    # -- completion and documentation ---------------------------------------------------------------------------------

    def _hear_key(self, event: events.Key) -> bool:
        """What to do with a key before it is typed. Whether it was taken."""
        self._is_typing = is_text(event)
        if self._assist.hear(event):
            return True
        self._card.hide()
        if event.key == "escape":
            self.post_message(say.Left())
        return event.key == "escape"

    def action_complete(self) -> None:
        self._assist.want()
        self._ask_completions()

    def _ask_completions(self) -> None:
        self._send("completion", lambda language, *at: tuple(language.complete(*at)))

    @on(CompletionList.Taken)
    def _taken(self, message: CompletionList.Taken) -> None:
        message.stop()
        self._assist.take(message.completion)
        self.area.focus()

    @on(Area.AskedAbout)
    def _asked_about(self, message: Area.AskedAbout) -> None:
        message.stop()
        self._assist.close()
        self._is_hover_wanted = True
        self._ask_about(self.area.cursor_location)

    def _ask_about(self, location: Location) -> None:
        self._send_about("hover", location, lambda language, *at: language.hover(*at))

    def _heard_hover(self, hover: Hover | None) -> None:
        wanted, self._is_hover_wanted = self._is_hover_wanted, False
        if hover is None and wanted:
            self._tell("there is nothing to tell about what the cursor is at")
        if not self._assist.is_open:
            self._assist.explain(hover)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the word the mouse rests on."""
        if self._resting is not None:
            self._resting.stop()
        if self._assist.is_open:
            return
        self._card.hide()
        location = self.area.location_at(Offset(event.screen_x, event.screen_y))
        if location is not None and not event.button:
            self._resting = self.set_timer(REST_SECONDS, lambda: self._ask_about(location))

    def on_leave(self, _event: events.Leave) -> None:
        if self._resting is not None:
            self._resting.stop()

    # -- going places -------------------------------------------------------------------------------------------------

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor somewhere, both from 1, and remember where it was."""
        self._jumps = [*self._jumps[1 - MOST_JUMPS :], self.area.cursor_location]
        self.area.move_cursor(self.area.clamp_visitable((line - 1, column - 1)), center=True)
        self.area.focus()

    def action_jump_back(self) -> None:
        if self._jumps:
            self.area.move_cursor(self.area.clamp_visitable(self._jumps.pop()), center=True)

    def action_problem(self, by: int) -> None:
        """To the next or previous problem, round and round."""
        if not self.problems:
            self._tell("no problems" if self.is_examined else "the text is being looked through")
            return
        row, column = self.area.cursor_location
        problem = next_problem(self.problems, row + 1, column + 1, by)
        self.go_to(problem.line, problem.column)

    def action_definition(self) -> None:
        self._send("definition", lambda language, *at: language.definition(*at))

    def _heard_definition(self, position: Position | None) -> None:
        if position is None:
            self._tell("nothing is defined for what the cursor is at")
        else:
            self.go_to(position.line, position.column)

    # -- changing the text --------------------------------------------------------------------------------------------

    def action_format(self) -> None:
        self._send("format", lambda language, text, _line, _column: language.format(text))

    def _heard_formatted(self, text: str) -> None:
        if text == self.sheet.document.text:
            self._tell("the text is in its usual form")
        self.area.take_over(text)

    def action_rename(self) -> None:
        word = self.area.word_at_cursor()
        if word:
            self._bar.ask("rename", f"rename {shown(word)} to", word, "enter renames it everywhere · esc leaves")
        else:
            error = XqdbgError("there is nothing to rename here", "put the cursor on a register or a label")
            self.post_message(say.Refused(error))

    def _rename(self, new: str) -> None:
        self._send("rename", lambda language, *at: tuple(language.rename(*at, new)))

    def _heard_renamed(self, found: Sequence[Replacement]) -> None:
        self.area.take_over(replaced(self.sheet.document.text, found))
        self._close_bar()
        if found:
            self._tell("renamed in 1 place" if len(found) == 1 else f"renamed in {len(found):,} places")

    def _close_bar(self) -> None:
        self._bar.close()
        self.area.seek("")
        self.area.focus()

    def _have_kept(self, keep: Callable[[], object]) -> None:
        self._asked["keep"] = self._errands.ask("keep", keep), self.revision

    _HEARD: ClassVar[dict[str, Callable[..., None]]] = {
        "problems": _heard_problems,
        "completion": lambda self, found: self._assist.offer(found),
        "hover": _heard_hover,
        "definition": _heard_definition,
        "rename": _heard_renamed,
        "format": _heard_formatted,
        "keep": lambda _self, _nothing: None,
    }
