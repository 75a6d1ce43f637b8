"""What the user's settings say about panes, given to each pane as it is made."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from vm.values import dataclass
from xqdbg.config import Config
from xqdbg.numerals import Base

_BASES = {"dec": Base.DECIMAL, "hex": Base.HEX, "bin": Base.BINARY}


@runtime_checkable
class _Based(Protocol):
    """A pane that writes numbers in a base."""

    base: Base


@runtime_checkable
class _Following(Protocol):
    """A pane that can go along with the machine."""

    follows: bool


@dataclass(frozen=True, slots=True)
class Preferences:
    """How panes are to begin."""

    base: Base = Base.DECIMAL
    follows: bool = True
    film_speed: int = 10

    @classmethod
    def of(cls, config: Config) -> Preferences:
        """What the settings come to."""
        return cls(_BASES[config.word("base")], config.flag("follow"), config.number("film_speed"))

    def give(self, pane: object) -> None:
        """Have a pane begin as the user likes it."""
        if isinstance(pane, _Based):
            pane.base = self.base
        if isinstance(pane, _Following):
            pane.follows = self.follows
