"""Panes follow a program that was rebuilt or opened again, and ask for nothing while they are out of sight."""

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
    type_line,
    until,
)
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.errors import XqdbgError
from xqdbg.explanation import State
from xqdbg.session import Opened, Session
from xqdbg.tui.app import XqdbgApp
from xqdbg.tui.film import Reel
from xqdbg.tui.messages import Failed
from xqdbg.tui.panes.costs_pane import CostsPane
from xqdbg.tui.panes.explain_pane import ExplainPane
from xqdbg.tui.screen import DebugScreen

BEFORE = "PUSH 1\nPUSH 2\nADD\nPUSH 0\nOUTPUT r0\nHALT"
AFTER = "NOP\nNOP\nPUSH 4\nSTOW r2\nPUSH 40\nPUSH 2\nMUL ; another\nSTOW r1\nHALT"
SIZE = (200, 50)


def app(text: str = BEFORE, path: str = "") -> XqdbgApp:
    program = TOOLCHAIN.assemble(text, "mine")
    return debugger(Session(TOOLCHAIN.machine(program, {}), "mine", opened=Opened(TOOLCHAIN, program, path)))


async def rebuilt(pilot: Pilot[Any], text: str) -> None:
    debug_screen(pilot).submit(lambda session, patience: session.rebuild(text, patience=patience))
    await settle(pilot)
    await explored(pilot)


def explain_pane(screen: DebugScreen) -> ExplainPane:
    pane = screen.tiles.widget("explain")
    assert isinstance(pane, ExplainPane)
    return pane


def costs_pane(screen: DebugScreen) -> CostsPane:
    pane = screen.tiles.widget("costs")
    assert isinstance(pane, CostsPane)
    return pane


def test_a_pane_that_explains_follows_the_program() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await type_line(pilot, "layout teach")
        await rebuilt(pilot, AFTER)
        await type_line(pilot, "goto 6")
        explanation = explain_pane(screen).explanation
        assert explanation is not None and explanation.headline == "MUL"
        assert explanation.where.startswith("line 7")

    run_app(app(), script, SIZE)


def test_so_does_one_that_comes_into_sight_afterwards() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await type_line(pilot, "layout model")
        await rebuilt(pilot, AFTER)
        await type_line(pilot, "goto 6")
        await type_line(pilot, "layout teach")
        explanation = explain_pane(screen).explanation
        assert explanation is not None and (explanation.headline, explanation.state) == ("MUL", State.COMING)

    run_app(app(), script, SIZE)


def test_out_of_sight_nothing_is_explained_and_then_what_is_true_now() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await type_line(pilot, "layout teach")
        pane = explain_pane(screen)
        before = pane.explanation
        await type_line(pilot, "layout model")
        await type_line(pilot, "goto 2")
        assert pane.explanation is before
        await type_line(pilot, "layout teach")
        await until(pilot, lambda: pane.explanation is not before)
        assert pane.explanation is not None and pane.explanation.headline == "ADD"

    run_app(app(), script, (120, 40))


def test_costs_are_those_of_the_program_that_runs() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await type_line(pilot, "pane costs")
        pane = costs_pane(screen)
        await until(pilot, lambda: pane.row_count > 0)
        assert screen.focused is pane
        await rebuilt(pilot, AFTER)
        await until(pilot, lambda: pane.row_count == 9)
        pane.action_by()
        assert {share.name for share in pane._shares} == {"NOP", "PUSH1", "STOW", "MUL", "HALT"}

    run_app(app(), script, SIZE)


def test_an_empty_program_can_be_looked_at_and_left() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        for layout in ("teach", "model", "debug"):
            await type_line(pilot, f"layout {layout}")
        await type_line(pilot, "pane costs")
        await rebuilt(pilot, "; nothing")
        for keys in (("s",), ("S",), ("c",), ("end",), ("home",)):
            await press(pilot, *keys)
        await rebuilt(pilot, AFTER)
        assert screen.moment is not None and screen.moment.program is not None
        assert len(screen.moment.program.code) == 9

    run_app(app(), script, SIZE)


def test_a_hidden_matrix_and_hidden_entries_are_asked_for_no_longer() -> None:
    text = "VECI r0\nPUSH 7\nVECPUSH r0\nPUSH 8\nVECPUSH r0\nHALT"

    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await type_line(pilot, "layout debug")
        await type_line(pilot, "goto 5")
        await type_line(pilot, "pane registers")
        await press(pilot, "enter")
        session = screen._session
        await until(pilot, lambda: bool(session._glances.wanted) and bool(session.moment.inside))
        await type_line(pilot, "layout set code")
        await until(pilot, lambda: not session._glances.wanted and not session.insides.shown(session.machine))
        await type_line(pilot, "layout reset")
        await until(pilot, lambda: bool(session.moment.windows) and bool(session.moment.inside))

    run_app(app(text), script, SIZE)


def test_values_seen_in_another_program_are_in_no_curve() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        await type_line(pilot, "display depth")
        for _ in range(3):
            await press(pilot, "s")
        pane = screen.watches_pane
        assert len(next(iter(pane._seen.values()))) == 4
        await rebuilt(pilot, AFTER)
        assert len(next(iter(pane._seen.values()))) == 1

    run_app(app(), script, SIZE)


def test_a_film_ends_where_a_frame_cannot_be_shown() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await explored(pilot)
        screen.film.play(Reel(1))
        screen.post_message(Failed(XqdbgError("it cannot be shown")))
        await until(pilot, lambda: not screen.film.playing)
        assert "it cannot be shown" in screen_text(pilot.app)

    run_app(app(), script, SIZE)
