"""How lines of PVM assembly are cut into tokens, and put together again."""

from __future__ import annotations

import re

import pytest

from tests.support.pvm import examples
from vm.pvm.assembler import assemble
from vm.pvm.tokens import SYNTAX
from vm.pvm.toolchain import TOOLCHAIN
from vm.tokens import Form, TokenKind
from xqdbg.editing.language import Language

M, R, L, T, N, C, P, X = (
    TokenKind.MNEMONIC, TokenKind.REGISTER, TokenKind.LABEL, TokenKind.TARGET, TokenKind.NUMBER, TokenKind.COMMENT,
    TokenKind.PUNCTUATION, TokenKind.OTHER,
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("", []),
        ("  // said", [C]),
        ("pub @main:", [P, L, P]),
        ("@x: %no_fallthrough", [L, P, X]),
        ("%ro_data = 01", [X]),
        ("    a0 = a1 + -5", [R, P, R, P, N]),
        ("jump @x if a0 <u 5", [M, T, P, R, P, N]),
        ("u8 [a0 + 4] = a1", [M, P, R, P, N, P, P, R]),
        ("a0 = maxu(a1, a2)", [R, P, M, P, R, P, R, P]),
        ("i32 a0 = clz a1", [M, R, P, M, R]),
        ("what 0x $", [X, X, X]),
        ("a0 = ", [R, P]),
    ],
)
def test_a_line_is_cut_into_tokens(line: str, kinds: list[TokenKind]) -> None:
    tokens = SYNTAX.tokens(line)
    assert [token.kind for token in tokens] == kinds
    for token in tokens:
        assert line[token.start : token.end] == token.text


def test_registers_know_what_is_done_to_them() -> None:
    assert [(t.name, t.access) for t in SYNTAX.tokens("r7 = u8 [a1]") if t.kind is R] == [("a0", "w"), ("a1", "r")]
    assert [(t.name, t.access) for t in SYNTAX.tokens("jump @x if a0 >u a1") if t.kind is R] == [
        ("a0", "r"),
        ("a1", "r"),
    ]
    assert [t.access for t in SYNTAX.tokens("a0 = a1 +") if t.kind is R] == ["", ""]


@pytest.mark.parametrize("form", list(SYNTAX.forms.values()), ids=lambda form: form.name)
def test_every_word_is_used_as_it_says(form: Form) -> None:
    assert form.doc and form.name in form.usage
    statements = re.split(r", (?=[aju])(?!a2\))", form.usage)
    assert all(assemble(f"@label:\n{statement}").code for statement in statements)


def test_operands_and_names() -> None:
    assert [getattr(SYNTAX.operand(text), "kind", None) for text in ("a0", "@x", "-5", "0x", "a0 a1", "jump", "")] == [
        R,
        T,
        N,
        None,
        None,
        None,
        None,
    ]
    assert SYNTAX.named(R, 7) == "a0" and SYNTAX.named(R, 13) == "" and SYNTAX.named(L, 3) == "@l3"
    assert SYNTAX.definition("@x") == "@x:"


@pytest.mark.parametrize("name", list(examples()))
def test_a_formatted_text_is_the_same_program(name: str) -> None:
    source, octets = examples()[name]
    formatted = Language(TOOLCHAIN).format(source)
    assert assemble(formatted).container() == octets
    assert Language(TOOLCHAIN).format(formatted) == formatted


def test_formatting_puts_blanks_where_they_belong() -> None:
    said = "pub  @x :\na0=a1+5\n  u8 [ a0+4 ]=a1\na0= maxu( a1 ,a2)\na0 = ~ (a1^a2)\na0=a1&~a2\n//c\njump @x  if a0==-5"
    assert Language(TOOLCHAIN).format(said) == (
        "pub @x:\n    a0 = a1 + 5\n    u8 [a0 + 4] = a1\n    a0 = maxu(a1, a2)\n    a0 = ~(a1 ^ a2)\n"
        "    a0 = a1 & ~a2\n//c\n    jump @x if a0 == -5"
    )


def test_the_editor_knows_labels_and_registers() -> None:
    text = "// adds\npub @main:\n    a0 = 5\n    jump @main\n"
    language = Language(TOOLCHAIN)
    assert [symbol.name for symbol in language.symbols(text)] == ["@main"]
    assert len(language.references(text, 4, 11)) == 2
    assert next(completion.text for completion in language.complete(text + "    jump @", 5, 11)) == "@main"
    assert [each.text for each in language.complete("    jum", 1, 8)] == ["jump"]
    hover = language.hover(text, 4, 6)
    assert hover is not None and hover.lines[0] == "Continue elsewhere, perhaps under a condition."
    renamed = language.rename(text, 2, 6, "@start")
    assert [(each.line, each.text) for each in renamed] == [(2, "@start"), (4, "@start")]


def test_a_register_that_ran_into_a_shift_is_doubted() -> None:
    (found,) = SYNTAX.doubts("a0 = a1 >>a2\na0 = a1 >>a 2\na0 = a1 >> a2\na0 = a1 >>a9")
    assert (found.line, found.column, found.kind) == (1, 9, "GLUED_SHIFT")
    assert "by the number 2" in found.message and "write >> a2" in found.hint


def test_a_hostile_line_is_cut_in_time() -> None:
    for line in ("@" * 50_000, "-" * 50_000, "a0 = " * 20_000, "0" * 100_000, ">>a" * 30_000, "\x00" * 50_000):
        assert SYNTAX.tokens(line)
