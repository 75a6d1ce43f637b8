"""A question with a few answers, each with a letter."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.tui.modals.frame import Dialog


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer."""

    key: str
    """The letter that gives it, and what it is called by the program."""
    text: str
    note: str = ""
    """What comes of it."""


class ChoiceModal(Dialog[str]):
    """Asks for one of some answers; escape is none of them. Comes to the letter of the answer."""

    DEFAULT_CSS = """
    ChoiceModal > .dialog { width: 70; max-width: 92%; }
    ChoiceModal .choice--question { height: auto; margin-bottom: 1; }
    """

    def __init__(self, title: str, question: str, answers: Sequence[Answer]) -> None:
        super().__init__()
        self._title, self._question, self._answers = title, question, answers

    def compose(self) -> ComposeResult:
        with self.framed(self._title, "esc leaves all as it is"):
            yield Static(Content(printable(self._question)), classes="choice--question", markup=False)
            yield OptionList(*(_option(answer) for answer in self._answers))

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_key(self, event: events.Key) -> None:
        if any(answer.key == event.character for answer in self._answers):
            event.stop()
            self.leave(event.character)

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.leave(message.option_id)


def _option(answer: Answer) -> Option:
    text = Content.assemble(
        (f"{answer.key} ", "bold $xq-changed"),
        (printable(answer.text), "$foreground"),
        (f"  {printable(answer.note)}" if answer.note else "", "$xq-quiet"),
    )
    return Option(text, id=answer.key)
