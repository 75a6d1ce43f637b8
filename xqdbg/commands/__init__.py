"""User commands: one table, and the language that names them."""

from xqdbg.commands.command import Command, Request, Run
from xqdbg.commands.language import by_id, complete, find, parse
from xqdbg.commands.table import COMMANDS

__all__ = ["COMMANDS", "Command", "Request", "Run", "by_id", "complete", "find", "parse"]
