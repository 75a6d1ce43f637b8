"""The ways a matrix pane can look at a region: halves, scales, grids with sums, and overlays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.tui.matrix_support import Held, PaneApp, Terms, Values, chain, one_hot
from vm.contract import Frame, Region, Window
from xqdbg.glance import Of, Stand, Tally
from xqdbg.tui.panes.matrix_colour import LEVELS, Scale, level
from xqdbg.tui.panes.matrix_geometry import HEAD
from xqdbg.tui.panes.matrix_lattice import MOST_VALUES, Lattice, coupled, coupling_frames, grid_region, laid_out
from xqdbg.tui.panes.matrix_modes import Overlay, View
from xqdbg.tui.panes.matrix_sight import Changes, Sight, mirror_frame, symmetric
from xqdbg.tui.panes.matrix_text import MARKS

Script = Callable[[Pilot[None]], Awaitable[None]]
SMALL, LARGE = (38, 18), (100, 50)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])


def drive(app: PaneApp, script: Script, size: tuple[int, int] = (60, 30)) -> None:
    async def main() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await script(pilot)

    asyncio.run(main())


def see(app: PaneApp, size: tuple[int, int], *keys: str) -> str:
    texts: list[str] = []

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        texts.append(app.text())

    drive(app, script, size)
    return texts[0]


def readout(text: str) -> str:
    return text.splitlines()[-2]


def legend(text: str) -> str:
    return text.splitlines()[-1]


def tour() -> Terms:
    """A model on a grid whose rows and columns differ."""
    model = one_hot(4, 6, penalty=250)
    model.linear = {col: -(100 + 10 * col) for col in range(24) if col % 7}
    model.quadratic[0, 13] = -900
    return model


def elsewhere(held: Held) -> Callable[[str, Frame], Window]:
    return lambda _name, frame: held.window(frame)


def counts(held: Held, complete: bool = True) -> Callable[[str, Frame], Window]:
    def window(_name: str, frame: Frame) -> Window:
        seen = held.window(frame)
        return Tally(
            seen.region, frame, seen.cells, seen.head, seen.focus or 0, seen.focus_place, seen.largest, seen.stored,
            first=41 if seen.focus else None, last=3221 if seen.focus else None, counted=3261, complete=complete,
        )  # fmt: skip

    return window


# -- symmetric --------------------------------------------------------------------------------------------------------


@SIZES
def test_a_symmetric_matrix(size: tuple[int, int], golden: Golden) -> None:
    golden(f"matrix_symmetric_{size[0]}x{size[1]}.txt", see(PaneApp(tour()), size, "t"))


def test_the_cursor_goes_below_the_diagonal_only_there() -> None:
    app = PaneApp(tour())
    text = see(app, (60, 30), "t", "down", "down", "down", "right")
    assert readout(text).startswith(" r3.quad[1,2] = 500")
    assert app.frames["r3"].cursor == (1, 2)
    text = see(PaneApp(tour()), (60, 30), "t", "down", "down", "down", "t")
    assert readout(text).startswith(" r3.quad[0,0] nothing")


@given(st.integers(1, 40), st.integers(0, 39), st.integers(0, 39), st.integers(1, 5), st.integers(0, 10**6))
def test_the_lower_half_is_the_upper_one_the_other_way_round(
    size: int, row: int, col: int, scale: int, seed: int
) -> None:
    random = Random(seed)
    pairs = {tuple(sorted((random.randrange(size), random.randrange(size)))) for _ in range(60)}
    model = Terms("r0", size, {}, {(pair[0], pair[1]): random.randrange(-99, 100) for pair in pairs})
    row, col = min(row, size - 1) // scale * scale, min(col, size - 1) // scale * scale
    frame = Frame(row, col, 9, 7, scale)
    full = symmetric(model.window(frame), model.window(mirror_frame(frame)))
    for down in range(9):
        for across in range(7):
            top, left = row + down * scale, col + across * scale
            if top >= size or left >= size:
                continue
            cells = [
                model.quadratic.get((min(r, c), max(r, c)))
                for r in range(top, min(top + scale, size))
                for c in range(left, min(left + scale, size))
            ]
            present = [abs(cell) for cell in cells if cell is not None]
            shown = Sight(full).value(top, left)
            assert (None if shown is None else abs(shown)) == max(present, default=None)


def test_the_mirror_is_asked_for_only_then() -> None:
    app = PaneApp(chain(200))

    async def script(pilot: Pilot[None]) -> None:
        assert set(app.glances["r0"]) == {"matrix"}
        await pilot.press(*["plus"] * 12, "ctrl+end", "t")
        await pilot.pause()
        glances = app.glances["r0"]
        assert set(glances) == {"matrix", "matrix.mirror"}
        shown, mirror = glances["matrix"].frame, glances["matrix.mirror"].frame
        assert (mirror.row, mirror.col, mirror.height, mirror.width) == (
            shown.col, shown.row, shown.width, shown.height,
        )  # fmt: skip

    drive(app, script)


# -- scales -----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 2**63), st.sampled_from(Scale), st.data())
def test_every_scale_grows_from_one_end_to_the_other(largest: int, scale: Scale, data: st.DataObject) -> None:
    small = data.draw(st.integers(1, largest))
    large = data.draw(st.integers(small, largest))
    assert 1 <= level(small, largest, scale) <= level(large, largest, scale) <= LEVELS
    assert level(largest, largest, scale) == LEVELS == -level(-largest, largest, scale)
    assert level(0, largest, scale) == level(None, largest, scale) == 0


def test_small_terms_show_more_and_more() -> None:
    assert [level(10, 1000, scale) for scale in (Scale.LINEAR, Scale.ROOT, Scale.LOG)] == [1, 2, 6]


def test_the_legend_names_the_scale() -> None:
    told = [legend(see(PaneApp(chain(20)), (60, 30), *["a"] * turns)) for turns in range(4)]
    assert [line.split()[-2:] for line in told] == [
        ["√", "scale"], ["log", "scale"], ["linear", "scale"], ["√", "scale"],
    ]  # fmt: skip


# -- grids and sums ---------------------------------------------------------------------------------------------------


@SIZES
@pytest.mark.parametrize("view", ["grid", "couplings"])
def test_a_model_on_its_grid(view: str, size: tuple[int, int], golden: Golden) -> None:
    keys = ["right", "right"] + ["V"] * (1 if view == "grid" else 2)
    golden(f"matrix_{view}_{size[0]}x{size[1]}.txt", see(PaneApp(tour()), size, *keys))


@SIZES
@pytest.mark.parametrize("kind", ["bits", "spins", "categories"])
def test_samples_are_signs_with_sums(kind: str, size: tuple[int, int], golden: Golden) -> None:
    random = Random(kind)
    choices = {"bits": (0, 0, 0, 1), "spins": (-1, 1), "categories": range(5)}[kind]
    app = PaneApp(Values("r5", "sample", 6, [random.choice(choices) for _ in range(30)], kind))
    golden(f"matrix_{kind}_{size[0]}x{size[1]}.txt", see(app, size, "right"))


def test_signs_can_be_numbers() -> None:
    text = see(PaneApp(Values("r5", "sample", 2, [1, -1, 1, 1], "spins")), SMALL, "T")
    assert [line.split() for line in text.splitlines()[2:4]] == [["0", "1", "-1", "1"], ["1", "1", "1", "2", "≠1"]]


def test_rows_with_other_than_one_stand_out() -> None:
    text = see(PaneApp(Values("r5", "sample", 3, [0, 1, 0, 0, 0, 0, 1, 1, 0], "bits")), SMALL)
    assert [line.split() for line in text.splitlines()[1:6]] == [
        ["0", "1", "2", "Σ"],
        ["0", "·", "■", "·", "1"],
        ["1", "·", "·", "·", "0", "≠1"],
        ["2", "■", "■", "·", "2", "≠1"],
        ["Σ", "1", "2", "0", "3"],
    ]


@pytest.mark.parametrize("seed", range(5))
def test_sums_are_of_whole_rows_and_columns_however_little_is_in_view(seed: int) -> None:
    random = Random(seed)
    rows, cols = random.randrange(2, 40), random.randrange(2, 40)
    size = rows * cols - random.randrange(cols)
    linear = {at: random.choice([-1, 1]) * random.randrange(1, 2**62) for at in range(size) if random.random() < 0.7}
    model = Terms("r3", size, linear, {}, (rows, cols))
    app = PaneApp(model)
    told: dict[tuple[int, int], str] = {}

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("V", *["plus"] * 20)
        for _ in range(6):
            row, col = random.randrange(-(-size // cols)), random.randrange(cols)
            app.pane._point_to((row, col))
            await pilot.pause()
            told[row, col] = readout(app.text())

    drive(app, script, (140, 14))
    for (row, col), line in told.items():
        across = sum(linear.get(row * cols + at, 0) for at in range(cols))
        down = sum(linear.get(at * cols + col, 0) for at in range(rows))
        assert f"row Σ {across} · column Σ {down}" in line


def test_sums_stand_at_the_edges() -> None:
    text = see(PaneApp(tour()), LARGE, "V")
    lines = [line.split() for line in text.splitlines()[2:7]]
    linear = tour().linear
    for row, words in enumerate(lines[:4]):
        assert int(words[-1]) == sum(linear.get(row * 6 + col, 0) for col in range(6))
    sums = [sum(linear.get(row * 6 + col, 0) for row in range(4)) for col in range(6)]
    assert [int(word) for word in lines[4][1:]] == [*sums, sum(linear.values())]


@given(st.integers(1, 60), st.integers(1, 9), st.integers(0, 59), st.integers(0, 10**6))
def test_couplings_are_the_row_and_the_column_of_a_variable(size: int, cols: int, variable: int, seed: int) -> None:
    random, variable, cols = Random(seed), min(variable, size - 1), min(cols, size)
    pairs = {(random.randrange(size), random.randrange(size)) for _ in range(80)}
    quadratic = {(min(pair), max(pair)): random.randrange(1, 99) for pair in pairs if pair[0] != pair[1]}
    model = Terms("r3", size, {}, quadratic, (size // cols, cols))
    grid = grid_region(model.region)
    assert grid is not None
    row, col = coupling_frames(model.region, variable)
    lattice = coupled(model.region, model.window(row), model.window(col), grid, variable)
    assert lattice is not None
    expected = [quadratic.get((min(at, variable), max(at, variable))) for at in range(size)]
    assert list(lattice.values) == expected
    other = coupling_frames(model.region, variable + 1)[0]
    assert coupled(model.region, model.window(other), model.window(col), grid, variable) is None


@given(
    st.lists(st.one_of(st.none(), st.integers(-99, 99)), min_size=1, max_size=120),
    st.integers(1, 13), st.integers(1, 5),
)  # fmt: skip
def test_blocks_of_a_grid_show_their_strongest_value(values: list[int | None], cols: int, scale: int) -> None:
    rows = -(-len(values) // cols)
    lattice = Lattice(Region("r3", "model", "", rows, cols), values)
    window = lattice.window(Frame(0, 0, -(-rows // scale), -(-cols // scale), scale), None, "", 0)
    for down, line in enumerate(window.cells):
        for across, value in enumerate(line):
            block = [
                values[row * cols + col]
                for row in range(down * scale, (down + 1) * scale)
                for col in range(across * scale, min((across + 1) * scale, cols))
                if row * cols + col < len(values)
            ]
            magnitudes = [abs(each) for each in block if each is not None]
            assert (None if value is None else abs(value)) == max(magnitudes, default=None)


def test_the_variable_stays_the_same_from_view_to_view() -> None:
    app = PaneApp(tour())

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down", *["right"] * 9)
        await pilot.press("V")
        await pilot.pause()
        assert (app.pane.view, app.pane.cursor) == (View.GRID, (1, 3))
        assert readout(app.text()).startswith(" r3.linear[9] = -190")
        assert app.pane.pointed is not None
        assert app.pane.pointed.place == "r3.linear[9]"
        await pilot.press("down", "V", "V")
        await pilot.pause()
        assert (app.pane.view, app.pane.cursor) == (View.MAP, (HEAD, 15))

    drive(app, script)


def test_what_has_no_grid_has_no_such_view() -> None:
    for held in (chain(20), Values("r1", "vec", 8, range(8))):
        assert "grid" not in legend(see(PaneApp(held), SMALL, "V"))
    huge = Region("r9", "model", "", MOST_VALUES + 1, MOST_VALUES + 1, upper=True, head=True, grid=(1, 1))
    assert grid_region(huge) is None


def test_a_sample_has_no_couplings() -> None:
    app = PaneApp(Values("r5", "sample", 2, [1, 0, 0, 1], "bits"))

    async def script(pilot: Pilot[None]) -> None:
        seen = [app.pane.view]
        for _ in range(2):
            await pilot.press("V")
            seen.append(app.pane.view)
        assert seen == [View.GRID, View.MAP, View.GRID]

    drive(app, script)


@pytest.mark.parametrize("size", [(20, 8), (8, 4), (24, 6), (300, 100), (14, 60)])
def test_every_view_is_drawn_at_every_size(size: tuple[int, int]) -> None:
    model = Terms("r3", 900, dict.fromkeys(range(900), -5), {(row, row + 1): 7 for row in range(899)}, (30, 30))
    app = PaneApp(model, Values("r5", "sample", 30, [1, 0] * 450, "bits"))

    async def script(pilot: Pilot[None]) -> None:
        for _ in range(2):
            for _ in range(3):
                for key in ("V", "d", "t", "plus"):
                    await pilot.press(key)
                    await pilot.pause()
                    lines = [app.pane.render_line(y) for y in range(size[1])]
                    assert {sum(len(part.text) for part in line) for line in lines} == {size[0]}
            await pilot.press("full_stop")

    drive(app, script, size)


# -- overlays ---------------------------------------------------------------------------------------------------------


def later(model: Terms) -> Terms:
    other = tour()
    other.quadratic = {**model.quadratic, (0, 1): 700, (2, 9): -40}
    del other.quadratic[3, 4]
    other.linear = {**model.linear, 5: 77}
    return other


@SIZES
@pytest.mark.parametrize("overlay", ["next", "since", "writes"])
def test_overlays(overlay: str, size: tuple[int, int], golden: Golden) -> None:
    app = PaneApp(tour())
    often = {pair: 1 + (pair[0] * pair[1]) % 9 for pair in tour().quadratic}
    writes = Terms("r3", 24, dict.fromkeys(range(20), 2), often, (4, 6))
    app.other = {Of.NEXT: elsewhere(later(tour())), Of.THEN: elsewhere(later(tour())), Of.WRITES: counts(writes)}
    keys = {"next": ["d"], "since": ["p"], "writes": ["d"] * 3}[overlay]
    golden(f"matrix_{overlay}_{size[0]}x{size[1]}.txt", see(app, size, "down", "right", *keys))


def test_what_comes_is_told_and_marked() -> None:
    app = PaneApp(tour())
    app.other = {Of.NEXT: elsewhere(later(tour()))}
    text = see(app, LARGE, "d", "down", "right")
    assert readout(text).startswith(" r3.quad[0,1] = 500 → 700 next")
    assert "› 4 change next" in readout(text)
    assert text.count("›") == 4 - 1 + 1, "three beside the one under the cursor, and the note"
    app = PaneApp(tour())
    app.other = {Of.NEXT: elsewhere(tour())}
    assert "no change next" in readout(see(app, LARGE, "d"))


def test_what_differs_from_a_pinned_moment_is_told() -> None:
    app = PaneApp(tour())
    app.tick = 41
    app.other = {Of.THEN: elsewhere(later(tour()))}

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("p", "down", "right")
        await pilot.pause()
        assert app.pane.modes.pinned == Stand("main", 41)
        app.step(lambda: None)
        await pilot.pause()
        text = app.text()
        assert readout(text).startswith(" r3.quad[0,1] = 700 at tick 41, now 500 (-200)")
        assert "≠ 4 since tick 41" in readout(text)
        await pilot.press("right", "right", "right", "down", "down", "down")
        await pilot.pause()
        assert readout(app.text()).startswith(" r3.quad[3,4] = nothing at tick 41, now 500 (+500)")
        app.branch = "cheap"
        app.step(lambda: None)
        await pilot.pause()
        assert "nothing at tick 41 of main, now 500" in readout(app.text())

    drive(app, script, LARGE)


def test_without_a_pin_there_is_nothing_to_compare_with() -> None:
    app = PaneApp(tour())
    text = see(app, LARGE, *["d"] * list(Overlay).index(Overlay.SINCE))
    assert set(app.glances["r3"]) == {"matrix"}
    assert "p pins a moment to compare with" in readout(text)


def test_a_moment_that_cannot_be_seen_is_not_compared_with() -> None:
    app = PaneApp(tour())
    text = see(app, LARGE, "p")
    assert "tick 0 is not comparable" in readout(text)
    assert "≠" not in text


def test_numbers_of_writes_are_painted_in_place_of_values() -> None:
    writes = Terms("r3", 24, {3: 5, 4: 1}, {(0, 1): 12}, (4, 6))

    def look(*keys: str) -> str:
        app = PaneApp(tour())
        app.other = {Of.WRITES: counts(writes), Of.ALL_WRITES: counts(writes, complete=False)}
        return see(app, LARGE, "d", "d", "d", *keys)

    text = look("down", "right")
    assert readout(text).startswith(" r3.quad[0,1] = 500  12 writes, first at tick 41, last 3,221")
    assert "writes so far" in readout(text) and " 12 writes" in legend(text)
    assert "╋╋" in text.splitlines()[4]
    assert "never written" in readout(look("right"))
    assert " r3.linear[4] = -140  1 write, at tick 41" in readout(look(*["right"] * 4))
    assert "writes of the run to tick 3,261…" in readout(look("d"))


def test_counts_on_the_grid_have_sums_too() -> None:
    writes = Terms("r3", 24, {3: 5, 4: 1, 9: 2}, {}, (4, 6))
    app = PaneApp(tour())
    app.other = {Of.WRITES: counts(writes)}
    text = see(app, LARGE, "d", "d", "d", "V")
    assert [line.split()[-1] for line in text.splitlines()[2:6]] == ["6", "2", "0", "0"]


def test_marks_are_told_apart_without_colour() -> None:
    assert len(set(MARKS.values())) == len(MARKS)
    app = PaneApp(tour())
    app.no_color = True
    app.other = {Of.NEXT: elsewhere(later(tour()))}
    text = see(app, SMALL, "d", "ctrl+end")
    assert "›" in "".join(text.splitlines()[2:-2])


@given(st.integers(1, 12), st.integers(0, 10**6))
def test_differences_are_all_there_are(size: int, seed: int) -> None:
    random = Random(seed)

    def model() -> Terms:
        pairs = {tuple(sorted((random.randrange(size), random.randrange(size)))) for _ in range(9)}
        return Terms("r0", size, {0: random.randrange(3)}, {(p[0], p[1]): random.randrange(3) for p in pairs})

    old, new, frame = model(), model(), Frame(0, 0, size, size)
    found = Changes.across(old.window(frame), new.window(frame))
    assert found is not None
    expected = {
        (row, col)
        for row in range(size)
        for col in range(size)
        if old.quadratic.get((row, col), 0) != new.quadratic.get((row, col), 0)
    } | {(HEAD, col) for col in range(size) if old.linear.get(col, 0) != new.linear.get(col, 0)}
    assert {(row, col) for row, cols in found.marked.items() for col in cols} == expected
    assert found.count == len(expected)


def test_what_is_laid_out_otherwise_is_not_compared() -> None:
    one, other = Values("r5", "sample", 2, [1] * 6), Values("r5", "sample", 3, [1] * 6)
    assert Changes.across(one.window(Frame(0, 0, 3, 2)), other.window(Frame(0, 0, 3, 2))) is None
    assert Changes.across(one.window(Frame(0, 0, 3, 2)), one.window(Frame(0, 0, 2, 2))) is None
    short, long = Values("r1", "vec", 2, [1, 2]), Values("r1", "vec", 3, [1, 2, 3])
    grown = Changes.across(short.window(Frame(0, 0, 1, 3)), long.window(Frame(0, 0, 1, 3)))
    assert grown is not None and grown.marked == {0: [2]}


# -- the mouse --------------------------------------------------------------------------------------------------------


def mouse(kind: type[events.MouseEvent], app: PaneApp, x: int, y: int) -> events.MouseEvent:
    return kind(
        app.pane, x=x, y=y, delta_x=0, delta_y=0, button=1, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=y
    )


def test_the_picture_is_pulled_along_with_the_mouse() -> None:
    app = PaneApp(chain(200))

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press(*["plus"] * 9)
        await pilot.pause()
        width = app.pane._layout.cell_width if app.pane._layout else 0
        await pilot.mouse_down(app.pane, offset=(40, 8))
        await pilot.hover(app.pane, offset=(40 - 4 * width, 6))
        await pilot.mouse_up(app.pane, offset=(40 - 4 * width, 6))
        await pilot.pause()
        frame = app.frames["r0"]
        assert (frame.row, frame.col) == (2, 4)
        assert app.pane.cursor == (HEAD, 0), "the end of a pull is no click"
        await pilot.hover(app.pane, offset=(40, 10))
        await pilot.pause()
        assert app.frames["r0"].row == 2, "nothing is pulled after the button was released"
        await pilot.click(app.pane, offset=(40, 6))
        await pilot.pause()
        assert app.pane.cursor != (HEAD, 0), "the next click is one"

    drive(app, script)


def test_sideways_wheels_scroll_sideways() -> None:
    app = PaneApp(chain(200))

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press(*["plus"] * 9)
        app.pane.post_message(mouse(events.MouseScrollRight, app, 20, 10))
        await pilot.pause()
        assert (app.frames["r0"].row, app.frames["r0"].col) == (0, 3)
        app.pane.post_message(mouse(events.MouseScrollLeft, app, 20, 10))
        await pilot.pause()
        assert app.frames["r0"].col == 0

    drive(app, script)


def test_the_readout_can_be_copied() -> None:
    app = PaneApp(tour())

    async def script(pilot: Pilot[None]) -> None:
        await pilot.press("down", "right", "Y")
        await pilot.pause()
        assert app.clipboard == "r3.quad[0,1] = 500"

    drive(app, script)


def test_a_window_of_a_grid_is_laid_out_whole() -> None:
    sample = Values("r5", "sample", 3, range(6))
    grid = grid_region(sample.region)
    assert grid is not None
    assert list(laid_out(sample.region, sample.window(Frame(0, 0, 2, 3)), grid).values) == list(range(6))
