"""JSON taken apart by the key: everything that is not as it should be is named with where it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import isfinite
from typing import TypeVar

from vm.diagnostics import printable
from xqdbg.answer import Json
from xqdbg.intake import json_kind

MOST_TEXT = 4_096
"""Characters of a text where nothing else is said."""
MOST_NUMBER = (1 << 63) - 1
_DEEPEST = 100
_Choice = TypeVar("_Choice", bound=str)


class FieldError(Exception):
    """A value that is not what it should be. The message begins with the key."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}" if where else message)


class Fields:
    """An object whose keys are taken one by one, each once; `done` refuses those nobody took."""

    def __init__(self, value: object, where: str = "") -> None:
        if not isinstance(value, dict):
            raise FieldError(where, f"an object was expected, not {json_kind(value)}")
        self._left: dict[str, object] = dict(value)
        self._where = where

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def at(self, key: str) -> str:
        """Where a key is, for messages."""
        return f"{self._where}.{key}" if self._where else key

    def take(self, key: str) -> object:
        """The value of a key that must be there."""
        if key not in self._left:
            raise FieldError(self._where, f"the key `{key}` is missing")
        return self._left.pop(key)

    def text(self, key: str, default: str | None = None, most: int = MOST_TEXT) -> str:
        """A line of text that can be shown."""
        if default is not None and key not in self._left:
            return default
        return line_of(self.take(key), self.at(key), most)

    def number(self, key: str, default: int | None = None, least: int = 0, most: int = MOST_NUMBER) -> int:
        """An integer within bounds."""
        if default is not None and key not in self._left:
            return default
        return number_of(self.take(key), self.at(key), least, most)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        if key not in self._left:
            return default
        value = self.take(key)
        if not isinstance(value, bool):
            raise FieldError(self.at(key), f"true or false was expected, not {json_kind(value)}")
        return value

    def choice(self, key: str, choices: Collection[_Choice], default: _Choice) -> _Choice:
        """One of some words."""
        text = self.text(key, default)
        for choice in choices:
            if choice == text:
                return choice
        raise FieldError(self.at(key), f"{text[:40]!r} is none of {', '.join(choices)}")

    def items(self, key: str, most: int, *, optional: bool = False) -> Iterator[tuple[object, str]]:
        """The elements of an array, each with where it is."""
        if optional and key not in self._left:
            return iter(())
        value, where = self.take(key), self.at(key)
        return items_of(value, where, most)

    def fields(self, key: str) -> Fields:
        """An object within this one."""
        return Fields(self.take(key), self.at(key))

    def done(self) -> None:
        """Nothing else may be here."""
        if self._left:
            raise FieldError(self._where, f"the key `{printable(next(iter(self._left))[:40])}` is not known here")


def items_of(value: object, where: str, most: int) -> Iterator[tuple[object, str]]:
    """The elements of an array, each with where it is."""
    if not isinstance(value, list):
        raise FieldError(where, f"an array was expected, not {json_kind(value)}")
    if len(value) > most:
        raise FieldError(where, f"there are {len(value):,} elements, and {most:,} are the most there can be")
    return ((item, f"{where}[{number}]") for number, item in enumerate(value))


def line_of(value: object, where: str, most: int = MOST_TEXT) -> str:
    """A line of text that can be shown."""
    if not isinstance(value, str):
        raise FieldError(where, f"a text was expected, not {json_kind(value)}")
    if len(value) > most:
        raise FieldError(where, f"the text has {len(value):,} characters, and {most:,} are the most it can have")
    if printable(value) != value:
        raise FieldError(where, "the text has a character that cannot be shown")
    return value


def number_of(value: object, where: str, least: int = 0, most: int = MOST_NUMBER) -> int:
    """An integer within bounds."""
    if type(value) is not int:
        got = "one with a fraction" if isinstance(value, float) else json_kind(value)
        raise FieldError(where, f"a whole number was expected, not {got}")
    if not least <= value <= most:
        raise FieldError(where, f"{value:,} is not within {least:,} and {most:,}")
    return value


def plain(value: object, where: str) -> Json:
    """Any JSON value that can be written again and is not nested without end."""
    waiting = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if depth > _DEEPEST:
            raise FieldError(where, "the value is nested too deeply")
        if isinstance(item, float) and not isfinite(item):
            raise FieldError(where, "there is a number too large to be one")
        if isinstance(item, str) and not is_text(item):
            raise FieldError(where, "there is half a character in a text")
        if isinstance(item, dict):
            waiting += ((part, depth + 1) for pair in item.items() for part in pair)
        elif isinstance(item, list):
            waiting += ((part, depth + 1) for part in item)
    return value


def is_text(text: str) -> bool:
    """Whether it is made of whole characters, so that it can be written to a file."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
