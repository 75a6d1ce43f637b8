"""The XQVM interpreter: the run loop (XQVM reference, section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from operator import length_hint
from typing import cast

from vm.contract import Machine, Observer, Status, Stop, StopWhen
from vm.faults import Fault
from vm.xqvm import ops as ops  # binds the handlers
from vm.xqvm.blocks import LENGTH_LIMIT, Block, BlockTable, Pair, Step
from vm.xqvm.effects import observe
from vm.xqvm.loops import DEPTH_LIMIT, Halt
from vm.xqvm.state import State

UNBOUNDED = 1 << 62
"""A budget that no run uses up."""


class Engine(State):
    """Runs the program, whole blocks at a time where nobody looks and no limit is near."""

    def run(self, budget: int = UNBOUNDED, stop: StopWhen | None = None, observer: Observer | None = None) -> Stop:
        """Run at most `budget` ticks, until `stop` holds, or to the end."""
        if self.status.ended:
            return self._stopped(self.status)
        if budget <= 1 or observer is not None or (stop is not None and stop.test is not None):
            return self._run_singly(budget, stop, observer)
        stop = stop or StopWhen()
        if len(self.loops) > stop.depth:
            return self._run_blocks(budget, stop)
        # The depth already holds, and within a block nobody would look again.
        first = self._run_singly(1, stop, None)
        return first if first.status is not Status.BUDGET else self._run_blocks(budget - 1, stop)

    def _run_blocks(self, budget: int, stop: StopWhen) -> Stop:
        stack, loops = self._stack, self.loops
        pcs, depth = stop.pcs, stop.depth
        blocks = self._table(pcs)
        pc, left, tick = self.pc, budget, self.tick
        enough = max(LENGTH_LIMIT, self._enough(stop))
        block = blocks[pc]
        pairs: Iterator[Pair] = iter(())
        try:
            while left >= LENGTH_LIMIT and self._steps_left >= enough:
                block = blocks[pc]
                if block.need <= len(stack) <= block.ceiling:
                    self._steps_left -= block.length
                    left -= block.length
                    result: int | None = None
                    pairs = iter(block.pairs)
                    for handler, operand in pairs:
                        result = handler(self, stack, operand)
                    block.executed = True
                    pc = block.next if result is None else result
                else:
                    self.pc, self.tick = pc, tick + budget - left
                    if not self.step_carefully():
                        return self._stopped(self.status)
                    pc = self.pc
                    left -= 1
                if pc in pcs or len(loops) <= depth:
                    self.pc, self.tick = pc, tick + budget - left
                    return self._stopped(Status.PAUSED)
        except Halt:
            self.tick = tick + budget - left
            return self._halted_in(block)
        except Fault as fault:
            unused = length_hint(pairs)
            self.tick = tick + budget - left - unused
            return self._faulted_in(block, unused, fault)
        self.pc, self.tick = pc, tick + budget - left
        here = self._stopped(Status.BUDGET)
        worked = LENGTH_LIMIT <= self._steps_left < enough
        return here if worked or here.status.ended else self._run_singly(left, stop, None)

    def _enough(self, stop: StopWhen | None) -> int:
        """The steps that will be left when as much work is done as was asked for; below 0 if nothing was said."""
        return -1 if stop is None or stop.work is None else self._steps_left - stop.work

    def _halted_in(self, block: Block) -> Stop:
        """HALT is the last instruction of its block; past the end of the stream the block is empty."""
        self._reached.update(block.positions)
        self.pc = block.positions[-1] if block.length else block.next
        self.status = Status.HALTED
        return self._stopped(Status.HALTED)

    def _faulted_in(self, block: Block, unused: int, fault: Fault) -> Stop:
        """The base steps of the last `unused` instructions were charged, but not owed."""
        self._steps_left += unused
        executed = block.positions[: block.length - unused]
        self._reached.update(executed)
        self.pc = executed[-1]
        self._fail(fault, self.pc)
        return self._stopped(Status.FAULTED)

    def _stopped(self, status: Status) -> Stop:
        if self.status is Status.READY and self.pc >= len(self.program.code):
            self.status = Status.HALTED
        return Stop(self.status if self.status.ended else status, self.tick, self.pc)

    def _table(self, pcs: AbstractSet[int]) -> BlockTable:
        if not pcs:
            return self._blocks
        if self._cut_blocks.cuts != pcs:
            self._note_reached(self._cut_blocks)
            self._cut_blocks = BlockTable(self._code, pcs)
        return self._cut_blocks

    def _note_reached(self, table: BlockTable) -> None:
        for block in table.values():
            if block.executed and not block.noted:
                block.noted = True
                self._reached.update(block.positions)

    def _run_singly(self, budget: int, stop: StopWhen | None, observer: Observer | None) -> Stop:
        enough = self._enough(stop)
        for _ in range(budget):
            if observer is None:
                self.step_carefully()
            else:
                observer(observe(self))
            if self.status.ended:
                break
            if stop is not None and stop.holds(cast(Machine, self)):
                return self._stopped(Status.PAUSED)
            if self._steps_left < enough:
                break
        return self._stopped(Status.BUDGET)

    def instruction_at(self, pc: int) -> Step:
        """The decoded instruction at an offset inside the stream."""
        return self._code.step(pc)

    def step_carefully(self) -> bool:
        """Execute one instruction with every check made singly; False if the machine came to its end."""
        pc, stack = self.pc, self._stack
        self.tick += 1
        try:
            if self._steps_left < 1:
                self._undispatched = 1
            self._charge_base()
            self._reached.add(pc)
            step = self._code.step(pc)
            if step.op is not None and len(stack) < step.op.needs:
                if not step.op.keeps:
                    stack.clear()
                raise Fault("StackUnderflow")
            result = step.handler(self, stack, step.operand)
            if len(stack) > DEPTH_LIMIT:
                stack.pop()
                raise Fault("StackOverflow")
        except Halt:
            self.status = Status.HALTED
            return False
        except Fault as fault:
            self._fail(fault, pc)
            return False
        self.pc = step.next if result is None else result
        if self.pc >= len(self.program.code):
            self.status = Status.HALTED
            return False
        return True

    def _fail(self, fault: Fault, pc: int) -> None:
        self._fault = (fault.with_traceback(None), pc)
        self.status = Status.FAULTED
