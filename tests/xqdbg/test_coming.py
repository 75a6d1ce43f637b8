"""What the next instruction is going to do is told at once where that is little, at rest where it is more."""

from __future__ import annotations

import pytest

from vm.contract import Effect
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from xqdbg.session import Session

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
        assert session.moment.coming is None
    assert session.moment.tick == 7
    assert session.step().tick == 8


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
