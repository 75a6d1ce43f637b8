"""Host calls: what was called, and replies that are known before (PVM reference, section 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType

from vm.contract import Reply
from vm.values import dataclass

KEPT = 64
"""Host calls that are remembered, to be looked at."""

_JAM = (
    "gas", "fetch", "lookup", "read", "write", "info", "historical_lookup", "export", "machine", "peek", "poke",
    "pages", "invoke", "expunge", "bless", "assign", "designate", "checkpoint", "new", "upgrade", "transfer", "eject",
    "query", "solicit", "forget", "yield", "provide",
)  # fmt: skip
NAMES: Mapping[int, str] = MappingProxyType({**dict(enumerate(_JAM)), 100: "log"})
"""What the numbers mean to JAM; 100 is what toolchains log by."""


@dataclass(frozen=True, slots=True)
class HostCall:
    """A call of the host."""

    tick: int
    """The tick at which the instruction began."""
    pc: int
    number: int
    registers: tuple[int, ...]
    answered: bool
    """Whether the inputs had a reply to it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that is known before."""

    reply: Reply
    charge: int = 0
    """Gas that the call costs besides the instruction."""


@dataclass(frozen=True, slots=True)
class HostTable:
    """Replies by what is called; a host call without one waits for somebody to give it."""

    in_order: Sequence[Answer] = ()
    """Replies to the first, second and further calls, whatever their numbers."""
    by_number: Mapping[int, Sequence[Answer]] = field(default_factory=dict)
    """Replies to the first and further calls of a number."""
    always: Mapping[int, Answer] = field(default_factory=dict)
    """Replies to every call of a number that has no other one."""

    def answer(self, number: int, made: int, alike: int) -> Answer | None:
        """The reply to a call of a number, after so many calls in all and so many of that number."""
        if made < len(self.in_order):
            return self.in_order[made]
        listed = self.by_number.get(number, ())
        return listed[alike] if alike < len(listed) else self.always.get(number)


def named(number: int) -> str:
    """The number of a host call, and what it means to JAM."""
    return f"{number} ({NAMES[number]})" if number in NAMES else str(number)
