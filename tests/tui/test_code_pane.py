from __future__ import annotations

from typing import Any

import pytest
from rich.color import Color
from textual.content import Content
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.moments import Visited, fault, finding, halting, moment, stop_at
from tests.support.panes import run_pane, screen_text
from tests.support.toy import ISA, toy_program
from vm.contract import Cell, Place, Status
from vm.toolchain import Forecast
from xqdbg.moment import Future, Kind
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
            breakpoints=(stop_at(1, MARKS["open"]), stop_at(2, MARKS["end"], enabled=False)),
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
        code.moment = moment(pc=MARKS["start"], breakpoints=(stop_at(1, 0),), revision=2)
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
        assert first.startswith(" ▶ 1 ")
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


VISITS = {
    MARKS["start"]: [0], MARKS["open"]: [1], MARKS["body"]: [2, 4, 6], MARKS["end"]: [],
}  # fmt: skip


def explored(**fields: Any) -> Any:
    """A moment of a run that is known to its end, in which the last line is never reached."""
    return moment(**{"future": halting(8), "visits": Visited(VISITS), "furthest": 8, **fields})


def rule_of(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app).splitlines()[0]


def in_rule(code: CodePane) -> CodePane:
    """The pane with the rule it has on the screen."""
    code.styles.border_top = ("solid", "white")
    code.entitle(Content("1 Code"), "  tests/some/where.toy")
    return code


def test_known_run(golden: Golden) -> None:
    code = in_rule(pane())

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = explored(
            pc=MARKS["body"],
            tick=4,
            reached=frozenset({MARKS["start"], MARKS["open"], MARKS["body"]}),
            forecast=Forecast(Place("stack"), {}, [finding(MARKS["open"])]),
            breakpoints=(
                stop_at(1, MARKS["start"], kind=Kind.LOG, message="here"),
                stop_at(2, MARKS["open"], condition="r1 > 2"),
                stop_at(3, MARKS["body"]),
                stop_at(4, MARKS["end"], enabled=False),
            ),
        )
        await pilot.pause()
        golden("code_known.txt", screen_text(pilot.app))

    run_pane(code, script, size=(60, 9))


def test_lines_are_told_as_never_reached_only_when_that_is_certain() -> None:
    code = in_rule(pane())

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = explored(pc=MARKS["start"], future=Future(8, False))
        code.cursor_row = 6
        await pilot.pause()
        row = screen_text(pilot.app).splitlines()[7]
        assert "┊" not in row and "0" not in row.split("HALT")[0].replace("7", "")
        assert "never" not in rule_of(pilot)
        code.moment = explored(pc=MARKS["start"])
        code.cursor_row = 6
        await pilot.pause()
        assert "   0 ┊HALT" in screen_text(pilot.app).splitlines()[7]
        assert rule_of(pilot).rstrip("━─").endswith("never reached")

    run_pane(code, script, size=(41, 9))


def test_the_rule_tells_the_hits_of_the_line_under_the_cursor() -> None:
    code = in_rule(pane())

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = explored(pc=MARKS["body"], tick=4)
        await pilot.pause()
        assert "← 2  → 6  ×3" in rule_of(pilot)
        await pilot.press("k")
        await pilot.pause()
        assert "← 1  ×1" in rule_of(pilot)
        code.moment = explored(pc=MARKS["body"], tick=4, future=Future(5, False))
        code.cursor_row = 3
        await pilot.pause()
        assert "×3…" in rule_of(pilot)
        await pilot.press("home")
        await pilot.pause()
        assert "×" not in rule_of(pilot)
        assert "where.toy" in rule_of(pilot)

    run_pane(code, script, size=(41, 9))


def test_the_rule_is_never_longer_than_the_pane_and_the_name_gives_way() -> None:
    for width in (24, 30, 41, 60):
        code = in_rule(pane())
        code.entitle(Content("1 Code"), "  " + "x" * 60 + "/end.toy")

        async def script(pilot: Pilot[Any], code: CodePane = code, width: int = width) -> None:
            far = [10**7 + 3 * at for at in range(1000)]
            code.moment = explored(
                pc=MARKS["body"], tick=far[500], visits=Visited({MARKS["body"]: far}), future=halting(10**8)
            )
            await pilot.pause()
            text = rule_of(pilot)
            assert len(text) == width
            assert "1 Code" in text
            assert ("← 10,001,497  → 10,001,503" in text) is (width > 40)
            assert ("×1,000" in text) is (width != 41), "the second part is shown where the first has no room"
            assert ("end.toy" in text) is (width in (30, 60))

        run_pane(code, script, size=(width, 9))


def test_outside_of_a_slice_everything_is_dim_and_the_rule_says_how_to_leave_it() -> None:
    code = in_rule(pane())

    async def script(pilot: Pilot[Any]) -> None:
        reached = frozenset({MARKS["start"], MARKS["open"], MARKS["body"]})
        code.moment = explored(pc=MARKS["start"], reached=reached)
        await pilot.pause()
        full = [segment.style for segment in code.render_line(2)]
        code.moment = explored(
            pc=MARKS["start"], reached=reached, relevant=frozenset({MARKS["body"]}), sliced="r0.quad[1,2]"
        )
        await pilot.pause()
        assert "slice of r0.quad[1,2] · W ends" in rule_of(pilot)
        rows = screen_text(pilot.app).splitlines()
        assert [("┃" in row) for row in rows[1:8]] == [False, False, False, True, False, False, False]
        assert [segment.style for segment in code.render_line(2)] != full

    run_pane(code, script, size=(41, 9))


@pytest.mark.parametrize(
    ("fields", "glyph"),
    [
        ({}, "●"),
        ({"enabled": False}, "○"),
        ({"condition": "r1 > 2"}, "◆"),
        ({"condition": "r1 > 2", "enabled": False}, "◇"),
        ({"ignore": 3}, "◆"),
        ({"temporary": True}, "◉"),
        ({"kind": Kind.LOG}, "»"),
    ],
)
def test_breakpoints_are_told_apart_by_their_glyph(fields: dict[str, Any], glyph: str) -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment(breakpoints=(stop_at(1, MARKS["body"], **fields),))
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[3].startswith(glyph)

    run_pane(code, script)


def test_of_several_breakpoints_the_one_that_stops_is_shown() -> None:
    code = pane()
    disabled, log, real = (
        stop_at(1, MARKS["body"], enabled=False), stop_at(2, MARKS["body"], kind=Kind.LOG), stop_at(3, MARKS["body"]),
    )  # fmt: skip

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment(breakpoints=(disabled, log, real))
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[3].startswith("●")
        code.moment = moment(breakpoints=(disabled, log))
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[3].startswith("»")

    run_pane(code, script)


def test_only_lines_in_sight_are_looked_up_and_only_once() -> None:
    program = toy_program("\n".join(["NOP"] * 5000 + ["HALT"]))
    code = CodePane(ISA, program.lines, program.source, id="code")
    visits = Visited({line.pc: [tick] for tick, line in enumerate(program.lines)})

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment(visits=visits, future=halting(5001))
        await pilot.pause()
        assert 0 < visits.asked < 40
        visits.asked = 0
        code.moment = moment(visits=visits, future=halting(5001), tick=1, pc=program.lines[1].pc)
        await pilot.pause()
        assert visits.asked < 10

    run_pane(code, script)


def test_what_the_cursor_is_at() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        cells = {"registers": tuple(Cell(f"r{at}", "0", "int", 0) for at in range(8))}
        code.moment = explored(pc=MARKS["start"], cells=cells)
        assert code.pointed is not None
        assert (code.pointed.place, code.pointed.text, code.pointed.never) == ("r1", "SET r1 3 ; @start", None)
        code.cursor_row = 6
        assert (code.pointed.place, code.pointed.never) == ("", MARKS["end"])

    run_pane(code, script)
