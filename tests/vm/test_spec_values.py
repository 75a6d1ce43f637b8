"""Values a host hands in and gets back: sections 14.2 and 14.3, and their JSON form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.reference_values import MAX, MIN, SIZE_MAX, encode
from tests.support.runs import plain, run, verdict
from vm.contract import Place
from vm.diagnostics import InputError
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, SPIN, Domain, Model, Sample
from vm.xqvm.program import Program
from vm.xqvm.values import from_json, to_json

WORDS = st.one_of(st.integers(-3, 3), st.integers(MIN, MAX), st.sampled_from((MIN, MAX)))
DOMAINS = st.one_of(
    st.just(BINARY),
    st.just(SPIN),
    st.builds(lambda k: Domain("integer", k), st.one_of(st.integers(2, 9), st.just(MAX))),
)


@st.composite
def grids(draw: st.DrawFn, size: int) -> tuple[int, int]:
    if not size or draw(st.booleans()):
        return 0, 0
    rows = draw(st.integers(1, min(size, 9)))
    return rows, draw(st.integers(1, min(size // rows, 9)))


@st.composite
def models(draw: st.DrawFn) -> Model:
    size = draw(st.one_of(st.integers(0, 12), st.sampled_from((SIZE_MAX, SIZE_MAX - 1))))
    model = Model(draw(DOMAINS), size, *draw(grids(size)))
    if size:
        index = st.one_of(st.integers(0, min(size, 12) - 1), st.just(size - 1))
        for i, value in draw(st.dictionaries(index, WORDS, max_size=6)).items():
            model.put_line(i, value)
        for (i, j), value in draw(st.dictionaries(st.tuples(index, index), WORDS, max_size=6)).items():
            model.put_pair(i, j, value)
    return model


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    domain = draw(DOMAINS)
    members = st.integers(0, (domain.k or 2) - 1)
    if domain == SPIN:
        members = st.sampled_from((-1, 1))
    values = draw(st.lists(members, max_size=12))
    return Sample(domain, values, *draw(grids(len(values))))


VALUES = st.one_of(st.none(), WORDS, st.lists(WORDS, max_size=8), models(), samples())


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def passed_through(value: Any) -> XqvmMachine:
    """A machine that has copied calldata slot 0 into r0 and, if it is set, into output slot 0."""
    code = encode(("PUSH", 0), ("INPUT", 0), *([] if value is None else [("PUSH", 0), ("OUTPUT", 0)]))
    machine = XqvmMachine(Program(code), calldata=[value], output_slots=1, memory_limit=(1 << 64) - 1)
    machine.run()
    assert verdict(machine) == "ok"
    return machine


@given(VALUES)
@example(Model(Domain("integer", 2), 0))
@example(Sample(SPIN, []))
@example([])
@settings(max_examples=300, deadline=None)
def test_a_value_survives_its_json_form_and_the_way_through_the_machine(value: Any) -> None:
    machine = passed_through(value)
    slot = machine.get(Place.parse("r0"))
    assert plain(machine.registers.get(0)) == plain(value)
    assert plain(machine.outputs[0]) == plain(value)
    form = through_json(to_json(value if not isinstance(value, list) else from_json(value, "here")))
    again = from_json(form, "here")
    assert through_json(to_json(again)) == form
    assert plain(passed_through(again).registers.get(0)) == plain(value)
    assert (slot is None) == (value is None)


def test_the_json_form_of_a_model() -> None:
    model = Model(Domain("integer", 4), 6, 2, 3)
    for i, value in ((4, 2), (0, -7), (2, 5), (2, 0)):
        model.put_line(i, value)
    for i, j, value in ((4, 1, 3), (2, 2, 8), (0, 5, 1), (5, 0, 0)):
        model.put_pair(i, j, value)
    assert list(to_json(model).items()) == [
        ("type", "model"), ("domain", "integer"), ("k", 4), ("size", 6), ("rows", 2), ("cols", 3),
        ("linear", {"0": -7, "4": 2}), ("quadratic", {"1,4": 3, "2,2": 8}),
    ]  # fmt: skip
    assert list(to_json(model)["linear"]) == ["0", "4"]
    assert list(to_json(model)["quadratic"]) == ["1,4", "2,2"]


def test_the_json_form_of_a_sample() -> None:
    assert to_json(Sample(SPIN, [1, -1], 1, 2)) == {
        "type": "sample", "domain": "spin", "k": None, "rows": 1, "cols": 2, "values": [1, -1],
    }  # fmt: skip
    assert to_json(Sample(BINARY, [])) == {
        "type": "sample", "domain": "binary", "k": None, "rows": None, "cols": None, "values": [],
    }  # fmt: skip


def test_the_json_form_of_the_rest() -> None:
    assert (to_json(None), to_json(MIN)) == (None, MIN)
    assert to_json(from_json([3, MAX], "here")) == [3, MAX]
    machine = run("VECX r0 / PUSH 0 / OUTPUT r0", output_slots=1)
    assert machine.outputs == [[]]


def test_what_may_be_left_out() -> None:
    short: dict[str, object] = {"type": "model", "domain": "spin", "size": 3}
    full = short | {"k": None, "rows": None, "cols": None, "linear": {}, "quadratic": {}}
    assert plain(from_json(short, "here")) == plain(from_json(full, "here")) == plain(Model(SPIN, 3))
    zeros = short | {"rows": 0, "cols": 0, "linear": {"1": 0}, "quadratic": {"2,0": 0, "2,1": 4}}
    model = Model(SPIN, 3)
    model.put_pair(1, 2, 4)
    assert plain(from_json(zeros, "here")) == plain(model)


# Refusals: the message says which element, and what about it


def model_with(**fields: object) -> dict[str, object]:
    return {"type": "model", "domain": "binary", "size": 4, **fields}


def sample_with(**fields: object) -> dict[str, object]:
    return {"type": "sample", "domain": "binary", "values": [0, 1, 1, 0], **fields}


def without(form: dict[str, object], key: str) -> dict[str, object]:
    return {name: value for name, value in form.items() if name != key}


REFUSED: tuple[tuple[object, str, str], ...] = (
    # the value, the element that is named, what is said about it
    (MAX + 1, "calldata[3]", "64-bit"),
    (MIN - 1, "calldata[3]", "64-bit"),
    (1.0, "calldata[3]", "1.0"),
    (float("inf"), "calldata[3]", "inf"),
    (True, "calldata[3]", "true"),
    ("12", "calldata[3]", "str"),
    ([0, MAX + 1], "calldata[3][1]", "64-bit"),
    ([0, 1, 2.5], "calldata[3][2]", "integer"),
    ([[1]], "calldata[3][0]", "integer"),
    ([1, None], "calldata[3][1]", "integer"),
    ([0, "1"], "calldata[3][1]", "integer"),
    ([0, False], "calldata[3][1]", "integer"),
    ([model_with()], "calldata[3][0]", "integer"),
    ({}, "calldata[3]", '"type"'),
    ({"type": "vec"}, "calldata[3]", '"type"'),
    ({"type": ["model"]}, "calldata[3]", '"type"'),
    (model_with(values=[]), "calldata[3]", "values"),
    (sample_with(linear={}), "calldata[3]", "linear"),
    # domains
    (model_with(domain="ternary"), "calldata[3].domain", "ternary"),
    (model_with(domain="Binary"), "calldata[3].domain", "Binary"),
    (model_with(domain=2), "calldata[3].domain", "2"),
    (without(model_with(), "domain"), "calldata[3].domain", '"binary"'),
    (without(sample_with(), "domain"), "calldata[3].domain", '"spin"'),
    (model_with(domain="integer"), "calldata[3].k", "needs k"),
    (model_with(domain="integer", k=1), "calldata[3].k", "at least 2"),
    (model_with(domain="integer", k=-5), "calldata[3].k", "at least 2"),
    (model_with(domain="integer", k=MAX + 1), "calldata[3].k", "64-bit"),
    (model_with(domain="integer", k=True), "calldata[3].k", ""),
    (model_with(k=2), "calldata[3].k", "integer domain"),
    (sample_with(domain="spin", k=2, values=[1]), "calldata[3].k", "integer domain"),
    # sizes and grids
    (without(model_with(), "size"), "calldata[3].size", ""),
    (model_with(size=-1), "calldata[3].size", "-1"),
    (model_with(size=SIZE_MAX + 1), "calldata[3].size", "4,294,967,295"),
    (model_with(size=4.0), "calldata[3].size", "integer"),
    (model_with(size=True), "calldata[3].size", "integer"),
    (model_with(size=None), "calldata[3].size", "integer"),
    (model_with(rows=2, cols=3), "calldata[3]", "2 x 3"),
    (model_with(rows=2), "calldata[3]", "2 x 0"),
    (model_with(cols=2, rows=0), "calldata[3]", "0 x 2"),
    (model_with(rows=SIZE_MAX, cols=SIZE_MAX), "calldata[3]", "does not fit 4"),
    (model_with(rows=-2, cols=-2), "calldata[3].rows", "-2"),
    (model_with(rows=2, cols=2.0), "calldata[3].cols", "integer"),
    (sample_with(rows=5, cols=1), "calldata[3]", "5 x 1"),
    (sample_with(values=[], rows=1, cols=1), "calldata[3]", "1 x 1"),
    # values of samples
    (without(sample_with(), "values"), "calldata[3].values", "list"),
    (sample_with(values="01"), "calldata[3].values", "list"),
    (sample_with(values={"0": 1}), "calldata[3].values", "list"),
    (sample_with(values=[0, 2]), "calldata[3].values[1]", "Binary"),
    (sample_with(values=[0, 1, -1]), "calldata[3].values[2]", "Binary"),
    (sample_with(values=[0, MAX + 1]), "calldata[3].values[1]", "64-bit"),
    (sample_with(values=[0, True]), "calldata[3].values[1]", "integer"),
    (sample_with(values=[1.0]), "calldata[3].values[0]", "integer"),
    (sample_with(values=[None]), "calldata[3].values[0]", "integer"),
    (sample_with(domain="spin", values=[1, -1, 0]), "calldata[3].values[2]", "Spin"),
    (sample_with(domain="integer", k=3, values=[2, 3]), "calldata[3].values[1]", "Integer(3)"),
    (sample_with(domain="integer", k=3, values=[-1]), "calldata[3].values[0]", "Integer(3)"),
    # coefficients
    (model_with(linear=[1]), "calldata[3].linear", "object"),
    (model_with(quadratic=None), "calldata[3].quadratic", "object"),
    (model_with(linear={"4": 1}), "calldata[3].linear[4]", "out of range"),
    (model_with(linear={"-1": 1}), "calldata[3].linear", "-1"),
    (model_with(linear={"x": 1}), "calldata[3].linear", "x"),
    (model_with(linear={"": 1}), "calldata[3].linear", "digits"),
    (model_with(linear={"1,2": 1}), "calldata[3].linear", "1,2"),
    (model_with(linear={"²": 1}), "calldata[3].linear", "digits"),
    (model_with(linear={"9" * 5000: 1}), "calldata[3].linear", "999"),
    (model_with(linear={"1": MAX + 1}), "calldata[3].linear[1]", "64-bit"),
    (model_with(linear={"1": 1.5}), "calldata[3].linear[1]", "integer"),
    (model_with(linear={"1": True}), "calldata[3].linear[1]", "integer"),
    (model_with(linear={"1": None}), "calldata[3].linear[1]", "integer"),
    (model_with(quadratic={"1,4": 1}), "calldata[3].quadratic[1,4]", "out of range"),
    (model_with(quadratic={"4,1": 1}), "calldata[3].quadratic[4,1]", "out of range"),
    (model_with(quadratic={"1": 1}), "calldata[3].quadratic", "'1'"),
    (model_with(quadratic={"1,2,3": 1}), "calldata[3].quadratic", "1,2,3"),
    (model_with(quadratic={"1,-2": 1}), "calldata[3].quadratic", "1,-2"),
    (model_with(quadratic={"2,1": MIN - 1}), "calldata[3].quadratic[2,1]", "64-bit"),
    (model_with(quadratic={"2,1": "5"}), "calldata[3].quadratic[2,1]", "integer"),
)


@pytest.mark.parametrize(("value", "element", "about"), REFUSED, ids=range(len(REFUSED)))
def test_a_refusal_names_the_element(value: object, element: str, about: str) -> None:
    message = refusal(value)
    assert message.startswith(element), message
    assert message[len(element) : len(element) + 1] in (":", " "), message
    assert about in message


def refusal(value: object) -> str:
    with pytest.raises(InputError) as caught:
        from_json(value, "calldata[3]")
    message = str(caught.value)
    assert len(message.splitlines()) == 1 and message.isprintable() and len(message) < 200
    return message


@pytest.mark.parametrize("nothing", [False, "", [], 0.0], ids=repr)
def test_a_grid_is_made_of_integers_even_where_there_is_none(nothing: object) -> None:
    for key in ("rows", "cols"):
        assert refusal(model_with(**{key: nothing})).startswith(f"calldata[3].{key}:")
        assert refusal(sample_with(**{key: nothing})).startswith(f"calldata[3].{key}:")


@pytest.mark.parametrize("k", ["2", 2.0, [2]], ids=repr)
def test_a_k_that_is_no_integer_is_told_to_be_one(k: object) -> None:
    message = refusal(model_with(domain="integer", k=k))
    assert message.startswith("calldata[3].k:")
    assert "vector" not in message


@pytest.mark.parametrize(
    "form",
    [
        {"type": "\x1b[31m"},
        model_with(domain="\x1b]0;x\x07"),
        model_with(**{"\x1b[2J": 1}),
        model_with(linear={"\x1b[1m\n": 1}),
        model_with(domain="x" * 10_000),
        model_with(**{"y" * 10_000: 1}),
        sample_with(values=["\x1b[31m"]),
    ],
    ids=range(7),
)
def test_text_of_the_input_reaches_a_message_printable_and_short(form: dict[str, object]) -> None:
    assert refusal(form).startswith("calldata[3]")
