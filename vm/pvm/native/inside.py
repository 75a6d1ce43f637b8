"""The compiled code that a machine can enter, and what the interpreter runs outside of it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vm.contract import StopWhen
from vm.pvm.blocks import Block as Interpreted
from vm.pvm.blocks import BlockTable
from vm.pvm.native import layout
from vm.pvm.native.frame import Frame
from vm.pvm.native.library import Native, support
from vm.pvm.native.paging import Paging
from vm.pvm.native.region import Block

if TYPE_CHECKING:
    from vm.pvm.engine import Engine


class Outside(BlockTable):
    """The blocks of the interpreter, of which those where compiled code can be entered must not be run."""

    def __init__(self, blocks: BlockTable, entries: AbstractSet[int]) -> None:
        dict.__init__(self)
        self._inner = blocks
        self._entries = entries

    def __missing__(self, pc: int) -> Interpreted:
        block = self[pc] = self._inner.barred(pc) if pc in self._entries else self._inner[pc]
        return block


@dataclass(frozen=True, slots=True)
class _Visit:
    """A block that is executed for the first time."""

    block: Block
    room: int
    """Instructions that could be executed before."""
    new: Sequence[bool]
    """For each of its instructions, whether it was not known to have been executed in another way."""


class Inside:
    """The compiled code that a machine can enter, and the memory it works in."""

    def __init__(self, machine: Engine) -> None:
        self._machine = machine
        frame = self._frame = Frame(machine.decoded)
        self._paging = Paging(machine.memory, frame)
        functions = support().functions
        for at, name in (
            (layout.LOAD, "load_far"), (layout.STORE, "store_far"), (layout.CLOSED, "closed"), (layout.OPENED, "opened")
        ):  # fmt: skip
            frame.put(at, functions[name])
        frame.put(layout.PAGE_WANTED, self._paging.function)
        self._run: Callable[[int], int] = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)(functions["run"])
        self.entries: set[int] = set()
        self.known = 0
        """How many regions are installed."""
        self._loaded: list[Native] = []
        self.blocks: dict[int, Block] = {}
        """Blocks that are compiled, by where they begin."""
        self._pcs: frozenset[int] = frozenset()
        self._barred: set[int] = set()
        """Blocks with an address in them at which to stop."""
        self._owners: dict[int, list[int]] | None = None
        """Blocks by the addresses of their instructions, once somebody stops anywhere."""

    def install(self, native: Native) -> None:
        """Take a region in."""
        self._loaded.append(native)  # the code is there as long as somebody holds it
        self.known += 1
        frame = self._frame
        for number, pc in enumerate(native.entries):
            if pc not in self.entries:
                frame.functions[pc], frame.numbers[pc] = native.function, number
                self.entries.add(pc)
        reached = self._machine.reached()
        for pc, block in native.blocks.items():
            self.blocks[pc] = block
            if reached >= set(block.positions):
                frame.lengths[pc] = len(block.steps)
        pcs, self._pcs, self._owners = self._pcs, frozenset(), None
        self._stop_at(pcs)

    def go(self, room: int, stop: StopWhen) -> None:
        """Execute what compiled code will, at most `room` instructions. The machine may stand in mid-block then."""
        machine, frame, paging = self._machine, self._frame, self._paging
        if stop.pcs is not self._pcs and stop.pcs != self._pcs:
            self._stop_at(frozenset(stop.pcs))
        given = min(room, layout.LONGEST_RUN)
        frame.enter(machine.regs, machine.pc, given, machine.calls, stop.depth)
        visit: _Visit | None = None
        try:
            while True:
                self._run(frame.address)
                if visit is not None and not self._settled(visit):
                    break
                if paging.broken is not None or frame.stopped_by_depth or not self._unvisited(frame.pc):
                    break
                visit = self._visit(frame.pc)
        finally:
            self._leave(given)

    # Blocks that were never executed cannot be entered, so that nothing has to keep account of those that were

    def _unvisited(self, pc: int) -> bool:
        """Whether compiled code stopped because a block was not executed yet, and can go on with it."""
        frame = self._frame
        if frame.lengths[pc] != layout.NEVER or pc not in self.entries or pc in self._barred:
            return False
        return len(self.blocks[pc].steps) <= frame.room

    def _visit(self, pc: int) -> _Visit:
        """Allow a block to be executed, which it will be."""
        block, passed = self.blocks[pc], self._machine.passed
        self._frame.lengths[pc] = len(block.steps)
        new = [each not in passed for each in block.positions]
        passed.update(block.positions)
        return _Visit(block, self._frame.room, new)

    def _settled(self, visit: _Visit) -> bool:
        """Whether the whole block was executed; if it was left in its middle, the rest counts as not reached."""
        executed = visit.room - self._frame.room
        block = visit.block
        if executed >= len(block.steps):
            return True
        self._frame.lengths[block.start] = layout.NEVER
        for pc, new in list(zip(block.positions, visit.new, strict=True))[executed:]:
            if new:
                self._machine.passed.discard(pc)
        return False

    def passed(self, interpreted: Interpreted) -> None:
        """Take note that the interpreter has executed a block, so that compiled code may do so next time."""
        pc = interpreted.positions[0]
        block = self.blocks.get(pc)
        if block is not None and pc not in self._barred and len(block.steps) <= len(interpreted.positions):
            self._frame.lengths[pc] = len(block.steps)

    # Where to stop

    def _stop_at(self, pcs: frozenset[int]) -> None:
        """Bar the blocks with these addresses in them, and no others."""
        lengths = self._frame.lengths
        for pc in self._barred:
            reached = self._machine.passed.issuperset(self.blocks[pc].positions)
            lengths[pc] = len(self.blocks[pc].steps) if reached else layout.NEVER
        self._pcs = pcs
        self._barred = {start for pc in pcs for start in self._containing(pc)} if pcs else set()
        for pc in self._barred:
            lengths[pc] = layout.NEVER

    def _containing(self, pc: int) -> list[int]:
        """Where the blocks begin that have an instruction at an address."""
        if self._owners is None:
            self._owners = {}
            for start, block in self.blocks.items():
                for each in block.positions:
                    self._owners.setdefault(each, []).append(start)
        return self._owners.get(pc, [])

    def _leave(self, given: int) -> None:
        machine, frame = self._machine, self._frame
        machine.regs[:] = frame.registers()
        executed = given - frame.room
        machine.pc = frame.pc
        machine.tick += executed
        machine.gas -= executed
        machine.calls = calls = frame.calls()
        machine.depth = 0 if calls is None else calls.depth
        broken, self._paging.broken = self._paging.broken, None
        if broken is not None:
            raise broken
