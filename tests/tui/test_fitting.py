"""What has to be short is shortened where it hurts least, and nothing is told that is no longer so."""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.pilot import Pilot

from tests.support.examples import example_session
from tests.support.moments import moment
from tests.support.panes import run_pane, screen_text
from tests.support.screens import debug_screen, debugger, press, run_app, settle, type_line
from vm.contract import Cell, Place, Status
from vm.toolchain import Forecast
from xqdbg.editing.text import Problem
from xqdbg.tui.editor.problems_pane import ProblemsPane
from xqdbg.tui.panes.repl_lines import ReplLines
from xqdbg.tui.panes.status_line import StatusLine
from xqdbg.tui.panes.titled import rule
from xqdbg.tui.sheets import aligned

TSP = "tsp5/encoder"


def test_a_name_is_shortened_to_whole_parts_of_a_path_where_one_fits() -> None:
    def named(width: int) -> str:
        return rule(Content("Code"), "  example:tsp5/encoder", (), width, focused=False).plain

    assert named(26) == "Code  example:tsp5/encoder"
    assert named(25) == "Code  tsp5/encoder"
    assert named(17) == "Code  encoder"
    assert named(12) == "Code  …coder"


def test_the_timeline_counts_what_the_cursor_of_the_matrix_is_at_now() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "G", "alt+7")  # what the keys are for is there once the run has come to its end
        await press(pilot, "down", "right")
        for column in (2, 3, 4):
            await press(pilot, "right")
            pointed = debug_screen(pilot).matrix_pane.pointed
            assert (
                pointed is not None and pointed.place == f"r3.quad[0,{column}]" == debug_screen(pilot).timeline._place
            )

    run_app(debugger(example_session(TSP)), script, size=(120, 40))


def test_what_is_said_of_the_room_for_code_goes_when_there_is_room() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await press(pilot, "d", "d")
        assert "both sides need" in screen_text(pilot.app)
        await press(pilot, "z")
        assert "both sides need" not in screen_text(pilot.app)

    run_app(debugger(example_session(TSP)), script)


def test_nothing_was_expected_of_the_stack_after_a_fault() -> None:
    line = StatusLine({})
    at = moment(status=Status.FAULTED, pc=0x12, forecast=Forecast(Place("stack"), {0x12: 2}, ()),
                cells={"stack": (Cell("stack[0]", "1", "int", 1),)})  # fmt: skip

    async def script(pilot: Pilot[Any]) -> None:
        line.moment = at
        await pilot.pause()
        assert "predicted" not in screen_text(pilot.app) and "fault" in screen_text(pilot.app)

    run_pane(line, script, size=(160, 1))


def test_a_hint_that_does_not_fit_is_seen_to_be_cut() -> None:
    pane = ProblemsPane()

    async def script(pilot: Pilot[Any]) -> None:
        pane.show([Problem("unknown mnemonic 'LODA'", 3, 1, 5, hint="did you mean LOAD?")])
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[0].endswith("did you…")

    run_pane(pane, script, size=(40, 3))


def test_a_layout_that_was_set_is_told_as_it_is() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await type_line(pilot, "layout set code | stack")
        assert "layout debug: (code | stack) / lists" in screen_text(pilot.app)
        await type_line(pilot, "layout reset")
        assert "layout debug: code and state" in screen_text(pilot.app)

    run_app(debugger(example_session(TSP)), script)


def test_the_editor_has_the_matrix_beside_it_where_there_is_room() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await type_line(pilot, "layout edit")
        tiles = debug_screen(pilot).tiles
        assert {"editor", "problems", "registers", "matrix"} <= set(tiles.solved(tiles.size).regions)

    run_app(debugger(example_session(TSP)), script, size=(200, 60))


def test_lines_of_the_log_stand_below_each_other() -> None:
    assert aligned(["18: a", "1,204: b: c"]) == ["   18: a", "1,204: b: c"]
    assert aligned([]) == []


def test_long_lines_of_a_dialogue_are_not_cut_within_words() -> None:
    lines = ReplLines()

    async def script(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        lines.add([[("note", "stack[2] 92 -> 184, stack[3] 2 -> unset")], [("note", "x" * 45)]])
        await pilot.pause()
        rows = [row.strip() for row in screen_text(pilot.app).splitlines() if row.strip()]
        assert rows[:2] == ["stack[2] 92 -> 184,", "stack[3] 2 -> unset"] and "".join(rows[2:]) == "x" * 45

    run_pane(lines, script, size=(26, 8))
