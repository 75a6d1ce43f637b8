"""Values told in the words of their machine wherever they are told: texts, truths, floats, lists and tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from vm.contract import Value

Words: TypeAlias = Callable[[Value], str]
"""A value in one line, as the cells of its machine show it."""


def plainly(value: Value) -> str:
    """A value in the words of no machine: a text in quotes, a number as it is, anything else by its kind."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else f"a {type(value).__name__.lower()}"


def in_words(value: Value, words: Words) -> str | None:
    """Such a value in one line; None for integers, octets and whatever is called by its kind where it is told."""
    if isinstance(value, str | float | bool | Mapping):
        return words(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | tuple | list):
        return words(value)
    return None
