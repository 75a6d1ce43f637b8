"""The tokens of XQVM assembly, section 3, for editors: of lines that make sense, and of those that do not yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from vm.diagnostics import Diagnostic
from vm.isa import Op, Operand, OperandKind
from vm.tokens import Following, Form, Token, TokenKind
from vm.xqvm.isa import ISA
from vm.xqvm.labels import MOST_LABEL
from vm.xqvm.mnemonics import FORMS, JUMPS, PUSH_WORDS, PUSHES, TARGET, TYPABLE, usage
from vm.xqvm.syntax import OPERAND

_MOST_REGISTER = 255
_DEFINITION = re.compile(r"[ \t]*+(\.[0-9]++)[ \t]*+(:)")
_MNEMONIC = re.compile(r"[ \t]*+([A-Za-z][A-Za-z0-9]*+)")
_BLANKS = re.compile(r"[ \t]*+")
_OTHER = re.compile(r"[^ \t;]++")
_MOST_OPERANDS = 1_000
"""What stands behind so many words of one line is one more, whatever it is."""
_I64 = range(-(1 << 63), 1 << 63)

_DOCS = {
    **dict.fromkeys(PUSH_WORDS, "Push an integer, in as few bytes as it needs."),
    "JUMP": "Continue at a label.",
    "JUMPI": "Continue at a label if the condition is not zero.",
    TARGET.name: "Mark a place that jumps can land on, and perhaps give it a label; does nothing.",
}


def _row_of(name: str) -> Op:
    if name in PUSH_WORDS:
        return PUSHES[0]
    return JUMPS[name][0] if name in JUMPS else ISA.by_name[name]


def _form(name: str) -> Form:
    op = _row_of(name)
    jumps = any(operand.kind is OperandKind.TARGET for operand in op.operands)
    return Form(name, op, FORMS[name], usage(name), _DOCS.get(name, op.doc), jumps and name not in JUMPS)


class XqvmSyntax:
    """Implements `vm.tokens.Syntax`."""

    comment = ";"
    forms: Mapping[str, Form] = MappingProxyType({name: _form(name) for name in TYPABLE})

    def tokens(self, line: str) -> tuple[Token, ...]:
        """The tokens of any line; what follows something senseless is still told apart as well as can be."""
        return tuple(_tokens(line))

    def following(self, _beginning: str) -> Following | None:
        """None: a mnemonic comes first, and its operands follow."""
        return None

    def operand(self, text: str) -> Token | None:
        """The register, jump target or number that a text is as a whole; None if it is none."""
        if OPERAND.fullmatch(text) is None:
            return None
        token = _operand(0, text, None, "")
        return None if token.kind is TokenKind.OTHER else token

    def named(self, kind: TokenKind, number: int) -> str:
        """`r3`, `.7`; empty if there is none of that number."""
        if kind is TokenKind.REGISTER:
            return f"r{number}" if 0 <= number <= _MOST_REGISTER else ""
        if kind in (TokenKind.LABEL, TokenKind.TARGET):
            return f".{number}" if 0 <= number <= MOST_LABEL else ""
        return ""

    def definition(self, label: str) -> str:
        """`.3:`"""
        return f"{label}:"

    def spelled(self, tokens: Sequence[Token]) -> str:
        """Blanks between tokens, none before a colon; mnemonics as the table has them."""
        parts: list[str] = []
        for token in tokens:
            if token.kind is TokenKind.PUNCTUATION and parts:
                parts[-1] += token.text
            else:
                parts.append(token.name if token.kind is TokenKind.MNEMONIC else token.text)
        return " ".join(parts)

    def doubts(self, text: str) -> Sequence[Diagnostic]:
        """A TARGET without a label, which shifts the numbers of the labels behind it. Section 3.5."""
        return tuple(_shifted(text))


def _shifted(text: str) -> Iterator[Diagnostic]:
    bare: list[tuple[int, Token]] = []
    defined: dict[str, int] = {}
    jumps: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        tokens = tuple(_tokens(line))
        bare += [(number, token) for token in _bare_targets(tokens)]
        for token in tokens:
            if token.kind is TokenKind.LABEL:
                defined.setdefault(token.name, number)
            elif token.kind is TokenKind.TARGET:
                jumps.add(token.name)
    for number, token in bare:
        astray = next((label for label, line in defined.items() if line > number and label in jumps), "")
        if astray:
            message = f"this TARGET has no label, so jumps to {astray} in line {defined[astray]} land on another target"
            hint = "give it a label of its own, or remove it: labels are numbered without it, targets with it"
            yield Diagnostic(message, "SHIFTED_LABEL", number, token.start + 1, len(token.text), hint)


def _bare_targets(tokens: Sequence[Token]) -> Iterator[Token]:
    """The mnemonic of a line that marks a target and names none."""
    for at, token in enumerate(tokens):
        if token.kind is TokenKind.MNEMONIC and token.name == TARGET.name:
            if all(other.kind is TokenKind.COMMENT for other in tokens[at + 1 :]):
                yield token
            return


def _tokens(line: str) -> Iterator[Token]:
    code, mark, comment = line.removesuffix("\r").partition(";")
    at = 0
    if found := _DEFINITION.match(code):
        yield _label(found.start(1), found[1], TokenKind.LABEL)
        yield Token(TokenKind.PUNCTUATION, found.start(2), ":")
        at = found.end()
    word = ""
    if found := _MNEMONIC.match(code, at):
        word = found[1].upper()
        yield Token(TokenKind.MNEMONIC, found.start(1), found[1], word if word in FORMS else "")
        at = found.end()
    yield from _operands(code, at, word)
    if mark:
        yield Token(TokenKind.COMMENT, len(code), mark + comment)


def _operands(code: str, at: int, word: str) -> Iterator[Token]:
    rows = FORMS.get(word, ())
    count = 0
    while (at := _skip(code, at)) < len(code):
        if count >= _MOST_OPERANDS:
            yield Token(TokenKind.OTHER, at, code[at:].rstrip(" \t"))
            return
        found = OPERAND.match(code, at) if word else None
        if found is None:
            found = _OTHER.match(code, at)
            text = found[0] if found else code[at]
            yield Token(TokenKind.OTHER, at, text)
            at += len(text)
        else:
            yield _operand(at, found[0], rows[count] if count < len(rows) else None, word)
            at = found.end()
        count += 1


def _skip(code: str, at: int) -> int:
    found = _BLANKS.match(code, at)
    return found.end() if found else at


def _operand(start: int, text: str, row: Operand | None, word: str) -> Token:
    if text[0] == "r":
        return _register(start, text, row)
    if text[0] != ".":
        return _number(start, text)
    if word == TARGET.name:
        return _label(start, text, TokenKind.LABEL)
    return _label(start, text, TokenKind.TARGET if word in JUMPS or not word else TokenKind.ORDINAL)


def _register(start: int, text: str, row: Operand | None) -> Token:
    number = int(text[1:])
    if number > _MOST_REGISTER:
        return Token(TokenKind.OTHER, start, text)
    access = row.access if row is not None and row.kind is OperandKind.REGISTER else ""
    return Token(TokenKind.REGISTER, start, text, f"r{number}", access, number)


def _label(start: int, text: str, kind: TokenKind) -> Token:
    digits = text[1:].lstrip("0") or "0"
    if len(digits) > 5 or int(digits) > MOST_LABEL:
        return Token(TokenKind.OTHER, start, text)
    return Token(kind, start, text, f".{digits}", value=int(digits))


def _number(start: int, text: str) -> Token:
    digits = text.lstrip("+-")
    base, most = (16, 16) if digits.startswith("0x") else (10, 20)
    digits = digits.removeprefix("0x").lstrip("0") or "0"
    value = int(digits, base) if len(digits) <= most else 1 << 64
    value = -value if text[0] == "-" else value
    if value not in _I64:
        return Token(TokenKind.OTHER, start, text)
    return Token(TokenKind.NUMBER, start, text, value=value)


SYNTAX = XqvmSyntax()
