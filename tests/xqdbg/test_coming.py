"""What the next instruction is going to do is told at once where that is little, at rest where it is more."""

from __future__ import annotations

import pytest

from vm.contract import Effect, Status
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from xqdbg.explanation import explain, lines
from xqdbg.script.record import stopped
from xqdbg.script.render import stop_line
from xqdbg.script.speech import stop_sentence
from xqdbg.session import Session
from xqdbg.tui.effect import effect_text
from xqdbg.tui.panes.code_notes import coming_note

GRID = """\
PUSH {columns}
BQMX r0
PUSH 1
PUSH {columns}
RESIZE r0
PUSH 0
PUSH 5
ONEHOTR r0 ; all pairs of the row
HALT
"""


def machine(columns: int, ticks: int = 0) -> XqvmMachine:
    made = XqvmMachine(assemble(GRID.format(columns=columns)), step_limit=None, memory_limit=1 << 40)
    made.run(ticks or 1 << 40)
    return made


def stood(columns: int) -> Session:
    """At the expansion, before anything else is known."""
    session = Session(XqvmMachine(assemble(GRID.format(columns=columns)), step_limit=None, memory_limit=1 << 40))
    session.goto_tick(7)
    return session


def foreseen(session: Session) -> Effect | None:
    return session.moment.coming


def explained(session: Session) -> str:
    found = explain(session.moment, session.isa, session.lines, session.source)
    return "\n".join(lines(found))


def test_a_small_expansion_is_foreseen_at_once() -> None:
    coming = stood(20).moment.coming
    assert coming is not None and len(coming.writes) == 2 + 20 + 190


def test_a_larger_one_at_rest() -> None:
    session = stood(200)
    assert foreseen(session) is None
    turn = session.moment.turn
    session.explore(0.001)
    coming = foreseen(session)
    assert coming is not None and len(coming.writes) == 2 + 200 + 200 * 199 // 2
    assert session.moment.turn == turn, "it is no news of its own, only more that is known"


def test_a_huge_one_never_before_it_is_done() -> None:
    session = stood(1_000)
    while session.explore(0.01):
        assert session.moment.coming is None or not session.moment.coming.listed
    coming = foreseen(session)
    assert session.moment.tick == 7
    assert coming == Effect(7, session.moment.pc, "ONEHOTR", (), (), (), listed=False)
    assert "too much to list before it is executed" in explained(session)
    assert coming_note(session.moment) == (("name", "too much to list"),)


def test_what_a_huge_one_did_is_not_listed_but_where_it_is_asked_for() -> None:
    session = stood(1_000)
    moment = session.step()
    effect, whole = moment.effect, session.history.effect(7)
    assert moment.tick == 8 and effect is not None
    assert (effect.listed, effect.reads, effect.writes) == (False, (), ())
    assert (effect.tick, effect.pc, effect.op, effect.costs, effect.fault) == (
        whole.tick, whole.pc, whole.op, whole.costs, whole.fault
    )  # fmt: skip
    assert len(whole.writes) == 2 + 1_000 + 1_000 * 999 // 2
    assert moment.changed == {"r0"}
    assert session.machine.digest() == machine(1_000, 8).digest()


def test_every_face_tells_plainly_what_is_too_much_to_list() -> None:
    session = stood(1_000)
    moment = session.step()
    assert moment.effect is not None
    assert "ONEHOTR wrote too much to list" in stop_line(session, moment, "")
    assert "ONEHOTR wrote too much to list" in stop_sentence(session, moment, "")
    assert stopped(session, moment)["effect"] == {"op": "ONEHOTR", "pc": moment.effect.pc, "wrote": [], "listed": False}
    assert str(effect_text(moment.effect)) == "ONEHOTR  too much to list"
    assert "ONEHOTR r0: too much to list" in explained(session)


def test_a_huge_one_that_faults_says_so() -> None:
    program = assemble(GRID.format(columns=1_000).replace("PUSH 5", f"PUSH {-(1 << 62) - 1}"))
    session = Session(XqvmMachine(program, step_limit=None, memory_limit=1 << 40))
    session.goto_tick(7)
    moment = session.step()
    assert moment.status is Status.FAULTED and moment.effect is not None
    assert moment.effect.fault == moment.fault is not None
    assert "ArithmeticOverflow" in explained(session)


def test_trying_one_is_given_up_when_somebody_waits_and_begun_again() -> None:
    session, asked = stood(350), list[bool]()

    def waiting() -> bool:
        asked.append(True)
        return True

    before = session.machine.digest()
    assert session.explore(0.001, waiting) and asked
    assert foreseen(session) is None
    session.explore(0.001)
    coming = foreseen(session)
    assert coming is not None and len(coming.writes) == 2 + 350 + 350 * 349 // 2
    assert session.machine.digest() == before


def test_an_attempt_that_is_given_up_leaves_the_machine_as_it_was() -> None:
    tried, other = machine(200, 7), machine(200, 7)
    answers = iter([False, False, True])
    assert tried.attempt(2_000_000, lambda: next(answers)) is None
    assert not [*answers], "it was asked as long as it said no"
    assert tried.digest() == other.digest() and (tried.tick, tried.pc) == (other.tick, other.pc)
    seen: list[Effect] = []
    other.run(1, None, seen.append)
    effect = tried.attempt(2_000_000, lambda: False)
    assert effect is not None and [*effect.writes] == [*seen[0].writes] and effect.costs == seen[0].costs
    assert tried.digest() == other.digest()


@pytest.mark.parametrize("work", [0, 100, 13 * (20 + 190)])
def test_an_attempt_that_is_too_much_leaves_the_machine_as_it_was(work: int) -> None:
    tried, other = machine(20, 7), machine(20, 7)
    assert tried.attempt(work) is None
    assert tried.digest() == other.digest() and (tried.tick, tried.pc) == (other.tick, other.pc)


def test_an_attempt_is_a_step() -> None:
    tried, other = machine(20, 7), machine(20, 7)
    seen: list[Effect] = []
    other.run(1, None, seen.append)
    assert tried.attempt(1 + 13 * (20 + 190)) == seen[0]
    assert tried.digest() == other.digest()


def test_a_fault_for_want_of_steps_is_foreseen_as_it_will_be() -> None:
    text = GRID.format(columns=20)
    tried, other = (XqvmMachine(assemble(text), step_limit=500) for _ in range(2))
    for each in (tried, other):
        each.run(7)
    other.run(1)
    effect = tried.attempt(10_000)
    assert effect is not None and effect.fault is not None
    assert effect.fault == other.fault


def test_where_the_run_has_ended_nothing_is_attempted() -> None:
    ended = machine(20)
    assert ended.attempt(10_000) is None
