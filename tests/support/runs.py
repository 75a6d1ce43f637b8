"""Programs run in one line, and what the machine and the reference show of a run, in one shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.reference import Naive
from tests.support.reference_values import NaiveModel, NaiveSample, NaiveValue, Nothings
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, SPIN, Domain, Model, Sample
from vm.xqvm.program import Program


def program(text: str | bytes) -> Program:
    """A stream, or a text with ` / ` between its lines."""
    return Program(text) if isinstance(text, bytes) else assemble(text.replace(" / ", "\n"))


def run(text: str | bytes, **inputs: Any) -> XqvmMachine:
    """A machine that has run a program to its end; 16 output slots unless told."""
    machine = XqvmMachine(program(text), **{"output_slots": 16, **inputs})
    machine.run()
    return machine


def verdict(machine: XqvmMachine) -> str:
    """`ok`, or the fault as it prints."""
    return "ok" if machine.fault is None else machine.fault.message


@dataclass(frozen=True)
class Seen:
    """All that can be told from outside after a run."""

    message: str
    stack: tuple[int, ...]
    steps: int
    dispatched: int
    memory_used: int
    registers: dict[int, object]
    outputs: list[object]
    loops: int
    """How many are open."""


def seen(machine: XqvmMachine) -> Seen:
    """What the machine shows."""
    registers = {reg: plain(value) for reg, value in machine.registers.items()}
    outputs = [plain(value) for value in machine.outputs]
    return Seen(
        verdict(machine), tuple(machine.stack), machine.steps, machine.instructions, machine.memory_used,
        registers, outputs, machine.depth,
    )  # fmt: skip


def seen_naive(naive: Naive) -> Seen:
    """What the reference shows."""
    registers = {reg: plain(host(value)) for reg, value in naive.registers.items() if value is not None}
    outputs = [plain(host(value)) for value in naive.outputs]
    return Seen(
        naive.message, tuple(naive.stack), naive.steps, naive.dispatched, naive.memory_used,
        registers, outputs, len(naive.loops),
    )  # fmt: skip


def plain(value: object) -> object:
    """A host value as tuples and dicts, comparable by content."""
    if isinstance(value, Model):
        pairs = {(i, j): v for i, j, v in value.quadratic()}
        linear = dict(value.lines())
        return "model", str(value.domain), value.size, value.rows, value.cols, linear, pairs
    if isinstance(value, Sample):
        return "sample", str(value.domain), list(value.values), value.rows, value.cols
    return value


def host(value: NaiveValue) -> object:
    """A value of the reference as the machine takes it."""
    match value:
        case NaiveModel():
            model = Model(_domain(value), value.size, value.rows, value.cols)
            for i, coefficient in value.linear.items():
                model.put_line(i, coefficient)
            for (i, j), coefficient in value.quadratic.items():
                model.put_pair(i, j, coefficient)
            return model
        case NaiveSample():
            return Sample(_domain(value), list(value.values), value.rows, value.cols)
        case Nothings():
            return []
        case list():
            return list(value)
    return value


def _domain(value: NaiveModel | NaiveSample) -> Domain:
    if value.domain == "integer":
        return Domain("integer", value.k)
    return BINARY if value.domain == "binary" else SPIN
