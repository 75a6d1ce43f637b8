"""The editor: a program's text, what is wrong with it, and what it is saved in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.document._document import Location, Selection
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static, TextArea

from vm.contract import Line
from vm.diagnostics import printable
from vm.isa import Isa
from xqdbg.editing.document import DiskState, Document
from xqdbg.editing.language import Language
from xqdbg.editing.recovery import Copy, Recovery
from xqdbg.editing.text import Problem, Replacement, Severity, replaced
from xqdbg.errors import XqdbgError
from xqdbg.moment import Moment
from xqdbg.tui.editor.area import Area
from xqdbg.tui.editor.ask_bar import AskBar
from xqdbg.tui.editor.assist import Assist
from xqdbg.tui.editor.drawing import ERROR, WARNING, Underline
from xqdbg.tui.editor.errand import Answered, Ask, Errands
from xqdbg.tui.editor.finding import next_place, number_of, places, replaced_everywhere
from xqdbg.tui.editor.indent import Indenter
from xqdbg.tui.editor.marks import Marks
from xqdbg.tui.editor.popup import Card, CompletionList
from xqdbg.tui.highlight import Highlighter
from xqdbg.tui.listing import shown
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.titled import Titled

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

HINTS = (("^s", "save"), ("^r", "run"), ("F8", "problem"), ("^f", "find"), ("F12", "label"), ("esc", "code"))
"""Keys to hint at where there is nothing to tell."""


class EditorPane(Titled, can_focus=False):
    """Edits one text at a time. Knows the text's file and its language; of the run, only moments."""

    DEFAULT_CSS = """
    EditorPane {
        width: 1fr; height: 1fr; layout: vertical; background: $background;
        & > .editor--foot { height: 1; color: $xq-quiet; text-wrap: nowrap; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="editor.save"),
        Binding("ctrl+shift+s", "save_as", "Save as", id="editor.save_as"),
        Binding("ctrl+o", "open", "Open", id="editor.open"),
        Binding("ctrl+n", "new", "New", id="editor.new"),
        Binding("ctrl+r,f5", "run", "Run", id="editor.run"),
        Binding("ctrl+space,ctrl+@,ctrl+at", "complete", "Complete", id="editor.complete"),
        Binding("f8", "problem(1)", "Next problem", id="editor.next_problem"),
        Binding("shift+f8", "problem(-1)", "Previous problem", id="editor.previous_problem"),
        Binding("f12,ctrl+right_square_bracket", "definition", "To the label", id="editor.definition"),
        Binding("alt+left", "jump_back", "Back", id="editor.back"),
        Binding("f2", "rename", "Rename", id="editor.rename"),
        Binding("alt+f,ctrl+shift+f", "format", "Format", id="editor.format"),
        Binding("ctrl+f", "find", "Find", id="editor.find"),
        Binding("f3", "find_next(1)", "Find next", id="editor.find_next"),
        Binding("shift+f3", "find_next(-1)", "Find previous", id="editor.find_previous"),
        Binding("ctrl+g", "go_to_line", "To a line", id="editor.line"),
        Binding("f9", "toggle_breakpoint", "Breakpoint", id="editor.breakpoint"),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class Left(Message):
        """The user is done with typing."""

    class OpenWanted(Message):
        """The user wants to edit another file."""

    class NewWanted(Message):
        """The user wants to begin a text."""

    class SaveAsWanted(Message):
        """The text has no file it can be saved in; or the user wants another one."""

    class Clashed(Message):
        """Somebody else has changed the file. `saving`: that came out when the text was to be saved."""

        def __init__(self, *, saving: bool) -> None:
            super().__init__()
            self.saving = saving

    class Saved(Message):
        """The text is in its file."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    class RunWanted(Message):
        """The text is to be run."""

        def __init__(self, text: str, name: str) -> None:
            super().__init__()
            self.text, self.name = text, name

    class Examined(Message):
        """It is known what is wrong with the text."""

        def __init__(self, problems: Sequence[Problem]) -> None:
            super().__init__()
            self.problems = problems

    class Refused(Message):
        """Something could not be done."""

        def __init__(self, error: XqdbgError) -> None:
            super().__init__()
            self.error = error

    class Told(Message):
        """Something was done that cannot be seen."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class _Answered(Message):
        """An errand came back."""

        def __init__(self, answered: Answered) -> None:
            super().__init__()
            self.answered = answered

    def __init__(self, isa: Isa, *, recovery: Recovery | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self._area = Area(Highlighter(isa), Indenter(isa))
        self._choices, self._card = CompletionList(), Card()
        self._assist = Assist(self._area, self._choices, self._card)
        self._bar = AskBar()
        self._foot = Static("", classes="editor--foot", markup=False)
        self._language: Language | None = None
        self._document = Document()
        self._marks = Marks()
        self._recovery = Recovery() if recovery is None else recovery
        self._problems: Sequence[Problem] = ()
        self._is_examined = False
        self._errands = Errands(
            ("completion", "hover", "definition", "rename", "format", "keep", "problems"),
            lambda answered: self.post_message(self._Answered(answered)),
        )
        self._asked: dict[str, tuple[int, int]] = {}
        """Ticket and revision of the text of the latest errand of each kind."""
        self._revision = 0
        """Grows with each change of the text."""
        self._kept = 0
        """The revision that was kept last."""
        self._typed = False
        """Whether the change to come is by typing."""
        self._clash_told = False
        self._wanted_by_user = False
        """Whether the hover on its way was asked for by key."""
        self._examining: Timer | None = None
        self._resting: Timer | None = None
        self._jumps: list[Location] = []
        self._area.wants = self._hear

    def compose(self) -> ComposeResult:
        yield self._area
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
        self.keep_now()

    # -- the text -----------------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        """What is edited."""
        return self._document

    @property
    def area(self) -> Area:
        """The field the text is in."""
        return self._area

    @property
    def problems(self) -> Sequence[Problem]:
        """What is known to be wrong with the text."""
        return self._problems

    def edit(self, document: Document, language: Language, *, recovered: Copy | None = None) -> None:
        """Edit a text. The one before is dropped: whoever calls this has asked the user."""
        self._recovery.drop()
        if recovered is not None:
            self._recovery.adopt(recovered)
        self._document, self._language = document, language
        self._problems, self._clash_told, self._jumps = (), False, []
        self._assist.close()
        self._bar.close()
        self._area.load_text(document.text)
        self._kept = self._revision
        self._mark_lines()
        self._retitle()

    def take_program(self, code: Sequence[Line], source: Sequence[str]) -> None:
        """Mark lines by a program from now on; only where the text is the one it was built from."""
        self._marks.take_program(code)
        if _same_text(self._area.lines.lines, source):
            self._area.lines.built()
        else:
            self._area.lines.forget_built()
        self._mark_lines()

    def discard(self) -> None:
        """Nobody wants what is not saved."""
        self._document.text = self._document.saved_text
        self._recovery.drop()
        self._kept = self._revision

    def focus(self, scroll_visible: bool = True) -> EditorPane:
        """Let the user type."""
        self._area.focus(scroll_visible)
        return self

    @on(TextArea.Changed)
    def _changed(self, message: TextArea.Changed) -> None:
        message.stop()
        self._revision += 1
        typed, self._typed = self._typed, False
        self._document.text = self._area.text
        self._is_examined = False
        self._retitle()
        self._assist.narrow()
        if self._assist.wants_some(typed):
            self._ask_completions()
        if self._bar.kind == "find":
            self._count_found()
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
        what = (
            "one character that is no text was"
            if message.dropped == 1
            else f"{message.dropped:,} characters that are no text were"
        )
        self.post_message(self.Told(f"{what} left out of what was pasted"))

    # -- moments ------------------------------------------------------------------------------------------------------

    def watch_moment(self, _old: Moment | None, new: Moment | None) -> None:
        if new is not None:
            self._marks.take(new)
            self._mark_lines()

    def _mark_lines(self) -> None:
        self._area.mark(self._marks.stops, self._marks.here, self._marks.is_fault)

    @on(Area.MarkClicked)
    def _mark_clicked(self, message: Area.MarkClicked) -> None:
        message.stop()
        self._toggle_breakpoint(message.row)

    def action_toggle_breakpoint(self) -> None:
        self._toggle_breakpoint(self._area.cursor_location[0])

    def _toggle_breakpoint(self, row: int) -> None:
        line = self._marks.command_for(self._area.lines.origin(row))
        if line:
            self.post_message(LineGiven(line))
        else:
            hint = (
                "run the text first: ctrl+r"
                if not self._area.lines.origin(row)
                else "choose a line with an instruction"
            )
            self.post_message(
                self.Refused(XqdbgError("there is no instruction of the running program in this line", hint))
            )

    # -- errands ------------------------------------------------------------------------------------------------------

    def _send(self, kind: str, ask: Ask) -> None:
        self._asked[kind] = self._errands.ask(kind, ask), self._revision

    @on(_Answered)
    def _answered(self, message: _Answered) -> None:
        message.stop()
        answered = message.answered
        ticket, revision = self._asked.get(answered.kind, (0, 0))
        if ticket != answered.ticket:
            return
        if isinstance(answered.result, XqdbgError):
            self._failed(answered.kind, answered.result)
        elif isinstance(answered.result, Exception):
            raise answered.result  # a bug: Textual ends the program with its traceback
        elif revision == self._revision or answered.kind == "keep":
            self._HEARD[answered.kind](self, answered.result)

    def _failed(self, kind: str, error: XqdbgError) -> None:
        if kind == "rename" and self._bar.kind == "rename":
            self._bar.tell(f"{error.message}  {error.hint}".strip(), error=True)
        else:
            self.post_message(self.Refused(error))

    def examine(self) -> None:
        """Find out what is wrong with the text."""
        language, text = self._language, self._document.text
        if language is not None:
            self._send("problems", lambda: tuple(language.diagnose(text)))

    def _heard_problems(self, result: object) -> None:
        if not isinstance(result, tuple):
            return
        self._problems, self._is_examined = result, True
        self._area.underline(_underlines(self._problems, self._area.lines.lines))
        self._retitle()
        self._tell_foot()
        self.post_message(self.Examined(self._problems))

    def _heard_kept(self, _result: object) -> None:
        self._kept = self._asked["keep"][1]

    # -- completion and documentation ---------------------------------------------------------------------------------

    def _hear(self, event: events.Key) -> bool:
        """What to do with a key before it is typed. Whether it was taken."""
        self._typed = event.is_printable
        if self._assist.hear(event):
            return True
        if event.key == "escape":
            self.post_message(self.Left())
            return True
        self._card.hide()
        return False

    def action_complete(self) -> None:
        self._assist.want()
        self._ask_completions()

    def _ask_completions(self) -> None:
        language, text = self._language, self._document.text
        row, column = self._area.cursor_location
        if language is not None:
            self._send("completion", lambda: tuple(language.complete(text, row + 1, column + 1)))

    def _heard_completions(self, result: object) -> None:
        if isinstance(result, tuple):
            self._assist.offer(result)

    @on(CompletionList.Taken)
    def _taken(self, message: CompletionList.Taken) -> None:
        message.stop()
        self._assist.take(message.completion)
        self._area.focus()

    @on(Area.AskedAbout)
    def _asked_about(self, message: Area.AskedAbout) -> None:
        message.stop()
        self._assist.close()
        self._wanted_by_user = True
        self._ask_about(self._area.cursor_location)

    def _ask_about(self, location: Location) -> None:
        language, text = self._language, self._document.text
        row, column = location
        if language is not None:
            self._send("hover", lambda: language.hover(text, row + 1, column + 1))

    def _heard_hover(self, result: object) -> None:
        wanted, self._wanted_by_user = self._wanted_by_user, False
        if result is None and wanted:
            self.post_message(self.Told("there is nothing to tell about what the cursor is at"))
        if not self._assist.is_open:
            self._assist.explain(result)  # type: ignore[arg-type]

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the word the mouse rests on."""
        if self._resting is not None:
            self._resting.stop()
        if self._card.display and not self._assist.is_open:
            self._card.hide()
        cell = Offset(event.screen_x, event.screen_y)
        location = self._area.location_at(cell)
        if location is not None and not event.button and not self._assist.is_open:
            self._resting = self.set_timer(REST_SECONDS, lambda: self._ask_about(location))

    def on_leave(self, _event: events.Leave) -> None:
        if self._resting is not None:
            self._resting.stop()

    # -- going places -------------------------------------------------------------------------------------------------

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor somewhere, both from 1, and remember where it was."""
        self._jumps = [*self._jumps[1 - MOST_JUMPS :], self._area.cursor_location]
        self._area.move_cursor((line - 1, column - 1), center=True)
        self._area.focus()

    def action_jump_back(self) -> None:
        if self._jumps:
            self._area.move_cursor(self._jumps.pop(), center=True)

    def action_problem(self, by: int) -> None:
        """To the next or previous problem, round and round."""
        if not self._problems:
            self.post_message(self.Told("no problems" if self._is_examined else "the text is being looked through"))
            return
        row, column = self._area.cursor_location
        here = (row + 1, column + 1)
        spots = [(problem.line, problem.column) for problem in self._problems]
        after = [at for at, spot in enumerate(spots) if (spot > here if by > 0 else spot < here)]
        at = (after[0] if by > 0 else after[-1]) if after else (0 if by > 0 else len(spots) - 1)
        self.go_to(*spots[at])

    def action_definition(self) -> None:
        language, text = self._language, self._document.text
        row, column = self._area.cursor_location
        if language is not None:
            self._send("definition", lambda: language.definition(text, row + 1, column + 1))

    def _heard_definition(self, result: object) -> None:
        if isinstance(result, tuple):
            self.go_to(result[0], result[1])
        else:
            self.post_message(self.Told("nothing is defined for what the cursor is at"))

    # -- changing the text --------------------------------------------------------------------------------------------

    def action_format(self) -> None:
        language, text = self._language, self._document.text
        if language is not None:
            self._send("format", lambda: language.format(text))

    def _heard_formatted(self, result: object) -> None:
        if isinstance(result, str):
            if result == self._document.text:
                self.post_message(self.Told("the text is in its usual form"))
            self._area.take_over(result)

    def action_rename(self) -> None:
        word = self._word_at_cursor()
        if not word:
            self.post_message(
                self.Refused(XqdbgError("there is nothing to rename here", "put the cursor on a register or a label"))
            )
            return
        self._bar.ask("rename", f"rename {shown(word)} to", word, "enter renames it everywhere · esc leaves")

    def _word_at_cursor(self) -> str:
        row, column = self._area.cursor_location
        line = self._area.document[row]
        start = end = min(column, len(line))
        while start > 0 and _is_word(line[start - 1]):
            start -= 1
        while end < len(line) and _is_word(line[end]):
            end += 1
        return line[start:end]

    def _rename(self, new: str) -> None:
        language, text = self._language, self._document.text
        row, column = self._area.cursor_location
        if language is not None:
            self._send("rename", lambda: tuple(language.rename(text, row + 1, column + 1, new)))

    def _heard_renamed(self, result: object) -> None:
        if not isinstance(result, tuple):
            return
        found: Sequence[Replacement] = result
        self._area.take_over(replaced(self._document.text, found))
        self._close_bar()
        if found:
            times = "1 place" if len(found) == 1 else f"{len(found):,} places"
            self.post_message(self.Told(f"renamed in {times}"))

    # -- the bar ------------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        selected = self._area.selected_text
        needle = selected if selected and "\n" not in selected else self._needle
        self._bar.ask("find", "find", needle, "enter next · ↑ previous · ^r replace · esc closes")
        self._area.seek(needle)

    _needle = ""
    """What was looked for last."""

    def action_find_next(self, by: int) -> None:
        if self._needle:
            self._go_to_found(by)
        else:
            self.action_find()

    def action_go_to_line(self) -> None:
        self._bar.ask("line", "go to line", "", f"1 to {self._area.document.line_count:,}")

    @on(AskBar.Typed)
    def _bar_typed(self, message: AskBar.Typed) -> None:
        message.stop()
        if message.kind == "find":
            self._needle = message.text
            self._area.seek(message.text)
            self._count_found()

    def _count_found(self) -> None:
        if self._needle:
            found = places(self._area.lines.lines, self._needle)
            self._bar.tell(f"{len(found):,} found" if found else "not found", error=not found)

    @on(AskBar.Given)
    def _bar_given(self, message: AskBar.Given) -> None:
        message.stop()
        self._GIVEN[message.kind](self, message.text)

    def _find(self, needle: str) -> None:
        self._needle = needle
        self._go_to_found(1)

    def _go_to_found(self, by: int) -> None:
        found = places(self._area.lines.lines, self._needle)
        start, end = sorted(self._area.selection)
        there = next_place(found, start, end, by)
        self._area.seek(self._needle)
        if there is None:
            self._say_in_bar("not found", error=True)
            return
        at, (first, last) = there
        self._area.selection = Selection(first, last)
        self._area.scroll_cursor_visible(center=True)
        self._say_in_bar(f"{at + 1:,} of {len(found):,}")

    def _say_in_bar(self, note: str, *, error: bool = False) -> None:
        if self._bar.kind:
            self._bar.tell(note, error=error)
        elif error:
            self.post_message(self.Refused(XqdbgError(f"{shown(self._needle)!r} is not found")))

    def _line_given(self, text: str) -> None:
        number = text.strip().replace(",", "")
        if number.isascii() and number.isdigit() and 0 < len(number) < 10:
            line = max(1, min(int(number), self._area.document.line_count))
            self._close_bar()
            self.go_to(line, 1)
        else:
            self._bar.tell(f"{text[:20]!a} is no line", error=True)

    @on(AskBar.WentOn)
    def _bar_went_on(self, message: AskBar.WentOn) -> None:
        message.stop()
        if message.kind == "find" and message.by in (1, -1):
            self._find_on(message)
        elif message.kind == "find" and message.by == 2 and message.text:
            self._bar.ask(
                "replace", f"replace {shown(message.text)} by", "", "enter this one · ^a all · ↓ skip · esc leaves"
            )
            self._go_to_found(1)
        elif message.kind == "replace":
            self._replace_on(message)

    def _find_on(self, message: AskBar.WentOn) -> None:
        self._needle = message.text
        self._go_to_found(message.by)

    def _replace_on(self, message: AskBar.WentOn) -> None:
        if message.by in (1, -1):
            self._go_to_found(message.by)
        elif message.by == 3:
            text, times = replaced_everywhere(self._document.text, self._needle, message.text)
            self._area.take_over(text)
            self._close_bar()
            self.post_message(self.Told(f"replaced {times:,} times"))

    def _replace_one(self, new: str) -> None:
        """Replace what is selected, if that is what was looked for, and go on."""
        start, end = sorted(self._area.selection)
        if number_of(places(self._area.lines.lines, self._needle), (start, end)):
            self._area.replace(new, start, end, maintain_selection_offset=False)
        self._go_to_found(1)

    @on(AskBar.Left)
    def _bar_left(self, message: AskBar.Left) -> None:
        message.stop()
        self._close_bar()

    def _close_bar(self) -> None:
        self._bar.close()
        self._area.seek("")
        self._area.focus()

    # -- files --------------------------------------------------------------------------------------------------------

    def action_save(self) -> None:
        self.save()

    def action_save_as(self) -> None:
        self.post_message(self.SaveAsWanted())

    def action_open(self) -> None:
        self.post_message(self.OpenWanted())

    def action_new(self) -> None:
        self.post_message(self.NewWanted())

    def action_run(self) -> None:
        self._assist.close()
        self.post_message(self.RunWanted(self._document.text, self._document.path or self._document.name))

    def save(self, *, force: bool = False) -> bool:
        """Save the text in its file. Whether it is saved; else a message tells why, or asks."""
        if not self._document.path:
            self.post_message(self.SaveAsWanted())
            return False
        if not force and self._document.state() is DiskState.CHANGED:
            self.post_message(self.Clashed(saving=True))
            return False
        return self._saved(lambda: self._document.save(force=force))

    def save_as(self, path: str, *, force: bool = False) -> bool:
        """Save the text in another file, which is its file from then on. Whether that was done."""
        return self._saved(lambda: self._document.save_as(path, force=force))

    def _saved(self, save: Callable[[], None]) -> bool:
        try:
            save()
        except XqdbgError as error:
            self.post_message(self.Refused(error))
            return False
        self._recovery.drop()
        self._kept, self._clash_told = self._revision, False
        self._retitle()
        self.post_message(self.Saved(self._document.path))
        return True

    def look_outside(self) -> None:
        """Notice what somebody else did to the file: taken over if nothing is lost by that, else told once."""
        if self._clash_told or not self._document.path:
            return
        state = self._document.state()
        if state is DiskState.UNCHANGED:
            return
        self._clash_told = True
        if state is DiskState.VANISHED:
            self.post_message(self.Told(f"{self._document.name} is no longer there; saving makes it again"))
        elif self._document.dirty:
            self.post_message(self.Clashed(saving=False))
        else:
            self.reload()

    def reload(self) -> None:
        """Have the text of the file instead; it can be undone."""
        try:
            self._document.reload()
        except XqdbgError as error:
            self.post_message(self.Refused(error))
            return
        self._clash_told = False
        self._recovery.drop()
        self._area.take_over(self._document.text)
        self.post_message(self.Told(f"{self._document.name} was changed by somebody else: read again"))

    def keep_mine(self) -> None:
        """The text stays; saving asks again."""
        self._clash_told = True

    def _keep(self) -> None:
        """Keep a copy of text that is not saved, every now and then."""
        if self._kept == self._revision or not self._document.dirty:
            return
        text, path, recovery = self._document.text, self._document.path, self._recovery
        self._send("keep", lambda: recovery.keep(text, path))

    def keep_now(self) -> None:
        """Keep a copy of text that is not saved, at once: the program is about to end."""
        if not self._document.dirty:
            return
        try:
            self._recovery.keep(self._document.text, self._document.path)
        except XqdbgError as error:
            self.post_message(self.Refused(error))

    # -- what is told around the text ---------------------------------------------------------------------------------

    @property
    def is_lit(self) -> bool:
        return self.has_focus_within

    has_focus_within = False
    """Whether something in the pane has the focus."""

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        self.has_focus_within = True
        self._draw_rule()
        self.look_outside()

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        self.has_focus_within = False
        self._draw_rule()
        if self.screen.focused is not self._area:
            self._assist.close()

    def _retitle(self) -> None:
        name = self._document.path or self._document.name
        self.entitle(Content("Editor"), "  " + printable(name) + (" ●" if self._document.dirty else ""))
        self.tell_aside(*_counted(self._problems, self._is_examined))

    def _tell_foot(self) -> None:
        """The problem the cursor is at, else keys; and where the cursor is."""
        row, column = self._area.cursor_location
        where = Content.styled(f" {row + 1}:{column + 1}", "$xq-quiet")
        width = max(0, self._foot.size.width - where.cell_length)
        problem = _problem_at(self._problems, row + 1, column + 1)
        told = _keys(width) if problem is None else _problem_text(problem)
        told = told.truncate(width, ellipsis=True)
        gap = " " * max(0, width - told.cell_length)
        self._foot.update(Content.assemble(told, gap, where), layout=False)

    def on_resize(self) -> None:
        super().on_resize()
        self.call_after_refresh(self._tell_foot)

    _HEARD: ClassVar[dict[str, Callable[[EditorPane, object], None]]] = {
        "problems": _heard_problems,
        "completion": _heard_completions,
        "hover": _heard_hover,
        "definition": _heard_definition,
        "rename": _heard_renamed,
        "format": _heard_formatted,
        "keep": _heard_kept,
    }
    _GIVEN: ClassVar[dict[str, Callable[[EditorPane, str], None]]] = {
        "find": _find,
        "replace": _replace_one,
        "line": _line_given,
        "rename": _rename,
    }


def _same_text(lines: Sequence[str], source: Sequence[str]) -> bool:
    """Whether lines are those of a source, which has none behind its last line feed."""
    own = lines[:-1] if lines and not lines[-1] else lines
    return list(own) == list(source)


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "._"


def _underlines(problems: Sequence[Problem], lines: Sequence[str]) -> dict[int, tuple[Underline, ...]]:
    """Signs below words, by row; what lies behind the end of a line gets its last character, or the blank there."""
    found: dict[int, tuple[Underline, ...]] = {}
    for problem in problems:
        row = min(problem.line - 1, len(lines) - 1)
        start = min(problem.column - 1, max(0, len(lines[row]) - 1))
        sign = Underline(start, max(start + 1, problem.end - 1), problem.severity is Severity.ERROR)
        found[row] = (*found.get(row, ()), sign)
    return found


def _counted(problems: Sequence[Problem], is_known: bool) -> list[Content]:
    """How many problems there are, for the rule."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    parts = []
    if errors:
        parts.append(Content.styled(f"{ERROR} {_number(errors, 'error')}", "not bold $xq-fault"))
    if warnings:
        parts.append(Content.styled(f"{WARNING} {_number(warnings, 'warning')}", "not bold $xq-finding"))
    if not parts and is_known:
        parts.append(Content.styled("no problems", "not bold $xq-quiet"))
    return parts


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _problem_at(problems: Sequence[Problem], line: int, column: int) -> Problem | None:
    """The problem under the cursor; else the first one in its line."""
    here = [problem for problem in problems if problem.line == line]
    return next((each for each in here if each.column <= column <= each.end), here[0] if here else None)


def _problem_text(problem: Problem) -> Content:
    is_error = problem.severity is Severity.ERROR
    ink = "$xq-fault" if is_error else "$xq-finding"
    return Content.assemble(
        (f"{ERROR if is_error else WARNING} {printable(problem.message)}", ink),
        (f"  {printable(problem.hint)}" if problem.hint else "", "$xq-quiet"),
    )


def _keys(width: int) -> Content:
    """As many hints as there is room for."""
    parts: list[Content] = []
    for key, title in HINTS:
        hint = Content.assemble((key, "bold $xq-title"), " ", (title, "$xq-quiet"))
        if sum(part.cell_length + 2 for part in parts) + hint.cell_length > width:
            break
        parts.append(hint)
    return Content("  ").join(parts)
