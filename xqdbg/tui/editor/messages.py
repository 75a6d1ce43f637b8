"""What the editor says to the screen around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from xqdbg.errors import XqdbgError

if TYPE_CHECKING:  # the screen hears these messages, and most sessions edit nothing
    from xqdbg.editing.text import Problem


class Left(Message):
    """The user is done with typing."""


class Attended(Message):
    """Keys are text from now on, or no longer."""

    def __init__(self, *, typing: bool) -> None:
        super().__init__()
        self.typing = typing


class OpenWanted(Message):
    """The user wants to edit another file."""


class NewWanted(Message):
    """The user wants to begin a text."""


class SaveAsWanted(Message):
    """The text has no file it can be saved in; or the user wants another one."""


class Clashed(Message):
    """Somebody else has changed the file."""

    def __init__(self, *, saving: bool) -> None:
        super().__init__()
        self.saving = saving
        """Whether that came out when the text was to be saved."""


class Saved(Message):
    """The text is in its file."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


class RunWanted(Message):
    """The text is to be run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Examined(Message):
    """It is known what is wrong with the text."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = problems


class ProblemChosen(Message):
    """The user wants to see where a problem is."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


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
