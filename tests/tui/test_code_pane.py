from __future__ import annotations

from typing import Any

from rich.color import Color
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.moments import fault, moment
from tests.support.screens import run_pane, screen_text
from tests.support.toy import ISA, toy_program
from vm.contract import Status
from xqdbg.moment import Breakpoint
from xqdbg.tui.panes.code_pane import CodePane

TEXT = """; counts to three
SET r1 3 ; @start
LOOP r1 ; @open
  NOP ; @body

END
HALT ; @end"""
PROGRAM = toy_program(TEXT)
MARKS = PROGRAM.marks


def pane(source: bool = True, text: str = "") -> CodePane:
    program = toy_program(text) if text else PROGRAM
    return CodePane(ISA, program.lines, program.source if source else (), id="code")


def background(shown: CodePane, row: int) -> Color | None:
    return list(shown.render_line(row - shown.scroll_offset.y))[-1].style.bgcolor  # type: ignore[union-attr]


def test_source(golden: Golden) -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment(
            pc=MARKS["body"],
            tick=2,
            reached=frozenset({MARKS["start"], MARKS["open"]}),
            breakpoints={
                MARKS["open"]: Breakpoint(1, MARKS["open"]),
                MARKS["end"]: Breakpoint(2, MARKS["end"], enabled=False),
            },
        )
        await pilot.pause()
        golden("code_source.txt", screen_text(pilot.app))

    run_pane(code, script)


def test_disassembly_where_there_is_no_source(golden: Golden) -> None:
    code = pane(source=False, text="SET r1 3\n.again\nNOP\nJNZ r1 .again\nHALT")

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment()
        await pilot.pause()
        golden("code_disassembly.txt", screen_text(pilot.app))

    run_pane(code, script)


def test_listing_can_be_switched_and_the_cursor_stays_at_its_instruction() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment(pc=MARKS["end"], tick=9)
        await pilot.press("d")
        assert "; counts" not in screen_text(pilot.app)
        assert code.cursor_pc == MARKS["end"]
        await pilot.press("d")
        assert "; counts" in screen_text(pilot.app)
        assert code.cursor_pc == MARKS["end"]

    run_pane(code, script)


def test_current_line_and_fault_have_backgrounds_of_their_own() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment(pc=MARKS["body"], tick=2)
        await pilot.pause()
        plain, current = background(code, 0), background(code, 3)
        code.moment = moment(pc=MARKS["body"], tick=3, status=Status.FAULTED, fault=fault(MARKS["body"]))
        await pilot.pause()
        assert len({plain, current, background(code, 3)}) == 3

    run_pane(code, script)


def test_cursor_moves_without_the_machine_and_follows_when_it_moves() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment(pc=MARKS["start"])
        assert code.cursor_row == 1
        await pilot.press("j", "down", "down")
        assert code.cursor_row == 4
        await pilot.press("k", "home")
        assert code.cursor_row == 0
        await pilot.press("end")
        assert code.cursor_row == 6
        code.moment = moment(pc=MARKS["start"], breakpoints={0: Breakpoint(1, 0)}, revision=2)
        assert code.cursor_row == 6, "only the machine's moves take the cursor along"
        code.moment = moment(pc=MARKS["open"], tick=1)
        assert code.cursor_row == 2
        code.moment = moment(pc=MARKS["open"], tick=1, cursor=MARKS["end"])
        assert code.cursor_row == 6

    run_pane(code, script)


def test_cursor_on_a_blank_line_means_the_next_instruction() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment()
        code.cursor_row = 4
        assert code.cursor_pc == toy_program(TEXT).lines[3].pc
        code.cursor_row = 6
        assert code.cursor_pc == MARKS["end"]

    run_pane(code, script)


def test_click_moves_the_cursor_and_click_in_the_margin_toggles() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment()
        await pilot.click("#code", offset=(20, 3))
        assert code.cursor_row == 3
        await pilot.click("#code", offset=(0, 2))

    heard = run_pane(code, script)
    assert [m.pc for m in heard if isinstance(m, CodePane.BreakpointToggled)] == [MARKS["open"]]


def test_long_program_scrolls_to_where_the_machine_is() -> None:
    text = "\n".join(["NOP"] * 5000 + ["HALT ; @end"])
    code = pane(text=text)

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment(pc=toy_program(text).marks["end"], tick=5000)
        await pilot.pause()
        assert "▶ 5001" in screen_text(pilot.app)
        code.moment = moment(pc=0, tick=0)
        await pilot.pause()
        assert "▶    1" in screen_text(pilot.app)

    run_pane(code, script)


def test_gutter_stays_when_scrolled_sideways() -> None:
    code = pane(text="NOP ; " + "x" * 200 + "END\nHALT")

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment()
        await pilot.press("l", "l")
        first = screen_text(pilot.app).splitlines()[0]
        assert first.startswith(" ▶ 1  0000")
        assert "NOP" not in first and "xxxx" in first

    run_pane(code, script)


def test_text_of_the_program_is_neither_markup_nor_control_code() -> None:
    evil = "NOP ; [red]x[/] [/y] \x1b[31mred\x1b]0;title\x07 \u202eback\nHALT"
    code = pane(text=evil)

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment()
        await pilot.pause()
        shown = screen_text(pilot.app)
        assert "[red]x[/] [/y] ␛[31mred␛]0;title␇ ·back" in shown
        assert "\x1b" not in shown

    run_pane(code, script, size=(80, 10))
