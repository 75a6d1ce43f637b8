"""What the bottom line hints at: the keys of the pane in focus, of a count, of a film, and how to get help."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.examples import example_session
from tests.support.screens import debugger, explored, press, run_app, screen_text, type_line, until
from xqdbg.keymap import Keymap
from xqdbg.tui.app import pane_keys, panes_with_keys
from xqdbg.tui.hinting import count_hints, pane_hints, shown_hints
from xqdbg.tui.keyboard import Keyboard
from xqdbg.tui.panes.matrix_pane import MatrixPane

MAXCUT = "maxcut/encoder"


def keyboard(**keys: str) -> Keyboard:
    """The usual keys but for some."""
    given = {id_.replace("__", "."): spelled for id_, spelled in keys.items()}
    return Keyboard(Keymap("gdb", given, frozenset(given)), pane_keys())


def bottom(pilot: Pilot[Any]) -> str:
    """The bottom line."""
    return screen_text(pilot.app).rstrip("\n").split("\n")[-1]


def test_the_keys_of_a_pane_come_first_then_help() -> None:
    hints = pane_hints(MatrixPane(), keyboard())
    assert hints[:2] == [("⏎", "contributions"), ("w", "why")]
    assert [key for key, _ in hints].index("?") == 5
    assert ("s", "step") in hints, "the main keys work here too"


def test_a_pane_without_hints_of_its_own_has_the_main_ones() -> None:
    assert pane_hints(None, keyboard())[:2] == [("s", "step"), ("S", "back")]


def test_hints_follow_the_keymap() -> None:
    hints = dict(shown_hints([("matrix.overlay", "overlay"), ("run.step", "step")], keyboard(matrix__overlay="f6")))
    assert hints == {"f6": "overlay", "s": "step"}
    assert not shown_hints([("run.step", "step")], keyboard(run__step="")), "what has no key is no hint"


@pytest.mark.parametrize("pane", panes_with_keys(), ids=lambda pane: pane.__name__)
def test_every_hint_of_a_pane_is_a_key(pane: type[Any]) -> None:
    board = keyboard()
    for id_, word in getattr(pane, "HINTS", ()):
        assert word and (id_ in ("escape", "enter", "tab", "up") or board.keys_for(id_) not in ([], [id_])), id_


def test_what_can_be_done_with_a_count() -> None:
    assert ("tab", "pane 7") in count_hints("7", 9, keyboard())
    assert ("tab", "timeline") in count_hints("0", 9, keyboard())
    words = [word for _, word in count_hints("1200", 9, keyboard())]
    assert "1,200 steps" in words and "tick 1,200" in words
    assert not any("pane" in word or "%" in word for word in words), "there is no such pane, and no such percentage"
    assert ("s", "1 step") in count_hints("1", 9, keyboard())


def test_the_bottom_line_follows_the_focus_and_the_count() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        assert "? help" in bottom(pilot) and "s step" in bottom(pilot)
        await press(pilot, "7")
        assert "pane 7" in bottom(pilot)
        await press(pilot, "tab")
        await until(pilot, lambda: "d overlay" in bottom(pilot))
        assert "? help" in bottom(pilot)
        await press(pilot, "o")
        await until(pilot, lambda: "esc close" in bottom(pilot))
        assert "? help" in bottom(pilot)
        await press(pilot, "escape")
        await until(pilot, lambda: "d overlay" in bottom(pilot))

    run_app(debugger(example_session(MAXCUT)), script, (80, 24))


def test_a_film_tells_how_to_steer_it() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, "space")
        await until(pilot, lambda: "space pause  + faster" in bottom(pilot))
        await press(pilot, "space")
        await until(pilot, lambda: "s step" in bottom(pilot) and "pause" not in bottom(pilot))

    run_app(debugger(example_session(MAXCUT)), script, (80, 24))


def test_where_letters_are_text_no_letter_is_hinted_at() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "repl")
        await until(pilot, lambda: "esc to the panes" in bottom(pilot))
        assert "s step" not in bottom(pilot)
        await press(pilot, "escape")
        await until(pilot, lambda: "s step" in bottom(pilot))

    run_app(debugger(example_session(MAXCUT)), script, (120, 40))
