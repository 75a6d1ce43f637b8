"""Instructions of the Machine Dialect VM, explained wherever a vector or a random program comes to them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.explained import moment_before
from tests.support.mdvm_programs import RandomProgram, vectors
from vm.contract import Effect, Status
from vm.diagnostics import ProgramError
from vm.isa import Op
from vm.mdvm.assembler import assemble
from vm.mdvm.inputs import Inputs
from vm.mdvm.isa import EXTENSIONS, ISA
from vm.mdvm.machine import MdvmMachine
from vm.mdvm.program import Program
from xqdbg.explanation import explain, lines, reference, sections
from xqdbg.explanation.explaining import Explanation
from xqdbg.explanation.telling import as_json
from xqdbg.explanation.wording import told

TICKS = 40
_PLAIN = (bool, int, float, str)


def machines() -> Iterator[MdvmMachine]:
    for _, data in vectors():
        try:
            yield MdvmMachine(Program.load(data), Inputs(TICKS, 10_000))
        except ProgramError:
            continue
    for seed in range(60):
        yield RandomProgram(seed, extended=seed % 2 == 0).machine(TICKS)


def walk(machine: MdvmMachine) -> Iterator[str]:
    code = {line.pc: line for line in machine.code()}
    while machine.status is Status.READY:
        now, effect = moment_before(machine)
        each = explain(now, machine.isa, code, machine.source())
        assert sections(each) and json.dumps(as_json(each))
        assert all(lines(each))
        if each.op is not None:
            check(each, effect)
            yield each.op.name


def check(each: Explanation, effect: Effect) -> None:
    """The fault that comes is told and no other one; what is written is the last value of the formula."""
    assert each.op is not None
    due = [danger.identity for danger in each.dangers if danger.due]
    if effect.fault is not None:
        assert due == [effect.fault.identity]
        assert sum(danger.due is None for danger in each.dangers) == len(after_due(each))
        return
    assert not due and not each.fault and each.flow
    written = [write for write in effect.writes if write.place.name not in ("pc", "tag")]
    compound = each.op.group != "array" and any(has_parts(read.value) for read in effect.reads)
    if each.op.formula and written and not is_whole(written[0].new) and not compound:
        assert len(each.live) == 1 and each.live[0].endswith(f"= {told(written[0].new)}"), (each.live, written)


def after_due(each: Explanation) -> list[str]:
    at = next(number for number, danger in enumerate(each.dangers) if danger.due)
    return [danger.identity for danger in each.dangers[at + 1 :]]


def has_parts(value: object) -> bool:
    return value is not None and not isinstance(value, _PLAIN)


def is_whole(value: object) -> bool:
    """Whether a value is told otherwise than as what a formula comes to: it is made of others, or it is nothing."""
    return not isinstance(value, _PLAIN) or (isinstance(value, str) and len(value) > 100)


def test_every_instruction_of_every_vector_is_explained() -> None:
    seen: set[str] = set()
    for machine in machines():
        seen |= set(walk(machine))
    assert seen >= {op.name for op in ISA if op.code not in EXTENSIONS}


@pytest.mark.parametrize("op", list(ISA), ids=lambda op: op.name)
def test_every_instruction_has_a_page(op: Op) -> None:
    page = "\n".join(reference(op))
    assert op.doc in page and f"{op.code:02x}" in page and "InstructionLimit" in page


CASES = (
    ("load_const r1, 6\nload_const r2, 2.5\nadd r3, r1, r2\n", "r3 = 6 + 2.5 = 8.5", "goes on"),
    ('load_const r1, "a"\nload_const r2, "b"\nadd r3, r1, r2\n', 'r3 = r1 + r2 = "ab"', "goes on"),
    ("load_const r1, -7\nload_const r2, 2\ndiv r3, r1, r2\n", "r3 = quotient((-7), 2) = -3", "goes on"),
    ("load_const r1, -7.5\nload_const r2, 2\ndiv r3, r1, r2\n", "r3 = (-7.5) / 2 = -3.75", "goes on"),
    ("load_const r1, -7.5\nload_const r2, 2\nmod r3, r1, r2\n", "r3 = remainder((-7.5), 2) = -1.5", "goes on"),
    ("load_const r1, 2\nload_const r2, 2.0\neq r3, r1, r2\n", "r3 = equal(2, 2.0) = true", "goes on"),
    ("load_const r1, 1\nload_const r2, true\neq r3, r1, r2\n", "r3 = equal(1, r2) = false", "goes on"),
    ("load_const r1, nan\nnop\nnot r3, r1\n", "r3 = bool(not (nan)) = true", "goes on"),
    ("load_const r1, 0\nnop\njump_if_not r1, on\non: nop\n", "", "jumps to line 4 (on nop), because not 0 is true"),
    (
        "load_const r1, 0\nnop\njump_if r1, on\nnop\non: nop\n",
        "",
        "does not jump: goes on to line 4 (nop), because 0 is",
    ),
)


@pytest.mark.parametrize(("text", "live", "flow"), CASES)
def test_numbers_and_where_it_goes(text: str, live: str, flow: str) -> None:
    machine = MdvmMachine(assemble(text))
    machine.run(2)
    each = explain(moment_before(machine)[0], machine.isa, {line.pc: line for line in machine.code()}, machine.source())
    assert "".join(each.live) == live and each.flow.startswith(flow)


FAULTS = (
    ("load_const r1, 9223372036854775807\nload_const r2, 1\nadd r3, r1, r2\n", "IntegerOverflow",
     "9223372036854775807 + 1 = 9223372036854775808"),
    ("load_const r1, 3\nload_const r2, 0.0\ndiv r3, r1, r2\n", "DivisionByZero", "r2 = 0.0"),
    ("load_const r1, 3\nnew_array r2, r1\narray_get r3, r2, r1\n", "IndexOutOfBounds", "r1 = 3, r2.length = 3"),
    ("load_const r1, 3\nnew_array r2, r1\narray_get r3, r2, r2\n", "TypeMismatch", "r2 holds an array"),
    ('load_const r1, "a"\nload_const r2, 1\nlt r3, r1, r2\n', "InvalidComparison", "r1 holds a string"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "identity", "why"), FAULTS)
def test_why_it_fails(text: str, identity: str, why: str) -> None:
    machine = MdvmMachine(assemble(text))
    machine.run(2)
    each = explain(moment_before(machine)[0], machine.isa, {line.pc: line for line in machine.code()}, machine.source())
    (due,) = (danger for danger in each.dangers if danger.due)
    assert (due.identity, why in due.why) == (identity, True), due
