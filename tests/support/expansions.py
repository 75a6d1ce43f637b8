"""Section 10 as lists of deltas on dicts, what they predict of a run, and the run to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.support.reference_values import MAX, MIN, encode
from tests.support.runs import run, verdict
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, Domain, Model
from vm.xqvm.program import Program

Key = tuple[int, ...]
"""A coefficient: (i,) is linear, (i, j) quadratic with i <= j."""
Terms = dict[Key, int]
Deltas = Iterable[tuple[Key, int]]


class Overflow(Exception):
    """A result left the range of 64 bits."""


def fit(value: int) -> int:
    if not MIN <= value <= MAX:
        raise Overflow
    return value


def line(i: int) -> Key:
    return (i,)


def pair(i: int, j: int) -> Key:
    return (i, j) if i <= j else (j, i)


# Section 10, one generator a paragraph: an Overflow between two deltas is raised where it is found.


def one_hot(cells: Sequence[int], penalty: int) -> Deltas:
    np, tp = fit(-penalty), fit(2 * penalty)
    for v in cells:
        yield line(v), np
    for s in range(len(cells)):
        for t in range(s + 1, len(cells)):
            yield pair(cells[s], cells[t]), tp


def exclude(i: int, j: int, penalty: int) -> Deltas:
    yield pair(i, j), penalty


def implies(i: int, j: int, penalty: int) -> Deltas:
    np = fit(-penalty)
    yield line(i), penalty
    yield pair(i, j), np


def equality(x: Sequence[int], c: Sequence[int], b: int, penalty: int) -> Deltas:
    tb = fit(2 * b)
    for k in range(len(x)):
        inner = fit(c[k] - tb)
        middle = fit(c[k] * inner)
        yield line(x[k]), fit(penalty * middle)
    tp = fit(2 * penalty)
    for k in range(len(x)):
        for m in range(k + 1, len(x)):
            first = fit(tp * c[k])
            yield pair(x[k], x[m]), fit(first * c[m])


def reduce(i: int, j: int, w: int, penalty: int) -> Deltas:
    m2, p3 = fit(-2 * penalty), fit(3 * penalty)
    yield pair(i, j), penalty
    yield pair(i, w), m2
    yield pair(j, w), m2
    yield line(w), p3


def slack_size(excess: int) -> int:
    size = 0
    while excess >= 2**size:
        size += 1
    return size


def apply(terms: Terms, deltas: Callable[[], Deltas]) -> tuple[Terms, bool]:
    """What is there after the deltas, and whether all of them fitted."""
    held = dict(terms)
    try:
        for key, delta in deltas():
            held[key] = fit(held.get(key, 0) + delta)
    except Overflow:
        return {key: value for key, value in held.items() if value}, False
    return {key: value for key, value in held.items() if value}, True


# One expansion, run and predicted


@dataclass(frozen=True)
class Case:
    """An expansion on a model in r0, with vectors in r1 and r2; indices are in range unless they may grow it."""

    name: str
    pushed: tuple[int, ...]
    """Bottom first."""
    vectors: tuple[tuple[int, ...], ...] = ()
    terms: tuple[tuple[Key, int], ...] = ()
    size: int = 6
    grid: tuple[int, int] = (0, 0)
    domain: Domain = BINARY


@dataclass(frozen=True)
class Predicted:
    """What section 10 makes of a case."""

    deltas: Callable[[], Deltas]
    size: int
    steps: int
    """Beyond the base step."""
    memory: int
    pushed: tuple[int, ...] = ()


def over(n: int, deltas: Callable[[], Deltas], size: int, growth: int = 0) -> Predicted:
    """An expansion over n indices, charged for what it may write."""
    pairs = n * (n - 1) // 2
    return Predicted(deltas, size + growth, 13 * (n + pairs), 8 * growth + 32 * n + 48 * pairs)


def predict(case: Case) -> Predicted:
    """Sections 10.2 to 10.6, with the charges of 7.3 and 8.3."""
    operands, penalty = case.pushed[:-1], case.pushed[-1]
    rows, cols = case.grid
    match case.name:
        case "ONEHOTR":
            cells = [operands[0] * cols + t for t in range(cols)]
            return over(cols, lambda: one_hot(cells, penalty), case.size)
        case "ONEHOTC":
            cells = [t * cols + operands[0] for t in range(rows)]
            return over(rows, lambda: one_hot(cells, penalty), case.size)
        case "EXCLUDE":
            return Predicted(lambda: exclude(operands[0], operands[1], penalty), case.size, 13, 48)
        case "IMPLIES":
            return Predicted(lambda: implies(operands[0], operands[1], penalty), case.size, 26, 80)
        case "REDUCE":
            i, j, w = operands[0], operands[1], case.size
            return Predicted(lambda: reduce(i, j, w, penalty), case.size + 1, 52, 184, (w,))
        case "EQUALITY":
            x, c = case.vectors
            growth = max([0, *(index + 1 - case.size for index in x)])
            return over(len(x), lambda: equality(x, c, operands[0], penalty), case.size, growth)
    x = case.vectors[0]
    c = case.vectors[1] if case.name == "ATLEASTW" else (1,) * len(x)
    count = slack_size(sum(c) - operands[0])
    indices = [*x, *(case.size + t for t in range(count))]
    coeffs = [*c, *(-(2**t) for t in range(count))]
    return over(len(indices), lambda: equality(indices, coeffs, operands[0], penalty), case.size, count)


def expand(case: Case) -> XqvmMachine:
    """Run a case; the counters are those of the expansion alone."""
    registers = range(1 + len(case.vectors))
    loads = [instruction for reg in registers for instruction in (("PUSH", reg), ("INPUT", reg))]
    model = Model(case.domain, case.size, *case.grid)
    for key, value in case.terms:
        if len(key) == 1:
            model.put_line(key[0], value)
        else:
            model.put_pair(key[0], key[1], value)
    machine = run(encode(*loads, *(("PUSH", value) for value in case.pushed)), calldata=[model, *case.vectors])
    assert verdict(machine) == "ok"
    machine.load(Program(encode((case.name, *registers))))
    machine.run()
    return machine


def model_in(machine: XqvmMachine) -> Model:
    model = machine.registers[0]
    assert isinstance(model, Model)
    return model


def terms_of(model: Model) -> Terms:
    linear: Terms = {(i,): v for i, v in model.lines()}
    return linear | {(i, j): v for i, j, v in model.quadratic()}


def check(case: Case) -> bool:
    """Compare a run with its prediction; whether everything fitted."""
    predicted, machine = predict(case), expand(case)
    terms, fits = apply(dict(case.terms), predicted.deltas)
    model = model_in(machine)
    got = (
        verdict(machine), terms_of(model), model.size, (model.rows, model.cols), model.domain,
        machine.stack, machine.steps, machine.memory_used,
    )  # fmt: skip
    expected = (
        "ok" if fits else "ArithmeticOverflow { pos: Some(0) }", terms,
        predicted.size if fits or grows_first(case) else case.size, case.grid, case.domain,
        predicted.pushed if fits else (), 1 + predicted.steps, predicted.memory,
    )  # fmt: skip
    assert got == expected, f"{case}\ngot      {got}\nexpected {expected}"
    return fits


def grows_first(case: Case) -> bool:
    """REDUCE checks its products before it grows; the others grow before they compute anything."""
    return case.name != "REDUCE" or (MIN <= -2 * case.pushed[-1] <= MAX and MIN <= 3 * case.pushed[-1] <= MAX)
