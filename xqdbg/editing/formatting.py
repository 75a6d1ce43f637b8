"""The text in its usual form: bodies of loops indented, comments aligned, mnemonics as the table spells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vm.isa import Flow
from vm.tokens import Token, TokenKind
from xqdbg.editing.reading import Reading
from xqdbg.editing.text import Replacement

INDENT = 2
MOST_DEPTH = 20
"""Loops deeper than this are indented no further."""
COMMENT_COLUMN = 20
"""Characters before a comment behind code, at least."""
_FURTHEST = 40
"""Code longer than this does not move the comments around it."""
_GAP = 1


@dataclass(slots=True)
class _Line:
    code: str
    comment: str
    verbatim: bool = False
    """Whether it makes no sense, and is left as it is."""
    depth: int = 0
    end: str = ""
    """A carriage return, where the line ended with one."""


def formatted(reading: Reading) -> str:
    """The text in its usual form. Assembles to the same program, and stays as it is when formatted again."""
    lines = _laid_out(reading)
    _align(lines)
    return "\n".join(_joined(line) for line in lines)


def _laid_out(reading: Reading) -> list[_Line]:
    lines: list[_Line] = []
    depth = 0
    last = len(reading.lines)
    for number, (text, tokens) in enumerate(zip(reading.lines, reading.tokens, strict=True), 1):
        flow = _flow(reading, tokens)
        if flow is Flow.LOOP_CLOSE:
            depth = max(0, depth - 1)
        lines.append(_line(reading, text, tokens, depth, last=number == last))
        if flow is Flow.LOOP_OPEN:
            depth += 1
    return lines


def _line(reading: Reading, text: str, tokens: Sequence[Token], depth: int, *, last: bool) -> _Line:
    stray = text.endswith("\r") and last  # an error of the assembler, not the end of a line
    if stray or any(_is_senseless(token) for token in tokens):
        return _Line(text, "", verbatim=True)
    comment = tokens[-1].text.rstrip() if tokens and tokens[-1].kind is TokenKind.COMMENT else ""
    code = reading.syntax.spelled([token for token in tokens if token.kind is not TokenKind.COMMENT])
    return _Line(code, comment, depth=depth, end="\r" if text.endswith("\r") else "")


def _is_senseless(token: Token) -> bool:
    return token.kind is TokenKind.OTHER or (token.kind is TokenKind.MNEMONIC and not token.name)


def _flow(reading: Reading, tokens: Sequence[Token]) -> Flow:
    for token in tokens:
        if token.kind is TokenKind.MNEMONIC:
            form = reading.syntax.forms.get(token.name)
            return Flow.NEXT if form is None else form.op.flow
    return Flow.NEXT


def _align(lines: list[_Line]) -> None:
    """Give the comments behind code that stand in one block the same column."""
    block: list[_Line] = []
    for line in lines:
        if not line.code and not line.comment and not line.verbatim:
            _align_block(block)
            block = []
        else:
            block.append(line)
    _align_block(block)


def _align_block(block: Sequence[_Line]) -> None:
    beside = [line for line in block if line.code and line.comment and not line.verbatim]
    widths = [len(_indented(line)) for line in beside]
    column = max([COMMENT_COLUMN, *(width + _GAP for width in widths if width < _FURTHEST)])
    for line, width in zip(beside, widths, strict=True):
        line.code += " " * max(_GAP, column - width)


def _indented(line: _Line) -> str:
    return " " * (INDENT * min(line.depth, MOST_DEPTH)) + line.code


def _joined(line: _Line) -> str:
    if line.verbatim:
        return line.code
    return ((_indented(line) if line.code or line.comment else "") + line.comment) + line.end


def toggled(reading: Reading, first: int, last: int) -> Iterator[Replacement]:
    """What to replace to make lines comments, or code if all of them that are not blank are comments."""
    chosen = range(max(1, first), min(last, len(reading.lines)) + 1)
    numbers = [number for number in chosen if reading.lines[number - 1].strip()]
    mark = reading.syntax.comment
    starts = {number: _start(reading.lines[number - 1]) for number in numbers}
    if numbers and all(reading.lines[number - 1].startswith(mark, starts[number]) for number in numbers):
        for number in numbers:
            at = starts[number] + len(mark)
            blank = reading.lines[number - 1][at : at + 1] == " "
            yield Replacement(number, starts[number] + 1, at + blank + 1, "")
        return
    column = min(starts.values(), default=0)
    for number in numbers:
        yield Replacement(number, column + 1, column + 1, f"{mark} ")


def _start(line: str) -> int:
    return len(line) - len(line.lstrip())
