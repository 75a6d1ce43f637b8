"""What is what in a line that is being typed, for faces that show it in colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

from vm.isa import Flow, Isa, spellings
from xqdbg.commands.assembly import SNIPPET_IDS, is_mnemonic
from xqdbg.commands.blocks import sources
from xqdbg.commands.language import LONGEST, by_id, goes_on, is_instruction
from xqdbg.commands.table import COMMANDS
from xqdbg.expressions.functions import FUNCTIONS

KINDS = (
    "command", "word", "function", "format", "string", "variable", "name", "operator", "sign",
    "comment", "op", "flow", "register", "number", "label",
)  # fmt: skip
"""What a span can be besides nothing in particular; the last ones in assembly."""

Span: TypeAlias = tuple[str, str]
"""One of KINDS, or empty, and the text."""

_WORDS = frozenset(word for command in COMMANDS for word in command.words)
_START = re.compile(
    r"(?P<blank>\s+)|(?P<sign>;)|(?P<comment>#.*)|(?P<number>[\d,_]+%?(?=\s*(?:;|$)))|(?P<word>[^\s;/]+|/)"
)
_FORMAT = re.compile(r"/\w*")
_ARGUMENT = re.compile(
    r"(?P<end>;)"
    r"|(?P<comment>(?<=\s)#.*)"
    r'|(?P<string>"(?:\\.|[^"\\])*+"?)'
    r"|(?P<format>(?<=\s)/\w+(?=\s|$))"
    r"|(?P<blank>\s+)"
    r"|(?P<word>(?:if|show|as|by|step|and|or|not)\b)"
    rf"|(?P<function>(?:{'|'.join(map(re.escape, FUNCTIONS))})(?=\())"
    r"|(?P<label>(?:op|fault|loop):\w+|@[\w-]+)"
    r"|(?P<variable>\$\w+)"
    r"|(?P<number>0[xX][0-9a-fA-F]+|0[bB][01]+|\d[\d_]*%?)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<operator>[-+*/%&|^~<>=!]+)"
    r"|(?P<sign>.)"
)
_ASSEMBLY = re.compile(
    r"(?P<end>;)"
    r"|(?P<comment>(?:(?<=\s)|^)#.*)"
    r"|(?P<blank>\s+)"
    r"|(?P<label>\.\w+:?)"
    r"|(?P<register>[a-z]{1,2}\d{1,3}\b)"
    r"|(?P<word>[A-Za-z]\w*)"
    r"|(?P<number>[+-]?(?:0x[0-9a-fA-F]+|\d+)\b)"
    r"|(?P<other>.)"
)


def coloured(text: str, isa: Isa | None = None) -> list[list[Span]]:
    """The spans of each line of a text; those of a line are the line."""
    lines = text[:LONGEST].split("\n")
    marks = sources(lines, isa) if isa is not None else [False] * len(lines)
    return [list(_source(line, isa) if mark else _line(line, isa)) for line, mark in zip(lines, marks, strict=True)]


def _line(line: str, isa: Isa | None) -> Iterator[Span]:
    """A line of commands."""
    at, after_snippet = 0, False
    while at < len(line):
        match = _START.match(line, at)
        if match is None:
            yield "", line[at:]
            return
        kind, text = match.lastgroup or "", match[0]
        if kind != "word":
            yield "" if kind == "blank" else kind, text
            at = match.end()
            continue
        rest = line[at:]
        if isa is not None and ((after_snippet and goes_on(rest, isa)) or is_instruction(text, isa)):
            after_snippet = True
        else:
            yield "command" if text.lower() in _WORDS else "name", text
            at = match.end()
            after_snippet = isa is not None and _takes_assembly(text)
        for kind, part in _assembly(line, at, isa) if after_snippet and isa is not None else _argument(line, at):
            yield kind, part
            at += len(part)


def _takes_assembly(word: str) -> bool:
    return any(word.lower() in by_id(id).words for id in SNIPPET_IDS)


def _argument(line: str, at: int) -> Iterator[Span]:
    """Up to the end of the statement; a format may be glued to the word before."""
    if match := _FORMAT.match(line, at):
        yield "format", match[0]
        at = match.end()
    while at < len(line) and (match := _ARGUMENT.match(line, at)) is not None and match.lastgroup != "end":
        kind = match.lastgroup or ""
        yield "" if kind == "blank" else kind, match[0]
        at = match.end()


def _assembly(line: str, at: int, isa: Isa) -> Iterator[Span]:
    """An instruction in a line of commands."""
    while at < len(line) and (match := _ASSEMBLY.match(line, at)) is not None and match.lastgroup != "end":
        yield _assembly_kind(match, isa), match[0]
        at = match.end()


def _source(line: str, isa: Isa | None) -> Iterator[Span]:
    """A line of assembly, where `;` begins a comment."""
    if isa is None:
        return
    code, sign, comment = line.partition(";")
    yield from _assembly(code, 0, isa)
    if sign:
        yield "comment", sign + comment


def _assembly_kind(match: re.Match[str], isa: Isa) -> str:
    kind = match.lastgroup or ""
    if kind in ("register", "word") and is_mnemonic(match[0], isa):
        return "flow" if match[0].upper() in _flowing(isa) else "op"
    return kind if kind in KINDS and kind != "word" else ""


@cache
def _flowing(isa: Isa) -> frozenset[str]:
    """Mnemonics that move control."""
    return frozenset(spellings(op.name for op in isa if op.flow is not Flow.NEXT))
