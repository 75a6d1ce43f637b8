"""The pane of the dialogue, alone: typing, recalling, completing, telling."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection

from tests.support.moments import moment
from tests.support.panes import run_pane, screen_text
from tests.support.toy import toy_machine
from tests.support.toy.programs import NESTED
from vm.xqvm import XqvmMachine, assemble
from xqdbg.commands import Known
from xqdbg.session import Session
from xqdbg.tui.language import TypedLanguage
from xqdbg.tui.panes.conversing import PauseWanted, ReplGiven, ReplLeft
from xqdbg.tui.panes.repl_input import MOST_TEXT, Recalled, ReplInput
from xqdbg.tui.panes.repl_lines import MOST_LINES, ReplLines
from xqdbg.tui.panes.repl_pane import ReplPane
from xqdbg.typed import Typed

PROGRAM = "PUSH 1\nSTOW r1\nPUSH 2\nSTOW r12\nHALT"


def session() -> Session:
    found = Session(XqvmMachine(assemble(PROGRAM), ()))
    found.end()
    return found


def pane(folder: Path, on: Session | None = None) -> ReplPane:
    made = on or session()
    language = TypedLanguage(made.isa, lambda: Known.of(made), lambda: ["dusk", "paper"])
    return ReplPane(language, Typed(str(folder)), id="repl")


def converse(folder: Path, *keys: str, size: tuple[int, int] = (60, 14), on: Session | None = None) -> ReplPane:
    """Press keys in a pane of its own; what was said with them is in `said`."""
    made = pane(folder, on)
    said.clear()

    async def script(pilot: Pilot[Any]) -> None:
        made.moment = moment(tick=7)
        made.focus()
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
        drawn.append(screen_text(pilot.app))

    said.extend(run_pane(made, script, size))
    return made


said: list[Any] = []
drawn: list[str] = []


def typed(text: str) -> list[str]:
    return [{"\n": "enter", " ": "space"}.get(sign, sign) for sign in text]


def given() -> list[str]:
    return [message.text for message in said if isinstance(message, ReplGiven)]


# Typing


def test_what_is_typed_is_given_and_said_with_the_tick(tmp_path: Path) -> None:
    made = converse(tmp_path, *typed("print r1\n"))
    assert given() == ["print r1"]
    assert made.lines == ["7> print r1"]
    assert made.text == ""


def test_every_printable_key_is_text(tmp_path: Path) -> None:
    keys = "sSnNcCbgGwWxeqzLoymjk:'[]{}<>=?12%*/^ .;#"
    made = converse(tmp_path, *typed(keys))
    assert made.text == keys
    assert [message for message in said if isinstance(message, ReplGiven | ReplLeft)] == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("asm\nPUSH 1 ; one\nSTOW r2\nend\n", "asm\nPUSH 1 ; one\nSTOW r2\nend"),
        ("commands 1\nprint r3\nasm\nNOP\nend\nend\n", "commands 1\nprint r3\nasm\nNOP\nend\nend"),
        ("set r3 = 4, \\\nr4 = 5\n", "set r3 = 4, \\\nr4 = 5"),
        ("asm NOP\n", "asm NOP"),
        ("\n", ""),
    ],
)
def test_enter_goes_on_until_it_is_complete(tmp_path: Path, text: str, first: str) -> None:
    converse(tmp_path, *typed(text))
    assert given() == [first]


def test_a_new_line_can_be_had_anywhere(tmp_path: Path) -> None:
    converse(tmp_path, *typed("step"), "alt+enter", *typed("back"), "ctrl+j", *typed("when\n"))
    assert given() == ["step\nback\nwhen"]


def test_leaving_pausing_clearing(tmp_path: Path) -> None:
    made = converse(tmp_path, *typed("step\n"), *typed("clear\n"), "ctrl+c", "escape")
    assert given() == ["step"] and made.lines == []
    assert [type(each) for each in said if isinstance(each, PauseWanted | ReplLeft)] == [PauseWanted, ReplLeft]
    converse(tmp_path, *typed("clear 1\n"))
    assert given() == ["clear 1"]  # deletes a breakpoint
    assert converse(tmp_path, *typed("step\n"), "ctrl+l").lines == []


# Recalling


def test_what_was_typed_is_recalled_by_how_it_begins(tmp_path: Path) -> None:
    lines = typed("print r1\nstep\nprint r2\nstep\n")
    assert converse(tmp_path, *lines, "up").text == "step"
    assert converse(tmp_path, *typed("pr"), "up", "up").text == "print r1"
    assert converse(tmp_path, *typed("pr"), "up", "up", "down").text == "print r2"
    assert converse(tmp_path, *typed("pr"), "up", "down").text == "pr"
    assert converse(tmp_path, *typed("r1"), "ctrl+r").text == "print r1"
    assert converse(tmp_path, *typed("zz"), "up", "ctrl+r").text == "zz"


def test_several_lines_are_one_entry_that_the_other_face_reads_too(tmp_path: Path) -> None:
    converse(tmp_path, *typed("asm\nNOP\nend\n"))
    assert Typed(str(tmp_path)).entries() == ["asm\nNOP\nend"]
    assert converse(tmp_path, "up").text == "asm\nNOP\nend"


def test_the_same_twice_is_kept_once_and_only_so_much(tmp_path: Path) -> None:
    recalled = Recalled(Typed(str(tmp_path)))
    for text in ("step", "step", "  ", "back", *map(str, range(2_100))):
        recalled.keep(text)
    assert len(recalled.entries) == 2_000 and recalled.entries[-1] == "2099"
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    recalled = Recalled(Typed(str(blocked)))
    recalled.keep("step")
    assert recalled.step("", -1) == "step"


# Completing


def test_tab_completes_and_goes_through_what_there_is(tmp_path: Path) -> None:
    def after(*keys: str) -> str:
        return converse(tmp_path, *keys).text

    assert after(*typed("longl"), "tab") == "longlist "
    assert after(*typed("print r"), "tab") == "print r1"
    assert after(*typed("rev"), "tab") == "reverse"
    assert after(*typed("rev"), "tab", "tab") == "reverse"
    assert after(*typed("rev"), "tab", "tab", "tab") == "reverse-advance"
    assert after(*typed("rev"), "tab", "tab", "tab", "shift+tab") == "reverse"
    assert after(*typed("theme pa"), "tab") == "theme paper "
    assert after(*typed("zo"), "tab") == "zoom "
    assert after(*typed("asm\nPUS"), "tab") == "asm\nPUSH "
    assert after(*typed("asm\nPUSH 1\nend"), *typed("x"), "tab") == "asm\nPUSH 1\nendx"


def test_the_list_says_what_each_is_and_goes_when_one_types_on(tmp_path: Path) -> None:
    drawn.clear()
    converse(tmp_path, *typed("asm ADD"), "tab")
    assert "ADDQUAD  Add to a quadratic coefficient." in drawn[0]
    converse(tmp_path, *typed("asm ADD"), "tab", "Q")
    assert "Add to a quadratic" not in drawn[1]
    converse(tmp_path, *typed("asm ADD"), "tab", "escape")
    assert "Add to a quadratic" not in drawn[2] and not any(isinstance(each, ReplLeft) for each in said)


def test_the_field_is_in_sight_however_much_there_is(tmp_path: Path) -> None:
    drawn.clear()
    converse(tmp_path, *typed("step\n") * 12, *typed("r"), "tab", size=(30, 10))
    assert drawn[0].splitlines()[-1].startswith("> r")


# Telling


def tell(folder: Path, count: int, size: tuple[int, int], then: Any) -> None:
    made = pane(folder)

    async def script(pilot: Pilot[Any]) -> None:
        made.tell([f"line {at}" for at in range(count)])
        await pilot.pause()
        await then(pilot, made)

    run_pane(made, script, size)


def test_the_end_is_in_sight_unless_somebody_reads_above(tmp_path: Path) -> None:
    async def then(pilot: Pilot[Any], made: ReplPane) -> None:
        made.focus()
        await pilot.pause()
        assert "line 99" in screen_text(pilot.app)
        made.tell(["more"])
        await pilot.pause()
        assert "more" in screen_text(pilot.app)
        await pilot.press("pageup", "pageup")
        shown = screen_text(pilot.app)
        assert "line 99" not in shown
        made.tell(["and more"])
        await pilot.pause()
        assert screen_text(pilot.app) == shown
        await pilot.press("pagedown", "pagedown", "pagedown")
        assert "and more" in screen_text(pilot.app)

    tell(tmp_path, 100, (30, 12), then)


def test_so_many_lines_are_kept(tmp_path: Path) -> None:
    async def then(pilot: Pilot[Any], made: ReplPane) -> None:
        assert len(made.lines) <= MOST_LINES + 1_000
        assert made.lines[-1] == "line 24999"
        assert "line 24999" in screen_text(pilot.app)

    tell(tmp_path, 25_000, (30, 12), then)


def test_long_lines_are_wrapped_and_copied_as_they_were(tmp_path: Path) -> None:
    made = pane(tmp_path)

    async def script(pilot: Pilot[Any]) -> None:
        made.tell(["abcdefghij" * 5, "漢字" * 12, "short"])
        await pilot.pause()
        rows = screen_text(pilot.app).splitlines()
        assert any(row.startswith("abcdefghijabcdefghij") for row in rows)
        assert all(len(row.rstrip()) <= 20 for row in rows)
        lines = made.query_one(ReplLines)
        text = lines.get_selection(Selection(Offset(0, 0), Offset(5, 10)))
        assert text is not None
        assert text[0].split("\n") == ["abcdefghij" * 5, "漢字" * 12, "short"]
        await pilot.resize_terminal(80, 12)
        await pilot.pause()
        assert "abcdefghij" * 5 in screen_text(pilot.app)

    run_pane(made, script, (20, 12))


def test_what_is_wrong_has_a_sign_and_nothing_reaches_the_terminal_as_it_is(tmp_path: Path) -> None:
    made = pane(tmp_path)

    async def script(pilot: Pilot[Any]) -> None:
        made.tell(["no \x1b[31mway", "  ^"], error=True)
        made.tell(["[bold]told[/]"])
        await pilot.pause()
        shown = screen_text(pilot.app)
        assert "✖ no ␛[31mway" in shown and "[bold]told[/]" in shown

    run_pane(made, script, (40, 12))


def test_a_long_paste_is_cut(tmp_path: Path) -> None:
    from textual import events

    made = pane(tmp_path)

    async def script(pilot: Pilot[Any]) -> None:
        made.focus()
        await pilot.pause()
        field = made.query_one(ReplInput)
        field.post_message(events.Paste("x" * (3 * MOST_TEXT)))
        await pilot.pause()
        assert len(made.text) == MOST_TEXT
        await pilot.press("y")
        assert len(made.text) == MOST_TEXT

    run_pane(made, script, (40, 12))


# Colours


def kinds(made: ReplPane) -> Sequence[Sequence[tuple[str, str]]]:
    return [[(kind, text.strip()) for kind, text in said_.spans if text.strip()] for said_ in made._lines._said]


def test_what_was_typed_keeps_its_colours(tmp_path: Path) -> None:
    made = converse(tmp_path, *typed("print 12\n"), *typed("asm\nPUSH 1 ; one\nend\n"))
    assert kinds(made) == [
        [("prompt", "7>"), ("command", "print"), ("number", "12")],
        [("prompt", "7>"), ("command", "asm")],
        [("prompt", "."), ("op", "PUSH"), ("number", "1"), ("comment", "; one")],
        [("prompt", "."), ("command", "end")],
    ]


def test_the_field_shows_colours_while_one_types(tmp_path: Path) -> None:
    made = pane(tmp_path)

    async def script(pilot: Pilot[Any]) -> None:
        made.focus()
        await pilot.pause()
        await pilot.press(*typed("LOAD r1"))
        field = made.query_one(ReplInput)
        text = field.get_line(0)
        styles = {text.plain[span.start : span.end]: str(span.style) for span in text.spans}
        assert set(styles) == {"LOAD", "r1"} and styles["LOAD"] != styles["r1"]

    run_pane(made, script, (40, 12))


def test_it_knows_no_machine(tmp_path: Path) -> None:
    toy = Session(toy_machine(NESTED))
    converse(tmp_path, *typed("asm\nADD r1 r1 r1\nEND\nend\n"), on=toy)
    assert given() == ["asm\nADD r1 r1 r1\nEND\nend"]
