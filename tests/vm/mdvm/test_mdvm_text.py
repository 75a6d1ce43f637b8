"""The text side: what is wrong is told where and how, what is right stays what it is, editors understand it."""

from __future__ import annotations

import pytest

from tests.support.mdvm_damage import ends
from tests.support.mdvm_programs import examples
from vm.diagnostics import Diagnostic, ProgramError
from vm.mdvm.assembler import assemble
from vm.mdvm.isa import ISA
from vm.mdvm.tokens import SYNTAX
from vm.mdvm.toolchain import TOOLCHAIN
from vm.tokens import TokenKind
from xqdbg.editing.language import Language

M, R, L, T, N, C, P, X = (
    TokenKind.MNEMONIC,
    TokenKind.REGISTER,
    TokenKind.LABEL,
    TokenKind.TARGET,
    TokenKind.NUMBER,
    TokenKind.COMMENT,
    TokenKind.PUNCTUATION,
    TokenKind.OTHER,
)


def wrong(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(ProgramError) as caught:
        assemble(text)
    return caught.value.diagnostics


@pytest.mark.parametrize(
    ("line", "column", "hint"),
    [
        ("addd r0, r1, r2", 1, "did you mean add?"),
        ("  mov r0, r1", 3, "it is called move"),
        ("add r0, r1, 5", 13, "load_const r0, 5"),
        ("move r0, r256", 10, "r0 to r255"),
        ("jump 5", 6, "+3 or -5"),
        ("l: jump ll", 9, "did you mean l?"),
        ("load_const r0, word", 16, "k0 by index"),
        ('.modul "x"', 1, "did you mean .module?"),
        ("add r0 r1, r2", 8, "commas"),
        ('module "x"', 1, ".module"),
        ("# x", 1, "begins with ;"),
        ("cast r0, r1, integer", 14, "did you mean"),
    ],
)
def test_a_finding_says_where_and_what_to_do(line: str, column: int, hint: str) -> None:
    (finding,) = wrong(f"nop\n{line}\n")
    assert (finding.line, finding.column) == (2, column) and hint in finding.hint


def test_all_findings_come_at_once_and_very_many_are_counted() -> None:
    found = wrong("x\njump no\ny\n")
    assert [finding.line for finding in found] == [1, 2, 3]
    assert wrong("x\n" * 500)[-1].message == "400 more errors not shown"


def test_lines_and_labels_are_kept() -> None:
    program = assemble("; text\nstart: nop\n\nend: jump start\n")
    assert [(line.label, line.source_line) for line in program.lines()] == [("start", 2), ("end", 4)]
    assert program.pcs_of(4) == (1,) and program.line_of(9) is None


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("", []),
        ("; said", [C]),
        ("loop: add r0, r1, r2 ; sum", [L, P, M, R, P, R, P, R, C]),
        ("jump loop", [M, T]),
        ("jump_if r0, r1", [M, R, P, T]),
        ('load_const r0, "a;b"', [M, R, P, N]),
        ("cast r0, r1, int", [M, R, P, R, P, N]),
        ('.func "f" f', [X, N, T]),
        ("r256 what 5", [X, X, N]),
        ("call r0, r1, r2", [M, R, P, R, P, R]),
    ],
)
def test_a_line_is_cut_into_tokens(line: str, kinds: list[TokenKind]) -> None:
    tokens = SYNTAX.tokens(line)
    assert [token.kind for token in tokens] == kinds
    assert all(line[token.start : token.end] == token.text for token in tokens)


def test_registers_know_what_is_done_to_them() -> None:
    def accesses(line: str) -> list[str]:
        return [token.access for token in SYNTAX.tokens(line) if token.kind is R]

    assert accesses("add r0, r1, r2") == ["w", "r", "r"] and accesses("call r0, r1, r2, r3") == ["w", "r", "r", "r"]
    assert accesses("array_set r0, r1, r2") == ["rw", "r", "r"] and accesses("return r0") == ["r"]


def test_every_mnemonic_can_be_typed() -> None:
    assert SYNTAX.forms.keys() == ISA.by_name.keys()
    assert all(form.doc and form.usage.startswith(form.name) for form in SYNTAX.forms.values())


@pytest.mark.parametrize("name", list(examples()))
def test_a_formatted_text_is_the_same_program(name: str) -> None:
    source, octets = examples()[name]
    formatted = Language(TOOLCHAIN).format(source)
    assert assemble(formatted).container() == octets
    assert Language(TOOLCHAIN).format(formatted) == formatted


def test_an_argument_that_was_overwritten_is_doubted() -> None:
    (found,) = SYNTAX.doubts("call r5, r9, r1, r0\ncall r5, r9, r0, r1\n")
    assert (found.line, found.column, found.kind) == (1, 18, "OVERWRITTEN")


def test_the_debug_trace_is_that_of_the_released_machine() -> None:
    pieces: list[str] = []
    machine = TOOLCHAIN.machine(assemble("load_const r0, 2.5\nprint r0\nbreakpoint\n"), {})
    machine.run(9, None, TOOLCHAIN.tracer(machine, "text", pieces.append))
    assert "".join(pieces).splitlines() == [
        "PC: 0, Instruction: LoadConstR { dst: 0, const_idx: 0 }",
        "  LoadConstR: r0 = constants[0] = Float(2.5)",
        "PC: 1, Instruction: DebugPrint { src: 0 }",
        "DEBUG: Float(2.5)",
        "PC: 2, Instruction: BreakPoint",
        "BREAKPOINT at PC: 2",
    ]


def test_hostile_lines_are_cut_in_time() -> None:
    for line in (
        "r0," * 30_000,
        '"' * 50_000,
        '"\\' * 30_000,
        "[" * 50_000,
        "0x" * 40_000,
        "a:" * 30_000,
        "1e-" * 30_000,
    ):
        assert SYNTAX.tokens(line)
        with pytest.raises(ProgramError):
            assemble(f"load_const r0, {line} !")


def test_damaged_programs_come_to_a_result() -> None:
    """`python -m tests.support.mdvm_damage` uses 10,000."""
    found = ends(1_500, 7)
    assert sum(found.values()) == 1_500
    assert {"octets: refused", "code: TYPE_MISMATCH", "code: returned", "text: refused"} <= found.keys()
