"""What a question comes to: rows that are places in time, for people and for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from vm.values import dataclass

Json: TypeAlias = Any
"""None, a bool, an int, a float, a str, or lists and str-keyed mappings of those."""


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, and where in time it is."""

    cells: tuple[str, ...]
    """One text a column; never markup, without control characters."""
    tick: int | None = None
    """The moment that choosing the row goes to."""
    pc: int | None = None
    """The instruction it is about."""
    level: int = 0
    """Depth in a tree, 0 for tables."""
    data: Mapping[str, Json] = field(default_factory=dict)
    """The same for scripts."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Rows under a title; or one value, whose text is the title."""

    title: str
    columns: tuple[str, ...] = ()
    rows: Sequence[Row] = ()
    complete: bool = True
    """Whether these are all rows there are."""
    note: str = ""
    """Why it is not complete, or what one should know to read it."""
    value: Json = None
    """For scripts: the value of an answer that has no rows."""
