"""The session: verbs in, moments out. Programs carry marks; tests name marks, not addresses."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.effects import MadeWhenAsked
from tests.support.toy import ToyMachine, marks, toy_machine
from tests.support.toy.programs import ENDLESS, NESTED, countdown
from vm.contract import Cell, Effect, Frame, Place, PlaceError, Status, Window, Write
from xqdbg.changes import changed_names
from xqdbg.errors import XqdbgError
from xqdbg.moment import Breakpoint, Moment
from xqdbg.patience import Patience
from xqdbg.session import Session
from xqdbg.timeline import Pacing

AT = marks(NESTED)
LINES = {name: NESTED[: NESTED.index(f"@{name}")].count("\n") + 1 for name in AT}
TINY = Pacing(most_slice=5, least_spacing=3, spacing_seconds=0, dense_seconds=0)


def nested() -> Session:
    return Session(toy_machine(NESTED), "nested", TINY)


def loc(pc: int) -> str:
    """An address as a location."""
    return f"*{pc}"


def told(moment: Moment, pc: int) -> Breakpoint:
    """The breakpoint at an address."""
    return next(breakpoint for breakpoint in moment.breakpoints if breakpoint.pcs == (pc,))


def at(moment: Moment) -> str:
    """The mark at which a moment stands."""
    return next(name for name, pc in AT.items() if pc == moment.pc)


def go_to(session: Session, mark: str, times: int = 1) -> Moment:
    for _ in range(times):
        moment = session.until(loc(AT[mark]))
        assert at(moment) == mark
    return moment


def after(calls: int) -> Callable[[], bool]:
    asked = count()
    return lambda: next(asked) >= calls


def test_the_first_moment() -> None:
    session = nested()
    moment = session.moment
    assert (moment.tick, moment.furthest, moment.ended, moment.pc) == (0, 0, False, AT["first"])
    assert (moment.status, moment.fault, moment.message) == (Status.READY, None, "")
    assert list(moment.cells) == ["registers", "loops", "output"]
    assert (moment.changed, moment.reached, moment.effect) == (frozenset(), frozenset(), None)
    assert [meter.name for meter in moment.meters] == ["fuel"]
    assert (session.name, len(session.code), session.source[1].split()[0]) == ("nested", 15, "SET")


def test_revisions_grow() -> None:
    session = nested()
    revisions = [session.moment.revision, session.step().revision, session.back().revision, session.start().revision]
    assert revisions == sorted(set(revisions))


# Stepping


def test_a_step_tells_its_effect() -> None:
    moment = nested().step()
    assert moment.effect is not None
    assert [(str(write.place), write.new) for write in moment.effect.writes] == [("r0", 3)]
    assert moment.changed == {"r0"}
    assert (moment.tick, at(moment), moment.message) == (1, "outer", "")


def test_an_effect_is_not_told_of_more_than_one_instruction() -> None:
    session = nested()
    assert session.step(2).effect is None
    assert session.back().effect is None
    assert session.step().effect is not None
    assert session.back().effect is None
    go_to(session, "inner")
    assert session.next().effect is None, "a whole loop"
    assert session.next().effect is not None


def test_stepping_forward_and_back_is_where_it_was() -> None:
    session = nested()
    trail = [session.moment.pc] + [session.step().pc for _ in range(57)]
    assert session.moment.status is Status.FAULTED
    back = [session.moment.pc] + [session.back().pc for _ in range(57)]
    assert back == trail[::-1]
    assert session.moment.tick == 0
    assert (session.moment.furthest, session.moment.ended) == (57, True)


def test_counts() -> None:
    session = nested()
    assert session.step(20).tick == 20
    assert session.back(5).tick == 15
    assert session.back(500).message == "start of history"
    assert session.moment.tick == 0
    assert session.step(1000).message == "fault DIVIDE_BY_ZERO"
    assert session.moment.tick == 57


def test_steps_with_a_count_stop_at_breakpoints_as_in_gdb() -> None:
    session = nested()
    session.toggle(AT["add"])
    assert (at(session.step(1000)), session.moment.message) == ("add", f"breakpoint 1 at line {LINES['add']}, hit 1")
    here = session.moment.tick
    session.step(2)
    assert (at(session.back(1000)), session.moment.tick, session.moment.message[-5:]) == ("add", here, "hit 2")
    assert session.back(1000).message == "start of history"


def test_a_single_step_onto_a_breakpoint_is_no_hit() -> None:
    session = nested()
    session.toggle(AT["outer"])
    moment = session.step()
    assert (at(moment), moment.message, told(moment, AT["outer"]).hits) == ("outer", "", 0)


def test_at_the_start_and_the_end() -> None:
    session = Session(toy_machine(countdown(2)), pacing=TINY)
    assert (session.back().message, session.moment.tick) == ("start of history", 0)
    assert (session.reverse().message, session.previous().message) == ("start of history", "start of history")
    session.end()
    for verb in (session.step, session.next, session.proceed, session.end):
        told = (verb().message, session.moment.tick, session.moment.status)
        assert told == ("already at the end: halted", 9, Status.HALTED)
    assert session.step(5).message == session.until(loc(0)).message == "already at the end: halted"


def test_a_fault_stands_at_its_instruction_and_can_be_left_backward() -> None:
    session = nested()
    moment = session.proceed()
    assert (at(moment), moment.status, moment.message) == ("div", Status.FAULTED, "fault DIVIDE_BY_ZERO")
    assert moment.fault is not None and moment.fault.pc == AT["div"]
    before = session.back()
    assert (at(before), before.status, before.fault, before.tick) == ("div", Status.READY, None, moment.tick - 1)
    again = session.step()
    assert again.effect is not None and again.effect.fault is not None
    assert again.message == "fault DIVIDE_BY_ZERO"


# Over, out, around


def test_next_runs_a_loop_and_a_call_to_their_ends() -> None:
    session = nested()
    session.step()
    assert [at(session.next()) for _ in range(3)] == ["call", "div", "div"]
    assert session.moment.message == "fault DIVIDE_BY_ZERO"


def test_previous_undoes_next() -> None:
    session = nested()
    ticks = [session.moment.tick]
    while session.next().status is Status.READY:
        ticks.append(session.moment.tick)
    back = [session.previous().tick for _ in ticks]
    assert back == ticks[::-1]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 55))
def test_previous_undoes_next_from_anywhere(tick: int) -> None:
    session = nested()
    session.goto_tick(tick)
    depth = len(session.moment.nests)
    session.next()
    if len(session.moment.nests) == depth:
        assert session.previous().tick == tick


def test_next_stops_at_a_breakpoint_inside() -> None:
    session = nested()
    session.toggle(AT["add"])
    session.step()
    moment = session.next()
    assert (at(moment), moment.message) == ("add", f"breakpoint 1 at line {LINES['add']}, hit 1")
    assert (at(session.finish()), session.moment.message[-5:]) == ("add", "hit 2")
    session.delete()
    assert at(session.finish()) == "out"


def test_next_with_a_count_stops_where_there_is_something_to_tell() -> None:
    session = nested()
    assert (at(session.next(2)), session.moment.message) == ("call", "")
    session.start()
    session.toggle(AT["outer"])
    assert (at(session.next(2)), session.moment.message[-5:]) == ("outer", "hit 1")
    assert session.next(50).message == "fault DIVIDE_BY_ZERO"
    session.delete()
    session.start()
    go_to(session, "body")
    session.toggle(AT["inner"])
    assert session.next(2).message[-5:] == "hit 1", "on the last of them too"
    assert session.previous(1).message == ""


def test_finish_leaves_the_innermost_loop_or_call() -> None:
    session = nested()
    go_to(session, "add")
    assert [at(session.finish()) for _ in range(2)] == ["out", "call"]
    go_to(session, "callee")
    assert at(session.finish()) == "div"


def test_begin_goes_back_to_the_opener() -> None:
    session = nested()
    go_to(session, "put", 6)
    assert [at(session.begin()) for _ in range(2)] == ["inner", "outer"]
    go_to(session, "ret")
    assert at(session.begin()) == "call"


@pytest.mark.parametrize("verb", [Session.finish, Session.begin, Session.iterate, Session.iterate_back])
def test_without_a_loop_there_is_nothing_to_leave(verb: Callable[[Session], Moment]) -> None:
    session = nested()
    moment = session.moment
    with pytest.raises(XqdbgError, match="is open here"):
        verb(session)
    assert session.moment is moment


def test_iterations() -> None:
    session = nested()
    go_to(session, "put")
    ticks = [session.iterate().tick for _ in range(3)]
    assert [at(session.moment), len(session.moment.nests)] == ["add", 2]
    assert [after - before for before, after in pairwise(ticks)] == [3, 3]
    assert (at(session.iterate()), session.moment.message) == ("out", "the loop ended")
    assert (at(session.iterate()), len(session.moment.nests)) == ("body", 1), "the outer loop"


def test_iterations_with_a_count() -> None:
    session = nested()
    go_to(session, "add")
    first = session.moment.tick
    assert session.iterate(3).tick == first + 9
    session.step()
    assert session.iterate_back(2).tick == first + 6
    assert (at(session.iterate_back(99)), session.moment.message) == ("inner", "before the loop")
    go_to(session, "add")
    assert session.iterate(99).message == "the loop ended"


AROUND_A_CALL = """\
  SET r0 3
  LOOP r0
.entry
    JNZ r5 .inner    ; @entry
    SET r5 1
    CALL .entry
    SET r5 0
  END
  HALT
.inner
  NOP                ; @inner
  RET
"""


def test_iterations_are_those_of_the_loop_not_of_a_call_in_it() -> None:
    at = marks(AROUND_A_CALL)
    session = Session(toy_machine(AROUND_A_CALL), pacing=TINY)
    first = session.until(loc(at["entry"]))
    assert [nest.kind for nest in session.until(loc(at["inner"])).nests] == ["loop", "call"]
    second = session.iterate()
    assert (second.pc, [nest.kind for nest in second.nests]) == (at["entry"], ["loop"])
    assert second.tick > first.tick + 5
    assert session.iterate_back().tick == first.tick


# Running


def test_proceed_and_reverse_stop_at_the_same_places() -> None:
    session = nested()
    session.toggle(AT["add"])
    forward = []
    while (moment := session.proceed()).status is Status.READY:
        forward.append(moment.tick)
    assert len(forward) == 12
    backward = []
    while (moment := session.reverse()).message != "start of history":
        backward.append(moment.tick)
    assert backward == forward[::-1]
    assert moment.tick == 0
    assert told(session.moment, AT["add"]).hits == 24


def test_disabled_breakpoints_do_not_stop() -> None:
    session = nested()
    session.toggle(AT["add"])
    assert session.enable([1], enabled=False).message == "breakpoint 1 disabled"
    assert session.proceed().status is Status.FAULTED
    session.enable()
    assert at(session.reverse()) == "add"


def test_a_temporary_breakpoint_is_gone_after_its_hit() -> None:
    session = nested()
    session.break_at(loc(AT["add"]), temporary=True)
    assert session.proceed().message == f"temporary breakpoint 1 at line {LINES['add']}, hit 1"
    assert session.moment.breakpoints == ()
    assert session.proceed().status is Status.FAULTED


def test_until_and_back() -> None:
    session = nested()
    assert at(session.until(loc(AT["out"]))) == "out"
    here = session.moment.tick
    assert session.until("op:OUT").tick > here
    assert session.back_until(loc(AT["out"])).tick == here
    assert session.back_until(loc(AT["call"])).message.endswith("was not reached: start of history")


def test_an_address_between_instructions_is_refused() -> None:
    session = nested()
    for verb in (session.until, session.back_until, session.break_at):
        with pytest.raises(XqdbgError, match="no instruction begins at 0x0001"):
            verb("*1")
    with pytest.raises(XqdbgError, match="no instruction at address 0x0001"):
        session.toggle(1)
    assert session.moment.breakpoints == ()


def test_travelling() -> None:
    session = nested()
    session.toggle(AT["add"])
    assert (session.goto_tick(30).tick, session.moment.message) == (30, "")
    assert session.end().message == "fault DIVIDE_BY_ZERO"
    assert session.goto("50%").tick == 28
    assert session.goto_tick(10**12).message == "the run ends at tick 57: fault DIVIDE_BY_ZERO"
    assert session.start().tick == 0
    with pytest.raises(XqdbgError):
        session.goto_tick(-1)
    with pytest.raises(XqdbgError):
        session.goto("101%")


def test_restart_keeps_breakpoints_and_forgets_hits() -> None:
    session = nested()
    session.toggle(AT["add"])
    session.proceed()
    moment = session.restart()
    assert (moment.tick, moment.message) == (0, "restarted")
    assert [(b.number, b.hits, b.enabled) for b in moment.breakpoints] == [(1, 0, True)]
    assert session.proceed().message.endswith("hit 1")


# Giving up


@pytest.mark.parametrize(
    "verb",
    [lambda s, p: s.proceed(1, p), Session.end, lambda s, p: s.goto_tick(10**15, p), lambda s, p: s.step(10**15, p)],
)
def test_an_endless_run_is_paused(verb: Callable[[Session, Patience], Moment]) -> None:
    session = Session(toy_machine(ENDLESS), pacing=TINY)
    moment = verb(session, Patience(after(20)))
    assert (moment.message, moment.status, moment.ended) == ("paused", Status.READY, False)
    assert 0 < moment.tick <= 21 * TINY.most_slice
    assert session.step().tick == moment.tick + 1


@pytest.mark.parametrize("verb", [Session.reverse, Session.begin, Session.previous])
def test_a_paused_search_stays_where_it_was(verb: Callable[..., Moment]) -> None:
    session = Session(toy_machine("SET r0 900\nSET r1 1\nNOP\nLOOP r0\nADD r2 r2 r1\nEND\nHALT"), pacing=TINY)
    session.toggle(session.code[0].pc)
    session.goto_tick(1804 if verb is Session.previous else 1700)
    here = session.moment.tick
    assert verb(session, patience=Patience(after(100))).message == "paused"
    assert session.moment.tick == here


def test_progress_is_told() -> None:
    told: list[int] = []
    session = Session(toy_machine(countdown(100)), pacing=TINY)
    session.proceed(patience=Patience(progress=told.append))
    assert told == sorted(told)
    assert len(told) > 50


SPARSE = Pacing(most_slice=5, least_spacing=10_000, spacing_seconds=1000)
"""No checkpoint but the first, so that every move back is a long one."""


@pytest.mark.parametrize(
    "verb",
    [
        Session.back,
        Session.previous,
        lambda session, **patience: session.back(9, **patience),
        lambda session, **patience: session.goto_tick(1690, **patience),
    ],
    ids=["back", "previous", "back 9", "goto"],
)
def test_a_long_way_back_can_be_cut_short(verb: Callable[..., Moment]) -> None:
    session = Session(toy_machine(countdown(1000)), pacing=SPARSE)
    session.goto_tick(1700)
    told: list[int] = []
    moment = verb(session, patience=Patience(after(20), told.append))
    assert (moment.message, moment.status) == ("paused", Status.READY)
    assert moment.tick == told[-1] <= 21 * SPARSE.most_slice
    fresh = toy_machine(countdown(1000))
    fresh.run(moment.tick)
    assert (moment.pc, session.get(Place("r0"))) == (fresh.pc, fresh.get(Place("r0")))
    assert verb(session).message in ("", "start of history")


@pytest.mark.parametrize("body", ["", "NOP\n" * 7])
def test_iterations_of_a_short_loop_can_be_paused(body: str) -> None:
    session = Session(toy_machine(f"SET r0 1000000\nLOOP r0\n{body}END\nHALT"))
    session.step(2)
    told: list[int] = []
    moment = session.iterate(900_000, Patience(after(20), told.append))
    assert (moment.message, moment.status) == ("paused", Status.READY)
    assert len(set(told)) == len(told) > 5
    assert session.step().message == ""


# Looking


def test_windows_are_carried_by_every_moment_while_the_region_exists() -> None:
    session = nested()
    assert set(session.look("out", Frame(0, 0, 1, 4)).windows) == set()
    session.look("grid", Frame(0, 0, 2, 2, cursor=(0, 0)))
    go_to(session, "out")
    assert session.moment.windows["", "grid"].focus == 16
    session.step()
    assert session.moment.windows["", "out"].cells == ((3,),)
    assert set(session.back().windows) == {("", "grid")}
    assert set(session.unlook("grid").windows) == set()


def test_looking_changes_nothing_else() -> None:
    session = nested()
    before = session.step()
    moment = session.look("grid", Frame(0, 0, 2, 2))
    assert (moment.changed, moment.effect, moment.message) == (before.changed, before.effect, before.message)
    assert session.toggle(AT["add"]).changed == before.changed


def test_a_frame_outside_the_region_is_no_crash() -> None:
    session = nested()
    window = session.look("grid", Frame(99, 99, 4, 4, cursor=(50, 50))).windows["", "grid"]
    assert (window.cells, window.focus, window.focus_place) == ((), None, "")


class Shrunk(ToyMachine):
    """Refuses frames that no longer fit."""

    def window(self, region: str, frame: Frame) -> Window:
        raise PlaceError("outside")


def test_a_frame_that_the_machine_refuses_is_not_shown() -> None:
    session = Session(Shrunk(toy_machine(NESTED).program))
    assert session.look("grid", Frame()).windows == {}


def test_moments_never_change() -> None:
    session = nested()
    first = session.moment
    second = session.toggle(AT["add"])
    session.proceed()
    assert (first.breakpoints, first.reached, told(second, AT["add"]).hits) == ((), frozenset(), 0)
    assert session.moment.reached >= {AT["first"], AT["outer"], AT["body"], AT["inner"]}


def test_what_was_reached_stays_known_after_going_back() -> None:
    session = nested()
    session.end()
    everything = session.moment.reached
    assert session.start().reached == everything == frozenset(AT.values()) - {AT["halt"]}


# What changed


@dataclass(frozen=True, eq=False)
class Opaque:
    """A value that is only equal to itself."""


class Alike:
    """A value rebuilt by a replay."""

    def __init__(self, content: int) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alike) and other.content == self.content

    __hash__ = None  # type: ignore[assignment]


class Unequal:
    """A value that equals nothing, not even itself."""

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


SAME = Opaque()


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (Cell("r0", "1", "int", 1), Cell("r0", "1", "int", 1), False),
        (Cell("r0", "1", "int", 1), Cell("r0", "2", "int", 2), True),
        (Cell("r0", "vec", "vec", SAME), Cell("r0", "vec", "vec", SAME), False),
        (Cell("r0", "vec", "vec", SAME), Cell("r0", "vec", "vec", Opaque()), True),
        (Cell("r0", "vec", "vec", Alike(1)), Cell("r0", "vec", "vec", Alike(1)), False),
        (Cell("r0", "vec", "vec", Alike(1)), Cell("r0", "vec", "vec", Alike(2)), True),
        (Cell("r0", "[1]", "vec", None), Cell("r0", "[2]", "vec", None), True),
        (Cell("r0", "", "unset", None), Cell("r0", "", "unset", None), False),
        (Cell("r1", "0", "int", 0), Cell("r0", "0", "int", 0), True),
        (Cell("r1", "0", "int", 0), Cell("r0", "unset", "unset", None), False),
        (Cell("r0", "5", "int", 5), Cell("r0", "unset", "unset", None), True),
    ],
)
def test_cells_that_differ(old: Cell, new: Cell, changed: bool) -> None:
    assert changed_names({"v": [old]}, {"v": [new]}, None) == ({"r0"} if changed else set())


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        ("r0.linear[2]", {"r0"}),
        ("stack[1]", {"stack[1]"}),
        ("loop[0].index", {"loop[0]"}),
        ("pc", set()),
        ("r1", set()),
    ],
)
def test_cells_that_were_written(place: str, changed: Set[str]) -> None:
    cells = {"v": [Cell(name, "", "int") for name in ("r0", "stack[0]", "stack[1]", "loop[0]")]}
    effect = Effect(0, 0, "ADD", (), (Write(Place.parse(place), 1, 1),), ())
    assert changed_names({"v": list(cells["v"])}, cells, effect) == changed


def test_a_view_of_the_very_same_cells_has_not_changed() -> None:
    cells = [Cell("r0", "vec", "vec", Unequal())]
    assert changed_names({"v": list(cells)}, {"v": cells}, None) == set(), "one value is equal to itself"
    assert changed_names({"v": [Cell("r0", "vec", "vec", Unequal())]}, {"v": cells}, None) == {"r0"}
    effect = Effect(0, 0, "ADD", (), (Write(Place("r0"), 1, 1),), ())
    assert changed_names({"v": cells}, {"v": cells}, effect) == set()


def test_of_very_many_writes_only_both_ends_are_looked_at() -> None:
    middle, last = Write(Place("r1", ("linear", (7,))), 0, 1), Write(Place("r2"), 0, 1)
    writes = MadeWhenAsked([Write(Place("stack", ((0,),)), 1, None), *[middle] * 500_000, last])
    cells = [Cell(name, "", "model") for name in ("stack[0]", "r0", "r1", "r2")]
    names = changed_names({"v": list(cells)}, {"v": cells}, Effect(0, 0, "ONEHOT", (), writes, ()))
    assert names == {"stack[0]", "r1", "r2"}
    assert writes.made <= 4_000


def test_printing_looks_through_views_and_places() -> None:
    session = nested()
    session.end()
    assert [cell.text for cell in session.cells("output")] == ["3", "6", "9"]
    assert session.get(Place.parse("grid[0,0]")) == 48
    with pytest.raises(XqdbgError, match="no view stack"):
        session.cells("stack")


# Hits by number, and places that are not reached


def test_a_count_passes_over_hits_in_both_directions() -> None:
    session = nested()
    session.toggle(AT["add"])
    ticks = [session.proceed().tick for _ in range(5)]
    session.start()
    assert (session.proceed(3).tick, session.moment.message[-5:]) == (ticks[2], "hit 8")
    assert session.proceed(2).tick == ticks[4]
    assert session.reverse(3).tick == ticks[1]
    assert session.reverse(9).message == "start of history"
    assert session.proceed(10**15).message == "fault DIVIDE_BY_ZERO"


def test_passing_over_hits_can_be_paused() -> None:
    session = Session(toy_machine(ENDLESS), pacing=TINY)
    session.toggle(session.code[2].pc)
    assert session.proceed(10**15, Patience(after(20))).message == "paused"
    assert session.moment.tick > 0


def test_a_place_that_is_not_reached_is_told() -> None:
    session = nested()
    go_to(session, "div")
    missed = f"line {LINES['first']} was not reached: "
    assert session.until(loc(AT["first"])).message == missed + "fault DIVIDE_BY_ZERO"
    assert session.until(loc(AT["first"])).message == "already at the end: fault DIVIDE_BY_ZERO"
    session.goto_tick(3)
    assert session.back_until(loc(AT["div"])).message == f"line {LINES['div']} was not reached: start of history"
    session.goto_tick(3)
    assert session.back_until("op:DIV").message == f"line {LINES['div']} was not reached: start of history"
    assert session.back_until("loop:exit").message == "loop:exit was not reached: start of history"


def test_a_moment_tells_what_the_next_instruction_is_about_to_do() -> None:
    session = Session(toy_machine("SET r1 6\nMUL r2 r1 r1 ; @mul\nHALT"))
    session.step()
    coming = session.moment.coming
    assert coming is not None and coming.op == "MUL"
    assert [(str(write.place), write.old, write.new) for write in coming.writes if write.place.name == "r2"]
    assert session.machine.get(Place.parse("r2")) != 36, "nothing of it has happened yet"
    moment = session.step()
    assert moment.effect is not None
    assert [str(write.place) for write in moment.effect.writes] == [str(write.place) for write in coming.writes]
    assert session.end().coming is None, "nothing is due where the run has ended"
