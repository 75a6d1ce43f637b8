"""Panes of values in the whole debugger: what they ask for comes, and keys speak of the very element."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from tests.support.screens import (
    debug_screen,
    debugger,
    explored,
    press,
    run_app,
    screen_text,
    settle,
    tap,
    type_line,
    until,
)
from vm.xqvm.assembler import assemble
from vm.xqvm.machine import XqvmMachine
from vm.xqvm.model import BINARY, Model
from xqdbg.session import Session
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.costs_pane import CostsPane

PROGRAM = """\
PUSH 0
INPUT r1
PUSH 1
INPUT r3
PUSH 2
PUSH 77
VECSET r1
PUSH 0
PUSH 1
PUSH 5
ADDQUAD r3
PUSH 2
PUSH 78
VECSET r1
HALT
"""


def session() -> Session:
    model = Model(BINARY, 4)
    model.put_pair(0, 1, 2)
    model.put_line(2, -1)
    return Session(XqvmMachine(assemble(PROGRAM), [[10, 20, 30, 40], model]), "inside")


def registers(pilot: Pilot[Any]) -> CellsPane:
    return next(pane for pane in debug_screen(pilot).query(CellsPane) if pane.view == "registers")


def shown(pilot: Pilot[Any], pane: CellsPane) -> list[str]:
    """The rows of the pane in sight."""
    area = pane.content_region
    rows = screen_text(pilot.app).splitlines()[area.y : area.bottom]
    return [row[area.x : area.right].rstrip() for row in rows]


def test_entries_come_and_keys_speak_of_the_element_under_the_cursor() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "goto 4")
        pane = registers(pilot)
        pane.focus()
        await press(pilot, "plus", "end", "plus")
        names = ["▾r1", "[0]", "[1]", "[2]", "[3]", "▾r3", "linear[2]"]
        assert [row[2:].split()[0] for row in shown(pilot, pane)[:7]] == names
        await press(pilot, "home", "down", "down", "down")
        assert pane.pointed is not None and pane.pointed.place == "r1[2]"
        await press(pilot, "}")
        moment = debug_screen(pilot).moment
        assert moment is not None and moment.tick == 6
        assert shown(pilot, pane)[3].split() == ["›", "[2]", "30", "→", "77"]
        await press(pilot, "}")
        moment = debug_screen(pilot).moment
        assert moment is not None and moment.tick == 13
        assert shown(pilot, pane)[3].split() == ["◦›", "[2]", "77", "→", "78"]
        await press(pilot, "{")
        moment = debug_screen(pilot).moment
        assert moment is not None and moment.tick == 6
        await press(pilot, "s")
        assert shown(pilot, pane)[3].split() == ["•", "[2]", "77"]

    run_app(debugger(session()), script, size=(120, 40))


def test_what_is_typed_into_a_filter_is_no_key_of_the_debugger() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "goto 4")
        pane, screen = registers(pilot), debug_screen(pilot)
        pane.focus()
        await press(pilot, "slash")
        await tap(pilot, *"m:s'q3")
        await settle(pilot)
        assert pane.filter == "m:s'q3" and not screen.command_line.is_open
        assert screen.moment is not None and screen.moment.tick == 4 and screen.count == ""
        await press(pilot, "escape")
        assert pane.filter == "" and not pane.is_typing
        await press(pilot, "s")
        assert screen.moment is not None and screen.moment.tick == 5

    run_app(debugger(session()), script, size=(120, 40))


def test_the_pane_of_costs_counts_the_run_and_leads_to_lines() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "pane costs")
        screen = debug_screen(pilot)
        await until(pilot, lambda: screen.moment is not None and screen.moment.costs is not None)
        await until(
            pilot, lambda: screen.moment is not None and bool(screen.moment.costs and screen.moment.costs.complete)
        )
        await settle(pilot)
        pane = screen.query_one(CostsPane)
        assert pane.has_focus and "ADDQUAD r3" in screen_text(pilot.app)
        assert pane.current is not None and pane.current.name == "4"
        await press(pilot, "down", "full_stop")
        assert screen.moment is not None and screen.moment.pc in pane.current.pcs
        await press(pilot, "enter")
        assert screen.moment.cursor == pane.current.pcs[0]

    run_app(debugger(session()), script, size=(120, 40))


def test_no_state_is_lost_where_a_value_of_a_million_elements_is_open() -> None:
    machine = XqvmMachine(assemble("PUSH 0\nINPUT r1\nPUSH 1\nPOP\nPUSH 2\nPOP\nHALT"), [[7] * 1_000_000])

    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "goto 2")
        pane = registers(pilot)
        pane.focus()
        await press(pilot, "plus", "end")
        assert pane.pointed is not None and pane.pointed.place == "r1[999999]"
        await press(pilot, "s", "s", "S")
        assert pane.pointed is not None and pane.pointed.place == "r1[999999]"
        moment = debug_screen(pilot).moment
        assert moment is not None
        assert sum(len(part.cells) for part in moment.inside[pane.viewer].parts.values()) < 200

    run_app(debugger(Session(machine)), script, size=(80, 24))
