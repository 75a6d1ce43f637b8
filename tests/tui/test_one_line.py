"""One line of text looks as the text does by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Static

from tests.support.screens import run_app
from xqdbg.tui.one_line import OneLine

TEXTS = (
    Content(""),
    Content("plain"),
    Content.assemble(("tick ", "$primary"), ("1,204", "bold red on $panel"), "  漢字 ", ("end", "italic not bold")),
    Content.assemble(("half ", "$primary 50%"), ("over", "red 30% on blue 40%")),
    Content("x" * 100),
    Content("two\nlines"),
    Content("a\ttab"),
)


class Lines(App[None]):
    """The same text twice."""

    CSS = """
    Static { height: 1; width: 40; background: $surface; color: $foreground; padding: 0 1; }
    """

    def __init__(self, text: Content) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        yield Static(self.text, id="theirs")
        yield Static(OneLine(self.text), id="ours")


def cells(strip: Strip) -> Sequence[tuple[str, Any, Any]]:
    """Each character with its colours and the place the mouse finds there."""
    found = []
    for text, style, _ in Segment.simplify(strip):
        at = None if style is None else style.meta.get("offset")
        look = None if style is None else (style.color, style.bgcolor, style.bold, style.italic)
        found += [(letter, look, None if at is None else (at[0] + n, at[1])) for n, letter in enumerate(text)]
    return found


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_it_looks_as_the_text_does(text: Content) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        drawn = [pilot.app.query_one(f"#{name}", Static) for name in ("theirs", "ours")]
        theirs, ours = (cells(each.render_lines(each.size.region)[0]) for each in drawn)
        assert ours == theirs
        assert sum(cell_len(letter) for letter, _, _ in ours) == drawn[0].size.width

    run_app(Lines(text), script)


def test_text_can_be_selected() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await pilot.mouse_down("#ours", offset=(6, 0))
        await pilot.hover("#ours", offset=(10, 0))
        await pilot.mouse_up("#ours", offset=(10, 0))
        assert pilot.app.screen.get_selected_text() == "1,204"

    run_app(Lines(TEXTS[2]), script)
