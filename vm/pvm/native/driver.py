"""Running a machine with compiled code as far as that goes, and with the interpreter where it does not.

Both work on the same state, so at any instruction one can go on where the other has stopped. Compiled code is entered
at certain addresses and leaves before whatever it does not do itself; then the interpreter executes a block, and
goes on to the next address where compiled code can be entered.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, cast

from vm.contract import Machine, Status, StopWhen
from vm.pvm.blocks import Block as Interpreted
from vm.pvm.blocks import BlockTable
from vm.pvm.native import compiler, layout
from vm.pvm.native.frame import Frame
from vm.pvm.native.library import Library, Native, support
from vm.pvm.native.paging import Paging
from vm.pvm.native.region import Block

if TYPE_CHECKING:
    from vm.pvm.engine import Engine

_SLICE = 20_000
"""Instructions that are interpreted between two looks at the clock, and whether to go on compiled."""
_PATIENCE = 0.5
"""Seconds of interpreting before LLVM is loaded, which takes a tenth of it."""
_EAGER_PATIENCE = 0.02
"""Seconds of interpreting before something more is compiled where that is to be done at once."""
_SHARE = 0.1
"""Part of the time interpreted so far that compiling may take, so that a run that ends at once loses no more."""
_TRIP = 150
"""Instructions the interpreter executes in the time it takes to enter compiled code and leave it."""
_CREDIT = 100 * _TRIP
"""Instructions lost in entering compiled code for next to nothing before it is left alone for a while."""
_REST = 100_000
"""Instructions that are interpreted then, at first."""


class Driver:
    """Compiled code for one machine."""

    def __init__(self, machine: Engine, library: Library, *, eager: bool) -> None:
        """`eager` is to compile at once, whatever it takes, and not when it pays."""
        self._machine = machine
        self._library = library
        self._eager = eager
        self._inside: _Inside | None = None
        self._interpreted = 0.0
        """Seconds that were spent in interpreting since something was compiled last."""
        self._asked = 0.0
        """How many those were when it was asked last what could be compiled."""
        self._off = False
        self.executed = 0
        """Instructions that compiled code has executed."""
        self._tables: dict[int, tuple[BlockTable, _Outside]] = {}
        self._balance = self._pause = 0
        self._rest = _REST

    def run(self, last: int, stop: StopWhen) -> bool:
        """Run until one instruction must be executed on its own, or until `stop` holds. Does it?"""
        machine = self._machine
        blocks = machine.table(stop.pcs)
        while machine.status is Status.READY:
            room = min(last - machine.tick, machine.gas)
            if self._compiles():
                self._tables.clear()
            inside = self._inside
            if inside is not None and machine.pc in inside.entries and not self._pause:
                before = machine.tick
                inside.go(room, stop)
                self._account(machine.tick - before)
                if machine.tick > before and stop.holds(cast(Machine, machine)):
                    return True
                room = min(last - machine.tick, machine.gas)
                block = blocks[machine.pc]
                if block.length > room:
                    return False
                if machine.run_blocks(blocks, block.length, stop, None):
                    return True
                if block.executed:
                    inside.passed(block)
                continue
            if blocks[machine.pc].length > room:
                return False
            if self._interpret(blocks, room, stop):
                return True
        return False

    def _interpret(self, blocks: BlockTable, room: int, stop: StopWhen) -> bool:
        """Interpret for a while, or to where compiled code can be entered. Does `stop` hold there?"""
        machine = self._machine
        before, since = machine.tick, perf_counter()
        table = blocks if self._inside is None or self._pause else self._outside(blocks)
        held = machine.run_blocks(table, min(room, _SLICE), stop, None)
        self._interpreted += perf_counter() - since
        self._pause = max(0, self._pause - (machine.tick - before))
        return held

    def _outside(self, blocks: BlockTable) -> BlockTable:
        found = self._tables.get(id(blocks))
        if found is None or found[0] is not blocks:
            if len(self._tables) > 8:
                self._tables.clear()
            entries = self._inside.entries if self._inside is not None else frozenset[int]()
            found = self._tables[id(blocks)] = blocks, _Outside(blocks, entries)
        return found[1]

    def _account(self, executed: int) -> None:
        """Leave compiled code alone for a while if it was entered time and again for next to nothing."""
        self.executed += executed
        self._balance = min(_CREDIT, self._balance + executed - _TRIP)
        if self._balance < -_CREDIT:
            self._balance, self._pause = 0, self._rest
            self._rest = min(self._rest * 2, 1 << 40)

    # Compiling

    def _compiles(self) -> bool:
        """Compile more if it is time to, and take note of what was compiled. Is there something new?"""
        library, known = self._library, self._inside.known if self._inside is not None else 0
        if not self._off and not library.full and self._due():
            self._add()
        if len(library.natives) == known:
            return False
        inside = self._inside = self._inside or _Inside(self._machine)
        for native in library.natives[known:]:
            inside.install(native)
        return True

    def _due(self) -> bool:
        if self._pause:
            return False
        inside = self._inside
        if inside is not None and self._machine.pc in inside.entries:
            return False
        patience = (0.0 if inside is None else _EAGER_PATIENCE) if self._eager else _PATIENCE
        return self._interpreted >= max(patience, 1.5 * self._asked)

    def _add(self) -> None:
        self._asked = self._interpreted
        try:
            if self._library.add(self._machine.pc, None if self._eager else self._interpreted * _SHARE):
                self._interpreted = self._asked = 0.0
        except compiler.NativeUnavailable:
            if self._eager:
                raise
            self._off = True


class _Outside(BlockTable):
    """The blocks of the interpreter, of which those where compiled code can be entered must not be run."""

    def __init__(self, blocks: BlockTable, entries: AbstractSet[int]) -> None:
        dict.__init__(self)
        self._blocks = blocks
        self._entries = entries

    def __missing__(self, pc: int) -> Interpreted:
        block = self[pc] = self._blocks.barred(pc) if pc in self._entries else self._blocks[pc]
        return block


@dataclass(frozen=True, slots=True)
class _Visit:
    """A block that is executed for the first time."""

    block: Block
    room: int
    """Instructions that could be executed before."""
    new: Sequence[bool]
    """For each of its instructions, whether it was not known to have been executed in another way."""


class _Inside:
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
        self._blocks: dict[int, Block] = {}
        self._pcs: AbstractSet[int] = frozenset()
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
            self._blocks[pc] = block
            if reached >= set(block.positions):
                frame.lengths[pc] = len(block.steps)
        pcs, self._pcs, self._owners = self._pcs, frozenset(), None
        self._stop_at(pcs)

    def go(self, room: int, stop: StopWhen) -> None:
        """Execute what compiled code will, at most `room` instructions. The machine may stand in mid-block then."""
        machine, frame, paging = self._machine, self._frame, self._paging
        if stop.pcs is not self._pcs:
            self._stop_at(stop.pcs)
        given = min(room, layout.LONGEST_RUN)
        frame.enter(machine.regs, machine.pc, given, machine.calls, stop.depth)
        visit: _Visit | None = None
        while True:
            self._run(frame.address)
            if visit is not None and not self._settled(visit):
                break
            if paging.broken is not None or frame.stopped_by_depth or not self._unvisited(frame.pc):
                break
            visit = self._visit(frame.pc)
        self._leave(given)

    # Blocks that were never executed cannot be entered, so that nothing has to keep account of those that were

    def _unvisited(self, pc: int) -> bool:
        """Whether compiled code stopped because a block was not executed yet, and can go on with it."""
        frame = self._frame
        if frame.lengths[pc] != layout.NEVER or pc not in self.entries or pc in self._barred:
            return False
        return len(self._blocks[pc].steps) <= frame.room

    def _visit(self, pc: int) -> _Visit:
        """Allow a block to be executed, which it will be."""
        block, passed = self._blocks[pc], self._machine.passed
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
        block = self._blocks.get(pc)
        if block is not None and pc not in self._barred and len(block.steps) <= len(interpreted.positions):
            self._frame.lengths[pc] = len(block.steps)

    # Where to stop

    def _stop_at(self, pcs: AbstractSet[int]) -> None:
        """Bar the blocks with these addresses in them, and no others."""
        lengths = self._frame.lengths
        for pc in self._barred:
            reached = self._machine.passed.issuperset(self._blocks[pc].positions)
            lengths[pc] = len(self._blocks[pc].steps) if reached else layout.NEVER
        self._pcs = pcs
        self._barred = {start for pc in pcs for start in self._containing(pc)} if pcs else set()
        for pc in self._barred:
            lengths[pc] = layout.NEVER

    def _containing(self, pc: int) -> list[int]:
        """Where the blocks begin that have an instruction at an address."""
        if self._owners is None:
            self._owners = {}
            for start, block in self._blocks.items():
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
