"""Lines of XQVM assembly, cut into tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.sources import sources
from vm.tokens import Token, TokenKind
from vm.xqvm.mnemonics import UNTYPABLE
from vm.xqvm.tokens import SYNTAX

LINES = st.text(st.sampled_from("rR.:;+-x0179aA PUSHJM_,#\t\r\u2028é\0"), max_size=30)


def kinds(line: str) -> list[tuple[str, str]]:
    return [(token.kind.value, token.text) for token in SYNTAX.tokens(line)]


@given(LINES)
def test_tokens_are_all_of_a_line_but_blanks(line: str) -> None:
    at = 0
    for token in SYNTAX.tokens(line):
        assert line[at : token.start].strip(" \t") == ""
        assert token.text and line[token.start : token.end] == token.text
        at = token.end
    assert line[at:].removesuffix("\r").strip(" \t") == ""


def test_nothing_in_a_program_is_senseless() -> None:
    found = [
        (name, token) for name, text in sources() for line in text.split("\n") for token in SYNTAX.tokens(line)
        if token.kind is TokenKind.OTHER or (token.kind is TokenKind.MNEMONIC and not token.name)
    ]  # fmt: skip
    assert not found
    assert len(sources()) > 1000


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("  \t", []),
        ("; note ; more", [("comment", "; note ; more")]),
        ("add", [("mnemonic", "add")]),
        ("LOAD r1;x", [("mnemonic", "LOAD"), ("register", "r1"), ("comment", ";x")]),
        (".0: NEXT", [("label", ".0"), ("punctuation", ":"), ("mnemonic", "NEXT")]),
        ("TARGET .12", [("mnemonic", "TARGET"), ("label", ".12")]),
        ("JUMP .0", [("mnemonic", "JUMP"), ("target", ".0")]),
        ("jumpi.0", [("mnemonic", "jumpi"), ("target", ".0")]),
        ("JUMP1 .0", [("mnemonic", "JUMP1"), ("ordinal", ".0")]),
        ("PUSH -0x1f", [("mnemonic", "PUSH"), ("number", "-0x1f")]),
        ("PUSH 99999999999999999999", [("mnemonic", "PUSH"), ("other", "99999999999999999999")]),
        ("LOAD r256", [("mnemonic", "LOAD"), ("other", "r256")]),
        ("JUMP .65536", [("mnemonic", "JUMP"), ("other", ".65536")]),
        ("LOAD R1, r2", [("mnemonic", "LOAD"), ("other", "R1,"), ("register", "r2")]),
        ("r1", [("mnemonic", "r1")]),
        (".0", [("other", ".0")]),
        ("A\rDD\r", [("mnemonic", "A"), ("other", "\rDD")]),
        ("12 r1", [("other", "12"), ("other", "r1")]),
        ("SLACK r1r2", [("mnemonic", "SLACK"), ("register", "r1"), ("register", "r2")]),
    ],
)
def test_kinds(line: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(line) == expected


def test_an_endless_line_comes_in_few_tokens() -> None:
    tokens = SYNTAX.tokens("PUSH " + "1 " * 100_000 + "; end")
    assert len(tokens) < 1_100
    assert tokens[-1].text == "; end" and tokens[-2].kind is TokenKind.OTHER


def test_names_are_the_usual_spelling() -> None:
    (word, first, second) = SYNTAX.tokens("slack r007 r255")
    assert (word.name, first.name, first.value, second.name) == ("SLACK", "r7", 7, "r255")
    assert [token.name for token in SYNTAX.tokens(".007: jump .7")] == [".7", "", "JUMP", ".7"]
    assert SYNTAX.tokens("FOO")[0].name == ""
    assert SYNTAX.tokens("PUSH 0x10")[1].value == 16


def test_registers_tell_what_the_instruction_does_to_them() -> None:
    def access(line: str) -> list[str]:
        return [token.access for token in SYNTAX.tokens(line) if token.kind is TokenKind.REGISTER]

    assert access("STOW r1") == ["w"]
    assert access("ENERGY r1 r2") == ["r", "r"]
    assert access("ADDLINE r1") == ["rw"]
    assert access("FOO r1") == [""]
    assert access("LOAD r1 r2") == ["r", ""]


def test_operand_reads_a_whole_text_or_nothing() -> None:
    assert SYNTAX.operand("r9") == Token(TokenKind.REGISTER, 0, "r9", "r9", value=9)
    assert SYNTAX.operand(".3") == Token(TokenKind.TARGET, 0, ".3", ".3", value=3)
    for text in ("", "r", "r256", "r1 ", "r1r2", ".65536", "ADD", "\n"):
        assert SYNTAX.operand(text) is None


def test_numbers_have_names_up_to_the_last_one() -> None:
    assert SYNTAX.named(TokenKind.REGISTER, 255) == "r255"
    assert SYNTAX.named(TokenKind.REGISTER, 256) == SYNTAX.named(TokenKind.REGISTER, -1) == ""
    assert SYNTAX.named(TokenKind.LABEL, 65535) == ".65535"
    assert SYNTAX.named(TokenKind.LABEL, 65536) == ""
    assert SYNTAX.named(TokenKind.COMMENT, 1) == ""
    assert SYNTAX.tokens(SYNTAX.definition(".5"))[0].kind is TokenKind.LABEL


def test_every_form_can_be_typed_and_is_documented() -> None:
    for name, form in SYNTAX.forms.items():
        assert name == form.name and name not in UNTYPABLE
        assert form.doc and form.usage.startswith(name)
        assert form.by_number == (name in ("JUMP1", "JUMP2", "JUMPI1", "JUMPI2"))


# What is hardly meant


def test_a_target_without_a_label_before_a_label_that_is_jumped_to() -> None:
    (found,) = SYNTAX.doubts("TARGET\nTARGET .7\nJUMP .7\n")
    assert (found.line, found.column, found.width) == (1, 1, 6)
    assert ".7 in line 2" in found.message and found.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TARGET .7\nTARGET\nJUMP .7\n",  # behind it
        "TARGET\nJUMP1 .0\n",  # by number
        "TARGET ; .7\nTARGET\n",
        ".0: JUMP .0",
    ],
)
def test_what_is_meant(text: str) -> None:
    assert not SYNTAX.doubts(text)
