"""What is known of the dialogue without making it: its language, its messages, and how it is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from textual.message import Message
from textual.widget import Widget

from vm.values import dataclass
from xqdbg.tui.panes.titled import Titled

Span: TypeAlias = tuple[str, str]
"""A kind, one of `KINDS` or empty, and the text."""

KINDS = (
    "command", "word", "function", "format", "string", "variable", "name", "operator", "sign",
    "comment", "op", "flow", "register", "number", "label",
)  # fmt: skip
"""What can be told apart in a line by its colour."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A text that can stand from a column of the line on instead of what is there."""

    text: str
    start: int
    note: str = ""


class Language(Protocol):
    """What is known of what is typed."""

    def offers(self, lines: Sequence[str]) -> Sequence[Offer]:
        """What the end of the last of some lines could become."""
        ...

    def is_unfinished(self, text: str) -> bool:
        """Whether more has to follow before it can be obeyed."""
        ...

    def coloured(self, text: str) -> Sequence[Sequence[Span]]:
        """The spans of each line."""
        ...


class ReplGiven(Message):
    """The user has typed something that is to be obeyed; empty to do again what was done last."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class ReplLeft(Message):
    """The user wants to be elsewhere."""


class PauseWanted(Message):
    """The user wants what runs to stop."""


class Conversing(Titled):
    """The pane in which a dialogue is held."""

    def tell(self, lines: Sequence[str], *, error: bool = False) -> None:
        """Add an answer, or what is wrong."""
        raise NotImplementedError

    def put(self, text: str) -> None:
        """Let the user go on with a text."""
        raise NotImplementedError


def repl_around(widget: Widget | None) -> Conversing | None:
    """The dialogue that a widget is part of."""
    nodes = widget.ancestors_with_self if widget is not None else ()
    return next((node for node in nodes if isinstance(node, Conversing)), None)


def within_repl(widget: Widget | None) -> bool:
    """Whether a widget is part of the dialogue, so that keys are characters."""
    return repl_around(widget) is not None
