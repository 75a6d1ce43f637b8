"""The count that was typed before a key, for the keys that panes keep to themselves."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual.widget import Widget

MOST = 10**9
"""Larger counts move as far: no list is longer."""


@runtime_checkable
class Counts(Protocol):
    """A screen on which counts are typed."""

    def take_count(self) -> int | None:
        """The count that was typed, which is used up with that; None if there is none."""
        ...


def times(pane: Widget) -> int:
    """How often the key of a pane is meant: the count before it, else once."""
    screen = pane.screen
    count = screen.take_count() if isinstance(screen, Counts) else None
    return 1 if count is None else min(count, MOST)
