"""Streams of instructions as text, from the table alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from vm.codec import Instruction, decode
from vm.contract import Line
from vm.isa import Flow, Isa, Op, OperandKind

Touched = tuple[frozenset[str], frozenset[str]]
"""Names of the places an instruction may read, and of those it may write."""
_PREFIX = {OperandKind.REGISTER: "r", OperandKind.TARGET: ".", OperandKind.IMMEDIATE: ""}


def operand_texts(instruction: Instruction) -> list[str]:
    """Each operand as written in assembly: `r3`, `.0`, `-5`."""
    if instruction.op is None:
        return []
    rows = instruction.op.operands
    return [f"{_PREFIX[row.kind]}{value}" for row, value in zip(rows, instruction.operands, strict=True)]


def instruction_text(instruction: Instruction, byte: int) -> str:
    """Mnemonic and operands; `.byte 0xHH` for a byte that is no instruction."""
    if instruction.op is None:
        return f".byte 0x{byte:02X}"
    return " ".join((instruction.op.name, *operand_texts(instruction)))


def sizes(isa: Isa) -> tuple[int, ...]:
    """Length of the instruction each opcode byte begins, 0 where it begins none."""
    return tuple(op.size if (op := isa.by_code.get(code)) else 0 for code in range(256))


def targets(isa: Isa, code: bytes) -> tuple[int, ...]:
    """Offset of each jump target by number; the table ends at the first byte that does not decode."""
    table, end = sizes(isa), len(code)
    marks = frozenset(op.code for op in isa if op.flow is Flow.TARGET)
    found = []
    pos = 0
    while pos < end:
        opcode = code[pos]
        size = table[opcode]
        if not size or pos + size > end:
            break
        if opcode in marks:
            found.append(pos)
        pos += size
    return tuple(found)


def count(isa: Isa, code: bytes) -> int:
    """Number of lines of the listing: instructions, and bytes that are none."""
    table, end = sizes(isa), len(code)
    pos = number = 0
    while pos < end:
        size = table[code[pos]]
        pos += size if size and pos + size <= end else 1
        number += 1
    return number


_NOTHING: Touched = (frozenset(), frozenset())


def _untold(_op: Op, _operands: Sequence[int]) -> Touched:
    return _NOTHING


def lines(
    isa: Isa,
    code: bytes,
    line_of: Callable[[int], int | None] | None = None,
    touches: Callable[[Op, Sequence[int]], Touched] = _untold,
) -> Iterator[Line]:
    """Every instruction of the stream in address order, with `.N` as the label of target number N."""
    table, end = sizes(isa), len(code)
    labels = iter(enumerate(targets(isa, code)))
    number, place = next(labels, (0, -1))
    known: dict[bytes, tuple[str, str, Touched]] = {}  # programs repeat themselves: most texts are made once
    pos = 0
    while pos < end:
        size = table[code[pos]]
        if not size or pos + size > end:
            source_line = line_of(pos) if line_of else None
            yield Line(pos, 1, "", f".byte 0x{code[pos]:02X}", source_line, encoding=code[pos : pos + 1])
            pos += 1
            continue
        encoding = code[pos : pos + size]
        if (texts := known.get(encoding)) is None:
            instruction = decode(isa, encoding, 0)
            op = instruction.op
            touched = _NOTHING if op is None else touches(op, instruction.operands)
            texts = known[encoding] = op.name if op else "", instruction_text(instruction, encoding[0]), touched
        label = ""
        if pos == place:
            label = f".{number}"
            number, place = next(labels, (0, -1))
        name, text, (reads, writes) = texts
        source_line = line_of(pos) if line_of else None
        yield Line(pos, size, name, text, source_line, label, reads, writes, encoding)
        pos += size
