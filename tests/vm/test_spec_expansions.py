"""Expansions, SLACK and ENERGY against section 10, which `tests.support.expansions` writes down a second time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.support.expansions import (
    Case,
    Overflow,
    Terms,
    check,
    expand,
    fit,
    model_in,
    pair,
    predict,
    slack_size,
    terms_of,
)
from tests.support.reference_values import MAX, MIN, encode
from tests.support.runs import run, verdict
from vm.xqvm.model import BINARY, SPIN, Domain, Model, Sample
from vm.xqvm.program import Program

SMALL = st.integers(-6, 6)
EDGES = st.sampled_from((MAX, MIN, MAX - 1, 1 << 62, -(1 << 62), 1 << 61, (1 << 62) - 1, 3_037_000_500, MAX // 3))
NUMBERS = st.one_of(SMALL, SMALL, SMALL, EDGES, st.integers(MIN, MAX))
DOMAINS = st.sampled_from((BINARY, SPIN, Domain("integer", 4)))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    name = draw(st.sampled_from(NAMES))
    rows, cols = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    size = rows * cols + draw(st.integers(0, 2))
    index = st.integers(0, size - 1)
    keys = st.one_of(st.tuples(index), st.tuples(index, index).map(lambda ij: pair(*ij)))
    terms = draw(st.dictionaries(keys, NUMBERS.filter(bool), max_size=8))
    penalty = draw(NUMBERS)
    operands: tuple[int, ...] = (draw(index), draw(index))
    vectors: tuple[tuple[int, ...], ...] = ()
    if name in ("ONEHOTR", "ONEHOTC"):
        operands = (draw(st.integers(0, (rows if name == "ONEHOTR" else cols) - 1)),)
    elif name in ("EQUALITY", "ATLEAST", "ATLEASTW"):
        reach = st.integers(0, size + 2) if name == "EQUALITY" else index
        x = tuple(draw(st.lists(reach, min_size=name == "ATLEAST", max_size=5)))
        coeffs = tuple(draw(NUMBERS) for _ in x)
        vectors = (x,) if name == "ATLEAST" else (x, coeffs)
        if name == "ATLEAST":
            operands = (draw(st.integers(1, len(x))),)
        elif name == "ATLEASTW":
            operands = (draw(st.one_of(st.integers(1, 20), EDGES.filter(lambda k: k > 0))),)
            sums = [sum(coeffs[:n]) for n in range(len(x) + 1)]
            assume(all(MIN <= total <= MAX for total in (*sums, sums[-1] - operands[0])))
        else:
            operands = (draw(NUMBERS),)
    return Case(name, (*operands, penalty), vectors, tuple(terms.items()), size, (rows, cols), draw(DOMAINS))


NAMES = ("ONEHOTR", "ONEHOTC", "EXCLUDE", "IMPLIES", "REDUCE", "EQUALITY", "ATLEAST", "ATLEASTW")


@given(cases())
@example(Case("EQUALITY", (4, 5), ((0, 0, 3, 0), (2, 3, -1, 2)), (((0,), 7), ((0, 0), -4))))
@example(Case("REDUCE", (2, 2, 7), terms=(((2, 2), -7),)))
@settings(max_examples=400, deadline=None)
def test_coefficients_growth_charges_and_the_point_of_overflow(case: Case) -> None:
    check(case)


# Every delta in turn is the one that does not fit

TYPICAL = (
    Case("ONEHOTR", (1, 5), grid=(2, 3)),
    Case("ONEHOTC", (1, -5), grid=(3, 2)),
    Case("EXCLUDE", (4, 1, -3)),
    Case("IMPLIES", (1, 4, 9)),
    Case("IMPLIES", (3, 3, 9)),
    Case("REDUCE", (5, 1, 3)),
    Case("REDUCE", (1, 1, -3)),
    Case("EQUALITY", (4, 5), ((5, 0, 2), (2, -3, 7))),
    Case("EQUALITY", (4, -5), ((3, 0, 3), (2, 3, 1))),
    Case("ATLEAST", (1, 5), ((4, 1, 2),)),
    Case("ATLEASTW", (3, 5), ((4, 1), (5, 2))),
)


@pytest.mark.parametrize("case", TYPICAL, ids=lambda case: f"{case.name}{case.pushed}")
def test_deltas_before_the_overflow_stay_and_none_after_it_is_applied(case: Case) -> None:
    assert check(case)
    deltas = list(predict(case).deltas())
    assert all(delta for _, delta in deltas)
    points = 0
    for at, (key, delta) in enumerate(deltas):
        if max(key) >= case.size:
            continue  # a variable that is not there yet has no coefficient to overflow
        earlier = sum(other for same, other in deltas[:at] if same == key)
        brim = (MAX if delta > 0 else MIN) - earlier
        if not MIN <= brim <= MAX:
            continue  # an earlier delta on the same coefficient is the one that overflows
        beyond = 1 if delta > 0 else -1
        again = any(same == key for same, _ in deltas[at + 1 :])
        assert check(replace(case, terms=((key, brim - delta),))) or again
        assert not check(replace(case, terms=((key, brim - delta + beyond),)))
        points += 1
    assert points >= 1


# Intermediate results, each at the last value that fits and the first that does not

LAST_HALF, FIRST_HALF = (1 << 62) - 1, 1 << 62


@pytest.mark.parametrize(
    ("case", "fits"),
    [
        # 2b is computed without any index; 2P too, and with one
        (Case("EQUALITY", (LAST_HALF, 1), ((), ())), True),
        (Case("EQUALITY", (FIRST_HALF, 1), ((), ())), False),
        (Case("EQUALITY", (-FIRST_HALF, 1), ((), ())), True),
        (Case("EQUALITY", (-FIRST_HALF - 1, 1), ((), ())), False),
        (Case("EQUALITY", (0, LAST_HALF), ((), ())), True),
        (Case("EQUALITY", (0, FIRST_HALF), ((), ())), False),
        # the linear pass is over before 2P is computed: its deltas stay
        (Case("EQUALITY", (0, FIRST_HALF), ((2,), (1,))), False),
        # c - 2b, then c times it, then P times that
        (Case("EQUALITY", (LAST_HALF, 0), ((2,), (-2,))), False),
        (Case("EQUALITY", (LAST_HALF, 0), ((2,), (-1,))), True),
        (Case("EQUALITY", (0, 0), ((2,), (3_037_000_499,))), True),
        (Case("EQUALITY", (0, 0), ((2,), (3_037_000_500,))), False),
        (Case("EQUALITY", (0, MAX), ((2,), (0,))), False),
        (Case("EQUALITY", (0, 3), ((2,), (1_753_413_056,))), True),
        (Case("EQUALITY", (0, 3), ((2,), (1_753_413_057,))), False),
        # (2P times c_k) times c_l, in that grouping: the other one would fit
        (Case("EQUALITY", (1 << 31, 1 << 30), ((1, 2), (1 << 32, 0))), False),
        (Case("EQUALITY", (0, 1 << 30), ((1, 2), (0, 1 << 32))), False),
        # -P and 2P before any delta, even for a single cell
        (Case("ONEHOTR", (0, MIN), grid=(2, 1)), False),
        (Case("ONEHOTR", (0, LAST_HALF), grid=(2, 1)), True),
        (Case("ONEHOTR", (0, FIRST_HALF), grid=(2, 1)), False),
        (Case("ONEHOTC", (0, -FIRST_HALF), grid=(1, 2)), True),
        (Case("ONEHOTC", (0, -FIRST_HALF - 1), grid=(1, 2)), False),
        (Case("IMPLIES", (0, 1, MIN)), False),
        (Case("IMPLIES", (0, 1, MAX)), True),
        (Case("EXCLUDE", (0, 1, MIN)), True),
        (Case("REDUCE", (0, 1, MAX // 3)), True),
        (Case("REDUCE", (0, 1, MAX // 3 + 1)), False),
        (Case("REDUCE", (0, 1, -(MAX // 3))), True),
        (Case("REDUCE", (0, 1, -(MAX // 3) - 1)), False),
        (Case("ATLEAST", (1, LAST_HALF), ((0,),)), True),
        (Case("ATLEAST", (1, FIRST_HALF), ((0,),)), False),
    ],
    ids=lambda part: f"{part.name}{part.pushed}" if isinstance(part, Case) else "",
)
def test_intermediate_results(case: Case, fits: bool) -> None:
    assert check(case) is fits


# Growth and range


@pytest.mark.parametrize(
    ("case", "message", "size"),
    [
        (Case("EQUALITY", (1, 1), ((9, -1), (1, 1))), "IndexOutOfBounds { pos: 0, index: -1, len: 10 }", 10),
        (Case("EQUALITY", (1, 1), ((-1, 9), (1, 1))), "IndexOutOfBounds { pos: 0, index: -1, len: 10 }", 10),
        (Case("EQUALITY", (FIRST_HALF, 1), ((9,), (1,))), "ArithmeticOverflow { pos: Some(0) }", 10),
        (Case("EQUALITY", (1, 1), ((), ())), "ok", 6),
        (Case("EQUALITY", (1, 1), ((0,), ())),
         'VecLengthMismatch { what: "indices", a: 1, other: "coeffs", b: 0 }', 6),
        (Case("ATLEAST", (1, 1), ((0, 6),)), "IndexOutOfBounds { pos: 0, index: 6, len: 6 }", 6),
        (Case("ATLEAST", (1, 1), ((-3, 6),)), "IndexOutOfBounds { pos: 0, index: -3, len: 6 }", 6),
        (Case("ATLEAST", (0, 1), ((0, 1),)), "IndexOutOfBounds { pos: 0, index: 0, len: 2 }", 6),
        (Case("ATLEAST", (3, 1), ((0, 1),)), "IndexOutOfBounds { pos: 0, index: 3, len: 2 }", 6),
        (Case("ATLEAST", (1, 1), ((),)), "IndexOutOfBounds { pos: 0, index: 1, len: 0 }", 6),
        (Case("ATLEAST", (2, 1), ((0, 1),)), "ok", 6),
        (Case("ATLEAST", (1, FIRST_HALF), ((0, 1),)), "ArithmeticOverflow { pos: Some(0) }", 7),
        (Case("ATLEASTW", (9, 1), ((0, 1), (2, 2))), "ok", 6),
        (Case("ATLEASTW", (1, 1), ((), ())), "ok", 6),
        (Case("ATLEASTW", (0, 1), ((0,), (2,))), "IndexOutOfBounds { pos: 0, index: 0, len: 1 }", 6),
        (Case("ATLEASTW", (1, 1), ((0, 1), (MAX, 1))), "ArithmeticOverflow { pos: Some(0) }", 6),
        (Case("ATLEASTW", (2, 1), ((0, 1), (MIN, 1))), "ArithmeticOverflow { pos: Some(0) }", 6),
        (Case("REDUCE", (0, 6, 1)), "IndexOutOfBounds { pos: 0, index: 6, len: 6 }", 6),
        (Case("REDUCE", (-1, 6, 1)), "IndexOutOfBounds { pos: 0, index: -1, len: 6 }", 6),
        (Case("REDUCE", (0, 1, MIN)), "ArithmeticOverflow { pos: Some(0) }", 6),
        (Case("REDUCE", (0, 1, 1), terms=(((0, 1), MAX),)), "ArithmeticOverflow { pos: Some(0) }", 7),
        (Case("REDUCE", (0, 1, 1)), "ok", 7),
    ],
    ids=lambda part: f"{part.name}{part.pushed}" if isinstance(part, Case) else "",
)  # fmt: skip
def test_growth(case: Case, message: str, size: int) -> None:
    machine = expand(case)
    assert (verdict(machine), model_in(machine).size) == (message, size)


def test_the_largest_size_is_reached_and_not_passed() -> None:
    most = (1 << 32) - 1
    for case, message in (
        (Case("EQUALITY", (0, 1), ((most - 1,), (1,)), size=most - 1), "ok"),
        (Case("EQUALITY", (0, 1), ((most,), (1,)), size=most - 1),
         f"InvalidAllocation {{ pos: 0, size: {most + 1} }}"),
        (Case("ATLEAST", (1, 1), ((0, 1),), size=most - 1), "ok"),
        (Case("ATLEAST", (1, 1), ((0, 1, 2),), size=most - 1), f"InvalidAllocation {{ pos: 0, size: {most + 1} }}"),
        (Case("REDUCE", (0, 1, 1), size=most - 1), "ok"),
        (Case("REDUCE", (0, 1, 1), size=most), f"InvalidAllocation {{ pos: 0, size: {most + 1} }}"),
    ):  # fmt: skip
        model = Model(BINARY, case.size)
        stream = encode(
            *(i for reg in range(3) for i in (("PUSH", reg), ("INPUT", reg))),
            *(("PUSH", value) for value in case.pushed),
            (case.name, *range(1 + len(case.vectors))),
        )
        machine = run(
            stream, calldata=[model, *case.vectors, [1]][:3] + [[1]] * (2 - len(case.vectors)), memory_limit=1 << 40
        )
        assert verdict(machine).replace(f"pos: {len(stream) - 2 - len(case.vectors)},", "pos: 0,") == message


# What the expansions mean, from the meaning alone: the energy of every assignment of a binary model


def energy(terms: Terms, x: Sequence[int]) -> int:
    total = 0
    for key, value in terms.items():
        for i in key:
            value *= x[i]
        total += value
    return total


def weighted(x: Sequence[int], indices: Sequence[int], coeffs: Sequence[int]) -> int:
    return sum(c * x[i] for i, c in zip(indices, coeffs, strict=True))


MEANINGS: tuple[tuple[Case, Callable[[Sequence[int]], int]], ...] = (
    (Case("EQUALITY", (4, 3), ((0, 2, 5), (2, 3, -1))),
     lambda x: 3 * ((weighted(x, (0, 2, 5), (2, 3, -1)) - 4) ** 2 - 16)),
    (Case("EQUALITY", (3, -2), ((1, 1, 4), (2, 5, 1))),
     lambda x: -2 * ((weighted(x, (1, 1, 4), (2, 5, 1)) - 3) ** 2 - 9)),
    (Case("ONEHOTR", (1, 7), grid=(2, 3)), lambda x: 7 * ((x[3] + x[4] + x[5] - 1) ** 2 - 1)),
    (Case("ONEHOTC", (1, 7), grid=(2, 3)), lambda x: 7 * ((x[1] + x[4] - 1) ** 2 - 1)),
    (Case("EXCLUDE", (5, 2, 11)), lambda x: 11 * x[2] * x[5]),
    (Case("IMPLIES", (5, 2, 11)), lambda x: 11 * x[5] * (1 - x[2])),
    (Case("IMPLIES", (2, 2, 11)), lambda x: 0),
    (Case("REDUCE", (5, 2, 4)), lambda x: 4 * (x[2] * x[5] - 2 * x[6] * (x[2] + x[5]) + 3 * x[6])),
    (Case("ATLEAST", (1, 2), ((0, 3, 4, 5),)),
     lambda x: 2 * ((x[0] + x[3] + x[4] + x[5] - 1 - x[6] - 2 * x[7]) ** 2 - 1)),
    (Case("ATLEASTW", (3, 2), ((0, 3), (4, 5))),
     lambda x: 2 * ((4 * x[0] + 5 * x[3] - 3 - x[6] - 2 * x[7] - 4 * x[8]) ** 2 - 9)),
)  # fmt: skip


@pytest.mark.parametrize(("case", "meaning"), MEANINGS, ids=[f"{c.name}{c.pushed}" for c, _ in MEANINGS])
def test_the_energy_of_every_assignment_is_the_penalty(case: Case, meaning: Callable[[Sequence[int]], int]) -> None:
    model = model_in(expand(case))
    terms = terms_of(model)
    assert terms
    for x in product((0, 1), repeat=model.size):
        assert energy(terms, x) == meaning(x)


# SLACK and ENERGY


@given(NUMBERS, NUMBERS, st.booleans())
@example(MAX, 0, False)
@example(1 << 62, 0, False)
@example(7, MAX - 1, False)
@settings(max_examples=150, deadline=None)
def test_slack(capacity: int, start: int, same: bool) -> None:
    count = slack_size(capacity) if capacity > 0 else 0
    machine = run(encode(("VEC", 0), ("VEC", 1), ("PUSH", start), ("PUSH", capacity), ("SLACK", 0, 0 if same else 1)))
    fitting = [start + i for i in range(count) if start + i <= MAX]
    fits = len(fitting) == count
    powers = [1 << i for i in range(count)] if fits else []
    assert verdict(machine) == ("ok" if fits else "ArithmeticOverflow { pos: Some(22) }")
    assert machine.registers == ({0: fitting + powers, 1: []} if same else {0: fitting, 1: powers})
    assert (machine.steps, machine.memory_used) == (5 + 2 * count, 32 * count)


def naive_energy(terms: Terms, x: Sequence[int]) -> int:
    total = 0
    for (i,) in sorted(key for key in terms if len(key) == 1):
        total = fit(total + fit(terms[(i,)] * x[i]))
    for i, j in sorted(key for key in terms if len(key) == 2):
        total = fit(total + fit(fit(terms[(i, j)] * x[i]) * x[j]))
    return total


@st.composite
def evaluations(draw: st.DrawFn) -> tuple[Terms, list[int]]:
    size = draw(st.integers(0, 5))
    if not size:
        return {}, []
    index = st.integers(0, size - 1)
    keys = st.one_of(st.tuples(index), st.tuples(index, index).map(lambda ij: pair(*ij)))
    terms = draw(st.dictionaries(keys, NUMBERS.filter(bool), max_size=9))
    values = st.one_of(st.integers(0, 3), st.sampled_from((1 << 31, 1 << 32, MAX - 1)))
    return terms, draw(st.lists(values, min_size=size, max_size=size))


@given(evaluations())
@example(({(0,): MAX, (1,): 1, (0, 1): -5}, [1, 1]))
@example(({(0,): 1, (1,): MAX, (2,): -5}, [1, 1, 1]))
@example(({(0, 0): 1 << 32}, [1 << 31]))
@example(({(0, 1): MAX}, [2, 0]))
@settings(max_examples=200, deadline=None)
def test_energy(evaluation: tuple[Terms, list[int]]) -> None:
    terms, values = evaluation
    domain = Domain("integer", MAX)
    model = Model(domain, len(values))
    for key, value in terms.items():
        if len(key) == 1:
            model.put_line(key[0], value)
        else:
            model.put_pair(key[0], key[1], value)
    code = encode(("PUSH", 0), ("INPUT", 0), ("PUSH", 1), ("INPUT", 1))
    machine = run(code, calldata=[model, Sample(domain, values)])
    machine.load(Program(encode(("ENERGY", 0, 1))))
    machine.run()
    expected: tuple[str, tuple[int, ...]]
    try:
        expected = ("ok", (naive_energy(terms, values),))
    except Overflow:
        expected = ("ArithmeticOverflow { pos: Some(0) }", ())
    assert (verdict(machine), machine.stack) == expected
    assert (machine.steps, machine.memory_used) == (1 + len(values) + len(terms), 0)
