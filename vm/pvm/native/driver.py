"""Running a machine with compiled code as far as that goes, and with the interpreter where it does not.

Both work on the same state, so at any instruction one can go on where the other has stopped. Compiled code is entered
at certain addresses and leaves before whatever it does not do itself; then the interpreter executes a block, and
goes on to the next address where compiled code can be entered.
"""

from __future__ import annotations

from math import inf
from time import thread_time
from typing import TYPE_CHECKING, cast

from vm.contract import Machine, Status, StopWhen
from vm.pvm.blocks import BlockTable
from vm.pvm.native import compiler
from vm.pvm.native.inside import Inside, Outside
from vm.pvm.native.library import Library

if TYPE_CHECKING:
    from vm.pvm.engine import Engine

_SLICE = 20_000
"""Instructions that are interpreted between two looks at the clock, and whether to go on compiled."""
_PATIENCE = 0.6
"""Seconds of interpreting before LLVM is loaded, which takes less than a tenth of it."""
_EAGER_PATIENCE = 0.02
"""Seconds of interpreting before something more is compiled where that is to be done at once."""
_SHARE = 0.1
"""Part of the time interpreted so far that compiling may take, so that a run that ends right then loses no more."""
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
        self._inside: Inside | None = None
        self._interpreted = 0.0
        """Seconds that were spent in interpreting since something was compiled last."""
        self._spent = 0.0
        """Seconds that were spent since then in finding out that compiling does not pay yet."""
        self._patience = 0.0 if eager else _PATIENCE
        """Seconds of interpreting before it is asked again."""
        self.executed = 0
        """Instructions that compiled code has executed."""
        self._tables: dict[int, tuple[BlockTable, Outside]] = {}
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
        before, since = machine.tick, thread_time()
        table = blocks if self._inside is None or self._pause else self._outside(blocks)
        held = machine.run_blocks(table, min(room, _SLICE), stop, None)
        self._interpreted += thread_time() - since
        self._pause = max(0, self._pause - (machine.tick - before))
        return held

    def _outside(self, blocks: BlockTable) -> BlockTable:
        found = self._tables.get(id(blocks))
        if found is None or found[0] is not blocks:
            if len(self._tables) > 8:
                self._tables.clear()
            entries = self._inside.entries if self._inside is not None else frozenset[int]()
            found = self._tables[id(blocks)] = blocks, Outside(blocks, entries)
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
        if self._due():
            self._compile()
        if len(library.natives) == known:
            return False
        inside = self._inside = self._inside or Inside(self._machine)
        for native in library.natives[known:]:
            inside.install(native)
        return True

    def _due(self) -> bool:
        if self._interpreted < self._patience or self._pause or self._library.full:
            return False
        return self._inside is None or self._machine.pc not in self._inside.entries

    def _compile(self) -> None:
        """Have what runs now compiled, if it does not take too long for what has been interpreted so far."""
        allowed = None if self._eager else self._interpreted * _SHARE - self._spent
        since = thread_time()
        try:
            needed = self._library.add(self._machine.pc, allowed, since)
        except compiler.NativeUnavailable:
            if self._eager:
                raise
            self._patience = inf
            return
        if needed == 0.0:
            self._interpreted = self._spent = 0.0
            self._patience = _EAGER_PATIENCE if self._eager else _PATIENCE
            return
        self._spent += thread_time() - since
        self._patience = max(self._interpreted * 1.2, min((self._spent + needed) / _SHARE, self._interpreted * 4))
