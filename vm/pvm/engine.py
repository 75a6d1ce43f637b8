"""The PVM interpreter: the run loop (PVM reference, section 11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import cast

from vm.contract import Effect, Machine, Observer, Status, Stop, StopWhen, Tally, Trail
from vm.faults import Fault
from vm.pvm import ops as ops  # binds the handlers
from vm.pvm.blocks import ASTRAY, BlockTable, Step
from vm.pvm.effects import observe
from vm.pvm.engines import INTERPRETER, NATIVE, driver
from vm.pvm.halt import Halt
from vm.pvm.state import State

UNBOUNDED = 1 << 62
"""A budget that no run uses up."""
_TABLES = 8
"""Sets of addresses to stop at for which decoded blocks are kept."""
_WARM = 1_000_000
"""Instructions after which it is considered whether to compile; before, nothing of that is even imported."""
_TO_THE_END = StopWhen()


class Engine(State):
    """Runs the program, whole blocks at a time where nobody looks and no budget is near its end.

    The flat gas model charges one for each instruction, so what is left of gas and budget bounds a run by one number.
    """

    def run(
        self,
        budget: int = UNBOUNDED,
        stop: StopWhen | None = None,
        observer: Observer | None = None,
        trail: Trail | None = None,
    ) -> Stop:
        """Run at most `budget` ticks, until `stop` holds, to a host call or to the end."""
        stop = stop or _TO_THE_END
        if stop.work is not None:
            budget = min(budget, max(1, stop.work))
        singly = observer is not None or (stop.test is not None and not stop.pcs)
        blocks, last = self.table(stop.pcs), self.tick + budget
        while self.status is Status.READY and self.tick < last:
            if not singly and self.depth > stop.depth and last - self.tick > 1:
                if self._hasten(blocks, last, stop, trail):
                    return Stop(Status.PAUSED, self.tick, self.pc)
                if self.status is not Status.READY or self.tick == last:
                    break
            if observer is None:
                self.step(trail)
            else:
                observer(observe(self, trail))
            if self.status is Status.READY and stop is not _TO_THE_END and stop.holds(cast(Machine, self)):
                return Stop(Status.PAUSED, self.tick, self.pc)
        return Stop(Status.BUDGET if self.status is Status.READY else self.status, self.tick, self.pc)

    def tally(self, budget: int, spent: Tally, work: int | None = None) -> Stop:
        """Run at most `budget` ticks, adding to `spent` how often each instruction is executed and what it costs."""
        trail, refused = Trail(), self.refused
        self._charges.clear()
        stop = self.run(budget, StopWhen(work=work), None, trail)
        runs = {id(run): run for run in trail}
        for key, times in Counter(map(id, trail)).items():
            for pc in runs[key]:
                entry = spent.setdefault(pc, [0, 0])
                entry[0] += times
                entry[1] += times
        for pc, charge in self._charges.items():
            spent[pc][1] += charge
        if self.refused != refused:
            spent[self.pc][1] -= 1  # the last one was refused for want of gas
        return stop

    def attempt(self, work: int, cancelled: Callable[[], bool] | None = None) -> Effect | None:
        """Execute the next instruction and tell what it did, unless that is more than so much gas at once.

        None is long enough for anybody to be asked whether it is `cancelled`.
        """
        if work < 1:
            return None
        seen: list[Effect] = []
        self.run(1, None, seen.append)
        return seen[0] if seen else None

    def instruction_at(self, pc: int) -> Step:
        """The decoded instruction at an address."""
        return self.decoded.step(pc)

    def step(self, trail: Trail | None = None) -> None:
        """Execute one instruction."""
        step = self.decoded.step(self.pc)
        if trail is not None:
            trail.append(step.position)
        self.tick += 1
        self.gas -= 1
        try:
            if self.gas < 0:
                self.refused += 1
                raise Fault("OutOfGas")
            self.passed.add(self.pc)
            target = self._execute(step)
            if target < 0:
                raise Fault("Panic", why="target", target=target + ASTRAY)
        except Halt:
            self.status = Status.HALTED
        except Fault as fault:
            self._fail(fault, step)
        else:
            if self.status is Status.READY:
                self.pc = target

    def _execute(self, step: Step) -> int:
        """Call the handler of an instruction; where to go on."""
        call = self._calls.get(step)
        if call is None:
            call = self._calls[step] = step.bound(self)
        target = call()
        if target is None:
            return step.next
        return int(target) if step.links < 0 else self.link(step.links, target)

    def run_blocks(self, blocks: BlockTable, budget: int, stop: StopWhen, trail: Trail | None) -> bool:
        """Run block by block until one might be too long for the budget or the gas, or `stop` holds. Does it?"""
        pcs, depth, test = stop.pcs, stop.depth, stop.test
        room = most = min(budget, self.gas)
        pc, held = self.pc, False
        try:
            if not pcs and depth < 0 and trail is None:
                while True:
                    block = blocks[pc]
                    if block.length > room:
                        break
                    room -= block.length
                    pc = block.run()
            while not held:
                block = blocks[pc]
                if block.length > room:
                    break
                room -= block.length
                if trail is not None:
                    trail.append(block.positions)
                pc = block.run()
                if pc in pcs or self.depth <= depth:
                    self._come(pc, most - room)
                    most = room
                    held = self.depth <= depth or test is None or test(cast(Machine, self))
        except Halt:
            pc, self.status = block.positions[-1], Status.HALTED
            self.passed.update(block.positions)
        except Fault as fault:
            at = block.length - 1 if pc < 0 else block.failing(fault)
            executed = block.positions[: at + 1]
            room += block.length - len(executed)
            pc = executed[-1]
            self.passed.update(executed)
            if trail is not None:
                trail[-1] = executed
            self._fail(fault, block.steps[at])
        self._come(pc, most - room)
        return held

    def _hasten(self, blocks: BlockTable, last: int, stop: StopWhen, trail: Trail | None) -> bool:
        """Run as fast as can be until one instruction must be executed on its own, or `stop` holds. Does it?"""
        if trail is not None or self.engine == INTERPRETER or self._driver is False:
            return self.run_blocks(blocks, last - self.tick, stop, trail)
        if self._driver is None and (self.engine == NATIVE or self._warmth >= _WARM):
            self._driver = driver(self)
        if self._driver:
            return self._driver.run(last, stop)
        before = self.tick
        held = self.run_blocks(blocks, min(last - before, _WARM), stop, trail)
        self._warmth += self.tick - before
        return held

    def _come(self, pc: int, executed: int) -> None:
        """Stand at an instruction after so many others."""
        self.pc = pc
        self.tick += executed
        self.gas -= executed

    def table(self, pcs: AbstractSet[int]) -> BlockTable:
        """The blocks that end before each of `pcs`."""
        if not pcs:
            return self._blocks
        cuts = frozenset(pcs)
        table = self._cut_blocks.get(cuts)
        if table is None:
            while len(self._cut_blocks) >= _TABLES:
                self._note_reached(self._cut_blocks.pop(next(iter(self._cut_blocks))))
            table = self._cut_blocks[cuts] = BlockTable(self.decoded, self, cuts)
        return table

    def reached(self) -> AbstractSet[int]:
        """Addresses of all instructions executed so far, whichever way the machine moved."""
        self._note_reached(self._blocks)
        for table in self._cut_blocks.values():
            self._note_reached(table)
        return frozenset(self.passed)

    def _note_reached(self, table: BlockTable) -> None:
        for block in table.values():
            if block.executed and not block.noted:
                block.noted = True
                self.passed.update(block.positions)
