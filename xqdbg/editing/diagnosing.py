"""What is wrong with a text: the assembler's word, then the verifier's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vm.diagnostics import Diagnostic, ProgramError
from vm.tokens import TokenKind
from vm.toolchain import Toolchain
from xqdbg.editing.reading import Reading
from xqdbg.editing.text import Problem, Severity

MOST_VERIFIED = 100_000
"""Instructions of a program that is verified: a second or two."""


def problems(reading: Reading, text: str, tools: Toolchain) -> Iterator[Problem]:
    """Errors of the assembler; where there are none, what the verifier rejects and what is hardly meant."""
    try:
        program = tools.assemble(text)
    except ProgramError as error:
        yield from (_problem(reading, found, Severity.ERROR) for found in error.diagnostics)
        return
    if program.instructions > MOST_VERIFIED:
        yield Problem(f"only programs of up to {MOST_VERIFIED:,} instructions are verified while they are written",
                      1, 1, 2, Severity.WARNING, "`xqdbg check` verifies any", "UNVERIFIED")  # fmt: skip
        return
    for found in (*tools.check(program), *tools.syntax.doubts(text)):
        yield _problem(reading, found, Severity.WARNING)


def in_order(found: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems from the first line to the last."""
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


def _problem(reading: Reading, found: Diagnostic, severity: Severity) -> Problem:
    line = min(max(1, found.line or 1), len(reading.lines))
    if found.offset is not None or found.column is None:
        column, end = _instruction(reading, line)
    else:
        column, end = found.column, found.column + max(1, found.width)
    return Problem(found.message, line, column, end, severity, found.hint, found.kind)


def _instruction(reading: Reading, line: int) -> tuple[int, int]:
    """Columns of the instruction of a line, from its mnemonic to its last operand; of the first blank without one."""
    tokens = [token for token in reading.tokens[line - 1] if token.kind is not TokenKind.COMMENT]
    if not tokens:
        return 1, 2
    first = next((token for token in tokens if token.kind is TokenKind.MNEMONIC), tokens[0])
    return first.start + 1, tokens[-1].end + 1
