"""Colours for what is typed: the words of the language, places, numbers."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

from xqdbg.commands import COMMANDS
from xqdbg.expressions import FUNCTIONS

_WORDS = [word for command in COMMANDS for word in command.words if word[0].isalpha()]


class CommandLexer(RegexLexer):
    """One line of commands, whether it is complete or not."""

    name = "xqdbg commands"
    tokens: ClassVar = {
        "root": [
            (r"\s+", Text),
            (r";", Punctuation),
            (r"#.*", Comment),
            (r"[\d,_]+%?(?=\s*(?:;|$))", Number),
            (words(_WORDS, suffix=r"(?=[\s/;]|$)"), Keyword, "argument"),
            (r"[^\s;]+", Name, "argument"),
        ],
        "argument": [
            (r";", Punctuation, "#pop"),
            (r"(?<=\s)#.*", Comment),
            (r'"(?:\\.|[^"\\])*"?', String),
            (r"(?:(?<=\s)|^)/\w+", Operator),
            (r"\s+", Text),
            (r"(?:if|show|as|by|step|and|or|not)\b", Keyword),
            (words(tuple(FUNCTIONS), suffix=r"(?=\()"), Name.Builtin),
            (r"(?:op|fault|loop):\w+", Name.Label),
            (r"@[\w-]+", Name.Label),
            (r"\$\w+", Name.Variable),
            (r"0[xX][0-9a-fA-F]+|0[bB][01]+|\d[\d_]*%?", Number),
            (r"[A-Za-z_]\w*", Name),
            (r"[-+*/%&|^~<>=!]+", Operator),
            (r".", Punctuation),
        ],
    }
