from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.moments import moment
from tests.support.panes import run_pane, screen_text
from vm.contract import Cell
from xqdbg.tui.panes.cells_pane import CellsPane

REGISTERS = (
    Cell("r0", "5", "int", 5),
    Cell("r1", "vec 3  [1 2 3]", "vec", None, "read next"),
    Cell("r12", "binary 25 5×5", "model"),
    Cell("r13", "unset", "unset"),
)


def registers() -> CellsPane:
    return CellsPane("registers", "Registers", id="registers")


def test_cells(golden: Golden) -> None:
    pane = registers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(cells={"registers": REGISTERS}, changed=frozenset({"r1"}))
        await pilot.pause()
        golden("cells_registers.txt", screen_text(pilot.app))

    run_pane(pane, script)


def test_stack_shows_its_top_first_whatever_order_it_comes_in() -> None:
    upward = tuple(Cell(f"stack[{at}]", str(at * 11), "int", at) for at in range(12))
    for cells in (upward, upward[::-1]):
        pane = CellsPane("stack", "Stack", top_first=True, id="stack")

        async def script(pilot: Pilot[Any], pane: CellsPane = pane, cells: tuple[Cell, ...] = cells) -> None:
            pane.moment = moment(cells={"stack": cells})
            await pilot.pause()
            rows = [row.split() for row in screen_text(pilot.app).splitlines()]
            assert rows[:3] == [["11", "121"], ["10", "110"], ["9", "99"]]

        run_pane(pane, script)


def test_empty_view_says_so() -> None:
    pane = registers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(cells={"registers": REGISTERS})
        await pilot.pause()
        pane.moment = moment(cells={"registers": ()})
        await pilot.pause()
        assert screen_text(pilot.app).split() == ["–"]

    run_pane(pane, script)


def test_pointing_and_selecting_speak_of_the_cell_under_the_cursor() -> None:
    pane = registers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(cells={"registers": REGISTERS})
        pane.focus()
        await pilot.press("j")
        assert pane.pointed is not None
        assert (pane.pointed.place, pane.pointed.text) == ("r1", "vec 3  [1 2 3]")
        await pilot.press("j", "enter")
        await pilot.double_click("#registers", offset=(4, 0))

    heard = run_pane(pane, script)
    assert [m.name for m in heard if isinstance(m, CellsPane.CellSelected)] == ["r12", "r0"]


def test_nothing_to_point_at_in_an_empty_view() -> None:
    pane = registers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(cells={"registers": ()})
        pane.focus()
        await pilot.press("enter", "j")
        assert pane.pointed is None

    heard = run_pane(pane, script)
    assert not [m for m in heard if isinstance(m, CellsPane.CellSelected)]


def test_cursor_stays_within_a_view_that_shrinks() -> None:
    pane = registers()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(cells={"registers": REGISTERS})
        pane.focus()
        await pilot.press("end")
        assert pane.cursor_row == 3
        pane.moment = moment(cells={"registers": REGISTERS[:2]})
        assert pane.cursor_row == 1
        assert pane.cell_at(pane.cursor_row) == REGISTERS[1]

    run_pane(pane, script)


def test_long_view_draws_only_what_is_seen() -> None:
    class Counted(tuple[Cell, ...]):
        asked = 0

        def __getitem__(self, at: Any) -> Any:
            Counted.asked += 1
            return super().__getitem__(at)

    cells = Counted(Cell(f"stack[{at}]", str(at), "int", at) for at in range(50_000))
    pane = CellsPane("stack", "Stack", top_first=True, id="stack")

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(cells={"stack": cells})
        await pilot.pause()
        assert "49999" in screen_text(pilot.app)
        assert 0 < Counted.asked < 1000

    run_pane(pane, script)


def test_text_of_the_program_is_neither_markup_nor_control_code() -> None:
    pane = registers()
    evil = Cell("r0", "[bold]x[/] \x1b[31m [/none]", "vec", None, "[b]note\x07")

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(cells={"registers": (evil,)})
        await pilot.pause()
        assert "[bold]x[/] ␛[31m [/none]  [b]note␇" in screen_text(pilot.app)

    run_pane(pane, script, size=(60, 5))


def drawn(cells: tuple[Cell, ...], width: int) -> list[str]:
    """The rows of a pane of some width."""
    pane, rows = registers(), []

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(cells={"registers": cells})
        await pilot.pause()
        rows.extend(screen_text(pilot.app).splitlines())

    run_pane(pane, script, size=(width, 5))
    return rows[: len(cells)]


def test_a_value_that_is_cut_says_so() -> None:
    number = Cell("r0", "-9223372036854775808", "int", None, "role")
    vector = Cell("r1", "vec 3  [1 2 3]", "vec")
    assert drawn((number, vector), 17) == ["  r0  -922337203…", "  r1  vec 3  [1 …"]
    assert drawn((number, vector), 26) == ["  r0  -9223372036854775808", "  r1  vec 3  [1 2 3]"]
    assert drawn((Cell("r" * 40, "1", "int"), vector), 17)[0].endswith("…")


def test_a_note_gives_way_to_the_value_and_half_of_a_number_is_not_shown() -> None:
    loop = Cell("loop[0]", "11, last 11", "loop", None, "from 0036")
    assert drawn((loop,), 27)[0].split("  ") == ["", "0", "11, last 11", "from 0036"]
    assert drawn((loop,), 25)[0].split("  ") == ["", "0", "11, last 11"]
    model = Cell("r1", "binary 9", "model", None, "written next")
    assert drawn((model,), 25)[0] == "  r1  binary 9  written …"
