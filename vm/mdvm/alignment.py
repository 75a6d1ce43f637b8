"""Which line of the Markdown each instruction of a compiled program comes from. The file itself does not say.

A function gets lines only if all its code is what the compiler makes of its text: each instruction, constant, name of
a function, jump, and which register holds which value. So there is one way to align it, or none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from vm.mdvm.layout import Block, Expected, Fixed, Goal, Loaded, Offset, Operand, Temp, TooMuch, lay_out
from vm.mdvm.markdown import read
from vm.mdvm.program import Instruction, Program
from vm.mdvm.sentences import Body
from vm.sourcemap import split_lines
from vm.toolchain import Program as AnyProgram

LARGEST = 1 << 18
"""Characters of a text; more is not looked at."""


def align(program: AnyProgram, text: str) -> Program | None:
    """The program with the lines of the text it was compiled from; None if that is not the text of any part of it."""
    if not isinstance(program, Program) or program.source or len(text) > LARGEST or "\0" in text:
        return None
    source = split_lines(text)
    found: list[int | None] = [None] * program.instructions
    for start, end, body in _chunks(program, read(source)):
        lines = _aligned(program, start, end, body)
        if lines is not None:
            found[start:end] = lines
    return program.written_as(source, found) if any(line is not None for line in found) else None


def _chunks(program: Program, bodies: Sequence[Body]) -> Iterator[tuple[int, int, Body]]:
    """The texts that were understood, each with the code between which it must lie."""
    count = program.instructions
    written, named = Counter(each.name for each in bodies), Counter(name for name, _ in program.parts.functions)
    entries = Counter(entry for _, entry in program.parts.functions)
    starts = sorted({0, count, *(entry for entry in entries if entry < count)})
    end_of = dict(pairwise(starts))
    for body in bodies:
        start = program.functions.get(body.name, -1) if body.name else 0
        known = written[body.name] == 1 and start in end_of
        own = named[body.name] == entries[start] == 1 if body.name else not entries[0]
        if known and own and body.statements is not None:
            yield start, end_of[start], body


def _aligned(program: Program, start: int, end: int, body: Body) -> list[int | None] | None:
    """The line of each instruction; None if only one of them is another one."""
    try:
        inputs, blocks = lay_out(body)
    except (TooMuch, RecursionError):
        return None
    if sum(len(block.code) for _, block in blocks) != end - start:
        return None
    match = _Match(program, start, inputs, blocks)
    expected = [each for _, block in blocks for each in block.code]
    if all(map(match.fits, program.code[start:end], expected)):
        return [each.line for each in expected]
    return None


class _Match:
    """Compares code with what it should be; a value keeps its register, and a register its value."""

    def __init__(
        self, program: Program, start: int, inputs: Sequence[Temp], blocks: Sequence[tuple[int, Block]]
    ) -> None:
        self._constants = program.constants
        self._register = {temp: number for number, temp in enumerate(inputs)}
        self._temp = {number: temp for temp, number in self._register.items()}
        self._begins: dict[int, int] = {}
        for number, block in blocks:
            self._begins[number] = start
            start += len(block.code)

    def fits(self, found: Instruction, expected: Expected) -> bool:
        """Whether an instruction is the one that is expected."""
        return (
            found.name == expected.name
            and len(found.operands) == len(expected.operands)
            and all(self._same(found, *pair) for pair in zip(found.operands, expected.operands, strict=True))
        )

    def _same(self, found: Instruction, operand: int, expected: Operand) -> bool:
        match expected:
            case Temp():
                return (
                    self._register.setdefault(expected, operand) == operand
                    and self._temp.setdefault(operand, expected) == expected
                )
            case Fixed(number):
                return operand == number
            case Loaded(value):
                if operand >= len(self._constants):
                    return False
                held = self._constants[operand]
                return type(held) is type(value) and held == value
            case Goal(block):
                return found.target == self._begins[block]
            case Offset(value):
                return operand == value
