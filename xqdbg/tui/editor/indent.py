"""How far lines are indented: loops, by what the instruction table says opens and closes them."""

from __future__ import annotations

import re

from vm.isa import Flow, Isa

STEP = 2
"""Blanks a loop is indented by."""
COMMENT = ";"
"""What begins a comment in all assembly texts."""

_WORD = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\b(?!:)")


class Indenter:
    """Knows which lines open a loop and which close one."""

    def __init__(self, isa: Isa) -> None:
        self._openers = _names(isa, Flow.LOOP_OPEN)
        self._closers = _names(isa, Flow.LOOP_CLOSE)

    def after(self, line: str) -> str:
        """The blanks a line begins with that follows this one."""
        blanks = leading(line)
        return blanks + " " * STEP if _first(line) in self._openers else blanks

    def closes(self, line: str) -> bool:
        """Whether a line ends a loop."""
        return _first(line) in self._closers

    def of_closer(self, lines: list[str]) -> str:
        """The blanks that belong in front of what ends the loop these lines lead into; those of the last line if none.

        Only the nearest lines are looked at: a loop as long as that is not written by hand.
        """
        depth = 0
        for line in reversed(lines[-1_000:]):
            word = _first(line)
            if word in self._closers:
                depth += 1
            elif word in self._openers:
                if depth == 0:
                    return leading(line)
                depth -= 1
        return leading(lines[-1]) if lines else ""


def leading(line: str) -> str:
    """The blanks a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def toggled(lines: list[str]) -> list[str]:
    """The same lines as comments; as what they were, if all of them are comments."""
    told = [line for line in lines if line.strip()]
    if not told:
        return lines
    if all(line.lstrip().startswith(COMMENT) for line in told):
        return [_bared(line) for line in lines]
    column = min(len(leading(line)) for line in told)
    return [f"{line[:column]}{COMMENT} {line[column:]}" if line.strip() else line for line in lines]


def _bared(line: str) -> str:
    blanks = leading(line)
    text = line[len(blanks) :].removeprefix(COMMENT)
    return blanks + text.removeprefix(" ")


def _first(line: str) -> str:
    found = _WORD.match(line)
    return found[1].upper() if found else ""


def _names(isa: Isa, flow: Flow) -> frozenset[str]:
    """Mnemonics of a flow as people write them, with and without the size at their end."""
    names = {op.name.upper() for op in isa if op.flow is flow}
    return frozenset(names | {name.rstrip("0123456789") or name for name in names})
