"""Running a machine with compiled code where there is some, and with the interpreter where there is none.

Both work on the same state, so at any instruction one can go on where the other has stopped. Units are entered where
they begin and leave before whatever they do not do themselves; then the interpreter executes a block, and goes on to
the next instruction at which a unit can be entered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from time import thread_time
from typing import TYPE_CHECKING, Any, NoReturn, cast

from vm.contract import Machine, Status, StopWhen
from vm.mdvm.blocks import LENGTH_LIMIT, NEVER_FITS, Block, BlockTable
from vm.mdvm.compiled.library import Library, Shelf, Unit
from vm.mdvm.compiled.runtime import NAMES, Beside, Leave
from vm.mdvm.frames import Frame, outward
from vm.mdvm.isa import CALL_DEPTH, ISA, SAVED

if TYPE_CHECKING:
    from vm.mdvm.engine import Engine

_SLICE = 5_000
"""Instructions that are interpreted between two looks at what runs."""
_LEAST = 200
"""Ticks that are interpreted rather than that a unit is entered for them."""
_MOST = (1 << 30) - 1
"""Ticks a unit is entered for at once: Python counts them fast up to there."""
_NESTED = 150
"""Calls in which compiled code calls compiled code; Python's own limit is a thousand."""
_PER_TICK = 2e-7
"""Seconds the interpreter takes for an instruction, about."""
_SHARE = 0.25
"""Of the time that is interpreted so much may go into compiling."""
_EFFORT = 0.001, 0.00015
"""Seconds it takes to compile anything, and each instruction, about."""
_MOST_KEPT = 8
"""Sets of instructions to stop at for which units are kept ready."""
_TRIES = 32
_TRIP = 60
"""Instructions a unit must execute on average to be worth entering."""
_GUESSES = 2
"""Wrong guesses at an instruction before it is left to its handler."""
_SETTLED = 300_000
"""Instructions after which a unit is written again without marks."""


class Bound:
    """A unit for one machine."""

    def __init__(self, unit: Unit, machine: Engine, beside: Beside) -> None:
        self.unit = unit
        self.marks = [0] * len(unit.marks)
        names: dict[str, Any] = {
            **NAMES, **unit.names, "R": machine.regs, "T": machine.tags, "G": beside.regs, "M": self.marks,
            "m": machine,
        }  # fmt: skip
        for pc in unit.handlers:
            instruction = machine.program.code[pc]
            names[f"H{pc}"] = ISA.handlers[instruction.name](beside, *instruction.operands)
        exec(unit.code, names)  # text that `Writer` made of numbers and rows of the table
        self.enter: Callable[[int, int], NoReturn] = names["unit"]
        self.entered = self.executed = self.refused = 0

    def reached(self) -> Iterator[int]:
        """The instructions it has marked since it was last asked."""
        for number, marked in enumerate(self.marks):
            if marked:
                self.marks[number] = 0
                yield from self.unit.marks[number]


class Outside(dict[int, Block]):
    """The interpreter's blocks, except where a unit can be entered: there it stops."""

    def __init__(self, blocks: BlockTable, heads: AbstractSet[int]) -> None:
        super().__init__()
        self._blocks, self._heads = blocks, heads

    def __missing__(self, pc: int) -> Block:
        block = self[pc] = NEVER_FITS if pc in self._heads else self._blocks[pc]
        return block


class Driver:
    """Compiled code for one machine."""

    def __init__(self, machine: Engine, library: Library, *, eager: bool) -> None:
        """`eager` is to compile whatever is met, and not what is worth it."""
        self._machine = machine
        self._library = library
        self._eager = eager
        self._beside = Beside(machine)
        self._cuts: AbstractSet[int] = frozenset({-1})
        self._shelf = Shelf(machine.program, self._cuts)
        self._units: dict[int, Bound] = {}
        self._heads: set[int] = set()
        """Where the interpreter stops: a unit can be entered, or compiled."""
        self._dropped: set[int] = set()
        """Roots of units that were not worth it."""
        self._kept: dict[AbstractSet[int], tuple[Shelf, dict[int, Bound], set[int], set[int]]] = {}
        """The four above, by the instructions to stop at."""
        self._past: list[Bound] = []
        self._outside: tuple[BlockTable, Outside] | None = None
        self._guesses: Counter[int] = Counter()
        self._interpreted, self._compiling = _PER_TICK * machine.tick, 0.0
        """Seconds, about, that were spent on either."""
        self._unseen = 0
        """Instructions that were interpreted since it was looked what they are."""
        self.executed = 0
        """Instructions that compiled code has executed."""

    def run(self, last: int, stop: StopWhen) -> bool:
        """Run until one instruction must be executed on its own, or until `stop` holds. Does it?"""
        machine = self._machine
        blocks = machine.table(stop.pcs)
        self._turn_to(stop.pcs)
        while machine.status is Status.READY:
            room = min(last - machine.tick, machine.limit - machine.instructions)
            if room >= _LEAST or (self._eager and room > 1):
                before = machine.tick
                self._go(room)
                if machine.status.ended:
                    return False
                if machine.tick > before:
                    if stop.holds(cast(Machine, machine)):
                        return True
                    room = min(last - machine.tick, machine.limit - machine.instructions)
            if blocks[machine.pc].length > room:
                return False
            if self._interpret(blocks, room, stop):
                return True
        return False

    def reached(self) -> Iterator[int]:
        """The instructions that compiled code has executed, as far as it was not told yet."""
        for _, units, _, _ in self._kept.values():
            for bound in units.values():
                yield from bound.reached()
        for bound in self._past:
            yield from bound.reached()

    def _turn_to(self, cuts: AbstractSet[int]) -> None:
        """Use the units that stop where a run must."""
        if cuts == self._cuts:
            return
        key = self._cuts = frozenset(cuts)
        kept = self._kept.pop(key, None)
        if kept is None:
            while len(self._kept) >= _MOST_KEPT:
                self._past += self._kept.pop(next(iter(self._kept)))[1].values()
            shelf = self._library.shelf(cuts)
            kept = shelf, {}, set(shelf.graph.heads) if self._eager else set(), set()
        self._kept[key] = kept
        self._shelf, self._units, self._heads, self._dropped = kept
        self._outside = None
        self._forget_past()

    def _forget_past(self) -> None:
        for bound in self._past:
            self._machine.pass_by(bound.reached())
        self._past.clear()

    # Running

    def _go(self, room: int) -> None:
        """Go on in compiled code, if there is some for this instruction."""
        machine = self._machine
        bound = self._units.get(machine.pc)
        if bound is None:
            bound = self._compiled(machine.pc) if self._eager and machine.pc in self._heads else None
            if bound is None:
                return
        room = min(room, _SETTLED if bound.marks else _MOST)
        before = machine.tick
        try:
            bound.enter(room, max(0, min(_NESTED, CALL_DEPTH - machine.depth)))
        except Leave as leave:
            self._arrive(leave, room)
            executed = machine.tick - before
            self.executed += executed
            bound.entered += 1
            bound.executed += executed
            self._judge(bound, leave)

    def _arrive(self, leave: Leave, room: int) -> None:
        """Put the machine where compiled code has left."""
        machine, site = self._machine, leave.site
        registers = machine.regs
        for call, values, shared in reversed(leave.outer):
            for number, value in zip(call.registers, values, strict=True):
                registers[number] = value
            saved = registers[:SAVED]
            then = dict(zip(call.shared, shared, strict=True))
            for to, register in enumerate(call.arguments):
                registers[to] = then[register] if register in then else registers[register]
            machine.depth += 1
            machine.frames = Frame(call.pc + 1, call.into, call.entry, saved, machine.frames, machine.depth)
        for number, value in zip(site.registers, leave.values, strict=True):
            registers[number] = value
        machine.tick += room - leave.room
        machine.pass_by(site.passed)
        machine.come_to(site.pc)

    def _judge(self, bound: Bound, leave: Leave) -> None:
        """Part with a unit that was written for something else, or is not worth entering."""
        root = bound.unit.root
        if leave.site.guessed:
            self._guesses[leave.site.pc] += 1
            if self._guesses[leave.site.pc] >= _GUESSES:
                self._library.generic.add(leave.site.pc)
                self._drop(bound)
        elif leave.site.entrance:
            bound.refused += 1
            if bound.refused >= _GUESSES:
                self._drop(bound)
        elif not self._eager and bound.entered % _TRIES == 0 and bound.executed < _TRIP * bound.entered:
            self._drop(bound)
            self._dropped.add(root)
        elif bound.marks and bound.executed >= _SETTLED // 2:
            bound.executed = bound.entered = 0
            self._machine.pass_by(bound.reached())
            if any(self._machine.has_passed(mark) for mark in bound.unit.marks):
                self._renewed(root, fresh=True)

    def _drop(self, bound: Bound) -> None:
        self._units.pop(bound.unit.root, None)
        self._past.append(bound)
        if not self._eager:
            self._heads.discard(bound.unit.root)
            self._outside = None
        self._shelf.forget(bound.unit)

    def _interpret(self, blocks: BlockTable, room: int, stop: StopWhen) -> bool:
        """Interpret for a while, or to where a unit can be entered. Does `stop` hold there?"""
        machine = self._machine
        before = machine.tick
        if machine.pc in self._heads or room < _LEAST:  # a unit has just left here, or there is none
            held = machine.run_blocks(blocks, min(room, blocks[machine.pc].length), stop, None)
        else:
            held = machine.run_blocks(self._table(blocks), min(room, max(_SLICE, LENGTH_LIMIT)), stop, None)
        self._unseen += machine.tick - before
        if self._unseen >= _SLICE and not self._eager and machine.status is Status.READY:
            self._interpreted += _PER_TICK * self._unseen
            self._unseen = 0
            self._look()
        return held

    def _table(self, blocks: BlockTable) -> BlockTable:
        if self._outside is None or self._outside[0] is not blocks:
            self._outside = blocks, Outside(blocks, frozenset(self._heads))
        return cast(BlockTable, self._outside[1])

    # Compiling

    def _look(self) -> None:
        """Compile what the interpreter has been found in, from the outside to the inside."""
        machine = self._machine
        self._compile_around(machine.pc, machine.frames.entry if machine.frames is not None else -1)
        for at, frame in enumerate(outward(machine.frames)):
            if at >= 8:
                break
            self._compile_around(frame.back - 1, frame.below.entry if frame.below is not None else -1)

    def _compile_around(self, pc: int, entry: int) -> None:
        if not 0 <= pc < self._machine.program.instructions:
            return
        for root in (*self._shelf.loops_around(pc), entry):
            if root >= 0 and root not in self._units and root not in self._dropped:
                self._renewed(root)
                return

    def _renewed(self, root: int, *, fresh: bool = False) -> None:
        """Compile at an instruction, if there is time for it."""
        effort = _EFFORT[0] + _EFFORT[1] * min(400, self._machine.program.instructions)
        if self._compiling + effort > _SHARE * self._interpreted and not fresh:
            return
        since = thread_time()
        if self._compiled(root, fresh=fresh) is None and not fresh:
            self._dropped.add(root)
        self._compiling += thread_time() - since

    def _compiled(self, root: int, *, fresh: bool = False) -> Bound | None:
        machine = self._machine
        unit = self._library.unit(self._shelf, root, machine.regs, machine.reached, fresh=fresh)
        if unit is None:
            return None
        old = self._units.get(root)
        if old is not None:
            self._past.append(old)
        bound = self._units[root] = Bound(unit, machine, self._beside)
        self._heads.add(root)
        self._outside = None
        return bound
