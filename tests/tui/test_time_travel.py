"""The app over the whole run: what is known of it, questions, lists, marks, branches, scrubbing."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.screens import (
    debug_screen,
    debugger,
    explored,
    press,
    run_app,
    screen_text,
    settle,
    tap,
    type_line,
    until,
)
from tests.support.toy import marks, toy_machine
from xqdbg.moment import Moment
from xqdbg.session import Session
from xqdbg.tui.app import XqdbgApp

PROGRAM = """; doubles and adds
SET r1 5 ; @start
SET r4 0
LOOP r1 ; @outer
  SET r2 3 ; @body
  LOOP r2
    ADD r3 r3 r2 ; @inner
  END
  SET r6 1
  ADD r4 r4 r6 ; @after
END
OUT r3 ; @out
HALT ; @halt
NOP ; @never"""
AT = marks(PROGRAM)
ENDLESS = "SET r1 1\n.again\nADD r0 r0 r1 ; @add\nJNZ r1 .again\nHALT"


def app(text: str = PROGRAM) -> XqdbgApp:
    return debugger(Session(toy_machine(text), "doubles.toy"))


def moment(pilot: Pilot[Any]) -> Moment:
    found = debug_screen(pilot).moment
    assert found is not None
    return found


def bottom(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app).splitlines()[-1]


async def cursor_to(pilot: Pilot[Any], pc: int) -> None:
    screen = debug_screen(pilot)
    while screen.code_pane.cursor_pc != pc:
        await tap(pilot, "down")


# -- the run is known -------------------------------------------------------------------------------------------------


def test_soon_after_the_start_the_whole_run_is_known() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        text = screen_text(pilot.app)
        length = moment(pilot).furthest
        assert moment(pilot).tick == 0 and length > 40
        assert f"halts in {length}" in text
        assert any("15 " in row and "ADD r3 r3 r2" in row for row in text.splitlines())
        assert any("0 ┊NOP" in row for row in text.splitlines())
        assert "◆" in text.splitlines()[-3] and "■   0%" in text.splitlines()[-3]

    run_app(app(), script)


def test_an_error_stays_while_more_and_more_is_known() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, "break 999")
        first = moment(pilot)
        await until(pilot, lambda: moment(pilot).future is not first.future)
        await until(pilot, lambda: moment(pilot).revision > first.revision + 3)
        assert "✖" in bottom(pilot)
        assert "exploring" in screen_text(pilot.app)
        assert screen.moment is not None and screen.moment.turn == first.turn

    run_app(app(ENDLESS), script)


def test_keys_go_to_the_hits_of_the_line_under_the_cursor() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await cursor_to(pilot, AT["inner"])
        seen = []
        for keys in ("]", "]", "3]", "[", "2["):
            await press(pilot, *keys)
            assert moment(pilot).pc == AT["inner"]
            seen.append(moment(pilot).tick)
        visits = moment(pilot).visits
        assert visits is not None
        hits, tick = [], visits.after(AT["inner"], -1)
        while tick is not None:
            hits.append(tick)
            tick = visits.after(AT["inner"], tick)
        assert seen == [hits[0], hits[1], hits[4], hits[3], hits[1]]
        await press(pilot, "G")
        await cursor_to(pilot, AT["never"])
        await press(pilot, "]")
        assert "not executed again" in bottom(pilot)

    run_app(app(), script)


# -- questions about the thing in focus -------------------------------------------------------------------------------


def test_keys_go_to_the_writes_of_the_value_in_focus() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, "G")
        await press(pilot, "2", "tab", "j", "j", "j")
        ticks = []
        for key in ("{", "{", "{", "}"):
            await press(pilot, key)
            assert moment(pilot).pc == AT["inner"]
            ticks.append(moment(pilot).tick)
        assert ticks[0] > ticks[1] > ticks[2] < ticks[3] == ticks[1]
        assert not debug_screen(pilot).drawer.is_open, "one is there: a line says it all"
        assert "r3" in bottom(pilot)

    run_app(app(), script)


def test_why_opens_the_drawer_and_its_rows_are_moments(golden: Golden) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await press(pilot, "G")
        await press(pilot, "2", "tab", "j", "j", "j")
        registers = screen.focused
        await press(pilot, "w")
        assert screen.drawer.is_open and screen.drawer.has_focus
        golden("travel_why_80x24.txt", screen_text(pilot.app))
        row = screen.drawer.current
        assert row is not None and row.enter.startswith("goto ")
        await press(pilot, "enter")
        assert moment(pilot).tick == int(row.enter.removeprefix("goto "))
        assert screen.drawer.has_focus and screen.drawer.is_open
        await press(pilot, "escape")
        assert registers is not None and registers.has_focus
        assert not screen.drawer.has_class("-open")

    run_app(app(), script)


def test_why_on_a_line_that_never_runs_asks_why_not() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await cursor_to(pilot, AT["never"])
        await press(pilot, "w")
        text = screen_text(pilot.app)
        assert "never" in text and "✖" not in bottom(pilot)

    run_app(app(), script)


def test_slice_is_shown_and_left_by_the_same_key() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, "G")
        await press(pilot, "2", "tab", "j", "j", "j", "j", "W")
        assert AT["inner"] not in (moment(pilot).relevant or {AT["inner"]})
        assert "slice of r4 · W ends" in screen_text(pilot.app).splitlines()[0]
        assert any("┃" in row and "ADD r4 r4 r6" in row for row in screen_text(pilot.app).splitlines())
        await press(pilot, "W")
        assert moment(pilot).relevant is None and "┃" not in screen_text(pilot.app)

    run_app(app(), script)


def test_without_a_value_in_focus_the_keys_say_what_to_do() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await cursor_to(pilot, AT["halt"])
        for key in ("{", "}", "w", "W", "e"):
            await press(pilot, key)
            assert "no value is under the cursor" in bottom(pilot), key
        assert moment(pilot).tick == 0

    run_app(app(), script)


# -- editing and branches ---------------------------------------------------------------------------------------------


def test_edit_makes_a_branch_that_lists_and_status_tell_of() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await press(pilot, *"10s")
        await press(pilot, "2", "tab", "j", "e")
        assert bottom(pilot).strip() == ":set r1 ="
        await tap(pilot, *"77", "enter")
        await settle(pilot)
        await explored(pilot)
        assert len(moment(pilot).branches) == 2
        name = moment(pilot).branch
        assert f"branch {name}" in screen_text(pilot.app)
        assert "┴" in screen_text(pilot.app).splitlines()[-3] or "◆" in screen_text(pilot.app).splitlines()[-3]
        await type_line(pilot, "lists branches")
        assert screen.drawer.tab == "branches" and "r1 = 77" in screen_text(pilot.app)
        first = moment(pilot).branches[0].name
        await press(pilot, "home", "enter")
        assert moment(pilot).branch == first
        assert f"branch {first}" in screen_text(pilot.app)
        await press(pilot, "j", "d")
        assert bottom(pilot).strip() == f":drop {name}", "what loses something is shown before it is done"
        await tap(pilot, "enter")
        await settle(pilot)
        assert len(moment(pilot).branches) == 1

    run_app(app(), script)


def test_fork_by_key() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, *"10s", "x")
        assert len(moment(pilot).branches) == 2 and moment(pilot).tick == 10

    run_app(app(), script)


# -- marks and lists --------------------------------------------------------------------------------------------------


def test_bookmarks_of_one_letter_however_fast_they_are_typed() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, *"7s", "m", "s")
        assert [mark.name for mark in moment(pilot).bookmarks if not mark.automatic] == ["s"]
        assert moment(pilot).tick == 7, "the letter was no key"
        await press(pilot, *"20s")
        await tap(pilot, "m", "b", "'", "s")
        await settle(pilot)
        assert moment(pilot).tick == 7
        await press(pilot, "'", "b")
        assert moment(pilot).tick == 27
        await press(pilot, "'", "'")
        assert moment(pilot).tick == 7
        strip = screen_text(pilot.app).splitlines()[-3]
        assert "b" in strip
        await press(pilot, "m", "escape", "s")
        assert moment(pilot).tick == 8
        await press(pilot, "m", "1")
        assert "is no letter" in bottom(pilot)
        await press(pilot, "'", "q")
        assert "no bookmark" in bottom(pilot)

    run_app(app(), script)


def test_letters_typed_into_the_command_line_are_letters() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, ":", *"m'a")
        await pilot.pause()
        assert bottom(pilot).strip() == ":m'a"

    run_app(app(), script)


def test_lists_open_by_key_and_by_pane_number_and_follow(golden: Golden) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        for line in ("break 7 if r3 > 9", "watch r4", 'log 10 "r4 is {r4}"'):
            await type_line(pilot, line)
        await press(pilot, "o")
        assert screen.drawer.has_focus
        golden("travel_lists_80x24.txt", screen_text(pilot.app))
        await press(pilot, "space")
        assert not moment(pilot).breakpoints[0].enabled
        await press(pilot, "B")
        assert bottom(pilot).strip() == ":condition 1 r3 > 9"
        await tap(pilot, "escape")
        await until(pilot, lambda: screen.drawer.has_focus)
        await press(pilot, "d")
        assert [each.number for each in moment(pilot).breakpoints] == [2, 3]
        await press(pilot, "o")
        assert screen.code_pane.has_focus and not screen.drawer.has_class("-open")
        await press(pilot, "alt+7")
        assert screen.drawer.has_focus
        await press(pilot, "q")
        await until(pilot, lambda: not screen.drawer.is_open)

    run_app(app(), script)


def test_condition_of_the_breakpoint_at_the_cursor() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await cursor_to(pilot, AT["inner"])
        await press(pilot, "B")
        assert bottom(pilot).strip() == ":break 7 if"
        await tap(pilot, *"r3 > 9", "enter")
        await settle(pilot)
        assert moment(pilot).breakpoints[0].condition == "r3 > 9"
        assert "◆" in screen_text(pilot.app).splitlines()[7]
        await press(pilot, "B")
        assert bottom(pilot).strip() == ":condition 1 r3 > 9"

    run_app(app(), script)


def test_what_logpoints_tell_is_shown_and_once_put_away_stays_away() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, 'log 10 "r4 is {r4}"')
        await press(pilot, *"40s")
        assert screen.drawer.is_open and screen.drawer.tab == "log"
        assert screen.focused is screen.code_pane, "nothing was asked, so nothing takes the focus"
        assert "r4 is 0" in screen_text(pilot.app)
        await press(pilot, "escape")
        assert not screen.drawer.has_class("-open")
        lines = len(screen.drawer.sheet)
        await press(pilot, "c")
        assert not screen.drawer.has_class("-open")
        await type_line(pilot, "lists log")
        assert len(screen.drawer.sheet) > lines

    run_app(app(), script)


def test_watches_appear_above_the_state_and_tell_changes(golden: Golden) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        assert not screen.watches_pane.display
        await press(pilot, "alt+6")
        assert "nothing is watched" in bottom(pilot)
        await type_line(pilot, "display r3 + r4")
        await type_line(pilot, "display /x r1")
        await press(pilot, *"8s")
        golden("travel_watches_80x24.txt", screen_text(pilot.app))
        await press(pilot, "alt+6")
        assert screen.focused is screen.watches_pane
        await press(pilot, "d")
        assert [watch.number for watch in moment(pilot).watches] == [2]

    run_app(app(), script)


# -- the command line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column"),
    [("print r1 + nosuch", 11), ("break 7 if r1 >", 15), ("step 3; print r1 +* 2", 18), ("brk 3", 0), ("p  nosuch", 3)],
)
def test_errors_point_at_the_column(line: str, column: int) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await type_line(pilot, line)
        rows = screen_text(pilot.app).splitlines()
        at = next(at for at, row in enumerate(rows) if row.strip().startswith(":" + line))
        assert rows[at + 1].index("^") == rows[at].index(":") + 1 + column
        assert "✖" in rows[at + 1] or "✖" in rows[at + 2]

    run_app(app(), script)


def test_what_was_done_before_an_error_is_shown() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await type_line(pilot, "step 3; print nosuch")
        assert moment(pilot).tick == 3
        assert "✖" in screen_text(pilot.app)
        await press(pilot, "s")
        assert "✖" not in screen_text(pilot.app)

    run_app(app(), script)


def test_several_commands_on_a_line_tell_all_they_have_to_tell() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, "step 3; print r1; step; print r1 + 1")
        assert moment(pilot).tick == 4
        assert screen.drawer.is_open
        text = screen_text(pilot.app)
        assert "r1 = 5" in text and "r1 + 1 = 6" in text

    run_app(app(), script)


def test_what_breakpoints_have_obeyed_is_obeyed_after_keys() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, "break 7")
        await type_line(pilot, "commands 1 print r2; continue; end")
        await press(pilot, "c")
        assert moment(pilot).status.ended
        text = [row.text for row in (screen.drawer.sheet.row(at) for at in range(len(screen.drawer.sheet)))]
        assert text.count("r2 = 3") == 15 or sum("r2 =" in line for line in text) == 15

    run_app(app(), script)


def test_completion_knows_the_session() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await type_line(pilot, "bookmark nearby")
        await tap(pilot, ":")
        await until(pilot, lambda: debug_screen(pilot).command_line.is_open)
        await tap(pilot, *"goto @ne", "tab")
        await until(pilot, lambda: bottom(pilot).strip() == ":goto @nearby")
        await tap(pilot, "ctrl+u", *"lists br", "tab")
        await until(pilot, lambda: bottom(pilot).strip() == ":lists branches")
        await tap(pilot, "ctrl+u", *"info b", "tab")
        await until(pilot, lambda: {"bookmarks", "branches", "breakpoints"} <= set(bottom(pilot).split()))

    run_app(app(), script)


def test_matrices_and_topics_of_help_have_room() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await type_line(pilot, "help expressions")
        await until(pilot, lambda: "popcount" in screen_text(pilot.app))
        await tap(pilot, "escape")

    run_app(app(), script)


def test_leaving_by_a_line_of_several_commands() -> None:
    debugged = app()

    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, ":", *"step; quit", "enter")
        await until(pilot, lambda: not pilot.app.is_running)

    run_app(debugged, script)
    assert debugged.return_code == 0


def test_the_value_in_focus_is_copied() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, *"5s")
        await press(pilot, "y")
        assert pilot.app.clipboard == "ADD r3 r3 r2 ; @inner" and "copied the line" in bottom(pilot)
        await press(pilot, "2", "tab", "j", "y")
        assert pilot.app.clipboard == "5"
        await type_line(pilot, "hits 7 show r3")
        await press(pilot, "y")
        assert "ADD r3 r3 r2" in pilot.app.clipboard

    run_app(app(), script)


# -- the timeline -----------------------------------------------------------------------------------------------------


def test_scrubbing_goes_where_the_last_key_says() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await press(pilot, "alt+0")
        assert screen.focused is screen.timeline
        await press(pilot, "right")
        assert moment(pilot).tick == 1
        await tap(pilot, *["right"] * 20)
        await settle(pilot)
        assert moment(pilot).tick == 21 and screen.timeline.here == 21
        await press(pilot, "end")
        assert moment(pilot).status.ended
        await press(pilot, "shift+left")
        assert 0 < moment(pilot).tick < moment(pilot).furthest - 5
        await press(pilot, "s")
        assert screen.timeline.here == moment(pilot).tick, "the keys of the debugger work from here too"

    run_app(app(), script)


def test_scrubs_that_come_faster_than_the_engine_are_left_out() -> None:
    sought: list[int] = []

    class Slow(Session):
        def scrub(self, tick: int, *rest: Any) -> Moment:
            sought.append(tick)
            return super().scrub(tick, *rest)

    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        for tick in range(1, 31):
            screen.timeline.post_message(screen.timeline.TickWanted(tick))
        await until(pilot, lambda: moment(pilot).tick == 30)
        await settle(pilot)
        assert sought[-1] == 30 and len(sought) < 30

    run_app(debugger(Slow(toy_machine(PROGRAM))), script)


def test_mouse_on_the_timeline() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await pilot.click("#timeline", offset=(73, 0))
        await settle(pilot)
        assert moment(pilot).status.ended
        await pilot.click("#timeline", offset=(1, 0))
        await settle(pilot)
        assert moment(pilot).tick == 0

    run_app(app(), script)


# -- sizes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_scene_with_everything_open(golden: Golden, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "break 7")
        await type_line(pilot, "display r3 + r4")
        for _ in range(3):
            await press(pilot, "c")  # one by one: of moments that come together the watches see the last
        await press(pilot, "m", "k")
        await type_line(pilot, "hits 7 show r3, r4")
        await settle(pilot)
        golden(f"travel_open_{size[0]}x{size[1]}.txt", screen_text(pilot.app))

    run_app(app(), script, size)


def test_the_drawer_survives_another_size_and_zoom() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await type_line(pilot, "hits 7")
        tall = screen.drawer.outer_size.height
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert screen.drawer.outer_size.height >= tall
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert screen.drawer.outer_size.height == tall
        await press(pilot, "z")
        assert "Registers" not in screen_text(pilot.app) and "ADD r3" in screen_text(pilot.app)
        await press(pilot, "escape")
        await until(pilot, lambda: not screen.drawer.is_open)
        await pilot.pause()
        assert "Registers" in screen_text(pilot.app)
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert "needs 80×24" in screen_text(pilot.app)

    run_app(app(), script)
