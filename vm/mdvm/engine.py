"""The interpreter: the run loop (reference, section 8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from operator import length_hint
from typing import TYPE_CHECKING, Any, cast

from vm.contract import Effect, Machine, Observer, Status, Stop, StopWhen, Tally, Trail
from vm.faults import Fault
from vm.mdvm import ops as ops  # binds the handlers
from vm.mdvm.blocks import Block, BlockTable
from vm.mdvm.effects import observe
from vm.mdvm.engines import AUTOMATIC, COMPILED, INTERPRETER, driver
from vm.mdvm.halt import Halt
from vm.mdvm.inputs import Inputs
from vm.mdvm.program import Program
from vm.mdvm.state import State
from vm.mdvm.values import Array, Dict

if TYPE_CHECKING:
    from vm.mdvm.compiled.driver import Driver

UNBOUNDED = 1 << 62
"""A budget that no run uses up."""
_TABLES = 8
"""Sets of indices to stop at for which blocks are kept."""
_WARM = 350_000
"""Instructions after which it is considered whether to compile; before, nothing of that is even imported."""
_THOROUGH = frozenset({"print", "concat", "cast", "eq", "neq", "dict_keys", "dict_values"})
"""Instructions that look at all there is in a collection."""
_TO_THE_END = StopWhen()


class Engine(State):
    """Runs the program, whole blocks at a time where nobody looks and no budget is near its end.

    Every instruction counts one against the limit, so what is left of it and of the budget bounds a run by one number.
    """

    def __init__(self, program: Program, inputs: Inputs | None = None, engine: str = AUTOMATIC) -> None:
        """`engine` is one of `engines.NAMES`."""
        self.engine = engine
        self._driver: Driver | None = None
        self._warmth = 0
        super().__init__(program, inputs)

    def run(
        self,
        budget: int = UNBOUNDED,
        stop: StopWhen | None = None,
        observer: Observer | None = None,
        trail: Trail | None = None,
    ) -> Stop:
        """Run at most `budget` ticks, until `stop` holds, or to the end."""
        stop = stop or _TO_THE_END
        if stop.work is not None:
            budget = min(budget, max(1, stop.work))
        singly = observer is not None or (stop.test is not None and not stop.pcs)
        last = self.tick + budget
        blocks = self.table(stop.pcs)
        while self.status is Status.READY and self.tick < last:
            if not singly and self.depth > stop.depth and last - self.tick > 1:
                if self._hasten(blocks, last, stop, trail):
                    return Stop(Status.PAUSED, self.tick, self.pc)
                if self.status is not Status.READY or self.tick >= last:
                    break
            if observer is None:
                self.step(trail)
            else:
                observer(observe(self, trail))
            if self.status is Status.READY and stop is not _TO_THE_END and stop.holds(cast(Machine, self)):
                return Stop(Status.PAUSED, self.tick, self.pc)
        return Stop(Status.BUDGET if self.status is Status.READY else self.status, self.tick, self.pc)

    def tally(self, budget: int, spent: Tally, work: int | None = None) -> Stop:
        """Run at most `budget` ticks, adding to `spent` how often each instruction is executed: its cost."""
        trail, refused = Trail(), self.refused
        stop = self.run(budget, StopWhen(work=work), None, trail)
        runs = {id(run): run for run in trail}
        for key, times in Counter(map(id, trail)).items():
            for pc in runs[key]:
                entry = spent.setdefault(pc, [0, 0])
                entry[0] += times
                entry[1] += times
        if self.refused != refused:
            spent[self.pc][1] -= 1  # the last one was refused
        return stop

    def attempt(self, work: int, cancelled: Callable[[], bool] | None = None) -> Effect | None:
        """Execute the next instruction and tell what it did, unless it looks at so many elements or characters.

        None takes long enough then for anybody to be asked whether it is `cancelled`.
        """
        if work < 1 or self._load_ahead() > work:
            return None
        seen: list[Effect] = []
        self.run(1, None, seen.append)
        return seen[0] if seen else None

    def _load_ahead(self) -> int:
        """How much is in the arrays and dicts that the next instruction goes through as a whole."""
        if self.status is not Status.READY:
            return 0
        instruction = self.program.code[self.pc]
        if instruction.op is None or instruction.op.name not in _THOROUGH:
            return 0
        held = [self.regs[number] for number in instruction.operands[-2:] if number < len(self.regs)]
        return sum(value.total for value in held if isinstance(value, Array | Dict))

    def step(self, trail: Trail | None = None) -> None:
        """Execute one instruction; there must be one."""
        pc, found = self.pc, self.step_at(self.pc)
        if trail is not None:
            trail.append(found.position)
        self.tick += 1
        if self.tick - self.refused > self.limit:
            self.refused += 1
            self._fail(Fault("InstructionLimit", limit=self.limit), pc)
            return
        self._reached.add(pc)
        try:
            target = found.execute()
        except Halt:
            self._halt(pc)
        except Fault as fault:
            self._fail(fault, pc)
        else:
            self.come_to(pc + 1 if target is None else target)

    def _hasten(self, blocks: BlockTable, last: int, stop: StopWhen, trail: Trail | None) -> bool:
        """Run as fast as can be until one instruction must be executed on its own, or `stop` holds. Does it?"""
        if trail is not None or self.engine == INTERPRETER or self.tagged:
            return self.run_blocks(blocks, last - self.tick, stop, trail)
        if self._driver is None and (self.engine == COMPILED or self._warmth >= _WARM // 2):
            self._driver = driver(self)
            if self._driver is None:
                self.engine = INTERPRETER
        if self._driver is not None:
            return self._driver.run(last, stop)
        before = self.tick
        held = self.run_blocks(blocks, min(last - before, _WARM), stop, trail)
        self._warmth += self.tick - before
        return held

    def run_blocks(self, blocks: BlockTable, budget: int, stop: StopWhen, trail: Trail | None) -> bool:
        """Run block by block until one might be too long for the budget or the limit, or `stop` holds. Does it?"""
        pcs, depth, test = stop.pcs, stop.depth, stop.test
        room = most = min(budget, self.limit - self.instructions)
        pc, held = self.pc, False
        block = blocks[pc]
        pending: Iterator[Callable[[], Any]] = iter(())
        try:
            while not held:
                block = blocks[pc]
                if block.length > room:
                    break
                room -= block.length
                target = None
                pending = iter(block.executes)
                for execute in pending:
                    target = execute()
                block.executed = True
                if trail is not None:
                    trail.append(block.positions)
                pc = block.next if target is None else target
                if pc in pcs or self.depth <= depth:
                    self.tick += most - room
                    most = room
                    self.come_to(pc)
                    if self.status is not Status.READY:
                        return False
                    held = self.depth <= depth or test is None or test(cast(Machine, self))
        except Halt:
            unused = self._ended_in(block, pending, trail)
            self.tick += most - room - unused
            self._halt(block.positions[block.length - unused - 1])
            return False
        except Fault as fault:
            unused = self._ended_in(block, pending, trail)
            self.tick += most - room - unused
            self._fail(fault, block.positions[block.length - unused - 1])
            return False
        self.tick += most - room
        self.come_to(pc)
        return held

    def _ended_in(self, block: Block, pending: Iterator[Callable[[], Any]], trail: Trail | None) -> int:
        """How many instructions of a block were not executed because one ended the program."""
        unused = length_hint(pending)
        executed = block.positions[: block.length - unused]
        self._reached.update(executed)
        if trail is not None:
            trail.append(executed)
        return unused

    def table(self, pcs: AbstractSet[int]) -> BlockTable:
        """The blocks that end before each of `pcs`."""
        if not pcs:
            return self._blocks
        cuts = frozenset(pcs)
        table = self._cut_blocks.get(cuts)
        if table is None:
            while len(self._cut_blocks) >= _TABLES:
                self._note_reached(self._cut_blocks.pop(next(iter(self._cut_blocks))))
            table = self._cut_blocks[cuts] = BlockTable(self, cuts)
        return table

    def _note_all_reached(self) -> None:
        super()._note_all_reached()
        if self._driver is not None:
            self._reached.update(self._driver.reached())

    def reached(self) -> AbstractSet[int]:
        """Indices of all instructions executed so far, whichever way the machine moved."""
        self._note_all_reached()
        return frozenset(self._reached)

    def _note_reached(self, table: BlockTable) -> None:
        for block in table.values():
            if block.executed:
                self._reached.update(block.positions)
