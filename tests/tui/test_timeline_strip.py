"""The strip that shows the whole run: what it draws, and where its keys and the mouse go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot

from tests.support.moments import Visited, faulting, halting, moment, stop_at
from tests.support.panes import run_pane, screen_text
from tests.support.toy import ISA, toy_program
from vm.contract import Cell, Line, Nest
from xqdbg.marks import MOST_COUNTED, Lane, Marks, Scale
from xqdbg.moment import Bookmark, BranchNote, Future, Listing, Moment, Pin
from xqdbg.tui.panes.timeline_marks import LEAST_SPAN, MOST_LOOKUPS, marks
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
        assert str(strip.tooltip) == "tick 41: bookmark a"

    heard = run_pane(strip, script, size=(WIDTH, 3))
    assert [m.tick for m in heard if isinstance(m, TimelineStrip.TickWanted)] == [62, 41, 100]


def test_names_are_neither_markup_nor_control_code() -> None:
    here = known(bookmarks=(Bookmark("[red]\x1b", 40, "main"),))
    assert "[" in drawn(here)


def test_what_hovering_tells_is_no_markup() -> None:
    strip = TimelineStrip(id="time")

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = known(bookmarks=(Bookmark("[red]a[/b]", 41, "main"),))
        await pilot.hover("#time", offset=(1 + Scale(100, 50).column(41), 0))
        assert isinstance(strip.tooltip, Content) and strip.tooltip.plain.endswith("bookmark [red]a[/b]")

    run_pane(strip, script, size=(WIDTH, 3))


@pytest.mark.parametrize("end", [1, 2, 49, 50, 51, 1000, 10**12])
@pytest.mark.parametrize("columns", [2, 50, 195])
def test_first_tick_of_a_column_is_in_that_column(end: int, columns: int) -> None:
    scale = Scale(end, columns)
    for column in {scale.column(tick) for tick in range(0, end + 1, max(1, end // 97))}:
        assert scale.column(scale.first(column)) == column
        assert column == 0 or scale.column(scale.first(column) - 1) < column


# -- what was counted -------------------------------------------------------------------------------------------------


def lane(place: str, counts: Mapping[int, int], columns: int = 50) -> Lane:
    """So many writes in some columns, the first of each at its first tick."""
    scale = Scale(100, columns)
    first = [scale.first(column) if counts.get(column) else -1 for column in range(columns)]
    return Lane(place, [counts.get(column, 0) for column in range(columns)], first, complete=True)


def counted(written: Mapping[int, int], output: Mapping[int, int] | None = None, **fields: Any) -> Moment:
    lanes = Marks(Scale(100, 50), lane("r3.quad[0,1]", written), lane("out", output) if output else None)
    return known(0, marks=lanes, **fields)


def test_writes_stand_the_higher_the_more_there_are_and_outputs_have_arrows() -> None:
    text = drawn(counted({2: 1, 4: 2, 6: 4, 8: 8, 10: 16, 12: 32, 14: MOST_COUNTED}, {20: 1, 21: 7}))
    assert [text[1 + at] for at in (2, 4, 6, 8, 10, 12, 14)] == list("▂▃▄▅▆▇█")
    assert text[21:23] == "↑⇑"


def test_counts_for_another_scale_are_not_shown() -> None:
    assert "▂" not in drawn(counted({2: 1}), width=WIDTH + 10)


LOOP = toy_program("SET r0 3\nLOOP r0\nNOP ; @entry\nEND")
ENTRY = LOOP.marks["entry"]


def told_at(here: Moment, column: int, code: Sequence[Line] = ()) -> str:
    strip, found = TimelineStrip(ISA, code, id="time"), []

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = here
        await pilot.hover("#time", offset=(1 + column, 0))
        found.append(str(strip.tooltip))

    run_pane(strip, script, size=(WIDTH, 3))
    return str(found[0])


def test_hovering_tells_all_that_happens_in_a_column() -> None:
    here = counted(
        {5: 3}, {5: 1}, bookmarks=(Bookmark("a", 11, "main"),), breakpoints=(stop_at(1, 7),),
        visits=Visited({7: [10, 11, 40]}),
    )  # fmt: skip
    assert told_at(here, 5) == "ticks 11 to 12: bookmark a; breakpoint 1; 1 output; 3 writes to r3.quad[0,1]"
    assert told_at(here, 6) == "ticks 13 to 14"
    many = counted({5: MOST_COUNTED}, visits=Visited({7: list(range(100))}), breakpoints=(stop_at(2, 7),))
    assert told_at(many, 5) == f"ticks 11 to 12: breakpoint 2, 2 times; {MOST_COUNTED} writes or more to r3.quad[0,1]"


def test_several_hits_in_a_column_look_stronger_than_one() -> None:
    here = known(0, breakpoints=(stop_at(1, 7),), visits=Visited({7: [9, 41, 42]}))
    text = drawn(here)
    assert text[1 + Scale(100, 50).column(9)] == "•" and text[1 + Scale(100, 50).column(41)] == "●"


def test_loops_are_marked_where_they_go_around_unless_they_do_so_all_the_time() -> None:
    strip, found = TimelineStrip(ISA, LOOP.lines, id="time"), []

    async def script(pilot: Pilot[Any]) -> None:
        for ticks in (range(10, 90, 10), range(0, 100, 2)):
            strip.moment = known(0, visits=Visited({ENTRY: list(ticks)}))
            await pilot.pause()
            found.append(screen_text(pilot.app).count("┼"))

    run_pane(strip, script, size=(WIDTH, 3))
    assert found == [8, 0]
    assert told_at(known(0, visits=Visited({ENTRY: [11]})), 5) == "ticks 11 to 12"
    assert told_at(known(0, visits=Visited({ENTRY: [11]})), 5, LOOP.lines) == "tick 11: a loop goes around"


def test_the_loop_that_is_attended_to_is_marked_instead_of_the_outermost() -> None:
    strip, found = TimelineStrip(ISA, LOOP.lines, id="time"), []
    cells = {"loops": (Cell("nest[1]", "2 left", "loop"), Cell("nest[0]", "1 left", "loop"))}
    nests = (Nest("loop", ENTRY), Nest("loop", 99))
    here = known(0, visits=Visited({ENTRY: [11], 99: [31, 51]}), cells=cells, nests=nests)

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = here
        for place in ("", "nest[1]", "nest[0]"):
            strip.attend(place)
            await pilot.pause()
            text = screen_text(pilot.app).splitlines()[0]
            found.append([column - 1 for column, glyph in enumerate(text) if glyph == "┼"])

    run_pane(strip, script, size=(WIDTH, 3))
    at = Scale(100, 50).column
    assert found == [[at(11)], [at(31), at(51)], [at(11)]]


def test_loops_are_those_of_the_program_that_runs_now() -> None:
    strip = TimelineStrip(ISA, toy_program("NOP").lines, id="time")
    visits = Visited({ENTRY: [11]})

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = known(0, visits=visits, program=Listing(0, "a", toy_program("NOP").lines))
        await pilot.pause()
        assert "┼" not in screen_text(pilot.app)
        strip.moment = known(0, visits=visits, program=Listing(1, "a", LOOP.lines))
        await pilot.pause()
        assert "┼" in screen_text(pilot.app)

    run_pane(strip, script, size=(WIDTH, 3))


def asked(*moments: Moment, attend: tuple[str, ...] = ("",)) -> list[tuple[Scale, str]]:
    """What the strip wants counted."""
    strip = TimelineStrip(id="time")

    async def script(pilot: Pilot[Any]) -> None:
        for here in moments:
            strip.moment = here
            await pilot.pause()
        for place in attend:
            strip.attend(place)
            await pilot.pause()

    heard = run_pane(strip, script, size=(WIDTH, 3))
    return [(m.scale, m.place) for m in heard if isinstance(m, TimelineStrip.MarksWanted)]


def test_counts_are_asked_for_when_the_run_is_known_and_once() -> None:
    assert asked(known(0, future=Future(50, False))) == []
    assert asked(known(0), known(1), known(2)) == [(Scale(100, 50), "")]
    assert asked(known(0), attend=("r1", "r1", "r2")) == [(Scale(100, 50), place) for place in ("", "r1", "r2")]
    assert [scale.end for scale, _ in asked(known(0), known(0, future=halting(200)))] == [100, 200]


def test_wide_strips_name_what_is_counted() -> None:
    strip = TimelineStrip(id="time")

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = known(20)
        strip.attend("r3.quad[0,\x1b1]12345")
        await pilot.pause()
        text = screen_text(pilot.app).splitlines()[0]
        assert text.endswith("▄ r3.quad[0,␛…  20%") and "\x1b" not in text

    run_pane(strip, script, size=(120, 3))


# -- zooming and gestures ---------------------------------------------------------------------------------------------


def test_zooming_shows_a_part_of_the_run_around_here_and_tells_which() -> None:
    strip, far = TimelineStrip(id="time"), 100_000
    marks = tuple(Bookmark(name, tick, "main") for name, tick in (("a", 50_100), ("b", 50_300), ("c", 90_000)))
    here = known(50_000, future=halting(far), furthest=far, bookmarks=marks)

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = here
        strip.focus()
        await pilot.press(*"+" * 7)
        await pilot.pause()
        text = screen_text(pilot.app).splitlines()[0]
        assert "49,610–50,391" in text and "a" in text and "b" in text and "c" not in text
        assert text.index("a") > text.index("◆")
        await pilot.press("right")
        assert strip.here > 50_000 and strip._scale.stride < 20
        strip.arrived(strip.here)
        strip.moment = known(70_000, future=halting(far), furthest=far, bookmarks=marks)
        await pilot.pause()
        assert strip._scale.holds(70_000), "it goes along"
        await pilot.press(*"-" * 9)
        await pilot.pause()
        assert "c" in screen_text(pilot.app) and "70%" in screen_text(pilot.app)

    run_pane(strip, script, size=(80, 3))


def test_no_zoom_goes_closer_than_to_some_ticks() -> None:
    strip = TimelineStrip(id="time")

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = known(50)
        strip.focus()
        await pilot.press(*"+" * 20)
        await pilot.pause()
        assert strip._scale.end - strip._scale.start >= LEAST_SPAN
        strip.moment = known(3, future=halting(7), furthest=7)
        await pilot.pause()
        assert (strip._scale.start, strip._scale.end) == (0, 7)

    run_pane(strip, script, size=(WIDTH, 3))


def test_marks_out_of_sight_are_still_gone_to() -> None:
    far = 100_000
    here = known(50_000, future=halting(far), furthest=far, bookmarks=(Bookmark("c", 90_000, "main"),))
    assert wanted(here, *"+++++", "down")[-1] == 90_000


def test_one_way_of_scrubbing_is_one_gesture() -> None:
    strip = TimelineStrip(id="time")

    async def script(pilot: Pilot[Any]) -> None:
        strip.moment = known(20)
        strip.focus()
        await pilot.press("right", "right")
        strip.moment = known(24)
        await pilot.press("right")
        strip.moment = known(26)
        strip.moment = known(60)
        await pilot.press("right")
        await pilot.mouse_down("#time", offset=(5, 0))
        await pilot.hover("#time", offset=(15, 0))
        await pilot.mouse_up("#time", offset=(15, 0))

    heard = [m.gesture for m in run_pane(strip, script, size=(WIDTH, 3)) if isinstance(m, TimelineStrip.TickWanted)]
    assert [heard.index(each) for each in dict.fromkeys(heard)] == [0, 3, 4], heard
