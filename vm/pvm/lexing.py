"""The tokens of a statement. Section 15.2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from vm.pvm.notation import REGISTER_NUMBERS
from vm.values import dataclass

COMMENT = "//"
LABEL = r"@[A-Za-z0-9_.]+"

# Every alternative is of one piece and none can match in two ways, so hostile text cannot make it backtrack.
_TOKEN = re.compile(
    r"(?P<label>@[A-Za-z0-9_.]*+)"
    r"|(?P<number>[0-9][0-9A-Za-z_]*+)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*+)"
    r"|(?P<sign><<r|>>[ar]|<<|>>|[<>]=?[us]|[/%][us]|==|!=|[-=+*&|^~()\[\],:])"
    r"|(?P<other>[<>/%!]=?|[^ \t\r])"
)
_BEFORE_SIGNED = frozenset("=+*&|^~([,:") | frozenset(
    ("-", "<<r", ">>a", ">>r", "<<", ">>", "<u", "<s", ">u", ">s", "<=u", "<=s", ">=u", ">=s", "/u", "/s", "%u", "%s",
     "==", "!=", "if", "ecalli", "i64", "jump")
)  # fmt: skip


class Kind(Enum):
    """What a token is."""

    REGISTER = "R"
    NUMBER = "N"
    LABEL = "@"
    WORD = "word"
    SIGN = "sign"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of a statement."""

    kind: Kind
    start: int
    """Offset in the line, in characters."""
    text: str

    @property
    def shape(self) -> str:
        """What a pattern has in its place: registers, numbers and labels are all alike, the rest is itself."""
        return self.kind.value if self.kind in _ALIKE else self.text

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.start + len(self.text)


_ALIKE = frozenset((Kind.REGISTER, Kind.NUMBER, Kind.LABEL))
_KINDS = {"label": Kind.LABEL, "number": Kind.NUMBER, "word": Kind.WORD, "sign": Kind.SIGN, "other": Kind.OTHER}


def lexemes(line: str, start: int = 0, end: int | None = None) -> list[Lexeme]:
    """The tokens of a stretch of a line, in order; a sign directly before a number belongs to it where one can."""
    return list(_lexemes(line, start, len(line) if end is None else end))


def _lexemes(line: str, start: int, end: int) -> Iterator[Lexeme]:
    before = ""
    signed: Lexeme | None = None  # a sign that may belong to a number
    for found in _TOKEN.finditer(line, start, end):
        text = found[0]
        kind = _KINDS[found.lastgroup or "other"]
        if kind is Kind.WORD and text in REGISTER_NUMBERS:
            kind = Kind.REGISTER
        here = Lexeme(kind, found.start(), text)
        if signed is not None:
            if kind is Kind.NUMBER and signed.end == here.start:
                here = Lexeme(kind, signed.start, signed.text + text)
            else:
                yield signed
            signed = None
        if text in ("-", "+") and (not before or before in _BEFORE_SIGNED):
            signed = here
        else:
            yield here
        before = text
    if signed is not None:
        yield signed


def number(text: str) -> int | None:
    """What the text of a number comes to; None if it is none or beyond 64 bits. Negative hexadecimal does not exist."""
    digits = text.lstrip("+-")
    base = {"0x": 16, "0b": 2}.get(digits[:2].lower(), 10)
    if len(text) - len(digits) > 1 or (base != 10 and text[0] == "-"):
        return None
    return magnitude(digits[2:] if base != 10 else digits, base, negative=text[0] == "-")


_DIGITS = {2: re.compile("[01]++"), 10: re.compile("[0-9]++"), 16: re.compile("[0-9a-fA-F]++")}
_MOST_DIGITS = {2: 64, 10: 20, 16: 16}


def magnitude(digits: str, base: int, *, negative: bool = False) -> int | None:
    """Digits of a base as a number of at most 64 bits; bounded work for any number of them."""
    if not _DIGITS[base].fullmatch(digits):
        return None
    significant = digits.lstrip("0") or "0"
    if len(significant) > _MOST_DIGITS[base]:
        return None
    value = int(significant, base)
    value = -value if negative else value
    return value if -(1 << 63) <= value < 1 << 64 else None
