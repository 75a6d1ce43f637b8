"""What expressions come to on a machine: missing values, sequences, functions, and what a machine cannot have."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.support.paper import Opaque, Paper, machine
from vm.contract import Place, PlaceError, Value
from xqdbg.expressions import EvaluationError, ExpressionError, parse

MODEL = Opaque("model binary 8")
PLACES: Mapping[str, Value] = {
    "r1": 3, "r2": (4, 5, 6), "r2[0]": 4, "r2[1]": 5, "r2[2]": 6, "r3": 12, "r4": MODEL, "r4.quad[1,3]": -2,
    "r4.size": 8, "r4.domain": "binary", "r6": (), "r7": (1, None), "r8": -1, "r2[1:2]": (5, 6),
}  # fmt: skip
"""r0, r5 and r9 hold nothing."""
SAVED: Mapping[str, Value] = {"n": 7, "list": (1, 2, 3), "gone": None, "1": 11, "model": MODEL}


def evaluator(text: str, strict: bool = False, paper: Paper | None = None) -> Callable[[], Value]:
    paper = paper or Paper(PLACES, stack=(10, 20, -30))
    return parse(text).bind(machine(paper), SAVED, lambda place: {"r1": 2}.get(str(place)), strict)


def value(text: str, strict: bool = False) -> Value:
    return evaluator(text, strict)()


# Missing values

MISSING = [
    "r0", "unset", "$gone", "stack[9]", "r2[5]", "r1[0]", "old(r5)", "r0 + 1", "1 // 0", "r2[r0]", "abs(r0)", "max(r6)",
    "r2[9]", "$list[9]", "twice(r0)", "twice(r2)", "r2[0:r0]", "energy(r4, r0)", "(r4 + 1)",
]  # fmt: skip


@pytest.mark.parametrize("missing", MISSING)
def test_a_missing_value_spreads(missing: str) -> None:
    assert value(missing) is None
    for sign in ("+", "-", "*", "/", "//", "%", "<<", ">>", "&", "|", "^"):
        assert value(f"{missing} {sign} 1") is None, sign
        assert value(f"1 {sign} {missing}") is None, sign
        assert value(f"r3 {sign} {missing}") is None, sign
        assert value(f"{missing} {sign} {missing}") is None, sign
    for sign in ("-", "+", "~"):
        assert value(f"{sign} {missing}") is None
    for name in ("abs", "popcount", "len", "sum", "min", "max", "any", "all", "twice"):
        assert value(f"{name}({missing})") is None, name
    assert value(f"max(3, {missing})") is None
    assert value(f"[1, {missing}]") is None
    assert value(f"r2[{missing}]") is None
    assert value(f"r2[0:{missing}]") is None
    assert value(f"$list[{missing}]") is None


@pytest.mark.parametrize("missing", MISSING)
def test_a_missing_value_is_false_and_in_no_order(missing: str) -> None:
    for sign in ("<", "<=", ">", ">="):
        for text in (
            f"{missing} {sign} 1",
            f"1 {sign} {missing}",
            f"r3 {sign} {missing}",
            f"{missing} {sign} {missing}",
        ):
            assert value(text) == 0, text
    assert value(f"not {missing}") == 1
    assert value(f"{missing} and 1") == 0
    assert value(f"{missing} or 1") == 1
    assert value(f"{missing} or {missing}") == 0


@pytest.mark.parametrize("missing", MISSING)
def test_a_missing_value_is_equal_to_a_missing_value_alone(missing: str) -> None:
    assert value(f"{missing} == unset") == 1
    assert value(f"unset != {missing}") == 0
    for other in ("0", "r3", "r2", "r4", "''"):
        assert value(f"{missing} == {other}") == 0
        assert value(f"{other} != {missing}") == 1


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("r0", "r0 is unset", 0),
        ("1 + r0", "r0 is unset", 4),
        ("stack[9]", "stack[9]: there is no such element", 0),
        ("3 < stack[9]", "stack[9]: there is no such element", 4),
        ("$gone", "$gone is unset", 0),
        ("old(r5)", "old(r5) is unset", 0),
        ("r3 / (r1 - 3)", "there is nothing to divide by", 0),
        ("r3 % 0", "there is nothing to divide by", 0),
        ("1 << r8", "a shift by -1 is none", 0),
        ("1 >> -2", "a shift by -2 is none", 0),
        ("1 << 5000", "more than 4,096 bits", 0),
        ("1 + r2", "+ takes integers, and r2 is (4, 5, 6)", 0),
        ("-r4", "- takes integers, and r4 is model binary 8", 0),
        ("unset * 2", "* takes integers, and unset is unset", 0),
        ("r4 < 3", "< takes integers, and r4 is model binary 8", 0),
        ("3 < r4", "< takes integers, and r4 is model binary 8", 0),
        ("r1 >= r2", ">= takes integers, and r2 is (4, 5, 6)", 0),
        ("r4.domain + 1", "+ takes integers, and r4.domain is 'binary'", 0),
        ("r2[r4]", "an index cannot be model binary 8", 3),
        ("r2[0:r8]", "the count of a slice cannot be -1", 5),
        ("$list[3]", "there are 3 elements, counted from 0", 0),
        ("$list[-4:1]", "there are 3 elements, counted from 0", 0),
        ("$n[0]", "[ ] takes a sequence, and this is 7", 0),
        ("len(r4)", "len takes a sequence, and this is model binary 8", 4),
        ("len(r1)", "len takes a sequence, and this is 3", 4),
        ("max(r6)", "there is no max of nothing", 0),
        ("sum(r7)", "sum takes integers, and not all of the 2 elements are", 0),
        ("abs(r2)", "there is no abs of (4, 5, 6)", 0),
        ("popcount(-1 << 64)", "there is no popcount of -18446744073709551616", 0),
        ("twice(r2)", "twice: that is none", 0),
        ("[1, r2]", "an element cannot be (4, 5, 6)", 4),
        ("min(1, r4)", "an element cannot be model binary 8", 7),
    ],
)
def test_strict_tells_why_there_is_no_value(text: str, message: str, column: int) -> None:
    with pytest.raises(EvaluationError) as error:
        value(text, strict=True)
    assert message in error.value.message
    assert (error.value.column, error.value.text) == (column, text)
    assert value(text) in (None, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("r0 == unset", 1), ("r0 != 4", 1), ("stack[9] == 3", 0), ("$gone == unset", 1), ("r0 == stack[9]", 1),
     ("unset", None), ("old(r5) == 2", 0), ("3 == r0", 0), ("r1 == 3 or r0", 1), ("r1 == 4 and r0", 0)],
)  # fmt: skip
def test_strict_compares_what_is_missing(text: str, expected: Value) -> None:
    assert value(text, strict=True) == expected


# Places, now and before


def test_a_closure_tells_what_is_there_when_it_is_called() -> None:
    paper = Paper({"r1": 1})
    checked = evaluator("r1 == 7 and tick > 1300 and stack[-1] < depth and pc == 9 and r2[r1] == 5", paper=paper)
    assert checked() == 0
    paper.places.update({"r1": 7, "r2[7]": 5})
    paper.stack[:], paper.tick, paper.depth, paper.pc = [4, 2], 1301, 3, 9
    assert checked() == 1
    paper.depth = 2
    assert checked() == 0


def test_saved_values_are_looked_at_anew() -> None:
    saved: dict[str, Value] = {"x": 1}
    checked = parse("r1 + $x").bind(machine(Paper({"r1": 3})), saved)
    assert checked() == 4
    saved["x"] = 10
    assert checked() == 13
    del saved["x"]
    assert checked() is None


def test_old_values() -> None:
    assert value("r1 - old(r1)") == 1
    assert value("old(r1) == 2 and old(r9) == unset", strict=True) == 1

    def gone(place: Place) -> Value:
        raise PlaceError(f"{place}: nobody looked")

    expression = parse("old(r1) + 1")
    assert expression.bind(machine(Paper()), {}, gone)() is None
    with pytest.raises(EvaluationError, match="nobody looked"):
        expression.bind(machine(Paper()), {}, gone, strict=True)()


def test_nothing_is_looked_at_that_does_not_matter() -> None:
    for text, looked in (
        ("r0 and r1", ["r0"]), ("r1 or r2", ["r1"]), ("r1 and r2", ["r1", "r2"]), ("r1 and r0 and r3", ["r1", "r0"]),
        ("r0 or r3 or r2", ["r0", "r3"]), ("r1 == 4 and r2 or r3 < 4", ["r1", "r3"]), ("r2[r1]", ["r1", "r2[3]"]),
    ):  # fmt: skip
        paper = Paper(PLACES)
        checked = evaluator(text, paper=paper)
        paper.looked.clear()
        checked()
        assert paper.looked == looked, text


def test_computed_places() -> None:
    assert value("r2[r1 - 2]") == 5
    assert value("r4.quad[r1 - 2, r1]") == -2
    assert value("r2[r1 - 2 : 1 + 1]") == (5, 6)
    assert value("r2[1 << 70]") is None
    assert value("r4[r1].never[r1]") is None
    assert value("stack[-r1]") == 10
    assert value("stack[r8:2]", strict=False) is None


def test_computed_places_are_not_mixed_up() -> None:
    """More of them than are remembered, and each one after it has changed."""
    count = 3000
    paper = Paper({f"r2[{at}]": at * at for at in range(count)})
    checked = evaluator("r2[r1]", paper=paper)
    for turn in (0, 1):
        for at in range(count):
            paper.places["r1"] = at
            paper.places[f"r2[{at}]"] = at * at + turn
            assert checked() == at * at + turn


# Sequences, texts and functions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("len(r2)", 3), ("len(stack)", 3), ("len(r6)", 0), ("min(r2)", 4), ("max(r2)", 6), ("sum(r2)", 15),
        ("sum(r6)", 0),
        ("min(3, r1, r8)", -1), ("max(r3, 1 + 1)", 12), ("any(r2)", 1), ("any(r6)", 0), ("all(r6)", 1), ("all(r7)", 0),
        ("any([0, 0])", 0), ("all([1, 0])", 0), ("abs(r8)", 1), ("popcount(255)", 8), ("popcount(-1)", 64),
        ("popcount(-9223372036854775808)", 1), ("popcount(0)", 0), ("sum(stack[1:2])", -10), ("sum(stack)", 0),
        ("stack[1:2]", (20, -30)), ("len($list)", 3), ("$list[1]", 2), ("$list[1:5]", (2, 3)), ("$list[3:1]", ()),
        ("$1 + $n", 18), ("twice(r1)", 6), ("roll()", 4), ("twice(roll())", 8), ("$list == [1, 2, 3]", 1),
        ("[1, 2] == $list", 0), ("$list != [1, 2, 3]", 0), ("r2 == stack", 0), ("r2 == [4, 5, 6]", 1), ("r6 == []", 1),
        ("[1, 2, 3] == [1, 2, 4]", 0), ("r4 == $model", 1), ("r4 != $model", 0), ("r4 == r2", 0), ("r4 == 3", 0),
        ("r4.domain == 'binary'", 1), ("r4.domain == 'spin'", 0), ("'a' < 'b'", 0), ("r6 or 0", 0), ("r2 and r4", 1),
        ("not r6", 1), ("not r4", 0), ("(r1 and r2)[0]", None), ("len('abc')", None), ("'abc'[0]", None),
    ],
)  # fmt: skip
def test_values(text: str, expected: Value) -> None:
    assert value(text) == expected


def test_arguments_of_the_machine() -> None:
    paper = Paper(PLACES)
    evaluator("energy(r3, r4)", paper=paper)()
    assert paper.called == [("energy", (12, MODEL))]
    evaluator("energy(r3, r0)", paper=paper)()
    assert len(paper.called) == 1


# What this machine cannot have


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("R3 == 7", 0, "there is no place called 'R3'", "did you mean r3?"),
        ("1 + stak[-1]", 4, "there is no place called 'stak'", "did you mean stack?"),
        ("tik > 3", 0, "there is no place called 'tik'", "did you mean tick?"),
        ("feul", 0, "there is no place called 'feul'", "did you mean fuel?"),
        ("q", 0, "there is no place called 'q'", "there are depth, fuel, pc, r1, r3, stack, tick"),
        ("r1 == True", 6, "there is no place called 'True'", "write 1"),
        ("r1 == none", 6, "there is no place called 'none'", "write unset"),
        ("len == 3", 0, "there is no place called 'len'", "it is a function: len(vector)"),
        ("energy", 0, "there is no place called 'energy'", "it is a function: energy(model, sample)"),
        ("old", 0, "there is no place called 'old'", "old(place)"),
        ("x" * 200, 0, "there is no place called 'xxxxx", "there are"),
        ("tick.size", 0, "tick is an integer, which has no parts", ""),
        ("1 + fuel[3]", 4, "fuel is an integer, which has no parts", ""),
        ("depth[0]", 0, "depth is an integer", ""),
        ("r3.never", 0, "r3.never: there is never such a part", ""),
        ("old(q)", 4, "there is no place called 'q'", ""),
        ("lenn(r1)", 0, "there is no function 'lenn'", "did you mean len?"),
        ("stack(3)", 0, "there is no function 'stack'", "its indices stand in brackets"),
        (
            "foo()",
            0,
            "there is no function 'foo'",
            "there are abs, all, any, energy, len, max, min, old, popcount, roll, sum",
        ),
        ("len()", 0, "len is called with no arguments", "it is len(vector)"),
        ("sum(r1, r2)", 0, "sum is called with 2 arguments", "it is sum(vector)"),
        ("max()", 0, "max is called with no arguments", "max(a, b, …)"),
        ("2 + abs(1, 2)", 4, "abs is called with 2 arguments", "it is abs(integer)"),
        ("energy(r4)", 0, "energy is called with 1 argument", "it is energy(model, sample)"),
        ("roll(1)", 0, "roll is called with 1 argument", "it is roll()"),
        ("$lst", 0, "there is no saved value $lst", "did you mean $list?"),
        ("$zzz", 0, "there is no saved value $zzz", "there are $1, $gone, $list, $model, $n"),
        ("$r3", 0, "there is no saved value $r3", "did you mean r3?"),
        ("$list.size", 0, "only a place of the machine has a part .size", "r0.size"),
        ("$list[1,2]", 0, "a sequence has one index", ""),
        ("+".join(["roll()"] * 17), 16 * 7, "more than 16 calls", ""),
    ],
)
def test_what_the_machine_cannot_have(text: str, column: int, message: str, hint: str) -> None:
    paper = Paper(PLACES, used=("r1", "r3", "stack"))
    for strict in (False, True):
        with pytest.raises(ExpressionError) as error:
            parse(text).bind(machine(paper), SAVED, lambda place: None, strict)
        assert message in error.value.message
        assert hint in error.value.hint
        assert (error.value.column, error.value.text) == (column, text)


def test_old_where_there_is_none() -> None:
    with pytest.raises(ExpressionError, match="there is no old value here") as error:
        parse("1 + old(r1)").bind(machine(Paper()), {})
    assert error.value.column == 4


def test_no_saved_value_at_all() -> None:
    with pytest.raises(ExpressionError) as error:
        parse("$best").bind(machine(Paper()), {})
    assert error.value.hint == "set $best = EXPR saves one"


# Bounds


def test_elements() -> None:
    large = Paper({"r1": (1,) * 600_000, "r2": (2,) * 1_000_001, "r3": [1] * 600_000})
    assert evaluator("sum(r1)", paper=large)() == 600_000
    twice = evaluator("sum(r1) + sum(r1)", paper=large)
    assert twice() is None
    large.places["r1"] = (1,) * 500_000
    assert twice() == 1_000_000
    assert twice() == 1_000_000  # each evaluation begins anew
    assert evaluator("len(r2)", paper=large)() is None
    assert evaluator("r2 == $list", paper=large)() == 0
    with pytest.raises(EvaluationError, match="more than 1,000,000 elements"):
        evaluator("max(r2)", strict=True, paper=large)()
    large.places["r4"] = [2] * 1_000_001
    assert evaluator("r2 == r4", paper=large)() is None
    assert evaluator("r2 != r4", paper=large)() is None
    large.places["r1"] = (1,) * 600_000
    same = " and ".join(["r1 == r3"] * 300)
    assert evaluator(same, paper=large)() == 0
    assert evaluator("r1 == r3", paper=large)() == 1
    with pytest.raises(EvaluationError, match="elements to compare"):
        evaluator(same, strict=True, paper=large)()


def test_results_have_as_many_bits_as_integers() -> None:
    large = Paper({"r1": ((1 << 4095),) * 3, "r3": (1 << 4096) - 1})
    assert evaluator("sum(r1)", paper=large)() is None
    assert evaluator("r3", paper=large)() == (1 << 4096) - 1
    for text in ("r3 + 1", "r3 + r3", "r3 * r3", "~r3", "r3 << 1", "-r3 - 1"):
        assert evaluator(text, paper=large)() is None, text
        with pytest.raises(EvaluationError, match="more than 4,096 bits"):
            evaluator(text, strict=True, paper=large)()
