"""How addresses of instructions are told: `0x002b`, or `@43` where they count the instructions of the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from vm.contract import Line

Code: TypeAlias = Sequence[Line] | Mapping[int, Line]
"""The instructions of a program, in order or by address."""


def counts(code: Code) -> bool:
    """Whether the addresses of a program count its instructions, and not bytes."""
    if not code:
        return False
    return (next(iter(code.values())) if isinstance(code, Mapping) else code[0]).counted


def address_of(pc: int, code: Code) -> str:
    """An address in a sentence or a table."""
    return f"@{pc}" if counts(code) else f"0x{pc:04x}"


def address_columns(code: Sequence[Line]) -> int:
    """Columns that the addresses of a program take in a margin, where hexadecimal ones go without their `0x`."""
    if not code:
        return 4
    return max(3, len(f"@{code[-1].pc}")) if code[-1].counted else max(4, len(f"{code[-1].pc:x}"))


def in_margin(pc: int, code: Sequence[Line], width: int) -> str:
    """An address in so many columns."""
    return f"@{pc}".rjust(width) if counts(code) else f"{pc:0{width}x}"


def where(pc: int, lines: Mapping[int, Line]) -> str:
    """An instruction in a sentence: by its source line if it has one."""
    line = lines.get(pc)
    return address_of(pc, lines) if line is None or line.source_line is None else f"line {line.source_line}"


def location_of(pc: int, code: Code) -> str:
    """An address as a place in a command."""
    return f"@{pc}" if counts(code) else f"*0x{pc:04x}"
