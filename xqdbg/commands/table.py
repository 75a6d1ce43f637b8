"""The one table of user commands: keys, palette, command line, completion, help and docs come from it."""

from __future__ import annotations

from xqdbg.commands import (
    asking,
    assembly,
    branching,
    code,
    guide,
    info,
    keeping,
    looking,
    memory,
    moving,
    rebuilding,
    stopping,
)
from xqdbg.commands.command import Command, Request, Takes
from xqdbg.moment import Moment
from xqdbg.session import Session


def _apropos(session: Session, request: Request) -> Moment:
    return guide.apropos_of(COMMANDS, session, request)


COMMANDS: tuple[Command, ...] = (
    *moving.ROWS,
    *stopping.ROWS,
    *looking.ROWS,
    *memory.ROWS,
    *info.ROWS,
    *code.ROWS,
    *asking.ROWS,
    *branching.ROWS,
    *assembly.ROWS,
    *keeping.ROWS,
    *rebuilding.ROWS,
    Command("show.apropos", ("apropos",), "", "Apropos",
            "Search commands and topics for a word.", "apropos WORD", "apropos loop", _apropos, Takes.TEXT),
    Command("ui.pause", ("pause",), "ctrl+c,escape", "Pause",
            "Stop a command that is running.", "pause", "pause", None),
    Command("ui.command", (), ":", "Command line",
            "Open the command line.", "", "", None),
    Command("ui.help", ("help", "h"), "?,f1", "Help",
            "Show the commands and keys, or explain a command or a topic.", "help [WORD|TOPIC]", "help until",
            None, Takes.COMMAND),
    Command("ui.quit", ("quit", "q", "exit"), "q", "Quit",
            "Leave the debugger.", "quit", "quit", None),
)  # fmt: skip
