"""The calls that are open, as linked frames that checkpoints share (reference, section 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm.mdvm.values import Slot


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """An open call, and below it the one it was made in. Immutable."""

    back: int
    """Where it returns to."""
    into: int
    """The register that takes what it returns."""
    entry: int
    """Where what was called begins."""
    saved: Sequence[Slot]
    """r0 to r63 as they were before the call. Never written."""
    below: Frame | None
    depth: int
    """How many calls are open with it."""


def outward(innermost: Frame | None) -> Iterator[Frame]:
    """The calls that are open, innermost first."""
    while innermost is not None:
        yield innermost
        innermost = innermost.below
