"""Taking the argument of a command apart, never forgetting in which column anything stood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.expressions import EvaluationError, ExpressionError

MOST_COUNT = 10**15
"""The largest count a command takes."""

_NUMBER = re.compile(r"[0-9]{1,18}")
_DIGITS = re.compile(r"[0-9]+")
_WORD = re.compile(r"[^\s,]+")
_OPENERS = {"(": ")", "[": "]", "{": "}"}


class CommandError(XqdbgError):
    """A command that cannot be understood, and from which column on."""

    def __init__(self, message: str, hint: str = "", column: int | None = None, details: Sequence[str] = ()) -> None:
        super().__init__(message, hint, details)
        self.column = column
        """From 0, in the text that was being read; None where all of it is at fault."""

    def shifted(self, columns: int) -> CommandError:
        """The same error, told of a text in which the other one begins so many columns later."""
        column = None if self.column is None else self.column + columns
        return CommandError(self.message, self.hint, column, self.details)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of what was typed, without blanks around it."""

    text: str
    at: int = 0
    """The column it begins at."""
    columns: tuple[int, ...] = ()
    """The column of each character, where they do not stand in a row: in a quoted text."""

    def __bool__(self) -> bool:
        return bool(self.text)

    def column(self, index: int) -> int:
        """The column of a character of the text; of its end, for an index behind it."""
        if not self.columns:
            return self.at + index
        return self.columns[index] if index < len(self.columns) else self.columns[-1] + 1

    def cut(self, start: int, stop: int | None = None) -> Piece:
        """Part of it, without blanks around it."""
        part = self.text[start:stop]
        bare = part.strip()
        begin = start + len(part) - len(part.lstrip())
        columns = self.columns[begin : begin + len(bare)] if self.columns else ()
        return Piece(bare, self.column(begin), columns)

    def error(self, message: str, hint: str = "", index: int = 0) -> CommandError:
        """An error of this piece, at one of its characters."""
        return CommandError(message, hint, self.column(index))

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Put every error raised inside down to this piece, at the column the error knows."""
        try:
            yield
        except CommandError:
            raise
        except (ExpressionError, EvaluationError) as error:
            column = self.column(min(error.column, len(self.text)))
            raise CommandError(error.message, error.hint, column) from error
        except XqdbgError as error:
            raise CommandError(error.message, error.hint, self.at, error.details) from error


def piece(text: str) -> Piece:
    """A whole argument."""
    return Piece(text).cut(0)


def shown(text: str) -> str:
    """A user's text inside a message: short, on one line, without control characters."""
    return ascii(text.strip()[:40])


def top_level(text: str) -> Iterator[tuple[int, str]]:
    """The characters outside brackets and quotes, with their positions; CommandError for a quote that stays open."""
    closers: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character == '"':
            at = _closing_quote(text, at)
        elif character in _OPENERS:
            closers.append(_OPENERS[character])
        elif closers and character == closers[-1]:
            closers.pop()
        elif not closers:
            yield at, character
        at += 1


def _closing_quote(text: str, opened: int) -> int:
    at = opened + 1
    while at < len(text):
        if text[at] == '"':
            return at
        at += 2 if text[at] == "\\" else 1
    raise CommandError("a quote is opened here and never closed", 'write \\" for a quote inside', opened)


def split(whole: Piece, separator: str) -> list[Piece]:
    """The pieces between separators outside brackets and quotes; CommandError where there is nothing between two."""
    with _of(whole):
        borders = [at for at, character in top_level(whole.text) if character == separator]
    starts = [0, *(at + 1 for at in borders)]
    stops = [*borders, len(whole.text)]
    parts = [whole.cut(start, stop) for start, stop in zip(starts, stops, strict=True)]
    for part, stop in zip(parts, stops, strict=True):
        if not part and len(parts) > 1:
            raise whole.error(f"something is missing {'before' if stop < len(whole.text) else 'after'} the {separator}",
                              index=min(stop, len(whole.text) - 1))  # fmt: skip
    return parts


def divide(whole: Piece, word: str) -> tuple[Piece, Piece | None]:
    """What stands before and after a word on its own, outside brackets and quotes; None after it without the word."""
    with _of(whole):
        outside = [at for at, character in top_level(whole.text) if character == word[0]]
    for at in outside:
        end = at + len(word)
        alone = (at == 0 or whole.text[at - 1].isspace()) and whole.text[end : end + 1].strip() == ""
        if alone and whole.text[at:end] == word:
            after = whole.cut(end)
            if not after:
                raise whole.error(f"something is missing after {word}", index=end)
            return whole.cut(0, at), after
    return whole, None


@contextmanager
def _of(whole: Piece) -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise CommandError(error.message, error.hint, whole.column(error.column or 0)) from None


def first_word(whole: Piece) -> tuple[Piece, Piece]:
    """The first word, and the rest."""
    end = next((at for at, character in enumerate(whole.text) if character.isspace()), len(whole.text))
    return whole.cut(0, end), whole.cut(end)


def quoted(whole: Piece) -> tuple[Piece, Piece]:
    """A text in double quotes, without them, and what follows; a text without quotes is all there is."""
    if not whole.text.startswith('"'):
        return whole, Piece("", whole.column(len(whole.text)))
    with _of(whole):
        end = _closing_quote(whole.text, 0)
    characters: list[str] = []
    columns: list[int] = []
    at = 1
    while at < end:
        columns.append(whole.column(at))
        if whole.text[at] == "\\":
            at += 1
            if (meant := {'"': '"', "\\": "\\", "n": "\n"}.get(whole.text[at])) is None:
                raise whole.error(f"a backslash before {shown(whole.text[at])} means nothing",
                                  'there are \\", \\\\ and \\n', at - 1)  # fmt: skip
            characters.append(meant)
        else:
            characters.append(whole.text[at])
        at += 1
    return Piece("".join(characters), whole.column(1), tuple(columns)), whole.cut(end + 1)


def whole_text(whole: Piece) -> str:
    """A text that may stand in quotes, and is all there is."""
    text, rest = quoted(whole)
    if rest:
        raise rest.error(f"{shown(rest.text)} is not understood after the text")
    return text.text


def nothing(argument: Piece) -> None:
    """CommandError if there is an argument."""
    if argument:
        raise argument.error(f"{shown(argument.text)} is not understood here", "this command takes no argument")


def number(text: Piece, what: str) -> int:
    """A number from 0 on."""
    if not _NUMBER.fullmatch(text.text):
        raise text.error(f"{shown(text.text)} is no {what}" if text else f"the {what} is missing")
    return int(text.text)


def numbers(argument: Piece, what: str = "breakpoint number") -> list[int]:
    """Numbers, separated by blanks or commas."""
    return [number(argument.cut(*word.span()), what) for word in _WORD.finditer(argument.text)]


def count(argument: Piece, given: int | None) -> int:
    """How often: the argument, else the count typed before the key, else once."""
    if argument:
        if not _DIGITS.fullmatch(argument.text):
            raise argument.error(f"{shown(argument.text)} is no count", "write a number from 1 on, such as 12")
        if not _NUMBER.fullmatch(argument.text):
            raise argument.error("this count is too large", f"{MOST_COUNT:,} is the most")
        given = int(argument.text)
    times = 1 if given is None else given
    if not 1 <= times <= MOST_COUNT:
        problem = f"a count of {times:,} is too {'small' if times < 1 else 'large'}"
        hint = "counts start at 1" if times < 1 else f"{MOST_COUNT:,} is the most"
        raise CommandError(problem, hint, argument.at if argument else None)
    return times
