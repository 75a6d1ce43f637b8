"""The tokens of the assembly, for editors: of lines that make sense, and of those that do not yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from vm.diagnostics import Diagnostic
from vm.isa import Op, Operand, OperandKind
from vm.mdvm.isa import ASSERTS, ISA, TYPES
from vm.mdvm.lexing import COMMENT, Kind, Lexeme, integer, lexemes
from vm.mdvm.notation import CONSTANT, REGISTER
from vm.mdvm.operands import usage
from vm.tokens import Following, Form, Token, TokenKind

_INDENT = "        "
_MNEMONIC = 11
_MOST_TOKENS = 1_000
"""What stands behind so many words of one line is one more, whatever it is."""
_LITERALS = frozenset({"true", "false", "empty", "inf", "nan", *TYPES, *ASSERTS})
_ARGUMENT = Operand("argument", OperandKind.REGISTER, 1, "r", accepts="any")
_NAMED = re.compile(r"[A-Za-z_][A-Za-z0-9_.$]*+")
_DIRECTIVES_WITH_LABELS = frozenset({".func"})


def _operands(op: Op) -> tuple[Operand, ...]:
    if op.layout == "call":
        return (*op.operands, _ARGUMENT)
    return (_ARGUMENT,) if op.layout == "return" else op.operands


def _form(op: Op) -> Form:
    return Form(op.name, op, _operands(op), usage(op), op.doc)


class MdvmSyntax:
    """Implements `vm.tokens.Syntax`."""

    comment = COMMENT
    forms: Mapping[str, Form] = MappingProxyType({op.name: _form(op) for op in ISA})

    def tokens(self, line: str) -> tuple[Token, ...]:
        """The tokens of any line; what follows something senseless is still told apart as well as can be."""
        return tuple(_tokens(line))

    def following(self, _beginning: str) -> Following | None:
        """None: a mnemonic comes first, and its operands follow."""
        return None

    def operand(self, text: str) -> Token | None:
        """The register, jump target or number that a text is as a whole; None if it is none."""
        words = list(lexemes(text[:200]))
        if len(words) != 1 or words[0].text != text:
            return None
        token = _token(words[0], "", jumps=True)
        return token if token.kind in (TokenKind.REGISTER, TokenKind.TARGET, TokenKind.NUMBER) else None

    def named(self, kind: TokenKind, number: int) -> str:
        """`r7`, `l3`; empty if there is none of that number."""
        if kind is TokenKind.REGISTER:
            return f"r{number}" if 0 <= number < 256 else ""
        return f"l{number}" if kind in (TokenKind.LABEL, TokenKind.TARGET) and number >= 0 else ""

    def definition(self, label: str) -> str:
        """`loop:`"""
        return f"{label}:"

    def spelled(self, tokens: Sequence[Token]) -> str:
        """A line in its usual spacing: labels at the margin, instructions in one column, operands in another."""
        return _spelled(tokens)

    def doubts(self, text: str) -> Sequence[Diagnostic]:
        """Calls that pass a register a step before has overwritten, as arguments are copied one after the other."""
        return tuple(_overwritten(text))


def _spelled(tokens: Sequence[Token]) -> str:
    """Instructions in column 8, their operands in column 20."""
    text, at = "", 0
    while at + 1 < len(tokens) and tokens[at].kind is TokenKind.LABEL and tokens[at + 1].text == ":":
        text += f"{tokens[at].text}: "
        at += 2
    rest = tokens[at:]
    if not rest:
        return text.rstrip()
    if rest[0].kind is TokenKind.MNEMONIC or rest[0].text.startswith("."):
        text = text.ljust(len(_INDENT))
    return (text + _statement(rest)).rstrip()


def _statement(tokens: Sequence[Token]) -> str:
    first = tokens[0].text
    text = first.ljust(_MNEMONIC) if tokens[0].kind is TokenKind.MNEMONIC else first
    before = ""
    for token in tokens[1:]:
        if token.text not in (",", "]", ":") and before != "[":
            text += " "
        text += token.text
        before = token.text
    return text


def _tokens(line: str) -> Iterator[Token]:
    words: list[Lexeme] = []
    for word in lexemes(line.removesuffix("\r")):
        if len(words) >= _MOST_TOKENS:
            break
        words.append(word)
    at = 0
    while at + 1 < len(words) and words[at].kind is Kind.WORD and words[at + 1].text == ":":
        yield Token(TokenKind.LABEL, words[at].start, words[at].text, words[at].text)
        yield Token(TokenKind.PUNCTUATION, words[at + 1].start, ":")
        at += 2
    yield from _of_statement(words[at:])
    end = words[-1].end if words else 0
    if len(words) >= _MOST_TOKENS and (rest := line[end:].strip(" \t\r")):
        yield Token(TokenKind.OTHER, line.index(rest, end), rest)


def _of_statement(words: Sequence[Lexeme]) -> Iterator[Token]:
    if not words:
        return
    first = words[0]
    op = ISA.by_name.get(first.text) if first.kind is Kind.WORD else None
    if op is None:
        labels = first.text in _DIRECTIVES_WITH_LABELS
        yield _token(first, "", jumps=False)
        yield from (_token(word, "", jumps=labels) for word in words[1:])
        return
    yield Token(TokenKind.MNEMONIC, first.start, first.text, first.text)
    count = 0
    for word in words[1:]:
        if word.text == ",":
            count += 1
        access = _access(op, count) if REGISTER.fullmatch(word.text) else ""
        yield _token(word, access, jumps=_jumps(op, count))


def _access(op: Op, count: int) -> str:
    rows = _operands(op)
    if op.layout in ("call", "return", "phi") and count >= len(rows):
        return "r"
    return rows[count].access if count < len(rows) else ""


def _jumps(op: Op, count: int) -> bool:
    """Whether a word there can be a label."""
    return op.layout == "phi" or (op.layout.endswith("J") and count == len(op.layout) - 1)


def _token(word: Lexeme, access: str, *, jumps: bool) -> Token:
    start, text = word.start, word.text
    match word.kind:
        case Kind.COMMENT:
            return Token(TokenKind.COMMENT, start, text)
        case Kind.SIGN:
            return Token(TokenKind.PUNCTUATION, start, text)
        case Kind.WORD if (found := REGISTER.fullmatch(text)) and not (jumps and not access):
            number = int(found[1])
            if number < 256:
                return Token(TokenKind.REGISTER, start, text, text, access, number)
        case Kind.WORD if jumps and _NAMED.fullmatch(text):
            return Token(TokenKind.TARGET, start, text, text)
        case Kind.WORD if text in _LITERALS or CONSTANT.fullmatch(text):
            return Token(TokenKind.NUMBER, start, text)
        case Kind.NUMBER | Kind.INDEX:
            return Token(TokenKind.NUMBER, start, text, value=integer(text.lstrip("@")) if text != "@" else None)
        case Kind.STRING | Kind.PREFIXED:
            return Token(TokenKind.NUMBER, start, text)
    return Token(TokenKind.OTHER, start, text)


def _overwritten(text: str) -> Iterator[Diagnostic]:
    """`call d, f, r1, r0` passes r1 twice. Section 7."""
    for number, line in enumerate(text.split("\n"), 1):
        if "call" not in line:
            continue
        tokens = [token for token in _tokens(line) if token.kind in (TokenKind.MNEMONIC, TokenKind.REGISTER)]
        if not tokens or tokens[0].name != "call":
            continue
        for at, token in enumerate(tokens[3:]):
            if token.value is not None and token.value < at and tokens[3 + token.value].value != token.value:
                message = f"argument {at} is not what {token.name} holds now: argument {token.value} goes there before"
                hint = "arguments are copied one after the other, r0 first; move it to a register from r16 on before"
                yield Diagnostic(message, "OVERWRITTEN", number, token.start + 1, len(token.text), hint)


SYNTAX = MdvmSyntax()
