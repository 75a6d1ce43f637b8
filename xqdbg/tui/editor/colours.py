"""Syntax colour from the tokens of a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vm.isa import Flow
from vm.tokens import TokenKind
from xqdbg.editing.language import Language
from xqdbg.tui.highlight import Span

_KINDS: Mapping[TokenKind, str] = {
    TokenKind.MNEMONIC: "op",
    TokenKind.REGISTER: "register",
    TokenKind.LABEL: "label",
    TokenKind.TARGET: "label",
    TokenKind.ORDINAL: "label",
    TokenKind.NUMBER: "number",
    TokenKind.COMMENT: "comment",
}


class Colours:
    """Cuts lines into spans, as the highlighter of listings does, but for everything that can be typed."""

    def __init__(self, language: Language) -> None:
        self._language = language
        forms = language.syntax.forms
        self._flow = frozenset(name for name, form in forms.items() if form.op.flow is not Flow.NEXT)

    def spans(self, line: str) -> Sequence[Span]:
        """The spans of one line, which together are the line."""
        spans: list[Span] = []
        at = 0
        for token in self._language.tokens(line):
            if token.start > at:
                spans.append(("", line[at : token.start]))
            kind = _KINDS.get(token.kind, "")
            spans.append(("flow" if kind == "op" and token.name in self._flow else kind, token.text))
            at = token.end
        if at < len(line):
            spans.append(("", line[at:]))
        return spans
