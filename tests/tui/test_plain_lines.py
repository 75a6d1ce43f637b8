"""Lines of panes look as Textual draws them, with effects and without."""

from __future__ import annotations

from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from textual._styles_cache import StylesCache
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tests.support.screens import run_app
from xqdbg.tui.panes.titled import Titled
from xqdbg.tui.plain_lines import PlainLines

LOOKS = (
    "",
    "border-top: solid red; border-title-color: blue;",
    "border: round red;",
    "border-left: thick red;",
    "border-bottom: double green;",
    "padding: 1 0;",
    "padding: 0 2;",
    "outline: solid red;",
    "outline-left: thick red;",
    "tint: red 30%;",
    "hatch: cross red;",
    "opacity: 40%;",
    "text-opacity: 40%;",
    "background: red 20%;",
)


class Rows(Widget):
    """Lines of all lengths: as wide as there is room, less, and more."""

    border_title = "rows"

    def render_line(self, y: int) -> Strip:
        width = self.size.width + (y % 3) - 1
        return Strip(
            [Segment("ab", Style(color="red")), Segment("漢" * ((width - 2) // 2), Style(bgcolor="blue"))]
        ).simplify()


class Drawn(App[None]):
    """One of them."""

    CSS = "Screen { background: green; } #outer { background: blue; height: 9; width: 31; } Rows { height: 8; }"

    def __init__(self, look: str) -> None:
        super().__init__()
        self.look = look

    def compose(self) -> ComposeResult:
        with Widget(id="outer"):
            yield Rows()

    def on_mount(self) -> None:
        self.stylesheet.add_source(f"Rows {{ {self.look} }}", read_from=("look", ""))
        self.stylesheet.reparse()
        self.stylesheet.update(self)


@pytest.mark.parametrize("look", LOOKS)
def test_lines_are_those_textual_draws(look: str) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        rows = pilot.app.query_one(Rows)
        for crop in (rows.size.region, rows.outer_size.region, Region(3, 2, 12, 4)):
            ours, theirs = (cache().render_widget(rows, crop) for cache in (PlainLines, StylesCache))
            assert [list(Segment.simplify(line)) for line in ours] == [list(Segment.simplify(line)) for line in theirs]
            assert [line.cell_length for line in ours] == [line.cell_length for line in theirs]
            assert len(ours) == crop.height > 0

    run_app(Drawn(look), script)


def test_lines_without_effects_are_not_made_anew() -> None:
    kept: dict[int, Strip] = {}

    class Keeping(Titled):
        def render_line(self, y: int) -> Strip:
            return kept.setdefault(y, Strip([Segment("x" * self.size.width)]))

    class One(App[None]):
        def compose(self) -> ComposeResult:
            yield Keeping()

    async def script(pilot: Pilot[Any]) -> None:
        rows = pilot.app.query_one(Keeping)
        for y, line in enumerate(rows.render_lines(Region(0, 0, rows.size.width, 3))):
            assert line is kept[y]

    run_app(One(), script)
