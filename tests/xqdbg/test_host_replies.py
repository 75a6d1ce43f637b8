"""Replies to host calls: each makes a branch, is made again whenever time comes by, and is saved with the session."""

from __future__ import annotations

import pytest

from vm.contract import Place, Status
from vm.pvm.toolchain import TOOLCHAIN
from vm.xqvm.toolchain import TOOLCHAIN as XQVM
from xqdbg import saving
from xqdbg.commands import COMMANDS
from xqdbg.errors import XqdbgError
from xqdbg.script import Interpreter
from xqdbg.session import Opened, Session

TEXT = """
pub @main:
    t0 = 3
@again:
    a0 = t0
    ecalli 7
    s0 = s0 + a0
    t0 = t0 - 1
    jump @again if t0 != 0
    ret
"""
ANSWERED = (
    "continue",
    "reply a0 = 10",
    "continue",
    "reply a0 = a0 * 100, gas = gas - 5",
    "continue",
    "reply",
    "continue",
)


def begin() -> Session:
    program = TOOLCHAIN.assemble(TEXT, "calls.pvmasm")
    return Session(TOOLCHAIN.machine(program, {"gas": 1000}), "calls.pvmasm", opened=Opened(TOOLCHAIN, program))


def obey(session: Session, *lines: str) -> list[str]:
    """What the faces tell."""
    interpreter = Interpreter(session)
    return [line for text in lines for reply in interpreter.run(text) for line in reply.lines]


def held(session: Session, text: str) -> object:
    return session.machine.get(Place.parse(text))


def test_a_program_is_answered_to_its_end() -> None:
    session = begin()
    obey(session, *ANSWERED)
    assert session.machine.status is Status.HALTED
    assert (held(session, "s0"), held(session, "gas")) == (10 + 200 + 1, 1000 - 5 - session.timeline.tick)
    assert [note.edits for note in session.branches.notes()] == [
        (),
        ("a0 = 0xa (10)", "the host replied"),
        ("a0 = 0xc8 (200)", "gas = 0x3da (986)", "the host replied"),
        ("the host replied",),
    ]


def test_replies_are_given_again_wherever_one_goes() -> None:
    session, digests = begin(), dict[int, str]()
    obey(session, *ANSWERED)
    end = session.timeline.tick
    for tick in (0, 4, end, 9, 8, 1, end):
        obey(session, f"goto {tick}")
        assert session.machine.status is (Status.HALTED if tick == end else Status.READY)
        assert digests.setdefault(tick, session.machine.digest()) == session.machine.digest()
    obey(session, "switch main", f"goto {end}")
    assert (session.timeline.tick, session.machine.status) == (4, Status.HOST)


def test_queries_see_the_answered_run() -> None:
    session = begin()
    obey(session, *ANSWERED)
    assert "211" in "\n".join(obey(session, "blame s0"))
    assert "tick 4" in "\n".join(obey(session, "first a0 == 10"))


def test_questions_say_that_the_run_waits() -> None:
    session = begin()
    told = "\n".join(obey(session, "first a0 == 99", "hits op:ecalli"))
    assert "a0 == 99 is not true before tick 4" in told and told.count("the run waits for its host") == 2
    obey(session, *ANSWERED)
    told = "\n".join(obey(session, "first a0 == 99"))
    assert "a0 == 99 is never true" in told and "waits" not in told


def test_a_session_with_replies_is_saved_and_comes_back() -> None:
    session = begin()
    obey(session, *ANSWERED)
    record = saving.capture(session)
    tools, program, machine = saving.load(record, "s.xqs")
    again = Session(machine, record.name, opened=Opened(tools, program))
    assert list(saving.restore(again, record)) == []
    assert list(saving.verify(again, record)) == []
    assert again.machine.digest() == session.machine.digest()


@pytest.mark.parametrize(
    ("line", "message"),
    [("reply a0", "there is no = in what is to be set"), ("reply x = 1", "there is no place called"),
     ("reply a0 = ", "one side of = is missing"), ("reply a0 = y", "there is no place called"),
     ("reply mem[0] = 1", "nothing is mapped at 0x0"), ("reply a0 = 1 << 64", "64 bits")],
)  # fmt: skip
def test_a_reply_that_cannot_be_is_told_and_changes_nothing(line: str, message: str) -> None:
    session = begin()
    obey(session, "continue")
    before = session.machine.digest()
    (reply,) = Interpreter(session).run(line)
    assert message in reply.error
    assert (session.machine.digest(), len(session.branches)) == (before, 1)


def test_nobody_waits_for_a_reply() -> None:
    with pytest.raises(XqdbgError, match="does not wait for its host"):
        begin().reply([])
    program = XQVM.assemble("PUSH 1", "one.xqasm")
    with pytest.raises(XqdbgError, match="does not wait for its host"):
        Session(XQVM.machine(program, {})).reply([])


def test_the_command_says_how_it_is_used() -> None:
    (command,) = [command for command in COMMANDS if "reply" in command.words]
    assert command.usage == "reply [PLACE = EXPR[, …]] [as NAME]"
