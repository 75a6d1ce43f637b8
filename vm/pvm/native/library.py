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
from vm.pvm.native.region import Block, Region, grown, whole

_SECONDS = 0.00035, 0.0006, 0.0005
"""What it takes to compile an instruction, a block, and an entry, about."""
_SECONDS_AROUND = 0.006
"""What it takes besides those."""
_SECONDS_OF_PAIRS = 0.000015
_SECONDS_OF_SUPPORT = 0.03
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
        self._met: set[int] = set()
        """Addresses of which nothing more comes."""
        self._entered: set[int] = set()

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

    def add(self, pc: int, seconds: float | None = None, since: float = 0.0) -> float:
        """Have what is reached from an address compiled; 0 if there is more now.

        With `seconds`, it is not done if those will have gone by, counted from a time of the clock, and it is not on
        disk; the seconds it takes are returned instead. Where there is nothing to be compiled they are infinite.
        """
        region = self._whole or self._reached_from(pc)
        if region is None or not region.entries:
            return inf
        text = emitter.written(region)
        code = _kept(text)
        if code is None:
            needed = _effort(region)
            if seconds is not None and thread_time() - since + needed > seconds:
                return needed
            code = _made(text)
        loaded = compiler.loaded(code, (emitter.NAME,))
        self.natives.append(Native(region.blocks, region.entries, loaded.functions[emitter.NAME], loaded))
        self._entered.update(region.entries)
        return 0.0

    def _reached_from(self, pc: int) -> Region | None:
        """The region of the basic block an address is in, unless there is one already."""
        at = bisect_right(self._starts, pc)
        seed = self._starts[at - 1] if at else pc
        if seed in self._met or seed in self._entered or len(self.natives) >= MOST_REGIONS:
            return None
        region = grown(self._code, (seed,))
        if not region.entries:
            self._met.add(seed)
            return None
        return region


def _effort(region: Region) -> float:
    """Seconds it takes to compile a region, about, and what it needs for the first time."""
    entries = len(region.entries)
    counts = sum(len(block.steps) for block in region.blocks.values()), len(region.blocks), entries
    found = _SECONDS_AROUND + sum(count * each for count, each in zip(counts, _SECONDS, strict=True))
    found += _SECONDS_OF_PAIRS * entries * entries  # each dynamic jump may go to each of them
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
