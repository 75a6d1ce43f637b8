"""The editor: a program's text, what is wrong with it, and what it is saved in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.document._document import Location
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static, TextArea

from vm.diagnostics import printable
from xqdbg.editing.document import Document
from xqdbg.editing.language import Language
from xqdbg.editing.recovery import Copy, Recovery
from xqdbg.editing.text import Hover, Position, Problem, Replacement, replaced
from xqdbg.errors import XqdbgError
from xqdbg.moment import Listing, Moment
from xqdbg.tui.editor import messages as say
from xqdbg.tui.editor.area import Area, is_text
from xqdbg.tui.editor.ask_bar import AskBar
from xqdbg.tui.editor.assist import Assist
from xqdbg.tui.editor.errand import Answered, Ask, Errands
from xqdbg.tui.editor.filing import FilingPane
from xqdbg.tui.editor.foot import counted, foot, next_problem, problem_at, underlines
from xqdbg.tui.editor.indent import Indenter
from xqdbg.tui.editor.marks import Marks
from xqdbg.tui.editor.popup import Card, CompletionList
from xqdbg.tui.editor.search import Search
from xqdbg.tui.highlight import Colours
from xqdbg.tui.listing import shown
from xqdbg.tui.panes.line_given import LineGiven

QUIET_SECONDS = 0.25
"""Without a key, until the text is looked through."""
KEEP_SECONDS = 3.0
"""Between two copies of text that is not saved."""
LOOK_SECONDS = 2.0
"""Between two looks whether somebody else has changed the file."""
REST_SECONDS = 0.5
"""The mouse rests on a word until it is explained."""
MOST_JUMPS = 100
"""Places one can go back to."""
ERRANDS = ("completion", "hover", "definition", "rename", "format", "keep", "problems")
"""What is found out on another thread, what the user waits for first."""


class EditorPane(FilingPane, can_focus=False):
    """Edits one text at a time. Knows the text's file and its language; of the run, only moments."""

    DEFAULT_CSS = """
    EditorPane {
        width: 1fr; height: 1fr; layout: vertical; background: $background;
        & > .editor--foot { height: 1; color: $xq-quiet; text-wrap: nowrap; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="editor.save"),
        Binding("ctrl+shift+s,alt+s", "save_as", "Save as", id="editor.save_as"),
        Binding("ctrl+o", "open", "Open", id="editor.open"),
        Binding("ctrl+n", "new", "New", id="editor.new"),
        Binding("ctrl+r,f5", "run", "Run", id="editor.run"),
        Binding("ctrl+space,ctrl+@,ctrl+at", "complete", "Complete", id="editor.complete"),
        Binding("f8", "problem(1)", "Next problem", id="editor.next_problem"),
        Binding("shift+f8", "problem(-1)", "Previous problem", id="editor.previous_problem"),
        Binding("f12,ctrl+right_square_bracket", "definition", "To the label", id="editor.definition"),
        Binding("shift+f12", "jump_back", "Back", id="editor.back"),
        Binding("f2", "rename", "Rename", id="editor.rename"),
        Binding("f4,alt+f,ctrl+shift+f", "format", "Format", id="editor.format"),
        Binding("ctrl+f", "find", "Find", id="editor.find"),
        Binding("f3", "find_again(1)", "Find next", id="editor.find_next"),
        Binding("shift+f3", "find_again(-1)", "Find previous", id="editor.find_previous"),
        Binding("ctrl+g", "go_to_line", "To a line", id="editor.line"),
        Binding("f9", "toggle_breakpoint", "Breakpoint", id="editor.breakpoint"),
    ]

    ALLOW_MAXIMIZE = True

    moment: reactive[Moment | None] = reactive(None, repaint=False)

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
        self._search = Search(self.area, self._bar, lambda line: self.go_to(line, 1), self._tell)
        self._foot = Static("", classes="editor--foot", markup=False)
        self._language: Language | None = None
        self._marks = Marks()
        self._program: Listing | None = None
        """What runs."""
        self._errands = Errands(ERRANDS, lambda answered: self.post_message(self.Heard(answered)))
        self._asked: dict[str, tuple[int, int]] = {}
        """Ticket and revision of the latest errand of each kind."""
        self._is_typing = False
        """Whether the change to come is by typing."""
        self._is_hover_wanted = False
        """Whether the hover on its way was asked for by key."""
        self._examining: Timer | None = None
        self._resting: Timer | None = None
        self._jumps: list[Location] = []
        self.area.wants = self._hear_key

    def compose(self) -> ComposeResult:
        yield self.area
        yield self._bar
        yield self._foot
        yield self._choices
        yield self._card

    def on_mount(self) -> None:
        self.set_interval(KEEP_SECONDS, self._keep)
        self.set_interval(LOOK_SECONDS, self.look_outside)
        self._tell_foot()

    def on_unmount(self) -> None:
        self._errands.close()
        self.keep()

    # -- the text -----------------------------------------------------------------------------------------------------

    def edit(self, document: Document, language: Language, *, title: str = "", copy: Copy | None = None) -> None:
        """Edit a text. The one before is dropped: whoever calls this has asked the user."""
        self.sheet.take(document, title, copy)
        self._language = language
        self.problems, self._jumps = (), []
        self._assist.close()
        self._bar.close()
        self.area.speak(Colours(language.syntax).spans, Indenter(language.tools.isa))
        self.area.load_text(document.text)
        self._follow_program()
        self._mark_lines()
        self._retitle()

    @property
    def language(self) -> Language | None:
        """What the text is written in; None while there is none."""
        return self._language

    def _follow_program(self) -> None:
        """Mark lines by the program that runs, if the text is the one it was built from."""
        program = self._program
        if program is None:
            return
        self._marks.take_program(program.code)
        if _is_same_text(self.area.lines.lines, program.source):
            self.area.lines.built()
        else:
            self.area.lines.forget_built()

    def focus(self, scroll_visible: bool = True) -> EditorPane:
        """Let the user type."""
        self.area.focus(scroll_visible)
        return self

    @on(TextArea.Changed)
    def _changed(self, message: TextArea.Changed) -> None:
        message.stop()
        self.revision += 1
        is_typing, self._is_typing = self._is_typing, False
        self.sheet.document.text = self.area.text
        self.is_examined = False
        self._retitle()
        self._assist.narrow()
        if self._assist.wants_some(is_typing):
            self._ask_completions()
        self._search.recount()
        if self._examining is not None:
            self._examining.stop()
        self._examining = self.set_timer(QUIET_SECONDS, self.examine)

    @on(TextArea.SelectionChanged)
    def _selection_changed(self, message: TextArea.SelectionChanged) -> None:
        message.stop()
        self._assist.moved()
        self._tell_foot()

    @on(Area.Pasted)
    def _pasted(self, message: Area.Pasted) -> None:
        message.stop()
        count = message.dropped
        what = "1 character that is no text was" if count == 1 else f"{count:,} characters that are no text were"
        self._tell(f"{what} left out of what was pasted")

    # -- moments ------------------------------------------------------------------------------------------------------

    def watch_moment(self, _old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        self._marks.take(new)
        if new.program is not self._program:
            self._program = new.program
            self._follow_program()
        self._mark_lines()

    def _mark_lines(self) -> None:
        self.area.mark(self._marks.stops, self._marks.here, self._marks.is_fault)

    @on(Area.MarkClicked)
    def _mark_clicked(self, message: Area.MarkClicked) -> None:
        message.stop()
        self._toggle_breakpoint(message.row)

    def action_toggle_breakpoint(self) -> None:
        self._toggle_breakpoint(self.area.cursor_location[0])

    def _toggle_breakpoint(self, row: int) -> None:
        origin = self.area.lines.origin(row)
        if line := self._marks.command_for(origin):
            self.post_message(LineGiven(line))
            return
        hint = "choose a line with an instruction" if origin else "run the text first: ctrl+r"
        self.post_message(say.Refused(XqdbgError("there is no instruction of the running program in this line", hint)))

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

    # -- the bar ------------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        self._search.ask_for_text()

    def action_find_again(self, by: int) -> None:
        self._search.again(by)

    def action_go_to_line(self) -> None:
        self._search.ask_for_line()

    @on(AskBar.Typed)
    def _bar_typed(self, message: AskBar.Typed) -> None:
        message.stop()
        self._search.typed(message.kind, message.text)

    @on(AskBar.Given)
    def _bar_given(self, message: AskBar.Given) -> None:
        message.stop()
        if message.kind == "rename":
            self._rename(message.text)
        elif self._search.given(message.kind, message.text):
            self._close_bar()

    @on(AskBar.WentOn)
    def _bar_went_on(self, message: AskBar.WentOn) -> None:
        message.stop()
        if self._search.went_on(message.kind, message.by, message.text):
            self._close_bar()

    @on(AskBar.Left)
    def _bar_left(self, message: AskBar.Left) -> None:
        message.stop()
        self._close_bar()

    def _close_bar(self) -> None:
        self._bar.close()
        self.area.seek("")
        self.area.focus()

    # -- files --------------------------------------------------------------------------------------------------------

    def action_save(self) -> None:
        self.save()

    def action_save_as(self) -> None:
        self.post_message(say.SaveAsWanted())

    def action_open(self) -> None:
        self.post_message(say.OpenWanted())

    def action_new(self) -> None:
        self.post_message(say.NewWanted())

    def action_run(self) -> None:
        self._assist.close()
        self.post_message(say.RunWanted(self.area.text))

    def _have_kept(self, keep: Callable[[], object]) -> None:
        self._asked["keep"] = self._errands.ask("keep", keep), self.revision

    # -- what is told around the text ---------------------------------------------------------------------------------

    @property
    def is_lit(self) -> bool:
        return self.has_class("-lit")

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        self.add_class("-lit")
        self._draw_rule()
        self.post_message(say.Attended(typing=True))
        self.look_outside()

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        self.remove_class("-lit")
        self._draw_rule()
        self.post_message(say.Attended(typing=False))
        self._assist.close()

    def entitle(self, head: Content, tail: str = "") -> None:
        unsaved = " ●" if self.sheet.is_unsaved else ""
        super().entitle(head, f"  {printable(self.sheet.name)}{unsaved}" if self._language is not None else tail)

    def _retitle(self) -> None:
        self.entitle(self._rule_name[0])
        self.tell_aside(*counted(self.problems, is_known=self.is_examined))

    def _tell_foot(self) -> None:
        line, column = (each + 1 for each in self.area.cursor_location)
        told = foot(problem_at(self.problems, line, column), line, column, self.size.width)
        self._foot.update(told, layout=False)

    def on_resize(self) -> None:
        super().on_resize()
        self._tell_foot()

    _HEARD: ClassVar[dict[str, Callable[..., None]]] = {
        "problems": _heard_problems,
        "completion": lambda self, found: self._assist.offer(found),
        "hover": _heard_hover,
        "definition": _heard_definition,
        "rename": _heard_renamed,
        "format": _heard_formatted,
        "keep": lambda _self, _nothing: None,
    }


def _is_same_text(lines: Sequence[str], source: Sequence[str]) -> bool:
    """Whether lines are those of a source, which has none behind its last line feed."""
    own = lines[:-1] if lines and not lines[-1] else lines
    return list(own) == list(source)
