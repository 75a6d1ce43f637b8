"""The tokens of a line of assembly (reference, section 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from vm.values import dataclass

COMMENT = ";"

# Every alternative is of one piece and none can match in two ways, so hostile text cannot make it backtrack.
_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*+"?)'
    r"|(?P<prefixed>(?:bits|type):[0-9A-Za-z]++)"
    r"|(?P<number>[-+]?(?:[0-9]|\.[0-9])(?:[eE][-+](?=[0-9])|[0-9A-Za-z_.])*+|[-+](?:inf|nan)(?![A-Za-z0-9_.$]))"
    r"|(?P<index>@[0-9A-Za-z_]*+)"
    r"|(?P<directive>\.[A-Za-z_]++)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_.$]*+)"
    r"|(?P<comment>;.*+)"
    r"|(?P<sign>[,:\[\]])"
    r"|(?P<other>[^ \t\r])",
    re.DOTALL,
)
LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_.$]*+")


class Kind(Enum):
    """What a token is."""

    STRING = "string"
    PREFIXED = "prefixed"  # bits:… and type:…
    NUMBER = "number"
    INDEX = "index"
    DIRECTIVE = "directive"
    WORD = "word"
    COMMENT = "comment"
    SIGN = "sign"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of a line."""

    kind: Kind
    start: int
    """Offset in the line, in characters."""
    text: str

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.start + len(self.text)


def lexemes(line: str) -> Iterator[Lexeme]:
    """The tokens of a line, its comment included, in order; blanks belong to none."""
    for found in _TOKEN.finditer(line):
        yield Lexeme(Kind(found.lastgroup or "other"), found.start(), found[0])


_DIGITS = {16: re.compile("[0-9a-fA-F]++"), 2: re.compile("[01]++"), 10: re.compile("[0-9]++")}
_MOST_DIGITS = {16: 16, 2: 64, 10: 20}
_FLOAT = re.compile(r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]{1,6})?")
_LONGEST = 1_200


def integer(text: str) -> int | None:
    """What the text of an integer comes to, with a sign or not; None if it is none, or has more than 64 bits and a bit.

    Bounded work for any number of digits.
    """
    digits = text.lstrip("+-")
    if len(text) - len(digits) > 1:
        return None
    base = {"0x": 16, "0b": 2}.get(digits[:2].lower(), 10)
    digits = (digits[2:] if base != 10 else digits).replace("_", "")
    if not _DIGITS[base].fullmatch(digits):
        return None
    significant = digits.lstrip("0") or "0"
    if len(significant) > _MOST_DIGITS[base]:
        return None
    value = int(significant, base)
    return -value if text[0] == "-" else value


def floating(text: str) -> float | None:
    """What the text of a Float comes to; None if it is none."""
    if text.lstrip("+-") in ("inf", "nan"):
        return float(text)
    return float(text) if len(text) <= _LONGEST and _FLOAT.fullmatch(text) else None


def string(text: str) -> str | None:
    """What a string in quotes means, as in JSON; None if it is none, or has half a character."""
    import json

    try:
        found = json.loads(text)
        found.encode()
    except ValueError:
        return None
    return str(found)
