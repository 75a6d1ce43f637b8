"""Colours for what is typed: the words of the language, places, numbers, and assembly among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pygments.lexer import Lexer
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, _TokenType

from vm.isa import Isa
from xqdbg.commands.colouring import coloured

_TOKENS: dict[str, _TokenType] = {
    "command": Keyword, "word": Keyword, "function": Name.Builtin, "format": Operator, "string": String,
    "variable": Name.Variable, "name": Name, "operator": Operator, "sign": Punctuation, "comment": Comment,
    "op": Keyword, "flow": Keyword, "register": Name, "number": Number, "label": Name.Label,
}  # fmt: skip


class CommandLexer(Lexer):
    """One line of commands, whether it is complete or not."""

    name = "xqdbg commands"
    isa: Isa | None = None
    """The instructions that can be typed, too."""

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """The tokens, and where each begins."""
        at = 0
        for number, line in enumerate(coloured(text, self.isa)):
            if number:
                yield at, Text, "\n"
                at += 1
            for kind, part in line:
                yield at, _TOKENS.get(kind, Text), part
                at += len(part)


def lexer_for(isa: Isa) -> type[CommandLexer]:
    """A lexer that knows the instructions of a machine."""
    return type("MachineLexer", (CommandLexer,), {"isa": isa})
