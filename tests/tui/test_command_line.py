"""The bottom line alone: messages, errors that point at a column, completion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.moments import moment, table
from tests.support.panes import run_pane, screen_text
from xqdbg.answer import Answer
from xqdbg.tui.panes.command_line import CommandLine


def line(complete: Any = lambda _line: ()) -> CommandLine:
    return CommandLine(complete, [("s", "step"), ("c", "continue")], id="line")


def rows(pilot: Pilot[Any]) -> list[str]:
    return [row for row in screen_text(pilot.app).splitlines() if row.strip()]


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("column", [0, 9, 40, 59])
@pytest.mark.parametrize("length", [10, 45, 150])
def test_the_sign_is_below_the_column_and_the_message_is_whole(width: int, column: int, length: int) -> None:
    pane, text = line(), "abc " + "x" * 52 + " end!"
    message = " ".join(["word"] * (length // 5))

    async def script(pilot: Pilot[Any]) -> None:
        pane.point(text, column, message, "a hint")
        await pilot.pause()
        shown = rows(pilot)
        assert shown[0].startswith(" :" + text[:9]) or shown[0].startswith(" :…")
        assert shown[0][shown[1].index("^")] == text[column], "the sign is below the character"
        joined = " ".join(" ".join(shown[1:]).replace("^", " ").split())
        assert joined == f"✖ {message} a hint"
        assert max(map(len, shown)) <= width

    run_pane(pane, script, size=(width, 12))


def test_a_sign_far_to_the_right_of_a_very_long_line_is_shown_with_what_is_around_it() -> None:
    pane = line()

    async def script(pilot: Pilot[Any]) -> None:
        pane.point("print " + "1 + " * 90 + "nosuch", 366, "there is no nosuch")
        await pilot.pause()
        shown = rows(pilot)
        at = next(at for at, row in enumerate(shown) if "^" in row)
        assert shown[at - 1][shown[at].index("^") :].startswith("nosuch")

    run_pane(pane, script, size=(80, 8))


def test_in_the_open_field_the_sign_goes_when_the_line_is_changed() -> None:
    pane = line()

    async def script(pilot: Pilot[Any]) -> None:
        pane.open("brk 7").focus()
        await pilot.pause()
        pane.point("brk 7", 0, "there is no command 'brk'", "did you mean break?")
        await pilot.pause()
        assert rows(pilot)[0].strip() == ":brk 7" and rows(pilot)[1].index("^") == 2
        await pilot.press("backspace")
        await pilot.pause()
        assert len(rows(pilot)) == 1 and "^" not in rows(pilot)[0]

    run_pane(pane, script, size=(80, 4))


def test_text_of_errors_is_neither_markup_nor_control_code() -> None:
    pane = line()

    async def script(pilot: Pilot[Any]) -> None:
        pane.point("print [red]\x1b[31m", 6, "[/x] is \x07", "[b]")
        await pilot.pause()
        text = screen_text(pilot.app)
        assert ":print [red]␛[31m" in text and "✖ [/x] is ␇  [b]" in text

    run_pane(pane, script, size=(80, 4))


def test_moments_of_one_turn_say_a_thing_once() -> None:
    pane = line()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(turn=1, message="stopped")
        await pilot.pause()
        assert "stopped" in rows(pilot)[0]
        pane.tell("no such thing", error=True)
        pane.moment = moment(turn=1, message="stopped", furthest=9)
        await pilot.pause()
        assert "no such thing" in rows(pilot)[0]
        pane.moment = moment(turn=2, message="stopped")
        await pilot.pause()
        assert "stopped" in rows(pilot)[0]

    run_pane(pane, script, size=(80, 3))


def test_what_the_drawer_shows_is_not_said_again() -> None:
    pane = line()

    async def script(pilot: Pilot[Any]) -> None:
        pane.moment = moment(turn=1, message="3 hits", answer=table(3))
        await pilot.pause()
        assert "3 hits" not in rows(pilot)[0] and "step" in rows(pilot)[0]
        pane.moment = moment(turn=2, message="r1 = 5", answer=Answer("r1 = 5", value=5))
        await pilot.pause()
        assert "r1 = 5" in rows(pilot)[0]

    run_pane(pane, script, size=(80, 3))


@pytest.mark.parametrize(
    ("typed", "candidates", "value", "told"),
    [
        ("fin", ["fin", "finish"], "finish ", ""),
        ("b", ["back", "break"], "b", "back  break"),
        ("re", ["restart", "resume"], "res", ""),
        ("info b", ["info branches", "info breakpoints"], "info br", "branches  breakpoints"),
        ("step; b", ["step; back", "step; bak"], "step; ba", "back  bak"),
        ("x", [], "x", ""),
    ],
)
def test_completion(typed: str, candidates: Sequence[str], value: str, told: str) -> None:
    pane = line(lambda _line: candidates)

    async def script(pilot: Pilot[Any]) -> None:
        field = pane.open(typed)
        field.focus()
        await pilot.press("tab")
        await pilot.pause()
        assert getattr(field, "value") == value  # noqa: B009
        assert rows(pilot)[0].strip(" :").endswith(told)

    run_pane(pane, script, size=(80, 3))
