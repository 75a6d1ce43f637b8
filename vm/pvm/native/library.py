"""What has been compiled of a program. Machines with the same program share it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import inf
from time import thread_time

from vm.pvm.blocks import Code
from vm.pvm.native import cache as shelf
from vm.pvm.native import compiler, emitter, runtime
from vm.pvm.native.compiler import Loaded
from vm.pvm.native.region import Block, Region, block_at, grown, whole

_SECONDS_EACH = 1.2e-6
"""What it takes to compile a character of a module's text, about."""
_SECONDS_AROUND = 0.006
"""What it takes besides."""
_SECONDS_OF_SUPPORT = 0.03
"""What is compiled once takes so long."""
MOST_REGIONS = 64
"""Regions of a program that are compiled; the rest is interpreted."""


@dataclass(frozen=True, slots=True)
class Native:
    """A region whose code is in memory."""

    blocks: Mapping[int, Block]
    entries: Sequence[int]
    function: int
    """Its address."""
    loaded: Loaded


@cache
def support() -> Loaded:
    """What compiled code calls and is called by."""
    code = _kept(runtime.TEXT)
    return compiler.loaded(_made(runtime.TEXT) if code is None else code, runtime.NAMES)


class Library:
    """The compiled regions of one program, in the order in which they were made."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self.natives: list[Native] = []
        self._entered: set[int] = set()
        """Addresses at which compiled code can be entered."""

    @property
    def full(self) -> bool:
        """Whether no more is compiled."""
        return len(self.natives) >= MOST_REGIONS or (bool(self.natives) and self._whole is not None)

    @cached_property
    def _whole(self) -> Region | None:
        return whole(self._code)

    @cached_property
    def _starts(self) -> Sequence[int]:
        return sorted(self._code.program.block_starts)

    def lacks(self, pc: int) -> bool:
        """Whether an address is one that could be entered if it was compiled, and was not yet."""
        return pc not in self._entered and block_at(self._code, pc)[0] is not None

    def start_of(self, pc: int) -> int:
        """Where the basic block begins that an address is in."""
        at = bisect_right(self._starts, pc)
        return self._starts[at - 1] if at else pc

    def add(self, pc: int, seconds: float, since: float) -> float:
        """Have what is reached from an address compiled; 0 if there is more now.

        It is not done if the seconds will have gone by then, counted from a time of the clock, unless it is on disk;
        the seconds it takes are returned instead. Where there is nothing to be compiled they are infinite.
        """
        region = self._whole or self._reached_from(pc)
        if region is None or not region.entries:
            return inf
        text = emitter.written(region)
        code = _kept(text)
        if code is None:
            needed = _effort(text)
            if thread_time() - since + needed > seconds:
                return needed
            code = _made(text)
        loaded = compiler.loaded(code, (emitter.NAME,))
        self.natives.append(Native(region.blocks, region.entries, loaded.functions[emitter.NAME], loaded))
        self._entered.update(region.entries)
        return 0.0

    def _reached_from(self, seed: int) -> Region | None:
        """The region of an address, unless there is one that can be entered there already."""
        if not self.lacks(seed):
            return None
        return grown(self._code, (seed,), self._entered)


def _effort(text: str) -> float:
    """Seconds it takes to compile a module, about, and what it needs for the first time."""
    found = _SECONDS_AROUND + _SECONDS_EACH * len(text)
    return found if support.cache_info().currsize else found + _SECONDS_OF_SUPPORT


def _kept(text: str) -> bytes | None:
    """Object code of a module from another time."""
    found = shelf.opened()
    return None if found is None else found.read(found.key(text, compiler.described()))


def _made(text: str) -> bytes:
    """Object code of a module, kept for the next time."""
    code = compiler.compiled(text)
    found = shelf.opened()
    if found is not None:
        found.write(found.key(text, compiler.described()), code)
    return code
