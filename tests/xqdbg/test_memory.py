"""Memory by address, over any machine: areas, octets, what is touched, what is found, and the commands that show it."""

from __future__ import annotations

import pytest

from vm.contract import Frame, Place, PlaceError, Region, Shape
from vm.pvm.toolchain import TOOLCHAIN
from vm.xqvm.toolchain import TOOLCHAIN as XQVM
from xqdbg import memory
from xqdbg.patience import Patience
from xqdbg.script import Interpreter
from xqdbg.session import Opened, Session

TEXT = """
%ro_data = 48 65 6c 6c 6f 2c 20 50 56 4d 21
%rw_data_size = 8192
%stack_size = 4096
pub @main:
    s0 = 0x30000
    t0 = 0x1234
    u32 [s0 + 8] = t0
    u64 [s0 + 0x2000] = t0
    ret
"""


def begin(text: str = TEXT) -> Session:
    program = TOOLCHAIN.assemble(text, "memory.pvmasm")
    machine = TOOLCHAIN.machine(program, {"memory": {"0x30ffe": "41 42 43 44"}} if text is TEXT else {})
    return Session(machine, "memory.pvmasm", opened=Opened(TOOLCHAIN, program))


def tell(session: Session, line: str) -> list[str]:
    return [line for reply in Interpreter(session).run(line) for line in reply.lines]


def asked(session: Session) -> int | None:
    """The address a face should show."""
    return session.moment.address


def test_areas_are_told_by_address() -> None:
    session = begin()
    found = memory.areas(session.moment.regions)
    assert [(memory.base_of(area), area.end, area.rights) for area in found] == [
        (0x10000, 0x11000, "read-only"), (0x30000, 0x32000, "writable"), (0xFEFDF000, 0xFEFE0000, "writable"),
    ]  # fmt: skip
    assert {area.shape for area in found} == {Shape.MEMORY} and session.machine.shapes == {Shape.MEMORY}
    assert memory.area_at(found, 0x31FFF) is found[1] and memory.area_at(found, 0x32000) is None
    assert str(memory.place_at(found[1], 0x30008, 4)) == "mem[0x30008:4]"
    assert str(memory.place_at(found[1], 0x30008)) == "mem[0x30008]"
    for area in found:
        assert session.machine.window(area.name, Frame()).region == area


def test_what_has_no_addresses_is_no_memory() -> None:
    program = XQVM.assemble("PUSH 4\nBQMX r0\nHALT")
    session = Session(XQVM.machine(program, {}), "model")
    session.step(2)
    assert session.moment.regions and not memory.areas(session.moment.regions)
    assert session.machine.shapes == {Shape.MATRIX}
    (reply,) = Interpreter(session).run("memory 5")
    assert "no memory is mapped here" in reply.error


@pytest.mark.parametrize(
    ("place", "span"),
    [("mem[0x20000]", range(0x20000, 0x20001)), ("mem[0x20000:4]", range(0x20000, 0x20004)),
     ("rights[0x20000:4]", None), ("a0", None), ("mem", None), ("mem[1,2]", None), ("mem[0x20000].u8", None)],
)  # fmt: skip
def test_places_are_octets_if_they_are_in_memory(place: str, span: range | None) -> None:
    assert memory.octets_named(Place.parse(place), {"mem"}) == span


def test_octets_come_from_any_address_as_far_as_they_are_mapped() -> None:
    machine = begin().machine
    assert bytes(memory.octets(machine, 0x10001, 5)) == b"ello,"
    assert bytes(memory.octets(machine, 0x30FFE, 4)) == b"ABCD", "over the end of a row and of a page"
    assert len(memory.octets(machine, 0x31FF9, 100)) == 7
    with pytest.raises(PlaceError, match="0x32000"):
        memory.octets(machine, 0x32000, 1)


def test_octets_are_found_across_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = begin().machine
    monkeypatch.setattr(memory, "MOST_AT_ONCE", 64)
    assert memory.find(machine, b"ABCD") == 0x30FFE
    assert memory.find(machine, b"PVM!") == 0x10007
    assert memory.find(machine, b"l") == 0x10002 and memory.find(machine, b"l", 0x10002) == 0x10003
    assert memory.find(machine, b"nowhere") is None
    assert memory.find(machine, b"ABCD", patience=Patience(lambda: True)) is None


def test_the_command_shows_octets_and_where_to_look() -> None:
    session = begin()
    assert tell(session, "memory 0x10000, 12")[1] == "0x00010000  48 65 6c 6c 6f 2c 20 50 56 4d 21 00  Hello, PVM!."
    assert asked(session) == 0x10000
    tell(session, "step 2")
    assert asked(session) is None, "somewhere else, nothing is asked for"
    assert tell(session, "memory s0 + 0xffc, 8")[1].startswith("0x00030ffc  00 00 41 42 43 44 00 00")
    assert session.moment.address == 0x30FFC
    assert tell(session, "memory mem[0x30ffe:2]")[1].startswith("0x00030ffe  41 42")
    assert len(tell(session, "memory 0x30000")) == 1 + 8
    assert tell(session, "memory 0x31ff8, 32")[-1] == "(nothing is mapped behind 0x31fff)"
    assert tell(session, "memory")[0] == "3 mapped areas"
    assert tell(session, "memory")[2].split() == ["0x10000", "0x10fff", "4,096", "read-only"]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("memory 0x40000", "nothing is mapped at 0x40000"), ("memory s0, x", "is no number of octets"),
     ("memory s0, 0", "is no number of octets"), ("memory s0, 99999", "is no number of octets"),
     ("memory s0, 4, 5", "an address and a number"), ("memory nonsense", "nonsense"),
     ("memory -1", "nothing is mapped"), ("memory mem[0x10000:16] == 1 +", ""),
     ("search", "what to search for"), ("search abc", "is neither"),
     ('search ""', "is neither"), ("search 0x1", "is neither"), ("search ff ff ff ff", "stands nowhere")],
)  # fmt: skip
def test_what_makes_no_sense_is_told(line: str, wrong: str) -> None:
    session = begin()
    tell(session, "step 2")
    (reply,) = Interpreter(session).run(line)
    assert not reply.ok and wrong in reply.error and session.moment.address is None


def test_a_search_lists_every_place() -> None:
    session = begin()
    told = tell(session, 'search "l"')
    assert told[0] == "2 places in memory" and told[2].startswith("  0x00010002  6c 6c 6f")
    assert session.moment.address == 0x10002
    assert tell(session, "search 4142")[0] == "1 place in memory"
    assert tell(session, "search 0x41 42")[0] == "1 place in memory"
    many = tell(session, "search 00")
    assert many[0] == "at least 200 places in memory"


def test_a_region_knows_its_end() -> None:
    assert Region("mem[0x10:32]", "memory", "", 2, 16, base=0x10).end == 0x30
    assert Region("r3", "model", "", 2, 16).shape is Shape.MATRIX
