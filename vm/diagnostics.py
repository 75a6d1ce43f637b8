"""What is wrong with a program or its inputs, told to the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vm.values import dataclass

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_PICTURES = 0x2400  # the block of control pictures repeats C0


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding in a program."""

    message: str
    kind: str
    """Classification, such as `UNKNOWN_MNEMONIC`."""
    line: int | None = None
    """From 1; None for programs without source."""
    column: int | None = None
    """In characters, from 1."""
    width: int = 1
    """Characters the finding covers."""
    hint: str = ""
    """What to do about it."""
    offset: int | None = None
    """Offset in the instruction stream, for findings about bytecode."""
    reference: str = ""
    """The wording of the machine's released tools; only the first finding of a program has it."""


class ProgramError(Exception):
    """A text or file that is no valid program. Carries every finding, the first one first."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics[0].message)
        self.diagnostics = tuple(diagnostics)


class InputError(Exception):
    """Inputs a machine cannot take: calldata, limits, slots. The message names the element at fault."""


def printable(text: str) -> str:
    """The text, safe for a terminal: what would act or hide there becomes visible, one character for one.

    C0 controls (line ends and tabs included) become control pictures; C1 controls, invisible and
    direction-changing characters and lone surrogates become a middle dot.
    """
    return _UNPRINTABLE.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return "␡" if code == 0x7F else "·"


def expanded(line: str, tab: int = 8) -> str:
    """A line of source ready to be shown: tabs expanded to columns of `tab`, everything else made printable."""
    return "\t".join(map(printable, line.split("\t"))).expandtabs(tab)
