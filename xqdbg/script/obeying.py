"""A whole text of commands, line by line, with what each comes to told as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from xqdbg.patience import ENDLESS, Patience
from xqdbg.script.interpreter import Interpreter
from xqdbg.script.reply import Reply, Spot

Tell: TypeAlias = Callable[[Reply], object]
"""Told what each command came to, while the text is still being obeyed."""

Hear: TypeAlias = Callable[[str], object]
"""Told each line with a command before it is obeyed."""


def obey(
    interpreter: Interpreter,
    lines: Iterable[tuple[Spot, str]],
    tell: Tell,
    hear: Hear | None = None,
    patience: Patience = ENDLESS,
) -> bool:
    """Obey lines to the end, to the first failure unless the interpreter keeps going, or until the user leaves.

    Returns whether nothing failed.
    """  # fmt: skip
    fine = True
    for spot, line in lines:
        if hear is not None and line.strip() and not line.lstrip().startswith("#"):
            hear(line)
        for reply in interpreter.run(line, patience, spot):
            tell(reply)
            fine &= reply.ok
        if interpreter.left or not (fine or interpreter.keep_going):
            return fine
    for reply in interpreter.finish():
        tell(reply)
        fine &= reply.ok
    return fine


def prompt(interpreter: Interpreter) -> str:
    """What stands before a line: the tick, or a sign that a list of commands goes on."""
    return "> " if interpreter.inside else f"(xqdbg {interpreter.session.moment.tick:,}) "
