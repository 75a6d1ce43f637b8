"""What is told of a mnemonic, a register, a label or a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from vm.diagnostics import printable
from vm.tokens import Form, Token, TokenKind
from xqdbg.editing.reading import Reading, Word
from xqdbg.explanation.reference import facts

_MOST_LINES = 12
"""Line numbers that are listed of one kind of use."""
_MOST_NOTE = 60
"""Characters of a comment that is quoted."""
_LEFT_OUT = ("encoding", "group", "specified in")
"""Facts of no use to who writes an instruction."""


@cache
def of_form(form: Form) -> tuple[str, ...]:
    """A mnemonic: what it does, takes and leaves, what it costs, and when it faults."""
    op = form.op
    of_all = {condition.identity for condition in op.conditions} - set(op.faults)
    told = [f"{name}: {text}" for name, text in facts(op) if name not in _LEFT_OUT and name not in of_all]
    return (form.doc, *told)


def stack_effect(form: Form) -> str:
    """What it takes and leaves in a few characters, `b a → result`; empty where the stack stays."""
    before, after = " ".join(reversed(form.op.pops)), " ".join(form.op.pushes)
    return f"{before} → {after}".strip() if before or after else ""


def of_register(reading: Reading, token: Token) -> Iterator[str]:
    """A register: where it is written and read."""
    words = reading.same(token)
    if note := note_of(reading, words):
        yield note
    for verb, accesses in (("written", "w"), ("read and changed", "rw"), ("read", "r"), ("mentioned", "")):
        if lines := [word.line for word in words if word.token.access == accesses]:
            yield f"{verb} in {_lines(lines)}"


def of_label(reading: Reading, token: Token) -> Iterator[str]:
    """A label: where it is, and who jumps there."""
    words = reading.same(token)
    defined = [word.line for word in words if word.token.kind is TokenKind.LABEL]
    jumps = [word.line for word in words if word.token.kind is TokenKind.TARGET]
    if note := note_of(reading, [word for word in words if word.token.kind is TokenKind.LABEL]):
        yield note
    yield f"defined in {_lines(defined)}" if defined else "not defined yet"
    yield f"jumped to from {_lines(jumps)}" if jumps else "no jump goes there"


def of_ordinal(reading: Reading, token: Token) -> Iterator[str]:
    """A target by its number."""
    found = reading.ordinal(token.value or 0)
    yield f"target number {token.value} of the program, counted from 0"
    yield f"that is {found.token.text} in line {found.line}" if found else "the program has fewer targets"


def of_number(value: int) -> Iterator[str]:
    """A number in three bases."""
    sign = "-" if value < 0 else ""
    yield f"decimal {value:,}"
    yield f"hexadecimal {sign}{abs(value):#x}"
    yield f"binary {sign}{abs(value):#b}"
    if value < 0:
        yield f"as 64 bits {value & (1 << 64) - 1:#x}"


def note_of(reading: Reading, words: Sequence[Word]) -> str:
    """The comment beside the first of these that was written or defined; empty if there is none."""
    for word in words:
        if word.token.access in ("w", "rw") or word.token.kind is TokenKind.LABEL:
            return shortened(reading.comment(word.line))
    return ""


def shortened(comment: str) -> str:
    """A comment to be quoted."""
    text = printable(comment)
    return text if len(text) <= _MOST_NOTE else text[: _MOST_NOTE - 1] + "…"


def _lines(lines: Sequence[int]) -> str:
    numbers = list(dict.fromkeys(lines))
    told = ", ".join(map(str, numbers[:_MOST_LINES]))
    more = f" and {len(numbers) - _MOST_LINES} more" if len(numbers) > _MOST_LINES else ""
    return f"line{'s' if len(numbers) > 1 else ''} {told}{more}"
