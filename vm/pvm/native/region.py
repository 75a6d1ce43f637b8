"""What is compiled together: the blocks that can be reached from some address, up to a limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from vm.isa import Flow
from vm.pvm.blocks import LENGTH_LIMIT, Code, Step
from vm.pvm.native.accessing import is_access
from vm.pvm.native.lowering import LOWERINGS

MOST = 500
"""Instructions of a region. LLVM takes a fraction of a second for so many, two seconds at worst; beyond, far more."""
ENDS = frozenset({Flow.JUMP, Flow.BRANCH})


@dataclass(frozen=True, slots=True)
class Block:
    """Instructions that are paid for at once. What lies behind them may be left to the interpreter."""

    start: int
    steps: tuple[Step, ...]

    @property
    def positions(self) -> tuple[int, ...]:
        """The address of each instruction."""
        return tuple(step.instruction.pc for step in self.steps)

    @property
    def last(self) -> Step:
        """The last instruction."""
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Region:
    """Blocks by where they begin, and those at which execution can enter from outside or by the jump table."""

    blocks: Mapping[int, Block]
    entries: Sequence[int]


def whole(code: Code) -> Region | None:
    """All that jumps and the start of the program can reach; None if that is more than one region holds."""
    program = code.program
    if len(program.starts) > MOST:
        return None
    return grown(code, (program.entry, *sorted(program.block_starts)))


def grown(code: Code, seeds: Sequence[int], others: AbstractSet[int] = frozenset()) -> Region:
    """The blocks that can be reached from the seeds, those that are nearest first.

    It ends at `others`, where other regions can be entered: they would be compiled twice, and not fit together.
    """
    waiting, met = deque(seeds), {*seeds, *others}
    blocks: dict[int, Block] = {}
    entries, room = dict.fromkeys(seeds[:1]), MOST
    while waiting and room > 0:
        start = waiting.popleft()
        block, behind = block_at(code, start)
        if block is not None:
            blocks[start] = block
            room -= len(block.steps)
        for target, enters in _leads(code, start, block, behind):
            if enters:
                entries[target] = None
            if target not in met:
                met.add(target)
                waiting.append(target)
    entries.update(dict.fromkeys(code.landings.values()))
    return Region(blocks, [pc for pc in entries if pc in blocks])


def block_at(code: Code, start: int) -> tuple[Block | None, int]:
    """The block that begins at an address, if anything of it can be compiled, and where its instructions end."""
    steps: list[Step] = []
    pc = start
    while len(steps) < LENGTH_LIMIT and compilable(step := code.step(pc)):
        steps.append(step)
        pc = step.next
        if step.op is not None and (step.op.flow in ENDS or step.op.name == "fallthrough"):
            break
    return (Block(start, tuple(steps)) if steps else None), pc


def compilable(step: Step) -> bool:
    """Whether an instruction is not left to the interpreter."""
    op = step.op
    return op is not None and (op.name in LOWERINGS or op.flow in ENDS or is_access(op))


def target_of(step: Step) -> int:
    """Where a jump or branch leads by itself; below 0 for nowhere."""
    op = step.op
    if op is None or op.flow not in ENDS or op.name.endswith("_ind"):
        return -1
    return step.operands[op.operands[-1].name]


def _leads(code: Code, start: int, block: Block | None, behind: int) -> Iterator[tuple[int, bool]]:
    """Where control can go from a block, and whether it should be possible to enter there."""
    if block is None:
        yield from _past(code, start)
        return
    last = block.last
    target = target_of(last)
    if target >= 0:
        yield target, target <= start or last.links >= 0
    if last.links >= 0:
        yield last.links, True
    if last.op is None or last.op.flow is not Flow.JUMP:
        yield behind, False
        yield from _past(code, behind)


def _past(code: Code, pc: int) -> Iterator[tuple[int, bool]]:
    """Behind an instruction that only the interpreter executes, if it goes on there."""
    step = code.step(pc)
    if step.op is not None and step.op.flow is Flow.NEXT and not compilable(step):
        yield step.next, True
