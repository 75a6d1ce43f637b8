"""How a program ends badly: what is told, where it stands, and how it can go on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pvm_programs import Word, Writer
from vm.contract import Place, Status
from vm.faults import FaultReport
from vm.pvm.inputs import from_json
from vm.pvm.isa import ISA
from vm.pvm.machine import PvmMachine

PAGES = [{"address": 0x20000, "length": 0x1000}, {"address": 0x21000, "length": 0x1000, "writable": False}]


def ended(*instructions: tuple[Word, ...], **inputs: Any) -> tuple[PvmMachine, FaultReport]:
    """A machine that ran into a fault, and the fault."""
    writer = Writer()
    for name, *operands in instructions:
        writer.put(str(name), *operands)
    machine = PvmMachine(writer.program(), from_json({"pages": PAGES, "gas": 100, **inputs}))
    machine.run()
    assert machine.status is Status.FAULTED and machine.fault is not None
    return machine, machine.fault


CASES: dict[str, tuple[tuple[tuple[Word, ...], ...], str, str, str]] = {
    "trap": ((("trap",),), "PANIC", "Panic: trap", "gave up of its own accord"),
    "end": ((("move_reg", 1, 2),), "PANIC", "Panic: no instruction at 0x2", "lies behind the end of the code"),
    "target": ((("jump", 7),), "PANIC", "Panic: no basic block begins at 0x7", "Put a fallthrough"),
    "negative": ((("jump", -9),), "PANIC", "Panic: no basic block begins at -0x9", "leads to -0x9"),
    "table": ((("jump_ind", 7, 8),), "PANIC", "Panic: the jump table has no entry 0x8 to jump to", "first entry"),
    "low": (
        (("load_u32", 7, 16),),
        "PANIC",
        "Panic: access to 0x10, below 0x10000",
        "4 octets at 0x10 cannot be",
    ),
    "wrap": (
        (("store_u64", 7, -4),),
        "PAGE_FAULT",
        "PageFault at 0xfffff000",
        "at 0xfffffffc cannot be wri",
    ),
    "unmapped": (
        (("load_u8", 7, 0x30005),),
        "PAGE_FAULT",
        "PageFault at 0x30000",
        "is not mapped. Look at how",
    ),
    "read-only": ((("store_imm_u16", 0x21FFE, 1),), "PAGE_FAULT", "PageFault at 0x21000", "is read-only. Look at why"),
    "second page": (
        (("store_u64", 7, 0x20FFC),),
        "PAGE_FAULT",
        "PageFault at 0x21000",
        "at 0x20ffc cannot be wr",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_says_what_where_and_what_to_do(name: str) -> None:
    instructions, code, message, part = CASES[name]
    machine, fault = ended(*instructions)
    assert (fault.code, fault.message) == (code, message)
    assert part in fault.explanation
    assert fault.pc == machine.pc == (2 if name == "end" else 0)
    assert (machine.gas, machine.tick) == ((98, 2) if name == "end" else (99, 1))
    assert not fault.over_budget


def test_every_fault_of_the_table_can_be_told() -> None:
    assert {identity for op in ISA for identity in op.faults} == {"Panic", "PageFault", "OutOfGas"}


def test_a_page_fault_is_mended_as_it_says() -> None:
    machine, fault = ended(("load_u8", 7, 0x30005), ("load_u8", 8, 0x20000), ("trap",))
    assert "set rights[0x30000] = 1 and pc = 0x0 to try again" in fault.explanation
    machine.set(Place.parse("rights[0x30000]"), 1)
    machine.set(Place("pc"), 0)
    machine.run(2)
    assert (machine.status, machine.gas) == (Status.READY, 97)


def test_without_gas_it_stands_before_the_instruction() -> None:
    machine, fault = ended(("load_imm", 7, 5), ("load_imm", 8, 6), gas=1)
    assert (fault.code, fault.over_budget, machine.pc, machine.gas, machine.regs[8]) == ("OUT_OF_GAS", True, 6, -1, 0)
    assert "All 1 gas is used" in fault.explanation
    machine.set(Place("gas"), 5)
    machine.set(Place("pc"), 6)
    machine.run(1)
    assert (machine.regs[8], machine.gas, machine.gas_used) == (6, 4, 2)


def test_gas_goes_before_any_other_end() -> None:
    for instruction in (("trap",), ("jump", 7), ("load_u8", 7, 0), ("ecalli", 1), ("jump_ind", 7, 0)):
        machine, fault = ended(instruction, gas=0)
        assert (fault.identity, machine.gas) == ("OutOfGas", -1)


def test_a_memory_that_would_grow_too_large_is_this_debuggers_limit() -> None:
    stores = [("store_imm_u8", 0x20000 + 0x1000 * at, 1) for at in range(4)]
    machine, fault = ended(*stores, pages=[{"address": 0x20000, "length": 0x4000}], memory_limit=0x2000)
    assert (fault.code, fault.over_budget, machine.memory.held) == ("MEMORY_LIMIT", True, 2)
    assert "raise memory_limit in the inputs" in fault.explanation


def test_a_start_that_is_no_instruction() -> None:
    for pc in (3, 99, 1 << 63):
        machine, fault = ended(("load_imm", 7, 5), pc=pc)
        assert (fault.message, machine.pc) == (f"Panic: no instruction at {pc:#x}", pc)
        machine.run(), machine.cells("counters"), machine.cells("registers")
