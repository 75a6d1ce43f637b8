"""Instructions of the PVM, explained wherever a vector comes to them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.explained import moment_before
from tests.support.pvm import CONFORMANCE
from vm.contract import Effect, Status
from vm.diagnostics import ProgramError
from vm.isa import Op
from vm.pvm.isa import ISA
from vm.pvm.machine import PvmMachine
from vm.pvm.toolchain import TOOLCHAIN
from vm.pvm.vectors import inputs_of
from xqdbg.explanation import explain, lines, reference, sections
from xqdbg.explanation.explaining import Explanation
from xqdbg.explanation.telling import as_json

TICKS = 300


def machines(kind: str) -> Iterator[PvmMachine]:
    with (CONFORMANCE / "pvm" / "runs" / f"{kind}.jsonl").open(encoding="utf-8") as file:
        for case in map(json.loads, file):
            try:
                yield TOOLCHAIN.machine(TOOLCHAIN.load(bytes(case["program"])), inputs_of(case))
            except ProgramError:
                continue


def walk(machine: PvmMachine) -> Iterator[str]:
    code = {line.pc: line for line in machine.code()}
    while machine.status is Status.READY and machine.tick < TICKS:
        now, effect = moment_before(machine)
        each = explain(now, machine.isa, code, machine.source())
        assert sections(each) and json.dumps(as_json(each))
        assert all(lines(each))
        if each.op is not None:
            check(each, effect)
            yield each.op.name


def check(each: Explanation, effect: Effect) -> None:
    """The fault that comes is told and no other one; what is written is the last number of the formula."""
    assert each.op is not None
    due = [danger.identity for danger in each.dangers if danger.due]
    if effect.fault is not None:
        assert due == [effect.fault.identity]
        return
    assert not due and not each.fault and each.flow
    written = [write for write in effect.writes if write.place.name != "pc"]
    if each.op.formula and written and each.op.group != "store":
        (line,) = each.live
        place, value = written[0].place, written[0].new
        assert line.startswith(f"{place} = {value}: ") or (
            line.startswith(f"{place} = ") and line.endswith(f"= {value}")
        )


def test_every_instruction_of_every_vector_is_explained() -> None:
    seen: set[str] = set()
    for kind in ("bad", "ctl", "enc", "gas", "inst", "mem", "multistep", "op"):
        for machine in machines(kind):
            seen |= set(walk(machine))
    assert seen == set(ISA.by_name)


@pytest.mark.parametrize("op", list(ISA), ids=lambda op: op.name)
def test_every_instruction_has_a_page(op: Op) -> None:
    page = "\n".join(reference(op))
    assert op.doc in page and f"{op.code:02x}" in page and "OutOfGas" in page
