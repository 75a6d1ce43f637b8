"""Whatever stops a run stops it at the same ticks forward and backward: those its definition names."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import Generator
from tests.support.toy import toy_machine
from tests.support.whole_run import WholeRun
from tests.xqdbg.test_timeline import PROGRAMS, TINY
from vm.contract import Machine
from vm.xqvm.program import Program
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.errors import XqdbgError
from xqdbg.locations import AtEvent, AtFault, InCode, parse_site
from xqdbg.moment import Kind
from xqdbg.session import Session

CONDITIONS = ("r1 > 2", "stack[-1] < 3 and r2 != 1", "tick % 3 == 0", "old(r1) != r1", "len(stack) > 2", "depth == 1",
              "r0 == unset or r3 >= 0", "not r5")  # fmt: skip
TOY_CONDITIONS = ("r1 > 2", "r0 < 3 and r2 != 1", "tick % 3 == 0", "old(r1) != r1", "depth == 1", "not r5")
WATCHED = ("r1", "r2 + r3", "stack[-1]", "r4[1]", "r0.linear[2]", "r5.quad[0,1]", "loop[0].index", "r6", "tick // 10",
           "out[1]", "sum(r2)", "len(r3)", "stack[0:2]", "stack[-2]", "r5.quad[1,0]", "r0.lin[2]", "r0", "r1.rows")  # fmt: skip
TOY_WATCHED = ("r1", "r2 + r3", "grid[1,1]", "out", "r6", "tick // 10")
EVENTS = ("loop:enter", "loop:exit", "output")


def xqvm(seed: int) -> Machine:
    """A machine with a random program that ends soon."""
    generator = Generator(seed)
    inputs = {**generator.inputs(), "step_limit": 3_000}
    return TOOLCHAIN.machine(Program(generator.program()), {key: inputs[key] for key in inputs})


def hits(session: Session, run: WholeRun, pick: random.Random, toy: bool) -> set[int]:
    """Set something that stops, and tell when it should."""
    condition = pick.choice(("", "", pick.choice(TOY_CONDITIONS if toy else CONDITIONS)))
    kind = pick.randrange(6)
    if kind <= 1:
        pcs = frozenset(pick.choices(run.pcs[:-1] or [0], k=1))
        session.break_at(f"*{min(pcs)}", condition)
        return run.code_hits(pcs, condition)
    if kind == 2:
        event = pick.choice(EVENTS)
        try:
            session.break_at(event, condition)
        except XqdbgError:
            return set()
        return run.event_hits(event, condition)
    if kind == 3:
        tick = pick.randrange(run.end + 2)
        session.break_at(f"tick {tick}", condition)
        return {tick} & set(run.stops) if not condition or (tick in run.stops and run.value(tick, condition)) else set()
    text = pick.choice(TOY_WATCHED if toy else WATCHED)
    what = pick.choice((Kind.WRITE, Kind.READ, Kind.ACCESS))
    if what is not Kind.WRITE and ("+" in text or "(" in text or "/" in text):
        what = Kind.WRITE
    try:
        session.watch(text, what, condition)
    except XqdbgError:  # an output slot that there can never be
        return set()
    return run.watch_hits(text, what, condition)


def enumerate_both_ways(session: Session, expected: set[int]) -> None:
    forward: list[int] = []
    session.start()
    while (moment := session.proceed()).stopped:
        if moment.status.ended:
            break
        forward.append(moment.tick)
    assert forward == sorted(expected - {0})
    assert session.end().status.ended
    backward: list[int] = []
    while (moment := session.reverse()).stopped:
        backward.append(moment.tick)
    assert backward == sorted(expected, reverse=True)
    assert session.moment.tick == 0


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 4))
def test_a_random_program_stops_where_it_should_in_both_directions(seed: int, breakpoints: int) -> None:
    pick = random.Random(seed)
    session, run = Session(xqvm(seed), pacing=TINY), WholeRun(xqvm(seed))
    expected: set[int] = set()
    for _ in range(breakpoints):
        expected |= hits(session, run, pick, toy=False)
    enumerate_both_ways(session, expected)


@settings(max_examples=60, deadline=None)
@given(PROGRAMS, st.integers(0, 10**9), st.integers(1, 4))
def test_any_machine_stops_where_it_should(text: str, seed: int, breakpoints: int) -> None:
    pick = random.Random(seed)
    session, run = Session(toy_machine(text), pacing=TINY), WholeRun(toy_machine(text))
    expected: set[int] = set()
    for _ in range(breakpoints):
        expected |= hits(session, run, pick, toy=True)
    enumerate_both_ways(session, expected)


@pytest.mark.parametrize("location", ["fault", "fault:DIVIDE_BY_ZERO"])
def test_a_fault_that_was_waited_for_is_told_where_the_run_ends(location: str) -> None:
    session = Session(toy_machine("SET r0 1\nDIV r0 r0 r1\nHALT"))
    session.break_at(location)
    moment = session.proceed()
    assert (moment.tick, moment.stopped) == (2, (1,))
    assert session.until("fault").message.startswith("already at the end")


def test_a_fault_of_another_kind_is_not_the_one_waited_for() -> None:
    session = Session(toy_machine("SET r0 1\nDIV r0 r0 r1\nHALT"))
    session.break_at("fault:OUTSIDE_GRID")
    assert session.proceed().stopped == ()


def test_sites_are_read() -> None:
    session = Session(toy_machine("SET r0 2\nLOOP r0\nOUT r0\nEND\nHALT"))
    assert isinstance(parse_site("loop:exit", session.code, session.isa), AtEvent)
    assert parse_site("fault:x", session.code, session.isa) == AtFault("X")
    assert isinstance(parse_site("op:OUT", session.code, session.isa), InCode)
