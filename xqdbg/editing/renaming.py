"""Another name for a register or a label, wherever it occurs."""

from __future__ import annotations

from collections.abc import Sequence

from vm.diagnostics import printable
from vm.tokens import Token, TokenKind
from xqdbg.editing.reading import Reading
from xqdbg.editing.text import Replacement
from xqdbg.errors import XqdbgError

_KINDS = {
    TokenKind.REGISTER: TokenKind.REGISTER,
    TokenKind.LABEL: TokenKind.LABEL,
    TokenKind.TARGET: TokenKind.LABEL,
}


def renamed(reading: Reading, token: Token | None, new: str) -> Sequence[Replacement]:
    """What to replace so that a register or label is called otherwise; XqdbgError for a name that will not do."""
    kind = _KINDS.get(token.kind) if token is not None else None
    if token is None or kind is None:
        raise XqdbgError("there is nothing to rename here", "put the cursor on a register or a label")
    wanted = _wanted(reading, kind, new.strip())
    if wanted.name == token.name:
        return ()
    if clash := reading.same(wanted):
        other = next(iter(_free(reading, kind)), "")
        raise XqdbgError(f"{wanted.name} is used already, in line {clash[0].line}", f"{other} is free" if other else "")
    return [
        Replacement(word.line, word.token.start + 1, word.token.end + 1, wanted.name) for word in reading.same(token)
    ]


def _wanted(reading: Reading, kind: TokenKind, new: str) -> Token:
    what = "register" if kind is TokenKind.REGISTER else "label"
    token = reading.syntax.operand(new)
    if token is None or _KINDS.get(token.kind) is not kind:
        example = reading.syntax.named(kind, 7)
        raise XqdbgError(f"{printable(new[:40])!r} is no name for a {what}", f"a {what} is such as {example}")
    return token


def _free(reading: Reading, kind: TokenKind) -> Sequence[str]:
    """The first free name of a kind."""
    taken = set(reading.names(kind))
    names = (reading.syntax.named(kind, number) for number in range(len(taken) + 1))
    return [name for name in names if name and name not in taken][:1]
