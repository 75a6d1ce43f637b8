"""The editor: a program's text, what is wrong with it, and what it is saved in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static, TextArea

from vm.diagnostics import printable
from xqdbg.editing.document import Document
from xqdbg.editing.language import Language
from xqdbg.editing.recovery import Copy, Recovery
from xqdbg.errors import XqdbgError
from xqdbg.moment import Listing, Moment
from xqdbg.tui.editor import messages as say
from xqdbg.tui.editor.area import Area
from xqdbg.tui.editor.ask_bar import AskBar
from xqdbg.tui.editor.asking import AskingPane
from xqdbg.tui.editor.foot import counted, foot, problem_at
from xqdbg.tui.editor.indent import Indenter
from xqdbg.tui.editor.marks import Marks
from xqdbg.tui.editor.search import Search
from xqdbg.tui.highlight import Colours
from xqdbg.tui.panes.line_given import LineGiven

QUIET_SECONDS = 0.25
"""Without a key, until the text is looked through."""
KEEP_SECONDS = 3.0
"""Between two copies of text that is not saved."""
LOOK_SECONDS = 2.0
"""Between two looks whether somebody else has changed the file."""


class EditorPane(AskingPane, can_focus=False):
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

    def __init__(self, *, recovery: Recovery | None = None, id: str | None = None) -> None:
        super().__init__(recovery=recovery, id=id)
        self._search = Search(self.area, self._bar, lambda line: self.go_to(line, 1), self._tell)
        self._foot = Static("", classes="editor--foot", markup=False)
        self._marks = Marks()
        self._program: Listing | None = None
        """What runs."""
        self._examining: Timer | None = None

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
        self._marks.take_program(() if program.foreign else program.code)
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


def _is_same_text(lines: Sequence[str], source: Sequence[str]) -> bool:
    """Whether lines are those of a source, which has none behind its last line feed."""
    own = lines[:-1] if lines and not lines[-1] else lines
    return list(own) == list(source)
