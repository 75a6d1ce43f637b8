"""Typing: what stands in the text afterwards, to the character."""

from __future__ import annotations

import pytest
from textual import events
from textual.document._document import Selection

from tests.support.editor import LOOPS, Desk, edit, messages
from tests.support.panes import screen_text
from xqdbg.tui.editor.area import Area
from xqdbg.tui.editor.lines import Lines, cells_before, column_at, spread, width_of


def test_what_is_typed_stands_in_the_text_and_loops_indent_themselves() -> None:
    async def script(desk: Desk) -> None:
        for line in ("PUSH 0", "PUSH 2", "RANGE", "LVAL r1", "PUSH 0", "PUSH 9", "RANGE", "NOP", "NEXT", "NEXT"):
            await desk.type(line, "enter")
        await desk.type("HALT")
        expected = "PUSH 0\nPUSH 2\nRANGE\n  LVAL r1\n  PUSH 0\n  PUSH 9\n  RANGE\n    NOP\n  NEXT\nNEXT\nHALT"
        assert desk.text == expected

    edit(script, "")


def test_keys_that_are_commands_elsewhere_are_text_here() -> None:
    async def script(desk: Desk) -> None:
        await desk.type(*"; sS:m'q?[]{}<>=%/0123")
        assert desk.text == "; sS:m'q?[]{}<>=%/0123"

    edit(script, "")


def test_enter_within_a_line_takes_the_blanks_along() -> None:
    async def script(desk: Desk) -> None:
        desk.at(0, 8)
        await desk.type("enter")
        assert desk.text == "  LOAD r\n  1 ; x\nHALT"
        desk.at(1, 0)
        await desk.type("enter")
        assert desk.text == "  LOAD r\n\n  1 ; x\nHALT"
        desk.at(3, 0)
        await desk.type("enter")
        assert desk.text == "  LOAD r\n\n  1 ; x\n\nHALT"

    edit(script, "  LOAD r1 ; x\nHALT")


def test_what_somebody_indented_on_purpose_stays() -> None:
    async def script(desk: Desk) -> None:
        desk.at(3, 10)
        await desk.type("enter")
        assert desk.text == "RANGE\n  NOP\n  NOP\n      NEXT\n      "

    edit(script, "RANGE\n  NOP\n  NOP\n      NEXT")


def test_tab_backspace_and_comments_work_on_lines() -> None:
    async def script(desk: Desk) -> None:
        desk.area.selection = Selection((0, 0), (2, 0))
        await desk.type("tab")
        assert desk.text.split("\n")[:3] == ["  PUSH 0", "  PUSH 3", "RANGE           ; three times"]
        await desk.type("shift+tab", "shift+tab")
        assert desk.text == LOOPS
        await desk.type("ctrl+underscore")
        assert desk.text.split("\n")[:3] == ["; PUSH 0", "; PUSH 3", "RANGE           ; three times"]
        await desk.type("ctrl+underscore")
        assert desk.text == LOOPS
        desk.at(3, 2)
        await desk.type("backspace")
        assert desk.text.split("\n")[3] == "LVAL r1"
        await desk.type("tab")
        assert desk.text == LOOPS

    edit(script)


def test_lines_move_and_everything_can_be_undone() -> None:
    async def script(desk: Desk) -> None:
        desk.at(1, 2)
        await desk.type("ctrl+up")
        assert desk.text.split("\n")[:2] == ["PUSH 3", "PUSH 0"] and desk.area.cursor_location == (0, 2)
        await desk.type("ctrl+up", "ctrl+down", "ctrl+down", "ctrl+z", "ctrl+z", "ctrl+z")
        assert desk.text == LOOPS
        for _ in range(300):
            desk.area.insert("x")
            desk.area.break_line()
        for _ in range(700):
            desk.area.undo()
        assert desk.text == LOOPS
        for _ in range(700):
            desk.area.redo()
        assert desk.text.count("x\n") == 300

    edit(script)


@pytest.mark.parametrize(
    ("pasted", "expected", "dropped"),
    [
        ("LOAD r0\r\nHALT\rNOP", "LOAD r0\nHALT\nNOP", 0),
        ("\x1b[31mred\x07\x00 [b]x[/b]\u2028", "[31mred [b]x[/b]", 4),
        ("tab\tstays é 漢", "tab\tstays é 漢", 0),
        ("\x1b\x1b", "", 0),
    ],
)
def test_what_is_pasted_is_text_and_nothing_else(pasted: str, expected: str, dropped: int) -> None:
    async def script(desk: Desk) -> None:
        desk.area.post_message(events.Paste(pasted))
        await desk.pilot.pause()
        assert desk.text == expected
        assert "\x1b" not in screen_text(desk.pilot.app)

    heard = edit(script, "")
    assert [message.dropped for message in messages(heard, Area.Pasted)] == ([dropped] if dropped else [])


def test_twenty_thousand_lines_are_typed_in_as_fast_as_in_one() -> None:
    text = "\n".join(f"PUSH {number} ; line {number}" for number in range(20_000))

    async def script(desk: Desk) -> None:
        desk.at(19_999, 0)
        await desk.type(*"LOAD r7 ; ")
        assert desk.text.endswith("LOAD r7 ; PUSH 19999 ; line 19999")
        desk.area.take_over(desk.text.replace("PUSH 7 ", "PUSH 8 "))
        assert desk.text.split("\n")[7] == "PUSH 8 ; line 7" and desk.area.cursor_location == (19_999, 10)
        desk.area.undo()
        assert desk.text.split("\n")[7] == "PUSH 7 ; line 7"

    edit(script, text)


def test_a_text_is_kept_to_the_character_whatever_is_in_it() -> None:
    text = "a\x0bb\x0cc\x85d\u2028e\n\n\tf\n"
    lines = Lines(text)
    assert lines.text == text and lines.line_count == 4
    lines.replace_range((0, 1), (2, 1), "X\nY")
    assert lines.text == "aX\nYf\n" and [lines.origin(row) for row in range(3)] == [1, 0, 4]
    assert lines.get_text_range((0, 1), (1, 1)) == "X\nY"
    lines.replace_range((0, 1), (1, 1), "\x0bb\x0cc\x85d\u2028e\n\n\t")
    assert lines.text == text


def test_lines_know_where_they_stood_when_they_were_built() -> None:
    lines = Lines("a\nb\nc\nd")
    lines.replace_range((1, 1), (1, 1), "\n")
    assert [lines.origin(row) for row in range(5)] == [1, 2, 0, 3, 4]
    lines.replace_range((0, 0), (0, 0), "new\n")
    assert [lines.origin(row) for row in range(6)] == [0, 1, 2, 0, 3, 4]
    lines.replace_range((0, 0), (2, 0), "")
    assert [lines.origin(row) for row in range(4)] == [2, 0, 3, 4]
    lines.built()
    assert [lines.origin(row) for row in range(4)] == [1, 2, 3, 4]
    lines.forget_built()
    assert not any(lines.origin(row) for row in range(4))


@pytest.mark.parametrize("line", ["LOAD r1", "\tLOAD\tr1", "漢字 é", "a\x1bb\u200bc", ""])
def test_cells_and_characters_agree(line: str) -> None:
    for column in range(len(line)):
        cell = cells_before(line, column)
        assert column_at(line, cell) == column
        assert cell == spread("".join("." if not c.isprintable() and c != "\t" else c for c in line[:column]), 0)[1]
    assert column_at(line, 10_000) == len(line) and width_of(line) == cells_before(line, len(line))
