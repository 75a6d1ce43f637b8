"""What tells programs of the Machine Dialect from those of other machines, where no suffix does."""

from __future__ import annotations

import re

from vm.mdvm.container import MAGIC
from vm.mdvm.directives import DIRECTIVES
from vm.mdvm.isa import ISA

_LEADING = 1 << 16
_STATEMENT = re.compile(
    rb"(?:[ \t\r\n]|;[^\n]*+)*+"
    rb"(?:\.(?:" + "|".join(DIRECTIVES).encode() + rb")[ \t]"
    rb"|(?:[A-Za-z_][A-Za-z0-9_.$]*+:[ \t\r\n]*+)?(?:" + "|".join(ISA.by_name).encode() + rb")[ \t]++r[0-9]++[ \t]*+,)"
)


def recognises(data: bytes) -> bool:
    """Whether the content alone says that there is a program."""
    return data.startswith(MAGIC)


def recognises_text(data: bytes) -> bool:
    """Whether a text begins with a directive, or an instruction as they are written here: in small letters, commas."""
    return _STATEMENT.match(data[:_LEADING]) is not None
