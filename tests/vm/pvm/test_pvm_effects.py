"""Effects name all that an instruction reads and changes, and what lines say of it beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pvm_programs import RandomProgram, Writer
from vm.contract import Effect, Place, Read, Span, Status, Write
from vm.pvm.inputs import from_json
from vm.pvm.isa import REGISTERS
from vm.pvm.machine import PvmMachine
from vm.pvm.memory import PAGE

PAGES = [{"address": 0x20000, "length": 0x1000}]


def held(machine: PvmMachine) -> dict[str, object]:
    """Everything that an effect can name."""
    found: dict[str, object] = dict(zip(REGISTERS, machine.regs, strict=True))
    found["heap"] = machine.memory.heap
    found["rights"] = machine.memory.areas
    for number, page in machine.memory.stored():
        found |= {f"mem[{number * PAGE + at:#x}]": octet for at, octet in enumerate(page) if octet}
    return found


def named(effect: Effect) -> set[str]:
    """What an effect says was written, octet by octet."""
    found = set()
    for write in effect.writes:
        match write.place:
            case Place("mem", (Span(at, count),)):
                found |= {f"mem[{(at + n) % (1 << 32):#x}]" for n in range(count)}
            case Place("rights", _):
                found.add("rights")
            case place:
                found.add(str(place))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_effects_name_all_that_changes(seed: int) -> None:
    machine = RandomProgram(seed, wild=True).machine(400)
    lines = {line.pc: line for line in machine.code()}
    while machine.status is Status.READY:
        before, pc, twin = held(machine), machine.pc, machine.twin()
        twin.restore(machine.checkpoint())
        effects: list[Effect] = []
        machine.run(1, None, effects.append)
        (effect,) = effects
        after = held(machine)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        assert changed <= named(effect)
        for read in effect.reads:
            assert twin.get(read.place) == read.value
        for write in effect.writes:
            if write.place.name not in ("pc", "rights"):
                assert (twin.get(write.place), machine.get(write.place)) == (write.old, write.new)
        gone = machine.status is Status.READY and machine.pc != twin.instruction_at(pc).next
        assert (Write(Place("pc"), pc, machine.pc) in effect.writes) == gone
        assert effect.fault == machine.fault
        line = lines[pc]
        assert {read.place.name for read in effect.reads} <= line.reads
        assert {write.place.name for write in effect.writes} <= line.writes


def seen(writer: Writer, steps: int = 1, **inputs: object) -> Effect:
    """What the last of some instructions did."""
    machine, effects = PvmMachine(writer.program(), from_json(inputs)), list[Effect]()
    machine.run(steps, None, effects.append)
    return effects[-1]


def test_a_store_and_a_load() -> None:
    writer = Writer()
    writer.put("store_ind_u16", 7, 5, 2)
    writer.put("load_ind_i16", 8, 5, 2)
    given: dict[str, Any] = {"pages": PAGES, "registers": {"s0": 0x20000, "a0": -2}}
    place = Place("mem", (Span(0x20002, 2),))
    stored = seen(writer, **given)
    assert stored.reads == (Read(Place("a0"), (1 << 64) - 2), Read(Place("s0"), 0x20000, selects=True))
    assert stored.writes == (Write(place, 0, 0xFFFE),)
    assert stored.costs == (("gas", 1),)
    loaded = seen(writer, 2, **given)
    assert loaded.reads == (Read(Place("s0"), 0x20000, selects=True), Read(place, 0xFFFE))
    assert loaded.writes == (Write(Place("a1"), 0, (1 << 64) - 2),)


def test_a_conditional_move_writes_where_its_condition_holds() -> None:
    writer = Writer()
    writer.put("cmov_iz", 7, 8, 9)
    assert seen(writer, registers={"a1": 0, "a0": 5}).writes == (Write(Place("a2"), 0, 5),)
    assert seen(writer, registers={"a1": 1, "a0": 5}).writes == ()


def test_a_jump_that_leads_nowhere_has_written_its_register() -> None:
    writer = Writer()
    writer.put("load_imm_jump", 7, 5, "end")
    writer.put("move_reg", 1, 1)
    writer.label("end")
    writer.put("trap")
    effect = seen(writer)
    assert effect.writes == (Write(Place("a0"), 0, 5),)
    assert effect.fault is not None and effect.fault.operands["target"] == 10


def test_a_refused_attempt_did_nothing_and_costs_nothing() -> None:
    writer = Writer()
    writer.put("load_imm", 7, 5)
    effect = seen(writer, gas=0)
    assert (effect.op, effect.reads, effect.writes, effect.costs) == ("load_imm", (), (), (("gas", 0),))
    assert effect.fault is not None and effect.fault.over_budget


def test_a_growing_heap_makes_pages_writable() -> None:
    writer = Writer()
    writer.put("sbrk", 7, 8)
    effect = seen(writer, pages=PAGES, heap=0x20FFF, registers={"a1": 2})
    assert effect.reads == (Read(Place("a1"), 2), Read(Place("heap"), 0x20FFF))
    assert effect.writes == (
        Write(Place("a0"), 0, 0x21001),
        Write(Place("heap"), 0x20FFF, 0x21001),
        Write(Place("rights", (Span(0x21000, 0x1000),)), 0, 2),
    )


def test_a_reply_of_the_inputs_is_what_a_host_call_did() -> None:
    writer = Writer()
    writer.put("ecalli", 100)
    reply = {"a0": 7, "mem[0x20000:2]": "0102", "charge": 9}
    effect = seen(writer, pages=PAGES, host={"100": reply})
    assert effect.writes == (Write(Place("a0"), 0, 7), Write(Place("mem", (Span(0x20000, 2),)), 0, 0x0201))
    assert effect.costs == (("gas", 10),)
    assert seen(writer).writes == ()


def test_octets_that_are_no_instruction_have_no_name() -> None:
    writer = Writer()
    writer.put("load_imm", 7, 5)
    effect = seen(writer, pc=3)
    assert effect.op == "" and effect.fault is not None and effect.fault.pc == 3
