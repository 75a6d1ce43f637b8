"""How each instruction is written: one text a row of the table, from which printer, assembler and lexer are made.

In a text an operand stands in braces, as `{a}`; `{x}` is a number of 64 bits, `{x:word}` one of 32 that is
sign-extended, `{x:address}` the same for an address, `{x:long}` a number of 64 bits whatever its value, `{y:target}`
a label, and `{b+x}` a register and a displacement, which is left out where it is 0. Section 8, last column, and
section 15.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from types import MappingProxyType

from vm.pvm.isa import ISA, REGISTERS
from vm.values import dataclass

_LOADS = ("u8", "i8", "u16", "i16", "u32", "i32", "u64")
_STORES = ("u8", "u16", "u32", "u64")
_RELATIONS = {"eq": "==", "ne": "!=", "lt_u": "<u", "le_u": "<=u", "ge_u": ">=u", "gt_u": ">u",
              "lt_s": "<s", "le_s": "<=s", "ge_s": ">=s", "gt_s": ">s"}  # fmt: skip
_TWO_WIDTHS = {"add": "+", "sub": "-", "mul": "*", "div_u": "/u", "div_s": "/s", "rem_u": "%u", "rem_s": "%s",
               "shlo_l": "<<", "shlo_r": ">>", "shar_r": ">>a", "rot_l": "<<r", "rot_r": ">>r"}  # fmt: skip
_ONE_WIDTH = {"and": "&", "xor": "^", "or": "|", "mul_upper_s_s": "mulh", "mul_upper_u_u": "mulhu",
              "mul_upper_s_u": "mulhsu", "set_lt_u": "<u", "set_lt_s": "<s", "and_inv": "& ~",
              "or_inv": "| ~"}  # fmt: skip
_IMMEDIATES = {"and_imm": "&", "xor_imm": "^", "or_imm": "|", "set_lt_u_imm": "<u", "set_lt_s_imm": "<s",
               "set_gt_u_imm": ">u", "set_gt_s_imm": ">s"}  # fmt: skip
_UNARY = {"count_set_bits": "cpop", "leading_zero_bits": "clz", "trailing_zero_bits": "ctz"}
_WORDS = {"sbrk": "sbrk", "sign_extend_8": "sext8", "sign_extend_16": "sext16", "zero_extend_16": "zext16",
          "reverse_bytes": "reverse"}  # fmt: skip
_CALLS = {"max": "maxs", "max_u": "maxu", "min": "mins", "min_u": "minu"}


def _texts() -> dict[str, str]:
    found = {
        "trap": "trap", "fallthrough": "fallthrough", "ecalli": "ecalli {x:word}", "jump": "jump {x:target}",
        "jump_ind": "jump [{a+x}]", "load_imm": "{a} = {x}", "load_imm_64": "{a} = i64 {x:long}",
        "load_imm_jump": "{a} = {x}, jump {y:target}", "load_imm_jump_ind": "{a} = {x}, jump [{b+y}]",
        "cmov_iz_imm": "{a} = {x:word} if {b} == 0", "cmov_nz_imm": "{a} = {x:word} if {b} != 0",
        "cmov_iz": "{d} = {a} if {b} == 0", "cmov_nz": "{d} = {a} if {b} != 0", "xnor": "{d} = ~({a} ^ {b})",
        "move_reg": "{d} = {a}",
    }  # fmt: skip
    for width in _LOADS:
        found[f"load_{width}"] = f"{{a}} = {width} [{{x:address}}]"
        found[f"load_ind_{width}"] = f"{{a}} = {width} [{{b+x}}]"
    for width in _STORES:
        found[f"store_{width}"] = f"{width} [{{x:address}}] = {{a}}"
        found[f"store_ind_{width}"] = f"{width} [{{b+x}}] = {{a}}"
        found[f"store_imm_{width}"] = f"{width} [{{x:address}}] = {{y}}"
        found[f"store_imm_ind_{width}"] = f"{width} [{{a+x}}] = {{y}}"
    for name, sign in _RELATIONS.items():
        found[f"branch_{name}_imm"] = f"jump {{y:target}} if {{a}} {sign} {{x:word}}"
        found[f"branch_{name}"] = f"jump {{x:target}} if {{a}} {sign} {{b}}"
    for bits, prefix in ((64, ""), (32, "i32 ")):
        for name, sign in _TWO_WIDTHS.items():
            found[f"{name}_{bits}"] = f"{prefix}{{d}} = {{a}} {sign} {{b}}"
            found[f"{name}_imm_{bits}"] = f"{prefix}{{a}} = {{b}} {sign} {{x}}"
            found[f"{name}_imm_alt_{bits}"] = f"{prefix}{{a}} = {{x}} {sign} {{b}}"
        found[f"neg_add_imm_{bits}"] = f"{prefix}{{a}} = {{x}} - {{b}}"
        found[f"rot_r_{bits}_imm"] = f"{prefix}{{a}} = {{b}} >>r {{x}}"
        found[f"rot_r_{bits}_imm_alt"] = f"{prefix}{{a}} = {{x}} >>r {{b}}"
        found |= {f"{name}_{bits}": f"{prefix}{{d}} = {word} {{a}}" for name, word in _UNARY.items()}
    found |= {name: f"{{d}} = {{a}} {sign} {{b}}" for name, sign in _ONE_WIDTH.items()}
    found |= {name: f"{{a}} = {{b}} {sign} {{x}}" for name, sign in _IMMEDIATES.items()}
    found |= {name: f"{{d}} = {word} {{a}}" for name, word in _WORDS.items()}
    found |= {name: f"{{d}} = {word}({{a}}, {{b}})" for name, word in _CALLS.items()}
    return found


TEXTS: Mapping[str, str] = MappingProxyType({op.name: text for text_of in (_texts(),) for op in ISA
                                             if (text := text_of.get(op.name)) is not None})  # fmt: skip
"""Text by name of the instruction."""

REGISTER_NUMBERS: Mapping[str, int] = MappingProxyType(
    {name: number for number, abi in enumerate(REGISTERS) for name in (abi, f"r{number}")}
)
"""Registers by both of their names."""


class Style(Enum):
    """What an operand is in a text."""

    REGISTER = "register"
    VALUE = "value"  # a number whose 64 bits are the sign extension of its low 32
    WORD = "word"  # any number of 32 bits, which is sign-extended
    ADDRESS = "address"  # the same, of which only the low 32 bits matter
    LONG = "long"  # any number of 64 bits
    MINUS = "minus"  # a value that is subtracted
    TARGET = "target"  # a label, or an address
    ENTRY = "entry"  # a label, for the address of a new entry of the jump table
    ZERO = "zero"  # the number 0, which is no operand


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: something literal, or an operand."""

    literal: str = ""
    index: int = -1
    """Which operand of the row it is; -1 for none."""
    style: Style = Style.VALUE


_PLACEHOLDER = re.compile(r"\{(?P<name>[abdxy])(?:\+(?P<added>[xy])|:(?P<style>[a-z]+))?\}")


def pieces(name: str, text: str) -> Sequence[Sequence[Piece]]:
    """A text for a row taken apart: first with all displacements, then, if it has one, without."""
    order = {operand.name: at for at, operand in enumerate(ISA.by_name[name].operands)}
    full: list[Piece] = []
    short: list[Piece] = []
    at = 0
    for found in _PLACEHOLDER.finditer(text):
        both = [Piece(text[at : found.start()]), _operand(found, order)]
        full += both
        short += both
        if found["added"]:
            full += [Piece(" + "), Piece("", order[found["added"]], Style.ADDRESS)]
        at = found.end()
    last = [Piece(text[at:])] if at < len(text) else []
    whole = (tuple(full + last), tuple(short + last))
    return whole if whole[0] != whole[1] else whole[:1]


def _operand(found: re.Match[str], order: Mapping[str, int]) -> Piece:
    name, style = found["name"], found["style"]
    if name in "abd":
        return Piece("", order[name], Style.REGISTER)
    return Piece("", order[name], Style(style) if style else Style.VALUE)
