"""Compiled blocks are made of the text of handlers, and do without where that is not at hand."""

from __future__ import annotations

import builtins
import re

import pytest

from tests.support.pvm_programs import RandomProgram, Writer
from vm.contract import Status
from vm.isa import Flow
from vm.pvm import blocks
from vm.pvm.blocks import Code
from vm.pvm.inputs import from_json
from vm.pvm.isa import ISA
from vm.pvm.machine import PvmMachine
from vm.pvm.templates import STATE, _template, compiled, template_of


@pytest.mark.parametrize("name", [op.name for op in ISA])
def test_every_handler_has_a_template(name: str) -> None:
    op = ISA.by_name[name]
    template = template_of(ISA.handlers[name])
    assert template is not None
    holes = set(re.findall(r"\{(\w+)\}", template.text)) - {"next"}
    assert holes <= {operand.name for operand in op.operands}
    assert ("return" in template.text) == (op.flow in (Flow.JUMP, Flow.BRANCH))
    free = set(re.findall(r"\b[A-Z]\w*\b", re.sub(r"'\w*'", "", template.text)))
    assert free <= template.names.keys() | vars(builtins).keys()
    assert "numbers" not in template.names and not template.names.keys() & set(STATE)


def test_expressions_are_written_out() -> None:
    template = template_of(ISA.handlers["add_32"])
    assert template is not None
    assert template.text == "r[{d}] = (r[{a}] + r[{b}] & 4294967295 ^ 2147483648) - 2147483648 & 18446744073709551615"
    assert template.names == {}


def test_handlers_without_text_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = RandomProgram(3, wild=False).machine()
    expected.run()
    monkeypatch.setattr("linecache.getlines", lambda *_: [])
    _template.cache_clear()
    monkeypatch.setattr(blocks, "OFTEN", 1)
    machine = RandomProgram(3, wild=False).machine()
    machine.run()
    assert machine.digest() == expected.digest()
    code = Code(machine.program)
    assert compiled([code.step(0)]) is None


def test_a_fault_in_a_compiled_block_is_found_by_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "OFTEN", 1)
    for at in range(6):
        writer = Writer()
        for n in range(6):
            writer.put("load_u64", 7, 0x30000 if n == at else 0x20000)
        writer.put("trap")
        machine = PvmMachine(writer.program(), from_json({"pages": [{"address": 0x20000, "length": 0x1000}]}))
        machine.run()  # walked, and compiled
        assert machine.status is Status.FAULTED
        for _ in range(3):
            machine.go_to(0)
            tick = machine.tick
            machine.run()
            assert (machine.pc, machine.tick - tick) == (writer.starts[at], at + 1)
            assert machine.fault is not None and machine.fault.identity == "PageFault"


def test_machines_of_one_program_share_compiled_code_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "OFTEN", 1)
    machine = RandomProgram(5, wild=False).machine()
    kept = machine.checkpoint()
    machine.run()
    twin = machine.twin()
    twin.run(50)
    before = twin.digest()
    machine.restore(kept)
    machine.run()
    assert twin.digest() == before
    twin.run()
    assert twin.digest() == machine.digest()
