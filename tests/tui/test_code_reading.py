"""Reading in the code pane: listings, notes beside lines, folding, searching, following, selecting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.moments import Visited, fault, halting, moment, stop_at
from tests.support.panes import run_pane, screen_text
from tests.support.toy import ISA, toy_machine, toy_program
from vm.contract import Cell, Effect, Line, Nest, Place, Read, Write
from xqdbg.moment import Bookmark, Listing, Moment
from xqdbg.session import Session
from xqdbg.tui.panes.code_notes import coming_note
from xqdbg.tui.panes.code_pane import CodePane
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.search import MOST_TYPED, Matches, spots

TEXT = """; sums some products
SET r1 3 ; @start
LOOP r1 ; @open
  MUL r3 r1 r2 ; @body, which is commented on at length
  ADD r4 r4 r3

END
.done
HALT ; @end"""
PROGRAM = toy_program(TEXT)
AT = PROGRAM.marks


def pane(source: Sequence[str] = PROGRAM.source, code: Sequence[Line] = PROGRAM.lines) -> CodePane:
    shown = CodePane(ISA, code, source, id="code")
    shown.styles.border_top = ("solid", "white")
    shown.entitle(Content("1 Code"))
    return shown


def at(mark: str, **fields: Any) -> Moment:
    return moment(**{"pc": AT[mark], "tick": 4, "future": halting(12), "branch": "main", **fields})


def rows(pilot: Pilot[Any]) -> list[str]:
    """The rows under the rule."""
    return [row.rstrip() for row in screen_text(pilot.app).splitlines()[1:]]


def rule(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app).splitlines()[0]


# -- listings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120, 200])
def test_source_and_disassembly_beside_each_other(golden: Golden, width: int) -> None:
    code = pane((*PROGRAM.source[:3], "  MUL r3 r1 r2; ADD r4 r4 r3", "", "END", "HALT"), _two_on_a_line())

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("body", breakpoints=(stop_at(1, PROGRAM.lines[3].pc),))
        await pilot.press("d", "d")
        await pilot.pause()
        golden(f"code_both_{width}.txt", screen_text(pilot.app))

    run_pane(code, script, size=(width, 12))


def _two_on_a_line() -> Sequence[Line]:
    """The program as if its two instructions of arithmetic stood on one line."""
    lines = [2, 3, 4, 4, 6, 7]
    return [
        Line(line.pc, line.size, line.op, line.text, number, line.label, line.reads, line.writes, line.encoding)
        for line, number in zip(PROGRAM.lines, lines, strict=False)
    ]


def test_d_goes_around_and_stays_at_the_instruction() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start")
        code.cursor_row = 4
        pc = code.cursor_pc
        seen = []
        for _ in range(4):
            await pilot.press("d")
            await pilot.pause()
            assert code.cursor_pc == pc
            text = "\n".join(rows(pilot))
            seen.append(("; sums" in text, PROGRAM.lines[3].encoding.hex() in text))
        assert seen == [(False, True), (True, True), (True, False), (False, True)]

    run_pane(code, script, size=(140, 12))


def test_a_breakpoint_on_a_line_of_several_instructions_is_shown_at_its_own() -> None:
    code = pane((*PROGRAM.source[:3], "  MUL r3 r1 r2; ADD r4 r4 r3", "", "END", "HALT"), _two_on_a_line())

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start", breakpoints=(stop_at(1, PROGRAM.lines[3].pc),))
        await pilot.press("d", "d")
        await pilot.pause()
        (row,) = [row for row in rows(pilot) if row.startswith("●")]
        assert "ADD r4 r4 r3" in row and "MUL" not in row

    run_pane(code, script, size=(110, 12))


def test_both_need_room_and_the_rule_says_how_much() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("body")
        await pilot.press("d", "d")
        await pilot.pause()
        assert "│" not in "\n".join(rows(pilot)) and "; sums" in rows(pilot)[0]
        missing = int(rule(pilot).partition("both sides need ")[2].split()[0])
        await pilot.resize_terminal(50 + missing - 1, 12)
        await pilot.pause()
        assert "│" not in "\n".join(rows(pilot))
        await pilot.resize_terminal(50 + missing, 12)
        await pilot.pause()
        assert "│" in rows(pilot)[0], "as soon as there is room it is used"
        assert code.cursor_pc == AT["body"]

    run_pane(code, script, size=(50, 12))


def test_without_source_there_is_only_disassembly() -> None:
    code = pane(())

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("body")
        await pilot.press("d")
        await pilot.pause()
        assert "there is no source" in rule(pilot) and "MUL" in rows(pilot)[2]
        await pilot.press("j")
        await pilot.pause()
        assert "no source" not in rule(pilot)

    run_pane(code, script, size=(50, 12))


def test_another_program_is_shown_when_the_session_goes_on_with_one() -> None:
    code, other = pane(), toy_program("; edited\nSET r7 9 ; @here\nLOOP r7\nNOP ; @body\nEND\nHALT")

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("body", program=Listing(0, "a", PROGRAM.lines, PROGRAM.source))
        await pilot.pause()
        assert "; sums" in rows(pilot)[0]
        nests = (Nest("loop", other.marks["body"], 1, 9),)
        edited = Listing(1, "a", other.lines, other.source)
        code.moment = at("body", pc=other.marks["body"], tick=5, program=edited, nests=nests)
        await pilot.pause()
        assert "; edited" in rows(pilot)[0] and rows(pilot)[3].startswith(" ▶ 4")
        assert rows(pilot)[2].endswith("iteration 1 of 9") and len([row for row in rows(pilot) if row]) == 6

    run_pane(code, script, size=(80, 12))


# -- notes beside lines -----------------------------------------------------------------------------------------------


def coming(*reads: Read, writes: Sequence[Write] = (), **fields: Any) -> Effect:
    return Effect(4, AT["body"], "MUL", reads, writes, (), **fields)


STACK = (Cell("stack[1]", "5", "int", 5, "b"), Cell("stack[0]", "7", "int", 7, "a"), Cell("r3", "vec 2", "vec", ()))
TAKES = (Read(Place("stack", ((0,),)), 7), Read(Place("stack", ((1,),)), 5))
GIVES = (Write(Place("stack", ((0,),)), 7, 35), Write(Place("stack", ((1,),)), 5, None))


def note(effect: Effect | None, cells: Sequence[Cell] = STACK) -> str:
    found = coming_note(at("body", coming=effect, cells={"stack": cells}))
    return "".join(text for _, text in found)


def test_operands_have_their_names_and_what_is_written_follows_the_arrow() -> None:
    assert note(coming(*TAKES, writes=GIVES)) == "a=7 b=5 → stack[0]=35"
    assert note(coming(*TAKES, writes=GIVES), cells=()) == "stack[0]=7 stack[1]=5 → stack[0]=35"
    assert note(coming(writes=GIVES)) == "→ stack[0]=35"
    assert note(coming(*TAKES)) == "a=7 b=5"
    assert note(coming(*TAKES, writes=GIVES[:1], fault=fault())) == "a=7 b=5 → DIVIDE_BY_ZERO"
    assert note(coming(writes=(Write(Place("pc"), 4, 0x2A),))) == "→ pc=002a"
    assert note(None) == ""


def test_large_and_many_values_stay_short() -> None:
    assert note(coming(Read(Place("r3"), object()))) == "r3=vec 2"
    assert note(coming(Read(Place("r9"), object()), Read(Place("r8"), None))) == "r9=… r8=unset"
    many = [Read(Place("r0", ((at,),)), at) for at in range(1000)]
    assert note(coming(*many)) == "r0[0]=0 r0[1]=1 r0[2]=2 r0[3]=3 r0[4]=4 r0[5]=5 …"
    wrote = [Write(Place("r0", ((at,),)), 0, at) for at in range(1000)]
    assert note(coming(writes=wrote)) == "→ r0[0]=0 r0[1]=1 and 998 more"


def test_notes_stand_right_of_the_lines_and_go_when_the_machine_goes_on() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        nests = (Nest("loop", AT["body"], 2, 1_500),)
        code.moment = at("body", coming=coming(*TAKES, writes=GIVES), cells={"stack": STACK}, nests=nests)
        await pilot.pause()
        assert rows(pilot)[2].endswith("LOOP r1 ; @open  iteration 2 of 1,500")
        assert rows(pilot)[3].endswith("at length  a=7 b=5 → stack[0]=35")
        code.moment = at("end", tick=5)
        await pilot.pause()
        assert rows(pilot)[2].endswith("@open") and rows(pilot)[3].endswith("at length")

    run_pane(code, script, size=(110, 12))


def test_a_comment_gives_way_to_a_note_and_a_note_to_the_edge() -> None:
    for width, end in (
        (66, "MUL r3 r1 r2  a=7 b=5 → stack[0]=35"),
        (50, "MUL r3 r1 r2  a=7 b=5 → stack[…"),
        (34, "MUL r3 r1 r2"),
    ):
        code = pane()

        async def script(pilot: Pilot[Any], code: CodePane = code, width: int = width, end: str = end) -> None:
            code.moment = at("body", coming=coming(*TAKES, writes=GIVES), cells={"stack": STACK})
            await pilot.pause()
            assert len(rows(pilot)[3]) <= width
            assert end in rows(pilot)[3]

        run_pane(code, script, size=(width, 12))


def test_loops_that_do_not_know_how_far_they_are_say_nothing() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("body", nests=(Nest("call", AT["body"]), Nest("loop", AT["body"])))
        await pilot.pause()
        assert "iteration" not in screen_text(pilot.app)
        code.moment = at("body", nests=(Nest("loop", AT["body"], 3),), tick=6)
        await pilot.pause()
        assert rows(pilot)[2].endswith("iteration 3")

    run_pane(code, script, size=(80, 12))


def test_notes_of_a_real_run() -> None:
    session = Session(toy_machine(TEXT), "sums")
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        for _ in range(6):
            code.moment = session.step()
        await pilot.pause()
        assert "iteration 2 of 3" in rows(pilot)[2]
        assert rows(pilot)[4].endswith("ADD r4 r4 r3  r4=0 r3=0 → r4=0")

    run_pane(code, script, size=(80, 12))


def test_program_text_in_notes_is_neither_markup_nor_control_code() -> None:
    code = pane()
    evil = Cell("r3", "[red]\x1b[2J", "vec", (), "")

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("body", coming=coming(Read(Place("r3"), ())), cells={"registers": (evil,)})
        await pilot.pause()
        assert "r3=[red]␛[2J" in rows(pilot)[3]

    run_pane(code, script, size=(110, 12))


# -- the gutter -------------------------------------------------------------------------------------------------------


def test_bookmarks_stand_in_the_gutter_and_are_named_in_the_rule() -> None:
    code = pane()
    marks = (
        Bookmark("early", 3, "main", pc=AT["body"]),
        Bookmark("stop-1", 3, "main", "", True, AT["open"]),
        Bookmark("elsewhere", 3, "other", pc=AT["start"]),
        Bookmark("unknown", 3, "main"),
    )

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("body", bookmarks=marks)
        await pilot.pause()
        assert [row[:3] for row in rows(pilot)[:5]] == ["   ", "   ", "   ", " ▶⚑", "   "]
        assert "⚑ early" in rule(pilot)
        code.moment = at("body", bookmarks=(), revision=2)
        await pilot.pause()
        assert "⚑" not in screen_text(pilot.app)

    run_pane(code, script, size=(80, 12))


# -- the slice --------------------------------------------------------------------------------------------------------


def test_what_is_outside_of_the_slice_can_be_hidden() -> None:
    code = pane()
    inside = frozenset({AT["start"], AT["end"]})

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("body", relevant=inside, sliced="r4")
        await pilot.press("v")
        await pilot.pause()
        shown = [row for row in rows(pilot) if row]
        assert ["; sums" in shown[0], "SET" in shown[1], "⋯ 6 lines" in shown[2], "HALT" in shown[3]] == [True] * 4
        assert len(shown) == 4
        assert shown[2].startswith(" ▶"), "the machine stands inside of what is hidden"
        code.moment = at("end", relevant=inside, sliced="r4", tick=9)
        await pilot.pause()
        assert rows(pilot)[3].startswith(" ▶")
        await pilot.press("v")
        await pilot.pause()
        assert "MUL" in rows(pilot)[3]
        assert code.cursor_pc == AT["end"]

    run_pane(code, script, size=(80, 12))


def test_a_slice_that_ends_or_changes_is_unfolded_or_folded_anew() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start", relevant=frozenset({AT["start"]}), sliced="r1")
        await pilot.press("v")
        await pilot.pause()
        assert "⋯ 7 lines" in rows(pilot)[2]
        code.moment = at("start", relevant=frozenset({AT["end"]}), sliced="r1", revision=2)
        await pilot.pause()
        assert "⋯ 8 lines" in rows(pilot)[0]
        code.moment = at("start", revision=3)
        await pilot.pause()
        assert "MUL" in rows(pilot)[3]

    run_pane(code, script, size=(80, 12))


def test_without_a_slice_there_is_nothing_to_hide() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("body")
        await pilot.press("v")
        await pilot.pause()
        assert "there is no slice" in rule(pilot) and "MUL" in rows(pilot)[3]

    run_pane(code, script, size=(80, 12))


# -- searching --------------------------------------------------------------------------------------------------------


def test_rows_with_something_in_them() -> None:
    found = Matches(["Load", "add", "", "reload LOAD", "x"])
    assert found.of("load") == [0, 3]
    assert found.of("LOAD") == [3], "who types capitals means them"
    assert found.of("x") == [4] and found.of("") == [] and found.of("nothing") == []
    assert found.of("a") == [0, 1, 3]
    assert Matches([]).of("a") == []


def test_spots_in_a_row() -> None:
    assert list(spots("reload LOAD", "load")) == [(2, 6), (7, 11)]
    assert list(spots("reload LOAD", "LOAD")) == [(7, 11)]
    assert list(spots("aaaa", "aa")) == [(0, 2), (2, 4)]
    assert list(spots("İ load", "load")) == [(2, 6)], "lower case would have another length"


def test_searching_goes_along_while_one_types_and_on_with_stop_and_comma() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start")
        await pilot.press("slash", "r", "4")
        await pilot.pause()
        assert rows(pilot)[-1].startswith("/r4")
        assert code.cursor_row == 4 and "/r4  1 of 1" in rule(pilot)
        await pilot.press("backspace", "3")
        assert code.cursor_row == 3
        await pilot.press("enter")
        await pilot.pause()
        assert not rows(pilot)[-1].startswith("/")
        await pilot.press("full_stop")
        await pilot.pause()
        assert code.cursor_row == 4 and "2 of 2" in rule(pilot)
        await pilot.press("full_stop")
        await pilot.pause()
        assert code.cursor_row == 3 and "1 of 2 · from the top" in rule(pilot)
        await pilot.press("comma")
        await pilot.pause()
        assert code.cursor_row == 4 and "from the end" in rule(pilot)
        await pilot.press("home")
        await pilot.pause()
        assert "2 lines" in rule(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "/r3" not in rule(pilot)

    run_pane(code, script, size=(80, 12))


def test_leaving_a_search_goes_back_to_where_one_was() -> None:
    program = toy_program("\n".join([*(f"SET r1 {at}" for at in range(400)), "HALT"]))
    code = pane(program.source, program.lines)

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment(pc=program.lines[100].pc)
        code.cursor_row = 103
        await pilot.pause()
        was = code.cursor_row, code.scroll_offset.y
        await pilot.press("slash", *"350")
        assert code.cursor_row == 350
        await pilot.press("escape")
        await pilot.pause()
        assert (code.cursor_row, code.scroll_offset.y) == was
        assert "/350" not in rule(pilot)
        await pilot.press("slash", *"no such thing")
        await pilot.pause()
        assert "not found" in rule(pilot)
        assert (code.cursor_row, code.scroll_offset.y) == was

    run_pane(code, script, size=(80, 12))


def test_the_last_row_can_be_reached_while_one_searches() -> None:
    program = toy_program("\n".join(["NOP"] * 40 + ["HALT"]))
    code = pane(program.source, program.lines)

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = moment()
        await pilot.press("slash", *"halt")
        await pilot.pause()
        assert "HALT" in rows(pilot)[-2] and rows(pilot)[-1].startswith("/halt")

    run_pane(code, script, size=(60, 10))


def test_what_is_found_looks_found() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start")
        await pilot.pause()
        assert not _underlined(code)
        await pilot.press("slash", "r", "3")
        await pilot.pause()
        assert _underlined(code) == ["r3", "r3"]
        await pilot.press("escape")
        await pilot.pause()
        assert not _underlined(code)

    run_pane(code, script, size=(80, 12))


def _underlined(code: CodePane) -> list[str]:
    drawn = (code.render_line(row) for row in range(8))
    return [
        segment.text for strip in drawn for segment in strip if segment.style is not None and segment.style.underline
    ]


def test_keys_of_a_search_are_no_keys_of_the_pane_and_are_bounded() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start")
        await pilot.press("slash", *"dvt j", "slash", "full_stop", "comma")
        assert code.wanted == "dvt j/.,"
        await pilot.press("ctrl+u")
        assert code.wanted == "" and code.is_typing
        await pilot.press(*"x" * (MOST_TYPED + 5))
        assert len(code.wanted) == MOST_TYPED
        await pilot.press("ctrl+u", "backspace")
        assert not code.is_typing

    run_pane(code, script, size=(80, 12))


def test_a_search_goes_on_in_another_listing() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start")
        await pilot.press("slash", *"sums", "enter", "d")
        await pilot.pause()
        assert "not found" in rule(pilot)
        await pilot.press("d")
        await pilot.pause()
        assert "1 line" in rule(pilot)

    run_pane(code, script, size=(110, 12))


# -- following --------------------------------------------------------------------------------------------------------


def test_the_view_can_stay_where_one_reads() -> None:
    program = toy_program("\n".join(["NOP"] * 400 + ["HALT"]))
    code = pane(program.source, program.lines)

    def here(row: int, **fields: Any) -> Moment:
        return moment(pc=program.lines[row].pc, tick=row, **fields)

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = here(0)
        await pilot.press("t")
        code.cursor_row = 50
        code.moment = here(200)
        await pilot.pause()
        assert code.cursor_row == 50 and "follow off" in rule(pilot)
        code.moment = here(201, cursor=program.lines[300].pc, turn=1)
        assert code.cursor_row == 300, "who asks for a line gets it"
        await pilot.press("ctrl+l")
        assert code.cursor_row == 201
        code.moment = here(202)
        assert code.cursor_row == 201
        await pilot.press("t")
        await pilot.pause()
        assert code.cursor_row == 202 and "follow" not in rule(pilot)
        code.moment = here(203)
        assert code.cursor_row == 203

    run_pane(code, script, size=(60, 12))


def test_news_of_the_same_turn_does_not_take_the_cursor_back_to_a_line_that_was_asked_for() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start", cursor=AT["end"], turn=3)
        assert code.cursor_pc == AT["end"]
        code.cursor_row = 2
        code.moment = at("start", cursor=AT["end"], turn=3, revision=2)
        assert code.cursor_row == 2
        code.moment = at("start", cursor=AT["end"], turn=4, revision=3)
        assert code.cursor_pc == AT["end"]

    run_pane(code, script, size=(60, 12))


# -- the mouse --------------------------------------------------------------------------------------------------------


async def drag(pilot: Pilot[Any], start: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down("#code", offset=start)
    await pilot.hover("#code", offset=end)
    await pilot.mouse_up("#code", offset=end)
    await pilot.pause()


def test_text_can_be_selected_and_is_copied_without_the_gutter() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start", visits=Visited({}))
        await pilot.pause()
        text = rows(pilot)
        first, last = text[1].index("r1"), text[3].index("r3") + 1
        await drag(pilot, (first, 2), (last, 4))
        assert pilot.app.screen.get_selected_text() == "r1 3 ; @start\nLOOP r1 ; @open\n  MUL r3"
        reverse = [segment.text for segment in code.render_line(1) if segment.style.bgcolor != code.rich_style.bgcolor]  # type: ignore[union-attr]
        assert "r1" in "".join(reverse)
        await drag(pilot, (1, 3), (first, 3))
        assert pilot.app.screen.get_selected_text() == "LOOP"

    heard = run_pane(code, script, size=(80, 12))
    assert not [m for m in heard if isinstance(m, CodePane.BreakpointToggled)]


def test_clicks_still_toggle_and_move() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start")
        await pilot.click("#code", offset=(1, 4))
        await pilot.click("#code", offset=(30, 5))
        assert code.cursor_row == 4
        assert pilot.app.screen.get_selected_text() is None

    heard = run_pane(code, script, size=(80, 12))
    assert [m.pc for m in heard if isinstance(m, CodePane.BreakpointToggled)] == [AT["body"]]


def test_a_click_with_ctrl_runs_to_the_row() -> None:
    code = pane()

    async def script(pilot: Pilot[Any]) -> None:
        code.moment = at("start")
        await pilot.click("#code", offset=(30, 4), control=True)
        await pilot.click("#code", offset=(1, 4), control=True)

    heard = run_pane(code, script, size=(80, 12))
    assert [m.line for m in heard if isinstance(m, LineGiven)] == [f"until *0x{AT['body']:04x}"] * 2
    assert not [m for m in heard if isinstance(m, CodePane.BreakpointToggled)]
