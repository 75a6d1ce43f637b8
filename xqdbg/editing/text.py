"""What an editor is told about a text. Lines and columns count from 1, columns in characters, as in every message."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from vm.values import dataclass


class Position(NamedTuple):
    """A place in a text."""

    line: int
    column: int


class Severity(Enum):
    """How bad a problem is."""

    ERROR = "error"  # the text is no program, or the verifier rejects it
    WARNING = "warning"  # it may not do what it looks like


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a text."""

    message: str
    line: int
    """1 for what is wrong with the text as a whole."""
    column: int
    end: int
    """Column behind it, greater than `column`."""
    severity: Severity = Severity.ERROR
    hint: str = ""
    kind: str = ""
    """Classification, such as `UNKNOWN_MNEMONIC`."""


class Subject(Enum):
    """What a word of a text stands for."""

    MNEMONIC = "mnemonic"
    REGISTER = "register"
    LABEL = "label"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Completion:
    """A word that can stand at the cursor."""

    text: str
    """What to put in place of the characters from `start` to `end`."""
    start: int
    """Column of the first character it replaces."""
    end: int
    """Column behind the last one."""
    subject: Subject
    note: str = ""
    """A few words to stand beside it in a list."""
    documentation: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Hover:
    """What is known of the word at a place."""

    line: int
    start: int
    end: int
    """Column behind the word."""
    title: str
    lines: Sequence[str] = ()
    """Plain text, to be shown below the title."""


@dataclass(frozen=True, slots=True)
class Use:
    """One occurrence of a register, label or mnemonic."""

    line: int
    start: int
    end: int
    """Column behind it."""
    access: str = ""
    """Of a register: `r`, `w` or `rw`; empty if that is not known."""
    defines: bool = False
    """Of a label: whether it is defined here."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A label, for an outline."""

    name: str
    line: int
    column: int
    note: str = ""
    """The comment beside or above it; may be empty."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A piece of one line, and what to have instead."""

    line: int
    start: int
    end: int
    """Column behind the piece."""
    text: str


def replaced(text: str, replacements: Sequence[Replacement]) -> str:
    """The text after all of these, which do not overlap."""
    lines = text.split("\n")
    for each in sorted(replacements, key=lambda each: (each.line, each.start), reverse=True):
        line = lines[each.line - 1]
        lines[each.line - 1] = line[: each.start - 1] + each.text + line[each.end - 1 :]
    return "\n".join(lines)
