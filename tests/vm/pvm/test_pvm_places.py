"""Places of a PVM in every form: read, written, resolved, refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pvm_programs import Writer
from vm.contract import Place, PlaceError, Status, Value
from vm.pvm.inputs import from_json
from vm.pvm.machine import PvmMachine

MEMORY = {"0x20000": "01 02 03 04 05 06 07 88", "0x20ffe": "aa bb cc"}


def machine() -> PvmMachine:
    writer = Writer()
    writer.put("load_imm", 7, 5)
    writer.put("load_imm", 8, -1)
    writer.put("trap")
    pages = [{"address": 0x20000, "length": 0x2000}, {"address": 0xFFFFF000, "length": 0x1000}]
    given = {"pages": pages, "memory": MEMORY, "gas": 100, "registers": {"a0": -2, "t0": 300}, "heap": 0x22000}
    return PvmMachine(writer.program(), from_json(given))


READ = {
    "a0": (1 << 64) - 2,
    "r7": (1 << 64) - 2,
    "a0.i64": -2,
    "a0.u8": 254,
    "r7.i8": -2,
    "a0.u32": 0xFFFFFFFE,
    "t0.i8": 44,
    "mem[0x20000]": 1,
    "mem[131072]": 1,
    "mem[0x20000:4]": 0x04030201,
    "mem[0x20000:8]": 0x8807060504030201,
    "mem[0x20000:9]": (1, 2, 3, 4, 5, 6, 7, 0x88, 0),
    "mem[0x20000].u64": 0x8807060504030201,
    "mem[0x20000].i64": 0x8807060504030201 - (1 << 64),
    "mem[0x20007].i8": -0x78,
    "mem[0x20ffe:3]": 0xCCBBAA,
    "mem[-1]": 0,
    "gas": 100,
    "gas.used": 0,
    "gas.limit": 100,
    "pc": 0,
    "tick": 0,
    "heap": 0x22000,
    "rights[0x20000]": 2,
    "rights[0x1ffff]": 0,
    "rights[0x1f000:0x1001]": 0,
    "rights[0x20000:0x2000]": 2,
    "host": None,
    "host.count": 0,
}


@pytest.mark.parametrize("text", READ)
def test_a_place_is_read(text: str) -> None:
    found, place = machine(), Place.parse(text)
    assert found.get(place) == found.reader(place)() == READ[text]
    assert found.knows(place.name)


@pytest.mark.parametrize(
    "text",
    ["r13", "x", "mem", "mem.u8", "mem[1,2]", "mem[0x20000:0]", "mem[0x20000:1048577]", "mem[0x100000000]", "a0.u7",
     "a0[0]", "gas.x", "pc[0]", "rights", "rights[0x20000].u8", "rights[0x100000000]", "mem[0x20000].u24", "host.x",
     "stack", "rights[0:0]", "r01"],
)  # fmt: skip
def test_there_can_be_no_such_place(text: str) -> None:
    for ask in (machine().reader, machine().get):
        with pytest.raises(PlaceError):
            ask(Place.parse(text))


@pytest.mark.parametrize(
    ("text", "where"),
    [("mem[0]", "0x0"), ("mem[0x1fffe:4]", "0x1fffe"), ("mem[0x21ffe].u32", "0x22000"), ("mem[-1:2]", "0x0")],
)
def test_what_is_not_mapped_cannot_be_read_or_written(text: str, where: str) -> None:
    found, place = machine(), Place.parse(text)
    read = found.reader(place)
    for attempt in (read, lambda: found.set(place, 1)):
        with pytest.raises(PlaceError, match=f"nothing is mapped at {where}$"):
            attempt()


def test_a_reader_is_live() -> None:
    found = machine()
    a0, octet, gas = (found.reader(Place.parse(text)) for text in ("a0", "mem[0x20000]", "gas"))
    origin = found.checkpoint()
    found.run(1)
    found.set(Place.parse("mem[0x20000]"), 77)
    assert (a0(), octet(), gas()) == (5, 77, 99)
    found.restore(origin)
    assert (a0(), octet(), gas()) == ((1 << 64) - 2, 1, 100)


WRITTEN: dict[str, tuple[Value, Value]] = {
    "a0": (5, 5),
    "r12": (-1, (1 << 64) - 1),
    "a0.u8": (3, 3),
    "a0.i32": (-7, -7),
    "mem[0x20000]": (255, 255),
    "mem[0x20001:2]": (-2, 0xFFFE),
    "mem[0x20fff].u16": (0x1234, 0x1234),
    "mem[0x20000:3]": ((1, 2, 3), 0x030201),
    "mem[0x20000:10]": (tuple(range(10)), tuple(range(10))),
    "gas": (7, 7),
    "gas.limit": (1000, 1000),
    "heap": (0x23000, 0x23000),
    "rights[0x30000]": (1, 1),
    "rights[0x20000:0x2000]": (0, 0),
    "pc": (6, 6),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_place_is_written(text: str) -> None:
    found, place, (value, expected) = machine(), Place.parse(text), WRITTEN[text]
    before, kept = found.digest(), found.checkpoint()
    found.set(place, value)
    assert found.get(place) == expected
    assert found.get(Place("t0")) == 300
    found.restore(kept)
    assert found.digest() == before


@pytest.mark.parametrize(
    ("text", "value"),
    [("a0", 1 << 64), ("a0", -(1 << 63) - 1), ("a0", None), ("a0.u8", 256), ("mem[0x20000]", 256),
     ("mem[0x20000]", "x"), ("mem[0x20000:3]", (1, 2)), ("mem[0x20000:2]", (1, 256)), ("mem[0x20000:9]", 1),
     ("gas", -1), ("gas", 1 << 64), ("gas.limit", None), ("pc", 1), ("pc", 99), ("tick", 3), ("host", 3),
     ("rights[0x1000]", 2), ("rights[0x20000]", 3), ("heap", -1), ("heap", 1 << 33), ("gas.used", 4), ("depth", 1),
     ("mem[0x1fff0:32]", (0,) * 32)],
)  # fmt: skip
def test_an_edit_that_cannot_be_changes_nothing(text: str, value: Value) -> None:
    found = machine()
    before = found.digest()
    with pytest.raises(PlaceError):
        found.set(Place.parse(text), value)
    assert found.digest() == before


def test_gas_that_is_used_stays_used() -> None:
    found = machine()
    found.run(2)
    found.set(Place("gas"), 50)
    assert (found.gas, found.gas_used, found.gas_limit) == (50, 2, 52)
    found.set(Place.parse("gas.limit"), 2)
    assert (found.gas, found.meters()[0].used, found.meters()[0].limit) == (0, 2, 2)
    with pytest.raises(PlaceError, match="2 gas is used already"):
        found.set(Place.parse("gas.limit"), 1)
    assert found.twin().gas == 2


def test_to_go_to_an_instruction_mends_a_fault() -> None:
    found = machine()
    assert found.run().status is Status.FAULTED
    found.set(Place("pc"), 0)
    assert (found.status, found.fault) == (Status.READY, None)


@pytest.mark.parametrize(
    ("text", "usual"),
    [("r7", "a0"), ("r0.u8", "ra"), ("a0", "a0"), ("mem[0x20000].u32", "mem[0x20000:4]"),
     ("mem[-1]", "mem[0xffffffff]"), ("mem[-4:2]", "mem[0xfffffffc:2]"), ("mem[3]", "mem[0x3]"),
     ("gas.limit", "gas.limit"), ("mem.x", "mem.x")],
)  # fmt: skip
def test_a_place_has_one_usual_name(text: str, usual: str) -> None:
    assert str(machine().resolve(Place.parse(text))) == usual


def test_values_in_text_and_json() -> None:
    found = machine()
    assert [found.text(value) for value in (None, 7, 42, 1 << 63, -3, -300)] == [
        "unset", "7", "0x2a (42)", "0x8000000000000000 (-9223372036854775808)", "-3", "-0x12c (-300)",
    ]  # fmt: skip
    assert found.text((72, 105, 0)) == "48 69 00  Hi."
    assert found.text(tuple(range(200, 240))).endswith(" …")
    for value in (None, 5, (1, 2, 255)):
        assert found.from_json(found.to_json(value)) == value
    wrongs: list[Any] = [1.5, True, "x", [256], [True], {}]
    for wrong in wrongs:
        with pytest.raises(PlaceError):
            found.from_json(wrong)


def test_functions() -> None:
    found = machine()
    assert found.call("s8", [255]) == -1 and found.call("u32", [-1]) == 0xFFFFFFFF
    assert found.call("little", [(1, 2)]) == 513 and found.call("little", [7]) == 7
    for function, arguments in (("x", [1]), ("s8", []), ("s8", [(1,)]), ("little", [(256,)]), ("little", [None])):
        with pytest.raises(PlaceError):
            found.call(function, arguments)
    assert set(found.functions()) == {*(f"{sign}{bits}" for sign in "us" for bits in (8, 16, 32, 64)), "little"}
