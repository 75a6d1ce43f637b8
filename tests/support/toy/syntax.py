"""How the toy machine's texts are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tests.support.toy.isa import ISA
from vm.diagnostics import Diagnostic
from vm.tokens import Following, Form, Token, TokenKind

_PIECE = re.compile(r";.*|\.\w+|[^\s;]+")


class ToySyntax:
    """Implements `vm.tokens.Syntax`."""

    comment = ";"
    forms: Mapping[str, Form] = {op.name: Form(op.name, op, op.operands, op.name, op.doc) for op in ISA}

    def tokens(self, line: str) -> tuple[Token, ...]:
        first = _PIECE.search(line)
        return tuple(
            Token(_kind(piece[0], piece.start() == (first and first.start())), piece.start(), piece[0], piece[0])
            for piece in _PIECE.finditer(line)
        )

    def following(self, _beginning: str) -> Following | None:
        return None

    def operand(self, text: str) -> Token | None:
        kind = _kind(text, False)
        return None if kind is TokenKind.OTHER else Token(kind, 0, text, text)

    def named(self, kind: TokenKind, number: int) -> str:
        return f"r{number}" if kind is TokenKind.REGISTER else f".{number}"

    def definition(self, label: str) -> str:
        return label

    def spelled(self, tokens: Sequence[Token]) -> str:
        return " ".join(token.text for token in tokens)

    def doubts(self, _text: str) -> Sequence[Diagnostic]:
        return ()


def _kind(text: str, leads: bool) -> TokenKind:
    if text.startswith(";"):
        return TokenKind.COMMENT
    if text.startswith("."):
        return TokenKind.LABEL if leads else TokenKind.TARGET
    if leads:
        return TokenKind.MNEMONIC
    if text[:1] == "r" and text[1:].isdigit():
        return TokenKind.REGISTER
    return TokenKind.NUMBER if text.removeprefix("-").isdigit() else TokenKind.OTHER
