from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.moments import moment
from tests.support.panes import run_pane, screen_text
from vm.contract import Effect, Place, Read, Write
from xqdbg.moment import Watch
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.watches_pane import MOST_ROWS, WatchesPane, curve

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


READ = Read(Place("r1"), 5)


def acting(*, reads: tuple[Read, ...] = (), writes: tuple[Write, ...] = ()) -> Effect:
    return Effect(0, 0, "OP", reads, writes, ())


def test_signs_tell_what_happened_to_places_and_what_is_coming() -> None:
    pane = WatchesPane(id="watches")
    watches = (
        Watch(1, "r1", "5", place="r1", value=5),
        Watch(2, "r1 + 1", "6", changed=True, value=6),
        Watch(3, "r2", "7", changed=True, place="r2", value=7),
        Watch(4, "r3", "8", place="r3", value=8),
    )

    async def script(pilot: Pilot[Any]) -> None:
        coming = acting(reads=(READ,), writes=(Write(Place("r1"), 5, 12), Write(Place("r3"), 8, 9)))
        last = acting(writes=(Write(Place("r2"), 6, 7),))
        pane.moment = moment(watches=watches, coming=coming, effect=last)
        await pilot.pause()
        rows = screen_text(pilot.app).splitlines()
        assert [row.split() for row in rows[:4]] == [
            ["◆r1", "5", "→", "12"], ["•", "r1", "+", "1", "6"], ["•", "r2", "7"], ["›r3", "8", "→", "9"],
        ]  # fmt: skip
        pane.moment = moment(watches=watches, tick=9)
        await pilot.pause()
        assert [row[:2] for row in screen_text(pilot.app).splitlines()[:4]] == ["  ", "◦ ", "◦ ", "  "]

    run_pane(pane, script, size=(40, 6))


def test_numbers_are_shown_and_copied_in_the_base_of_the_pane() -> None:
    pane = WatchesPane(id="watches")
    watches = (Watch(1, "r1", "-10", place="r1", value=-10), Watch(2, "r2", "0b11", place="r2"))

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(watches=watches)
        pane.focus()
        await pilot.press("#")
        rows = screen_text(pilot.app).splitlines()
        assert rows[0].split() == ["r1", "-0xa"] and rows[1].split() == ["r2", "0b11"]
        assert pane.pointed is not None and pane.pointed.text == "-0xa"
        assert list(pane.pointed.forms) == [("decimal", "-10"), ("hex", "-0xa"), ("JSON", "-10")]
        assert [part.plain for part in pane._rule_aside] == ["hex"]
        await pilot.press("#", "#")
        assert not pane._rule_aside

    run_pane(pane, script, size=(40, 6))


def test_a_curve_tells_the_numbers_seen_in_the_order_of_the_run() -> None:
    pane = WatchesPane(id="watches")

    async def script(pilot: Pilot[Any]) -> None:
        for tick, value in ((30, 7), (10, 0), (20, 3), (40, 7)):
            pane.moment = moment(tick=tick, watches=(Watch(1, "r1", str(value), value=value),))
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[0].split() == ["r1", "7", "▁▃▇▇"]
        pane.moment = moment(tick=20, watches=(Watch(1, "r1", "3", value=3),))
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[0].split() == ["r1", "3"]
        pane.moment = moment(tick=40, branch="other", watches=(Watch(1, "r1", "7", value=7),))
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[0].split() == ["r1", "7"]

    run_pane(pane, script, size=(40, 6))


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([], ""), ([5], ""), ([5, 5], ""), ([0, 7], "▁▇"), ([-(2**63), 0, 2**63 - 1], "▁▄▇"), ([3, 1, 2], "▇▁▄")],
)
def test_curves(numbers: list[int], expected: str) -> None:
    assert curve(numbers) == expected


def test_only_watches_that_look_different_are_drawn_again() -> None:
    drew: list[int] = []

    class Counting(WatchesPane):
        def draw_row(self, row: int, width: int) -> Any:
            drew.append(row)
            return super().draw_row(row, width)

    pane = Counting(id="watches")

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(watches=WATCHES)
        await pilot.pause()
        drew.clear()
        pane.moment = moment(watches=(*WATCHES[:2], Watch(5, "stack[-1]", "3")), tick=1)
        await pilot.pause()
        assert set(drew) == {2}

    run_pane(pane, script)
