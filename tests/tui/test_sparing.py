"""What has not changed is not drawn again: lists that grow, rules, and the matrix."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from textual.widget import Widget

from tests.support.examples import example_session
from tests.support.panes import run_pane, screen_text
from tests.support.screens import debug_screen, debugger, explored, press, run_app, type_line, until
from tests.tui import matrix_support
from tests.tui.matrix_support import chain
from xqdbg.tui.bar import QuickBar
from xqdbg.tui.panes.list_pane import ListPane, placed
from xqdbg.tui.panes.matrix_pane import MatrixPane
from xqdbg.tui.panes.titled import Titled
from xqdbg.tui.screen import DebugScreen
from xqdbg.tui.tidying import PAUSE_SECONDS, Tidying

PANES = "(code:4 / watches):5 | (stack:3 / loops=5 / costs):3 | (registers:2 / matrix:3):6 | explain:3"


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


class Barred(Numbers):
    """The same with a scrollbar whether there is anything to scroll or not."""

    DEFAULT_CSS = "Barred { overflow-y: scroll; }"


async def rested(pilot: Pilot[Any]) -> None:
    """Wait until all is drawn."""
    screen = pilot.app.screen
    await pilot.pause()
    await until(pilot, lambda: not (screen._layout_required or screen._scroll_required or screen._dirty_widgets))
    await pilot.pause()


def laid_out(pilot: Pilot[Any]) -> list[object]:
    """Grows by one whenever the screen is laid out from now on."""
    layouts: list[object] = []
    pilot.app.screen.screen_layout_refresh_signal.subscribe(pilot.app, layouts.append)
    return layouts


@pytest.mark.parametrize(("before", "after"), [(3, 5), (5, 3), (3, 60), (60, 3), (40, 60)])
def test_a_list_whose_scrollbar_stays_lays_out_no_screen(before: int, after: int) -> None:
    pane = Barred()

    async def script(pilot: Pilot[Any]) -> None:
        pane.resize_list(before)
        await rested(pilot)
        layouts = laid_out(pilot)
        pane.resize_list(after)
        await rested(pilot)
        assert not layouts and pane.max_scroll_y == max(0, after - 9)
        if after > 9:
            assert pane.vertical_scrollbar.window_virtual_size == after
        assert str(min(after, 9) - 1) in screen_text(pilot.app)

    run_pane(pane, script)


def test_a_blank_scrollbar_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pane = Barred()

    async def script(pilot: Pilot[Any]) -> None:
        pane.resize_list(3)
        await rested(pilot)
        with drawn_lines(ScrollBar, monkeypatch) as drawn:
            pane.resize_list(5)
            await rested(pilot)
        assert not drawn

    run_pane(pane, script)


def test_rows_tell_where_they_are_as_textual_would_have_it() -> None:
    strip = Strip([Segment("ab", Style(bold=True)), Segment("c"), Segment("déf", Style(color="red"))])
    theirs, ours = strip.apply_offsets(0, 7), placed(strip, 7)
    assert [(s.text, s.style) for s in ours] == [(s.text, s.style) for s in theirs]
    assert [s.style.meta for s in ours if s.style] == [{"offset": (x, 7)} for x in (0, 2, 3)]


def test_the_first_frame_of_a_step_has_the_rule_too_and_lays_out_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Later frames may bring what the engine finds out at rest; nothing of the step itself waits for one."""
    first: dict[int, str] = {}
    draw = Screen._compositor_refresh

    def drawn(self: Screen[Any]) -> None:
        draw(self)
        if isinstance(self, DebugScreen) and self.moment is not None:
            first.setdefault(self.moment.tick, code_rule(self))

    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        for line in ("goto 200", f"layout set {PANES}"):
            await type_line(pilot, line)
        for _ in range(12):
            await press(pilot, "s")
        await until(pilot, lambda: is_counted(debug_screen(pilot)))
        await rested(pilot)
        layouts = laid_out(pilot)
        rules: dict[int, str] = {}
        with monkeypatch.context() as patch:
            patch.setattr(Screen, "_compositor_refresh", drawn)
            for tick in range(213, 223):
                await press(pilot, "s")
                rules[tick] = code_rule(debug_screen(pilot))
        assert not layouts
        assert {tick: first[tick] for tick in rules} == rules and len(set(rules.values())) > 3

    run_app(debugger(example_session("tsp5/encoder")), script, (200, 60))


def is_counted(screen: DebugScreen) -> bool:
    """Whether the pane of costs has all its rows: they come at rest, and a scrollbar with them."""
    return screen.moment is not None and screen.moment.costs is not None and screen.moment.costs.complete


def code_rule(screen: DebugScreen) -> str:
    """The rule of the code pane as it is drawn."""
    width = screen.code_pane.outer_size.width
    return screen_text(screen.app).splitlines()[0][:width]


@pytest.mark.parametrize(("before", "after", "lines"), [(3, 5, [3, 4]), (5, 3, [3, 4]), (40, 60, []), (60, 40, [])])
def test_a_list_that_grows_or_shrinks_lays_out_no_screen(
    before: int, after: int, lines: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = Numbers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.resize_list(before)
        await rested(pilot)
        layouts: list[object] = []
        pilot.app.screen.screen_layout_refresh_signal.subscribe(pilot.app, layouts.append)
        with drawn_lines(Numbers, monkeypatch) as drawn:
            pane.resize_list(after)
            await rested(pilot)
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
        await rested(pilot)
        pane.scroll_to(y=51, animate=False, immediate=True)
        await rested(pilot)
        pane.resize_list(20)
        await rested(pilot)
        assert pane.scroll_offset.y == 11 and screen_text(pilot.app).splitlines()[-1].startswith("19")

    run_pane(pane, script)


def test_a_scrollbar_comes_and_goes_all_the_same() -> None:
    pane = Numbers()

    async def script(pilot: Pilot[Any]) -> None:
        for rows, bar in ((3, False), (30, True), (3, False)):
            pane.resize_list(rows)
            await rested(pilot)
            assert pane.show_vertical_scrollbar is bar

    run_pane(pane, script)


def test_another_rule_draws_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    pane = Numbers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.resize_list(5)
        pane.entitle(Content("first"))
        await rested(pilot)
        with drawn_lines(Numbers, monkeypatch) as drawn:
            pane.entitle(Content("second"))
            await rested(pilot)
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
                await rested(pilot)
            with drawn_lines(MatrixPane, monkeypatch) as drawn:
                app.step(lambda: None)
                await rested(pilot)
            assert not drawn
            with drawn_lines(MatrixPane, monkeypatch) as drawn:
                app.step(lambda: model.quadratic.__setitem__((3, 4), 7))
                await rested(pilot)
            assert 0 < len(drawn) < 10
            assert app.pane._window is not None and app.pane._window.cells[3][4] == 7

    asyncio.run(drive())


def test_lines_that_are_kept_are_what_would_be_drawn() -> None:
    """Of 40 random changes to a matrix, zoomed out and in, each picture is what one drawn from nothing is."""
    dice = random.Random(5)
    model = chain(60)
    kept: list[int] = []

    async def drive() -> None:
        app = matrix_support.PaneApp(model)
        async with app.run_test(size=(50, 24)) as pilot:
            app.step(lambda: None)
            await rested(pilot)
            for turn in range(40):
                if turn == 20:
                    await pilot.press("plus")
                spots = [sorted(dice.sample(range(60), 2)) for _ in range(dice.choice((0, 1, 1, 2)))]
                changes = {(i, j): dice.randrange(-9, 9) for i, j in spots}
                earlier = app.pane._drawing
                app.step(partial(model.quadratic.update, changes))
                await rested(pilot)
                drawing = app.pane._drawing
                assert drawing is not None and earlier is not None
                kept.append(len(drawing.repeated(earlier)))
                for y in range(app.pane.size.height):
                    assert app.pane._line(y) == replace(drawing, known={}, pairs={}).line(y)

    asyncio.run(drive())
    assert sum(count > 5 for count in kept) > 20


@pytest.mark.parametrize("theme", ["dusk", "paper", "beacon", "harbour"])
def test_panes_have_no_colours_that_only_the_terminal_knows(theme: str) -> None:
    """Nobody turns them into others, so whatever a pane draws has its colours in full, and none of it is dimmed."""

    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        for line in (f"theme {theme}", "goto 3000", "lists", f"layout set {PANES}"):
            await type_line(pilot, line)
        visible = pilot.app.screen._compositor.visible_widgets
        panes = [pane for pane in visible if isinstance(pane, Titled)]
        styles = {
            segment.style
            for pane in panes for y in range(pane.outer_size.height)
            for strip in pane.render_lines(Region(0, y, pane.outer_size.width, 1)) for segment in strip
            if segment.style is not None
        }  # fmt: skip
        assert len(panes) >= 7 and len(styles) > 20
        colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour is not None}
        assert all(colour.triplet is not None for colour in colours) and not any(style.dim for style in styles)

    run_app(debugger(example_session("tsp5/encoder")), script, (200, 60))


def test_garbage_is_collected_once_nobody_asks_for_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)

    async def drive() -> None:
        tidying = Tidying()
        for _ in range(5):
            tidying.put_off()
        await asyncio.sleep(0)
        assert not collected
        async with asyncio.timeout(5):
            while not collected:
                await asyncio.sleep(PAUSE_SECONDS / 4)
        await asyncio.sleep(2 * PAUSE_SECONDS)
        assert collected == [0], "five wishes, one after the other, put it off and do not add up"

    asyncio.run(drive())


def test_a_key_has_garbage_collected_later(monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)

    async def script(pilot: Pilot[Any]) -> None:
        assert not collected
        await press(pilot, "s")
        await until(pilot, lambda: collected == [0])

    run_app(debugger(example_session("tsp5/encoder")), script)


class Wide(Numbers):
    """A list that can be scrolled sideways too."""

    DEFAULT_CSS = "Wide { scrollbar-size: 1 2; }"


@pytest.mark.parametrize(("rows", "columns", "x", "y"), [(60, 0, 0, 0), (60, 90, 13, 17), (900, 900, 500, 450)])
def test_scrollbars_look_as_textuals_do(
    rows: int, columns: int, x: int, y: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(renderer: type[ScrollBarRender]) -> list[list[tuple[str, Style | None]]]:
        pane, found = Wide(), []
        monkeypatch.setattr(ScrollBar, "renderer", renderer)

        async def script(pilot: Pilot[Any]) -> None:
            pane.resize_list(rows, columns)
            await rested(pilot)
            pane.scroll_to(x, y, animate=False, immediate=True)
            await rested(pilot)
            bars = [pane.vertical_scrollbar, *([pane.horizontal_scrollbar] if columns else [])]
            for bar in bars:
                for strip in (bar.render_line(line) for line in range(bar.size.height)):
                    found.append([(character, segment.style) for segment in strip for character in segment.text])

        run_pane(pane, script)
        return found

    theirs, ours = look(ScrollBarRender), look(QuickBar)
    assert ours == theirs and len(ours) >= 7
