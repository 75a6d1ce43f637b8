"""Assembly among commands: which statements are some, and the commands that run it."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from vm.isa import Isa
from xqdbg.commands.argument import CommandError
from xqdbg.commands.command import Command, Request, Run, Takes
from xqdbg.moment import Moment
from xqdbg.session import Session

if TYPE_CHECKING:
    from xqdbg.whatif import SnippetError

SNIPPET_IDS = ("branch.asm", "branch.try")
"""Ids of the commands that take assembly."""
LABEL_SIGN = "."
END = "end"


def is_mnemonic(word: str, isa: Isa) -> bool:
    """Whether a word is what an instruction is called, in capital letters or not."""
    return word.upper() in isa.mnemonics


def closes(text: str, isa: Isa) -> bool:
    """Whether a line closes assembly. Where an instruction is called END, that is written in capital letters."""
    word = text.strip()
    return word == END or (word.lower() == END and not is_mnemonic(word, isa))


def snippet(argument: str) -> str:
    """The source that an argument stands for: one of a single line has `;` between instructions."""
    return argument if "\n" in argument else argument.replace(";", "\n")


def column_in(argument: str, error: SnippetError) -> int | None:
    """Where in an argument an error of its source is; None if it is all of it."""
    if error.line is None:
        return None
    lines = snippet(argument).split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    at = min(error.line, len(lines)) - 1
    blanks = len(lines[at]) - len(lines[at].lstrip()) if error.column == 0 else 0
    return starts[at] + min(error.column + blanks, len(lines[at]))


def line_of(argument: str, column: int) -> tuple[int, int]:
    """The line of an argument of several lines that a column is in, from 0, and the column in that line."""
    starts = [0, *accumulate(len(line) + 1 for line in argument.split("\n"))]
    at = bisect_right(starts, column) - 1
    return at, column - starts[at]


def running(*, dry: bool) -> Run:
    """Run a snippet, for good or only to tell."""

    def run(session: Session, request: Request) -> Moment:
        from xqdbg.whatif import SnippetError

        argument = request.argument
        if not argument.strip(" \t;\n"):
            raise CommandError("the instructions are missing", f"help whatif; {_usage(dry)}", 0)
        try:
            return session.assembly(snippet(argument), request.patience, dry=dry)
        except SnippetError as error:
            raise CommandError(error.message, error.hint, column_in(argument, error)) from None

    return run


def _usage(dry: bool) -> str:
    word = "try" if dry else "asm"
    return f"{word} INSTRUCTION[; INSTRUCTION…], or {word} … end"


ROWS: tuple[Command, ...] = (
    Command("branch.asm", ("asm", "whatif"), "", "What if",
            "Run instructions here and now, on a branch of its own that goes on with what they leave behind.",
            _usage(False), "asm NOP", running(dry=False), Takes.ASSEMBLY),
    Command("branch.try", ("try",), "", "Try",
            "Tell what instructions would do here and now; nothing is changed.", _usage(True), "try NOP",
            running(dry=True), Takes.ASSEMBLY),
)  # fmt: skip
