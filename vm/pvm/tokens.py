"""The tokens of PVM assembly, section 15, for editors: of lines that make sense, and of those that do not yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from vm.diagnostics import Diagnostic
from vm.isa import Operand, OperandKind
from vm.pvm import lexing
from vm.pvm.isa import ISA, REGISTERS
from vm.pvm.lexing import COMMENT, Kind, Lexeme
from vm.pvm.notation import REGISTER_NUMBERS, Style
from vm.pvm.patterns import PATTERNS, Pattern, astray, shape
from vm.tokens import Following, Form, Token, TokenKind

_INDENT = "    "
_MOST_TOKENS = 1_000
"""What stands behind so many words of one line is one more, whatever it is."""
_NAMED = re.compile(r"@[A-Za-z0-9_.]+")
_TARGET = (Operand("label", OperandKind.TARGET, 0),)

_WORDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "jump": ("jump", "jump @label, jump @label if a0 == a1, jump [a0 + 4]",
                 "Continue elsewhere, perhaps under a condition."),
        "ecalli": ("ecalli", "ecalli 1", ""),
        "trap": ("trap", "trap", ""),
        "fallthrough": ("fallthrough", "fallthrough", ""),
        "ret": ("jump_ind", "ret", "Continue where ra says: return, or halt at the start."),
        "nop": ("move_reg", "nop", "Do nothing."),
        **{
            width: (f"store_ind_{width}", f"{width} [a0 + 8] = a1, a1 = {width} [a0 + 8]",
                    f"Store or load {width[1:]} bits; what is loaded is zero-extended.")
            for width in ("u8", "u16", "u32", "u64")
        },
        **{
            width: (f"load_ind_{width}", f"a1 = {width} [a0 + 8]", f"Load {width[1:]} bits, sign-extended.")
            for width in ("i8", "i16")
        },
        "i32": ("add_32", "i32 a0 = a1 + a2, a0 = i32 [a1 + 4]",
                "Compute with the low halves, or load 32 bits; the result is sign-extended."),
        "i64": ("load_imm_64", "a0 = i64 0x123456789abcdef0", ""),
        "cpop": ("count_set_bits_64", "a0 = cpop a1", ""),
        "clz": ("leading_zero_bits_64", "a0 = clz a1", ""),
        "ctz": ("trailing_zero_bits_64", "a0 = ctz a1", ""),
        "sext8": ("sign_extend_8", "a0 = sext8 a1", ""),
        "sext16": ("sign_extend_16", "a0 = sext16 a1", ""),
        "zext16": ("zero_extend_16", "a0 = zext16 a1", ""),
        "reverse": ("reverse_bytes", "a0 = reverse a1", ""),
        "sbrk": ("sbrk", "a0 = sbrk a1", ""),
        "mulh": ("mul_upper_s_s", "a0 = a1 mulh a2", ""),
        "mulhu": ("mul_upper_u_u", "a0 = a1 mulhu a2", ""),
        "mulhsu": ("mul_upper_s_u", "a0 = a1 mulhsu a2", ""),
        "maxs": ("max", "a0 = maxs(a1, a2)", ""),
        "maxu": ("max_u", "a0 = maxu(a1, a2)", ""),
        "mins": ("min", "a0 = mins(a1, a2)", ""),
        "minu": ("min_u", "a0 = minu(a1, a2)", ""),
    }
)  # fmt: skip
"""Words that are typed: an instruction each stands for, how it is used, and what it does, if that is more."""


def _form(word: str) -> Form:
    name, usage, doc = _WORDS[word]
    op = ISA.by_name[name]
    return Form(word, op, _TARGET if word == "jump" else (), usage, doc or op.doc)


class PvmSyntax:
    """Implements `vm.tokens.Syntax`."""

    comment = COMMENT
    forms: Mapping[str, Form] = MappingProxyType({word: _form(word) for word in _WORDS})

    def tokens(self, line: str) -> tuple[Token, ...]:
        """The tokens of any line; what follows something senseless is still told apart as well as can be."""
        return tuple(_tokens(line))

    def following(self, beginning: str) -> Following | None:
        """What can stand behind a beginning of a statement; nothing behind what is none."""
        words = lexing.lexemes(beginning)
        count, wanted = astray(words[:_MOST_TOKENS])
        if count < len(words) or beginning.lstrip().startswith(("%", "@", "pub", COMMENT)):
            wanted = frozenset()
        kinds = {kind for sign, kind in (("R", TokenKind.REGISTER), ("@", TokenKind.TARGET)) if sign in wanted}
        return Following(frozenset(kinds), frozenset(word for word in wanted if word.isidentifier() and len(word) > 1))

    def operand(self, text: str) -> Token | None:
        """The register, jump target or number that a text is as a whole; None if it is none."""
        words = lexing.lexemes(text[:200])
        if len(words) != 1 or words[0].text != text or words[0].kind not in _PLAIN:
            return None
        token = _token(words[0], "", TokenKind.TARGET)
        return None if token.kind is TokenKind.OTHER else token

    def named(self, kind: TokenKind, number: int) -> str:
        """`a0`, `@l7`; empty if there is none of that number."""
        if kind is TokenKind.REGISTER:
            return REGISTERS[number] if 0 <= number < len(REGISTERS) else ""
        return f"@l{number}" if kind in (TokenKind.LABEL, TokenKind.TARGET) and number >= 0 else ""

    def definition(self, label: str) -> str:
        """`@loop:`"""
        return f"{label}:"

    def spelled(self, tokens: Sequence[Token]) -> str:
        """A line in its usual spacing: labels at the margin, statements indented, blanks around operators."""
        text = "".join(_spaced(tokens))
        return text if not tokens or tokens[0].text == "pub" or text.startswith("@") else _INDENT + text

    def doubts(self, text: str) -> Sequence[Diagnostic]:
        """A shift by a register whose name has run into the operator."""
        return tuple(_glued(text))


_PLAIN = (Kind.REGISTER, Kind.NUMBER, Kind.LABEL)
_OPENING, _CLOSING = frozenset("[(~"), frozenset("]),:")


def _spaced(tokens: Sequence[Token]) -> Iterator[str]:
    before = ""
    for token in tokens:
        called = token.text == "(" and before not in ("~", "=")
        if before and before not in _OPENING and token.text not in _CLOSING and not called:
            yield " "
        yield token.text
        before = token.text


def _tokens(line: str) -> Iterator[Token]:
    body = line.strip(" \t\r")
    if not body:
        return
    start = line.index(body[0])
    if body.startswith(COMMENT):
        yield Token(TokenKind.COMMENT, start, line[start:])
    elif body[0] == "%" or body.startswith(("pre:", "post:", "step:", "invalid ")):
        yield Token(TokenKind.OTHER, start, body)
    else:
        yield from _statement(line, start, len(line.rstrip(" \t\r")))


def _statement(line: str, start: int, end: int) -> Iterator[Token]:
    words = lexing.lexemes(line, start, end)
    if len(words) > _MOST_TOKENS:
        end = words[_MOST_TOKENS].start
        rest = Token(TokenKind.OTHER, end, line[end:].rstrip(" \t\r"))
        yield from (_token(word, "", TokenKind.TARGET) for word in words[:_MOST_TOKENS])
        yield rest
        return
    defines = words[0].kind is Kind.LABEL or words[0].text == "pub"
    if defines and len(words) > 2 and words[-1].text == "no_fallthrough":
        yield from (_token(word, "", TokenKind.LABEL) for word in words if word.text not in ("%", "no_fallthrough"))
        at = line.index("%", start)
        yield Token(TokenKind.OTHER, at, line[at:end])
        return
    accesses = iter(()) if defines else iter(_accesses(PATTERNS.get(shape(words))))
    for word in words:
        access = next(accesses, "") if word.kind in _PLAIN else ""
        yield _token(word, access, TokenKind.LABEL if defines else TokenKind.TARGET)


def _accesses(pattern: Pattern | None) -> Iterator[str]:
    """What a statement does to each of its registers, numbers and labels: `r`, `w`, or nothing to tell."""
    for slot in () if pattern is None else pattern.slots:
        yield pattern.op.operands[slot.index].access if pattern and slot.style is Style.REGISTER else ""


def _token(word: Lexeme, access: str, label: TokenKind) -> Token:
    start, text = word.start, word.text
    match word.kind:
        case Kind.REGISTER:
            number = REGISTER_NUMBERS[text]
            return Token(TokenKind.REGISTER, start, text, REGISTERS[number], access, number)
        case Kind.LABEL if _NAMED.fullmatch(text):
            return Token(label, start, text, text)
        case Kind.NUMBER if (value := lexing.number(text)) is not None:
            return Token(TokenKind.NUMBER, start, text, value=value)
        case Kind.WORD if text in _WORDS:
            return Token(TokenKind.MNEMONIC, start, text, text)
        case Kind.WORD if text in ("if", "pub", "tmp"):
            return Token(TokenKind.PUNCTUATION, start, text)
        case Kind.SIGN:
            return Token(TokenKind.PUNCTUATION, start, text)
    return Token(TokenKind.OTHER, start, text)


_SHIFTS = {">>a": "an arithmetic shift", ">>r": "a rotation"}


def _glued(text: str) -> Iterator[Diagnostic]:
    for number, line in enumerate(text.split("\n"), 1):
        if ">>a" not in line and ">>r" not in line:
            continue
        words = lexing.lexemes(line)
        for word, behind in pairwise(words):
            if word.text in _SHIFTS and behind.kind is Kind.NUMBER and behind.start == word.end:
                meant = word.text[-1] + behind.text
                if meant in REGISTER_NUMBERS:
                    message = f"this is {_SHIFTS[word.text]} by the number {behind.text}, and not a shift by {meant}"
                    hint = f"write >> {meant}, or {word.text} {behind.text} if it is meant"
                    width = len(word.text) + len(behind.text)
                    yield Diagnostic(message, "GLUED_SHIFT", number, word.start + 1, width, hint)


SYNTAX = PvmSyntax()
