"""Meters against their limits, and what lines and opcodes cost, in the pane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.moments import Visited, moment
from tests.support.panes import run_pane, screen_text
from vm.contract import Effect, Meter
from xqdbg.costs import Costs, Share
from xqdbg.moment import Moment
from xqdbg.tui.panes.costs_pane import CostsPane
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.wanted import CostsWanted

LINES = (
    Share("36", "LVAL r7", (0x36,), (125, 125, 0)),
    Share("80", "OUTPUT r3", (0x80,), (1, 2926, 10600)),
    Share("57", "ADDQUAD r3", (0x57,), (100, 1400, 4800)),
    Share("9", "LOAD r0", (9,), (3, 3, 0)),
)
OPCODES = (Share("LOAD", "", (9, 0x36), (128, 128, 0)), Share("OUTPUT", "", (0x80,), (1, 2926, 10600)))
METERS = (Meter("steps", 264, 10_000_000), Meter("bytes", 960 * 2**20, 2**30))


def costs(tick: int = 229, **fields: Any) -> Costs:
    """What a run of 229 ticks costs, counted as far as a tick."""
    spent: Mapping[int, tuple[int, ...]] = {pc: share.amounts for share in LINES for pc in share.pcs}
    ordinary = {"meters": ("steps", "bytes"), "spent": spent, "first": 0, "tick": tick, "length": 229,
                "complete": tick == 229, "shares": {"line": LINES, "opcode": OPCODES}}  # fmt: skip
    return Costs(**{**ordinary, **fields})


def at(**fields: Any) -> Moment:
    """A moment at line 57, which is about to cost something."""
    coming = Effect(10, 0x57, "ADDQUAD", (), (), (("steps", 14), ("bytes", 48)))
    visits = Visited({0x80: [228], 0x57: [4, 10, 60], 0x36: [1, 7], 9: [0]})
    return moment(**{"tick": 10, "pc": 0x57, "meters": METERS, "coming": coming, "visits": visits,
                     "costs": costs(), **fields})  # fmt: skip


def rows(pilot: Pilot[Any]) -> list[str]:
    return screen_text(pilot.app).splitlines()


def told(pane: CostsPane) -> list[str]:
    return [part.plain for part in pane._rule_aside]


@pytest.mark.parametrize("width", [30, 40, 60, 90])
def test_meters_and_the_dearest_lines(golden: Golden, width: int) -> None:
    pane = CostsPane(id="costs")

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = at()
        await pilot.pause()
        golden(f"costs_{width}.txt", screen_text(pilot.app))

    run_pane(pane, script, size=(width, 9))


def test_by_line_or_opcode_and_sorted_by_each_meter_or_how_often() -> None:
    pane = CostsPane(id="costs")

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.moment = at()
        seen = []
        for key in ("v", "v", "v", "t", "t"):
            seen.append((told(pane), [share.name for share in pane._shares]))
            await pilot.press(key)
        assert seen == [
            (["by line of steps"], ["80", "57", "36", "9"]),
            (["by line of bytes"], ["80", "57", "36", "9"]),
            (["by line of count"], ["36", "57", "9", "80"]),
            (["by line of steps"], ["80", "57", "36", "9"]),
            (["by opcode of steps"], ["OUTPUT", "LOAD"]),
        ]
        assert told(pane) == ["by line of steps"]

    run_pane(pane, script)


def test_progress_is_told_while_costs_are_counted_and_the_run_is_not_summed_before() -> None:
    pane = CostsPane(id="costs")

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = at(costs=None)
        await pilot.pause()
        assert "run" not in screen_text(pilot.app) and pane.pointed is None
        pane.moment = at(costs=costs(96, complete=False))
        await pilot.pause()
        assert told(pane)[0] == "counting… 42%" and "run" not in rows(pilot)[0]
        pane.moment = at(costs=costs(96, complete=False, shares={}, spent={}))
        await pilot.pause()
        assert "80" in rows(pilot)[3].split()
        pane.moment = at(costs=costs(229, complete=False, note="too long"))
        await pilot.pause()
        assert told(pane)[0] == "to tick 229" and "run 4,454" in rows(pilot)[0]

    run_pane(pane, script, size=(70, 12))


def test_a_meter_near_its_limit_and_one_without() -> None:
    pane = CostsPane(id="costs")

    async def script(pilot: Pilot[Any]) -> None:
        meters = (Meter("steps", 10, 10), Meter("bytes", 5, None), Meter("gas", 0, 0))
        pane.moment = at(meters=meters, costs=None)
        await pilot.pause()
        assert "full" in rows(pilot)[0] and "████" in rows(pilot)[0]
        assert rows(pilot)[1].split() == ["bytes", "5", "›48"]
        assert "full" in rows(pilot)[2]

    run_pane(pane, script, size=(60, 12))


def test_keys_lead_to_the_line_and_to_its_next_hit() -> None:
    pane = CostsPane(id="costs")

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.moment = at()
        assert pane.pointed is not None
        assert pane.pointed.name == "line 80"
        assert pane.pointed.text == "line 80  OUTPUT r3  1 count  2926 steps  10600 bytes"
        await pilot.press("down", "enter", "full_stop", "comma", "down", "full_stop", "comma", "t", "enter")
        await pilot.double_click("#costs", offset=(4, 4))

    heard = run_pane(pane, script, size=(60, 12))
    lines = [m.line for m in heard if isinstance(m, LineGiven)]
    assert lines == ["list *0x0057", "goto 60", "goto 4", "goto 1", "goto 7", "list op:OUTPUT", "list op:LOAD"]


def test_costs_are_asked_for_while_the_pane_is_in_sight() -> None:
    pane = CostsPane(id="costs")

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = at()
        await pilot.pause()
        pane.display = False
        await pilot.pause()
        pane.display = True
        await pilot.pause()

    heard = run_pane(pane, script)
    assert [m.wanted for m in heard if isinstance(m, CostsWanted)] == [True, False, True]


@pytest.mark.parametrize("size", [(1, 1), (5, 2), (12, 3), (20, 4), (200, 60)])
def test_no_size_is_too_small(size: tuple[int, int]) -> None:
    pane = CostsPane(id="costs")

    async def script(pilot: Pilot[Any]) -> None:
        pane.focus()
        pane.moment = at()
        await pilot.press("end", "t", "v", "home")
        await pilot.pause()
        assert all(len(row) <= size[0] for row in rows(pilot))

    run_pane(pane, script, size=size)


def test_only_what_looks_different_is_drawn_again() -> None:
    drew: list[int] = []

    class Counting(CostsPane):
        def draw_row(self, row: int, width: int) -> Any:
            drew.append(row)
            return super().draw_row(row, width)

    pane = Counting(id="costs")

    async def script(pilot: Pilot[Any]) -> None:
        known = costs()
        first = at(costs=known)
        pane.moment = first
        await pilot.pause()
        drew.clear()
        pane.moment = replace(first, tick=11, pc=0x36)
        await pilot.pause()
        assert sorted(set(drew)) == [1, 2]
        drew.clear()
        pane.moment = replace(first, tick=12, pc=0x36, meters=(Meter("steps", 300, 10_000_000), METERS[1]))
        await pilot.pause()
        assert drew == [] and "300" in rows(pilot)[0]

    run_pane(pane, script, size=(60, 12))
