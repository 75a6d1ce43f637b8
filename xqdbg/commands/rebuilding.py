"""The command that goes on with a program that was edited."""

from __future__ import annotations

from xqdbg.commands.argument import piece, whole_text
from xqdbg.commands.command import Command, Request, Takes
from xqdbg.moment import Moment
from xqdbg.session import Session


def reload(session: Session, request: Request) -> Moment:
    """`reload [FILE]`"""
    argument = piece(request.argument)
    if not argument:
        return session.reload("", request.patience)
    path = whole_text(argument)
    with argument.blamed():
        return session.reload(path, request.patience)


ROWS: tuple[Command, ...] = (
    Command("keep.reload", ("reload", "rebuild"), "", "Reload program",
            "Read the edited program from its file again, and go on where its run is still the same.", "reload [FILE]",
            "reload", reload, Takes.FILE),
)  # fmt: skip
