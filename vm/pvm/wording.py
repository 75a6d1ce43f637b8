"""What to say of a statement that is none: where it stops making sense, what could stand there, and what to write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vm.assembler import shortened, suggest
from vm.pvm.isa import ISA
from vm.pvm.lexing import Kind, Lexeme
from vm.pvm.notation import REGISTER_NUMBERS, TEXTS
from vm.pvm.patterns import PATTERNS, astray
from vm.values import dataclass

_CALLED = {"R": "a register", "N": "a number", "@": "a label", "": "the end of the line"}
_MOST_TOLD = 6
WORDS = frozenset(word for key in PATTERNS for word in key.split(" ") if word.isidentifier() and len(word) > 1)
"""Words of statements: `jump`, `if`, `u8`, `cpop`, …"""
_PLACEHOLDER = re.compile(r"\{([abdxy])(?:\+([xy])|:(target|\w+))?\}")
_ALIASES = {
    "mov": "a0 = a1", "li": "a0 = 5", "add": "a0 = a1 + a2", "sub": "a0 = a1 - a2", "call": "ra = @back, then jump @f",
    "j": "jump @label", "jmp": "jump @label", "goto": "jump @label", "b": "jump @label", "return": "ret",
    "halt": "ret, which halts where ra is as at the start", "exit": "ret", "syscall": "ecalli 1", "panic": "trap",
    "unreachable": "trap", "not": "a0 = a0 ^ -1", "neg": "a0 = -a1", "beq": "jump @label if a0 == a1",
    "bne": "jump @label if a0 != a1", "lw": "a0 = i32 [a1 + 4]", "ld": "a0 = u64 [a1 + 8]",
    "sw": "u32 [a1 + 4] = a0", "sd": "u64 [a1 + 8] = a0", "lb": "a0 = i8 [a1]", "sb": "u8 [a1] = a0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Complaint:
    """Where a statement stops making sense, and why."""

    start: int
    """Offset in the line."""
    width: int
    message: str
    hint: str


def complain(line: str, words: Sequence[Lexeme]) -> Complaint:
    """What is wrong with a statement that has no pattern; there is at least one token."""
    count, wanted = astray(words)
    told = _expected(wanted)
    if count == len(words):
        end = words[-1].end
        return Complaint(end, 1, f"expected {told}, found the end of the line", _hint_at_end(words))
    found = words[count]
    hint = _hint(line, words, count, wanted)
    message = f"expected {told}, found '{shortened(found.text)}'"
    if not count:
        message = f"no statement begins with '{shortened(found.text)}'"
    return Complaint(found.start, len(found.text), message, hint)


def _expected(wanted: frozenset[str]) -> str:
    signs = [word for word in wanted if word not in _CALLED and not word.isidentifier()]
    words = sorted(word for word in wanted if word.isidentifier() and word not in _CALLED)
    told = [_CALLED[word] for word in _CALLED if word in wanted]
    told += [f"'{sign}'" for sign in signs] if len(signs) < 3 else ["an operator"]
    if len(told) + len(words) <= _MOST_TOLD:
        told += [f"'{word}'" for word in words]
    return " or ".join(filter(None, (", ".join(told[:-1]), told[-1]))) if told else "something else"


def _hint(line: str, words: Sequence[Lexeme], at: int, wanted: frozenset[str]) -> str:
    found, before = words[at], words[at - 1].text if at else ""
    if line.startswith(("//", ";", "#"), found.start) and at:
        return "nothing stands behind a statement; put the comment on a line of its own, after //"
    if found.text in ("<", ">", "<=", ">="):
        return f"say how to compare: {found.text}u takes both as unsigned, {found.text}s as signed"
    if found.text in ("/", "%"):
        return f"say how to divide: {found.text}u takes both as unsigned, {found.text}s as signed"
    if found.text == "-" and "[" in (each.text for each in words[:at]) and "+" in wanted:
        return "a negative displacement is written [sp + -8]"
    if found.kind is Kind.NUMBER and before in ("/u", "/s", "%u", "%s", "<<r", "mulh", "mulhu", "mulhsu"):
        return f"{before} takes registers alone; load the number into one first"
    if words[0].text == "i32" and at == 4:
        return "only arithmetic and shifts have a 32-bit form"
    if found.kind is Kind.WORD:
        return _word_hint(found.text, wanted, first=not at)
    if found.kind is Kind.OTHER:
        return _character_hint(found.text)
    if not at:
        return "a statement is such as a0 = a1 + 5, u8 [a0] = a1, jump @label if a0 == 0, ecalli 1, ret"
    return ""


def _hint_at_end(words: Sequence[Lexeme]) -> str:
    if len(words) == 1 and words[0].kind is Kind.LABEL:
        return f"a label is defined by a colon behind it: {shortened(words[0].text)}:"
    if words[-1].text == "jump":
        return "jump @label, jump @label if a0 == 0, jump [a0]"
    return ""


def _word_hint(word: str, wanted: frozenset[str], *, first: bool) -> str:
    if word in ISA.by_name:
        return f"{word} is written {example(word)}"
    if first and word.lower() in _ALIASES:
        return f"write {_ALIASES[word.lower()]}"
    if word == "unlikely":
        return "this instruction is of a draft of the machine, which is not the one here"
    if word.lower() in REGISTER_NUMBERS or word.lower() in wanted:
        return f"words are written small: {word.lower()}"
    known = sorted(each for each in wanted if each.isidentifier() and each not in _CALLED)
    registers = REGISTER_NUMBERS if "R" in wanted else ()
    if near := (suggest(word, registers) if len(word) < 4 else "") or suggest(word, [*known, *registers]):
        return f"did you mean {near}?"
    return "the registers are ra, sp, t0 to t2, s0, s1, a0 to a5, or r0 to r12" if "R" in wanted else ""


def _character_hint(text: str) -> str:
    if text == "\ufeff":
        return "save the file as UTF-8 without a byte order mark"
    if text == ";":
        return "a comment is a line that begins with //"
    if text == "#":
        return "numbers need no mark before them, and a comment is a line that begins with //"
    if text < " " or text == "\x7f":
        return f"remove the control character U+{ord(text[0]):04X}"
    if not text.isascii():
        return "characters beyond ASCII are allowed in comments only"
    return ""


_SAMPLES = {"a": "a0", "b": "a1", "d": "a2", "x": "5", "y": "6"}


def example(name: str) -> str:
    """An instruction of the table as it may be written: `a2 = a0 + a1`."""
    return _PLACEHOLDER.sub(_sample, TEXTS[name])


def _sample(found: re.Match[str]) -> str:
    if found[3] == "target":
        return "@label"
    return _SAMPLES[found[1]] + (f" + {_SAMPLES[found[2]]}" if found[2] else "")
