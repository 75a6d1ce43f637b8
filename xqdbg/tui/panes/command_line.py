"""The bottom line: what the last command came to and the main keys, or the command being typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from vm.contract import Status
from vm.diagnostics import printable
from xqdbg.moment import Moment
from xqdbg.tui.effect import effect_text
from xqdbg.tui.one_line import OneLine
from xqdbg.tui.panes.list_pane import clipped
from xqdbg.tui.plain_lines import PlainlyDrawn
from xqdbg.tui.sheets import deserves_room

MAX_HISTORY = 200
MAX_COMMAND = 400
"""Characters of a command that are accepted."""

Complete = Callable[[str], Sequence[str]]
"""From what is typed to all whole lines it could become."""


class CommandField(Input):
    """The field of the command line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "leave", "Close", show=False),
        Binding("up", "recall(-1)", "Earlier", show=False),
        Binding("down", "recall(1)", "Later", show=False),
        Binding("tab", "complete_word", "Complete", show=False),
        Binding("ctrl+u", "clear_line", "Clear", show=False),
    ]

    class Left(Message):
        """The user does not want to give a command after all."""

    class Completed(Message):
        """Completion came to several candidates."""

        def __init__(self, candidates: Sequence[str]) -> None:
            super().__init__()
            self.candidates = candidates

    def __init__(self, complete: Complete) -> None:
        super().__init__(compact=True, max_length=MAX_COMMAND, select_on_focus=False)
        self._complete = complete
        self._history: list[str] = []
        self._at = 0
        self._draft = ""

    def remember(self, line: str) -> None:
        """Put a line at the end of the history."""
        if line and self._history[-1:] != [line]:
            self._history = [*self._history[1 - MAX_HISTORY :], line]
        self._at = len(self._history)

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_recall(self, by: int) -> None:
        if self._at == len(self._history):
            self._draft = self.value
        self._at = max(0, min(len(self._history), self._at + by))
        self.value = self._history[self._at] if self._at < len(self._history) else self._draft
        self.cursor_position = len(self.value)

    def action_clear_line(self) -> None:
        self.value = ""

    def action_complete_word(self) -> None:
        candidates = [line for line in self._complete(self.value) if line != self.value]
        if not candidates:
            return
        common = _common_start(candidates)
        if len(candidates) == 1:
            self.value = candidates[0] + " "
        elif len(common) > len(self.value):
            self.value = common
        self.cursor_position = len(self.value)
        self.post_message(self.Completed(candidates if len(candidates) > 1 else ()))

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "backspace" and not self.value:
            event.stop()
            event.prevent_default()
            self.action_leave()
            return
        await super()._on_key(event)


class _Message(PlainlyDrawn, Static):
    """What is said and hinted at."""


class CommandLine(Widget):
    """Shows messages and hints; `open()` turns it into a field, Enter runs what is there."""

    DEFAULT_CSS = """
    CommandLine {
        height: 1; padding: 0 1; layout: vertical; background: $background;
        & > Horizontal { height: 1; }
        #pointer { height: auto; display: none; }
        &.-pointed { height: auto; max-height: 6; }
        &.-pointed #pointer { display: block; }
        #message { width: 1fr; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #prompt { width: 1; color: $xq-rule-focus; text-style: bold; display: none; }
        CommandField { width: 1fr; height: 1; border: none; padding: 0; background: $background; display: none; }
        CommandField:focus { border: none; background: $background; background-tint: $background 0%; }
        &.-long { height: auto; max-height: 6; }
        &.-long #message { height: auto; max-height: 6; text-wrap: wrap; }
        &.-long > Horizontal { height: auto; }
        &.-open {
            #prompt, CommandField { display: block; }
            #message { width: auto; max-width: 70%; display: none; }
            &.-told #message { display: block; padding-left: 2; }
        }
    }
    """

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class Submitted(Message):
        """The user has given a command."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Closed(Message):
        """The user gave no command, and the field is gone."""

    def __init__(self, complete: Complete, hints: Sequence[tuple[str, str]], *, id: str | None = None) -> None:
        """Take a completer, and the keys to hint at with what they do, most important first."""
        super().__init__(id=id)
        self._hints = hints
        self._message = _Message("", id="message", markup=False)
        self._pointer = Static("", id="pointer", markup=False)
        self._text = Content("")
        self._input = CommandField(complete)
        self._told_for = ""
        """What was in the field when the message was shown; the message goes when that changes."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(":", id="prompt", markup=False)
            yield self._input
            yield self._message
        yield self._pointer

    @property
    def is_open(self) -> bool:
        """Whether a command is being typed."""
        return self.has_class("-open")

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if new is None or self.is_open or (old is not None and old.turn == new.turn):
            return
        if deserves_room(new.answer, new):
            self._show(Content(""))  # the drawer says it all
        elif new.message and not _says_state(new):
            self._show(Content.styled(printable(new.message), "$foreground"))
        else:
            tells = new.effect is not None and (new.effect.writes or not new.effect.listed)
            effect = effect_text(new.effect, new.words) if new.effect is not None and tells else Content("")
            self._show(effect, whole=False)  # a second line with some steps would make everything jump

    def on_resize(self) -> None:
        self._show_hints()

    def hint_at(self, hints: Sequence[tuple[str, str]]) -> None:
        """Hint at other keys from now on."""
        self._hints = hints
        self._show_hints()

    def tell(self, message: str, hint: str = "", *, error: bool = False) -> None:
        """Say something until there is something else to say."""
        text = Content.styled(printable(message), "$xq-fault" if error else "$foreground")
        if error:
            text = Content.styled("✖ ", "$xq-fault") + text
        if hint:
            text += Content.styled("  " + printable(hint), "$xq-quiet")
        self._show(text)

    def point(self, line: str, column: int, message: str, hint: str = "") -> None:
        """Say what is wrong with a line, below the character at fault."""
        text = Content.assemble(
            ("✖ ", "$xq-fault"),
            (printable(message), "$xq-fault"),
            ("  " + printable(hint) if hint else "", "$xq-quiet"),
        )
        width = max(20, self.content_size.width)
        shown, sign = _excerpt(line, column, width - 1)
        if self.is_open:  # the line stands in the field, which may be scrolled
            shown, sign = "", cell_len(printable(line[:column])) - round(self._input.scroll_offset.x)
        self._show(Content.assemble((":", "bold $xq-rule-focus"), (shown, "$foreground")) if shown else Content(""))
        self._pointer.update(_pointed(text, max(0, sign) + 1, width))
        self.add_class("-pointed")

    def open(self, text: str = "") -> Widget:
        """Let the user type a command; returns the field, which must have the focus."""
        self.add_class("-open")
        self._input.display = True
        self._input.value = text
        self._input.cursor_position = len(text)
        self._show(Content(""))
        return self._input

    def close(self, ran: str = "") -> None:
        """Take the field away; `ran` is the command that was obeyed, for the history."""
        self._input.remember(ran)
        self.remove_class("-open")
        self._input.display = False
        self._input.value = ""
        self._show(Content(""))

    def _show(self, text: Content, *, whole: bool = True) -> None:
        """Show a text; what is not to be shown as a whole never takes more than its line."""
        self._text = text
        self._told_for = self._input.value
        self.remove_class("-pointed")
        self.set_class(bool(text.plain), "-told")
        self.set_class(whole and text.cell_length > self.content_size.width > 0, "-long")
        self._show_hints()

    def _show_hints(self) -> None:
        """The message, and as many hints as there is room for beside it: one text, so that nothing is laid out anew."""
        if self.is_open or self.has_class("-long"):
            self._message.update(self._text)
            return
        used, width = self._text.cell_length, self.content_size.width
        room = width - used - (4 if used else 0)
        shown: list[tuple[str, str]] = []
        length = 0
        for key, title in self._hints:
            hint = ("  " if shown else "") + f"{key} {title}"
            if length + cell_len(hint) > room:
                break
            length += cell_len(hint)
            shown += [(key, "bold $xq-title"), (f" {title}  ", "$xq-quiet")]  # few pieces: each is drawn at every key
        gap = " " * max(0, width - used - length)
        self._message.update(OneLine(Content.assemble(self._text, gap, *shown).rstrip()), layout=False)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if line := message.value.strip():
            self.post_message(self.Submitted(line))
        else:
            self._leave()

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        if self.is_open and message.value != self._told_for:
            self._show(Content(""))

    @on(CommandField.Left)
    def _left(self, message: CommandField.Left) -> None:
        message.stop()
        self._leave()

    def _leave(self) -> None:
        self.close()
        self.post_message(self.Closed())

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        self.call_after_refresh(self._yield_to_others)

    def _yield_to_others(self) -> None:
        """Close where the user has gone elsewhere; what was typed is recalled by `up`."""
        focused = self.screen.focused
        if self.is_open and focused is not None and self not in focused.ancestors:
            self.close(ran=self._input.value.strip())

    @on(CommandField.Completed)
    def _completed(self, message: CommandField.Completed) -> None:
        message.stop()
        common = _common_start(message.candidates) if message.candidates else ""
        start = max(common.rfind(" "), common.rfind(";")) + 1
        self._show(Content.styled("  ".join(line[start:] for line in message.candidates), "$xq-quiet"))


def _excerpt(line: str, column: int, width: int) -> tuple[str, int]:
    """The part of a line around a column that fits, and the cell the column is at in it."""
    text = printable(line)
    first = 0
    while first < column and cell_len(text[first : column + 1]) > width * 2 // 3:
        first += 1
    if cell_len(text) <= width:
        first = 0
    shown = ("…" if first else "") + text[first:]
    return clipped(shown, width), cell_len(("…" if first else "") + text[first:column])


def _pointed(text: Content, column: int, width: int) -> Content:
    """A sign below a column and a text beside it: behind it, before it, or below it, where there is room."""
    sign = Content.styled("^", "bold $xq-fault")
    if column + 2 + text.cell_length <= width:
        return Content.assemble(" " * column, sign, " ", text)
    if text.cell_length + 1 <= column < width:
        return Content.assemble(" " * (column - text.cell_length - 1), text, " ", sign)
    return Content.assemble(" " * min(column, width - 1), sign, "\n", text)


def _says_state(moment: Moment) -> bool:
    """Whether the message is no more than the state, which is shown anyway."""
    if moment.fault is not None:
        return moment.message == f"fault {moment.fault.code}"
    return moment.status is Status.HALTED and moment.message == "halted"


def _common_start(lines: Sequence[str]) -> str:
    first, last = min(lines), max(lines)
    for at, character in enumerate(first):
        if last[at : at + 1] != character:
            return first[:at]
    return first
