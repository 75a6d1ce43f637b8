"""Whatever is typed, an expression is one or an error that points into the text, and it ends."""

from __future__ import annotations

import random
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.paper import Opaque, Paper, machine
from tests.support.programs import Generator
from vm.contract import Machine, PlaceError, Value
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.program import Program
from xqdbg.errors import XqdbgError
from xqdbg.expressions import EvaluationError, ExpressionError, Template, format_value, parse
from xqdbg.expressions.names import complete

PAPER = machine(Paper({"r1": 3, "r2": (4, 5), "r3": -9, "r4": Opaque("model"), "r6": "text"}, stack=(1, 2)))
SAVED = {"x": 5, "list": (1, 2)}
PIECES = [
    "r0", "r1", "r2", "r3", "r4", "r6", "stack", "tick", "depth", "pc", "fuel", "loop", "in", "out", "steps", "bytes",
    ".", ".size", ".quad", ".index", ".length", ".limit", "[", "]", "[0]", "[-1]", "[1,5]", "[0:2]", "(", ")", ",", ":",
    "$x", "$list", "$", "0", "1", "7", "-1", "0x", "0xff", "1 << 70", "9" * 30, "'a'", '"', "unset", "old(", "old(r1)",
    "len(", "min(", "sum(", "any(", "abs(", "popcount(", "energy(", "twice(", "and", "or", "not", "==", "!=", "<", "<=",
    ">", ">=", "+", "-", "*", "/", "//", "%", "&", "|", "^", "~", "<<", ">>", "=", ";", "{", "}", "!", "é",
    "\x00", "\n",
]  # fmt: skip
PIECED = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
TIGHT = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
TEXTS = st.one_of(PIECED, TIGHT, st.text(max_size=40), st.text("r0123[]().,:+-*/%<>=!&|^~$ 'x", max_size=30))


def computed(text: str, on: Machine, strict: bool) -> Value:
    """The value, or None for an error of the two kinds there are."""
    try:
        return parse(text).bind(on, SAVED, lambda _place: 3, strict)()
    except (ExpressionError, EvaluationError) as error:
        assert error.text == text
        assert 0 <= error.column <= len(text)
        assert error.width >= 1
        assert error.message and error.message.isprintable() and "\n" not in error.hint
        assert isinstance(error, ExpressionError) or strict
        return None


@settings(max_examples=800, deadline=None)
@given(TEXTS)
@example("r2[9223372036854775808]")
@example("r2[0:99999999999999999999]")
def test_nothing_but_values_and_errors(text: str) -> None:
    loose = computed(text, PAPER, strict=False)
    strict = computed(text, PAPER, strict=True)
    if strict is not None:
        assert strict == loose


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from(["", ":x", ":j", ":e", ":"]), TEXTS)
def test_templates_too(before: str, letter: str, inside: str) -> None:
    text = f"{before}{{{inside}{letter}}}"
    try:
        told = Template.parse(text).bind(PAPER, SAVED, lambda _place: 3)()
    except ExpressionError as error:
        assert error.text == text
        assert 0 <= error.column <= len(text)
        return
    assert told.isprintable() or not text.isprintable()
    assert not {"\x00", "\x1b", "\n"} & set(told)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_completion_too(text: str) -> None:
    start, found = complete(text, ["r1", "stack[0]", "r0.size"])
    assert 0 <= start <= len(text)
    assert all(name.startswith(text[start:]) for name in found)


@pytest.mark.parametrize("seed", range(6))
def test_on_the_machine_itself(seed: int) -> None:
    """Random texts at random moments of random programs, all formats of what they come to."""
    generator = Generator(seed)
    code, calldata = bytes(generator.program()), generator.calldata
    on: Machine = XqvmMachine(Program(code), calldata, output_slots=2)
    choice = random.Random(seed)
    for _ in range(150):
        on.run(choice.randint(1, 5))
        text = choice.choice((" ", "")).join(choice.choices(PIECES[:-12], k=choice.randint(1, 6)))
        for strict in (False, True):
            value = computed(text, on, strict)
            for fmt in "dxbemj":
                shown = format_value(on, value, fmt)
                assert all(line.isprintable() for line in shown.splitlines())


LARGE = machine(Paper({"r1": (3,) * 1_000_000, "r2": [3] * 1_000_000, "r3": (1 << 4000)}))


@pytest.mark.parametrize(
    "text",
    [
        " + ".join(["sum(r1)"] * 60), " and ".join(["r1 == r2"] * 300), " * ".join(["r3"] * 60), "r3" + " << r3" * 60,
        " or ".join(["max(r1) == 4"] * 200), "[" + ", ".join(["len(r1)"] * 400) + "]",
        " and ".join(["r1[0:1000000]"] * 200),
        "min(" + ", ".join(["r3 * r3"] * 400) + ")", " or ".join(["r3 * r3 * r3 > 1"] * 200),
    ],
)  # fmt: skip
def test_evaluation_ends_soon(text: str) -> None:
    evaluate = parse(text).bind(LARGE, {})
    began = perf_counter()
    evaluate()
    assert perf_counter() - began < 2


def test_an_error_of_the_machine_is_printable() -> None:
    class Rude(Paper):
        def reader(self, place: object) -> object:  # type: ignore[override]
            raise PlaceError("\x1b[31m\nno")

    with pytest.raises(XqdbgError) as error:
        parse("r1").bind(machine(Rude()), {})
    assert error.value.message == "␛[31m␊no"
