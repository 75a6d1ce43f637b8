"""A text, cut into tokens: which words stand where, and which mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vm.isa import Flow
from vm.tokens import Syntax, Token, TokenKind
from vm.values import dataclass
from xqdbg.editing.text import Use

_SAME = {TokenKind.TARGET: TokenKind.LABEL}
"""Kinds whose names mean the same things as those of another kind."""


@dataclass(frozen=True, slots=True)
class Word:
    """A token and the line it is in, from 1."""

    line: int
    token: Token

    @property
    def use(self) -> Use:
        """Where it is, for an editor."""
        token = self.token
        return Use(self.line, token.start + 1, token.end + 1, token.access, token.kind is TokenKind.LABEL)


class Reading:
    """The tokens of a text, and where each name is used. Never changes."""

    def __init__(self, text: str, syntax: Syntax) -> None:
        self.syntax = syntax
        self.lines: Sequence[str] = text.split("\n")
        known: dict[str, tuple[Token, ...]] = {}  # programs repeat themselves
        self.tokens: list[tuple[Token, ...]] = []
        for line in self.lines:
            if (tokens := known.get(line)) is None:
                tokens = known[line] = syntax.tokens(line)
            self.tokens.append(tokens)
        self._index: dict[tuple[TokenKind, str], list[Word]] | None = None

    def at(self, line: int, column: int) -> Word | None:
        """The word at a place: the one the cursor is on, else the one it stands right behind."""
        if not 1 <= line <= len(self.tokens):
            return None
        behind = None
        for token in self.tokens[line - 1]:
            if token.start <= column - 1 < token.end:
                return Word(line, token)
            if token.end == column - 1:
                behind = Word(line, token)
        return behind

    def words(self) -> Iterator[Word]:
        """All tokens, in order."""
        for number, tokens in enumerate(self.tokens, 1):
            for token in tokens:
                yield Word(number, token)

    def same(self, token: Token) -> Sequence[Word]:
        """All words that mean the same as a token, in order; none for tokens without a name."""
        return self._names().get((_SAME.get(token.kind, token.kind), token.name), ()) if token.name else ()

    def names(self, kind: TokenKind) -> Sequence[str]:
        """All names of a kind that occur, by number."""
        found = {name: words[0].token.value or 0 for (group, name), words in self._names().items() if group is kind}
        return sorted(found, key=lambda name: (found[name], name))

    def definition(self, name: str) -> Word | None:
        """Where a label is defined first."""
        words = self._names().get((TokenKind.LABEL, name), ())
        return next((word for word in words if word.token.kind is TokenKind.LABEL), None)

    def ordinal(self, number: int) -> Word | None:
        """The target of a number, counted through the program."""
        for word in self.targets():
            if number == 0:
                return word
            number -= 1
        return None

    def targets(self) -> Iterator[Word]:
        """Every place jumps can land on, in order: its label, or the mnemonic of one without."""
        for number, tokens in enumerate(self.tokens, 1):
            for at, token in enumerate(tokens):
                if token.kind is TokenKind.LABEL or (
                    self._is_target(token) and not any(other.kind is TokenKind.LABEL for other in tokens[at:])
                ):
                    yield Word(number, token)

    def comment(self, line: int) -> str:
        """The comment of a line, without what begins it; empty if there is none."""
        tokens = self.tokens[line - 1] if 1 <= line <= len(self.tokens) else ()
        if not tokens or tokens[-1].kind is not TokenKind.COMMENT:
            return ""
        return tokens[-1].text.strip().lstrip(self.syntax.comment).strip()

    def comment_above(self, line: int) -> str:
        """The comment that has the line above to itself; empty if there is none."""
        tokens = self.tokens[line - 2] if 2 <= line <= len(self.tokens) + 1 else ()
        return self.comment(line - 1) if len(tokens) == 1 else ""

    def _is_target(self, token: Token) -> bool:
        form = self.syntax.forms.get(token.name) if token.kind is TokenKind.MNEMONIC else None
        return form is not None and form.op.flow is Flow.TARGET

    def _names(self) -> dict[tuple[TokenKind, str], list[Word]]:
        if self._index is None:
            index: dict[tuple[TokenKind, str], list[Word]] = {}
            for word in self.words():
                if word.token.name:
                    kind = word.token.kind
                    index.setdefault((_SAME.get(kind, kind), word.token.name), []).append(word)
            self._index = index
        return self._index
