"""The command lines that keys about the thing in focus stand for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.moments import Visited, halting, moment, stop_at
from xqdbg.errors import XqdbgError
from xqdbg.moment import Future, Kind
from xqdbg.tui import focus
from xqdbg.tui.focus import Pointed

CELL = Pointed("r3", "r3", "5")
NOTHING = Pointed("the line", "", "HALT")


def test_lines_about_a_place() -> None:
    assert focus.write_line(CELL, forward=False) == "last r3"
    assert focus.write_line(CELL, forward=True) == "next-write r3"
    assert focus.why_line(CELL) == "why r3"
    assert focus.edit_start(CELL) == "set r3 = "
    assert focus.slice_line(moment(), CELL) == "slice r3"
    assert focus.slice_line(moment(relevant=frozenset()), CELL) == "slice off"
    assert focus.slice_line(moment(relevant=frozenset({4})), None) == "slice off"


@pytest.mark.parametrize("pointed", [None, NOTHING])
def test_without_a_place_they_say_what_to_do(pointed: Pointed | None) -> None:
    for ask in (focus.why_line, focus.edit_start, lambda p: focus.slice_line(moment(), p)):
        with pytest.raises(XqdbgError) as caught:
            ask(pointed)
        assert "cursor" in caught.value.message and caught.value.hint


def test_of_a_line_that_never_runs_one_asks_why_not() -> None:
    assert focus.why_line(Pointed("the line", "r1", "SET r1", never=0x2A)) == "whynot *0x002a"


VISITS = Visited({4: [10, 20, 30, 40], 6: [25]})


@pytest.mark.parametrize(
    ("tick", "times", "forward", "line"),
    [
        (20, 1, True, "goto 25"),
        (20, 2, True, "goto 30"),
        (20, 99, True, "goto 40"),
        (20, 1, False, "goto 10"),
        (35, 2, False, "goto 25"),
        (20, 99, False, "goto 10"),
    ],
)
def test_hits_of_a_line(tick: int, times: int, forward: bool, line: str) -> None:
    here = moment(tick=tick, visits=VISITS, future=halting(50))
    assert focus.hit_line(here, (4, 6), times, forward=forward) == line


def test_a_hit_that_is_not_known_yet_is_run_to_and_one_that_never_comes_is_told() -> None:
    early: dict[str, Any] = {"tick": 40, "visits": VISITS}
    assert focus.hit_line(moment(**early, future=Future(45, False)), (4,), 1, forward=True) == "until *0x0004"
    assert focus.hit_line(moment(tick=40), (4,), 1, forward=True) == "until *0x0004"
    with pytest.raises(XqdbgError, match="not executed again"):
        focus.hit_line(moment(**early, future=halting(45)), (4,), 1, forward=True)
    with pytest.raises(XqdbgError, match="not executed before"):
        focus.hit_line(moment(tick=10, visits=VISITS, future=halting(45)), (4,), 1, forward=False)
    with pytest.raises(XqdbgError, match="no instruction"):
        focus.hit_line(moment(**early), (), 1, forward=True)


def test_counting_off_hits_is_bounded() -> None:
    visits = Visited({4: range(10**6)})
    focus.hit_line(moment(tick=0, visits=visits), (4,), 10**9, forward=True)
    assert visits.asked <= focus.MOST_TIMES


def test_condition_of_the_breakpoint_at_the_cursor_or_of_a_new_one() -> None:
    stops = (stop_at(1, 4, condition="r1 > 2"), stop_at(2, 8), stop_at(3, 8, kind=Kind.LOG, enabled=False))
    here = moment(breakpoints=stops)
    assert focus.condition_start(here, (4,), 12) == "condition 1 r1 > 2"
    assert focus.condition_start(here, (8,), 13) == "condition 2 "
    assert focus.condition_start(here, (10,), 14) == "break 14 if "
    assert focus.condition_start(here, (10,), None) == "break *0x000a if "
    with pytest.raises(XqdbgError, match="no instruction"):
        focus.condition_start(here, (), None)


def test_bookmarks_of_one_letter() -> None:
    assert focus.mark_line("a") == "bookmark a"
    assert focus.marked_line("Z") == "goto @Z"
    assert focus.marked_line("'") == "jump-back"
    for letter in ("'", "1", "é", "escape", ""):
        with pytest.raises(XqdbgError):
            focus.mark_line(letter)
