"""Instructions to bytes and back, for machines whose encodings are an opcode byte and fixed big-endian operands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vm.isa import Isa, Op, OperandKind
from vm.values import dataclass


@dataclass(frozen=True, slots=True)
class Instruction:
    """One decoded instruction, or one byte that is none."""

    pos: int
    """Offset of the opcode byte in the stream."""
    op: Op | None
    """None for bytes that do not decode."""
    operands: tuple[int, ...]
    size: int
    """Bytes taken; 1 where `op` is None."""
    truncated: bool = False
    """Whether the opcode is known, but its operands run past the end of the stream."""


def decode(isa: Isa, code: bytes, pos: int) -> Instruction:
    """Decode the instruction at `pos`, which must lie inside the stream."""
    op = isa.by_code.get(code[pos])
    if op is None:
        return Instruction(pos, None, (), 1)
    if pos + op.size > len(code):
        return Instruction(pos, None, (), 1, truncated=True)
    operands = []
    at = pos + 1
    for operand in op.operands:
        signed = operand.kind is OperandKind.IMMEDIATE
        operands.append(int.from_bytes(code[at : at + operand.size], "big", signed=signed))
        at += operand.size
    return Instruction(pos, op, tuple(operands), op.size)


def scan(isa: Isa, code: bytes) -> Iterator[Instruction]:
    """Decode the whole stream linearly; a byte that does not decode is skipped on its own."""
    pos = 0
    while pos < len(code):
        instruction = decode(isa, code, pos)
        yield instruction
        pos += instruction.size


def encode(op: Op, operands: Sequence[int]) -> bytes:
    """Encode one instruction; OverflowError if an operand does not fit."""
    parts = [bytes((op.code,))]
    for operand, value in zip(op.operands, operands, strict=True):
        parts.append(value.to_bytes(operand.size, "big", signed=operand.kind is OperandKind.IMMEDIATE))
    return b"".join(parts)
