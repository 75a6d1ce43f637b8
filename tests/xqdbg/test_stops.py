"""Whatever stops a run stops it at the same ticks forward and backward: those its definition names."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.forks import makers, random_edits
from tests.support.programs import Generator
from tests.support.toy import toy_machine
from tests.support.whole_run import WholeRun
from tests.xqdbg.test_timeline import PROGRAMS, TINY
from vm.contract import Machine
from vm.xqvm.program import Program
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.errors import XqdbgError
from xqdbg.history import History, Limits
from xqdbg.locations import AtEvent, AtFault, InCode, parse_site
from xqdbg.moment import Kind, Moment
from xqdbg.session import Session

CONDITIONS = ("r1 > 2", "stack[-1] < 3 and r2 != 1", "tick % 3 == 0", "old(r1) != r1", "len(stack) > 2", "depth == 1",
              "r0 == unset or r3 >= 0", "not r5")  # fmt: skip
TOY_CONDITIONS = ("r1 > 2", "r0 < 3 and r2 != 1", "tick % 3 == 0", "old(r1) != r1", "depth == 1", "not r5")
WATCHED = ("r1", "r2 + r3", "stack[-1]", "r4[1]", "r0.linear[2]", "r5.quad[0,1]", "loop[0].index", "r6", "tick // 10",
           "out[1]", "sum(r2)", "len(r3)", "stack[0:2]", "stack[-2]", "r5.quad[1,0]", "r0.lin[2]", "r0",
           "r1.rows")  # fmt: skip
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


# Where the run ends

FAULTY = "SET r0 1\nSET r1 7\nDIV r0 r0 r2\nHALT"


def faulty() -> Session:
    return Session(toy_machine(FAULTY), pacing=TINY)


@pytest.mark.parametrize(("condition", "stopped"), [("r1 == 7", (1,)), ("r1 == 8", ()), ("old(r1) == 7", ())])
def test_a_fault_is_waited_for_under_a_condition(condition: str, stopped: tuple[int, ...]) -> None:
    session = faulty()
    session.break_at("fault", condition)
    assert session.proceed().stopped == stopped
    assert session.moment.breakpoints[0].hits == len(stopped)


@pytest.mark.parametrize("ride", [Session.proceed, lambda session: [session.step() for _ in range(3)][-1]])
def test_a_logpoint_at_a_fault_tells_once_and_stops_nothing(ride: Callable[[Session], Moment]) -> None:
    session = faulty()
    session.logpoint("fault", "r1 is {r1}")
    moment = ride(session)
    assert (moment.status.ended, moment.stopped, moment.logged) == (True, (), ("3: r1 is 7",))
    assert moment.breakpoints[0].hits == 1


def test_an_event_of_the_last_instruction_is_found() -> None:
    program = TOOLCHAIN.assemble("PUSH 7\nSTOW r0\nPUSH 0\nOUTPUT r0\nPUSH 1\nOUTPUT r0")
    session = Session(TOOLCHAIN.machine(program, {"output_slots": 2}))
    answer = session.hits("output").answer
    assert answer is not None
    assert [row.tick for row in answer.rows] == [4, 6]
    assert session.goto("output#2").tick == 6
    session.goto_tick(4)
    moment = session.until("output")
    assert (moment.tick, moment.message) == (6, "halted")


def test_events_of_a_run_without_end_are_looked_for_as_far_as_it_is_explored() -> None:
    session = Session(toy_machine("SET r0 2\nLOOP r0\nEND\n.again\nSET r1 1\nJNZ r1 .again\nHALT", fuel=1 << 60))
    session.branch._history = History(session.timeline.scout(), Limits(ticks=2_000))
    answer = session.hits("loop:enter").answer
    assert answer is not None
    assert ([row.tick for row in answer.rows], answer.complete) == ([2], False)
    assert answer.note == "the run is longer than 2,000 ticks, and only so much of it is explored"


# Told once


@pytest.mark.parametrize("also", ["tick 4", "*0x8"])
def test_a_logpoint_at_a_moment_tells_once_whatever_else_is_met_there(also: str) -> None:
    session = Session(toy_machine("NOP\nNOP\nNOP\nNOP\nNOP\nNOP\nHALT"), pacing=TINY)
    pc = session.goto_tick(4).pc
    session.start()
    session.logpoint("tick 4", "here")
    session.break_at("tick 4" if also.startswith("tick") else f"*{pc}")
    assert session.proceed().logged == ("4: here",)
    assert session.moment.tick == 4
    assert session.moment.breakpoints[0].hits == 1


@pytest.mark.parametrize("move", [Session.start, Session.restart, Session.end, lambda session: session.switch("main")])
def test_what_stopped_a_ride_does_not_stop_the_next_move(move: Callable[[Session], Moment]) -> None:
    session = faulty()
    session.break_at("fault")
    assert session.proceed().stopped == (1,)
    assert move(session).stopped == ()


def test_what_old_tells_is_no_value_to_watch() -> None:
    session = faulty()
    with pytest.raises(XqdbgError, match="cannot be watched"):
        session.watch("old(r0)")
    assert session.proceed().message == "fault DIVIDE_BY_ZERO"


# On branches


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_an_edited_run_is_stopped_at_the_same_ticks_both_ways(seed: int) -> None:
    pick = random.Random(seed)
    session = Session(makers(seed)(), pacing=TINY)
    for _ in range(pick.randint(1, 3)):
        session.timeline.forward(3_000)
        session.goto_tick(pick.randint(0, session.timeline.furthest))
        edits = random_edits(pick, session.machine)
        branch = session.branches.add(session.timeline.tick, edits, [str(edit.place) for edit in edits])
        session.switch(branch.name)
    session.timeline.forward(3_000)
    if not session.machine.status.ended:
        return
    run = WholeRun(makers(seed)())  # to choose from
    for _ in range(pick.randint(1, 3)):
        hits(session, run, pick, toy=seed % 3 == 0)
    forward: list[tuple[int, tuple[int, ...]]] = []
    session.start()
    while not (moment := session.proceed()).status.ended:
        forward.append((moment.tick, moment.stopped))
    backward: list[tuple[int, tuple[int, ...]]] = []
    while (moment := session.reverse()).stopped:
        backward.append((moment.tick, moment.stopped))
    assert forward == [stop for stop in reversed(backward) if stop[0]]


def test_an_edit_is_not_taken_for_what_an_instruction_did_later() -> None:
    session = Session(toy_machine("SET r0 1\nNOP\nNOP\nNOP\nNOP\nSET r0 9\nHALT"), pacing=TINY)
    session.goto_tick(3)
    session.edit([("r0", "9")])
    session.start()
    session.watch("r0")
    assert [session.proceed().tick for _ in range(2)] == [1, 7], "nobody changed it at tick 6"
