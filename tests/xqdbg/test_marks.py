"""What is counted for the timeline, compared with taking the whole run down and looking through it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.naive_history import NaiveHistory
from tests.support.toy import ISA, marks, toy_machine, toy_program
from tests.support.toy.programs import ENDLESS, NESTED, countdown
from vm.contract import Place
from xqdbg.history import History, Limits, touches
from xqdbg.marking import Tally
from xqdbg.marks import MOST_COLUMNS, MOST_COUNTED, Lane, Scale, outermost_loops
from xqdbg.session import Session
from xqdbg.timeline import Pacing, Timeline

TINY = Pacing(most_slice=5, least_spacing=3, spacing_seconds=0, dense_seconds=0)
PLACES = ("r0", "r1", "r2", "r3", "r7", "out", "out[1]", "grid", "grid[2,5]", "grid[0,0]", "loop[1].left", "pc")


def naive(text: str, place: Place, scale: Scale) -> tuple[list[int], list[int]]:
    """The same by looking at every effect."""
    counts, first = [0] * scale.columns, [-1] * scale.columns
    for effect in NaiveHistory(toy_machine(text)).seen:
        if scale.holds(effect.tick) and any(touches(write, place) for write in effect.writes):
            column = scale.column(effect.tick)
            counts[column] = min(MOST_COUNTED, counts[column] + 1)
            first[column] = effect.tick if first[column] < 0 else first[column]
    return counts, first


def counted(history: History, place: Place, scale: Scale, seconds: float = 1) -> Lane:
    tally = Tally(history, place, scale)
    for _ in range(100_000):
        if not tally.go_on(seconds):
            break
    return tally.lane


def known(text: str) -> History:
    history = History(Timeline(toy_machine(text), TINY))
    assert history.complete()
    return history


@given(
    st.sampled_from([NESTED, countdown(60), countdown(2)]),
    st.sampled_from(PLACES),
    st.integers(2, 70),
    st.integers(0, 60),
    st.integers(1, 200),
)
@settings(max_examples=150, deadline=None)
def test_counts_are_those_of_a_look_at_everything(text: str, name: str, columns: int, start: int, span: int) -> None:
    place, scale = Place.parse(name), Scale(start + span, columns, start)
    lane = counted(known(text), place, scale)
    assert (list(lane.counts), list(lane.first)) == naive(text, place, scale)
    assert lane.complete and lane.place == name


def test_counting_comes_to_the_same_in_the_shortest_stretches() -> None:
    scale = Scale(63, 20)
    assert list(counted(known(NESTED), Place("r3"), scale, seconds=0).counts) == naive(NESTED, Place("r3"), scale)[0]


def test_no_column_counts_further_than_can_be_told() -> None:
    lane = counted(known(countdown(500)), Place("r0"), Scale(1503, 10))
    assert set(lane.counts) == {MOST_COUNTED, 0} or set(lane.counts) == {MOST_COUNTED}
    assert sum(lane.counts) <= 10 * MOST_COUNTED


@pytest.mark.parametrize("end", [1, 2, 49, 50, 51, 1000, 10**12])
@pytest.mark.parametrize("start", [0, 1, 7, 10**9])
@pytest.mark.parametrize("columns", [2, 50, 195])
def test_columns_hold_what_lies_between_their_first_and_last_tick(end: int, start: int, columns: int) -> None:
    scale = Scale(start + end, columns, start)
    ticks = [*range(start, start + end + 1, max(1, end // 97)), start + end]
    for tick in ticks:
        column = scale.column(tick)
        assert scale.first(column) <= tick <= scale.last(column)
    assert scale.column(start) == 0 and scale.column(start + end) == columns - 1
    assert scale.holds(start) and not scale.holds(start + end + 1)


def explored(session: Session) -> None:
    for _ in range(10_000):
        if not session.explore(0.01):
            return
    raise AssertionError("never explored")


def test_moments_tell_what_was_counted_for_the_session_and_count_anew_on_another_branch() -> None:
    session, scale = Session(toy_machine(NESTED), "nested", TINY), Scale(63, 30)
    session.mark(scale, "r1")
    explored(session)
    told = session.moment.marks
    assert told is not None and told.written is not None and told.output is not None
    assert list(told.written.counts) == naive(NESTED, Place("r1"), scale)[0]
    assert list(told.output.counts) == naive(NESTED, Place("out"), scale)[0]
    assert session.step().marks is told, "nothing is counted again for a step"
    session.goto_tick(5)
    session.jump(f"*{marks(NESTED)['halt']}")
    explored(session)
    other = session.moment.marks
    assert other is not None and other.output is not None and sum(other.output.counts) < sum(told.output.counts)


def test_what_is_no_place_is_not_counted_and_outputs_are() -> None:
    session = Session(toy_machine(NESTED), "nested", TINY)
    for nothing in ("", "r1 + 1", "nonsense[", "zz", "grid[99,99"):
        session.mark(Scale(63, 30), nothing)
        explored(session)
        told = session.moment.marks
        assert told is not None and told.written is None and told.output is not None
    assert session.mark(None).marks is None


def test_indices_from_the_end_are_those_of_here() -> None:
    session = Session(toy_machine(NESTED), "nested", TINY)
    session.end()
    session.mark(Scale(63, 30), "out[-1]")
    told = session.moment.marks
    assert told is not None and told.written is not None and told.written.place == "out[2]"


def test_programs_without_outputs_have_no_lane_for_them_and_widths_are_bounded() -> None:
    session = Session(toy_machine(countdown(3)), "countdown", TINY)
    told = session.mark(Scale(12, 30), "r2").marks
    assert told is not None and told.output is None and told.written is not None
    assert session.mark(Scale(12, MOST_COLUMNS + 1), "r2").marks is None


def test_of_a_run_that_is_too_long_what_is_known_is_counted() -> None:
    history = History(Timeline(toy_machine(ENDLESS), TINY), Limits(ticks=1000))
    assert not history.complete()
    lane = counted(history, Place("r0"), Scale(1000, 10))
    assert lane.complete and all(lane.counts[:-1])


SEVERAL = "LOOP r0\nNOP ; @one\nEND\nLOOP r0\nLOOP r1 ; @two\nEND\nEND\nEND\nLOOP r0\nNOP ; @three\nEND"


@pytest.mark.parametrize(
    ("text", "names"), [(NESTED, ["body"]), (countdown(3), []), (SEVERAL, ["one", "two", "three"])]
)
def test_outermost_loops(text: str, names: list[str]) -> None:
    program = toy_program(text)
    assert list(outermost_loops(program.lines, ISA)) == [program.marks[name] for name in names]


def test_all_scrubs_of_one_gesture_are_one_step_in_the_history_of_places() -> None:
    session = Session(toy_machine(NESTED), "nested", TINY)
    session.goto_tick(7)
    for tick in (10, 20, 30):
        session.scrub(tick, 1)
    for tick in (40, 50):
        session.scrub(tick, 2)
    session.step()
    session.step()
    assert [session.go_back().tick for _ in range(5)] == [50, 30, 7, 0, 0]
    assert session.scrub(10**9, 3).tick == session.moment.furthest
