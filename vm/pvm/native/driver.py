"""Running a machine with compiled code as far as that goes, and with the interpreter where it does not.

Both work on the same state, so at any instruction one can go on where the other has stopped. Compiled code is entered
at certain addresses and leaves before whatever it does not do itself; then the interpreter executes a block, and
goes on to the next address where compiled code can be entered.
"""

from __future__ import annotations

from collections import Counter
from math import inf
from time import thread_time
from typing import TYPE_CHECKING, cast

from vm.contract import Machine, Status, StopWhen
from vm.pvm.blocks import BlockTable
from vm.pvm.native import compiler
from vm.pvm.native.inside import Inside, Outside
from vm.pvm.native.library import Library
from vm.pvm.native.thrift import Thrift

if TYPE_CHECKING:
    from vm.pvm.engine import Engine

_SLICE = 20_000
"""Instructions that are interpreted between two looks at the clock, and whether to go on compiled."""
_MOST_EXITS = 1024
"""Addresses that are remembered as what compiled code leads to."""
_TRIED = 16
"""Those among them, the most frequent ones, that are looked at when something is to be compiled."""
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
        self._thrift = Thrift(eager=eager)
        self._exits: Counter[int] = Counter()
        """Addresses that compiled code leads to and cannot be entered at, and how often it did."""
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
                self._go(inside, room, stop)
                if machine.tick > before and stop.holds(cast(Machine, machine)):
                    return True
                room = min(last - machine.tick, machine.gas)
            block = blocks[machine.pc]
            if block.length > room:
                return False
            if self._interpret(blocks, room, stop):
                return True
            if inside is not None and block.executed:
                inside.passed(block)
        return False

    def _go(self, inside: Inside, room: int, stop: StopWhen) -> None:
        """Go on in compiled code, and see whether that was worth it."""
        machine = self._machine
        before, since = machine.tick, thread_time()
        inside.go(room, stop)
        executed = machine.tick - before
        self.executed += executed
        self._thrift.ran(executed, thread_time() - since)
        if executed and machine.pc not in inside.entries:
            if len(self._exits) >= _MOST_EXITS:
                self._exits.clear()
            self._exits[machine.pc] += 1
        self._balance = min(_CREDIT, self._balance + executed - _TRIP)
        if self._balance < -_CREDIT:  # it was entered time and again for next to nothing
            self._balance, self._pause = 0, self._rest
            self._rest = min(self._rest * 2, 1 << 40)

    def _interpret(self, blocks: BlockTable, room: int, stop: StopWhen) -> bool:
        """Interpret for a while, or to where compiled code can be entered. Does `stop` hold there?"""
        machine = self._machine
        before, since = machine.tick, thread_time()
        table, inside = blocks, self._inside
        if inside is not None and not self._pause:
            if machine.pc in inside.entries:  # compiled code has just left there
                room = blocks[machine.pc].length
            else:
                table = self._outside(blocks)
        held = machine.run_blocks(table, min(room, _SLICE), stop, None)
        executed = machine.tick - before
        self._thrift.interpreted(executed, thread_time() - since)
        self._pause = max(0, self._pause - executed)
        return held

    def _outside(self, blocks: BlockTable) -> BlockTable:
        found = self._tables.get(id(blocks))
        if found is None or found[0] is not blocks:
            if len(self._tables) > 8:
                self._tables.clear()
            entries = self._inside.entries if self._inside is not None else frozenset[int]()
            found = self._tables[id(blocks)] = blocks, Outside(blocks, entries)
        return found[1]

    # Compiling

    def _compiles(self) -> bool:
        """Compile more if it is time to, and take note of what was compiled. Is there something new?"""
        library, known = self._library, self._inside.known if self._inside is not None else 0
        if self._thrift.due() and not self._pause and not library.full:
            self._compile()
        if len(library.natives) == known:
            return False
        inside = self._inside = self._inside or Inside(self._machine)
        for native in library.natives[known:]:
            inside.install(native)
        return True

    def _compile(self) -> None:
        """Have what compiled code leads to, or else what runs now, compiled, if that does not take too long yet."""
        thrift, since = self._thrift, thread_time()
        library, leading = self._library, (pc for pc, _ in self._exits.most_common(_TRIED))
        seed = next(filter(library.lacks, leading), None)
        try:
            needed = library.add(library.start_of(self._machine.pc) if seed is None else seed, thrift.allowed, since)
        except (compiler.NativeUnavailable, RuntimeError, OSError):
            if self._eager:
                raise
            thrift.give_up()  # whatever is wrong with LLVM here, there is the interpreter
            return
        if needed == 0.0:
            thrift.compiled(thread_time() - since)
        else:
            thrift.refused(thread_time() - since, needed)
        if needed in (0.0, inf):
            self._exits.clear()
