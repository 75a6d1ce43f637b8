"""Addresses to source lines and back."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import overload


class SourceMap:
    """Which line of the source each instruction came from, eight bytes an instruction."""

    __slots__ = ("_end", "_lines", "_pcs")

    def __init__(self, sizes: array[int], lines: array[int]) -> None:
        """Take the size in bytes and the line from 1 of each instruction in address order; lines never fall."""
        self._pcs = array("I", accumulate(sizes, initial=0))
        self._end = self._pcs.pop()
        self._lines = lines

    def line_of(self, pc: int) -> int | None:
        """The line of the instruction that covers `pc`; None outside the program."""
        if not 0 <= pc < self._end:
            return None
        return self._lines[bisect_right(self._pcs, pc) - 1]

    def pcs_of(self, line: int) -> tuple[int, ...]:
        """The addresses of the instructions a line was assembled to, in order; empty if there are none."""
        first = bisect_left(self._lines, line)
        return tuple(self._pcs[first : bisect_right(self._lines, line, first)])

    def __len__(self) -> int:
        return len(self._pcs)


def split_lines(text: str) -> list[str]:
    """The lines of a source without their ends, LF or CRLF; what follows the last end is a line only if not empty."""
    lines = text.split("\n")
    last = lines.pop()
    lines = [line[:-1] if line[-1:] == "\r" else line for line in lines]
    if last:
        lines.append(last)
    return lines


class SourceLines(Sequence[str]):
    """The lines of `split_lines`, cut out when asked for: four bytes a line, for sources with millions of them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = array("I", (0,))
        while found := text.find("\n", self._starts[-1]) + 1:
            self._starts.append(found)
        self._count = len(self._starts) - (self._starts[-1] == len(text))

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._count))]
        start = self._starts[range(self._count)[index]]
        end = self._text.find("\n", start)
        if end < 0:
            return self._text[start:]
        line = self._text[start:end]
        return line[:-1] if line[-1:] == "\r" else line
