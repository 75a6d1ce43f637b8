"""What can be copied of a value: the forms it has, each made when it is asked for."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, overload

from vm.contract import Value
from xqdbg.numerals import Base, numeral

MOST = 100_000
"""Entries of a value that are copied one by one; of a larger one there is its text only."""

Json: TypeAlias = Callable[[], Any]
Form: TypeAlias = tuple[str, Callable[[], str]]


class Forms(Sequence[tuple[str, str]]):
    """Names and texts of the forms of a value; a text is made when its form is looked at."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = tuple(forms)

    def __len__(self) -> int:
        return len(self._forms)

    @overload
    def __getitem__(self, index: int) -> tuple[str, str]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[str, str]]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, str] | Sequence[tuple[str, str]]:
        if isinstance(index, slice):
            return Forms(self._forms[index])
        name, make = self._forms[index]
        return name, make()

    def named(self, name: str) -> str | None:
        """The text of the form with a name; None if there is none."""
        return next((make() for known, make in self._forms if known == name), None)


def forms(value: Value, text: str, json: Json | None = None, holds: int = 0) -> Forms:
    """The forms of a value: `text` is how it is shown, `json` makes it as JSON has it where it is not that itself."""
    if isinstance(value, int):
        number = int(value)
        return Forms([
            ("decimal", lambda: numeral(number)),
            ("hex", lambda: numeral(number, Base.HEX)),
            ("JSON", lambda: numeral(number)),
        ])  # fmt: skip
    found: list[Form] = [("text", lambda: text)]
    size = max(holds, len(value) if isinstance(value, Sequence) else 0)
    if size > MOST:
        return Forms(found)
    if (items := _integers(value)) is not None:
        found.append(("hex", lambda: f"[{', '.join(numeral(item, Base.HEX) for item in items)}]"))
    made = json if json is not None else (lambda: list(items)) if items is not None else None
    if made is not None:
        found.append(("JSON", lambda: jsonlib.dumps(made())))
    return Forms(found)


def _integers(value: Value) -> Sequence[int] | None:
    """The elements of a sequence of integers; None for anything else."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return None
    return value if all(isinstance(item, int) for item in value) else None
