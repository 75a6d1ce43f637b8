"""News from the engine's thread, as messages."""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from xqdbg.answer import Answer
from xqdbg.moment import Moment


class Arrived(Message):
    """The engine has come to a new moment."""

    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self.moment = moment

    def can_replace(self, message: Message) -> bool:
        """What an earlier moment told and this one does not tell again is not to be lost."""
        if not isinstance(message, Arrived):
            return False
        earlier = message.moment
        return earlier.turn == self.moment.turn or (not earlier.logged and earlier.answer is None)


class Streamed(Message):
    """An answer is known so far."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Streamed)


class Progressed(Message):
    """A long command has come this far."""

    def __init__(self, tick: int) -> None:
        super().__init__()
        self.tick = tick

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Progressed)


class Failed(Message):
    """A command could not be obeyed."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Told(Message):
    """A command of the dialogue was answered."""

    def __init__(self, lines: Sequence[str], *, error: bool) -> None:
        super().__init__()
        self.lines, self.error = lines, error


class LeaveWanted(Message):
    """A line says that the user wants to leave."""
