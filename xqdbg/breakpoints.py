"""The places where running stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xqdbg.errors import XqdbgError
from xqdbg.moment import Breakpoint


class Breakpoints:
    """A session's breakpoints: at most one an address, numbered from 1 in the order they were set."""

    def __init__(self) -> None:
        self._by_pc: dict[int, Breakpoint] = {}
        self._last = 0

    @property
    def pcs(self) -> frozenset[int]:
        """Addresses of the enabled ones."""
        return frozenset(pc for pc, breakpoint in self._by_pc.items() if breakpoint.enabled)

    def by_pc(self) -> Mapping[int, Breakpoint]:
        """All of them as they are now, by address."""
        return dict(self._by_pc)

    def at(self, pc: int) -> Breakpoint | None:
        """The one at an address."""
        return self._by_pc.get(pc)

    def numbered(self, number: int) -> Breakpoint:
        """The one called `number`; XqdbgError if there is none."""
        for breakpoint in self._by_pc.values():
            if breakpoint.number == number:
                return breakpoint
        raise XqdbgError(f"there is no breakpoint {number}", self._hint())

    def add(self, pc: int, *, temporary: bool = False) -> Breakpoint:
        """Set one, or enable the one that is there; a lasting one stays lasting."""
        there = self._by_pc.get(pc)
        if there is None:
            self._last += 1
            there = Breakpoint(self._last, pc, temporary=temporary)
        self._by_pc[pc] = replace(there, enabled=True, temporary=there.temporary and temporary)
        return self._by_pc[pc]

    def remove(self, pc: int) -> None:
        """Take away the one at an address, if there is one."""
        self._by_pc.pop(pc, None)

    def enable(self, pc: int, enabled: bool) -> None:
        """Switch the one at an address on or off."""
        self._by_pc[pc] = replace(self._by_pc[pc], enabled=enabled)

    def hit(self, pc: int) -> Breakpoint | None:
        """Count a stop at an address; a temporary breakpoint is gone after it. None if nothing enabled is there."""
        there = self._by_pc.get(pc)
        if there is None or not there.enabled:
            return None
        counted = replace(there, hits=there.hits + 1)
        if counted.temporary:
            del self._by_pc[pc]
        else:
            self._by_pc[pc] = counted
        return counted

    def forget_hits(self) -> None:
        """Count from 0 again."""
        self._by_pc = {pc: replace(breakpoint, hits=0) for pc, breakpoint in self._by_pc.items()}

    def _hint(self) -> str:
        numbers = sorted(breakpoint.number for breakpoint in self._by_pc.values())
        return f"there are {', '.join(map(str, numbers[:20]))}" if numbers else "none is set; `break LOC` sets one"
