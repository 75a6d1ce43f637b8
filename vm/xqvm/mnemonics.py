"""The mnemonics that can be typed: the table less `PUSH1` to `PUSH8`, plus the sized families. Section 3.3."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vm.assembler import suggest
from vm.isa import Op, Operand, OperandKind
from vm.xqvm.isa import ISA

TARGET = ISA.by_name["TARGET"]
PUSHES: tuple[Op, ...] = tuple(ISA.by_name[f"PUSH{size}"] for size in range(1, 9))
"""PUSHn at n - 1."""
JUMPS = {
    "JUMP": (ISA.by_name["JUMP1"], ISA.by_name["JUMP2"]),
    "JUMPI": (ISA.by_name["JUMPI1"], ISA.by_name["JUMPI2"]),
}
"""The jumps to labels, each with its narrow and its wide instruction."""
WIDE = {narrow.code: wide for narrow, wide in JUMPS.values()}
"""The wide instruction by the opcode of the narrow one."""
PUSH_WORDS = ("PUSH", "PUSHC")

_LABEL = Operand("label", OperandKind.TARGET, 2)
_INTEGER = Operand("imm", OperandKind.IMMEDIATE, 8)
FORMS: dict[str, tuple[Operand, ...]] = {
    **{op.name: op.operands for op in ISA},
    **dict.fromkeys(PUSH_WORDS, (_INTEGER,)),
    **dict.fromkeys((*JUMPS, TARGET.name), (_LABEL,)),
}
"""Operands by mnemonic, `UNTYPABLE` ones included; TARGET goes without, too."""
UNTYPABLE = frozenset(op.name for op in PUSHES)
TYPABLE = tuple(name for name in FORMS if name not in UNTYPABLE)

_ALIASES = {
    "DUP": "COPY", "STORE": "STOW", "SET": "STOW", "GET": "LOAD", "CONST": "PUSH", "CLEAR": "SCLR", "END": "HALT",
    "STOP": "HALT", "EXIT": "HALT", "RET": "HALT", "RETURN": "HALT", "JMP": "JUMP", "GOTO": "JUMP", "BR": "JUMP",
    "JNZ": "JUMPI", "LABEL": "TARGET", "LOOP": "RANGE", "LE": "LTE", "GE": "GTE", "RSH": "SHR", "LSH": "SHL",
}  # fmt: skip
_GLUED = re.compile(r"([A-Z]+?)R?([0-9]+)")
_SAMPLES = {OperandKind.REGISTER: "r{}", OperandKind.TARGET: ".{}", OperandKind.IMMEDIATE: "{}"}


def usage(name: str) -> str:
    """A mnemonic with operands as they may look, and what they are where there are several."""
    operands = FORMS[name]
    text = " ".join((name, *(_SAMPLES[operand.kind].format(index) for index, operand in enumerate(operands))))
    names = ", ".join(operand.name for operand in operands)
    return f"{text} ({names})" if len(operands) > 1 else text


def hint_for(name: str) -> str:
    """What to write instead of an upper-cased mnemonic that cannot be typed."""
    if name in UNTYPABLE:
        return "write PUSH, which picks the size from the value"
    if name in _ALIASES:
        return f"did you mean {_ALIASES[name]}?"
    glued = _GLUED.fullmatch(name[:40])
    if glued and FORMS.get(glued[1]):
        return f"a space is missing: {glued[1]} {_SAMPLES[FORMS[glued[1]][0].kind].format(glued[2])}"
    near = suggest(name, TYPABLE)
    return f"did you mean {near}?" if near else "there is no instruction of that name, nor of a similar one"


def label_hint(label: int, defined: Iterable[int]) -> str:
    """What to do about a jump to a label that is nowhere."""
    near = min(defined, key=lambda other: (abs(other - label), other), default=None)
    return f"define it by a line .{label}:" + ("" if near is None else f", or jump to .{near}")
