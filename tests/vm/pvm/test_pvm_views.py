"""What is shown of a PVM: cells, areas of memory, windows on them, the octets of an output."""

from __future__ import annotations

import pytest

from tests.support.pvm_programs import RandomProgram, Writer
from vm.contract import Cell, Frame, Place, PlaceError, Status
from vm.pvm.inputs import from_json
from vm.pvm.isa import HALT_ADDRESS, REGISTERS
from vm.pvm.machine import PvmMachine

MEMORY = {"0x20000": "48 69 21 00", "0x20ff0": "ff" * 32}


def machine(**given: object) -> PvmMachine:
    writer = Writer()
    writer.put("add_imm_64", 7, 8, 5)
    writer.put("fallthrough")
    writer.put("store_u8", 7, 0x20003)
    writer.put("jump_ind", 0, 0)
    pages = [{"address": 0x20000, "length": 0x2000}, {"address": 0x30000, "length": 0x1000, "writable": False}]
    inputs = {"pages": pages, "memory": MEMORY, "gas": 100, "registers": {"ra": HALT_ADDRESS, "sp": -2, "a1": 3}}
    return PvmMachine(writer.program(), from_json({**inputs, **given}))


def cells(found: PvmMachine, view: str) -> dict[str, Cell]:
    return {cell.name: cell for cell in found.cells(view)}


@pytest.mark.parametrize("seed", range(10))
def test_cells_are_named_like_places_and_hold_what_is_there(seed: int) -> None:
    found = RandomProgram(seed, wild=True).machine(300)
    while found.status is Status.READY:
        found.run(20)
        names = [cell.name for view in found.views() for cell in found.cells(view.id)]
        assert len(set(names)) == len(names)
        for name in ("registers", "counters"):
            for cell in found.cells(name):
                assert found.get(Place.parse(cell.name)) == cell.value
        for view in found.views():
            assert all("\n" not in cell.text for cell in found.cells(view.id))


def test_registers_say_what_comes_next() -> None:
    found = machine()
    shown = cells(found, "registers")
    assert tuple(shown) == REGISTERS
    assert (shown["a0"].note, shown["a1"].note, shown["ra"].note) == ("written next", "read next", "r0")
    assert shown["sp"].text == "0xfffffffffffffffe (-2)" and shown["a1"].text == "3"
    found.run()
    assert cells(found, "registers")["a0"].note == "r7"


def test_counters_tell_the_block() -> None:
    found = machine()
    assert [(cell.name, cell.text, cell.note) for cell in found.cells("counters")] == [
        ("gas", "100", "left"),
        ("pc", "0", "instruction 1 of the block at 0x0"),
        ("heap", "0", "where it ends"),
    ]
    found.run(3)
    assert cells(found, "counters")["pc"].note == "instruction 2 of the block at 0x7"
    assert cells(machine(pc=99), "counters")["pc"].note == "behind the code"


def test_pages_are_told_by_area() -> None:
    found = machine()
    assert [(cell.name, cell.text, cell.note) for cell in found.cells("pages")] == [
        ("rights[0x20000:8192]", "writable, 2 pages", "to 0x21fff, 2 in use"),
        ("rights[0x30000:4096]", "read-only, 1 page", "to 0x30fff, 0 in use"),
    ]


def test_calls_are_told_innermost_first() -> None:
    writer = Writer()
    writer.put("load_imm_jump", 0, writer.address("back"), "f")
    writer.label("back")
    writer.put("trap")
    writer.label("f")
    writer.put("trap")
    found = PvmMachine(writer.program())
    found.run(1)
    (cell,) = found.cells("calls")
    assert (cell.name, cell.text, cell.note) == ("call[0]", "0x9, sp 0x0", "returns to 0x8")
    assert found.get(Place.parse(f"{cell.name}.entry")) == 9 and found.get(Place("call")) == 1
    assert found.get(Place.parse("call[-1].back")) == 2 and found.get(Place.parse("call[0].sp")) == 0
    for text in ("call[1].sp", "call[0]", "call[0].x", "call.sp"):
        with pytest.raises(PlaceError):
            found.get(Place.parse(text))


def test_the_output_is_what_halting_leaves_at_a0() -> None:
    found = machine(registers={"ra": HALT_ADDRESS, "a1": 0x1FFFB})
    assert found.cells("outputs") == () and found.output() is None
    found.regs[8] = 0x1FFFB
    found.run(3)
    found.regs[8] = 4
    found.run()
    (cell,) = found.cells("outputs")
    assert (cell.name, cell.text, cell.note) == ("mem[0x20000:4]", "48 69 21 00  Hi!.", "4 octets")
    assert [entry.text for entry in found.entries(cell.name, 1, 2)] == ["0x69", "0x21"]
    for count, at in ((0, 0x20000), (5, 0x21FFE), (1 << 40, 0x20000), (1, 1 << 33)):
        found.regs[7], found.regs[8] = at, count
        assert found.output() == b""
        assert found.cells("outputs") == ()


def test_entries_are_octets() -> None:
    found = machine()
    assert [entry.name for entry in found.entries("mem[0x20000:4]", 2, 10)] == ["mem[0x20002]", "mem[0x20003]"]
    assert found.entries("mem[0x20000:4]", 4, 10) == () and len(found.entries("mem[0x20000:4]", -5, 6)) == 4
    for name in ("a0", "mem", "mem[0x22000:4]", "x["):
        with pytest.raises(PlaceError):
            found.entries(name, 0, 4)


def test_a_window_shows_octets() -> None:
    found = machine()
    first, second = found.regions()
    assert (first.name, first.rows, first.cols) == ("mem[0x20000:8192]", 512, 16)
    assert first.title == "writable memory · 0x20000 to 0x21fff · 2 pages"
    assert second.title == "read-only memory · 0x30000 to 0x30fff · 1 page"
    assert (first.base, first.end, first.rights, second.rights) == (0x20000, 0x22000, "writable", "read-only")
    whole = found.window(first.name, Frame(0, 0, 1, 16)).cells
    assert whole == (tuple(found.get(Place.parse(f"mem[{0x20000 + at}]")) for at in range(16)),)
    seen = found.window(first.name, Frame(0, 0, 2, 4, cursor=(0, 1)))
    assert seen.cells == ((0x48, 0x69, 0x21, 0), (0, 0, 0, 0))
    assert (seen.focus, seen.focus_place, found.get(Place.parse(seen.focus_place))) == (0x69, "mem[0x20001]", 0x69)
    seen = found.window(first.name, Frame(254, 8, 4, 10, cursor=(255, 15)))
    assert seen.cells == tuple((o,) * 8 + (None, None) for o in (0, 255, 255, 0))
    assert seen.focus == 255
    seen = found.window(first.name, Frame(508, 0, 10, 2, scale=3, cursor=(512, 0)))
    assert seen.cells == ((0, 0), (0, 0)) and seen.focus_place == "" and seen.focus is None
    for name in ("mem", "a0", "mem[0x20000:4096]"):
        with pytest.raises(PlaceError):
            found.window(name, Frame())
