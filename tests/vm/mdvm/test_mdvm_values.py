"""Values: copies that share and are never written, equality, and the three text forms."""

from __future__ import annotations

import hashlib
import random
import time

import pytest

from vm.mdvm.escapes import quoted as quoted_string
from vm.mdvm.escapes import ranges
from vm.mdvm.forms import TooLongError, float_quoted, float_text, positional, printed, quoted, text
from vm.mdvm.values import DEEPEST, Array, Dict, Slot, TooDeepError, alike, equal, size_of, tag_of, truth

MOST = 1 << 20


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 1000, 100_000])
def test_arrays_are_like_lists(length: int) -> None:
    chance = random.Random(length)
    plain: list[Slot] = [None] * length
    array = Array.of_empty(length)
    versions = []
    for _ in range(200 if length else 0):
        index, value = chance.randrange(length), chance.choice((1, "text", 2.5, None, Array([1, 2])))
        versions.append((array, tuple(plain)))
        plain[index] = value
        array = array.put(index, value)
    assert list(array) == plain and len(array) == length
    assert array.total == size_of(Array(plain)) == 1 + sum(map(size_of, plain))
    for old, expected in versions[:: max(1, len(versions) // 5)]:
        assert tuple(old) == expected
    assert array[3:9] == tuple(plain[3:9])


def test_a_changed_copy_of_a_large_array_is_cheap() -> None:
    array = Array.of_empty(1_000_000)
    began = time.perf_counter()
    for index in range(2_000):
        array = array.put(index * 499, index)
    assert time.perf_counter() - began < 2
    assert array[499] == 1 and array.total == 1_000_001


@pytest.mark.parametrize("keys", [3, 40, 60, 500, 5_000])
def test_dicts_are_like_dicts(keys: int) -> None:
    chance = random.Random(keys)
    plain: dict[str, Slot] = {}
    found = Dict()
    versions = []
    for number in range(3 * keys):
        key = f"k{chance.randrange(keys)}"
        if number % (1 + keys // 5) == 0:
            versions.append((found, list(plain.items())))
        if chance.random() < 0.3:
            plain.pop(key, None)
            found = found.without(key)
        else:
            plain[key] = number
            found = found.put(key, number)
    assert list(found.items()) == list(plain.items()) == list(found.pairs())
    assert found.total == Dict(plain.items()).total and len(found) == len(plain)
    for old, expected in versions:
        assert old.pairs() == expected
    assert all((key in found) == (key in plain) and found.value(key) == plain.get(key) for key in ("k0", "k1", "no"))


def test_equality_is_that_of_the_machine() -> None:
    nan = float("nan")
    assert equal(1, 1.0) and not equal(True, 1) and not equal(None, False) and not equal(nan, nan)
    assert equal(9007199254740993, 9007199254740992.0) and equal(0.0, -0.0) and not equal("a", "b")
    assert equal(Array([1, Array([2])]), Array([1.0, Array([2])])) and not equal(Array([1]), Array([1, 2]))
    shared = Array([nan])
    assert not equal(shared, shared) and alike(shared, shared) and alike(Array([nan]), Array([nan]))
    assert equal(Dict([("a", 1), ("b", 2)]), Dict([("b", 2), ("a", 1)]))
    assert not alike(Dict([("a", 1), ("b", 2)]), Dict([("b", 2), ("a", 1)]))
    assert not equal(Dict([("a", 1)]), Dict([("b", 1)])) and not equal(Dict(), Array())
    assert not alike(0.0, -0.0) and not alike(1, 1.0) and not alike(True, 1) and not alike(Array([1]), Array([2]))


def test_what_is_shared_is_compared_once() -> None:
    a, b = Array([1]), Array([1])
    for _ in range(200):
        a, b = Array([a, a]), Array([b, b])
    assert equal(a, b) and alike(a, b)


def test_deep_values_are_refused_and_not_fatal() -> None:
    def nested(levels: int) -> Array:
        found = Array([1])
        for _ in range(levels - 1):
            found = Array([found])
        return found

    deepest = nested(DEEPEST)
    assert equal(deepest, nested(DEEPEST)) and len(text(deepest, MOST)) == 2 * DEEPEST + 1
    deeper = nested(DEEPEST + 1)
    for use in (lambda: equal(deeper, nested(DEEPEST + 1)), lambda: text(deeper, MOST), lambda: quoted(deeper, MOST)):
        with pytest.raises(TooDeepError):
            use()
    assert alike(deeper, nested(DEEPEST + 1))


@pytest.mark.parametrize(
    ("value", "as_printed", "as_text", "as_quoted"),
    [
        (3.0, "3", "3", "3.0"),
        (0.1, "0.1", "0.1", "0.1"),
        (-0.0, "-0", "-0", "-0.0"),
        (1e-7, "0.0000001", "0.0000001", "1e-7"),
        (1e15, "1000000000000000", "1000000000000000", "1000000000000000.0"),
        (1e16, "10000000000000000", "10000000000000000", "1e16"),
        (1e23, "100000000000000000000000", "99999999999999991611392", "1e23"),
        (1.5e-5, "0.000015", "0.000015", "1.5e-5"),
        (0.0001, "0.0001", "0.0001", "0.0001"),
        (123456789012345678.0, "123456789012345680", "123456789012345680", "1.2345678901234568e17"),
        (float("inf"), "inf", "inf", "inf"),
        (float("-inf"), "-inf", "-inf", "-inf"),
        (float("nan"), "NaN", "NaN", "NaN"),
    ],
)
def test_floats_in_three_forms(value: float, as_printed: str, as_text: str, as_quoted: str) -> None:
    assert (positional(value), float_text(value), float_quoted(value)) == (as_printed, as_text, as_quoted)


def test_random_floats_read_back_and_keep_their_layout() -> None:
    chance = random.Random(5)
    for _ in range(20_000):
        value = chance.uniform(-1, 1) * 10 ** chance.randrange(-30, 30)
        assert float(positional(value)) == float(float_quoted(value)) == float(float_text(value)) == value
        assert "e" not in positional(value) + float_text(value) and "+" not in float_quoted(value)
        assert ("e" in float_quoted(value)) == (abs(value) >= 1e16 or 0 < abs(value) < 1e-4)
    assert len(positional(5e-324)) == 326


def test_collections_in_three_forms() -> None:
    value = Array([1, None, "a\n", Array(), Dict([("k", True), ("", 2.0)])])
    assert text(value, MOST) == "[1, empty, a\n, [], {k: true, : 2}]"
    assert quoted(value, MOST) == (
        'Array([Int(1), Empty, String("a\\n"), Array([]), Dict({"k": Bool(true), "": Float(2.0)})])'
    )
    assert printed(value, MOST) == quoted(value, MOST) and printed(None, MOST) is None and printed("a", MOST) == "a"
    with pytest.raises(TooLongError):
        text(value, 10)


def test_the_characters_that_are_escaped() -> None:
    every = list(ranges())
    assert len(every) == 899 and sum(last - first + 1 for first, last in every) == 959_346
    assert hashlib.sha256(repr(every).encode()).hexdigest()[:16] == "aae5750ac50d3e6b"
    assert quoted_string('a"\\\n\r\t\0\x01\u0301é\u200b') == '"a\\"\\\\\\n\\r\\t\\0\\u{1}\\u{301}é\\u{200b}"'


def test_truth_and_tags() -> None:
    for false in (None, False, 0, 0.0, -0.0, float("nan"), "", Array(), Dict()):
        assert not truth(false)
    for true in (True, -1, 0.5, float("inf"), "false", " ", Array([None]), Dict([("", None)])):
        assert truth(true)
    assert [tag_of(each) for each in (None, True, 1, 1.0, "", Array(), Dict())] == [0, 1, 2, 3, 4, 8, 9]
