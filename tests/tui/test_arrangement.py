"""Panes are shown, hidden, swapped, resized and arranged by name, by key, by command and by mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tests.support.screens import debug_screen, debugger, press, run_app, screen_text, settle, type_line
from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED
from xqdbg.errors import XqdbgError
from xqdbg.session import Session
from xqdbg.tui.app import XqdbgApp
from xqdbg.tui.layouts import LAYOUTS, load_layouts


def app(**options: Any) -> XqdbgApp:
    return debugger(Session(toy_machine(NESTED), "nested.toy"), **options)


def placed(pilot: Pilot[Any]) -> set[str]:
    """The panes in sight."""
    tiles = debug_screen(pilot).tiles
    return set(tiles.solved(tiles.size).regions)


def bottom(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app).splitlines()[-1]


def width(pilot: Pilot[Any], pane: str) -> int:
    tiles = debug_screen(pilot).tiles
    return tiles.solved(tiles.size).regions[pane].width


async def drag(pilot: Pilot[Any], start: tuple[int, int], stop: tuple[int, int]) -> None:
    """Move the mouse with its button held down."""
    await pilot.mouse_down(offset=start)
    await pilot._post_mouse_events([events.MouseMove], None, offset=stop, button=1)
    await pilot.mouse_up(offset=stop)
    await settle(pilot)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 60), (300, 100)])
def test_every_layout_shows_what_it_names_in_every_size(size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        for name in LAYOUTS:
            await type_line(pilot, f"layout {name}")
            assert screen.layout_name == name
            await press(pilot, "escape")  # where letters are text, one leaves it first
            wanted = set(screen.tree_of(name).panes()) - {"lists", "fault", "watches"}
            assert wanted <= placed(pilot)
            for pane in wanted:
                widget = screen.tiles.widget(pane)
                assert widget is not None and widget.is_on_screen and widget.size.area

    run_app(app(), script, size)


def test_a_pane_is_hidden_and_comes_back() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        before = str(screen.tree_of("debug"))
        await type_line(pilot, "pane loops")
        assert screen.tiles.pane_of(screen.focused) == "loops"
        await press(pilot, "H")
        assert "loops" not in placed(pilot) and "Loops" not in screen_text(pilot.app)
        assert screen.code_pane.has_focus
        await type_line(pilot, "pane loops")
        assert "loops" in placed(pilot) and screen.tiles.pane_of(screen.focused) == "loops"
        await type_line(pilot, "layout reset")
        assert str(screen.tree_of("debug")) == before, "all that was changed of it is forgotten"
        await type_line(pilot, "hide nowhere")
        assert "there is no pane 'nowhere'" in bottom(pilot)

    run_app(app(), script, (120, 40))


def test_the_last_pane_stays() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await type_line(pilot, "layout set code")
        assert placed(pilot) == {"code"}
        await press(pilot, "H")
        assert placed(pilot) == {"code"} and "the only pane" in bottom(pilot)

    run_app(app(), script)


def test_a_pane_without_room_is_shown_where_there_is() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, "pane matrix")
        assert screen.matrix_pane.has_focus and "matrix" in placed(pilot)

    run_app(app(), script, (80, 24))


def test_panes_are_resized_by_keys_and_by_the_mouse_and_that_is_kept() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        before = width(pilot, "code")
        await press(pilot, "alt+right")
        assert width(pilot, "code") == before + 2
        await press(pilot, *["alt+left"] * 2)
        assert width(pilot, "code") == before - 2
        await type_line(pilot, "wider 5")
        assert width(pilot, "code") == before + 8
        await drag(pilot, (before + 8, 5), (before - 2, 5))
        assert width(pilot, "code") == before - 2
        matrix = screen.matrix_pane.region
        await drag(pilot, (matrix.x + 20, matrix.y), (matrix.x + 20, matrix.y + 4))
        assert screen.matrix_pane.region.y == matrix.y + 4, "the rule of a pane is its upper border"
        await pilot.hover(offset=(before + 10, 5))
        kept = width(pilot, "code")
        assert kept == before - 2, "the button is released"
        await type_line(pilot, "layout model")
        await type_line(pilot, "layout debug")
        assert width(pilot, "code") == kept
        await type_line(pilot, "layout reset")
        assert width(pilot, "code") == before
        await type_line(pilot, "wider much")
        assert "is no number" in bottom(pilot)
        assert screen.focused is not None

    run_app(app(), script, (120, 40))


def test_panes_are_swapped() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        tiles = debug_screen(pilot).tiles
        before = tiles.solved(tiles.size).regions
        await type_line(pilot, "swap matrix code")
        after = tiles.solved(tiles.size).regions
        assert after["matrix"] == before["code"] and after["code"] == before["matrix"]

    run_app(app(), script, (120, 40))


def test_a_layout_of_ones_own_is_saved_and_there_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "config" / "layouts.toml"

    async def make(pilot: Pilot[Any]) -> None:
        await type_line(pilot, "layout set registers | code:2 / loops")
        await type_line(pilot, "layout save mine")
        assert debug_screen(pilot).layout_name == "mine"
        await type_line(pilot, "layout save debug")
        assert "comes with the debugger" in bottom(pilot)
        await type_line(pilot, "layout set code |")
        assert "column 7" in bottom(pilot)

    async def use(pilot: Pilot[Any]) -> None:
        assert debug_screen(pilot).layout_name == "mine"
        assert placed(pilot) == {"registers", "code", "loops"}

    run_app(app(folder=file.parent), make, (120, 40))
    assert 'mine = "' in file.read_text(encoding="utf-8")
    run_app(app(folder=file.parent, layout="mine"), use, (120, 40))


def test_what_is_wrong_with_a_file_of_layouts_is_told_and_the_rest_works(tmp_path: Path) -> None:
    file = tmp_path / "layouts.toml"
    file.write_text('good = "code"\nBad = "code"\ndebug = "code"\nnumber = 7\n', encoding="utf-8")
    layouts, errors = load_layouts(file)
    assert list(layouts) == ["good"]
    assert [error.message for error in errors] == [
        "layouts.toml: 'Bad' is no name for a layout",
        "layouts.toml: debug is a layout that comes with the debugger",
        "layouts.toml: number is no text such as 'code | matrix'",
    ]
    file.write_text("x = [", encoding="utf-8")
    assert "not valid TOML" in load_layouts(file)[1][0].message
    file.write_text(f"x = {'9' * 5_000}", encoding="utf-8")
    assert "not valid TOML" in load_layouts(file)[1][0].message
    assert load_layouts(tmp_path / "none.toml") == ({}, [])


def test_a_layout_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(XqdbgError, match="there is no layout 'nowhere'"):
        app(layout="nowhere")


def test_a_value_is_copied_in_another_form_each_time() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, *"40s")
        await type_line(pilot, "pane registers")
        await type_line(pilot, "set r1 = 255")
        await press(pilot, "home", "down")
        copied = []
        for _ in range(4):
            await press(pilot, "y")
            copied.append(pilot.app.clipboard)
        assert copied == ["255", "0xff", "255", "255"]
        assert "copied r1" in bottom(pilot) and "again for hex" in bottom(pilot)

    run_app(app(), script, (120, 40))


def test_the_rule_of_a_pane_hears_the_mouse() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, "break 3")
        await type_line(pilot, "bookmark here")
        await type_line(pilot, "lists breakpoints")
        row = screen.drawer.region.y
        column = screen_text(pilot.app).splitlines()[row].index(" marks") + 2
        await pilot.click(offset=(column, row))
        assert screen.drawer.tab == "marks"
        row = screen.matrix_pane.region.y
        await pilot.click(offset=(screen.matrix_pane.region.x + 5, row), times=2)
        assert screen.maximized is screen.matrix_pane
        await pilot.click(offset=(5, 0), times=2)
        assert screen.maximized is None

    run_app(app(), script, (120, 40))
