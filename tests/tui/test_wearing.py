"""Themes on the screen: worn from the start or put on later, chosen by looking, and without any colour."""

from __future__ import annotations

from typing import Any

import pytest
from rich.color import Color
from textual.pilot import Pilot

from tests.support.screens import (
    debug_screen,
    debugger,
    explored,
    press,
    run_app,
    screen_text,
    settle,
    type_line,
    until,
)
from xqdbg import resources
from xqdbg.batch.target import open_target
from xqdbg.intake import read_object
from xqdbg.session import Opened, Session
from xqdbg.tui.app import XqdbgApp
from xqdbg.tui.modals.theme_chooser import ThemeChooser

NAMES = sorted(path.stem for path in resources.themes().glob("*.toml"))
SIZE = (120, 40)


def app(theme: str = "dusk") -> XqdbgApp:
    target = open_target("example:tsp5/encoder")
    machine = target.tools.machine(target.program, read_object(str(target.inputs)))
    return debugger(Session(machine, target.name, opened=Opened(target.tools, target.program)), theme=theme)


async def into_the_middle(pilot: Pilot[Any]) -> None:
    """To where there is something in every pane, by a way that leaves the same behind each time."""
    await explored(pilot)
    await type_line(pilot, "break 72")
    await type_line(pilot, "goto 3230")
    await press(pilot, "s")


Piece = tuple[str, tuple[Color | None, Color | None] | None]


def cells(pilot: Pilot[Any]) -> list[Piece]:
    """Every piece of the screen with its style, as it reaches the terminal."""
    strips = pilot.app.screen._compositor.render_strips()
    return [(segment.text, (segment.style.color, segment.style.bgcolor) if segment.style else None)
            for strip in strips for segment in strip.simplify()]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in NAMES if name != "dusk"])
def test_a_theme_put_on_later_looks_as_one_worn_from_the_start(name: str) -> None:
    seen: list[list[Piece]] = []

    async def later(pilot: Pilot[Any]) -> None:
        await into_the_middle(pilot)
        before = cells(pilot)
        await type_line(pilot, f"theme {name}")
        await settle(pilot)
        seen.append(cells(pilot))
        assert seen[0] != before

    async def from_the_start(pilot: Pilot[Any]) -> None:
        await into_the_middle(pilot)
        await type_line(pilot, f"theme {name}")
        await settle(pilot)
        seen.append(cells(pilot))

    run_app(app(), later, SIZE)
    run_app(app(name), from_the_start, SIZE)
    assert seen[0] == seen[1]


def test_a_terminal_theme_draws_with_the_terminals_own_colours_alone() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await into_the_middle(pilot)
        strips = pilot.app.screen._compositor.render_strips()
        styles = {segment.style for strip in strips for segment in strip if segment.style is not None}
        colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour is not None}
        assert {colour.name for colour in colours if not (colour.is_default or colour.is_system_defined)} == set()
        assert len(colours) > 6

    run_app(app("terminal"), script, SIZE)


def test_themes_are_chosen_by_looking() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await type_line(pilot, "theme")
        await until(pilot, lambda: isinstance(pilot.app.screen, ThemeChooser))
        await pilot.press("down")
        await until(pilot, lambda: pilot.app.theme == "harbour")
        await pilot.press("k", "k")
        await until(pilot, lambda: pilot.app.theme == "beacon")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is debug_screen(pilot))
        assert pilot.app.theme == "dusk"
        await type_line(pilot, "theme")
        await until(pilot, lambda: isinstance(pilot.app.screen, ThemeChooser))
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: pilot.app.screen is debug_screen(pilot))
        assert pilot.app.theme == "paper"

    run_app(app(), script)


@pytest.mark.parametrize("theme", ["dusk", "terminal"])
def test_without_colours_there_are_none(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def script(pilot: Pilot[Any]) -> None:
        await into_the_middle(pilot)
        text = screen_text(pilot.app)
        assert "▶" in text and "●" in text and "▎" in text and "‡" in text and "•" in text
        colours = {colour for _, style in cells(pilot) if style for colour in style if colour is not None}
        assert colours and all(len(set(colour.triplet or ())) <= 1 for colour in colours)

    run_app(app(theme), script, SIZE)
