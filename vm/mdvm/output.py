"""What a program has printed, as a list that runs share as long as they print the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


class Output(Sequence[str]):
    """Lines in order. Immutable to whoever holds it: what is printed later goes behind its end, or into another list.

    A replay prints what was printed before, so it finds its lines there already, and a checkpoint costs nothing.
    """

    __slots__ = ("_length", "_lines", "size")

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._length = 0
        self.size = 0
        """Characters, with a line end behind each line."""

    def printed(self, line: str) -> Output:
        """This, and another line."""
        more = Output.__new__(Output)
        lines, length = self._lines, self._length
        if length == len(lines):
            lines.append(line)
        elif lines[length] != line:
            lines = [*lines[:length], line]
        more._lines, more._length = lines, length + 1
        more.size = self.size + len(line) + 1
        return more

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        if isinstance(index, slice):
            return [self._lines[at] for at in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._lines[index % self._length]

    def __iter__(self) -> Iterator[str]:
        return (self._lines[at] for at in range(self._length))

    def text(self) -> str:
        """All of it, as it appears on standard output."""
        return "".join(f"{line}\n" for line in self)
