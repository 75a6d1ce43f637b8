"""The bar below the text in which the editor asks for a word: what to look for, which line, which name."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from vm.diagnostics import printable

MOST_CHARACTERS = 200
"""Longest answer."""


class AskField(Input):
    """The field of the bar."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "leave", "Close", show=False),
        Binding("down,f3", "go_on(1)", "Next", show=False),
        Binding("up,shift+f3", "go_on(-1)", "Previous", show=False),
        Binding("ctrl+r", "go_on(2)", "Replace", show=False),
        Binding("alt+enter,ctrl+a", "go_on(3)", "All", show=False),
        Binding("tab,shift+tab", "stay", show=False),
    ]

    class Left(Message):
        """The user does not want to answer."""

    class WentOn(Message):
        """A key about what was found: 1 next, -1 previous, 2 replace, 3 all."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_go_on(self, by: int) -> None:
        self.post_message(self.WentOn(by))

    def action_stay(self) -> None:
        """Keep the focus here."""


class AskBar(Horizontal):
    """One question, one field, and a note on what was typed."""

    DEFAULT_CSS = """
    AskBar {
        height: 1; display: none; background: $background;
        & > .ask--label { width: auto; color: $xq-rule-focus; text-style: bold; padding: 0 1; }
        AskField { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
        AskField:focus { border: none; background: $background; background-tint: $background 0%; }
        & > .ask--note { width: auto; max-width: 70%; color: $xq-quiet; padding: 0 1; text-wrap: nowrap; }
    }
    """

    class Typed(Message):
        """The answer is being typed."""

        def __init__(self, kind: str, text: str) -> None:
            super().__init__()
            self.kind, self.text = kind, text

    class Given(Message):
        """The answer is given."""

        def __init__(self, kind: str, text: str) -> None:
            super().__init__()
            self.kind, self.text = kind, text

    class WentOn(Message):
        """A key about what was found; as AskField tells it."""

        def __init__(self, kind: str, by: int, text: str) -> None:
            super().__init__()
            self.kind, self.by, self.text = kind, by, text

    class Left(Message):
        """The bar is to be closed."""

    def __init__(self) -> None:
        super().__init__()
        self._label = Static("", classes="ask--label", markup=False)
        self._field = AskField(compact=True, max_length=MOST_CHARACTERS, select_on_focus=True)
        self._note = Static("", classes="ask--note", markup=False)
        self.kind = ""
        """What is being asked for; empty while the bar is closed."""

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._field
        yield self._note

    def ask(self, kind: str, label: str, text: str = "", note: str = "") -> None:
        """Open, with something in the field."""
        self.kind = kind
        self._label.update(Content(label))
        self._field.value = text
        self.tell(note)
        self.display = True
        self._field.focus()
        self._field.select_all()

    def tell(self, note: str, *, error: bool = False) -> None:
        """Say something about what was typed."""
        self._note.update(Content.styled(printable(note), "$xq-fault" if error else "$xq-quiet"))

    def close(self) -> None:
        """Take the bar away."""
        self.kind, self.display = "", False

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        if self.kind:
            self.post_message(self.Typed(self.kind, message.value))

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if self.kind:
            self.post_message(self.Given(self.kind, message.value))

    @on(AskField.WentOn)
    def _went_on(self, message: AskField.WentOn) -> None:
        message.stop()
        self.post_message(self.WentOn(self.kind, message.by, self._field.value))

    @on(AskField.Left)
    def _left(self, message: AskField.Left) -> None:
        message.stop()
        self.post_message(self.Left())

    def on_key(self, event: events.Key) -> None:
        if event.is_printable:
            event.stop()
