"""The calls that are open, as linked frames that checkpoints share (reference, section 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm.mdvm.values import Slot


class Frame:
    """An open call, and below it the one it was made in. Never written once it is made: checkpoints share it."""

    __slots__ = ("back", "below", "depth", "entry", "into", "saved")

    def __init__(
        self, back: int, into: int, entry: int, saved: Sequence[Slot], below: Frame | None, depth: int
    ) -> None:
        self.back = back
        """Where it returns to."""
        self.into = into
        """The register that takes what it returns."""
        self.entry = entry
        """Where what was called begins."""
        self.saved = saved
        """r0 to r63 as they were before the call."""
        self.below = below
        self.depth = depth
        """How many calls are open with it."""


def outward(innermost: Frame | None) -> Iterator[Frame]:
    """The calls that are open, innermost first."""
    while innermost is not None:
        yield innermost
        innermost = innermost.below
