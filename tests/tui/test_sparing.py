"""What has not changed is not drawn again: lists that grow, rules, and the matrix."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rich.segment import Segment
from textual.content import Content
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tests.support.panes import run_pane, screen_text
from tests.tui import matrix_support
from tests.tui.matrix_support import chain
from xqdbg.tui.panes.list_pane import ListPane
from xqdbg.tui.panes.matrix_pane import MatrixPane


class Numbers(ListPane):
    """A list whose rows are their numbers."""

    DEFAULT_CSS = "Numbers { border-top: solid white; height: 1fr; }"

    def draw_row(self, row: int, width: int) -> Strip:
        return Strip([Segment(f"{row:<{width}}")])


@contextmanager
def drawn_lines(pane: type[Widget], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The lines of panes of a class that are drawn meanwhile."""
    drawn: list[int] = []
    draw = pane.render_line

    def counted(self: Widget, y: int) -> Strip:
        drawn.append(y)
        return draw(self, y)

    with monkeypatch.context() as patch:
        patch.setattr(pane, "render_line", counted)
        yield drawn


@pytest.mark.parametrize(("before", "after", "lines"), [(3, 5, [3, 4]), (5, 3, [3, 4]), (40, 60, []), (60, 40, [])])
def test_a_list_that_grows_or_shrinks_lays_out_no_screen(
    before: int, after: int, lines: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = Numbers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.resize_list(before)
        await pilot.pause()
        layouts: list[object] = []
        pilot.app.screen.screen_layout_refresh_signal.subscribe(pilot.app, layouts.append)
        with drawn_lines(Numbers, monkeypatch) as drawn:
            pane.resize_list(after)
            await pilot.pause()
        assert sorted(drawn) == lines and not layouts
        assert pane.row_count == after and pane.max_scroll_y == max(0, after - 9)
        if after > 9:
            assert pane.vertical_scrollbar.window_virtual_size == after
        assert str(min(after, 9) - 1) in screen_text(pilot.app)

    run_pane(pane, script)


def test_a_list_that_shrinks_is_not_left_scrolled_beyond_its_end() -> None:
    pane = Numbers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.resize_list(60)
        await pilot.pause()
        pane.scroll_to(y=51, animate=False, immediate=True)
        await pilot.pause()
        pane.resize_list(20)
        await pilot.pause()
        assert pane.scroll_offset.y == 11 and screen_text(pilot.app).splitlines()[-1].startswith("19")

    run_pane(pane, script)


def test_a_scrollbar_comes_and_goes_all_the_same() -> None:
    pane = Numbers()

    async def script(pilot: Pilot[Any]) -> None:
        for rows, bar in ((3, False), (30, True), (3, False)):
            pane.resize_list(rows)
            await pilot.pause()
            assert pane.show_vertical_scrollbar is bar

    run_pane(pane, script)


def test_another_rule_draws_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    pane = Numbers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.resize_list(5)
        pane.entitle(Content("first"))
        await pilot.pause()
        with drawn_lines(Numbers, monkeypatch) as drawn:
            pane.entitle(Content("second"))
            await pilot.pause()
        assert not drawn
        assert "second" in screen_text(pilot.app).splitlines()[0]

    run_pane(pane, script)


def test_the_matrix_draws_what_looks_different(monkeypatch: pytest.MonkeyPatch) -> None:
    model = chain(20)

    async def drive() -> None:
        app = matrix_support.PaneApp(model)
        async with app.run_test(size=(60, 30)) as pilot:
            for _ in range(2):
                app.step(lambda: None)
                await pilot.pause()
            with drawn_lines(MatrixPane, monkeypatch) as drawn:
                app.step(lambda: None)
                await pilot.pause()
            assert not drawn
            with drawn_lines(MatrixPane, monkeypatch) as drawn:
                app.step(lambda: model.quadratic.__setitem__((3, 4), 7))
                await pilot.pause()
            assert 0 < len(drawn) < 10
            assert app.pane._window is not None and app.pane._window.cells[3][4] == 7

    asyncio.run(drive())
