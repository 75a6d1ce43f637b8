"""Loop frames (XQVM reference, section 5.4)."""

from __future__ import annotations

DEPTH_LIMIT = 8192
"""Most loops that can be open, and most values on the operand stack."""


class Halt(Exception):
    """The program came to its end; caught by the run loop."""


class Loop:
    """An open loop: where its body begins and how far it has come."""

    __slots__ = ("begin", "body", "elements", "end", "offset", "position")

    def __init__(self, body: int, position: int, end: int, elements: list[int] | None = None, offset: int = 0) -> None:
        self.body = body
        self.position = position
        """The value of a loop over a range; the index into `elements` of a loop over a vector."""
        self.end = end
        self.elements = elements
        """Copy of the elements, never written; None for a loop over a range."""
        self.offset = offset
        self.begin = position
        """The position it was opened at: for those who look on, no instruction can tell."""

    @property
    def index(self) -> int:
        """What LIDX gives."""
        return self.position + self.offset

    @property
    def last(self) -> int:
        """The index it ends before."""
        return self.end + self.offset

    @property
    def value(self) -> int:
        """What LVAL gives."""
        return self.position if self.elements is None else self.elements[self.position]

    def copy(self) -> Loop:
        """A frame that moves on its own; the elements stay shared."""
        copy = Loop(self.body, self.position, self.end, self.elements, self.offset)
        copy.begin = self.begin
        return copy

    @property
    def iteration(self) -> tuple[int, int] | None:
        """Which iteration this is, from 1, and of how many; None once the loop was moved to before its start."""
        index, count = self.position - self.begin + 1, self.end - self.begin
        return (index, count) if 0 < index <= count else None

    def state(self) -> tuple[object, ...]:
        """Everything that tells two frames apart."""
        elements = None if self.elements is None else tuple(self.elements)
        return (self.body, self.position, self.end, elements, self.offset)
