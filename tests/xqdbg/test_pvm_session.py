"""A session on a PVM: moves over calls, watchpoints on registers under both names and on memory, queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm.contract import Place, Status
from vm.pvm.toolchain import TOOLCHAIN
from xqdbg.script import Interpreter
from xqdbg.session import Opened, Session

PROGRAMS = Path(__file__).parents[2] / "conformance" / "programs" / "pvm"
TEXT = """
%rw_data_size = 4096
%stack_size = 4096
pub @main:
    s0 = 0x20000
    a0 = 7
    ra = @back
    jump @f
@back:
    u32 [s0 + 4] = a0
    a0 = u16 [s0 + 6]
    ra = i64 0xffff0000
    ret
@f:
    sp = sp - 8
    u64 [sp] = ra
    a0 = a0 * a0
    u8 [s0 + 6] = a0
    ra = u64 [sp]
    sp = sp + 8
    ret
"""


def begin(text: str = TEXT) -> Session:
    program = TOOLCHAIN.assemble(text, "calls.pvmasm")
    return Session(TOOLCHAIN.machine(program, {}), "calls.pvmasm", opened=Opened(TOOLCHAIN, program))


def obey(session: Session, *lines: str) -> list[str]:
    """What the faces tell; an error fails the test."""
    told: list[str] = []
    for text in lines:
        for reply in Interpreter(session).run(text):
            assert reply.ok, reply.error
            told += reply.lines
    return told


def test_next_goes_over_a_call_and_finish_out_of_one() -> None:
    session = begin()
    obey(session, "step 3")
    assert session.machine.depth == 0
    obey(session, "next")
    assert (session.moment.tick, session.machine.depth) == (11, 0)
    assert session.machine.get(Place("a0")) == 49
    obey(session, "goto 6")
    assert [nest.kind for nest in session.moment.nests] == ["call"]
    obey(session, "finish")
    assert session.moment.tick == 11


@pytest.mark.parametrize("name", ["a0", "r7"])
def test_a_register_is_watched_under_either_name(name: str) -> None:
    session = begin()
    obey(session, f"watch {name}")
    seen = []
    while session.machine.status is Status.READY:
        obey(session, "continue")
        seen.append(session.moment.tick)
    assert seen == [2, 7, 13, 15]


@pytest.mark.parametrize("place", ["mem[0x20006]", "mem[0x20004:4]", "mem[0x20004].u32", "mem[s0 + 4].u32"])
def test_octets_are_watched(place: str) -> None:
    session = begin()
    obey(session, "step", f"watch {place}", "continue")
    assert session.moment.tick == 8
    obey(session, "continue")
    assert session.moment.tick == 12


@pytest.mark.parametrize("place", ["mem[0x20006]", "mem[0x20004:4]", "a0", "r7"])
def test_reads_are_watched(place: str) -> None:
    session = begin()
    obey(session, "step 11", f"rwatch {place}", "continue")
    assert session.moment.tick == (13 if place.startswith("mem") else 12)


def test_questions_about_the_run() -> None:
    session = begin()
    obey(session, "continue")
    assert "tick 7" in "\n".join(obey(session, "goto 11", "last mem[0x20006]"))
    told = "\n".join(obey(session, "goto 12", "why mem[0x20004:4]"))
    assert "mem[0x20004:4] = 0x31 (49)" in told and "a0 = a0 * a0" in told and "literal 7" in told
    told = "\n".join(obey(session, "blame mem[0x20004:4]"))
    assert "overwritten at tick 11" in told


@pytest.mark.parametrize("name", ["quicksort", "nqueens", "sieve", "matmul"])
def test_time_travel_on_real_programs(name: str) -> None:
    (source,) = sorted((PROGRAMS / name).glob("*.pvmasm"))
    program = TOOLCHAIN.assemble(source.read_text(encoding="utf-8"), source.name)
    session = Session(TOOLCHAIN.machine(program, {}), source.name, opened=Opened(TOOLCHAIN, program))
    digests = dict[int, str]()
    for tick in (0, 1, 100, 2_000, 999, 1_000, 1_001, 4_000, 2_000, 5, 0, 4_000):
        session.goto_tick(tick)
        assert session.machine.tick == tick
        assert digests.setdefault(tick, session.machine.digest()) == session.machine.digest()
        fresh = TOOLCHAIN.machine(program, {})
        fresh.run(tick)
        assert fresh.digest() == digests[tick]
