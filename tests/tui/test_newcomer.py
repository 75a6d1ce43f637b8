"""What somebody expects who has read nothing but the first page, of moving, asking, help and the editor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.examples import example_session
from tests.support.moments import fault, moment
from tests.support.screens import debug_screen, debugger, explored, press, run_app, screen_text, type_line, until
from tests.tui.editor.test_editing import session as session_of
from xqdbg.commands.topics import TOPICS
from xqdbg.errors import XqdbgError
from xqdbg.tui.app import PANES
from xqdbg.tui.face import ALL_COMMANDS, key_name
from xqdbg.tui.focus import Pointed, why_line
from xqdbg.tui.modals.help import HelpModal, fitted, listed
from xqdbg.tui.modals.help_keys import SECTIONS, section_of

TSP = "tsp5/encoder"


def test_goto_takes_a_place_for_the_first_time_there() -> None:
    session = example_session(TSP)
    first = session.goto("op:ONEHOTR").tick
    assert first == session.goto("op:ONEHOTR#1").tick > 0
    assert session.goto("loop:enter").tick < first
    with pytest.raises(XqdbgError) as caught:
        session.goto("op:ONEHOTX")
    assert "ONEHOTR" in caught.value.hint


def test_why_at_the_fault_is_about_the_fault() -> None:
    here, faulted = Pointed("the line", "r0", pcs=(5,)), moment(fault=fault(pc=5))
    assert why_line(here, faulted) == "why fault"
    assert why_line(here, moment()) == "why r0"
    assert why_line(Pointed("the line", "r0", pcs=(4,)), faulted) == "why r0", "another line is asked about for itself"


def test_help_tells_the_keys_of_the_pane_in_focus_first() -> None:
    text = listed(ALL_COMMANDS, {}, 100, "matrix").plain
    assert text.startswith("In the matrix\n") and text.count("In the matrix\n") == 1
    assert listed(ALL_COMMANDS, {}, 100, "code").plain.startswith("Run, ")
    assert section_of("registers") == "values" and section_of("lists") == "lists" and section_of("") == ""


@pytest.mark.parametrize("width", [50, 70, 99])
def test_help_is_wrapped_by_itself(width: int) -> None:
    assert max(map(len, listed(ALL_COMMANDS, {}, width).plain.split("\n"))) <= max(width, 60)


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_fit_a_small_terminal(topic: str) -> None:
    text = TOPICS[topic][1]
    assert fitted(text, 200) == text
    narrow = fitted(text, 70)
    assert max(map(len, narrow.split("\n"))) <= 70
    assert narrow.split() == text.split()


def test_every_key_of_the_matrix_and_the_lists_is_told() -> None:
    told = {pane: " ".join(f"{keys} {what}" for keys, what in section.pairs) for pane, section in SECTIONS.items()}
    panes = {"MatrixPane": "matrix", "CostsPane": "costs", "DrawerPane": "lists", "CellsPane": "values",
             "CodePane": "code", "WatchesPane": "watches", "TimelineStrip": "timeline",
             "MemoryPane": "memory"}  # fmt: skip
    for pane in PANES:
        name = panes.get(pane.__name__)
        for binding in vars(pane).get("BINDINGS", ()) if name else ():
            keys = {key_name(key) for key in binding.key.split(",")} | {binding.key_display, *binding.key.split(",")}
            words = set(told[name or ""].split())
            is_move = {"shift+left", "shift+right", "shift+up", "shift+down", "pageup", "pagedown", "ctrl+home",
                       "ctrl+end", "home", "end", "left", "right", "up", "down"} & keys  # fmt: skip
            assert is_move or keys & words, f"{pane.__name__}: {binding.key}"


def test_tab_goes_through_the_sections_of_help() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, "?")
        assert "tab next section" in screen_text(pilot.app)
        await press(pilot, "tab")
        await until(pilot, lambda: "│ Go to a time" in screen_text(pilot.app).split("\n")[2])
        await press(pilot, "shift+tab")
        await until(pilot, lambda: "│ Run, forwards" in screen_text(pilot.app).split("\n")[2])

    run_app(debugger(example_session(TSP)), script, (80, 24))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("help layouts", "alt+arrows"),
        ("help layout", "help layouts"),
        ("help matrix", "every contribution"),
        ("help film", "frames a second"),
        ("help keys", "bind f6"),
    ],
)
def test_help_of_topics_panes_and_commands(line: str, told: str) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, line)
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpModal))
        await until(pilot, lambda: told in screen_text(pilot.app))

    run_app(debugger(example_session(TSP)), script, (120, 40))


def test_the_editor_opens_at_the_line_of_the_cursor_and_has_room(tmp_path: Path) -> None:
    path = tmp_path / "small.xqasm"
    path.write_text("PUSH 1\nPUSH 0\nSTOW r1\nDIV\nHALT\n", encoding="utf-8")

    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        screen = debug_screen(pilot)
        await press(pilot, "o")
        await until(pilot, lambda: screen.drawer.is_open)
        await press(pilot, "tab")
        screen.code_pane.focus()
        await press(pilot, "j", "j", "E")
        await until(pilot, lambda: screen.editor is not None and screen.editor.language is not None)
        editor = screen.editor
        assert editor is not None
        await until(pilot, lambda: editor.area.cursor_location == (2, 0))
        assert not screen.drawer.is_open, "24 rows are too few for both"

    run_app(debugger(session_of(str(path))), script, (80, 24))


def test_a_file_that_is_not_there_yet_is_said_to_be_new(tmp_path: Path) -> None:
    path = tmp_path / "new.xqasm"

    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, f"edit {path}")
        await until(pilot, lambda: "is a new file" in screen_text(pilot.app))
        assert not path.exists()

    run_app(debugger(example_session(TSP)), script, (120, 40))
