"""The lines of `Op.formula`, read once: what is written, to what value, for which indices."""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache

from vm.values import dataclass
from xqdbg.expressions.errors import ExpressionError
from xqdbg.expressions.parser import Parser
from xqdbg.expressions.tree import Look, Node

_LINE = re.compile(
    r"(?:(?P<kind>\w+): )?(?P<target>.+?) (?P<sign>\+?=) (?P<value>.+?)"
    r"(?: for (?P<loops>.+?))?(?: if (?P<test>.+?))?(?: else (?P<otherwise>.+))?"
)
_LOOP = re.compile(r"(?P<first>first )?(?:(?P<outer>\w+) (?P<sign><=?) )?(?P<name>\w+) < (?P<bound>.+)")
_QUANTITY = re.compile(r"(?:(?P<kind>\w+): )?(?P<value>.+?)(?: if (?P<test>.+?)(?:, else .+)?)?")


class FormulaError(Exception):
    """A line of the table that says nothing."""


@dataclass(frozen=True, slots=True)
class Term:
    """An expression, and its text."""

    text: str
    tree: Node = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Loop:
    """All values of a name from 0 up to below a bound; pairs of two names where there is an outer one."""

    name: str
    bound: Term
    outer: str = ""
    """Of a pair: the name that is smaller."""
    equal: bool = False
    """Of a pair: whether the two may be equal."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line."""

    text: str
    target: Term
    place: Look = field(compare=False, repr=False)
    """What is written: the tree of the target."""
    value: Term
    adds: bool = False
    """Whether it adds to what is there."""
    kind: str = ""
    """The kind the first operand must have for this line to count; empty for any."""
    loops: tuple[Loop, ...] = ()
    first: bool = False
    """Whether only the first round counts for which the test holds."""
    test: Term | None = None
    otherwise: Term | None = None
    """The value where no round does."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A cost: a value, for a kind of the first operand perhaps; words must do where a test does not hold."""

    value: Term
    kind: str = ""
    test: Term | None = None


@cache
def term(text: str) -> Term:
    """An expression of the table; ExpressionError if it is none."""
    return Term(text, Parser(text).whole())


@cache
def assignment(text: str) -> Assignment:
    """A line of a formula; FormulaError or ExpressionError if it is none."""
    match = _LINE.fullmatch(text)
    if match is None or (match["otherwise"] is not None and match["test"] is None):
        raise FormulaError(f"{text!r} is no assignment")
    target = term(match["target"])
    if not isinstance(target.tree, Look):
        raise FormulaError(f"{match['target']!r} cannot be written")
    loops = match["loops"] or ""
    return Assignment(
        text=text,
        target=target,
        place=target.tree,
        value=term(match["value"]),
        adds=match["sign"] == "+=",
        kind=match["kind"] or "",
        loops=tuple(_loop(part) for part in loops.split(", ")) if loops else (),
        first=loops.startswith("first "),
        test=None if match["test"] is None else term(match["test"]),
        otherwise=None if match["otherwise"] is None else term(match["otherwise"]),
    )


def _loop(text: str) -> Loop:
    match = _LOOP.fullmatch(text)
    if match is None:
        raise FormulaError(f"{text!r} is no loop")
    return Loop(match["name"], term(match["bound"]), match["outer"] or "", match["sign"] == "<=", text)


@cache
def quantity(text: str) -> Quantity | None:
    """A cost of the table; None for one that is told in words."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    try:
        test = None if match["test"] is None else term(match["test"])
        return Quantity(term(match["value"]), match["kind"] or "", test)
    except ExpressionError:
        return None
