"""Tables of numbers, as they are drawn in text, told in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

_NOTHING = "·"
"""What is drawn where no number is."""


def sentences(lines: Sequence[str]) -> Iterator[str]:
    """Lines, those of tables as sentences: `linear: 0 to 4 are -250, 5 is 20`."""
    name, heads = "", 0
    for line in lines:
        words = line.split()
        found = _heads(words)
        if found is not None:
            name, heads = found
        elif heads and (told := _row(name, heads, words)) is not None:
            yield from told
        else:
            heads = 0
            yield line


def _heads(words: Sequence[str]) -> tuple[str, int] | None:
    """The name and the columns of a table that begins here: numbers from 0 on; None for any other line."""
    numbers = words[1:] if words and words[0].isalpha() else words
    if not numbers or list(numbers) != [str(at) for at in range(len(numbers))]:
        return None
    return (words[0] if len(numbers) < len(words) else ""), len(numbers)


def _row(name: str, heads: int, words: Sequence[str]) -> list[str] | None:
    """A row of a table; None if it is none, an empty list if there is nothing in it."""
    labelled = not name or len(words) == heads + 1
    if not words or len(words) > heads + labelled or not all(_is_cell(word) for word in words):
        return None
    label, cells = (words[0], words[1:]) if labelled else ("", words)
    first = int(label) if label.isdigit() and not name else 0
    there = [(first + at, cell) for at, cell in enumerate(cells) if cell != _NOTHING]
    what = " ".join(filter(None, (name, f"row {label}" if label and name else "")))
    said = ", ".join(_runs(there))
    return [f"{what}: {said}" if what else said] if said else []


def _is_cell(word: str) -> bool:
    return word == _NOTHING or word.removeprefix("-").replace(",", "").isdigit()


def _runs(cells: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Neighbours that are equal are told together."""
    for _, group in groupby(enumerate(cells), key=lambda each: (each[1][0] - each[0], each[1][1])):
        run = [cell for _, cell in group]
        (first, value), (last, _) = run[0], run[-1]
        yield f"{first} is {value}" if first == last else f"{first} to {last} are {value}"
