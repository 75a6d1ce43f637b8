"""The lines below a memory: the octets under the cursor as numbers, and what instructions do to memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vm.contract import Value
from vm.diagnostics import printable
from xqdbg.numerals import Base, numeral
from xqdbg.tui.marks import BOTH, CHANGED, READS, WRITES, WRITTEN
from xqdbg.tui.panes.memory_sight import READ, Octets, Touch, Touches

SIZES = (1, 2, 4, 8)
"""Octets that are read as one number."""
LEGEND = f"{WRITTEN} written  {READ} read  {CHANGED} changed  {READS} read next  {WRITES} written next  {BOTH} both"
NARROW, WIDE = 62, 130
"""Columns below which the numbers take a line more, and from which on they take one less."""
BINARY_SIZES = (1, 2, 4)
"""The same in binary: longer ones have no room."""


def foot_lines(height: int, width: int) -> int:
    """How many of so many lines the foot takes."""
    if height >= 14:
        return 3 if width >= WIDE else 4 if width >= NARROW else 5
    return 3 if height >= 9 else 1 if height >= 4 else 0


def numbers(octets: Octets, address: int, base: Base) -> Iterator[str]:
    """What stands at an address as numbers, the first octet the lowest; signed ones where that makes a difference."""
    for size in BINARY_SIZES if base is Base.BINARY else SIZES:
        value = octets.number(address, size)
        if value is None:
            return
        yield f"u{8 * size} {numeral(value, base)}"
        if base is Base.DECIMAL and value >> 8 * size - 1:
            yield f"i{8 * size} {value - (1 << 8 * size)}"


def packed(items: Sequence[str], width: int, lines: int) -> list[str]:
    """Items in so many lines, as many as there is room for; an item is never cut."""
    found = [""] * lines
    at = 0
    for item in items:
        while at < lines and len(found[at]) + len(item) + (2 if found[at] else 1) > width:
            at += 1
        if at == lines:
            break
        found[at] += f"{'  ' if found[at] else ' '}{item}"
    return found


def events(touches: Touches, changed: int, width: int, base: Base) -> str:
    """What the last instruction did to memory and what the next one is about to do, wherever that is."""
    told = [f"{WRITTEN} {_changed(touch, base)}" for touch in touches.written]
    told += [f"{READ} {_held(touch, base)}" for touch in touches.read]
    coming = [f"{READS} {_held(touch, base)}" for touch in touches.reads]
    coming += [f"{WRITES} {_changed(touch, base)}" for touch in touches.writes]
    told += [f"{CHANGED} {changed:,} in view changed"] if changed else []
    line = packed([*coming, *told], width, 1)[0]
    return line or (f" {LEGEND}" if len(LEGEND) < width else "")


def _held(touch: Touch, base: Base) -> str:
    return f"{printable(str(touch.place))} = {_text(touch.old, base)}"


def _changed(touch: Touch, base: Base) -> str:
    return f"{printable(str(touch.place))} {_text(touch.old, base)} → {_text(touch.new, base)}"


def _text(value: Value, base: Base) -> str:
    return numeral(value, base) if isinstance(value, int) else "…"
