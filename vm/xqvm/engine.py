"""The XQVM interpreter: the run loop (XQVM reference, section 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from operator import length_hint
from typing import cast

from vm.contract import Effect, Machine, Observer, Status, Stop, StopWhen, Tally, Trail
from vm.faults import Fault
from vm.xqvm import ops as ops  # binds the handlers
from vm.xqvm.blocks import LENGTH_LIMIT, Block, BlockTable, Pair, Step
from vm.xqvm.coefficients import GivenUp
from vm.xqvm.effects import observe
from vm.xqvm.loops import DEPTH_LIMIT, Halt
from vm.xqvm.state import State
from vm.xqvm.tally import TallyCode

UNBOUNDED = 1 << 62
"""A budget that no run uses up."""
_TABLES = 8
"""Sets of addresses to stop at for which decoded blocks are kept."""
_TO_THE_END = StopWhen()


class Engine(State):
    """Runs the program, whole blocks at a time where nobody looks and no limit is near."""

    def run(
        self,
        budget: int = UNBOUNDED,
        stop: StopWhen | None = None,
        observer: Observer | None = None,
        trail: Trail | None = None,
    ) -> Stop:
        """Run at most `budget` ticks, until `stop` holds, or to the end."""
        if self.status.ended:
            return self._stopped(self.status)
        stop = stop or _TO_THE_END
        if budget <= 1 or observer is not None:
            return self._run_singly(budget, stop, observer, trail)
        if stop.test is not None and not stop.pcs:
            return self._run_asking(budget, stop, stop.test, trail)
        if len(self.loops) > stop.depth:
            return self._run_blocks(budget, stop, trail)
        # The depth already holds, and within a block nobody would look again.
        first = self._run_singly(1, stop, None, trail)
        return first if first.status is not Status.BUDGET else self._run_blocks(budget - 1, stop, trail)

    def tally(self, budget: int, spent: Tally, work: int | None = None) -> Stop:
        """Run at most `budget` ticks, adding to `spent` how often each instruction is executed and what it costs."""
        plain, blocks, trail, refused = self._code, self._blocks, Trail(), self._undispatched
        if self._tally_code is None or self._tally_code.plain is not plain:
            self._tally_code = TallyCode(plain)
        self._code, self._blocks = self._tally_code, self._tally_code.blocks
        try:
            stop = self.run(budget, StopWhen(work=work), None, trail)
        finally:
            self._note_reached(self._blocks)
            self._code, self._blocks = plain, blocks
        self._tally_code.settle(trail, spent)
        if self._undispatched != refused:
            spent[self.pc][1] -= 1  # the last one was refused for want of a step
        return stop

    def attempt(self, work: int, cancelled: Callable[[], bool] | None = None) -> Effect | None:
        """Execute the next instruction and tell what it did, unless that is more than so many steps of work.

        An instruction is charged before it works, so one that is refused for want of steps has done nothing yet.
        `cancelled` is asked while coefficients are written.
        """
        seen: list[Effect] = []
        start, withheld = self.checkpoint(), max(0, self.steps_left - work)
        self.steps_left -= withheld
        self.cancelled = cancelled
        try:
            self.run(1, None, seen.append)
        except GivenUp:
            self.restore(start)
            return None
        finally:
            self.cancelled = None
        if withheld and self.fault is not None and self.fault.identity == "StepLimitExceeded":
            self.restore(start)
            return None
        self.steps_left += withheld
        return seen[0] if seen else None

    cancelled: Callable[[], bool] | None = None
    """Tells while an instruction is tried whether nobody waits for that any more."""
    _tally_code: TallyCode | None = None
    """The program with handlers that keep account, once somebody has asked."""

    def _run_blocks(self, budget: int, stop: StopWhen, trail: Trail | None) -> Stop:
        """Run block by block; one that a limit might cut short is run singly."""
        stack, loops = self._stack, self.loops
        pcs, depth, test = stop.pcs, stop.depth, stop.test
        blocks = self._table(pcs)
        pc, left, tick = self.pc, budget, self.tick
        enough = max(LENGTH_LIMIT, self._enough(stop))
        block = blocks[pc]
        pairs: Iterator[Pair] = iter(())
        try:
            while left > 0 and self.steps_left >= enough:
                block = blocks[pc]
                if block.length > left:
                    break
                if block.need <= len(stack) <= block.ceiling:
                    self.steps_left -= block.length
                    left -= block.length
                    result: int | None = None
                    pairs = iter(block.pairs)
                    for handler, operand in pairs:
                        result = handler(self, stack, operand)
                    block.executed = True
                    if trail is not None:
                        trail.append(block.positions)
                    pc = block.next if result is None else result
                else:
                    self.pc, self.tick = pc, tick + budget - left
                    if trail is not None:
                        trail.append(self._code.steps[pc].position)
                    if not self.step_carefully():
                        return self._stopped(self.status)
                    pc = self.pc
                    left -= 1
                if pc in pcs or len(loops) <= depth:
                    self.pc, self.tick = pc, tick + budget - left
                    if len(loops) <= depth or test is None or (not self._at_end() and test(cast(Machine, self))):
                        return self._stopped(Status.PAUSED)
        except Halt:
            self.tick = tick + budget - left
            return self._halted_in(block, trail)
        except Fault as fault:
            unused = length_hint(pairs)
            self.tick = tick + budget - left - unused
            return self._faulted_in(block, unused, fault, trail)
        self.pc, self.tick = pc, tick + budget - left
        here = self._stopped(Status.BUDGET)
        worked = LENGTH_LIMIT <= self.steps_left < enough
        return here if worked or here.status.ended else self._run_singly(left, stop, None, trail)

    def _run_asking(self, budget: int, stop: StopWhen, test: Callable[[Machine], bool], trail: Trail | None) -> Stop:
        """Run singly, with a test after each instruction, and as little else as can be."""
        stack, loops, depth, steps = self._stack, self.loops, stop.depth, self._code.steps
        machine, reached, end = cast(Machine, self), self._reached, len(self.program.code)
        enough = max(1, self._enough(stop))
        left = budget
        try:
            while left > 0 and self.steps_left >= enough:
                step = steps[self.pc]
                if not step.need <= len(stack) <= step.ceiling:
                    break
                left -= 1
                self.steps_left -= 1
                self.tick += 1
                reached.add(self.pc)
                if trail is not None:
                    trail.append(step.position)
                result = step.handler(self, stack, step.operand)
                self.pc = pc = step.next if result is None else result
                if pc >= end:
                    break
                if len(loops) <= depth or test(machine):
                    return self._stopped(Status.PAUSED)
        except Halt:
            self.status = Status.HALTED
        except Fault as fault:
            self._fail(fault, self.pc)
        here = self._stopped(Status.BUDGET)
        worked = 1 <= self.steps_left < enough
        return here if worked or here.status.ended else self._run_singly(left, stop, None, trail)

    def _enough(self, stop: StopWhen) -> int:
        """The steps that will be left when as much work is done as was asked for; below 0 if nothing was said."""
        return -1 if stop.work is None else self.steps_left - stop.work

    def _halted_in(self, block: Block, trail: Trail | None) -> Stop:
        """HALT is the last instruction of its block; past the end of the stream the block is empty."""
        self._reached.update(block.positions)
        if trail is not None and block.length:
            trail.append(block.positions)
        self.pc = block.positions[-1] if block.length else block.next
        self.status = Status.HALTED
        return self._stopped(Status.HALTED)

    def _faulted_in(self, block: Block, unused: int, fault: Fault, trail: Trail | None) -> Stop:
        """The base steps of the last `unused` instructions were charged, but not owed."""
        self.steps_left += unused
        executed = block.positions[: block.length - unused]
        self._reached.update(executed)
        if trail is not None:
            trail.append(executed)
        self.pc = executed[-1]
        self._fail(fault, self.pc)
        return self._stopped(Status.FAULTED)

    def _stopped(self, status: Status) -> Stop:
        if self.status is Status.READY and self._at_end():
            self.status = Status.HALTED
        return Stop(self.status if self.status.ended else status, self.tick, self.pc)

    def _at_end(self) -> bool:
        return self.pc >= len(self.program.code)

    def _table(self, pcs: AbstractSet[int]) -> BlockTable:
        """The blocks that end before each of `pcs`."""
        if not pcs:
            return self._blocks
        cuts = frozenset(pcs)
        table = self._cut_blocks.get(cuts)
        if table is None:
            while len(self._cut_blocks) >= _TABLES:
                self._note_reached(self._cut_blocks.pop(next(iter(self._cut_blocks))))
            table = self._cut_blocks[cuts] = BlockTable(self._code, cuts)
        return table

    def _note_reached(self, table: BlockTable) -> None:
        for block in table.values():
            if block.executed and not block.noted:
                block.noted = True
                self._reached.update(block.positions)

    def _run_singly(self, budget: int, stop: StopWhen, observer: Observer | None, trail: Trail | None) -> Stop:
        enough = self._enough(stop)
        for _ in range(budget):
            if trail is not None:
                trail.append(self._code.steps[self.pc].position)
            if observer is None:
                self.step_carefully()
            else:
                observer(observe(self))
            if self.status is not Status.READY:
                break
            if stop is not _TO_THE_END and stop.holds(cast(Machine, self)):
                return self._stopped(Status.PAUSED)
            if self.steps_left < enough:
                break
        return self._stopped(Status.BUDGET)

    def instruction_at(self, pc: int) -> Step:
        """The decoded instruction at an offset inside the stream."""
        return self._code.steps[pc]

    def step_carefully(self) -> bool:
        """Execute one instruction with every check made singly; False if the machine came to its end."""
        pc, stack = self.pc, self._stack
        self.tick += 1
        try:
            if self.steps_left < 1:
                self._undispatched += 1
            self._charge_base()
            self._reached.add(pc)
            step = self._code.steps[pc]
            if len(stack) < step.need:
                if step.op is not None and not step.op.keeps:
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
