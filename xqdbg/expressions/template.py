"""Texts with expressions in braces, as logpoints tell them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from vm.contract import Machine, Value
from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.expressions.errors import ExpressionError, shown
from xqdbg.expressions.expression import Expression
from xqdbg.expressions.formats import FORMATS, format_value

if TYPE_CHECKING:
    from xqdbg.expressions.refusing import OldValue

SHOWN = 400
"""Most characters of one value."""
_LETTERS = tuple(letter for letter in FORMATS if letter not in ("", "m"))


@dataclass(frozen=True, slots=True)
class _Hole:
    """An expression in braces."""

    expression: Expression
    format: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text such as `energy {stack[-1]:e} in round {loop[0].index}`; `{{` and `}}` are braces."""

    text: str
    parts: tuple[str | _Hole, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a text; ExpressionError, with a column in it, for a brace or an expression that is none."""
        from xqdbg.expressions.parser import LENGTH  # with the first expression, as there

        if len(text) > LENGTH:
            raise ExpressionError(f"the text has more than {LENGTH:,} characters", text, LENGTH)
        parts: list[str | _Hole] = []
        at = 0
        while at < len(text):
            part, at = (
                _plain(text, at) if text[at] not in "{}" or text[at] == text[at + 1 : at + 2] else _hole(text, at)
            )
            parts.append(part)
        return cls(text, tuple(parts))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions, from left to right."""
        return tuple(part.expression for part in self.parts if isinstance(part, _Hole))

    def bind(self, machine: Machine, saved: Mapping[str, Value], old: OldValue | None = None) -> Callable[[], str]:
        """A closure that tells the text whenever it is called, in one line that is safe for a terminal.

        What is missing is told as `unset`. ExpressionError at once for what the machine cannot have.
        """
        pieces = [_piece(part, machine, saved, old) for part in self.parts]
        return lambda: "".join([piece() for piece in pieces])


def _plain(text: str, at: int) -> tuple[str, int]:
    """Text up to the next brace, or a doubled brace."""
    if text[at] in "{}":
        return text[at], at + 2
    ends = [end for end in (text.find("{", at), text.find("}", at)) if end >= 0]
    end = min(ends, default=len(text))
    return text[at:end], end


def _hole(text: str, at: int) -> tuple[_Hole, int]:
    """An expression, its format if it has one, and where the text goes on."""
    from xqdbg.expressions.lexer import Kind
    from xqdbg.expressions.parser import Parser

    if text[at] == "}":
        raise ExpressionError("} closes nothing", text, at, "write }} for a brace")
    parser = Parser(text, at + 1)
    if parser.token.kind is Kind.SIGN and parser.token.text == "}":
        raise ExpressionError("there is no expression in the braces", text, at, "write {{}} for braces", 2)
    tree = parser.expression()
    closer = parser.token
    expression = Expression.of(tree, text[at + 1 : closer.at], text)
    if closer.kind is Kind.SIGN and closer.text == "}":
        return _Hole(expression, ""), closer.end
    if closer.kind is Kind.SIGN and closer.text == ":":
        return _formatted(text, expression, closer.end)
    if closer.kind is Kind.END:
        raise ExpressionError("{ is never closed", text, at, "write } behind the expression, or {{ for a brace")
    raise parser.surplus()


def _formatted(text: str, expression: Expression, at: int) -> tuple[_Hole, int]:
    end = text.find("}", at)
    letter = text[at : end if end >= 0 else len(text)].strip()
    if letter not in _LETTERS:
        hint = f"it is one of {', '.join(_LETTERS)}"
        raise ExpressionError(f"{shown(letter)} is no format", text, at, hint, max(1, len(letter)))
    if end < 0:
        raise ExpressionError("the format is not closed", text, len(text), "write } behind it")
    return _Hole(expression, letter), end + 1


def _piece(part: str | _Hole, machine: Machine, saved: Mapping[str, Value], old: OldValue | None) -> Callable[[], str]:
    if isinstance(part, str):
        told = printable(part)
        return lambda: told
    value, letter = part.expression.bind(machine, saved, old), part.format

    def piece() -> str:
        text = format_value(machine, value(), letter)
        return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"

    return piece
