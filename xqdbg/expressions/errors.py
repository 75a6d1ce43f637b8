"""What is wrong with an expression, and where in its text."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from vm.diagnostics import printable
from xqdbg.errors import XqdbgError

_LISTED = 12
"""Names told of where one is unknown."""


class _PointedError(XqdbgError):
    """An error at a column of a text."""

    def __init__(self, message: str, text: str, column: int, hint: str = "", width: int = 1) -> None:
        super().__init__(message, hint)
        self.text = text
        """The whole text that was read."""
        self.column = column
        """Where in it, in characters from 0; its length if something is missing at the end."""
        self.width = width
        """How many characters it is about, at least one."""


class ExpressionError(_PointedError):
    """A text that is no expression, or that asks a machine for what it cannot have."""


class EvaluationError(_PointedError):
    """An expression that comes to no value here and now."""


def shown(text: str) -> str:
    """A user's text inside a message: short, on one line, without control characters."""
    return ascii(text if len(text) <= 40 else text[:37] + "...") if text else "nothing"


def bare(text: str) -> str:
    """A user's text inside a message without quotes, for what is code."""
    return printable(text if len(text) <= 40 else text[:39] + "…")


def did_you_mean(name: str, known: Iterable[str], none: str = "there is none") -> str:
    """The name that was probably meant, or some of those there are."""
    some = sorted(set(known))
    if close := get_close_matches(name[:80], some, n=1):
        return f"did you mean {close[0]}?"
    return f"there are {', '.join(some[:_LISTED])}{' …' if len(some) > _LISTED else ''}" if some else none
