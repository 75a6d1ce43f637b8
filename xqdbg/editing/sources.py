"""A text to edit for a program that has none: its instructions as somebody would type them."""

from __future__ import annotations

from collections.abc import Sequence

from vm.contract import Line
from vm.isa import Flow
from vm.tokens import Syntax
from vm.toolchain import Program, Toolchain
from xqdbg.editing.language import Language


def text_of(program: Program, tools: Toolchain) -> str:
    """Assembly text of a program without one."""
    return tools.disassemble(program) if tools.listing_assembles else source_of(program.lines(), tools)


def source_of(code: Sequence[Line], tools: Toolchain) -> str:
    """Assembly text of instructions; it assembles to what does the same, if not always to the same bytes."""
    syntax = tools.syntax
    wanted = {word for line in code for word in line.text.split()[1:]}
    typed = [_typed(line, line.label in wanted, tools, syntax) for line in code]
    return Language(tools).format("\n".join(typed) + "\n")


def _typed(line: Line, is_wanted: bool, tools: Toolchain, syntax: Syntax) -> str:
    """An instruction as it is typed: without the size at the end of its name, its label if some jump goes there."""
    mnemonic, blank, operands = line.text.strip().partition(" ")
    form, stem = syntax.forms.get(mnemonic), mnemonic.rstrip("0123456789")
    if (form is None or form.by_number) and stem in syntax.forms:
        mnemonic = stem
    if not is_wanted:
        return mnemonic + blank + operands
    op = tools.isa.by_name.get(line.op)
    label = syntax.definition(line.label)
    return label if op is not None and op.flow is Flow.TARGET else f"{label}\n{mnemonic}{blank}{operands}"
