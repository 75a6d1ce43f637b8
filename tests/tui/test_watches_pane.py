from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from tests.support.moments import moment
from tests.support.panes import run_pane, screen_text
from xqdbg.moment import Watch
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.watches_pane import MOST_ROWS, WatchesPane

WATCHES = (Watch(1, "r1", "5"), Watch(4, "len(r2) + 1", "26", changed=True), Watch(5, "stack[-1]", "stack is empty"))


def test_expressions_and_values_stand_in_columns(golden: Any) -> None:
    pane = WatchesPane(id="watches")

    async def script(pilot: Pilot[Any]) -> None:
        pane.styles.border_top = ("solid", "white")
        pane.moment = moment(watches=WATCHES)
        await pilot.pause()
        golden("watches.txt", screen_text(pilot.app))

    run_pane(pane, script, size=(40, 6))


def test_out_of_sight_without_watches_and_never_too_tall() -> None:
    pane = WatchesPane(id="watches")

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        await pilot.pause()
        assert not pane.display or not pane.is_on_screen or not pane.size.height
        pane.moment = moment(watches=WATCHES)
        await pilot.pause()
        assert pane.rows_wanted(40) == len(WATCHES) + 1
        pane.moment = moment(watches=[Watch(number, f"r{number}") for number in range(50)])
        await pilot.pause()
        assert pane.rows_wanted(40) == MOST_ROWS + 1
        pane.moment = moment()
        await pilot.pause()
        assert not pane.has_class("-some") and pane.rows_wanted(40) == 0

    run_pane(pane, script, size=(40, 20))


def test_the_watch_under_the_cursor_can_be_pointed_at_and_taken_away() -> None:
    pane = WatchesPane(id="watches")

    async def script(pilot: Pilot[Any]) -> None:
        seen = [pane.pointed]
        pane.moment = moment(watches=WATCHES)
        pane.focus()
        await pilot.press("j")
        seen.append(pane.pointed)
        assert seen == [None, Pointed("len(r2) + 1", "len(r2) + 1", "26")]
        await pilot.press("d")

    heard = run_pane(pane, script)
    assert [m.line for m in heard if isinstance(m, LineGiven)] == ["undisplay 4"]


def test_a_long_expression_leaves_room_for_the_value() -> None:
    pane = WatchesPane(id="watches")

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(watches=(Watch(1, "r1 + " * 30 + "r2", "123456"), Watch(2, "[red]\x1b", "[/x]\x07")))
        await pilot.pause()
        rows = screen_text(pilot.app).splitlines()
        assert "…  123456" in rows[0] and len(rows[0]) <= 40
        assert "[red]␛" in rows[1] and "[/x]␇" in rows[1]

    run_pane(pane, script, size=(40, 6))
