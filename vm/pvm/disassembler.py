"""A whole program as a text that assembles to the same octets. Section 15.5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vm.contract import Line
from vm.pvm import layout
from vm.pvm.blob import least_entry_size
from vm.pvm.isa import BLOCK_ENDS
from vm.pvm.layout import Item, Jump
from vm.pvm.listing import labels, target_of
from vm.pvm.operands import ENCODERS
from vm.pvm.printing import address
from vm.pvm.program import Instruction, Program
from vm.pvm.standard import PAGE, Standard, pages

_OCTETS_A_LINE = 32
_ENTRIES_A_LINE = 8
_INDENT = "    "


def disassemble(program: Program) -> str:
    """The text, each line ended by a line feed."""
    named = labels(program)
    head = [*_memory(program.memory), *_jump_table(program, named)]
    body = list(_body(program, named))
    return "".join(f"{line}\n" for line in (*head, *([""] if head and body else []), *body))


# What stands before the code


def _memory(memory: Standard | None) -> Iterator[str]:
    if memory is None:
        yield "%layout = bare"
        return
    if memory.metadata is not None:
        yield from _data("metadata", memory.metadata) or ["%metadata ="]
    yield from _data("ro_data", memory.read_only)
    yield from _data("rw_data", memory.read_write)
    if memory.heap_pages:
        yield f"%rw_data_size = {pages(len(memory.read_write)) + PAGE * memory.heap_pages}"
    if memory.stack_size:
        yield f"%stack_size = {memory.stack_size}"


def _data(name: str, data: bytes) -> list[str]:
    places = range(0, len(data), _OCTETS_A_LINE)
    return [f"%{name} = {data[at : at + _OCTETS_A_LINE].hex(' ')}" for at in places]


def _jump_table(program: Program, named: Mapping[int, str]) -> Iterator[str]:
    table = program.jump_table
    for at in range(0, len(table), _ENTRIES_A_LINE):
        entries = (_entry(entry, program, named) for entry in table[at : at + _ENTRIES_A_LINE])
        yield f"%jump_table = {' '.join(entries)}"
    if program.parts.entry_size != least_entry_size(table):
        yield f"%jump_table_entry_size = {program.parts.entry_size}"


def _entry(entry: int, program: Program, named: Mapping[int, str]) -> str:
    return named[entry] if entry in program.block_starts else address(entry)


# The code


def _body(program: Program, named: Mapping[int, str]) -> Iterator[str]:
    names = _names(program, named)
    lines = program.lines()
    loose = _unsettled(program, lines)
    ended = True
    for line in lines:
        for name in names.pop(line.pc, ()):
            yield f"{name}:" + ("" if ended else " %no_fallthrough")
        if not line.encoding:
            continue
        instruction = program.decode(line.pc)
        yield from (_INDENT + text for text in _statement(line, instruction, loose=loose))
        ended = program.marks[line.pc] == 1 and line.encoding[0] in BLOCK_ENDS
    for name in names.pop(len(program.code), ()):
        yield f"{name}:" + ("" if ended else " %no_fallthrough")


def _names(program: Program, named: Mapping[int, str]) -> dict[int, list[str]]:
    """What stands before a colon at each address: all names of the source, then those made for jumps."""
    found: dict[int, list[str]] = {}
    for name, pc in program.labels.items():
        found.setdefault(pc, []).append(f"pub {name}" if name in program.exports else name)
    for pc, name in named.items():
        if name not in program.labels:
            found.setdefault(pc, []).append(name)
    return found


def _statement(line: Line, instruction: Instruction, *, loose: bool) -> Iterator[str]:
    """An instruction as it is written, or as octets where that would not give the same ones."""
    loose = loose and target_of(instruction) is not None
    if instruction.op is not None and (loose or not is_shortest(instruction, line.encoding)):
        yield f"// {line.text}"
        yield f"%octets = {line.encoding.hex(' ')}"
    else:
        yield line.text


def is_shortest(instruction: Instruction, encoding: bytes) -> bool:
    """Whether an instruction is encoded as an assembler encodes it."""
    op = instruction.op
    return op is not None and encoding == bytes((op.code,)) + ENCODERS[op.layout](instruction.operands, instruction.pc)


def _unsettled(program: Program, lines: Sequence[Line]) -> bool:
    """Whether an assembler would find shorter distances than those here, which need each other to be so long."""
    numbers = {line.pc: number for number, line in enumerate(lines)}
    items: list[Item] = []
    for line in lines:
        instruction = program.decode(line.pc)
        target = target_of(instruction)
        if target is None or instruction.op is None or not is_shortest(instruction, line.encoding):
            items.append(line.encoding)
        else:
            known = target in program.block_starts
            operands = (*instruction.operands[:-1], 0)
            items.append(Jump(instruction.op, operands, numbers[target] if known else target, absolute=not known))
    placed = layout.addresses(items)
    return any(line.pc != at for line, at in zip(lines, placed, strict=False))
