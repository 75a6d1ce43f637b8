"""Reads expressions: operator precedence climbing over the tokens of a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from xqdbg.expressions.errors import ExpressionError, shown
from xqdbg.expressions.lexer import Kind, Token, token_at
from xqdbg.expressions.tree import (
    Attribute,
    Binary,
    Call,
    Compare,
    Indices,
    Items,
    Logic,
    Look,
    Node,
    Number,
    Old,
    Pick,
    Real,
    Saved,
    Slice,
    Step,
    Text,
    Unary,
    Unset,
    deeper_than,
    walk,
)

LENGTH = 4096
"""Most characters of an expression."""
DEPTH = 64
"""Most operations inside each other, and most brackets."""
NO_PLACES = frozenset({"tick", "depth"})
"""Names of what a machine tells of its run, without being places."""
INDICES = 4
"""Most indices in one pair of brackets."""

_OR, _AND, _NOT, _COMPARE, _UNARY = 1, 2, 3, 4, 11
_RANKS: Mapping[str, int] = MappingProxyType(
    {"or": _OR, "and": _AND, "==": _COMPARE, "!=": _COMPARE, "<": _COMPARE, "<=": _COMPARE, ">": _COMPARE,
     ">=": _COMPARE, "|": 5, "^": 6, "&": 7, "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "//": 10, "%": 10}
)  # fmt: skip
"""How tightly an operator binds: as in Python."""

_WRONG: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "=": ("= is assignment, == compares", "write =="),
        ":=": (":= is assignment, == compares", "write =="),
        "&&": ("there is no &&", "write and"),
        "||": ("there is no ||", "write or"),
        "!": ("there is no !", "write not, or != to compare"),
        "<>": ("there is no <>", "write !="),
        "**": ("there is no **", "write r3 * r3, or 1 << n for a power of two"),
        "->": ("there is no ->", "write a dot, as in r0.quad[1,5]"),
        "?": ("there is no ? :", "an expression has no branches; and, or and comparisons give 1 or 0"),
        ";": ("; does not belong into an expression", "it parts commands; give one expression"),
        "{": ("{ does not belong into an expression", "group with ( and )"),
        "}": ("} does not belong into an expression", "group with ( and )"),
        "@": (
            "@ does not belong into an expression",
            "@name is a bookmark, for goto and break; saved values are $name",
        ),
        "#": ("# does not belong into an expression", "LOC#k is a location, for goto and break"),
        ":": (": does not belong here", "a slice is [start:count], as in r1[2:3]"),
        ",": (", does not belong here", "give one expression; arguments and indices stand in brackets"),
        ".": (". does not belong here", "a part stands behind a place, as in r0.size"),
        "~": ("~ stands before one value", "write ^ for exclusive or"),
    }
)
"""Signs that mean something elsewhere: what is wrong with them here, and what to write."""

_FOREIGN: Mapping[str, str] = MappingProxyType(
    {
        "is": "write == or !=",
        "in": "there is no such operator; compare with ==",
        "if": "an expression has no branches; and, or and comparisons give 1 or 0",
        "else": "an expression has no branches; and, or and comparisons give 1 or 0",
        "xor": "write ^",
        "mod": "write %",
        "div": "write //",
        "AND": "write and",
        "OR": "write or",
        "NOT": "write not",
    }
)
"""Operators of other languages, by name."""

_CLOSERS: Mapping[str, str] = MappingProxyType({"(": ")", "[": "]"})


class Parser:
    """Reads one expression, beginning at a position of a text; `token` is the first one that is no part of it."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        if len(text) > LENGTH:
            raise ExpressionError(
                f"the text is too long: {len(text):,} characters, and {LENGTH:,} are the most there can be",
                text,
                LENGTH,
            )
        self.token = token_at(text, at)
        self._before = Token(Kind.END, "", at, at)
        self._depth = 0
        self._open = 0

    def whole(self) -> Node:
        """The expression that the rest of the text is."""
        tree = self.expression()
        if self.token.kind is not Kind.END:
            raise self.surplus()
        return tree

    def expression(self) -> Node:
        """The longest expression that begins here."""
        tree = self._operation(_OR)
        if (deep := deeper_than(tree, DEPTH)) is not None:
            raise self._too_deep("operations", deep.at)
        for node in walk(tree):
            self._check(node)
        return tree

    def surplus(self) -> ExpressionError:
        """What is wrong with a token that does not belong behind an expression."""
        token = self.token
        if token.kind is Kind.SIGN:
            if token.text in _WRONG:
                return self._error(*_WRONG[token.text])
            if token.text in ")]":
                return self._error(f"{token.text} closes nothing")
        if token.kind is Kind.NAME and token.text in _FOREIGN:
            return self._error(f"{token.text} is no operator", _FOREIGN[token.text])
        return self._error(f"an operator is missing before {shown(self._source(token))}", "such as +, == or and")

    # Operations

    def _operation(self, rank: int) -> Node:
        """An operation of operators that bind at least as tightly as `rank`."""
        self._depth += 1
        if self._depth > 2 * DEPTH:
            raise self._too_deep("operations", self.token.at)
        left = self._prefix(rank)
        while (found := self._rank()) >= rank:
            left = self._infix(left, found)
        self._depth -= 1
        return left

    def _rank(self) -> int:
        token = self.token
        return _RANKS.get(token.text, 0) if token.kind in (Kind.SIGN, Kind.WORD) else 0

    def _prefix(self, rank: int) -> Node:
        sign = self.token
        if sign.kind is Kind.WORD and sign.text == "not":
            if rank > _NOT:
                raise self._error(f"not cannot stand behind {shown(self._before.text)}", "write (not …)")
            self._advance()
            operand = self._operation(_NOT)
            return Unary("not", operand, sign.at, operand.end)
        if sign.kind is not Kind.SIGN or sign.text not in ("-", "+", "~"):
            return self._postfix()
        self._advance()
        operand = self._operation(_UNARY)
        if isinstance(operand, Number) and sign.text == "-":
            return Number(-operand.value, sign.at, operand.end)
        if isinstance(operand, Real) and sign.text == "-":
            return Real(-operand.value, sign.at, operand.end)
        return Unary(sign.text, operand, sign.at, operand.end)

    def _infix(self, left: Node, rank: int) -> Node:
        sign = self.token.text
        if rank in (_OR, _AND):
            return self._logic(left, sign, rank)
        self._advance()
        right = self._operation(rank + 1)
        if rank != _COMPARE:
            return Binary(sign, left, right, left.at, right.end)
        if self._rank() == _COMPARE:
            raise self._error("comparisons cannot be chained: write a < b and b < c")
        return Compare(sign, left, right, left.at, right.end)

    def _logic(self, left: Node, word: str, rank: int) -> Node:
        operands = [left]
        while self._at_word(word):
            self._advance()
            operands.append(self._operation(rank + 1))
        return Logic(word, tuple(operands), left.at, operands[-1].end)

    # Operands

    def _postfix(self) -> Node:
        node = self._operand()
        while self.token.kind is Kind.SIGN and self.token.text in (".", "["):
            step = self._attribute() if self.token.text == "." else self._brackets()
            node = _with_step(node, step, self._before.end)
        return node

    def _operand(self) -> Node:
        token = self.token
        match token.kind:
            case Kind.NUMBER:
                self._advance()
                return Number(token.number, token.at, token.end)
            case Kind.REAL:
                self._advance()
                return Real(token.real, token.at, token.end)
            case Kind.TEXT:
                self._advance()
                return Text(token.text, token.at, token.end)
            case Kind.SAVED:
                self._advance()
                return Saved(token.text, token.at, token.end)
            case Kind.NAME:
                self._advance()
                return self._call(token) if self._at_sign("(") else Look(token.text, (), token.at, token.end)
            case Kind.WORD if token.text == "unset":
                self._advance()
                return Unset(token.at, token.end)
            case Kind.SIGN if token.text == "(":
                return self._group()
            case Kind.SIGN if token.text == "[":
                return self._items()
        raise self._nothing()

    def _group(self) -> Node:
        opener = self._open_bracket()
        if self._at_sign(")"):
            raise self._error("nothing stands in the parentheses")
        inner = self._operation(_OR)
        self._close(opener)
        return replace(inner, at=opener.at, end=self._before.end)

    def _items(self) -> Node:
        opener = self._open_bracket()
        items = self._list(opener)
        return Items(items, opener.at, self._before.end)

    def _call(self, name: Token) -> Node:
        opener = self._open_bracket()
        arguments = self._list(opener)
        end = self._before.end
        return self._old(name, arguments, end) if name.text == "old" else Call(name.text, arguments, name.at, end)

    def _old(self, name: Token, arguments: tuple[Node, ...], end: int) -> Node:
        hint = "as in old(r3) or old(r3[4])"
        if len(arguments) != 1:
            raise ExpressionError("old takes one place", self.text, name.at, hint, end - name.at)
        (look,) = arguments
        if not isinstance(look, Look):
            raise ExpressionError("old takes a place", self.text, look.at, hint, look.end - look.at)
        return Old(look, name.at, end)

    def _list(self, opener: Token) -> tuple[Node, ...]:
        """Expressions with commas between them, and what closes them; the opener was read."""
        items: list[Node] = []
        while not self._at_sign(_CLOSERS[opener.text]):
            items.append(self._operation(_OR))
            if not self._at_sign(","):
                break
            self._advance()
        self._close(opener)
        return tuple(items)

    # Steps into a place

    def _attribute(self) -> Step:
        self._advance()
        token = self.token
        if token.kind not in (Kind.NAME, Kind.WORD):
            raise self._error("the name of a part is missing after .", "as in r0.size or r0.quad[1,5]")
        self._advance()
        return Attribute(token.text)

    def _brackets(self) -> Step:
        opener = self._open_bracket()
        if self._at_sign("]"):
            raise self._error("an index is missing in the brackets", "as in r3[4], r0.quad[1,5] or r3[0:2]")
        if self._at_sign(":"):
            raise self._error("a slice is [start:count]", "write [0:3] for the first three")
        first = self._operation(_OR)
        if isinstance(first, Text) and self._at_sign("]"):
            self._close(opener)
            return Attribute(first.value)  # a key that may be no name
        if self._at_sign(":"):
            return self._slice(opener, first)
        items = [first]
        while self._at_sign(","):
            self._advance()
            items.append(self._operation(_OR))
        if len(items) > INDICES:
            at, end = items[INDICES].at, items[-1].end
            raise ExpressionError(f"there are {INDICES} indices at most", self.text, at, width=end - at)
        self._close(opener)
        return Indices(tuple(items))

    def _slice(self, opener: Token, start: Node) -> Step:
        self._advance()
        if self._at_sign("]"):
            raise self._error("a slice is [start:count], and the count is missing", "as in r3[2:5], five from r3[2] on")
        count = self._operation(_OR)
        if isinstance(count, Number) and count.value < 0:
            width = count.end - count.at
            hint = "a slice is [start:count], as in r3[2:5], five from r3[2] on"
            raise ExpressionError("the count of a slice is negative", self.text, count.at, hint, width)
        if self._at_sign(":"):
            raise self._error("a slice has no step", "it is [start:count]")
        self._close(opener)
        return Slice(start, count)

    def _check(self, node: Node) -> None:
        """What the grammar alone does not forbid."""
        match node:
            case Old(Look(name) as look) if name in NO_PLACES:
                raise ExpressionError(f"old takes a place, which {name} is not", self.text, look.at, width=len(name))
            case Old(look) if look.place is None:
                hint = "as in old(r3[4]); its indices cannot be computed"
                raise ExpressionError("old takes a place with numbers as indices", self.text, look.at, hint)
            case Items(items):
                for item in items:
                    if isinstance(item, Items):
                        raise ExpressionError("a list holds integers only", self.text, item.at, "as in [1, 2, 3]")

    # Tokens

    def _open_bracket(self) -> Token:
        self._open += 1
        if self._open > DEPTH:
            raise self._too_deep("brackets", self.token.at)
        return self._advance()

    def _advance(self) -> Token:
        self._before = self.token
        self.token = token_at(self.text, self.token.end)
        return self._before

    def _at_sign(self, sign: str) -> bool:
        return self.token.kind is Kind.SIGN and self.token.text == sign

    def _at_word(self, word: str) -> bool:
        return self.token.kind is Kind.WORD and self.token.text == word

    def _close(self, opener: Token) -> None:
        closer = _CLOSERS[opener.text]
        if self._at_sign(closer):
            self._open -= 1
            self._advance()
            return
        if self.token.kind is Kind.END:
            raise ExpressionError(f"{opener.text} is never closed", self.text, opener.at, f"write {closer} at the end")
        if self.token.kind is Kind.SIGN and self.token.text not in _WRONG:
            raise self._error(f"{self.token.text} closes nothing; {opener.text} is still open", f"write {closer}")
        raise self.surplus()

    # Errors

    def _nothing(self) -> ExpressionError:
        """There is no value where one has to be."""
        token, before = self.token, self._before
        if token.kind is Kind.END and before.kind is Kind.END:
            return self._error("the expression is empty", "give one such as r3 == 7")
        if token.kind is Kind.SIGN and token.text in _WRONG:
            return self._error(*_WRONG[token.text])
        if before.kind is Kind.END:
            return self._error(f"a value is missing before {token.text}")
        return self._error(f"a value is missing after {before.text}")

    def _too_deep(self, what: str, at: int) -> ExpressionError:
        hint = "save parts of it with set $name = EXPR"
        return ExpressionError(f"more than {DEPTH} {what} inside each other", self.text, at, hint)

    def _error(self, message: str, hint: str = "") -> ExpressionError:
        token = self.token
        return ExpressionError(message, self.text, token.at, hint, max(1, token.end - token.at))

    def _source(self, token: Token) -> str:
        return self.text[token.at : token.end]


def _with_step(node: Node, step: Step, end: int) -> Node:
    """One step further into a value."""
    match node:
        case Look(name, steps, at):
            return Look(name, (*steps, step), at, end)
        case Old(Look(name, steps, at), begin):
            return Old(Look(name, (*steps, step), at, end), begin, end)
    return Pick(node, step, node.at, end)
