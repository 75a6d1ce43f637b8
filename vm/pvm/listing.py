"""The lines of a program: every instruction in address order, and what lies between. Sections 6 and 15.5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import compress

from vm.contract import Line
from vm.isa import Flow, Op, OperandKind
from vm.pvm import printing
from vm.pvm.isa import ISA, REGISTERS
from vm.pvm.operands import LONGEST_SKIP
from vm.pvm.program import Instruction, Program

Names = frozenset[str]

_NOTHING: Names = frozenset()
_PC = frozenset({"pc"})
_MEMORY = frozenset({"mem"})
_HEAP = frozenset({"heap", "rights"})
_NAMES: tuple[Names, ...] = tuple(frozenset((name, f"r{at}")) for at, name in enumerate(REGISTERS))
"""Both names of each register: a place that is watched may have either."""
_HOST = _NOTHING.union(*_NAMES, _MEMORY, _HEAP, {"gas"})
_LEADING = bytes(
    (op := ISA.by_code.get(code)) is not None and any(row.kind is OperandKind.TARGET for row in op.operands)
    for code in range(256)
)
BEHIND = "trap (the end of the code)"
"""What stands for what is behind the last instruction, where control can get there."""
_ENDLESS = frozenset({Flow.JUMP, Flow.HALT})


def stretches(program: Program) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends: an instruction, at most 24 octets behind its opcode, or octets behind those."""
    size = len(program.code)
    starts = program.starts
    if size and (not starts or starts[0]):
        yield from _pieces(0, starts[0] if starts else size)
    for at, start in enumerate(starts):
        end = starts[at + 1] if at + 1 < len(starts) else size
        behind = min(end, start + 1 + LONGEST_SKIP)
        yield start, behind
        yield from _pieces(behind, end)


def _pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Octets at which no instruction begins, as many a line as an instruction has at most."""
    for at in range(start, end, LONGEST_SKIP + 1):
        yield at, min(end, at + LONGEST_SKIP + 1)


def labels(program: Program) -> Mapping[int, str]:
    """What each place is called that jumps lead to: as the source calls it, `@L` and its address where it does not."""
    named: dict[int, str] = {}
    for name, pc in (*program.exports.items(), *program.labels.items()):
        named.setdefault(pc, name)
    goals = set(program.jump_table)
    for start in compress(program.starts, compress(program.code.translate(_LEADING), program.marks)):
        if (target := target_of(program.decode(start))) is not None:
            goals.add(target)
    taken = set(named.values())
    for goal in sorted((goals & program.block_starts) - named.keys()):
        named[goal] = _unused(f"@L{goal}", taken)
    return named


def _unused(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def target_of(instruction: Instruction) -> int | None:
    """Where a jump or branch leads, if that stands in it."""
    op = instruction.op
    if op is None or not op.operands or op.operands[-1].kind is not OperandKind.TARGET:
        return None
    return instruction.operands[-1]


def lines(program: Program) -> Iterator[Line]:
    """The listing. Behind the last instruction there is one more line if control can get there."""
    named, code = labels(program), program.code

    def called(target: int) -> str:
        return named[target] if target in program.block_starts else printing.address(target)

    known: dict[
        tuple[str, tuple[int, ...]], tuple[str, Names, Names, tuple[str, ...]]
    ] = {}  # programs repeat themselves
    flows_on = True
    for start, end in stretches(program):
        instruction, encoding, label = program.decode(start), code[start:end], named.get(start, "")
        source_line, op = program.line_of(start), instruction.op
        if op is None:
            text = f"{'invalid' if program.marks[start] else '%unmarked ='} {encoding.hex(' ')}"
            yield Line(start, end - start, "", text, source_line, label, encoding=encoding, spelled=())
        else:
            operands = instruction.operands
            told = known.get((op.name, operands))
            if told is None:
                words = printing.spelled(op, operands, called)
                told = printing.text(op, operands, words), *_touched(op.name, _registers(op, operands)), words
                known[op.name, operands] = told
            text, reads, writes, words = told
            yield Line(start, end - start, op.name, text, source_line, label, reads, writes, encoding, words)
        flows_on = op is not None and op.flow not in _ENDLESS
    if flows_on:
        yield Line(len(code), 1, "", BEHIND, None, named.get(len(code), ""), spelled=())


def _registers(op: Op, operands: Sequence[int]) -> tuple[int, ...]:
    rows = zip(op.operands, operands, strict=True)
    return tuple(value for row, value in rows if row.kind is OperandKind.REGISTER)


@cache
def _touched(name: str, registers: tuple[int, ...]) -> tuple[Names, Names]:
    """Names of the places an instruction may read, and of those it may write; equal sets are one object."""
    op = ISA.by_name[name]
    if op.group == "host":
        return _NOTHING, _HOST
    rows = [row for row in op.operands if row.kind is OperandKind.REGISTER]
    pairs = list(zip(rows, registers, strict=True))
    reads = _NOTHING.union(*(_NAMES[register] for row, register in pairs if "r" in row.access))
    writes = _NOTHING.union(*(_NAMES[register] for row, register in pairs if "w" in row.access))
    if op.group == "heap":
        return reads | {"heap"}, writes | _HEAP
    return (
        reads | _MEMORY if op.group == "load" else reads,
        writes | (_MEMORY if op.group == "store" else _PC if op.flow in (Flow.JUMP, Flow.BRANCH) else _NOTHING),
    )
