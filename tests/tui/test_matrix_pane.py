"""The matrix pane alone: what it asks for, what it draws, what its keys and the mouse do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual import events
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.tui.matrix_support import PaneApp, Terms, Values, chain, one_hot
from vm.contract import Frame, Region
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes import matrix_text
from xqdbg.tui.panes.matrix_colour import LEVELS, level
from xqdbg.tui.panes.matrix_geometry import HEAD, Layout, Look, Zoom, best, farther, fitting, nearer
from xqdbg.tui.panes.matrix_sight import Changes
from xqdbg.tui.panes.matrix_text import compact, glyph
from xqdbg.tui.panes.matrix_view import NOTHING

Script = Callable[[Pilot[None]], Awaitable[None]]
SMALL, MIDDLE, LARGE = (38, 18), (60, 30), (100, 50)


def drive(app: PaneApp, script: Script, size: tuple[int, int] = MIDDLE) -> None:
    async def main() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await script(pilot)

    asyncio.run(main())


def see(app: PaneApp, size: tuple[int, int] = MIDDLE, *keys: str) -> str:
    """What the pane shows after some keys."""
    texts: list[str] = []

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        texts.append(app.text())

    drive(app, script, size)
    return texts[0]


def readout(text: str) -> str:
    return text.splitlines()[-2]


def segments(app: PaneApp, y: int) -> list[Segment]:
    return list(app.pane.render_line(y))


def style_at(app: PaneApp, x: int, y: int) -> object:
    end = 0
    for segment in segments(app, y):
        end += len(segment.text)
        if x < end:
            return segment.style
    raise AssertionError(f"the line ends at {end}")


# -- pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
@pytest.mark.parametrize("variables", [2, 5, 25, 64, 1000])
def test_all_of_a_model_is_drawn(variables: int, size: tuple[int, int], golden: Golden) -> None:
    app = PaneApp(chain(variables))

    async def script(pilot: Pilot[None]) -> None:
        golden(f"matrix_chain_{variables}_{size[0]}x{size[1]}.txt", app.text())
        frame = app.frames["r0"]
        assert (frame.row, frame.col) == (0, 0)
        assert frame.width * frame.scale >= variables
        assert frame.height * frame.scale >= variables
        for y in range(size[1]):
            assert sum(len(segment.text) for segment in segments(app, y)) == size[0]

    drive(app, script, size)


def test_a_grid_of_one_hot_rows(golden: Golden) -> None:
    app = PaneApp(one_hot(5, 5), Values("r5", "sample", 5, [1, 0, 0, 0, 0, 0, 1, *[0] * 18]))

    async def script(pilot: Pilot[None]) -> None:
        golden("matrix_one_hot.txt", app.text())
        shades = [str(style_at(app, 5 + 2 * col, 4)) for col in (3, 6, 12, 17)]
        await pilot.press("full_stop")
        await pilot.pause()
        golden("matrix_sample.txt", app.text())
        assert len(set(shades)) > 1

    drive(app, script, (60, 36))


def test_values_of_samples_and_vectors_are_numbers() -> None:
    spin = see(PaneApp(Values("r5", "sample", 4, [1, -1, -1, 1, 1, 1, -1, 1])), SMALL)
    assert " 0   1 -1 -1  1  0\n 1   1  1 -1  1  2\n Σ   2  0 -2  2  2\n" in spin
    vector = see(PaneApp(Values("r1", "vec", 32, [7, 123, -45])), SMALL)
    assert "7  123  -45" in vector


def test_a_long_row_is_broken_into_lines() -> None:
    app = PaneApp(Values("r1", "vec", 30, range(30)))
    text = see(app, SMALL, "end")
    assert " 20   20  21  22  23  24  25  26  27  28  29" not in text
    assert [line[:3] for line in text.splitlines()[2:5]] == [" 0 ", " 5 ", "10 "]
    assert readout(text).startswith(" r1[29] = 29")
    assert app.frames["r1"].height == 1


# -- numbers and glyphs -----------------------------------------------------------------------------------------------


def test_small_models_show_their_numbers() -> None:
    text = see(PaneApp(Terms("r0", 3, {0: -7, 2: 5}, {(0, 1): 12, (1, 2): -345})), SMALL)
    head, first, second = text.splitlines()[2:5]
    assert head.split() == ["lin", "-7", "·", "5"]
    assert first.split() == ["0", "·", "12", "·"]
    assert second.split() == ["1", "·", "-345"]


def test_signs_are_told_without_colour() -> None:
    glyphs = {glyph(step) for step in range(1, LEVELS + 1)}
    opposite = {glyph(-step) for step in range(1, LEVELS + 1)}
    assert len(glyphs) == len(opposite) == 4
    assert all(set(sign) <= set(" +╋") for sign in glyphs)
    assert all(set(sign) <= set(" −━") for sign in opposite)
    assert len(set(matrix_text.PAIRS.values())) == 9


def test_signs_are_told_by_hue() -> None:
    app = PaneApp(Terms("r0", 20, {0: 1}, {(0, 1): 9, (0, 3): -9}))

    async def script(pilot: Pilot[None]) -> None:
        layout_top = 4
        plus, minus = (style_at(app, 5 + 2 * col, layout_top) for col in (1, 3))
        red, _, blue = plus.bgcolor.triplet  # type: ignore[attr-defined]
        assert red > blue
        red, _, blue = minus.bgcolor.triplet  # type: ignore[attr-defined]
        assert blue > red

    drive(app, script)


def test_two_rows_in_one_line_keep_their_signs() -> None:
    quadratic = {(0, 20): 9, (1, 21): 9, (0, 22): 9, (1, 22): 9, (0, 23): 9, (1, 23): -9, (0, 24): -9, (1, 24): -9}
    text = see(PaneApp(Terms("r0", 25, {}, quadratic)), SMALL)
    assert next(line for line in text.splitlines() if line.startswith("  0 ")).endswith("⁺₊‡±=")


def test_colour_alone_is_only_for_those_who_see_colours() -> None:
    def look(no_color: bool) -> tuple[Look, str]:
        app = PaneApp(chain(64))
        app.no_color = no_color
        looks: list[Look] = []

        async def script(pilot: Pilot[None]) -> None:
            await pilot.press("v")
            await pilot.pause()
            assert app.pane.zoom is not None
            looks.append(app.pane.zoom.look)

        drive(app, script, SMALL)
        return looks[0], see(app, SMALL)

    assert look(no_color=False)[0] is Look.HALVES
    assert look(no_color=True)[0] in (Look.CELLS, Look.PAIRS)


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        (0, 1, "0"), (-500, 4, "-500"), (123456, 6, "123456"), (1234567, 6, "1.23M"), (-1234567, 6, "-1.23M"),
        (12345, 4, "12k"), (10**15, 6, "1.0e15"), (2**63 - 1, 6, "9.2e18"),
        (-(2**63), 7, "-9.2e18"), (-(2**63), 6, "-9e18"), (-(2**63), 8, "-9.22e18"),
        (-(2**63), 20, "-9223372036854775808"),
    ],
)  # fmt: skip
def test_numbers_are_shortened_to_fit(value: int, width: int, text: str) -> None:
    assert compact(value, width) == text


@given(st.integers(-(2**63), 2**63 - 1), st.integers(5, 9))
def test_no_number_is_wider_than_its_cell(value: int, width: int) -> None:
    text = compact(value, width)
    assert len(text) <= width
    assert text.startswith("-") == (value < 0)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**63))
def test_strength_has_the_sign_of_the_value(value: int, largest: int) -> None:
    strength = level(value, largest)
    assert -LEVELS <= strength <= LEVELS
    assert (strength > 0) - (strength < 0) == (value > 0) - (value < 0)
    if abs(value) >= largest and value:
        assert abs(strength) == LEVELS


def test_a_model_of_zeros() -> None:
    text = see(PaneApp(Terms("r0", 6, {}, {}, (2, 3))), SMALL)
    assert "nothing but zeros" in text
    assert "r0.linear[0] nothing stored" in text


def test_the_largest_numbers_there_are() -> None:
    app = PaneApp(Terms("r0", 4, {0: -(2**63), 1: 2**63 - 1}, {(0, 1): -(2**62), (2, 3): 1}))
    text = see(app, MIDDLE)
    assert "r0.linear[0] = -9223372036854775808" in text
    assert "-9.2e18" in text and "-9.22e18 " in text
    assert "+9.22e18" in see(app, MIDDLE, "minus")


def test_the_legend_tells_the_bounds_and_the_count() -> None:
    text = see(PaneApp(one_hot(5, 5, penalty=250)))
    assert text.splitlines()[-1].startswith(" -500 ")
    assert " +500" in text.splitlines()[-1]
    assert "125 stored" in readout(text)


# -- the cursor -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((), "r3.linear[0] = -1000"),
        (("right", "l"), "r3.linear[2] = -1000"),
        (("down",), "r3.quad[0,0] nothing stored"),
        (("j", "right", "right"), "r3.quad[0,2] = 1000"),
        (("end", "down", "down", "left"), "r3.quad[1,23] nothing stored"),
        (("down", "down", "down"), "r3.quad[0,0] nothing stored"),
        (("ctrl+end",), "r3.quad[24,24] nothing stored"),
        (("ctrl+end", "home"), "r3.quad[24,24] nothing stored"),
        (("ctrl+end", "ctrl+home"), "r3.linear[0] = -1000"),
        (("shift+right",), "r3.linear[5] = -1000"),
        (("end", "down", "shift+down"), "r3.quad[5,24] nothing stored"),
        (("end", "down", "shift+down", "k", "home"), "r3.quad[4,4] nothing stored"),
        (("plus", "end", "pagedown"), "r3.quad[15,24] nothing stored"),
        (("left", "up", "h"), "r3.linear[0] = -1000"),
    ],
)
def test_the_cursor_reads_out_one_coefficient(keys: tuple[str, ...], expected: str) -> None:
    assert readout(see(PaneApp(one_hot(5, 5)), (60, 22), *keys)).startswith(f" {expected}")


def test_the_cell_under_the_cursor_is_pointed_at_and_blamed() -> None:
    app = PaneApp(one_hot(5, 5))

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down", "right", "right", "enter")
        await pilot.pause()
        assert app.pane.pointed == Pointed("r3.quad[0,2]", "r3.quad[0,2]", "1000")
        assert app.lines == ["blame r3.quad[0,2]"]

    drive(app, script)


def test_the_readout_names_the_cells_of_the_grid() -> None:
    assert "(0,1)×(1,1)" in readout(see(PaneApp(one_hot(5, 5)), MIDDLE, *["down", *["right"] * 6, "down"]))


def test_blocks_are_read_out_by_the_single_cell() -> None:
    app = PaneApp(Terms("r0", 1000, {}, {(7, 41): 3, (8, 42): -900}))
    text = see(app, MIDDLE, "down", "shift+right", *["right"] * 20, *["down"] * 7)
    assert app.frames["r0"].scale == 21
    assert readout(text).startswith(" r0.quad[7,41] = 3")
    assert "21×21 a cell" in text


def test_moving_is_read_out_before_the_answer_comes() -> None:
    app = PaneApp(one_hot(5, 5))

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down")
        await pilot.pause()
        app.answering = False
        await pilot.press("right", "right")
        await pilot.pause()
        assert readout(app.text()).startswith(" r3.quad[0,2] = 1000")
        await pilot.press("minus", "ctrl+end")
        await pilot.pause()
        assert " r3.quad[24,24]" in readout(app.text())

    drive(app, script)


# -- zoom, scrolling, size ---------------------------------------------------------------------------------------------


def test_zooming_ends_at_the_numbers_and_at_the_whole() -> None:
    app = PaneApp(chain(64))

    async def script(pilot: Pilot[None]) -> None:
        async def zoomed(key: str) -> Zoom:
            await pilot.press(key)
            await pilot.pause()
            zoom = app.pane.zoom
            assert zoom is not None
            assert app.frames["r0"].scale == zoom.scale
            return zoom

        fit = app.pane.zoom
        assert fit == Zoom(Look.PAIRS, 3)
        assert await zoomed("minus") == fit
        assert [await zoomed("plus") for _ in range(4)] == [
            Zoom(Look.PAIRS, 2), Zoom(Look.PAIRS, 1), Zoom(Look.NUMBERS), Zoom(Look.NUMBERS),
        ]  # fmt: skip
        assert app.row(0).split()[1:4] == ["·", str(_quad(app, 0, 1)), str(_quad(app, 0, 2))]
        assert await zoomed("minus") == Zoom(Look.PAIRS, 1)
        assert await zoomed("asterisk") == fit

    drive(app, script, SMALL)


def _quad(app: PaneApp, row: int, col: int) -> int:
    held = app.held[0]
    assert isinstance(held, Terms)
    return held.quadratic[row, col]


def test_the_view_follows_the_cursor() -> None:
    app = PaneApp(chain(1000))

    async def script(pilot: Pilot[None]) -> None:
        for _ in range(40):
            app.pane.action_zoom_in()
        await pilot.press("ctrl+end")
        await pilot.pause()
        frame = app.frames["r0"]
        assert app.pane.zoom == Zoom(Look.NUMBERS)
        assert frame.cursor == (999, 999)
        assert frame.row + frame.height == frame.col + frame.width == 1000
        assert "999" in app.line(1)
        assert app.row(999)
        await pilot.press("ctrl+home")
        await pilot.pause()
        assert (app.frames["r0"].row, app.frames["r0"].col) == (0, 0)

    drive(app, script)


def test_the_wheel_scrolls_without_the_cursor() -> None:
    app = PaneApp(chain(200))

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press(*["plus"] * 9)
        await pilot.pause()
        before = app.frames["r0"]
        app.pane.post_message(_wheel(events.MouseScrollDown, app))
        await pilot.pause()
        after = app.frames["r0"]
        assert (after.row - before.row, after.col - before.col) == (3, 0)
        assert after.cursor == before.cursor
        app.pane.post_message(_wheel(events.MouseScrollDown, app, shift=True))
        await pilot.pause()
        assert app.frames["r0"].col == 3
        app.pane.post_message(_wheel(events.MouseScrollUp, app))
        await pilot.pause()
        assert app.frames["r0"].row == 0

    drive(app, script)


def _wheel(kind: type[events.MouseEvent], app: PaneApp, shift: bool = False) -> events.MouseEvent:
    return kind(
        app.pane, x=20, y=10, delta_x=0, delta_y=1, button=0, shift=shift, meta=False, ctrl=False,
        screen_x=20, screen_y=10,
    )  # fmt: skip


def test_a_new_size_fits_anew() -> None:
    app = PaneApp(chain(64))

    async def script(pilot: Pilot[None]) -> None:
        assert app.pane.zoom == Zoom(Look.PAIRS, 3)
        await pilot.resize_terminal(140, 72)
        await pilot.pause()
        assert app.pane.zoom == Zoom(Look.CELLS)
        assert app.frames["r0"] == Frame(0, 0, 64, 64, 1, (HEAD, 0))
        await pilot.resize_terminal(9, 5)
        await pilot.pause()
        assert app.text().startswith(" r0")
        await pilot.resize_terminal(3, 2)
        await pilot.pause()
        await pilot.resize_terminal(38, 18)
        await pilot.pause()
        assert app.pane.zoom == Zoom(Look.PAIRS, 3)

    drive(app, script, SMALL)


# -- the mouse ---------------------------------------------------------------------------------------------------------


def test_the_mouse_reads_out_and_points() -> None:
    app = PaneApp(one_hot(5, 5), Values("r5", "sample", 5, [1, *[0] * 24]))

    async def script(pilot: Pilot[None]) -> None:
        x, y = 5 + 2 * 3, 4 + 1
        await pilot.hover(app.pane, offset=(x, y))
        await pilot.pause()
        assert readout(app.text()).startswith(" r3.quad[1,3] = 1000")
        assert app.pane.cursor == (HEAD, 0)
        await pilot.hover(app.pane, offset=(0, 0))
        await pilot.pause()
        assert readout(app.text()).startswith(" r3.linear[0] = -1000")
        await pilot.click(app.pane, offset=(x, y))
        await pilot.pause()
        assert app.pane.cursor == (1, 3)
        await pilot.click(app.pane, offset=(app.line(0).index("r5"), 0))
        await pilot.pause()
        assert app.pane.shown is not None
        assert app.pane.shown.name == "r5"

    drive(app, script, (60, 36))


def test_nothing_is_pointed_at_outside_the_triangle() -> None:
    layout = Layout(one_hot(5, 5).region, 60, 36, Zoom(Look.CELLS), 5)
    assert layout.hit((0, 0), layout.gutter + 2, layout.top + 3) is None
    assert layout.hit((0, 0), layout.gutter + 6, layout.top + 3) == (3, 3)
    assert layout.hit((0, 0), layout.gutter + 6, layout.head_line or 0) == (HEAD, 3)
    assert layout.hit((0, 0), 0, layout.top) is None
    assert layout.hit((0, 0), layout.gutter + 2 * 25, layout.top) is None


# -- regions and time --------------------------------------------------------------------------------------------------


def test_there_is_nothing_to_see_at_first() -> None:
    text = see(PaneApp())
    assert "nothing to show here yet" in text
    assert "what the program makes appears here" in text


def test_it_asks_once_for_what_is_in_view() -> None:
    app = PaneApp(one_hot(5, 5))

    async def script(pilot: Pilot[None]) -> None:
        assert app.wishes == [("r3", Frame(0, 0, 25, 25, 1, (HEAD, 0)))]
        for _ in range(3):
            app.publish()
            await pilot.pause()
        assert len(app.wishes) == 1
        await pilot.press("right")
        await pilot.pause()
        assert app.wishes[1:] == [("r3", Frame(0, 0, 25, 25, 1, (HEAD, 1)))]

    drive(app, script, (60, 36))


def test_a_region_may_vanish_and_come_back() -> None:
    model, sample = one_hot(5, 5), Values("r5", "sample", 5, [1, *[0] * 24])
    app = PaneApp(model, sample)

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("full_stop", "right")
        await pilot.pause()
        assert readout(app.text()).startswith(" r5[1] = 0")
        app.step(lambda: app.held.remove(sample))
        await pilot.pause()
        assert " r3 binary model" in app.line(0)
        app.step(app.held.clear)
        await pilot.pause()
        assert "nothing to show here yet" in app.text()
        app.step(lambda: app.held.extend([model, sample]))
        await pilot.pause()
        assert readout(app.text()).startswith(" r5[1] = 0")

    drive(app, script)


def test_it_asks_again_when_the_only_region_comes_back() -> None:
    model = one_hot(5, 5)
    app = PaneApp(model)

    async def script(pilot: Pilot[None]) -> None:
        app.step(app.held.clear)
        await pilot.pause()
        app.frames.clear()  # whoever answers may have forgotten
        app.step(lambda: app.held.append(model))
        await pilot.pause()
        assert readout(app.text()).startswith(" r3.linear[0] = -1000")

    drive(app, script)


def test_a_register_may_come_to_hold_something_else() -> None:
    app = PaneApp(Values("r0", "sample", 3, [1, 1, 0]))

    async def script(pilot: Pilot[None]) -> None:
        app.step(lambda: app.held.__setitem__(0, Values("r0", "vec", 3, [4, 5, 6])))
        await pilot.pause()
        assert readout(app.text()).startswith(" r0[0] = 4")
        assert "changed" not in readout(app.text())
        app.step(lambda: app.held.__setitem__(0, one_hot(5, 5, name="r0")))
        await pilot.pause()
        await pilot.press("ctrl+end")
        await pilot.pause()
        assert readout(app.text()).startswith(" r0.quad[24,24]")
        app.step(lambda: app.held.__setitem__(0, Values("r0", "vec", 3, [4, 5, 6])))
        await pilot.pause()
        assert readout(app.text()).startswith(" r0[2] = 6")
        app.step(lambda: app.held.__setitem__(0, Values("r0", "vec", 1, [])))
        await pilot.pause()
        assert "r0 is empty" in app.text()

    drive(app, script)


def test_models_come_before_vectors_until_one_chooses() -> None:
    vector, model = Values("r1", "vec", 5, range(5)), one_hot(2, 2)
    app = PaneApp(vector)

    async def script(pilot: Pilot[None]) -> None:
        def shown() -> str:
            assert app.pane.shown is not None
            return app.pane.shown.name

        assert shown() == "r1"
        app.step(lambda: app.held.append(model))
        await pilot.pause()
        assert shown() == "r3"
        await pilot.press("comma")
        assert shown() == "r1"
        app.step(lambda: app.held.append(one_hot(2, 2, name="r9")))
        await pilot.pause()
        assert shown() == "r1"
        app.pane.show("r9")
        assert shown() == "r9"
        app.pane.show("r77")
        assert shown() == "r9"
        app.step(lambda: app.held.append(one_hot(2, 2, name="r77")))
        await pilot.pause()
        assert shown() == "r77"

    drive(app, script)


def test_of_many_regions_the_one_in_view_has_its_tab() -> None:
    app = PaneApp(*(one_hot(2, 2, name=f"r{number}") for number in range(200)))

    async def script(pilot: Pilot[None]) -> None:
        for name in ("r0", "r5", "r199"):
            app.pane.show(name)
            await pilot.pause()
            assert f"{name} model 4" in app.line(0)

    drive(app, script, SMALL)


def test_tabs_are_shown_whole_or_not_at_all() -> None:
    app = PaneApp(*(one_hot(3, 4, name=f"r{number}") for number in range(9)))

    async def script(pilot: Pilot[None]) -> None:
        seen = {}
        for name in ("r0", "r4", "r8"):
            app.pane.show(name)
            await pilot.pause()
            seen[name] = app.line(0).split("   ")
        whole = [f"r{number} model 12" for number in range(9)]
        assert [part.strip(" ‹›") for part in seen["r0"] if part.strip()] == whole[:2]
        assert seen["r0"][1].rstrip().endswith(" ›") and "‹" not in seen["r0"][0]
        assert seen["r4"][0].startswith(" ‹ ") and whole[4] in " ".join(seen["r4"])
        assert seen["r8"][0].startswith(" ‹ ") and not " ".join(seen["r8"]).rstrip().endswith("›")
        assert all(part.strip(" ‹›") in whole for parts in seen.values() for part in parts if part.strip())

    drive(app, script, SMALL)


def test_what_is_too_long_for_a_line_ends_in_an_ellipsis() -> None:
    app = PaneApp(Values("r" * 36, "vec", 3, [-(2**63), 5, 5]))
    tab, *_, read, legend = see(app, SMALL).splitlines()
    assert tab.endswith("…") and read.endswith("…") and len(read) == SMALL[0]
    assert legend.startswith(" -9.22e18 ")


def test_the_notice_of_nothing_is_never_cut() -> None:
    text = " ".join(see(PaneApp(), (20, 10)).split())
    assert text == " ".join(NOTHING)


def test_what_has_changed_is_marked() -> None:
    model = chain(20)
    app = PaneApp(model)

    async def script(pilot: Pilot[None]) -> None:
        x, y = 5 + 2 * 9, 4 + 3
        assert not style_at(app, x, y).underline  # type: ignore[attr-defined]
        app.step(lambda: model.quadratic.update({(3, 9): 444}))
        await pilot.pause()
        assert style_at(app, x, y).underline  # type: ignore[attr-defined]
        assert not style_at(app, x + 2, y).underline  # type: ignore[attr-defined]
        assert "1 changed" in readout(app.text())
        await pilot.press("down", "right")
        await pilot.pause()
        assert style_at(app, x, y).underline, "moving the cursor forgets nothing"  # type: ignore[attr-defined]
        app.step(lambda: None)
        await pilot.pause()
        assert not style_at(app, x, y).underline  # type: ignore[attr-defined]
        assert "changed" not in readout(app.text())
        app.step(lambda: model.quadratic.update(dict.fromkeys(model.quadratic, 77777)))
        await pilot.pause()
        assert "changed" in readout(app.text())
        assert not any(segment.style and segment.style.underline for segment in segments(app, y))

    drive(app, script)


def test_changes_are_found_while_scrolling() -> None:
    model = chain(30)
    before = model.window(Frame(2, 4, 10, 12, 1))
    model.quadratic[5, 10] = 999
    model.linear[11] = 999
    model.quadratic[0, 5] = 999  # above what was seen before
    now = model.window(Frame(0, 6, 10, 12, 1))
    changes = Changes.between(before, now)
    assert {row: list(cols) for row, cols in changes.marked.items() if cols} == {HEAD: [11], 5: [10]}
    assert changes.count == 2
    assert Changes.between(before, model.window(Frame(0, 6, 5, 6, 2))) == Changes()


def test_a_growing_model_is_drawn_as_it_grows() -> None:
    app = PaneApp(chain(20))

    async def script(pilot: Pilot[None]) -> None:
        app.step(lambda: app.held.__setitem__(0, chain(23)))
        await pilot.pause()
        frame = app.frames["r0"]
        assert frame.width * frame.scale >= 23
        assert "23 variables" in app.line(0)

    drive(app, script)


def test_names_are_no_commands_to_the_terminal() -> None:
    held = one_hot(2, 2)
    held.region = Region("r3", "model", "\x1b[31mred [b]bold[/b]\n", 4, 4, upper=True, head=True)
    text = see(PaneApp(held))
    assert "\x1b" not in text
    assert "␛[31mred [b]bold[/b]␊" in text


def test_a_new_theme_has_new_colours() -> None:
    app = PaneApp(chain(20))

    async def script(pilot: Pilot[None]) -> None:
        before = style_at(app, 7, 2)
        app.theme = "textual-light"
        await pilot.pause()
        assert style_at(app, 7, 2) != before

    drive(app, script)


# -- geometry ----------------------------------------------------------------------------------------------------------

REGIONS = st.builds(
    lambda rows, cols, upper, pitch: (
        Region("r0", "model", "", cols, cols, upper=True, head=True, grid=(1, pitch))
        if upper
        else Region("r0", "sample", "", rows, cols)
    ),
    st.integers(1, 1200),
    st.integers(1, 1200),
    st.booleans(),
    st.integers(0, 40),
)
LAYOUTS = st.builds(
    Layout,
    REGIONS,
    st.integers(8, 200),
    st.integers(4, 70),
    st.builds(Zoom, st.sampled_from(Look), st.integers(1, 300)),
    st.integers(1, 7),
)


@given(LAYOUTS, st.integers(-1, 1500), st.integers(0, 1500), st.integers(-50, 1500), st.integers(-50, 1500))
def test_the_frame_is_within_the_region_and_shows_the_cursor(
    layout: Layout, row: int, col: int, top: int, left: int
) -> None:
    region = layout.region
    cursor = min(row, region.rows - 1) if region.head else min(max(row, 0), region.rows - 1), min(col, region.cols - 1)
    origin = layout.follow((top, left), cursor)
    frame = layout.frame(origin, cursor)
    assert 0 <= frame.row < region.rows
    assert 0 <= frame.col < region.cols
    assert frame.row + (frame.height - 1) * frame.scale < region.rows
    assert frame.col + (frame.width - 1) * frame.scale < region.cols
    assert frame.col <= cursor[1] < frame.col + frame.width * frame.scale
    assert cursor[0] == HEAD or frame.row <= cursor[0] < frame.row + frame.height * frame.scale
    assert layout.clamp(origin) == origin


@given(LAYOUTS, st.integers(0, 1500), st.integers(0, 1500))
def test_what_is_drawn_at_a_character_is_hit_there(layout: Layout, top: int, left: int) -> None:
    origin = layout.clamp((top, left))
    for line in range(layout.lines):
        for across, (row, col) in enumerate(layout.blocks(origin, line)):
            if layout.exists(row, col):
                x = layout.gutter + across * layout.cell_width
                assert layout.hit(origin, x, layout.top + line) == (row, col)


@given(REGIONS, st.integers(8, 200), st.integers(4, 70), st.integers(1, 7), st.sampled_from(Look))
def test_the_fitting_zoom_shows_everything(region: Region, width: int, height: int, digits: int, look: Look) -> None:
    zoom = fitting(region, width, height, digits, look)
    layout = Layout(region, width, height, zoom, digits)
    frame = layout.frame((0, 0), (0, 0))
    assert frame.col + frame.width * frame.scale >= region.cols
    assert frame.row + frame.height * frame.scale >= region.rows
    assert best(region, width, height, digits, plain=False).scale >= 1


@given(st.integers(1, 300), st.integers(1, 300))
def test_zooming_moves_one_stop(scale: int, fit: int) -> None:
    here, whole = Zoom(Look.CELLS, min(scale, fit)), Zoom(Look.CELLS, fit)
    closer, off = nearer(here, whole), farther(here, whole)
    assert closer.scale < here.scale or closer.look is Look.NUMBERS
    assert here.scale < off.scale <= fit or (here == whole and off == here)
