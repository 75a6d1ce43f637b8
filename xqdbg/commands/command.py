"""What a command is, and what a user asks of one."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

from vm.values import dataclass
from xqdbg.moment import Moment
from xqdbg.patience import ENDLESS, Patience
from xqdbg.session import Session


class Takes(Enum):
    """What an argument is, for completion and help."""

    NOTHING = "nothing"
    COUNT = "a count"
    LOCATION = "a location"
    TIME = "a moment"
    EXPRESSION = "an expression"
    PLACE = "a place"
    TOPIC = "a topic of info"
    BOOKMARK = "a bookmark"
    BRANCH = "a branch"
    BREAKPOINT = "the number of a breakpoint"
    WATCH = "the number of a display"
    PIN = "the number of a pin"
    OPCODE = "a mnemonic"
    COMMAND = "a command or a topic of help"
    FILE = "a file"
    TEXT = "words"
    ASSEMBLY = "assembly"
    CHOICE = "one of a few words"


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks a command to do."""

    argument: str = ""
    """The text after the word, on a command line; a format behind a slash included."""
    count: int | None = None
    """The number typed before the key."""
    cursor: int | None = None
    """Address under the cursor of the code pane."""
    patience: Patience = ENDLESS


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
    takes: Takes = Takes.NOTHING
    """What its argument is."""
    choices: tuple[str, ...] = ()
    """Words its argument can be or begin with."""
    formatted: bool = False
    """Whether it takes a format behind a slash, as in `print /x r3`."""
    repeats: bool = False
    """Whether an empty line after it does it again."""

    @property
    def word(self) -> str:
        """Its name on a command line."""
        return self.words[0]

    @property
    def group(self) -> str:
        """The theme it belongs to, the beginning of its id."""
        return self.id.partition(".")[0]
