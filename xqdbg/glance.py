"""What a face looks at of a large value: a part of it, now or at another moment, or how often it was written."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from vm.contract import Frame, Window
from vm.values import dataclass


class Of(Enum):
    """What of a region is looked at."""

    NOW = "now"
    NEXT = "next"  # what it will hold behind the next instruction
    THEN = "then"  # what it held at another moment
    WRITES = "writes"  # how often each value was written before now
    ALL_WRITES = "all writes"  # how often each value is written in the whole run


class Stand(NamedTuple):
    """A moment: a tick of a branch."""

    branch: str
    tick: int


@dataclass(frozen=True, slots=True)
class Glance:
    """A part of a region, and what of it is wanted."""

    frame: Frame
    of: Of = Of.NOW
    then: Stand | None = None
    """The other moment, for `Of.THEN`."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally(Window):
    """A window whose values are numbers of writes; `stored` is how many places were written, `focus` never None."""

    first: int | None = None
    """The tick of the first write to the place under the cursor."""
    last: int | None = None
    """The tick of its last write, of those that were counted."""
    counted: int = 0
    """The tick up to which writes were counted."""
    complete: bool = False
    """Whether these are all the writes that were asked for."""
