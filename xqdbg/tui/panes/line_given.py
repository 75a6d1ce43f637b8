"""What panes say that turn what is done to their rows into command lines."""

from __future__ import annotations

from textual.message import Message


class LineGiven(Message):
    """The user did something to a row, which is the same as giving a command."""

    def __init__(self, line: str, *, sure: bool = True) -> None:
        super().__init__()
        self.line = line
        self.sure = sure
        """Whether the line may be obeyed at once, and need not be shown first."""
