"""A language to ask, and texts with a mark where the cursor is."""

from __future__ import annotations

from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.editing.language import Language

LANGUAGE = Language(TOOLCHAIN)

LOOP = """\
; adds 1 to n
PUSH 0
STOW r1      ; the sum
PUSH 1
PUSH 10
RANGE
  LVAL r2    ; the counter
  LOAD r1
  LOAD r2
  ADD
  STOW r1
  LOAD r1
  JUMPI .3   ; not zero
  NOP
  TARGET .3  ; goes on here
NEXT
"""


def at(text: str, mark: str = "|") -> tuple[str, int, int]:
    """The text without its mark, and line and column of the mark, from 1."""
    before, _, after = text.partition(mark)
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def spot(text: str, line: int, word: str) -> tuple[str, int, int]:
    """The text, a line, and the column of a word in it."""
    return text, line, text.split("\n")[line - 1].index(word) + 1
