"""How the views of a machine share the room, by what they say of themselves."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.moments import moment
from tests.support.panes import run_pane, screen_text
from vm.contract import Cell, View
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.state_panel import StatePanel


@pytest.mark.parametrize("width", [40, 90])
def test_tall_views_come_first_and_get_the_room_whatever_they_are_called(width: int) -> None:
    panel = StatePanel([View("stack", "Stack"), View("heap", "Heap", tall=True), View("queue", "Queue")])

    async def script(pilot: Pilot[Any]) -> None:
        panes = {pane.view: pane for pane in panel.query(CellsPane)}
        assert next(iter(panes)) == "heap"
        assert panes["heap"].size.height > panes["queue"].size.height
        assert (panes["heap"].size.height == 20) is (width == 90)

    run_pane(panel, script, size=(width, 20))


def test_the_last_cell_is_on_top_where_the_view_says_so() -> None:
    panel = StatePanel([View("stack", "Stack"), View("heap", "Heap", top_first=True)])

    async def script(pilot: Pilot[Any]) -> None:
        cells = [Cell(f"x[{at}]", f"value{at}", "int", at) for at in range(3)]
        for pane in panel.query(CellsPane):
            pane.moment = moment(cells={"stack": cells, "heap": cells})
        await pilot.pause()
        order = {pane.view: [pane.cell_at(row) for row in range(3)] for pane in panel.query(CellsPane)}
        assert order == {"stack": cells, "heap": cells[::-1]}
        assert "value2" in screen_text(pilot.app)

    run_pane(panel, script, size=(90, 20))
