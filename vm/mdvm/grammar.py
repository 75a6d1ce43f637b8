"""The statements and expressions of Machine Dialect that a compiled program can be told by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from vm.mdvm.sentences import (
    Call,
    Expression,
    Give,
    If,
    Item,
    ListEdit,
    Literal,
    NewList,
    Operation,
    Say,
    Set,
    Statement,
    Use,
    Variable,
    While,
)

MOST_NESTED = 40
"""Blocks, and expressions, within each other."""
MOST_OPERATORS = 128
"""Operators of one statement: more need more registers than there are."""
_I64 = range(-(1 << 63), 1 << 63)
_LONGEST_NUMBER = 40
_WORDS = re.compile(
    r"""(?P<blank>[ \t]+)|(?P<name>`[^`]+`)"""
    r"""|(?P<literal>_"(?:[^"\\]|\\.)*"_|_'(?:[^'\\]|\\.)*'_|_[^_\s"']+_)|(?P<text>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<word>[A-Za-z][A-Za-z/]*)|(?P<sign><=|>=|[-+*/^<>().,:])"""
)
_INT, _FLOAT = re.compile(r"-?[0-9]+"), re.compile(r"-?[0-9]+\.[0-9]+")
_WORDED = {"yes": True, "true": True, "no": False, "false": False, "empty": None}

_COMPARISONS: Sequence[tuple[tuple[str, ...], str, int]] = sorted(
    [
        (("equals",), "eq", 3),
        (("is", "equal", "to"), "eq", 3),
        (("is", "the", "same", "as"), "eq", 3),
        (("is", "not", "equal", "to"), "neq", 3),
        (("does", "not", "equal"), "neq", 3),
        (("is", "different", "from"), "neq", 3),
        (("is", "strictly", "equal", "to"), "lost", 3),
        (("is", "less", "than"), "lt", 4),
        (("is", "greater", "than"), "gt", 4),
        (("is", "more", "than"), "gt", 4),
        (("is", "less", "than", "or", "equal", "to"), "lte", 4),
        (("is", "greater", "than", "or", "equal", "to"), "gte", 4),
        (("is", "at", "least"), "gte", 4),
        (("is", "at", "most"), "lte", 4),
        (("<",), "lt", 4),
        ((">",), "gt", 4),
        (("<=",), "lte", 4),
        ((">=",), "gte", 4),
        (("or",), "or", 1),
        (("and",), "and", 2),
        (("+",), "add", 5),
        (("-",), "sub", 5),
        (("*",), "mul", 6),
        (("/",), "div", 6),
        (("^",), "lost", 7),
    ],
    key=lambda entry: -len(entry[0]),
)
"""How operators are written, what they are compiled to, and how strongly they bind; the longest first."""
_ORDINALS = ("first", "second", "third")


class Unclear(Exception):
    """Something that is not understood, or is too much."""


class Token(NamedTuple):
    """A word or sign: `name`, `literal` and `word` by their meaning, in small letters where that does not matter."""

    kind: str
    text: str
    line: int
    depth: int
    """How many `>` stand before its line."""
    begins: bool
    """Whether it is the first of its line."""


def words(text: str, line: int, depth: int) -> list[Token]:
    """A line in words; Unclear for what none begins with."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _WORDS.match(text, at)
        if match is None:
            raise Unclear
        kind, at = match.lastgroup or "", match.end()
        if kind != "blank":
            part = match[0].lower() if kind == "word" else match[0]
            found.append(Token(kind, part, line, depth, not found))
    return found


def statements(tokens: Sequence[Token]) -> tuple[Statement, ...]:
    """The statements of a function or of the top level; Unclear if not every word of it is understood."""
    reader = _Reader(tokens)
    found = reader.block(0)
    if reader.at < len(tokens):
        raise Unclear
    return found


def _constant(text: str) -> Literal:
    """A literal between `_`, or without them; Unclear for what is none."""
    plain = text[1:-1] if text[:1] == "_" and text[-1:] == "_" and len(text) > 2 else text
    if plain[:1] in ("'", '"'):
        return Literal(plain[1:-1])
    if plain.lower() in _WORDED:
        return Literal(_WORDED[plain.lower()])
    if len(plain) > _LONGEST_NUMBER:
        raise Unclear
    if _INT.fullmatch(plain) and int(plain) in _I64:
        return Literal(int(plain))
    if _FLOAT.fullmatch(plain):
        return Literal(float(plain))
    raise Unclear


class _Reader:
    """Reads statements off words, one after the other."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self.at = 0
        self._nested = 0
        self._operators = 0

    # Words

    @property
    def _next(self) -> Token | None:
        return self._tokens[self.at] if self.at < len(self._tokens) else None

    def _is(self, *texts: str) -> bool:
        """Whether these words and signs come next."""
        coming = self._tokens[self.at : self.at + len(texts)]
        return len(coming) == len(texts) and all(
            each.text == text and each.kind in ("word", "sign") for each, text in zip(coming, texts, strict=True)
        )

    def _take(self, *texts: str) -> bool:
        """Go behind these words and signs, if they come next."""
        found = self._is(*texts)
        self.at += len(texts) if found else 0
        return found

    def _need(self, *texts: str) -> None:
        if not self._take(*texts):
            raise Unclear

    def _name(self) -> str:
        token = self._next
        if token is None or token.kind != "name":
            raise Unclear
        self.at += 1
        return token.text[1:-1]

    def _deeper(self) -> None:
        self._nested += 1
        if self._nested > MOST_NESTED:
            raise Unclear

    # Statements

    def block(self, depth: int) -> tuple[Statement, ...]:
        """The statements behind so many `>`."""
        self._deeper()
        found: list[Statement] = []
        while (token := self._next) is not None and token.depth == depth and not self._is_else():
            start = self.at
            statement = self._statement(token)
            is_open = isinstance(statement, If | While)
            if not is_open and any(each.depth != depth for each in self._tokens[start : self.at]):
                raise Unclear
            if statement is not None:
                found.append(statement)
        self._nested -= 1
        return tuple(found)

    def _is_else(self) -> bool:
        return self._is("else") or self._is("otherwise")

    def _statement(self, token: Token) -> Statement | None:
        if token.kind != "word":
            raise Unclear
        self.at += 1
        self._operators = 0
        match token.text:
            case "if" | "when":
                return self._if(token)
            case "while":
                return self._while(token)
        found = self._sentence(token)
        self._need(".")
        return found

    def _sentence(self, token: Token) -> Statement | None:
        """What stands before the full stop."""
        line = token.line
        match token.text:
            case "define":
                self._define()
                return None
            case "set":
                return self._set(line)
            case "say" | "tell":
                return Say(line, self._expression())
            case "give" | "gives":
                self._need("back")
                return Give(line, self._expression())
            case "use":
                return Use(line, self._call())
        return self._list_edit(token)

    def _define(self) -> None:
        self._name()
        self._need("as")
        while (token := self._next) is not None and token.kind == "word":
            self.at += 1

    def _set(self, line: int) -> Statement:
        if self._is("item") or self._is("the"):
            return self._set_item(line)
        name = self._name()
        if self._take("using"):
            return Set(line, name, self._call())
        self._need("to")
        if self._is(":"):
            return Set(line, name, self._list())
        if self._take("blank"):
            return Set(line, name, NewList(()))
        return Set(line, name, self._expression())

    def _set_item(self, line: int) -> Statement:
        item = self._item()
        self._need("to")
        value = self._expression()
        if not isinstance(item.where, str):
            return ListEdit(line, "set", item.of, value, item.where)
        if item.where not in ("first", "last"):
            raise Unclear
        return ListEdit(line, f"set {item.where}", item.of, value)

    def _list(self) -> NewList:
        """The items below `Set … to:`, each with its full stop but for the last, which ends the statement too."""
        self._need(":")
        found: list[tuple[int, Expression]] = []
        while (token := self._next) is not None and self._is_marked(token):
            self.at += 1 if token.text == "-" else 2
            found.append((token.line, self._expression()))
            if (behind := self._tokens[self.at + 1 : self.at + 2]) and self._is_marked(behind[0], self.at + 1):
                self._need(".")
        if not found:
            raise Unclear
        return NewList(tuple(found))

    def _is_marked(self, token: Token, at: int | None = None) -> bool:
        """Whether an item of a list begins there: `-`, or a number and a full stop."""
        if not token.begins:
            return False
        behind = self._tokens[(self.at if at is None else at) + 1 :][:1]
        return token.text == "-" or (token.kind == "number" and bool(behind) and behind[0].text == ".")

    def _list_edit(self, token: Token) -> Statement:
        line = token.line
        match token.text:
            case "clear":
                return ListEdit(line, "clear", self._name())
            case "add":
                value = self._expression()
                self._need("to")
                return ListEdit(line, "add", self._name(), value)
            case "remove":
                value = self._expression()
                self._need("from")
                return ListEdit(line, "remove", self._name(), value)
            case "insert":
                value = self._expression()
                self._need("at", "position")
                where = self._expression()
                self._need("in")
                return ListEdit(line, "insert", self._name(), value, where)
        raise Unclear

    def _call(self) -> Call:
        name = self._name()
        found: list[Expression] = []
        if self._take("with"):
            found.append(self._expression())
            while self._take(","):
                found.append(self._expression())
        return Call(name, tuple(found))

    def _if(self, token: Token) -> If:
        condition = self._expression()
        self._take("then")
        then = self._body(token)
        otherwise = None
        behind = self._next
        if self._is_else() and behind is not None and behind.depth == token.depth:
            self.at += 1
            otherwise = self._body(token)
        return If(token.line, condition, then, otherwise)

    def _while(self, token: Token) -> While:
        condition = self._expression()
        self._take("do")
        return While(token.line, condition, self._body(token))

    def _body(self, token: Token) -> tuple[Statement, ...]:
        self._need(":")
        inner = self._next
        if inner is None or inner.depth != token.depth + 1 or not inner.begins:
            raise Unclear
        return self.block(inner.depth)

    # Expressions

    def _expression(self, least: int = 1) -> Expression:
        """An expression whose operators bind at least so strongly."""
        self._deeper()
        found = self._operand()
        while (operator := self._operator(least)) is not None:
            length, name, strength = operator
            self.at += length
            self._operators += 1
            if self._operators > MOST_OPERATORS:
                raise Unclear
            found = Operation(name, (found, self._expression(strength + 1)))
        if least == 1 and self._take("if"):
            condition = self._expression(2)
            self._need("else")
            found = Operation("lost", (condition, found, self._expression()))
        self._nested -= 1
        return found

    def _operator(self, least: int) -> tuple[int, str, int] | None:
        for spelled, name, strength in _COMPARISONS:
            if strength >= least and self._is(*spelled):
                return len(spelled), name, strength
        return None

    def _operand(self) -> Expression:
        token = self._next
        if token is None:
            raise Unclear
        if token.kind == "word" and token.text in ("item", "the"):
            return self._item()
        self.at += 1
        match token.kind:
            case "name":
                return Variable(token.text[1:-1])
            case "literal" | "text" | "number":
                return _constant(token.text)
            case "word" if token.text in _WORDED:
                return Literal(_WORDED[token.text])
        return self._prefixed(token)

    def _prefixed(self, token: Token) -> Expression:
        self._deeper()
        if token.text in ("-", "not"):
            found: Expression = Operation("neg" if token.text == "-" else "not", (self._operand(),))
        elif token.text == "(":
            found = self._expression()
            self._need(")")
        else:
            raise Unclear
        self._nested -= 1
        return found

    def _item(self) -> Item:
        where: Expression | str
        if self._take("item"):
            where = self._expression()
        else:
            self._need("the")
            token = self._next
            if token is None or token.text not in (*_ORDINALS, "last"):
                raise Unclear
            self.at += 1
            self._need("item")
            where = token.text
        self._need("of")
        return Item(self._name(), where)
