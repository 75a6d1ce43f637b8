"""Instructions to bytes and back (reference, section 5). All numbers are little-endian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from vm.isa import Op
from vm.mdvm.isa import ISA

Raw: TypeAlias = bytes
"""One instruction as it is encoded."""

WIDTHS: Mapping[str, int] = MappingProxyType({"R": 1, "K": 2, "T": 2, "J": 4})
"""Bytes of an operand by its letter in a layout."""
_FIXED: Mapping[int, int] = MappingProxyType(
    {op.code: 1 + sum(map(WIDTHS.__getitem__, op.layout)) for op in ISA if not op.layout.islower()}
)
OPCODES = frozenset(ISA.by_code)
CALL, RETURN, PHI, ASSERT = (ISA.by_name[name].code for name in ("call", "return", "phi", "assert"))
_RANGE = 2
"""The kind of assert that has two bounds."""
MOST_ARGUMENTS = 255


def length_at(data: bytes, at: int) -> int:
    """Bytes of the instruction whose opcode stands at an offset; more than there are if it is cut off."""
    opcode = data[at]
    size = _FIXED.get(opcode)
    if size is not None:
        return size
    if opcode == RETURN:
        return 2 if data[at + 1 : at + 2] == b"\0" else 3
    if opcode == ASSERT:
        return 21 if data[at + 2 : at + 3] == bytes((_RANGE,)) else 5
    counted = 3 if opcode == CALL else 2
    count = int.from_bytes(data[at + counted : at + counted + 1], "little")
    return counted + 1 + count if opcode == CALL else 3 + 3 * count


def decode(raw: Raw) -> tuple[Op, tuple[int, ...]] | None:
    """The row of an instruction and its operands in the order of the text; None if it is not exactly one.

    A call has d, f and the arguments; a return nothing or a register; a phi has d, then pairs of a register and a
    label; an assert a register, its kind, a constant, and the bounds of a range.
    """
    op = ISA.by_code.get(raw[0]) if raw else None
    if op is None or length_at(raw, 0) != len(raw):
        return None
    if op.code in _FIXED:
        return op, _fixed(op.layout, raw)
    if op.code == CALL:
        return op, (raw[2], raw[1], *raw[4:])
    if op.code == RETURN:
        return op, tuple(raw[2:])
    if op.code == PHI:
        pairs = [(raw[at], int.from_bytes(raw[at + 1 : at + 3], "little")) for at in range(3, len(raw), 3)]
        return op, (raw[1], *(each for pair in pairs for each in pair))
    return _assertion(op, raw)


def _fixed(layout: str, raw: Raw) -> tuple[int, ...]:
    operands, at = [], 1
    for letter in layout:
        end = at + WIDTHS[letter]
        operands.append(int.from_bytes(raw[at:end], "little", signed=letter == "J"))
        at = end
    return tuple(operands)


def _assertion(op: Op, raw: Raw) -> tuple[Op, tuple[int, ...]] | None:
    register, kind, message = raw[1], raw[2], int.from_bytes(raw[3:5], "little")
    if kind > _RANGE:
        return None
    bounds = (int.from_bytes(raw[at : at + 8], "little", signed=True) for at in range(5, len(raw), 8))
    return op, (register, kind, message, *bounds)


def encode(op: Op, operands: Sequence[int]) -> Raw:
    """The bytes of an instruction, its operands in the order of the text; OverflowError if one does not fit."""
    code = bytes((op.code,))
    if op.code in _FIXED:
        parts = zip(op.layout, operands, strict=True)
        return code + b"".join(value.to_bytes(WIDTHS[each], "little", signed=each == "J") for each, value in parts)
    if op.code == CALL:
        d, f, *arguments = operands
        return code + bytes((_u8(f), _u8(d), _u8(len(arguments)), *map(_u8, arguments)))
    if op.code == RETURN:
        return code + (bytes((1, _u8(operands[0]))) if operands else b"\0")
    if op.code == PHI:
        d, *rest = operands
        pairs = zip(rest[::2], rest[1::2], strict=True)
        body = b"".join(bytes((_u8(register),)) + label.to_bytes(2, "little") for register, label in pairs)
        return code + bytes((_u8(d), _u8(len(rest) // 2))) + body
    register, kind, message, *bounds = operands
    tail = b"".join(bound.to_bytes(8, "little", signed=True) for bound in bounds)
    return code + bytes((_u8(register), _u8(kind))) + message.to_bytes(2, "little") + tail


def _u8(value: int) -> int:
    if not 0 <= value <= 255:
        raise OverflowError(value)
    return value
