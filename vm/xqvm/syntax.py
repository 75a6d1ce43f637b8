"""The grammar of XQVM assembly, section 3: tokens and lines, and what to say about text that is neither."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vm.assembler import shortened
from vm.values import dataclass
from vm.xqvm.mnemonics import FORMS

# Possessive throughout: tokens are cut by longest match, and hostile text cannot make the patterns backtrack.
_OPERAND = r"(?:r[0-9]{1,3}+|\.[0-9]++|[+-]?+(?:0x[0-9a-fA-F]++|[0-9]++))"
_LABEL = r"[ \t]*+(?:\.([0-9]++)[ \t]*+:[ \t]*+)?+"
_BODY = rf"([A-Za-z][A-Za-z0-9]*+)((?:[ \t]*+{_OPERAND})*+)"

OPERAND = re.compile(_OPERAND)
LINE = re.compile(rf"{_LABEL}(?:{_BODY})?+[ \t]*+(?:;.*+)?+\r?+", re.DOTALL)
"""A valid line with its CR: label digits, mnemonic, operands."""
_PREFIX = re.compile(rf"{_LABEL}(?:{_BODY})?+[ \t]*+")
_BARE_LABEL = re.compile(r"\.[0-9]+")
_LONGEST_CHUNK = 80
_CHUNK = re.compile(rf"[!-+\--:<-~]{{1,{_LONGEST_CHUNK}}}")  # what is visible, but no comma and no semicolon
_FOREIGN = re.compile(rf"[^\x00-\x7f]{{1,{_LONGEST_CHUNK}}}")
_WORD = re.compile(r"[A-Za-z0-9_.:+\-\"'#/]")


@dataclass(frozen=True, slots=True)
class SyntaxFinding:
    """Where a line stops making sense, and why."""

    start: int
    """Offset in the line."""
    width: int
    message: str
    hint: str
    expected: str
    """What the released parser says it expected there."""


def explain(line: str, first: bool) -> SyntaxFinding:
    """Say what is wrong with a line that `LINE` does not match; `first` if it is the first of the source."""
    prefix = _PREFIX.match(line)
    at, label, word = (prefix.end(), prefix[1], prefix[2]) if prefix else (0, None, None)
    top = first and not at
    if word is not None and prefix is not None:
        start, text = _chunk(line, at, prefix.end(2))
        hint = _hint(line[at], text, _OPERAND_HINTS) or _operand_hint(text)
        return _finding(start, text, "an operand or the end of the line", hint, "EOI or operand")
    start, text = _chunk(line, at, at)
    hint = _hint(line[at], text, _START_HINTS) or "a line is [label:] [mnemonic operands] [; comment]"
    if label is not None:
        return _finding(start, text, "a mnemonic or the end of the line", hint, "EOI or mnemonic")
    if bare := _BARE_LABEL.match(line, at):
        quoted = shortened(bare[0])
        expected = "program" if top else "EOI, mnemonic, or label_def"
        hint = f"a label is defined by a colon behind it: {quoted}:"
        return SyntaxFinding(at, len(bare[0]), f"label {quoted} without a colon", hint, expected)
    return _finding(start, text, "a mnemonic or a label", hint, "program" if top else "EOI, label_id, or mnemonic")


def _finding(start: int, text: str, wanted: str, hint: str, expected: str) -> SyntaxFinding:
    found = f"'{shortened(text)}'" if text.isprintable() else f"U+{ord(text[0]):04X}"
    return SyntaxFinding(start, len(text), f"expected {wanted}, found {found}", hint, expected)


def _chunk(line: str, at: int, least: int) -> tuple[int, str]:
    """Start and text of what to quote for an error at `at`: a word in full, also of a foreign script, or a character.

    A word that runs on from a token is quoted with it, `0b101`, not `b101`, but from no earlier than `least`.
    """
    if foreign := _FOREIGN.match(line, at):
        return at, foreign[0] if foreign[0].isprintable() else line[at]
    if not _WORD.match(line, at):
        return at, line[at]
    start = at
    while start > max(least, at - _LONGEST_CHUNK) and line[start - 1] not in " \t:":
        start -= 1
    chunk = _CHUNK.match(line, start)
    return (start, chunk[0]) if chunk and chunk.end() > at else (at, line[at])


def _hint(character: str, text: str, hints: Iterable[tuple[str, str]]) -> str:
    """What to do about the text, or about the character at fault where that can stand nowhere."""
    if hint := _character_hint(character):
        return hint
    return next((hint for pattern, hint in hints if re.match(pattern, text)), "")


def _character_hint(character: str) -> str:
    """What to do about a character that can stand nowhere outside comments."""
    if character == "\ufeff":
        return "save the file as UTF-8 without a byte order mark"
    if character == "\r":
        return "lines end with LF or CR LF, not with CR alone"
    if character < " " or character == "\x7f":
        return f"remove the control character U+{ord(character):04X}"
    if not character.isascii():
        return "characters beyond ASCII are allowed in comments only"
    if character == ",":
        return "operands are separated by spaces, not by commas"
    return "a comment begins with ;" if character in "#/" else ""


# What the text begins with, and what to do about it; compiled when there is an error to explain.
_OPERAND_HINTS = (
    (r"R[0-9]{1,3}", "registers are written with a small r, as in r0"),
    (r"r\Z|r[^0-9]", "a register is r and a number from 0 to 255"),
    (r"[+-]?0X", "hexadecimal numbers begin with a small 0x"),
    (r"[+-]?0[bBoO]", "numbers are decimal, or hexadecimal with 0x"),
    (r"[+-]?0x", "0x is followed by the digits 0-9 and a-f alone"),
    (r"[+-]?[0-9]+_", "the digits of a number are not grouped"),
    (r"[+-]?[0-9]+[eE]", "numbers are integers, written out"),
    (r"[+-]{2}", "a number has one sign at most"),
    (r"[+-]\Z", "the sign stands directly before the digits"),
    (r"\.[^0-9]|\.\Z", "a label is a point and a number from 0 to 65535, as in .0"),
    (r"[\"']", "there are no strings or characters, only integers"),
    (r"_", "a mnemonic is made of letters and digits alone"),
    (r"[^:]*:", "a label is defined at the beginning of a line"),
)


def _operand_hint(text: str) -> str:
    if text.upper() in FORMS:
        return "one instruction a line"
    return "an operand is a register (r0), a label (.0) or an integer (1, -1, 0xff)"


_START_HINTS = (
    (r"0x[0-9a-fA-F]+:", "this looks like a disassembler's listing, which is not assembly source"),
    (r"[+-]?[0-9]", "operands stand on the line of their mnemonic"),
    (r"\.[0-9]", "one label a line"),
    (r"\.", "a label is a point and a number from 0 to 65535, as in .0:"),
    (r":", "a label is a point and a number before the colon, as in .0:"),
)
