"""The strip that shows the whole run: what it draws, and where its keys and the mouse go."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.moments import Visited, faulting, halting, moment, stop_at
from tests.support.panes import run_pane, screen_text
from xqdbg.marks import Scale
from xqdbg.moment import Bookmark, BranchNote, Future, Moment, Pin
from xqdbg.tui.panes.timeline_marks import MOST_LOOKUPS, marks
from xqdbg.tui.panes.timeline_strip import TimelineStrip

WIDTH = 57
"""A hundred ticks on half as many columns, and the label."""


def known(tick: int = 20, **fields: Any) -> Moment:
    """A moment of a run of 100 ticks."""
    return moment(**{"tick": tick, "furthest": 100, "future": halting(100), "branch": "main", **fields})


def drawn(here: Moment, width: int = WIDTH) -> str:
    strip, found = TimelineStrip(id="time"), []

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = here
        await pilot.pause()
        found.append(screen_text(pilot.app).splitlines()[0])

    run_pane(strip, script, size=(width, 3))
    return found[0]


def wanted(here: Moment, *keys: str) -> list[int]:
    """Ticks asked for by keys."""
    strip = TimelineStrip(id="time")

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = here
        strip.focus()
        for key in keys:
            await pilot.press(key)

    return [m.tick for m in run_pane(strip, script, size=(WIDTH, 3)) if isinstance(m, TimelineStrip.TickWanted)]


def test_past_present_and_future_of_a_known_run() -> None:
    assert drawn(known(20)) == " " + "━" * 9 + "◆" + "─" * 39 + "■  20%"
    assert drawn(known(0))[:3] == " ◆─"
    assert drawn(known(100)).endswith("━◆ 100%")


def test_a_run_that_is_not_known_to_its_end_goes_on_into_the_dark() -> None:
    text = drawn(known(20, future=Future(100, False)))
    assert text.count("┄") == 6 and text.endswith("┄    …")
    assert "■" not in text


def test_a_run_of_which_nothing_is_known() -> None:
    text = drawn(moment())
    assert text.startswith(" ◆─") and "┄" in text


def test_what_is_marked() -> None:
    here = known(
        20,
        future=faulting(100),
        bookmarks=(
            Bookmark("a", 40, "main"), Bookmark("stop-1", 30, "main", automatic=True), Bookmark("b", 50, "other"),
        ),
        pins=(Pin(1, 60, "main", "r1 == 1", True), Pin(2, 64, "main", "r1 == 2", False), Pin(3, 68, "main", "r1 == 3")),
        branches=(BranchNote("main"), BranchNote("other", "main", 80)),
        breakpoints=(stop_at(1, 7), stop_at(2, 8, condition="r1"), stop_at(3, 9, enabled=False)),
        visits=Visited({7: [4, 90], 8: [10], 9: [12]}),
    )  # fmt: skip
    text = drawn(here)
    at = {glyph: [column for column, each in enumerate(text[1:51]) if each == glyph] for glyph in "a╵✓✗?┬•✖"}
    scale = Scale(100, 50)
    expected = {"a": [40], "╵": [30], "✓": [60], "✗": [64], "?": [68], "┬": [80], "•": [4, 90], "✖": [100]}
    assert at == {glyph: [scale.column(tick) for tick in ticks] for glyph, ticks in expected.items()}


def test_a_branch_shows_where_it_left_its_parent() -> None:
    notes = (BranchNote("main"), BranchNote("other", "main", 80))
    assert drawn(known(20, branch="other", branches=notes)).index("┴") - 1 == Scale(100, 50).column(80)


def test_where_marks_share_a_column_the_one_that_matters_most_is_shown() -> None:
    here = known(0, bookmarks=(Bookmark("z", 100, "main"),), pins=(Pin(1, 40, "main", "r1"),), future=faulting(100))
    here = known(0, bookmarks=(*here.bookmarks, Bookmark("y", 40, "main")), pins=here.pins, future=here.future)
    shown = {column: there[0].glyph for column, there in marks(here, Scale(100, 50)).items()}
    assert shown == {49: "✖", Scale(100, 50).column(40): "?"}


def test_hits_without_end_are_looked_up_only_so_often() -> None:
    visits = Visited({pc: range(pc, 10**6, 7) for pc in range(100)})
    here = known(0, breakpoints=(stop_at(1, *range(100)),), visits=visits, future=halting(10**6))
    found = marks(here, Scale(10**6, 195))
    assert sum(there[0].kind == "hit" for there in found.values()) > 140
    assert visits.asked <= MOST_LOOKUPS + 10


def test_marks_are_found_once_while_one_steps() -> None:
    strip, visits = TimelineStrip(), Visited({7: list(range(0, 100, 9))})
    stops, future = (stop_at(1, 7),), halting(100)

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = known(0, breakpoints=stops, visits=visits, future=future)
        await pilot.pause()
        asked = visits.asked
        assert asked > 0
        for tick in range(1, 20):
            strip.moment = known(tick, breakpoints=stops, visits=visits, future=future)
        await pilot.pause()
        assert visits.asked == asked

    run_pane(strip, script, size=(WIDTH, 3))


@pytest.mark.parametrize(
    ("tick", "keys", "ticks"),
    [
        (20, ("right",), [22]),
        (20, ("left", "left"), [18, 16]),
        (20, ("h", "l"), [18, 20]),
        (50, ("shift+right", "shift+left"), [70, 50]),
        (5, ("shift+left",), [0]),
        (95, ("shift+right",), [100]),
        (50, ("home", "end"), [0, 100]),
    ],
)
def test_arrows_scrub_by_columns(tick: int, keys: tuple[str, ...], ticks: list[int]) -> None:
    assert wanted(known(tick), *keys) == ticks


def test_in_a_short_run_an_arrow_is_a_tick() -> None:
    assert wanted(known(3, future=halting(7), furthest=7), "right", "left", "left") == [4, 3, 2]


def test_keys_that_go_from_mark_to_mark_meet_them_exactly() -> None:
    here = known(20, bookmarks=(Bookmark("a", 41, "main"), Bookmark("b", 43, "main")))
    assert wanted(here, "down", "j", "k", "up", "up") == [41, 43, 41, 0]
    assert wanted(here, "down", "left", "right", "enter") == [41, 39, 41, 41]


def test_the_strip_shows_where_one_wants_to_be_before_one_is_there() -> None:
    strip = TimelineStrip(id="time")

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = known(20)
        strip.focus()
        await pilot.press("end")
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[0].endswith("━◆ 100%")
        strip.moment = known(60)
        assert strip.here == 100, "still under way"
        strip.moment = known(100)
        strip.moment = known(99)
        assert strip.here == 99, "it was there, and went on"
        await pilot.press("home")
        strip.arrived(5)
        assert strip.here == 0, "an earlier wish was met, not this one"
        strip.arrived(0)
        assert strip.here == 99, "nothing is under way any more"

    run_pane(strip, script, size=(WIDTH, 3))


def test_mouse_goes_to_the_tick_and_to_the_very_tick_of_a_mark() -> None:
    strip = TimelineStrip(id="time")

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = known(20, bookmarks=(Bookmark("a", 41, "main"),))
        await pilot.click("#time", offset=(1 + 30, 0))
        await pilot.click("#time", offset=(1 + Scale(100, 50).column(41), 0))
        await pilot.click("#time", offset=(WIDTH - 2, 0))
        await pilot.hover("#time", offset=(1 + Scale(100, 50).column(41), 0))
        assert strip.tooltip == "tick 41: bookmark a"

    heard = run_pane(strip, script, size=(WIDTH, 3))
    assert [m.tick for m in heard if isinstance(m, TimelineStrip.TickWanted)] == [62, 41, 100]


def test_names_are_neither_markup_nor_control_code() -> None:
    here = known(bookmarks=(Bookmark("[red]\x1b", 40, "main"),))
    assert "[" in drawn(here)


@pytest.mark.parametrize("end", [1, 2, 49, 50, 51, 1000, 10**12])
@pytest.mark.parametrize("columns", [2, 50, 195])
def test_first_tick_of_a_column_is_in_that_column(end: int, columns: int) -> None:
    scale = Scale(end, columns)
    for column in {scale.column(tick) for tick in range(0, end + 1, max(1, end // 97))}:
        assert scale.column(scale.first(column)) == column
        assert column == 0 or scale.column(scale.first(column) - 1) < column
