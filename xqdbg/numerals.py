"""Numbers in another base. A negative one keeps its sign, so that what is shown can be typed again: -0x2a."""

from __future__ import annotations

import re
from enum import Enum

from xqdbg.kinds import LISTS

_NUMERAL = re.compile(r"(?<![\w.])-?\d{1,20}(?![\w.])")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_NUMBERS = frozenset({"int", "loop"})
"""Kinds all of whose numbers are of the program."""


class Base(Enum):
    """How numbers are written."""

    DECIMAL = "decimal"
    HEX = "hex"
    BINARY = "binary"

    @property
    def next(self) -> Base:
        """The one after it, going round."""
        order = list(Base)
        return order[(order.index(self) + 1) % len(order)]


def numeral(number: int, base: Base = Base.DECIMAL) -> str:
    """A number in a base."""
    return str(number) if base is Base.DECIMAL else f"{number:#x}" if base is Base.HEX else f"{number:#b}"


def rewritten(text: str, kind: str, base: Base) -> str:
    """A machine's text of a value with the numbers of the program in another base, those that only count as they are.

    `kind` is the kind of the value, as in `Cell.kind`.
    """
    if base is Base.DECIMAL:
        return text
    if kind in _NUMBERS:
        return _in(text, base)
    if kind in LISTS:
        return _BRACKETED.sub(lambda found: _in(found[0], base), text)
    return text


def _in(text: str, base: Base) -> str:
    return _NUMERAL.sub(lambda found: numeral(int(found[0]), base), text)
