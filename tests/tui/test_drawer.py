"""The drawer: answers and lists, drawn in columns, and the command lines its keys stand for."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest
from textual.content import Content
from textual.geometry import Region
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.moments import moment, stop_at, table
from tests.support.panes import run_pane, screen_text
from xqdbg.answer import Answer, Row
from xqdbg.moment import Bookmark, BranchNote, Breakpoint, Kind, Moment, Pin
from xqdbg.tui.panes.columns import Columns
from xqdbg.tui.panes.drawer import DrawerPane
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.sheets import deserves_room

TOP = Region(0, 0, 80, 1)
TREE = Answer(
    "why r3",
    ("tick", "instruction", "value"),
    [
        Row(("1,204", "STOW r3", "7"), 1204),
        Row(("1,200", "ADD", "7"), 1200, level=1),
        Row(("10", "PUSH 3", "3"), 10, level=2),
        Row(("12", "LOAD r1", "4"), 12, level=2),
        Row(("2", "STOW r1", "4"), 2, level=3),
        Row(("900", "ADD", "7"), 900, level=1),
    ],
)


def kept(**fields: Any) -> Moment:
    """A moment of a session that keeps some of everything."""
    return moment(
        **{
            "tick": 50,
            "branch": "main",
            "branches": (
                BranchNote("main", current=True), BranchNote("b1", "main", 40, ("r1 = 7",)),
                BranchNote("b2", "main", 80), BranchNote("b1-1", "b1", 60, ("r1 = 9", "r2 = 8")),
            ),
            "breakpoints": (
                stop_at(1, 4, hits=1203), stop_at(2, 8, condition="r1 > 2", enabled=False),
                Breakpoint(3, (), "r0.quad[1,5]", Kind.WRITE),
                Breakpoint(4, (4, 8), "op:ADD", Kind.LOG, message="{r1}"),
            ),
            "bookmarks": (Bookmark("a", 10, "main", "where it begins"), Bookmark("stop-1", 50, "b1", "", True)),
            "pins": (Pin(1, 20, "main", "r1 == 7", True), Pin(2, 20, "b1", "r1 == 8", False)),
            **fields,
        }
    )  # fmt: skip


def drawer() -> DrawerPane:
    """A drawer with a rule, as it has one on the screen."""
    pane = DrawerPane({4: 12, 8: 13}, id="drawer")
    pane.styles.border_top = ("solid", "white")
    pane.number(Content("9 "))
    return pane


def rows_of(pilot: Pilot[Any]) -> list[str]:
    return screen_text(pilot.app).splitlines()


def lines(heard: Any) -> list[tuple[str, bool]]:
    return [(m.line, m.sure) for m in heard if isinstance(m, LineGiven)]


def test_answer(golden: Golden) -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = kept()
        pane.show_answer(table(12_000, note="the first 12,000 of 1,234,567"))
        await pilot.pause()
        golden("drawer_answer.txt", screen_text(pilot.app))

    run_pane(pane, script, size=(80, 12))


def test_tree(golden: Golden) -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        pane.show_answer(TREE)
        await pilot.pause()
        golden("drawer_tree.txt", screen_text(pilot.app))

    run_pane(pane, script, size=(80, 12))


@pytest.mark.parametrize("tab", ["stops", "marks", "branches", "pins"])
def test_lists(golden: Golden, tab: str) -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = kept()
        pane.show_list(tab)
        await pilot.pause()
        golden(f"drawer_{tab}.txt", screen_text(pilot.app))

    run_pane(pane, script, size=(80, 12))


@pytest.mark.parametrize("tab", ["stops", "marks", "pins"])
def test_an_empty_list_says_how_it_is_filled(tab: str) -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        pane.show_list(tab)
        await pilot.press("enter", "d", "space", "j")
        assert rows_of(pilot)[1].strip().startswith("none; ")

    assert lines(run_pane(pane, script, size=(80, 12))) == []


@pytest.mark.parametrize(
    ("tab", "keys", "expected"),
    [
        ("stops", ("enter",), ("list *0x0004", True)),
        ("stops", ("space",), ("disable 1", True)),
        ("stops", ("j", "space"), ("enable 2", True)),
        ("stops", ("j", "j", "d"), ("delete 3", True)),
        ("marks", ("enter",), ("goto @a", True)),
        ("marks", ("j", "delete"), ("unbookmark stop-1", True)),
        ("branches", ("j", "enter"), ("switch b1", True)),
        ("branches", ("j", "d"), ("drop b1", False)),
        ("pins", ("enter",), ("goto 20", True)),
        ("pins", ("j", "enter"), ("switch b1; goto 20", True)),
        ("pins", ("j", "d"), ("unpin 2", True)),
    ],
)
def test_keys_of_rows_are_commands(tab: str, keys: tuple[str, ...], expected: tuple[str, bool]) -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = kept()
        pane.show_list(tab)
        pane.focus()
        await pilot.press(*keys)

    assert lines(run_pane(pane, script, size=(80, 12))) == [expected]


def test_a_row_of_an_answer_goes_to_its_tick_on_its_branch() -> None:
    pane = drawer()
    swept = [
        Row(("b1", "5"), 7, data={"branch": "b1"}), Row(("main", "5"), 8, data={"branch": "main"}),
        Row(("gone", "5"), 9, data={"branch": "gone"}), Row(("", "5"), None, 0x2A), Row(("", "nothing")),
    ]  # fmt: skip

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = kept()
        pane.show_answer(Answer("swept", (), swept))
        pane.focus()
        await pilot.press("enter", "j", "enter", "j", "enter", "j", "enter", "j", "enter")

    given = [line for line, _ in lines(run_pane(pane, script, size=(80, 12)))]
    assert given == ["switch b1; goto 7", "goto 8", "goto 9", "list *0x002a"]


def test_double_click_chooses() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        pane.show_answer(table(30))
        await pilot.pause()
        await pilot.click("#drawer", offset=(5, 1))
        assert pane.cursor_row == 0, "the head is no row"
        await pilot.double_click("#drawer", offset=(5, 4))

    assert lines(run_pane(pane, script, size=(80, 12))) == [("goto 20", True)]


def test_an_answer_that_grows_keeps_the_cursor_and_another_one_does_not() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        pane.show_answer(table(20, complete=False))
        assert rows_of(pilot) is not None
        pane.focus()
        await pilot.press("j", "j", "j")
        pane.show_answer(table(500, complete=False))
        await pilot.pause()
        assert pane.cursor_row == 3
        assert "hits of line 41…" in rows_of(pilot)[0] and len(pane.sheet) == 500
        pane.show_answer(table(700))
        await pilot.pause()
        assert pane.cursor_row == 3
        assert "…" not in rows_of(pilot)[0] and len(pane.sheet) == 700
        pane.show_answer(table(5))
        await pilot.pause()
        assert pane.cursor_row == 0

    run_pane(pane, script, size=(80, 12))


def test_the_row_of_now_is_marked_and_goes_along() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(tick=20)
        pane.show_answer(table(9))
        await pilot.pause()
        assert [row.startswith("▶") for row in rows_of(pilot)[2:6]] == [False, False, True, False]
        pane.moment = moment(tick=30)
        await pilot.pause()
        assert [row.startswith("▶") for row in rows_of(pilot)[2:6]] == [False, False, False, True]

    run_pane(pane, script, size=(80, 12))


def test_an_answer_opens_at_the_row_of_now() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(tick=2000)
        pane.show_answer(table(900))
        await pilot.pause()
        assert pane.cursor_row == 200
        assert any(row.startswith("▶") for row in rows_of(pilot))

    run_pane(pane, script, size=(80, 12))


def test_lists_follow_the_session_while_they_are_open() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = kept()
        pane.show_list("marks")
        pane.focus()
        await pilot.press("j")
        pane.moment = kept(bookmarks=(*kept().bookmarks, Bookmark("zz", 70, "main")))
        await pilot.pause()
        assert any("zz" in row for row in rows_of(pilot))
        assert pane.cursor_row == 1
        pane.moment = kept(bookmarks=())
        await pilot.pause()
        assert "none; m and a letter" in rows_of(pilot)[1]

    run_pane(pane, script, size=(80, 12))


def test_arrows_turn_between_what_there_is() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = kept(pins=())
        pane.show_list("stops")
        pane.focus()
        seen = []
        for _ in range(4):
            await pilot.press("right")
            seen.append(pane.tab)
            bold = [
                segment.text.strip() for segment in pane.render_lines(TOP)[0] if segment.style and segment.style.bold
            ]
            assert bold == [pane.tab]
        assert seen == ["marks", "branches", "stops", "marks"]
        await pilot.press("left", "h")
        assert pane.tab == "branches"

    run_pane(pane, script, size=(80, 12))


def test_what_logpoints_told_is_kept_and_does_not_come_over_an_answer() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        pane.tell([f"line {number}" for number in range(40)])
        await pilot.pause()
        assert pane.is_open and pane.cursor_row == 39
        assert rows_of(pilot)[-1].strip() == "line 39"
        pane.tell(["[red]one more\x1b"])
        await pilot.pause()
        assert rows_of(pilot)[-1].strip() == "[red]one more␛"
        pane.show_answer(TREE)
        pane.tell(["later"])
        await pilot.pause()
        assert pane.tab == "answer"
        pane.show_list("log")
        await pilot.pause()
        assert len(pane.sheet) == 42

    run_pane(pane, script, size=(80, 12))


def test_lines_of_text_are_rows() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        pane.show_answer(Answer("r0 =\n  1 2\n  3 [4]", value=1))
        await pilot.pause()
        assert [row.rstrip() for row in rows_of(pilot)[1:4]] == ["    1 2", "    3 [4]", ""]
        assert rows_of(pilot)[0].startswith("─9 r0 =")
        pane.show_answer(Answer("", rows=[Row(("r1 = 5",)), Row(("r0 =\n 1\n 2",))]))
        await pilot.pause()
        assert [row.strip() for row in rows_of(pilot)[1:5]] == ["r1 = 5", "r0 =", "1", "2"]

    run_pane(pane, script, size=(80, 12))


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        pane.show_answer(Answer("hits", ("tick", "loops", "what"), [Row(("1", "", "a")), Row(("2", " ", "b"))]))
        await pilot.pause()
        assert rows_of(pilot)[1].split() == ["tick", "what"]
        assert rows_of(pilot)[2].split() == ["1", "a"]

    run_pane(pane, script, size=(80, 12))


@pytest.mark.parametrize("width", [30, 80, 200])
def test_nothing_is_wider_than_the_pane_and_numbers_are_whole(width: int) -> None:
    pane = drawer()
    rows = [Row((f"{10**9 + at:,}", "x" * 300, "[b]y" * at, f"{at}"), at) for at in range(50)]

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        pane.show_answer(Answer("t" * 400, ("tick", "text", "more", "n"), rows, False, "note " * 40))
        await pilot.pause()
        text = rows_of(pilot)
        assert max(map(len, text)) <= width
        assert "1,000,000,003" in text[5] and "…" in text[5]

    run_pane(pane, script, size=(width, 12))


def test_height_fits_what_there_is_and_only_grows_while_open() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = kept()
        pane.show_answer(table(2))
        await pilot.pause()
        assert pane.rows_wanted(80) == 6
        pane.show_answer(table(100))
        await pilot.pause()
        assert pane.rows_wanted(80) == 12
        pane.show_list("pins")
        await pilot.pause()
        assert pane.rows_wanted(80) == 12

    run_pane(pane, script, size=(80, 30))


def test_keys_that_leave() -> None:
    pane = drawer()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = kept()
        pane.show_list("stops")
        pane.focus()
        await pilot.press("escape", "q")

    heard = run_pane(pane, script, size=(80, 12))
    assert sum(isinstance(m, DrawerPane.Left) for m in heard) == 2


def test_ten_thousand_rows_are_shown_at_once() -> None:
    pane, answer = drawer(), table(10_000)
    trees = replace(answer, rows=[replace(row, level=at % 5) for at, row in enumerate(answer.rows)])

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment()
        spent = []
        for shown in (answer, trees, answer, trees, answer, trees):
            began = perf_counter()
            pane.show_answer(shown)
            spent.append(perf_counter() - began)
        assert min(spent[1::2]) < 0.02 and min(spent[::2]) < 0.01
        pane.focus()
        await pilot.press("end")
        assert pane.current is not None and pane.current.cells == ("99,990", "line 9999", "value 9999")

    run_pane(pane, script, size=(80, 12))


@pytest.mark.parametrize(
    ("answer", "tick", "expected"),
    [
        (None, 0, False),
        (Answer("r1 = 5", value=5), 0, False),
        (Answer("r0 =\n 1\n 2"), 0, True),
        (Answer("last r1", (), [Row(("7",), 7)]), 7, False),
        (Answer("first r1 > 2", (), [Row(("7",), 7)]), 3, True),
        (Answer("first r1 > 2", (), [Row(("7",), 7, data={"branch": "b1"})]), 7, True),
        (table(2), 0, True),
        (Answer("none"), 0, False),
    ],
)
def test_what_deserves_room(answer: Answer | None, tick: int, expected: bool) -> None:
    assert deserves_room(answer, kept(tick=tick)) is expected


def test_columns_give_way_from_the_widest_text_on() -> None:
    columns = Columns((5, 40, 20), (True, False, False))
    assert columns.fitted(100) == (5, 40, 20)
    assert columns.fitted(59) == (5, 30, 20)
    assert columns.fitted(39) == (5, 15, 15)
    assert columns.fitted(1) == (5, 6, 6)
