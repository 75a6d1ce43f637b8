"""What can be copied of a value, and numbers in other bases."""

from __future__ import annotations

import json

import pytest

from vm.xqvm.model import BINARY, Model, Vec
from vm.xqvm.values import to_json
from xqdbg.copying import MOST, forms
from xqdbg.numerals import Base, numeral, rewritten


def test_a_number_has_three_forms() -> None:
    assert list(forms(12, "12")) == [("decimal", "12"), ("hex", "0xc"), ("JSON", "12")]
    assert list(forms(-(2**63), "x"))[1] == ("hex", "-0x8000000000000000")
    assert forms(True, "1")[0] == ("decimal", "1")


def test_a_list_and_what_the_machine_makes_json_of() -> None:
    assert list(forms(Vec([1, -2]), "vec 2  [1 -2]")) == [
        ("text", "vec 2  [1 -2]"), ("hex", "[0x1, -0x2]"), ("JSON", "[1, -2]"),
    ]  # fmt: skip
    model = Model(BINARY, 2)
    found = forms(model, "binary 2", lambda: to_json(model))
    assert [name for name, _ in found] == ["text", "JSON"] and json.loads(found[1][1])["size"] == 2
    assert found.named("JSON") == found[1][1] and found.named("hex") is None
    assert list(forms(None, "unset")) == [("text", "unset")]
    assert list(forms("spin", "spin")) == [("text", "spin")]
    assert list(forms(("a", 1), "x")) == [("text", "x")]


def test_a_form_is_made_when_it_is_looked_at_and_never_of_very_much() -> None:
    made: list[int] = []
    found = forms(object(), "text", lambda: made.append(1))
    assert len(found) == 2 and found[0] == ("text", "text") and not made
    assert list(found[1:]) == [("JSON", "null")] and made == [1]
    assert [name for name, _ in forms(range(MOST + 1), "much")] == ["text"]
    assert [name for name, _ in forms(object(), "much", dict, holds=MOST + 1)] == ["text"]


@pytest.mark.parametrize(
    ("text", "kind", "base", "expected"),
    [
        ("255", "int", Base.HEX, "0xff"),
        ("-255", "int", Base.BINARY, "-0b11111111"),
        ("255", "int", Base.DECIMAL, "255"),
        ("vec 12  [10 -3 r4 …]", "vec", Base.HEX, "vec 12  [0xa -0x3 r4 …]"),
        ("binary 25 5x5  10 linear", "model", Base.HEX, "binary 25 5x5  10 linear"),
        ("spin 4  ++--", "sample", Base.HEX, "spin 4  ++--"),
        ("7, element 2, last 10", "loop", Base.HEX, "0x7, element 0x2, last 0xa"),
        ("10", "unset", Base.HEX, "10"),
    ],
)
def test_numbers_of_the_program_change_and_those_that_count_do_not(
    text: str, kind: str, base: Base, expected: str
) -> None:
    assert rewritten(text, kind, base) == expected


def test_bases_go_round_and_what_is_shown_can_be_read_again() -> None:
    assert Base.DECIMAL.next.next.next is Base.DECIMAL
    for base in Base:
        for number in (0, 1, -1, 2**63 - 1, -(2**63)):
            assert int(numeral(number, base), 0) == number
