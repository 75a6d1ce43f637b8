"""User commands: one table, and the language that names them."""

from xqdbg.commands.argument import CommandError
from xqdbg.commands.command import Command, Request, Run, Takes
from xqdbg.commands.completion import Completion, Known, complete, completions
from xqdbg.commands.language import Spoken, Statement, by_id, caret, find, parse, read, statements
from xqdbg.commands.table import COMMANDS

__all__ = [
    "COMMANDS",
    "Command",
    "CommandError",
    "Completion",
    "Known",
    "Request",
    "Run",
    "Spoken",
    "Statement",
    "Takes",
    "by_id",
    "caret",
    "complete",
    "completions",
    "find",
    "parse",
    "read",
    "statements",
]
