"""What a command is, and what a user asks of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from xqdbg.moment import Moment
from xqdbg.session import Progress, Session, unheard
from xqdbg.timeline import Cancelled, never


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks a command to do."""

    argument: str = ""
    """The text after the word, on a command line."""
    count: int | None = None
    """The number typed before the key."""
    cursor: int | None = None
    """Address under the cursor of the code pane."""
    cancelled: Cancelled = never
    progress: Progress = unheard


Run: TypeAlias = Callable[[Session, Request], Moment]


@dataclass(frozen=True, slots=True)
class Command:
    """Something a user can ask for, whatever the face."""

    id: str
    words: tuple[str, ...]
    """What it is called on a command line; the first one is its name."""
    keys: str
    """Default keys as Textual spells them, separated by commas; the first one is shown."""
    title: str
    """Two or three words, for a footer or a palette."""
    help: str
    """One sentence."""
    usage: str
    example: str
    run: Run | None
    """None where the face itself has to obey."""

    @property
    def word(self) -> str:
        """Its name on a command line."""
        return self.words[0]
