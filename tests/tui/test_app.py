"""The app as its users meet it: scenes, keys, counts, mouse, errors; over the toy machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

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
from vm.contract import Status
from xqdbg.errors import XqdbgError
from xqdbg.session import Session
from xqdbg.tui.app import XqdbgApp
from xqdbg.tui.modals.help import HelpModal
from xqdbg.tui.panes.cells_pane import CellsPane

PRODUCTS = """; a table of products
SET r1 5 ; @start
SET r4 0
LOOP r1 ; @outer
  SET r2 5 ; @body
  LOOP r2
    MUL r5 r4 r2 ; @inner
    PUT r4 r2 r5
  END
  SET r6 1
  ADD r4 r4 r6 ; @after
  OUT r5
END
SET r7 0
DIV r0 r4 r7 ; @fault
HALT"""
ENDLESS = "SET r1 1\n.again\nNOP ; @nop\nJNZ r1 .again\nHALT"
AT = marks(PRODUCTS)
SIZES = [(80, 24), (120, 40), (200, 60)]


def app(text: str = PRODUCTS, **options: Any) -> XqdbgApp:
    return debugger(Session(toy_machine(text), "products.toy"), **options)


def shown(pilot: Pilot[Any]) -> tuple[int, int]:
    """Tick and address of the moment on the screen."""
    moment = debug_screen(pilot).moment
    assert moment is not None
    return moment.tick, moment.pc


def broken_at(pilot: Pilot[Any]) -> list[int]:
    """Addresses with breakpoints on the screen."""
    moment = debug_screen(pilot).moment
    return [pc for each in (moment.breakpoints if moment is not None else ()) for pc in each.pcs]


def focused(pilot: Pilot[Any]) -> Widget | None:
    return debug_screen(pilot).focused


def focused_view(pilot: Pilot[Any]) -> str:
    """The view of the cells pane that has the focus; empty for other panes."""
    pane = focused(pilot)
    return pane.view if isinstance(pane, CellsPane) else ""


def bottom(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app).splitlines()[-1]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_scene_in_the_middle_of_a_run(golden: Golden, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        for keys in ("40s", "b", "s"):  # one by one: what counts as changed is what changed since the last moment shown
            await press(pilot, *keys)
        golden(f"app_middle_{size[0]}x{size[1]}.txt", screen_text(pilot.app))

    run_app(app(), script, size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_scene_of_a_fault(golden: Golden, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, "c")
        moment = debug_screen(pilot).moment
        assert moment is not None and moment.status is Status.FAULTED
        golden(f"app_fault_{size[0]}x{size[1]}.txt", screen_text(pilot.app))
        await press(pilot, "S")
        assert shown(pilot) == (moment.tick - 1, AT["fault"])
        text = screen_text(pilot.app)
        panel = debug_screen(pilot).tiles.widget("fault")
        assert "S goes back" not in text and panel is not None and not panel.display, (
            "the explanation goes with the fault"
        )
        assert "in 1" in text and "DIVIDE_BY_ZERO" in text, "but it is known to come"

    run_app(app(), script, size)


def test_scene_of_help_and_of_one_command(golden: Golden) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await tap(pilot, "?")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpModal))
        await pilot.pause()
        golden("app_help_120x40.txt", screen_text(pilot.app))
        await tap(pilot, "escape")
        await type_line(pilot, "help until")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpModal))
        await pilot.pause()
        text = screen_text(pilot.app)
        assert "help until" in text and "example  until 14" in text and "run.step" not in text
        await tap(pilot, "q")
        await until(pilot, lambda: debug_screen(pilot) is pilot.app.screen)

    run_app(app(), script, (120, 40))


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (20, 5)])
def test_a_terminal_too_small_says_what_is_needed(size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        text = screen_text(pilot.app)
        assert "xqdbg needs 80×24" in text
        assert f"{size[0]}×{size[1]}" in text
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "needs" not in screen_text(pilot.app)
        assert "Code" in screen_text(pilot.app)

    run_app(app(), script, size)


def test_keys_move_through_time() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "s", "s", "s")
        assert shown(pilot) == (3, AT["body"])
        await press(pilot, "S")
        assert shown(pilot) == (2, AT["outer"])
        await press(pilot, "n")
        after_loop = shown(pilot)
        assert after_loop[1] > AT["after"]
        await press(pilot, "N")
        assert shown(pilot) == (2, AT["outer"])
        await press(pilot, "s", "i")
        assert shown(pilot)[1] == AT["body"] and shown(pilot)[0] > 3
        await press(pilot, "I")
        assert shown(pilot) == (3, AT["body"])
        await press(pilot, "f")
        assert shown(pilot) == after_loop
        await press(pilot, "G")
        end = shown(pilot)
        assert end[1] == AT["fault"]
        await press(pilot, "g")
        assert shown(pilot) == (0, 0)
        await press(pilot, "r")
        assert shown(pilot) == (0, 0)
        await press(pilot, "f11", "f10")
        assert shown(pilot)[0] == 2

    run_app(app(), script)


def test_every_one_of_many_quick_steps_is_made() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, *"s" * 40)
        await settle(pilot)
        assert shown(pilot)[0] == 40
        await press(pilot, *"S" * 15)
        assert shown(pilot)[0] == 25

    run_app(app(), script)


def test_counts_before_keys() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await press(pilot, *"12s")
        assert shown(pilot)[0] == 12
        assert screen.count == ""
        await press(pilot, *"30g")
        assert shown(pilot)[0] == 30
        await press(pilot, "G", *"50%")
        assert shown(pilot)[0] == round(screen.moment.furthest / 2)  # type: ignore[union-attr]
        await press(pilot, "g", "0", "7")
        assert screen.count == "7"
        assert "×7" in screen_text(pilot.app).splitlines()[-2]
        await press(pilot, "escape", "s")
        assert shown(pilot)[0] == 1
        await press(pilot, *"9" * 40)
        assert len(screen.count) == 15
        await press(pilot, "S")
        assert shown(pilot)[0] == 0

    run_app(app(), script)


def test_breakpoint_by_key_stops_both_ways_and_survives_restart() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        while screen.code_pane.cursor_pc != AT["after"]:
            await tap(pilot, "j")
        await press(pilot, "b")
        assert "●" in screen_text(pilot.app)
        await press(pilot, "c")
        first = shown(pilot)
        assert first[1] == AT["after"]
        await press(pilot, "c", "C")
        assert shown(pilot) == first
        await press(pilot, "r", "c")
        assert shown(pilot) == first
        await press(pilot, "b", "c")
        assert shown(pilot)[1] == AT["fault"], "gone, so nothing stops"

    run_app(app(), script)


def test_a_cursor_that_was_not_moved_goes_along_with_the_steps_before() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, *"sssb")
        assert broken_at(pilot) == [AT["body"]]
        await press(pilot, *"kksb")
        assert len(broken_at(pilot)) == 2

    run_app(app(), script)


def test_breakpoint_by_mouse() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await pilot.click("#pane-code", offset=(1, 7))
        await settle(pilot)
        assert broken_at(pilot) == [AT["inner"]]
        await pilot.click("#pane-code", offset=(1, 7))
        await settle(pilot)
        assert not broken_at(pilot)
        await pilot.click("#pane-code", offset=(20, 5))
        assert screen.code_pane.cursor_pc == AT["body"]

    run_app(app(), script)


def test_run_to_the_cursor_and_back() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        while screen.code_pane.cursor_pc != AT["inner"]:
            await tap(pilot, "down")
        await press(pilot, "u")
        first = shown(pilot)
        assert first[1] == AT["inner"]
        await press(pilot, "u", "U")
        assert shown(pilot) == first

    run_app(app(), script)


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
def test_a_long_run_can_be_paused(key: str) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await tap(pilot, "c")
        await until(pilot, lambda: screen.running is not None and screen.running > 0)
        await pilot.pause()
        assert "running" in screen_text(pilot.app)
        await press(pilot, key)
        assert screen.running is None
        assert shown(pilot)[0] > 0
        assert "paused" in bottom(pilot)
        assert "● ready" in screen_text(pilot.app)

    run_app(app(ENDLESS), script)


def test_a_command_given_during_a_long_run_takes_over() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await tap(pilot, "c")
        await until(pilot, lambda: screen.running is not None)
        await press(pilot, "g")
        assert shown(pilot)[0] == 0

    run_app(app(ENDLESS), script)


def test_leaving_during_a_long_run_ends_it() -> None:
    debugged = app(ENDLESS)

    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, "c")
        await until(pilot, lambda: debug_screen(pilot).running is not None)
        await tap(pilot, "q")

    run_app(debugged, script)
    assert debugged.return_code == 0


def test_command_line_runs_commands_and_keeps_their_history() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, "step 5")
        assert shown(pilot)[0] == 5
        assert focused(pilot) is screen.code_pane
        await type_line(pilot, "12")
        assert shown(pilot)[0] == 12
        await type_line(pilot, "print r1")
        assert "r1 = 5" in bottom(pilot)
        await tap(pilot, ":", "x", "up", "up")
        assert bottom(pilot).strip() == ":12"
        await tap(pilot, "up", "down", "down", "down", "down")
        assert bottom(pilot).strip() == ":x"
        await tap(pilot, "escape")
        await until(pilot, lambda: focused(pilot) is screen.code_pane)
        assert shown(pilot)[0] == 12

    run_app(app(), script)


def test_command_line_errors_stay_on_the_line_with_advice() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, "brk")
        line, sign = screen_text(pilot.app).splitlines()[-2:]
        assert line.strip() == ":brk"
        assert "did you mean br" in sign and sign.index("^") == line.index("brk")
        await tap(pilot, "escape")
        await until(pilot, lambda: focused(pilot) is screen.code_pane)
        await type_line(pilot, "break 999")
        assert "✖" in bottom(pilot)
        assert shown(pilot)[0] == 0
        await press(pilot, "s")
        assert "✖" not in bottom(pilot)
        await tap(pilot, ":", "backspace")
        await until(pilot, lambda: not screen.command_line.is_open)

    run_app(app(), script)


def test_command_line_completes() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, *":fin", "tab")
        await pilot.pause()
        assert bottom(pilot).strip() == ":finish"
        await tap(pilot, "ctrl+u", *"reverse-s", "tab")
        await pilot.pause()
        assert "reverse-step" in bottom(pilot) and "reverse-stepi" in bottom(pilot)
        await tap(pilot, "ctrl+u", *"info br", "tab", "enter")
        await settle(pilot)
        assert "no breakpoint is set" in bottom(pilot)
        await tap(pilot, ":", *"theme pap", "tab", "enter")
        await settle(pilot)
        assert pilot.app.theme == "paper"
        await type_line(pilot, "theme nosuch")
        assert "there is no theme" in screen_text(pilot.app)

    run_app(app(), script)


def test_focus_by_tab_and_by_number() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        assert focused(pilot) is screen.code_pane
        await tap(pilot, "tab")
        assert focused_view(pilot) == "registers"
        await tap(pilot, "shift+tab")
        assert focused(pilot) is screen.code_pane
        await tap(pilot, "3", "tab")
        assert focused_view(pilot) == "loops"
        await press(pilot, "alt+5")
        assert focused(pilot) is screen.matrix_pane, "shown, since there it had no room of its own"
        assert screen.matrix_pane.is_on_screen
        await tap(pilot, "alt+2")
        assert focused_view(pilot) == "registers"
        await press(pilot, "9", "9", "tab")
        assert "there is no pane 99" in bottom(pilot)

    run_app(app(), script)


def test_keys_of_the_debugger_work_from_every_pane() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        for number in range(1, 6):
            await tap(pilot, f"alt+{number}")
            await press(pilot, "s")
            assert shown(pilot)[0] == number

    run_app(app(), script, (120, 40))


def test_zoom_and_layout() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await press(pilot, "2", "tab", "z")
        assert "Code" not in screen_text(pilot.app)
        assert "Registers" in screen_text(pilot.app) and "● ready" in screen_text(pilot.app)
        await press(pilot, "s", "escape")
        assert "Code" in screen_text(pilot.app)
        await press(pilot, "L")
        assert "Matrix" in screen_text(pilot.app) and "Registers" not in screen_text(pilot.app)
        assert focused(pilot) is screen.code_pane, "the pane with the focus went out of sight"
        await press(pilot, "L")
        assert "Explain" in screen_text(pilot.app) and "Matrix" not in screen_text(pilot.app)
        await press(pilot, "L")
        assert "Registers" in screen_text(pilot.app)

    run_app(app(), script)


def test_a_pane_that_is_first_seen_by_a_key_follows_the_moment() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "L", "L", "s")
        explained = screen_text(pilot.app)
        await press(pilot, "s")
        assert "─ next" in explained and explained != screen_text(pilot.app)

    run_app(app(), script)


def test_a_large_terminal_has_room_for_both_and_the_matrix_can_have_more() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        def matrix_height() -> int:
            return debug_screen(pilot).matrix_pane.size.height

        assert "Registers" in screen_text(pilot.app) and "Matrix" in screen_text(pilot.app)
        before = matrix_height()
        await type_line(pilot, "layout model")
        assert matrix_height() > before
        await type_line(pilot, "layout debug")
        assert matrix_height() == before

    run_app(app(), script, (120, 40))


def test_matrix_gets_the_window_it_asks_for() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await press(pilot, *"40s")
        assert screen.moment is not None and screen.moment.regions
        assert screen.matrix_pane.shown is not None
        assert ("matrix", screen.matrix_pane.shown.name) in screen.moment.windows

    run_app(app(), script, (120, 40))


def test_value_is_copied() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "s")
        await press(pilot, "2", "tab", "j", "y")
        assert pilot.app.clipboard == "5"
        assert "copied r1" in bottom(pilot)

    run_app(app(), script)


def test_palette_offers_the_commands() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, "ctrl+p")
        await pilot.pause()
        await tap(pilot, *"iteration back")
        await until(pilot, lambda: "Go back to the start of this iteration" in screen_text(pilot.app))
        await tap(pilot, "escape", "ctrl+p")
        await tap(pilot, *"restart")
        await until(pilot, lambda: "Go to the start and count hits anew" in screen_text(pilot.app))
        await tap(pilot, "enter")
        await until(pilot, lambda: "restarted" in screen_text(pilot.app))

    run_app(app(), script, (100, 30))


def test_keymaps_move_keys_and_take_them_from_the_panes() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "j", "j")
        assert shown(pilot)[0] == 2
        await press(pilot, "k")
        assert shown(pilot)[0] == 1
        row = debug_screen(pilot).code_pane.cursor_row
        await press(pilot, "down")
        assert debug_screen(pilot).code_pane.cursor_row == row + 1
        assert shown(pilot)[0] == 1
        assert "j step" in bottom(pilot)

    run_app(app(keymap="forge"), script)


def test_unknown_theme_and_keymap_are_refused() -> None:
    with pytest.raises(XqdbgError, match="no theme 'nosuch'"):
        app(theme="nosuch")
    with pytest.raises(XqdbgError, match="no keymap"):
        app(keymap="nosuch")


def test_bad_theme_files_are_told_once_and_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('name="bad"\n[colors]\nprimary="[red]#zz[/]"\n', encoding="utf-8")

    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await until(pilot, lambda: "Themes that cannot be used" in screen_text(pilot.app))
        text = screen_text(pilot.app)
        assert "bad.toml" in text and "[red]" in text
        await press(pilot, "s")
        assert shown(pilot)[0] == 1

    run_app(app(theme_directories=[tmp_path]), script, (120, 40))


@pytest.mark.parametrize("theme", ["dusk", "paper", "slate", "textual-light", "nord", "ansi-dark"])
def test_every_kind_of_theme_can_be_worn(theme: str) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "c")
        assert "DIVIDE" in screen_text(pilot.app).upper()

    run_app(app(theme=theme), script, (120, 40))


def test_themes_change_the_colours_of_what_is_drawn_already() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        pane = debug_screen(pilot).code_pane

        def paper() -> object:
            return list(pane.render_line(0))[-1].style.bgcolor  # type: ignore[union-attr]

        dark = paper()
        pilot.app.theme = "paper"
        await pilot.pause()
        assert paper() != dark

    run_app(app(), script)


def test_text_of_the_program_is_neither_markup_nor_control_code() -> None:
    evil = "NOP ; [red]x[/] [/y] \x1b[31m\x1b]52;c;evil\x07\nHALT"
    session = Session(toy_machine(evil), "[bold]na\x1bme[/x]")

    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "s", "b", "s")
        text = screen_text(pilot.app)
        assert "[red]x[/] [/y] ␛[31m␛]52;c;evil␇" in text
        assert "[bold]na␛me[/x]" in text
        assert "\x1b" not in text and "\x07" not in text
        await type_line(pilot, "print [x]")
        assert ":print [x]" in screen_text(pilot.app)

    run_app(debugger(session), script, (200, 60))


def test_a_bug_in_a_command_is_not_hidden() -> None:
    class Bug(Exception):
        pass

    class Broken(Session):
        def toggle(self, pc: int) -> Any:
            raise Bug("boom")

    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, "b")
        await until(pilot, lambda: not pilot.app.is_running)

    with pytest.raises(Bug):
        run_app(debugger(Broken(toy_machine(PRODUCTS))), script)


def test_an_empty_program_opens() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "s", "c", "S", "j", "b", "u", "d", "G", "g")
        assert shown(pilot) == (0, 0)

    run_app(app(""), script)


def test_listing_a_place_scrolls_the_code_there_and_takes_the_cursor_along() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        code = debug_screen(pilot).code_pane
        await press(pilot, "s")
        await type_line(pilot, "list 180")
        assert "NOP ; line 180" in screen_text(pilot.app)
        assert code.cursor_row == 179
        assert shown(pilot)[0] == 1, "nothing has moved in time"
        code.scroll_to(y=0, animate=False, immediate=True, force=True)
        await settle(pilot)
        assert "NOP ; line 180" not in screen_text(pilot.app).splitlines()[1:-2]
        await type_line(pilot, "list 180")
        assert code.cursor_row == 179
        assert any("NOP ; line 180" in line for line in screen_text(pilot.app).splitlines()[:-2])
        await press(pilot, "u")
        assert shown(pilot)[0] == 179, "a command for the cursor finds it there"

    run_app(app("\n".join(f"NOP ; line {number}" for number in range(1, 200))), script)


def test_only_the_region_in_view_is_looked_at() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await press(pilot, "G")
        names = set()
        for _ in range(3):
            await press(pilot, "alt+5", "full_stop")
            assert screen.moment is not None and screen.matrix_pane.shown is not None
            assert set(screen.moment.windows) == {("matrix", screen.matrix_pane.shown.name)}
            names.add(screen.matrix_pane.shown.name)
        assert names == {"grid", "out"}

    run_app(app(), script, (120, 40))


def test_palette_names_the_keys_of_the_keymap() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, "ctrl+p")
        await pilot.pause()
        await tap(pilot, *"next")
        await until(pilot, lambda: "Next  (s)" in screen_text(pilot.app))
        assert "Next  (n)" not in screen_text(pilot.app)

    run_app(app(keymap="forge"), script, (100, 30))


def test_the_command_line_closes_when_the_user_goes_elsewhere_and_keeps_what_was_typed() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await tap(pilot, ":", *"print 6")
        await pilot.click("#timeline")
        await until(pilot, lambda: not screen.command_line.is_open)
        await tap(pilot, ":", "up")
        assert screen.command_line.query_one(Input).value == "print 6"

    run_app(app(), script)


def test_lines_are_marked_as_executed_by_the_moment_and_not_by_where_one_has_been() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, "G")
        assert screen_text(pilot.app).count("▎") > 5
        await press(pilot, "g")
        assert "▎" not in screen_text(pilot.app)
        await press(pilot, "s")
        assert screen_text(pilot.app).count("▎") == 1

    run_app(app(), script)
