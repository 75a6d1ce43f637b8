"""What the screen does for the editor: files, running what is edited, and that nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.widget import Widget

from vm.diagnostics import printable
from vm.toolchain import Toolchain
from xqdbg import resources
from xqdbg.editing.paths import full_path
from xqdbg.errors import XqdbgError
from xqdbg.host import Job
from xqdbg.moment import Moment
from xqdbg.patience import Patience
from xqdbg.session import Session, Unassembled
from xqdbg.tui.editor import messages as say
from xqdbg.tui.face import HINTS, key_name
from xqdbg.tui.facing import FacingScreen
from xqdbg.tui.focus import is_typing
from xqdbg.tui.hinting import Hint, Hinting, shown_hints
from xqdbg.tui.pane_table import PaneKind

if TYPE_CHECKING:  # most sessions edit nothing, and their start pays for nothing of it
    from xqdbg.editing.opening import Opened
    from xqdbg.editing.recovery import Copy
    from xqdbg.editing.templates import Template
    from xqdbg.tui.editor.pane import EditorPane
    from xqdbg.tui.editor.problems_pane import ProblemsPane
    from xqdbg.tui.modals.save_as import Target

EDITOR, PROBLEMS, LAYOUT = "editor", "problems", "edit"
"""Ids of the panes, and the layout that has room for them."""
EDITOR_KEYS = frozenset({"f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f12"})
"""Function keys that the editor has for itself."""
ROOMY_ROWS = 38
"""Rows below which lists and an editor cannot share the screen."""
TOLD_SECONDS = 12
"""How long it is told that there is unsaved text."""

Then = Callable[[], object]
"""What to do once nothing can be lost by it."""


def typing_hints(keys: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Keys of commands that work while letters are text."""
    found = [(next(filter(_works_in_text, keys[id_]), ""), title) for id_, title in HINTS.items()]
    return [("^p", "commands"), *((key_name(key), title) for key, title in found if key)]


def _works_in_text(key: str) -> bool:
    """Whether a key is neither text nor the editor's own."""
    return key[:1] == "f" and key[1:].isdigit() and key not in EDITOR_KEYS


class EditingScreen(FacingScreen):
    """Opens, saves and runs what is edited."""

    _session: Session
    _then: Then | None = None
    """What waits for the text to be saved."""
    _is_asking = False
    """Whether the user is being asked what to do with the text."""
    _coming: Opened | None = None
    """What the editor is about to take."""
    _own: Opened | None = None
    """The text of the program that is debugged, as it was opened."""

    def submit(self, job: Job) -> None:
        """Have the engine do something."""
        raise NotImplementedError

    @property
    def editor(self) -> EditorPane | None:
        """The editor, once somebody has wanted it."""
        widget = self.tiles.widget(EDITOR)
        return cast("EditorPane | None", widget)

    @property
    def is_typing(self) -> bool:
        """Whether the keys are text."""
        focused = self.focused
        return focused is not None and (is_typing(focused) or focused.check_consume_key("a", "a"))

    def obey_itself(self, id: str, argument: str) -> None:
        verb = self._EDITING.get(id)
        if verb is None:
            super().obey_itself(id, argument)
        else:
            verb(self, argument)

    def drawer_opened(self) -> None:
        if not self.is_typing:
            super().drawer_opened()

    # -- what to edit -------------------------------------------------------------------------------------------------

    def edit(self, argument: str) -> None:
        """Edit the program, or the file that is named."""
        from xqdbg.editing.opening import open_text

        if argument:
            path = argument if argument.startswith(resources.EXAMPLE_PREFIX) else full_path(argument)
            self._when_safe(lambda: self._load(lambda: open_text(path)))
        elif self.editor is not None and self.editor.language is not None:
            self._show_editor()
        else:
            self._load(self._program_itself)

    def begin(self, argument: str = "") -> None:
        """Begin a text, from the template that is named or one that is chosen."""
        from xqdbg.editing.templates import find_template
        from xqdbg.tui.editor.dialogs import new_dialog

        try:
            tools = self._tools()
            if argument:
                self._begin(find_template(tools, argument), tools)
            else:
                self.app.push_screen(new_dialog(tools), lambda template: self._begin(template, tools))
        except XqdbgError as error:
            self.refuse(error)

    def _begin(self, template: Template | None, tools: Toolchain) -> None:
        from xqdbg.editing.document import Document
        from xqdbg.editing.opening import Opened

        if template is not None:
            opened = Opened(Document(template.text), tools, template.name)
            self._when_safe(lambda: self._load(lambda: opened))

    def _tools(self) -> Toolchain:
        """The tools of what is edited, else of what is debugged."""
        if self.editor is not None and self.editor.language is not None:
            return self.editor.language.tools
        if self._session.opened is None:
            raise XqdbgError("this program cannot be edited: its tools are not at hand", "edit FILE edits another one")
        return self._session.opened.tools

    def _program(self) -> Opened:
        """The text of the program that is debugged."""
        from xqdbg.editing.opening import open_program

        session, tools = self._session, self._tools()
        opened, kept = session.opened, str(resources.conformance())
        path, program = ("", None) if opened is None else (opened.path, opened.program)
        source = () if session.has_foreign_source else session.source
        return open_program(tools, path, session.name, session.code, source, kept, program)

    def _program_itself(self) -> Opened:
        self._own = self._program()
        return self._own

    def _line_looked_at(self) -> int | None:
        """The line of the source under the cursor of the code pane."""
        if self._session.has_foreign_source:
            return None
        pcs, code = self.code_pane.pcs_under_cursor, self._session.code
        return next((line.source_line for line in code if line.pc in pcs), None) if pcs else None

    def _load(self, find: Callable[[], Opened]) -> None:
        """Edit a text; the one before is saved, or nobody wants it."""
        try:
            opened = find()
        except XqdbgError as error:
            self.refuse(error)
            return
        self._coming = opened
        self._show_editor()
        self.call_after_refresh(self._take)

    def make_pane(self, kind: PaneKind) -> Widget:
        if kind.id == EDITOR:  # a layout may show the editor before anybody has wanted to type
            self.call_after_refresh(self._take)
        return super().make_pane(kind)

    def _take(self) -> None:
        """Put the text that was found into the editor, now that it is there; the program's where none was wanted."""
        from xqdbg.editing.language import Language
        from xqdbg.editing.recent import RecentFiles

        editor, opened, self._coming = self.editor, self._coming, None
        is_wanted, is_program = opened is not None, opened is None or opened is self._own
        if editor is None or (opened is None and editor.language is not None):
            return
        try:
            opened = opened or self._program()
        except XqdbgError as error:
            self.refuse(error)
            return
        editor.edit(opened.document, Language(opened.tools), title=opened.title, copy=opened.copy)
        if is_program and (line := self._line_looked_at()) is not None:
            editor.area.move_cursor(editor.area.clamp_visitable((line - 1, 0)), center=True)
        if path := opened.document.path:
            RecentFiles().add(path)
            if not os.path.lexists(path):
                self.command_line.tell(f"{path} is a new file", "it is made when it is saved")
        if is_wanted:
            self.call_after_refresh(editor.focus)

    def _show_editor(self) -> None:
        if not self.tiles.is_placed(EDITOR):
            if self.size.height < ROOMY_ROWS:
                self.close_drawer()
            self.choose_layout(LAYOUT)
        self.look_at(EDITOR)

    @on(say.Attended)
    def _typing_began_or_ended(self, message: say.Attended) -> None:
        """Hint at keys that mean what is said while one types."""
        message.stop()
        self.hint()

    def wanted_hints(self) -> Sequence[Hint]:
        if not self.is_typing:
            return super().wanted_hints()
        field = self.focused
        is_field = field is not None and field.check_consume_key("a", "a")  # no pane with a search of its own
        own = field.HINTS if is_field and isinstance(field, Hinting) else ()
        return [*shown_hints(own, self._keyboard), *typing_hints(self._keys)]

    @on(say.Left)
    def _editor_left(self, message: say.Left) -> None:
        """To the code, or to what else there is to look at beside the editor."""
        message.stop()
        self.leave_editor()

    def leave_editor(self) -> None:
        """Give the focus to a pane whose keys are commands."""
        self.set_focus(next((pane for pane in self._panes_beside() if pane.focusable), None))

    def _keep_focus_in_sight(self) -> None:
        """Never on the editor of its own accord: keys that are commands would become text."""
        if self.focused is None or not all(node.display for node in self.focused.ancestors_with_self):
            self.leave_editor()

    def _panes_beside(self) -> list[Widget]:
        """The panes in sight but the editor, the code first."""
        names = sorted(self.tree_of(self.layout_name).panes(), key=lambda name: name != "code")
        placed = (self.tiles.widget(name) for name in names if name != EDITOR and self.tiles.is_placed(name))
        return [widget for widget in placed if widget is not None]

    # -- files --------------------------------------------------------------------------------------------------------

    @on(say.OpenWanted)
    def _open_wanted(self, message: say.OpenWanted) -> None:
        from xqdbg.tui.editor.dialogs import open_dialog

        message.stop()
        self.app.push_screen(open_dialog(), self._chosen)

    def _chosen(self, chosen: str | Copy | None) -> None:
        from xqdbg.editing.opening import open_copy

        if isinstance(chosen, str):
            self.edit(chosen)
        elif chosen is not None:
            self._when_safe(lambda: self._load(lambda: open_copy(chosen, self._tools())))

    @on(say.NewWanted)
    def _new_wanted(self, message: say.NewWanted) -> None:
        message.stop()
        self.begin()

    @on(say.SaveAsWanted)
    def _save_as_wanted(self, message: say.SaveAsWanted) -> None:
        from xqdbg.tui.editor.dialogs import save_as_dialog

        message.stop()
        editor = self.editor
        if editor is not None and editor.language is not None:
            dialog = save_as_dialog(editor.sheet, editor.language.tools.text_suffix)
            self.app.push_screen(dialog, self._save_as)

    def _save_as(self, target: Target | None) -> None:
        if target is None or self.editor is None:
            self._then = None
        else:
            self.editor.save(target.path, force=target.overwrites)

    @on(say.Saved)
    def _saved(self, message: say.Saved) -> None:
        from xqdbg.editing.recent import RecentFiles

        message.stop()
        RecentFiles().add(message.path)
        self.command_line.tell(f"saved {message.path}")
        then, self._then = self._then, None
        if then is not None:
            then()

    @on(say.Clashed)
    def _clashed(self, message: say.Clashed) -> None:
        message.stop()
        self._ask_about_clash(message.saving)

    def _ask_about_clash(self, saving: bool) -> None:
        from xqdbg.tui.editor.dialogs import clash_dialog

        if self.editor is not None and not self._is_asking:
            self._is_asking = True
            self.app.push_screen(clash_dialog(self.editor.sheet, saving=saving), self._settle_clash)

    def _settle_clash(self, answer: str | None) -> None:
        self._is_asking = False
        editor = self.editor
        if editor is None:
            return
        if answer == "r":
            self._then = None
            editor.reload()
        elif answer == "o":
            editor.save(force=True)
        elif answer == "c":
            self._compare(editor)
        else:
            self._then = None

    def _compare(self, editor: EditorPane) -> None:
        from xqdbg.tui.editor.dialogs import difference_dialog

        try:
            shown = difference_dialog(editor.sheet.document)
        except XqdbgError as error:
            self.refuse(error)
        else:
            self.app.push_screen(shown, lambda _: self._ask_about_clash(True))

    # -- nothing is lost ----------------------------------------------------------------------------------------------

    def _when_safe(self, then: Then) -> None:
        """Do something that drops the text of the editor, once it is saved or nobody wants it."""
        editor = self.editor
        if editor is None or not editor.is_unsaved:
            then()
        elif not self._is_asking:
            from xqdbg.tui.editor.dialogs import unsaved_dialog

            self._is_asking = True
            self.app.push_screen(unsaved_dialog(editor.sheet), lambda answer: self._made_safe(answer, then))

    def _made_safe(self, answer: str | None, then: Then) -> None:
        self._is_asking = False
        editor = self.editor
        if editor is not None and answer == "s":
            self._then = then
            editor.save()
        elif editor is not None and answer == "d":
            editor.sheet.discard()
            then()

    def leave(self) -> None:
        """End the program, unless there is text to be saved and the user wants to stay."""
        self._when_safe(self.app.exit)

    def tell_of_unsaved(self) -> None:
        """Tell that texts were not saved the last time."""
        from xqdbg.editing.recovery import Recovery

        copies = Recovery().left()
        if copies:
            more = f" and {len(copies) - 1} more" if len(copies) > 1 else ""
            told = f"{copies[0].name}{more}: E and then ctrl+o opens it again"
            self.notify(told, title="Text that was not saved is kept", timeout=TOLD_SECONDS, markup=False)

    @on(say.Refused)
    def _editor_refused(self, message: say.Refused) -> None:
        message.stop()
        self._then = None
        self.refuse(message.error)

    @on(say.Told)
    def _editor_told(self, message: say.Told) -> None:
        message.stop()
        self.command_line.tell(message.text)

    # -- running ------------------------------------------------------------------------------------------------------

    @on(say.RunWanted)
    def _run_wanted(self, message: say.RunWanted) -> None:
        message.stop()
        editor, opened = self.editor, self._session.opened
        if editor is None or editor.language is None:
            return
        if opened is None or opened.tools.name != editor.language.tools.name:
            hint = f"`xqdbg {printable(editor.sheet.name)}` debugs it"
            self.refuse(XqdbgError("this text is a program of another machine", hint))
            return
        text, name, path = message.text, editor.sheet.name, editor.sheet.document.path

        def job(session: Session, patience: Patience) -> Moment:
            return session.rebuild(text, name=name, path=path, patience=patience)

        self.submit(job)

    def refuse(self, error: XqdbgError) -> None:
        super().refuse(error)
        if isinstance(error, Unassembled) and self.editor is not None:
            self.editor.examine()

    @on(say.Examined)
    def _examined(self, message: say.Examined) -> None:
        message.stop()
        if (pane := self.tiles.widget(PROBLEMS)) is not None:
            cast("ProblemsPane", pane).show(message.problems)

    @on(say.ProblemChosen)
    def _problem_chosen(self, message: say.ProblemChosen) -> None:
        message.stop()
        if self.editor is not None:
            self.editor.go_to(message.problem.line, message.problem.column)

    _EDITING: ClassVar[Mapping[str, Callable[[EditingScreen, str], None]]] = MappingProxyType(
        {"ui.edit": edit, "ui.new": begin}
    )
