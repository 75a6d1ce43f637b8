"""The code pane and the timeline in the app: keys, the command line, what the timeline attends to, the way back."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from tests.support.screens import debug_screen, debugger, explored, press, run_app, screen_text, settle, tap, until
from tests.support.toy import marks, toy_machine
from xqdbg.session import Session
from xqdbg.tui.app import XqdbgApp
from xqdbg.tui.screen import DebugScreen

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
HALT ; @halt"""
AT = marks(PROGRAM)


def app(text: str = PROGRAM) -> XqdbgApp:
    return debugger(Session(toy_machine(text), "doubles.toy"))


def strip_text(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app).splitlines()[-3]


def test_going_to_a_line_needs_no_drawer() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await tap(pilot, "ctrl+g")
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[-1].startswith(" :list")
        await tap(pilot, *"12", "enter")
        await settle(pilot)
        assert screen.code_pane.cursor_pc == AT["out"]
        assert not screen.drawer.is_open and screen.code_pane.has_focus
        await tap(pilot, "ctrl+g", *f"*0x{AT['body']:04x}", "enter")
        await settle(pilot)
        assert screen.code_pane.cursor_pc == AT["body"] and screen.moment is not None and screen.moment.tick == 0
        await tap(pilot, "ctrl+g", *"99", "enter")
        await settle(pilot)
        assert "no instruction at or after line 99" in screen_text(pilot.app)

    run_app(app(), script)


def test_labels_are_completed() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, "ctrl+g", *".aga", "tab", "enter")
        await settle(pilot)
        assert debug_screen(pilot).code_pane.cursor_row == 2

    run_app(app("SET r1 1\n.again\nADD r0 r0 r1\nHALT"), script)


def test_what_is_typed_into_a_search_is_no_command() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await tap(pilot, "slash", *":m'q s3")
        assert screen.code_pane.wanted == ":m'q s3" and not screen.command_line.is_open
        await tap(pilot, "escape", *"sm", "a")
        await settle(pilot)
        assert screen.moment is not None and screen.moment.tick == 1
        assert [mark.name for mark in screen.moment.bookmarks] == ["a"], "m is a key again"

    run_app(app(), script)


def test_ctrl_c_leaves_a_search_too() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        code = debug_screen(pilot).code_pane
        await tap(pilot, "slash", "r", "3", "ctrl+c")
        assert not code.is_typing and code.wanted == "" and code.cursor_row == 1

    run_app(app(), script)


def test_y_copies_what_is_selected() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        row = next(at for at, text in enumerate(screen_text(pilot.app).splitlines()) if "ADD r3 r3 r2" in text)
        column = screen_text(pilot.app).splitlines()[row].index("ADD")
        await pilot.mouse_down(offset=(column, row))
        await pilot.hover(offset=(column + 5, row))
        await pilot.mouse_up(offset=(column + 5, row))
        await press(pilot, "y")
        assert pilot.app.clipboard == "ADD r3"
        await press(pilot, "escape", "y")
        assert pilot.app.clipboard != "ADD r3", "nothing is selected any more"

    run_app(app(), script)


def attended(screen: DebugScreen) -> str:
    """The place whose writes are counted, when they all are."""
    told = screen.moment.marks if screen.moment is not None else None
    return told.written.place if told is not None and told.written is not None and told.written.complete else ""


def test_the_timeline_shows_writes_to_what_the_cursor_is_moved_to() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        assert "▄ r" not in strip_text(pilot)
        await press(pilot, "alt+2", "j", "j", "j", "j")
        await until(pilot, lambda: attended(screen) == "r4")
        await settle(pilot)
        assert "▄ r4" in strip_text(pilot)
        assert screen.moment is not None and screen.moment.marks is not None and screen.moment.marks.written is not None
        assert sum(screen.moment.marks.written.counts) == 6
        assert strip_text(pilot).count("▂") >= 5, strip_text(pilot)
        await press(pilot, "alt+1", "s", "s")
        assert attended(screen) == "r4", "stepping along attends to nothing else"
        await press(pilot, "j", "j", "j")
        await until(pilot, lambda: attended(screen) == "r3")

    run_app(app(), script, size=(120, 40))


def test_outputs_are_marked_without_asking() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)

        def known() -> bool:
            told = screen.moment.marks if screen.moment is not None else None
            return told is not None and told.output is not None and told.output.complete

        await until(pilot, known)
        await settle(pilot)
        assert strip_text(pilot).count("↑") == 1

    run_app(app(), script, size=(120, 40))


def test_the_way_back_from_scrubbing_is_one_step() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await press(pilot, "1", "0", "g", "alt+0")
        for _ in range(6):
            await press(pilot, "right")
        assert screen.moment is not None and screen.moment.tick > 12
        await press(pilot, "less_than_sign")
        assert screen.moment.tick == 10
        await press(pilot, "greater_than_sign")
        assert screen.moment.tick > 12

    run_app(app(), script, size=(120, 40))


def test_ctrl_click_runs_to_the_line() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        row = next(at for at, text in enumerate(screen_text(pilot.app).splitlines()) if "ADD r4 r4 r6" in text)
        await pilot.click(offset=(30, row), control=True)
        await settle(pilot)
        assert screen.moment is not None and screen.moment.pc == AT["after"]

    run_app(app(), script)
