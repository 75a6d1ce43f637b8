"""The statements that stand for instructions: each text of the notation and each other way of writing one.

A statement is looked up by its shape, in which all registers, numbers and labels are alike. What has no shape of the
language is told from the shapes that begin as it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from vm.isa import Op
from vm.pvm.isa import ISA
from vm.pvm.lexing import Kind, Lexeme, lexemes
from vm.pvm.notation import TEXTS, Piece, Style, pieces
from vm.values import dataclass

_MIRRORED = {"eq": "==", "ne": "!=", "gt_u": "<u", "ge_u": "<=u", "le_u": ">=u", "lt_u": ">u",
             "gt_s": "<s", "ge_s": "<=s", "le_s": ">=s", "lt_s": ">s"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """What a register, number or label of a statement is to its instruction."""

    index: int
    style: Style


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way to write an instruction."""

    op: Op
    text: str
    """As the notation has it."""
    slots: tuple[Slot, ...]
    """One for each register, number and label, in their order."""


def _others() -> Iterator[tuple[str, str]]:
    """Further ways to write instructions. Section 15.3."""
    yield "jump_ind", "ret"
    yield "move_reg", "nop"
    yield "load_imm", "{a} = {x:entry}"
    for base in ("[tmp + {y:address}]", "[tmp]"):
        yield "load_imm_jump_ind", f"tmp = {{b}}, {{a}} = {{x}}, jump {base}"
    for name, sign in (("lt_u", ">u"), ("ge_u", "<=u"), ("lt_s", ">s"), ("ge_s", "<=s")):
        yield f"branch_{name}", f"jump {{x:target}} if {{b}} {sign} {{a}}"
    for name, sign in _MIRRORED.items():
        yield f"branch_{name}_imm", f"jump {{y:target}} if {{x:word}} {sign} {{a}}"
    for sign in ("u", "s"):
        yield f"set_lt_{sign}", f"{{d}} = {{b}} >{sign} {{a}}"
        yield f"set_gt_{sign}_imm", f"{{a}} = {{x}} <{sign} {{b}}"
        yield f"set_lt_{sign}_imm", f"{{a}} = {{x}} >{sign} {{b}}"
    for name, sign in (("and", "&"), ("or", "|"), ("xor", "^")):
        yield f"{name}_imm", f"{{a}} = {{x}} {sign} {{b}}"
    for bits, prefix in ((64, ""), (32, "i32 ")):
        yield f"add_imm_{bits}", f"{prefix}{{a}} = {{x}} + {{b}}"
        yield f"mul_imm_{bits}", f"{prefix}{{a}} = {{x}} * {{b}}"
        yield f"add_imm_{bits}", f"{prefix}{{a}} = {{b}} - {{x:minus}}"
        yield f"neg_add_imm_{bits}", f"{prefix}{{a}} = -{{b}}"


_SAMPLES = {Style.REGISTER: "ra", Style.TARGET: "@l", Style.ENTRY: "@l"}


def _sample(piece: Piece) -> str:
    return piece.literal if piece.index < 0 else _SAMPLES.get(piece.style, "1")


def _patterns(name: str, text: str) -> Iterator[tuple[str, Pattern]]:
    for parts in pieces(name, text):
        slots = [Slot(piece.index, piece.style) for piece in parts if piece.index >= 0]
        words = lexemes("".join(map(_sample, parts)))
        if words[-1].text == "0":
            slots.append(Slot(-1, Style.ZERO))
        yield shape(words), Pattern(ISA.by_name[name], text, tuple(slots))
        if any(slot.style is Style.TARGET for slot in slots):  # an address will do where there is no label
            at = [word.kind for word in words].index(Kind.LABEL)
            addressed = ["N" if place == at else word.shape for place, word in enumerate(words)]
            yield " ".join(addressed), Pattern(ISA.by_name[name], text, tuple(slots))


def shape(words: Sequence[Lexeme]) -> str:
    """What a statement looks like, whatever its registers, numbers and labels are."""
    return " ".join([word.shape for word in words])


def _table() -> dict[str, Pattern]:
    found: dict[str, Pattern] = {}
    for name, text in (*TEXTS.items(), *_others()):
        for key, pattern in _patterns(name, text):
            if key in found:
                raise ValueError(f"{found[key].text!r} and {text!r} look the same")
            found[key] = pattern
    return found


PATTERNS: Mapping[str, Pattern] = MappingProxyType(_table())
"""By shape."""


@cache
def _continuations() -> Mapping[tuple[str, ...], frozenset[str]]:
    """What can follow each beginning of a shape; an empty text where it can end."""
    found: dict[tuple[str, ...], set[str]] = {}
    for key in PATTERNS:
        words = key.split(" ")
        for at in range(len(words) + 1):
            found.setdefault(tuple(words[:at]), set()).add(words[at] if at < len(words) else "")
    return MappingProxyType({beginning: frozenset(words) for beginning, words in found.items()})


def astray(words: Sequence[Lexeme]) -> tuple[int, frozenset[str]]:
    """How many tokens make sense, of a statement that is none, and what could follow them."""
    known = _continuations()
    for count in range(1, len(words) + 1):
        if tuple(word.shape for word in words[:count]) not in known:
            return count - 1, known[tuple(word.shape for word in words[: count - 1])]
    return len(words), known[tuple(word.shape for word in words)]
