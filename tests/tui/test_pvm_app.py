"""The whole debugger on a machine with registers and memory: layouts, memory, host calls, and all faces agreeing."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.faces import session_of
from tests.support.screens import debug_screen, debugger, explored, press, run_app, screen_text, type_line, until
from vm.contract import Shape
from vm.pvm.toolchain import TOOLCHAIN
from xqdbg.session import Opened, Session
from xqdbg.tui.layouts import LAYOUTS, Layout, OwnLayouts, Variant

PROGRAM = "example:quicksort"
CALLS = "pub @main:\n    a0 = 5\n    ecalli 7\n    a1 = a0 + 1\n    ret\n"


def calling() -> Session:
    program = TOOLCHAIN.assemble(CALLS, "calls.pvmasm")
    return Session(TOOLCHAIN.machine(program, {}), "calls.pvmasm", opened=Opened(TOOLCHAIN, program))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_layout_has_the_panes_of_the_machine(layout: str, size: tuple[int, int], golden: Golden) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "goto 7859")
        await type_line(pilot, f"layout {layout}")
        screen = debug_screen(pilot)
        assert "matrix" not in screen.kinds and "memory" in screen.kinds
        placed = [pane for pane in screen.kinds if screen.tiles.is_placed(pane)]
        assert ("memory" in placed) == (layout == "model" or (layout != "edit" and size[0] > 80) or size[0] == 200)
        assert "host" not in placed and "outputs" not in placed, "there is nothing in them"
        if layout != "edit":  # what the editor says of its text comes when it comes
            golden(f"pvm/{layout}-{size[0]}.txt", screen_text(pilot.app))

    run_app(debugger(session_of(PROGRAM)), script, size)


def test_a_register_is_shown_where_it_points() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "goto 7859")
        await press(pilot, "alt+2", "down", "enter")
        screen = debug_screen(pilot)
        assert screen.memory_pane.address == 0xFEFDFFD8
        await type_line(pilot, "follow s0")
        assert screen.memory_pane.address == 0x20000 and screen.focused is screen.memory_pane
        await type_line(pilot, "memory sp + 8")
        await until(pilot, lambda: screen.memory_pane.address == 0xFEFDFFE0)
        assert not screen.drawer.is_open, "the pane shows it"
        await press(pilot, "w")
        assert "why mem[0xfefdffe0]" in screen_text(pilot.app)

    run_app(debugger(session_of(PROGRAM)), script, (120, 40))


def test_the_memory_that_is_asked_for_comes_with_every_moment() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "break 72")
        await press(pilot, "c", "s")
        screen = debug_screen(pilot)
        moment = screen.moment
        assert moment is not None and moment.effect is not None
        (write,) = [each for each in moment.effect.writes if each.place.name == "mem"]
        assert f"• {write.place} {write.old} → {write.new}" in screen_text(pilot.app)
        wanted = {name for (viewer, name) in moment.windows if viewer == Shape.MEMORY.value}
        assert wanted == set(screen.memory_pane.asked)
        await type_line(pilot, "layout set code | registers")
        assert not any(viewer == Shape.MEMORY.value for viewer, _ in screen.moment.windows)  # type: ignore[union-attr]

    run_app(debugger(session_of(PROGRAM)), script, (120, 40))


def test_follow_says_what_it_cannot() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "follow nothing")
        assert "is no value that could point anywhere" in screen_text(pilot.app)
        await type_line(pilot, "pane host")
        assert "Host calls: there is nothing now" in screen_text(pilot.app)
        await type_line(pilot, "pane matrix")
        assert "there is no pane" in screen_text(pilot.app)

    run_app(debugger(session_of(PROGRAM)), script, (120, 40))


def test_a_machine_without_memory_follows_nothing() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "follow r0")
        assert "there is no memory to be followed in" in screen_text(pilot.app)
        assert "memory" not in debug_screen(pilot).kinds

    run_app(debugger(session_of("example:factorial")), script, (120, 40))


def test_a_waiting_host_is_told_with_what_answers_it() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, "c")
        text = screen_text(pilot.app)
        assert "◆ waits for the host" in text and "reply answers the host" in text
        assert "Host calls" in text and "7 (export) a0=0x5  waits" in text and "waits for the host in" not in text
        await type_line(pilot, "reply a0 = 41")
        await press(pilot, "c")
        text = screen_text(pilot.app)
        assert "■ halted" in text and "reply answers the host" not in text
        assert debug_screen(pilot)._session.evaluate("a1") == 42

    run_app(debugger(calling()), script, (120, 40))


@pytest.mark.parametrize(
    ("text", "panes", "without"),
    [("code | stack / matrix", ["code", "memory"], "stack"), ("code | memory / matrix", ["code", "memory"], ""),
     ("stack | loops", ["code"], "stack, loops"), ("code | large=20", ["code", "memory"], "")],
)  # fmt: skip
def test_a_layout_kept_for_another_machine_still_serves(text: str, panes: list[str], without: str) -> None:
    own = OwnLayouts({"mine": Layout("mine", "your own", (Variant(text),))}, first="mine")

    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        screen = debug_screen(pilot)
        assert [pane for pane in screen.tree_of("mine").panes() if pane != "lists"] == panes
        await type_line(pilot, "layout mine")
        assert (f"without {without}, which" in screen_text(pilot.app)) == bool(without)

    app = debugger(session_of(PROGRAM))
    app._own_layouts = own
    run_app(app, script, (120, 40))
