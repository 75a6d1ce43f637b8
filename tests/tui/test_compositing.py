"""A frame looks as Textual's own compositor would have drawn it, and is made of fewer widgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from rich.cells import cell_len
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from tests.support.examples import example_session
from tests.support.screens import debug_screen, debugger, explored, press, run_app, type_line
from xqdbg.tui.compositing import Pieces, SparingCompositor

PANES = "(code:4 / watches):5 | (stack:3 / loops=5 / costs):3 | (registers:2 / matrix:3):6 | explain:3"
KEYS = ("s", "s", "S", "n", "down", "tab", "tab", "j", "7", "tab", "right", "z", "z", "K", "escape", "s", "i", "S")
_CODES = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|\n|([^\x1b\n])")

Grid = dict[tuple[int, int], tuple[str, str]]
"""Style and character of each cell that was drawn: by row and column."""


def painted(update: CompositorUpdate, app: App[Any]) -> Grid:
    """What a terminal shows of what is sent to it."""
    grid: Grid = {}
    row = column = 0
    style = ""
    for found in _CODES.finditer(update.render_segments(app.console)):
        y, x, codes, letter = found.groups()
        if y is not None:
            row, column = int(y), int(x)
        elif codes is not None:
            style = codes
        elif letter is not None:
            grid[row, column] = (style, letter)
            column += cell_len(letter)
    return grid


class Frames:
    """Every partial frame, drawn by both compositors."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.both: list[tuple[Pieces, ChopsUpdate]] = []
        self.asked = 0
        self.visible = 0
        own, lines = SparingCompositor.render_partial_update, Widget.render_lines

        def count(widget: Widget, crop: Any) -> Any:
            self.asked += 1
            return lines(widget, crop)

        def draw(compositor: SparingCompositor) -> Pieces | None:
            changed = compositor._dirty_regions.copy()
            with monkeypatch.context() as patch:
                patch.setattr(Widget, "render_lines", count)
                ours = own(compositor)
            compositor._dirty_regions = set(changed)
            theirs = Compositor.render_partial_update(compositor)
            self.visible += len(compositor.visible_widgets)
            assert (ours is None) == (theirs is None)
            if ours is not None and theirs is not None:
                self.both.append((ours, theirs))
            return ours

        monkeypatch.setattr(SparingCompositor, "render_partial_update", draw)

    def pairs(self, app: App[Any]) -> Iterator[tuple[Grid, Grid]]:
        """What either drew, frame by frame."""
        for ours, theirs in self.both:
            yield painted(ours, app), painted(theirs, app)


@pytest.mark.parametrize("size", ((80, 24), (200, 60)), ids=str)
def test_a_frame_is_what_all_widgets_would_have_drawn(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "goto 200")
        if size[0] > 100:
            await type_line(pilot, f"layout set {PANES}")
        with monkeypatch.context() as patch:
            frames = Frames(patch)
            for key in KEYS:
                await press(pilot, key)
        assert len(frames.both) > len(KEYS) // 2
        for ours, theirs in frames.pairs(pilot.app):
            assert ours == theirs
        assert frames.asked < 0.6 * frames.visible
        assert debug_screen(pilot).moment is not None

    run_app(debugger(example_session("tsp5/encoder")), script, size)


class Layered(App[None]):
    """Boxes above one another, with characters two cells wide cut off at their edges."""

    CSS = """
    Screen { layers: low middle high; }
    #low { layer: low; width: 30; height: 8; }
    #middle { layer: middle; width: 11; height: 4; offset: 5 2; background: red; }
    #high { layer: high; width: 6; height: 4; offset: 12 1; border: solid green; }
    """

    def compose(self) -> ComposeResult:
        for name, text in (("low", "漢字かな" * 30), ("middle", "x漢" * 20), ("high", "abcdefgh")):
            yield Static(text, id=name)


@pytest.mark.parametrize("names", (("low",), ("middle",), ("high",), ("low", "high"), ("low", "middle", "high")))
def test_what_lies_above_hides_what_lies_below(names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        screen._compositor.__class__ = SparingCompositor
        frames = Frames(monkeypatch)
        for name in names:
            pilot.app.query_one(f"#{name}", Static).update("漢y" * 60)
        await pilot.pause()
        assert frames.both
        for ours, theirs in frames.pairs(pilot.app):
            assert ours == theirs
            assert len(ours) > 15

    run_app(Layered(), script, (40, 12))
