"""How a machine's assembly text is cut into tokens: what an editor asks about the language, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from vm.diagnostics import Diagnostic
from vm.isa import Op, Operand


class TokenKind(Enum):
    """What a piece of a line is."""

    MNEMONIC = "mnemonic"  # typable or not
    REGISTER = "register"
    LABEL = "label"  # where it is defined
    TARGET = "target"  # a jump to a label
    ORDINAL = "ordinal"  # a jump to a target by its number in the program, whatever its label
    NUMBER = "number"
    COMMENT = "comment"
    PUNCTUATION = "punctuation"
    OTHER = "other"  # text that can stand nowhere, a name out of range included


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line."""

    kind: TokenKind
    start: int
    """Offset in the line, in characters."""
    text: str
    name: str = ""
    """What it names, in its usual spelling: equal names are the same mnemonic, register or label."""
    access: str = ""
    """Of a register: `r`, `w` or `rw`, what the instruction does to it; empty if that is not known."""
    value: int | None = None
    """Of a number, register, label or ordinal: what it comes to."""

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Form:
    """A mnemonic as it is typed."""

    name: str
    op: Op
    """The instruction it stands for, the smallest of a family that differs in size alone."""
    operands: tuple[Operand, ...]
    usage: str
    """With operands as they may look, such as `EQUALITY r0 r1 r2 (model, indices, coeffs)`."""
    doc: str
    by_number: bool = False
    """Whether it jumps to the target of a number, counted through the program, and not to a label."""


@dataclass(frozen=True, slots=True)
class Following:
    """What can stand behind the beginning of a line."""

    kinds: frozenset[TokenKind]
    """Registers, targets."""
    words: frozenset[str]
    """Words of the language."""


class Syntax(Protocol):
    """The written form of one machine's programs. A line is understood by itself."""

    @property
    def comment(self) -> str:
        """What begins a comment, to the end of the line."""
        ...

    @property
    def forms(self) -> Mapping[str, Form]:
        """Every mnemonic that can be typed, by name."""
        ...

    def tokens(self, line: str) -> tuple[Token, ...]:
        """The tokens of any line without its end, in order; blanks belong to none. Takes time as the line is long."""
        ...

    def following(self, beginning: str) -> Following | None:
        """What can stand behind a beginning of a line; None where a mnemonic comes first and its operands follow."""
        ...

    def operand(self, text: str) -> Token | None:
        """The register, jump target or number that a text is as a whole; None if it is none."""
        ...

    def named(self, kind: TokenKind, number: int) -> str:
        """What the register or label of a number is called; empty if there is none of that number."""
        ...

    def definition(self, label: str) -> str:
        """What to write where a label is to be."""
        ...

    def spelled(self, tokens: Sequence[Token]) -> str:
        """The tokens of a line, its comment left out, in their usual spelling and spacing."""
        ...

    def doubts(self, text: str) -> Sequence[Diagnostic]:
        """What assembles, and yet is hardly meant."""
        ...
