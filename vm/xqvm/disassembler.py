"""The listing of a program, as the released disassembler prints it. Section 4.1."""

from __future__ import annotations

from vm.xqvm.program import Program

_MNEMONIC_WIDTH = 8


def listing(program: Program) -> str:
    """One line an instruction, each ended by a line feed; empty for an empty program."""
    count = len(program.targets)
    gutter = len(f".{count - 1}:") + 2 if count else 0
    parts = []
    for line in program.lines():
        label = f"{line.label}:" if line.label else ""
        op, _, operands = line.text.partition(" ")
        body = f"{op:{_MNEMONIC_WIDTH}}{operands.replace(' ', ', ')}" if line.op else f".byte    {operands}"
        parts.append(f"  0x{line.pc:04X}:  {label:{gutter}}{body}\n")
    return "".join(parts)
