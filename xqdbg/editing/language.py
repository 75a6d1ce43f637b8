"""What an editor asks about a program that is being written, answered from the machine's table and syntax."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from vm.tokens import Token, TokenKind
from vm.toolchain import Toolchain
from xqdbg.editing import completing, describing, diagnosing, formatting
from xqdbg.editing.reading import Reading, Word
from xqdbg.editing.renaming import renamed
from xqdbg.editing.text import Completion, Hover, Position, Problem, Replacement, Symbol, Use


class Language:
    """The language of one machine's programs. Any thread may ask, about any text; nothing is remembered but speed.

    Lines and columns count from 1. A column may be one behind the end of its line, where a cursor can stand.
    """

    def __init__(self, tools: Toolchain) -> None:
        self.tools = tools
        self.syntax = tools.syntax
        self._latest: tuple[str, Reading] | None = None

    def tokens(self, line: str) -> Sequence[Token]:
        """The tokens of a line, for colour."""
        return self.syntax.tokens(line)

    def diagnose(self, text: str) -> Sequence[Problem]:
        """Everything that is wrong with a text, in order; empty for a program that assembles and is verified."""
        return diagnosing.in_order(list(diagnosing.problems(self._read(text), text, self.tools)))

    def complete(self, text: str, line: int, column: int) -> Sequence[Completion]:
        """What can stand at the cursor, likeliest first; empty in comments and where nothing is expected."""
        return tuple(islice(completing.completions(self._read(text), line, column), completing.MOST))

    def hover(self, text: str, line: int, column: int) -> Hover | None:
        """What is known of the word at a place; None where there is nothing to tell."""
        reading = self._read(text)
        word = reading.at(line, column)
        told = None if word is None else _told(reading, word.token)
        if word is None or told is None:
            return None
        title, lines = told
        return Hover(word.line, word.token.start + 1, word.token.end + 1, title, tuple(lines))

    def definition(self, text: str, line: int, column: int) -> Position | None:
        """Where the label at a place is defined, or the register there first written; None if that is nowhere."""
        reading = self._read(text)
        word = reading.at(line, column)
        found = None if word is None else _defined(reading, word.token)
        return None if found is None else Position(found.line, found.token.start + 1)

    def references(self, text: str, line: int, column: int) -> Sequence[Use]:
        """All uses of the register, label or mnemonic at a place, itself included, in order."""
        reading = self._read(text)
        word = reading.at(line, column)
        return () if word is None else tuple(same.use for same in reading.same(word.token))

    def symbols(self, text: str) -> Sequence[Symbol]:
        """All labels where they are defined, in order."""
        reading = self._read(text)
        return tuple(_symbol(reading, word) for word in reading.words() if word.token.kind is TokenKind.LABEL)

    def rename(self, text: str, line: int, column: int, new: str) -> Sequence[Replacement]:
        """What to replace to give the register or label at a place another name; none if it has that name.

        XqdbgError where there is neither, and for a name that is none or is used already.
        """
        reading = self._read(text)
        word = reading.at(line, column)
        return tuple(renamed(reading, None if word is None else word.token, new))

    def format(self, text: str) -> str:
        """The text in its usual form; it assembles to the same program. Lines that make no sense are left alone."""
        return formatting.formatted(self._read(text))

    def toggle_comment(self, text: str, first: int, last: int) -> Sequence[Replacement]:
        """What to replace to make lines comments, or to make code of them if all of them are comments."""
        return tuple(formatting.toggled(self._read(text), first, last))

    def _read(self, text: str) -> Reading:
        latest = self._latest
        if latest is not None and latest[0] == text:
            return latest[1]
        reading = Reading(text, self.syntax)
        self._latest = text, reading
        return reading


_Describe = Callable[[Reading, Token], Iterable[str]]
_DESCRIBED: Mapping[TokenKind, _Describe] = {
    TokenKind.REGISTER: describing.of_register,
    TokenKind.LABEL: describing.of_label,
    TokenKind.TARGET: describing.of_label,
    TokenKind.ORDINAL: describing.of_ordinal,
}


def _told(reading: Reading, token: Token) -> tuple[str, Iterable[str]] | None:
    """Title and lines about a token."""
    if token.kind is TokenKind.MNEMONIC:
        form = reading.syntax.forms.get(token.name)
        return None if form is None else (form.usage, describing.of_form(form))
    if token.kind is TokenKind.NUMBER and token.value is not None:
        return token.text[:40], describing.of_number(token.value)
    describe = _DESCRIBED.get(token.kind)
    return None if describe is None else (token.name, describe(reading, token))


def _defined(reading: Reading, token: Token) -> Word | None:
    if token.kind in (TokenKind.LABEL, TokenKind.TARGET):
        return reading.definition(token.name)
    if token.kind is TokenKind.ORDINAL:
        return reading.ordinal(token.value or 0)
    if token.kind is TokenKind.REGISTER:
        return next((word for word in reading.same(token) if word.token.access in ("w", "rw")), None)
    return None


def _symbol(reading: Reading, word: Word) -> Symbol:
    note = reading.comment(word.line) or reading.comment_above(word.line)
    return Symbol(word.token.name, word.line, word.token.start + 1, describing.shortened(note))
