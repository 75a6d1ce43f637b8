"""How operands are written (reference, section 14)."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping, Sequence

from vm.isa import Op
from vm.mdvm.container import Constant
from vm.mdvm.isa import ASSERTS, TYPES
from vm.mdvm.lexing import LABEL
from vm.mdvm.program import Instruction

REGISTER = re.compile(r"r(0|[1-9][0-9]{0,2})")
CONSTANT = re.compile(r"k(0|[1-9][0-9]{0,4})")
_REGISTERS = tuple(f"r{number}" for number in range(256))
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HIDDEN = re.compile(
    '["\\\\\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]'
)


def string_text(value: str) -> str:
    """A string as assembly has it: JSON, with what cannot be seen escaped."""
    return f'"{_HIDDEN.sub(_escaped, value)}"'


def _escaped(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}"


def constant_text(entry: Constant) -> str:
    """The value of a constant as it is written by value; a Bool of an unusual byte as that byte."""
    match entry.tag:
        case 2:
            return float_text(entry.data)
        case 3:
            return string_text(entry.data.decode())
        case 4 if entry.data[0] > 1:
            return str(entry.data[0])
        case 5:
            return "empty"
    return json.dumps(entry.value)


def float_text(data: bytes) -> str:
    """A Float: by its digits, or by its bits where those say more."""
    (value,) = struct.unpack("<d", data)
    if value - value != 0:
        return f"bits:{data[::-1].hex()}"
    return repr(value)


def type_text(number: int) -> str:
    """A type id by its name, or by its number."""
    return TYPES[number] if number < len(TYPES) else f"type:{number}"


def target_text(instruction: Instruction, labels: Mapping[int, str]) -> str:
    """Where a jump leads: a label, or an offset from the next instruction where there is none."""
    target, offset = instruction.target, instruction.operands[-1]
    if target is not None and target in labels:
        return labels[target]
    return f"{offset:+d}"


def spelled(instruction: Instruction, labels: Mapping[int, str]) -> tuple[str, ...]:
    """Each operand as the text has it."""
    op, operands = instruction.op, instruction.operands
    if op is None:
        return ()
    if op.layout.islower():
        return _varying(op, operands)
    words = []
    for letter, value in zip(op.layout, operands, strict=True):
        if letter == "R":
            words.append(_REGISTERS[value])
        elif letter == "J":
            words.append(target_text(instruction, labels))
        elif letter == "K":
            words.append(f"k{value}")
        else:
            words.append(type_text(value) if op.group == "type" else str(value))
    return tuple(words)


def _varying(op: Op, operands: Sequence[int]) -> tuple[str, ...]:
    if op.layout in ("call", "return"):
        return tuple(_REGISTERS[number] for number in operands)
    if op.layout == "phi":
        pairs = zip(operands[1::2], operands[2::2], strict=True)
        return (_REGISTERS[operands[0]], *(f"[{_REGISTERS[register]}, {label}]" for register, label in pairs))
    register, kind, message, *bounds = operands
    return (_REGISTERS[register], ASSERTS[kind], *map(str, bounds), f"k{message}")


__all__ = ["CONSTANT", "LABEL", "REGISTER", "constant_text", "float_text", "spelled", "string_text", "target_text",
           "type_text"]  # fmt: skip
