"""The calls that are open, as far as a machine without a call stack can tell.

A call is a jump behind which `ra` holds the jump-table address of the instruction after the jump, or one that
loads a jump-table address into `ra` itself. It is open until a dynamic jump to that address is made with the stack
pointer it was made with, or until the stack pointer is seen above that: what was below is gone then. Programs
that use `ra` and `sp` for something else have odd calls, or none; no instruction can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MOST = 1 << 16
"""Calls that are kept; what is called deeper is not told."""
ALIKE = 64
"""Calls with the same stack pointer among which the one that returns is looked for."""


@dataclass(frozen=True, slots=True)
class Call:
    """An open call, and below it the one it was made in. Immutable, so that checkpoints share it."""

    back: int
    """The address its return jumps to."""
    sp: int
    """The stack pointer it was made with."""
    entry: int
    """Where what was called begins."""
    below: Call | None
    depth: int
    """How many calls are open with it."""


def opened(innermost: Call | None, back: int, sp: int, entry: int) -> Call | None:
    """The innermost call once another one is made. One that is made again without a return is made anew."""
    innermost = closed(innermost, back, sp)
    depth = 0 if innermost is None else innermost.depth
    return innermost if depth >= MOST else Call(back, sp, entry, innermost, depth + 1)


def closed(innermost: Call | None, address: int, sp: int) -> Call | None:
    """The innermost call once a dynamic jump to an address was made."""
    while innermost is not None and innermost.sp < sp:
        innermost = innermost.below
    found = innermost
    for _ in range(ALIKE):
        if found is None or found.sp != sp:
            break
        if found.back == address:
            return found.below
        found = found.below
    return innermost


def outward(innermost: Call | None) -> Iterator[Call]:
    """The calls that are open, innermost first."""
    while innermost is not None:
        yield innermost
        innermost = innermost.below
