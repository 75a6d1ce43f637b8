"""The words and signs of an expression, read one at a time, so that a text may go on with something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from vm.values import dataclass
from xqdbg.expressions.errors import ExpressionError, shown

BITS = 4096
"""Most bits an integer has, in the text and in whatever is computed."""
WORDS = frozenset({"and", "or", "not", "unset"})
"""Names that are no places."""


class Kind(Enum):
    """What a token is."""

    NUMBER = "number"
    REAL = "number with a fraction"
    NAME = "name"
    WORD = "word"
    SAVED = "saved value"
    TEXT = "text"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A part of the text."""

    kind: Kind
    text: str
    """As it stands there; without `$` or quotes."""
    at: int
    end: int
    number: int = 0
    real: float = 0.0


_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(
    r"(?P<number>[0-9][0-9A-Za-z_]*)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\$(?P<saved>[A-Za-z0-9_]+)"
    r"|(?P<quote>['\"])"
    r"|(?P<sign><<|>>|<=|>=|==|!=|<>|//|\*\*|&&|\|\||:=|->|[-+*/%&|^~<>=!()\[\],.:;{}?@#])"
)
_DECIMAL = re.compile(r"[0-9]+(?:_[0-9]+)*")
_HEX = re.compile(r"0[xX](?:_?[0-9a-fA-F])+")
_BINARY = re.compile(r"0[bB](?:_?[01])+")
_FRACTION = re.compile(r"\.[0-9]{1,30}(?:[eE][-+]?[0-9]{1,4})?(?![0-9A-Za-z_.])")
_BROKEN = re.compile(r"\.[0-9]")
_MOST_WHOLE = 30
"""Digits before the point of a number with a fraction."""
_TYPOGRAPHY: Mapping[str, str] = MappingProxyType(
    {"≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "·": "*", "÷": "//", "−": "-", "–": "-", "—": "-", "¬": "not",
     "∧": "and", "∨": "or", "“": "'", "”": "'", "‘": "'", "’": "'"}
)  # fmt: skip


def token_at(text: str, at: int) -> Token:
    """The token at a position, or after the space there. ExpressionError for what is none."""
    space = _SPACE.match(text, at)
    at = at if space is None else space.end()
    if at >= len(text):
        return Token(Kind.END, "", len(text), len(text))
    match = _TOKEN.match(text, at)
    if match is None:
        raise _unreadable(text, at)
    kind, part = match.lastgroup, match[match.lastgroup or 0]
    if kind == "number":
        return _number(text, part, at)
    if kind == "quote":
        return _quoted(text, part, at)
    if kind == "saved":
        return Token(Kind.SAVED, part, at, match.end())
    if kind == "name":
        return Token(Kind.WORD if part in WORDS else Kind.NAME, part, at, match.end())
    return Token(Kind.SIGN, part, at, match.end())


def _number(text: str, part: str, at: int) -> Token:
    end = at + len(part)
    fraction = _FRACTION.match(text, end)
    if fraction is not None and _DECIMAL.fullmatch(part) and len(part) <= _MOST_WHOLE:
        return Token(Kind.REAL, text[at : fraction.end()], at, fraction.end(), real=float(part + fraction[0]))
    if _BROKEN.match(text, end):
        raise ExpressionError("this is no number", text, at, "write 12 or 2.5", end - at + 1)
    value = _value(part)
    if value is None:
        raise ExpressionError(f"{shown(part)} is no number", text, at, "write 12, 1_000, 0x1f or 0b101", end - at)
    if value.bit_length() > BITS:
        raise ExpressionError(f"the number has more than {BITS:,} bits", text, at, width=end - at)
    return Token(Kind.NUMBER, part, at, end, value)


def _value(part: str) -> int | None:
    if _DECIMAL.fullmatch(part):
        return int(part)
    if _HEX.fullmatch(part):
        return int(part, 16)
    return int(part, 2) if _BINARY.fullmatch(part) else None


def _quoted(text: str, quote: str, at: int) -> Token:
    close = text.find(quote, at + 1)
    if close < 0:
        raise ExpressionError(f"the text that begins here has no closing {quote}", text, at)
    return Token(Kind.TEXT, text[at + 1 : close], at, close + 1)


def _unreadable(text: str, at: int) -> ExpressionError:
    character = text[at]
    if character == "$":
        return ExpressionError("a name is missing after $", text, at, "a saved value is called like $best")
    instead = _TYPOGRAPHY.get(character)
    hint = f"write {instead}" if instead else ""
    return ExpressionError(f"{shown(character)} has no meaning here", text, at, hint)
