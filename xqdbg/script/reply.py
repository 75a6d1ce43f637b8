"""What came of one command: as text, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from vm.values import dataclass
from xqdbg.answer import Json
from xqdbg.moment import Moment


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line was read."""

    name: str = ""
    """The script; empty for what somebody types."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command came to."""

    command: str
    """As it was typed."""
    ok: bool
    lines: tuple[str, ...]
    """What is told, or what is wrong: plain text without control characters."""
    json: Mapping[str, Json]
    """The same for scripts, one object."""
    moment: Moment
    """Where the session is now."""
    error: str = ""
    """What is wrong, in one line; empty if it is the answer that is bad, such as a pin that does not hold."""
