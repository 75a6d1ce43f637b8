"""Texts with expressions in them, formats, and what a name being typed can become."""

from __future__ import annotations

import json

import pytest

from tests.support.paper import Opaque, Paper, machine
from vm.contract import Value
from xqdbg.errors import XqdbgError
from xqdbg.expressions import ExpressionError, Template, format_value
from xqdbg.expressions.names import complete

PLACES = {"r1": 31, "r2": (4, -5), "r3": -12345678, "r2[0:1]": (4,), "r4": Opaque("bad\x1b[31m\nname", {"a": "\x1b"})}


def told(text: str, **places: Value) -> str:
    return Template.parse(text).bind(machine(Paper({**PLACES, **places})), {"x": 5}, lambda place: 30)()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""), ("plain", "plain"), ("{r1}", "31"), ("i = {r1}, {r1 + 1}!", "i = 31, 32!"), ("{ r1 : x }", "0x1f"),
        ("{r1:x} {r1:b} {r1:d} {r3:e} {r2:j}", "0x1f 0b11111 31 -12,345,678 [4, -5]"), ("{{{r1}}}", "{31}"),
        ("{{}}", "{}"), ("{{r1}}", "{r1}"), ("{r2[0:1]}", "[4]"), ("{r2[0:1]:x}", "[0x4]"), ("{r9}", "unset"),
        ("{r9 + 1}", "unset"), ("{stack[9]}", "unset"), ("{old(r1)} -> {r1}", "30 -> 31"), ("{$x}", "5"),
        ("{'a}b'}", "a}b"), ("{'{'}{'}'}", "{}"), ("über {r1} ≤ ×", "über 31 ≤ ×"), ("{r1}{r1}", "3131"),
        ("a\x1b[31m{r4}\n", "a␛[31mbad␛[31m␊name␊"), ("{r4:j}", '{"a": "\\u001b"}'), ("{r1}:x", "31:x"),
    ],
)  # fmt: skip
def test_templates(text: str, expected: str) -> None:
    assert told(text) == expected


def test_a_template_tells_what_is_there_when_it_is_called() -> None:
    paper = Paper({"r1": 1})
    tell = Template.parse("{r1} at {tick}").bind(machine(paper), {})
    assert tell() == "1 at 1200"
    paper.places["r1"], paper.tick = None, 7
    assert tell() == "unset at 7"


def test_a_template_knows_its_expressions() -> None:
    template = Template.parse("{ r1 + 1 :x} and {{}} and {r2[0:1]}{old(stack[0])}")
    assert [expression.text for expression in template.expressions] == ["r1 + 1", "r2[0:1]", "old(stack[0])"]
    assert [expression.past for expression in template.expressions] == [False, False, True]
    assert template.text.startswith("{ r1")


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("a {r1", 2, "{ is never closed", "{{"),
        ("a {", 3, "the expression is empty", ""),
        ("a }", 2, "} closes nothing", "}}"),
        ("{r1}}", 4, "} closes nothing", "}}"),
        ("é {}", 2, "there is no expression in the braces", "{{}}"),
        ("a {r1 r2}", 6, "an operator is missing before 'r2'", ""),
        ("a {r1 = 2}", 6, "= is assignment", ""),
        ("a {r1 +}", 7, "} does not belong", ""),
        ("a {(r1}", 6, "} does not belong", ""),
        ("a {{r1}", 6, "} closes nothing", ""),
        ("a {r1:}", 6, "nothing is no format", "d, x, b, e, j"),
        ("a {r1:q}", 6, "'q' is no format", "d, x, b, e, j"),
        ("a {r1:m}", 6, "'m' is no format", ""),
        ("a {r1:x", 7, "the format is not closed", "}"),
        ("a {r1:", 6, "nothing is no format", ""),
        ("a {q} b", 3, "there is no place called 'q'", ""),
        ("{r1} {old(q)}", 10, "there is no place called 'q'", ""),
        ("{old(r1)}", 1, "there is no old value here", ""),
        ("{r1 > 2 > 1}", 8, "chained", ""),
        ("x" * 4097, 4096, "more than 4,096 characters", ""),
    ],
)
def test_wrong_templates(text: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as error:
        Template.parse(text).bind(machine(Paper()), {})
    assert message in error.value.message
    assert hint in error.value.hint
    assert (error.value.column, error.value.text) == (column, text)


def test_long_values_are_cut_in_templates() -> None:
    text = told("<{r2:j}>", r2=tuple(range(10_000)))
    assert len(text) == 402 and text.endswith("…>")


# Formats


@pytest.mark.parametrize(
    ("fmt", "expected"),
    [
        ("", ["7", "-1234567", "unset", "[1, -20, 300]", "spin", "[]"]),
        ("d", ["7", "-1234567", "unset", "[1, -20, 300]", "spin", "[]"]),
        ("x", ["0x7", "-0x12d687", "unset", "[0x1, -0x14, 0x12c]", "spin", "[]"]),
        ("b", ["0b111", "-0b100101101011010000111", "unset", "[0b1, -0b10100, 0b100101100]", "spin", "[]"]),
        ("e", ["+7", "-1,234,567", "unset", "[+1, -20, +300]", "spin", "[]"]),
        ("j", ["7", "-1234567", "null", "[1, -20, 300]", '"spin"', "[]"]),
    ],
)
def test_formats(fmt: str, expected: list[str]) -> None:
    values: list[Value] = [7, -1234567, None, (1, -20, 300), "spin", ()]
    assert [format_value(machine(Paper()), value, fmt) for value in values] == expected


def test_a_value_of_the_machine_is_told_by_the_machine() -> None:
    model = Opaque("model\x07 binary", {"size": 2})
    for fmt in ("", "d", "x", "b", "e"):
        assert format_value(machine(Paper()), model, fmt) == "model␇ binary"
    assert json.loads(format_value(machine(Paper()), model, "j")) == {"size": 2}


def test_there_is_no_such_format() -> None:
    with pytest.raises(XqdbgError, match="there is no format /q") as error:
        format_value(machine(Paper()), 7, "q")
    assert "/x hexadecimal" in error.value.hint
    assert "/m" in error.value.hint


def test_long_sequences_are_cut() -> None:
    text = format_value(machine(Paper()), tuple(range(1234)))
    assert text.startswith("[0, 1, 2") and text.endswith("98, 99, … 1,134 more]")


def drawn(form: object) -> list[str]:
    return format_value(machine(Paper()), Opaque("title", form), "m").splitlines()


def test_vectors_are_drawn() -> None:
    assert format_value(machine(Paper()), (1, -20, 3), "m").splitlines() == [
        "   0    1  2",
        "0  1  -20  3",
    ]
    assert format_value(machine(Paper()), 7, "m") == "7"
    assert format_value(machine(Paper()), None, "m") == "unset"
    assert format_value(machine(Paper()), "spin", "m") == "spin"
    assert format_value(machine(Paper()), (), "m") == "empty"


def test_long_vectors_are_drawn_in_rows_up_to_a_bound() -> None:
    lines = format_value(machine(Paper()), tuple(range(1000)), "m").splitlines()
    assert len(lines) == 22
    assert lines[1].split() == [str(at) for at in (0, *range(20))]
    assert lines[20].split()[:3] == ["380", "380", "381"]
    assert lines[21] == "… 400 of 1,000 elements"


def test_grids_are_drawn_as_they_lie() -> None:
    assert drawn({"type": "sample", "rows": 2, "cols": 3, "values": [1, 0, 1, 1, 0, 0]}) == [
        "title",
        "   0  1  2",
        "0  1  0  1",
        "3  1  0  0",
    ]


def test_coefficients_are_drawn_as_a_matrix() -> None:
    form = {"size": 3, "linear": {"1": -7}, "quadratic": {"0,1": 40, "1,2": -5}, "k": None}
    assert drawn(form) == [
        "title",
        "linear  0   1  2",
        "        ·  -7  ·",
        "quadratic  0   1   2",
        "        0  ·  40   ·",
        "        1  ·   ·  -5",
        "        2  ·   ·   ·",
    ]


def test_large_matrices_are_drawn_up_to_a_bound() -> None:
    form = {"size": 4_000_000_000, "linear": {}, "quadratic": {"3,4": 1, "3,30": 2, "100,200": 3}}
    lines = drawn(form)
    assert len(lines) == 1 + 2 + 21 + 1
    assert max(map(len, lines)) < 120
    assert lines[-1] == "… 1 of 3 quadratic values: those below 20"


@pytest.mark.parametrize(
    "form", [{"a": {"b": 1}}, {"a": {"1,2,3": 4}}, {"a": {"1": 1, "1,2": 2}}, {}, {"cols": 0, "a": [1]}]
)
def test_other_shapes_draw_no_nonsense(form: object) -> None:
    assert drawn(form)[0] == "title"


# Completion

NAMES = ("r0", "r1", "r10", "stack", "stack[0]", "stack[1]", "r0.size", "r0.quad", "energy(", "$best", "steps")


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("r1", 0, ["r10"]),
        ("3 + r", 4, ["r0", "r0.quad", "r0.size", "r1", "r10"]),
        ("r0.", 0, ["r0.quad", "r0.size"]),
        ("r1[r0.q", 3, ["r0.quad"]),
        ("stack[", 0, ["stack[0]", "stack[1]"]),
        ("r1[sta", 3, ["stack", "stack[0]", "stack[1]"]),
        ("$b", 0, ["$best"]),
        ("r0 an", 3, ["and", "any("]),
        ("le", 0, ["len("]),
        ("len(st", 4, ["stack", "stack[0]", "stack[1]", "steps"]),
        ("not ene", 4, ["energy("]),
        ("zzz", 3, []),
        ("12", 2, []),
        ("0x1f", 4, []),
        ("r0 ", 3, []),
        ("r0)", 3, []),
    ],
)
def test_completion(text: str, start: int, found: list[str]) -> None:
    assert complete(text, NAMES) == (start, found)


@pytest.mark.parametrize("text", ["", "  ", "r0 + ", "(", "r0[", "r0 and ", "not ", "len(r0, ", "r0 ==", "x = "])
def test_everything_can_come_where_a_value_has_to(text: str) -> None:
    start, found = complete(text, NAMES)
    assert start == len(text)
    assert {"r0", "len(", "tick", "unset", "$best"} <= set(found)


def test_completion_of_a_long_text_is_quick() -> None:
    assert complete("a[aa" * 1000 + "]]r1", NAMES) == (4002, ["r10"])
