"""Addresses to source lines and back."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate


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
