"""Expansions against section 10, written down here a second time as lists of deltas on dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.support.reference_values import MAX, MIN, encode
from tests.support.runs import plain, run, verdict
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, SPIN, Domain, Model, Sample

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
    yield pair(i, j), penalty
    yield pair(i, w), -2 * penalty
    yield pair(j, w), -2 * penalty
    yield line(w), 3 * penalty


def slack_size(excess: int) -> int:
    size = 0
    while excess >= 2**size:
        size += 1
    return size


def apply(terms: Terms, deltas: Deltas) -> tuple[Terms, bool]:
    """What is there after the deltas, and whether all of them fitted."""
    held = dict(terms)
    try:
        for key, delta in deltas:
            held[key] = fit(held.get(key, 0) + delta)
    except Overflow:
        return {key: value for key, value in held.items() if value}, False
    return {key: value for key, value in held.items() if value}, True


# Running one expansion


@dataclass(frozen=True)
class Expected:
    """What an expansion comes to."""

    deltas: Deltas
    size: int
    """After it, growth included."""
    charges: tuple[tuple[int, int], ...]
    """Variables grown by, and indices expanded over, or bytes and steps for the fixed ones."""


def model_of(terms: Terms, size: int, domain: Domain = BINARY, grid: tuple[int, int] = (0, 0)) -> Model:
    model = Model(domain, size, *grid)
    for key, value in terms.items():
        if len(key) == 1:
            model.put_line(key[0], value)
        else:
            model.put_pair(key[0], key[1], value)
    return model


def terms_of(machine: XqvmMachine) -> Terms:
    model = machine.registers[0]
    assert isinstance(model, Model)
    return {**{(i,): v for i, v in model.lines()}, **{(i, j): v for i, j, v in model.quadratic()}}


def size_of(machine: XqvmMachine) -> int:
    model = machine.registers[0]
    assert isinstance(model, Model)
    return model.size


def expand(name: str, model: Model, pushed: Sequence[int], *vectors: Sequence[int]) -> XqvmMachine:
    """Run one expansion on r0 with vectors in r1, r2; the counters are those of the expansion alone."""
    registers = range(1 + len(vectors))
    load = encode(*(instruction for reg in registers for instruction in (("PUSH", reg), ("INPUT", reg))))
    machine = run(load + encode(*(("PUSH", value) for value in pushed)), calldata=[model, *vectors])
    assert verdict(machine) == "ok"
    stream = encode((name, *registers))
    machine.load(type(machine)  # a second run starts its counters at 0 and keeps registers and stack
                 and _program(stream))
    machine.run()
    return machine
