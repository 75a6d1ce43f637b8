"""Syntax colour for assembly text: from the syntax of a machine where it is at hand, else from its instructions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Text, _TokenType

from vm.isa import Flow, Isa, spellings
from vm.tokens import Syntax, TokenKind

Span = tuple[str, str]
"""A kind, one of KINDS or empty for plain text, and the text."""

KINDS = ("comment", "op", "flow", "register", "number", "label")

_KIND_OF: dict[_TokenType, str] = {
    Comment: "comment",
    Name.Function: "op",
    Keyword: "flow",
    Name.Variable: "register",
    Number: "number",
    Name.Label: "label",
}


_OF_TOKENS: Mapping[TokenKind, str] = MappingProxyType(
    {
        TokenKind.MNEMONIC: "op",
        TokenKind.REGISTER: "register",
        TokenKind.LABEL: "label",
        TokenKind.TARGET: "label",
        TokenKind.ORDINAL: "label",
        TokenKind.NUMBER: "number",
        TokenKind.COMMENT: "comment",
    }
)


_PROSE = re.compile(
    r"(?P<label>^#+ .*$)|(?P<comment>^[ \t]*(?:>[ \t]?)+|^</?\w+>)|(?P<register>`[^`]+`)|(?P<number>_[^_]+_)"
)


def prose_spans(line: str) -> list[Span]:
    """The spans of one line of Markdown, which together are the line: headings, quotes, code and what is set off."""
    spans: list[Span] = []
    at = 0
    for found in _PROSE.finditer(line):
        if found.start() > at:
            spans.append(("", line[at : found.start()]))
        spans.append((found.lastgroup or "", found[0]))
        at = found.end()
    return [*spans, ("", line[at:])] if at < len(line) else spans


class Colours:
    """Cuts a line into spans by the syntax of a machine."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        forms = syntax.forms
        self._flow = frozenset(name for name, form in forms.items() if form.op.flow is not Flow.NEXT)

    def spans(self, line: str) -> list[Span]:
        """The spans of one line, which together are the line."""
        spans: list[Span] = []
        at = 0
        for token in self._syntax.tokens(line):
            if token.start > at:
                spans.append(("", line[at : token.start]))
            kind = _OF_TOKENS.get(token.kind, "")
            spans.append(("flow" if kind == "op" and token.name in self._flow else kind, token.text))
            at = token.end
        if at < len(line):
            spans.append(("", line[at:]))
        return spans


class Highlighter:
    """Cuts a line of assembly text into spans. A line stands for itself, so only what is seen needs to be cut."""

    def __init__(self, isa: Isa, syntax: Syntax | None = None) -> None:
        self._lexer = assembly_lexer(isa)
        self._colours = None if syntax is None else Colours(syntax)

    def spans(self, text: str) -> list[Span]:
        """The spans of one line, which together are the line; about 10 µs."""
        if self._colours is not None:
            return self._colours.spans(text)
        spans: list[Span] = []
        for _, token, part in self._lexer.get_tokens_unprocessed(text):
            kind = _KIND_OF.get(token, "")
            if spans and spans[-1][0] == kind:
                spans[-1] = (kind, spans[-1][1] + part)
            else:
                spans.append((kind, part))
        return spans


def assembly_lexer(isa: Isa) -> RegexLexer:
    """A Pygments lexer that knows the mnemonics of an instruction set, with and without the size at their end."""
    flow = spellings(op.name for op in isa if op.flow is not Flow.NEXT)
    plain = spellings(op.name for op in isa if op.flow is Flow.NEXT)
    rules = {
        "root": [
            (r"[ \t]+", Text),
            (r";.*", Comment),
            (r"\.[0-9A-Za-z_]+:?|[A-Za-z_][A-Za-z0-9_]*:", Name.Label),
            (words(flow, suffix=r"\b"), Keyword),
            (words(plain, suffix=r"\b"), Name.Function),
            (r"[a-z]{1,2}\d{1,3}\b", Name.Variable),
            (r"[+-]?(?:0x[0-9a-fA-F]+|\d+)\b", Number),
            (r"[A-Za-z_][A-Za-z0-9_]*", Text),
            (r".", Text),
        ]
    }
    lexer = type("AssemblyLexer", (RegexLexer,), {"name": isa.name, "flags": re.IGNORECASE, "tokens": rules})
    return lexer()  # type: ignore[no-any-return]
