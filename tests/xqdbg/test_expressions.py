"""Expressions as texts: what they mean, and what is wrong with those that mean nothing."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.paper import Paper, machine
from vm.contract import Place, Span, Value
from xqdbg.errors import XqdbgError
from xqdbg.expressions import Expression, ExpressionError, parse

PLACES: Mapping[str, int | None] = {"r0": 0, "r1": 1, "r2": -7, "r3": 12, "r4": 1 << 40, "r5": None}

# Precedence and meaning: against Python's grammar, with the meaning of missing values written down once more

_BINARY: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod, ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
    ast.LShift: operator.lshift, ast.RShift: operator.rshift,
}  # fmt: skip
_ORDER: Mapping[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge
}  # fmt: skip
_SIGNS: Mapping[type[ast.unaryop], Callable[[int], int]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert
}  # fmt: skip
SIGNS = ["or", "and", "==", "!=", "<", "<=", ">", ">=", "|", "^", "&", "<<", ">>", "+", "-", "*", "/", "//", "%"]


def reference(node: ast.AST) -> int | None:
    """What a tree of Python's own parser comes to by the rules of the language."""
    match node:
        case ast.Expression(body):
            return reference(body)
        case ast.Constant(int(value)):
            return value
        case ast.Name(name):
            return PLACES.get(name)
        case ast.UnaryOp(ast.Not(), operand):
            return 0 if reference(operand) else 1
        case ast.UnaryOp(sign, operand):
            signed = reference(operand)
            return None if signed is None else _SIGNS[type(sign)](signed)
        case ast.BoolOp(word, values):
            truths = [bool(reference(value)) for value in values]
            return int(all(truths) if isinstance(word, ast.And) else any(truths))
        case ast.Compare(left, [sign], [right]):
            return _compared(sign, reference(left), reference(right))
        case ast.BinOp(left, sign, right):
            return _computed(sign, reference(left), reference(right))
    raise ChainError


class ChainError(Exception):
    """A chain of comparisons, which Python has and the language has not."""


def _compared(sign: ast.cmpop, a: int | None, b: int | None) -> int:
    if isinstance(sign, ast.Eq | ast.NotEq):
        return int((a == b) is isinstance(sign, ast.Eq))
    return 0 if a is None or b is None else int(_ORDER[type(sign)](a, b))


def _computed(sign: ast.operator, a: int | None, b: int | None) -> int | None:
    if a is None or b is None or (isinstance(sign, ast.FloorDiv | ast.Mod) and b == 0):
        return None
    if isinstance(sign, ast.LShift | ast.RShift) and b < 0:
        return None
    if isinstance(sign, ast.LShift) and a and a.bit_length() + b > 4096:
        return None
    if isinstance(sign, ast.LShift | ast.RShift) and b > 4096:
        return -1 if a < 0 else 0
    result = _BINARY[type(sign)](a, b)
    return result if result.bit_length() <= 4096 else None


def operands(expressions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    plain = st.one_of(
        st.sampled_from([*PLACES, "unset"]),
        st.integers(0, 70).map(str),
        st.sampled_from(["0x1f", "0b101", "1_000", "0", "0XfF", "0xffff_ffff", str(1 << 64), "(1 << 4000)"]),
        expressions.map(lambda text: f"({text})"),
    )
    prefix = st.sampled_from(["", "", "", "", "-", "~", "+", "not ", "- -", "not not "])
    return st.builds(operator.add, prefix, plain)


def chains(expressions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tails = st.lists(st.tuples(st.sampled_from([*SIGNS, *SIGNS[8:], *SIGNS[8:]]), operands(expressions)), max_size=6)
    return st.builds(
        lambda first, tail: " ".join([first, *(part for pair in tail for part in pair)]), operands(expressions), tails
    )


EXPRESSIONS = st.recursive(st.sampled_from([*PLACES, "3", "-2"]), chains, max_leaves=20)


def evaluated(text: str) -> Value:
    return parse(text).bind(machine(Paper(PLACES)), {})()


@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS.filter(lambda text: len(text) < 2000))
def test_means_what_it_means_in_python(text: str) -> None:
    python = " ".join("//" if word == "/" else word for word in text.split(" "))
    try:
        expected = reference(ast.parse(python, mode="eval"))
    except (SyntaxError, ChainError):
        with pytest.raises(ExpressionError):
            parse(text)
        return
    value = evaluated(text)
    assert value == expected
    assert value is None or type(value) is int


@pytest.mark.parametrize("high", [sign for sign in SIGNS if sign not in ("/",)])
@pytest.mark.parametrize("low", [sign for sign in SIGNS if sign not in ("/",)])
def test_every_pair_of_operators(low: str, high: str) -> None:
    """Three operands that tell the two ways to group apart wherever they differ at all."""
    compare = ("==", "!=", "<", "<=", ">", ">=")
    if low in compare and high in compare:
        with pytest.raises(ExpressionError, match="chained"):
            parse(f"9 {low} 5 {high} 2")
        return
    for a, b, c in ((9, 5, 2), (1, 0, 3), (6, 3, 5), (0, 4, 4), (12, 10, 1), (2, 2, 0), (7, 1, 1)):
        for text in (f"{a} {low} {b} {high} {c}", f"not {a} {low} -{b} {high} ~{c}", f"(-{a} {low} {b}) {high} {c}"):
            try:
                expected = reference(ast.parse(text, mode="eval"))
            except ChainError:
                continue
            assert evaluated(text) == expected, text


def test_slash_rounds_down_like_two() -> None:
    assert [evaluated(text) for text in ("7 / 2", "7 // 2", "-7 / 2", "-7 // 2", "7 / -2", "-7 % 3", "7 % -3")] == [
        3, 3, -4, -4, -4, 2, -2
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("1_000", 1000), ("0x1F", 31), ("0b1_01", 5), ("007", 7), ("-5", -5), ("- 5", -5), ("~0", -1),
        ("(((r3)))", 12), ("[1, 2, 3]", (1, 2, 3)), ("[]", ()), ("[r1, r3,]", (1, 12)), ("tick", 1200), ("depth", 2),
        ("pc", 42), ("fuel", 17), ("unset", None), ("'spin'", "spin"), ('"it\'s"', "it's"), ("[5, 6, 7][-1]", 7),
        ("[5, 6, 7][1:2]", (6, 7)), ("[5, 6, 7][1:9]", (6, 7)), ("[5, 6, 7][-2:1]", (6,)), ("[5, 6][r1]", 6),
        (" \t r3\n+\r1 ", 13), ("r3-1", 11), ("r3--1", 13), 
    ],
)  # fmt: skip
def test_forms(text: str, value: Value) -> None:
    assert evaluated(text) == value


def test_true_is_1_and_false_is_0() -> None:
    for text in ("r3 == 12", "r3 and r1", "not r0", "r0 or 7", "r3 > 5", "5 < r3", "r1 == r1", "r5 == unset"):
        assert (value := evaluated(text)) == 1 and type(value) is int, text
    for text in ("r3 != 12", "r3 and r0", "not r3", "r0 or unset", "r3 < 5", "5 > r3", "r1 != r1", "r5 != unset"):
        assert (value := evaluated(text)) == 0 and type(value) is int, text


# What an expression tells of itself


def test_names_and_places() -> None:
    expression = parse(
        "r3[4] + stack[-1] > r0.quad[1, 5] and r3[r1] and old(r7[2]) or tick % $step + len(r2[0:3]) + r3[4]"
    )
    assert expression.names == {"r3", "stack", "r0", "r1", "r7", "tick", "r2"}
    assert [str(place) for place in expression.places] == [
        "r3[4]", "stack[-1]", "r0.quad[1,5]", "r1", "r7[2]", "r2[0:3]"
    ]  # fmt: skip
    assert expression.places[-1] == Place("r2", (Span(0, 3),))
    assert expression.old_places == (Place("r7", ((2,),)),)
    assert expression.past
    assert expression.saved == {"step"}


def test_text_and_place() -> None:
    assert parse("  r3 + 1\n").text == "r3 + 1"
    assert parse(" (r0).quad[1,(5)] ").place == Place("r0", ("quad", (1, 5)))
    assert parse("(r3) + (r4)").text == "(r3) + (r4)"
    for text in ("r3 + 1", "r3[r1]", "7", "$x", "tick", "depth", "old(r3)"):
        assert parse(text).place is None, text
    assert not parse("r3").past
    assert Expression.parse("r3") == parse(" r3 ")


# What is wrong, and where


ERRORS = [
    ("", 0, "the expression is empty", "r3 == 7"),
    ("   ", 3, "the expression is empty", ""),
    ("r3 = 7", 3, "= is assignment, == compares", "write =="),
    ("r3 := 7", 3, "== compares", ""),
    ("1 < r3 < 9", 7, "comparisons cannot be chained: write a < b and b < c", ""),
    ("1 < (r3) == r4", 9, "comparisons cannot be chained", ""),
    ("r3 r4", 3, "an operator is missing before 'r4'", "+"),
    ("r3 0x1f", 3, "an operator is missing before '0x1f'", ""),
    ("r3 $x", 3, "an operator is missing before '$x'", ""),
    ("r3 (4)", 0, "there is no function 'r3'", "place"),
    ("(3) (4)", 4, "an operator is missing before '('", ""),
    ("r3 is 4", 3, "is is no operator", "write =="),
    ("3 in r1", 2, "in is no operator", "compare"),
    ("r3 AND r4", 3, "AND is no operator", "write and"),
    ("r3 if r4", 3, "if is no operator", "no branches"),
    ("r3 +", 4, "a value is missing after +", ""),
    ("r3 and", 6, "a value is missing after and", ""),
    ("r3 and or r4", 7, "a value is missing after and", ""),
    ("and r3", 0, "a value is missing before and", ""),
    ("* r3", 0, "a value is missing before *", ""),
    ("r3 == == 4", 6, "a value is missing after ==", ""),
    ("r3 && r4", 3, "there is no &&", "write and"),
    ("r3 || r4", 3, "there is no ||", "write or"),
    ("!r3", 0, "there is no !", "write not"),
    ("r3 <> 4", 3, "there is no <>", "write !="),
    ("r3 ** 2", 3, "there is no **", "r3 * r3"),
    ("r0->size", 2, "there is no ->", "a dot"),
    ("r3 ? 1 : 2", 3, "there is no ? :", "no branches"),
    ("r3; r4", 2, "; does not belong", "commands"),
    ("{r3}", 0, "{ does not belong", "( and )"),
    ("r3}", 2, "} does not belong", "( and )"),
    ("@start", 0, "@ does not belong", "bookmark"),
    ("r3#2", 2, "# does not belong", "LOC#k"),
    ("r3:2", 2, ": does not belong", "[start:count]"),
    ("r3, r4", 2, ", does not belong", "one expression"),
    ("r3 ~ r4", 3, "~ stands before one value", "^"),
    ("r3 . . x", 5, "the name of a part is missing", "r0.size"),
    ("r3.", 3, "the name of a part is missing", ""),
    ("r3.5", 3, "the name of a part is missing", ""),
    ("3.5", 0, "all numbers are integers", "rounds down"),
    ("1e5", 0, "'1e5' is no number", "0x1f"),
    ("3r", 0, "'3r' is no number", ""),
    ("0x", 0, "'0x' is no number", ""),
    ("0b12", 0, "'0b12' is no number", ""),
    ("0o17", 0, "'0o17' is no number", ""),
    ("1__0", 0, "'1__0' is no number", ""),
    ("1_", 0, "'1_' is no number", ""),
    ("(r3", 0, "( is never closed", "write )"),
    ("len(r3", 3, "( is never closed", "write )"),
    ("r3[4", 2, "[ is never closed", "write ]"),
    ("(r3]", 3, "] closes nothing; ( is still open", "write )"),
    ("r3[4)", 4, ") closes nothing; [ is still open", "write ]"),
    ("r3)", 2, ") closes nothing", ""),
    ("r3[4 5]", 5, "an operator is missing", ""),
    ("()", 1, "nothing stands in the parentheses", ""),
    ("r3[]", 3, "an index is missing", "r3[4]"),
    ("r3[:5]", 3, "a slice is [start:count]", "[0:3]"),
    ("r3[2:]", 5, "the count is missing", "r3[2:5]"),
    ("r3[2:-1]", 5, "the count of a slice is negative", "[start:count]"),
    ("r3[0:9:2]", 6, "a slice has no step", ""),
    ("r3[1,2,3,4,5]", 11, "4 indices at most", ""),
    ("r3 == not r4", 6, "not cannot stand behind '=='", "(not"),
    ("-not r3", 1, "not cannot stand behind '-'", "(not"),
    ("old()", 0, "old takes one place", "old(r3)"),
    ("old(r3, r4)", 0, "old takes one place", "old(r3)"),
    ("1 + old(3)", 8, "old takes a place", "old(r3)"),
    ("old(r3 + 1)", 4, "old takes a place", ""),
    ("old(tick)", 4, "old takes a place, which tick is not", ""),
    ("old(r3[r4])", 4, "numbers as indices", "old(r3[4])"),
    ("old(r3)[r4]", 4, "numbers as indices", ""),
    ("[1, [2]]", 4, "a list holds integers only", ""),
    ("$", 0, "a name is missing after $", "$best"),
    ("$ x", 0, "a name is missing after $", ""),
    ("'abc", 0, "no closing '", ""),
    ('r3 == "a', 6, 'no closing "', ""),
    ("r3 ≤ 4", 3, r"'\u2264' has no meaning", "write <="),
    ("r3 − 4", 3, "has no meaning", "write -"),
    ("r3 == \x1b[31m", 6, r"'\x1b' has no meaning", ""),
    ("r3 == \\", 6, "has no meaning", ""),
    ("é", 0, "has no meaning", ""),
    ("٣", 0, "has no meaning", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "message", "hint"), ERRORS)
def test_errors_point_at_a_column(text: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as error:
        parse(text).bind(machine(Paper()), {})
    found = error.value
    assert message in found.message
    assert hint in found.hint
    assert (found.column, found.text) == (column, text)
    assert found.width >= 1
    assert found.message.isprintable() and found.hint.isprintable()
    assert isinstance(found, XqdbgError) and str(found) == found.message


# Bounds


def test_length() -> None:
    assert evaluated("1" + " " * 4095) == 1
    with pytest.raises(ExpressionError, match="too long: 4,097 characters") as error:
        parse("1" + " " * 4096)
    assert error.value.column == 4096


def test_brackets_inside_each_other() -> None:
    assert evaluated("(" * 64 + "7" + ")" * 64) == 7
    with pytest.raises(ExpressionError, match="more than 64 brackets inside each other") as error:
        parse("(" * 65 + "7" + ")" * 65)
    assert error.value.column == 64
    assert "set $name" in error.value.hint


@pytest.mark.parametrize("sign", ["+", "-", "*", "|"])
def test_operations_inside_each_other(sign: str) -> None:
    assert evaluated(f" {sign} ".join(["r1"] * 65)) == (-63 if sign == "-" else 65 if sign == "+" else 1)
    with pytest.raises(ExpressionError, match="more than 64 operations inside each other"):
        parse(f" {sign} ".join(["r1"] * 66))


def test_signs_before_each_other() -> None:
    assert evaluated("~" * 64 + "r3") == 12
    with pytest.raises(ExpressionError, match="more than 64 operations"):
        parse("~" * 65 + "r3")
    with pytest.raises(ExpressionError, match="more than 64 operations"):
        parse("not " * 1000 + "r3")


def test_and_and_or_take_any_number_of_operands() -> None:
    assert evaluated(" and ".join(["r3"] * 585)) == 1
    assert evaluated(" or ".join(["r0"] * 585)) == 0


def test_integers() -> None:
    assert evaluated("1 << 4095") == 1 << 4095
    assert evaluated(hex((1 << 4000) - 1)) == (1 << 4000) - 1
    assert evaluated(str(1 << 4095)) == 1 << 4095
    for text in (
        "1 << 4096",
        "-1 << 4096",
        "1 << (1 << 4000)",
        "(1 << 3000) * (1 << 3000)",
        "(1 << 4095) + (1 << 4095)",
    ):
        assert evaluated(text) is None, text
    assert evaluated("0 << (1 << 4000)") == 0
    assert evaluated("5 >> (1 << 4000)") == 0
    assert evaluated("-5 >> (1 << 4000)") == -1
    with pytest.raises(ExpressionError, match="more than 4,096 bits"):
        parse("1" * 1300)
    with pytest.raises(ExpressionError, match="more than 4,096 bits"):
        parse("0x" + "f" * 1025)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 4000, "[" * 4000, "-" * 4000, "not " * 1000, "1+" * 2000, "len(" * 1000, "r1[" * 1300, "old(" * 1000,
        "a or b and c==d|e^f&g<<h+i*(" * 140, "0 or 0 and 0==0|0^0&0<<0+0*-(" * 130, "a.b" + ".c" * 2000, "1<1" * 1300,
        "[1,2][" * 600, "1<<" * 1300 + "1", "9" * 4096, "0x" + "f" * 4094, "r1[0:" * 800, "((((1)+1)+1)" * 300,
        "+".join(["1"] * 2000), "*".join(["r4"] * 1300), "$" * 4000, "'" * 4095, "r1[1,1,1,1]" * 300,
    ],
)  # fmt: skip
def test_hostile_texts_end_soon(text: str) -> None:
    began = perf_counter()
    with pytest.raises(ExpressionError):
        parse(text).bind(machine(Paper(PLACES)), {})
    assert perf_counter() - began < 2
