"""The whole debugger on a machine with calls, values of many types and printed output."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Golden
from tests.support.screens import debug_screen, debugger, explored, press, run_app, screen_text, type_line, until
from vm.mdvm.toolchain import TOOLCHAIN
from xqdbg.batch.target import beside, open_target
from xqdbg.session import Opened, Session
from xqdbg.tui.panes.cells_pane import CellsPane


def session(program: str) -> Session:
    target = open_target(program)
    return Session(target.tools.machine(target.program, {}), target.name, opened=Opened(target.tools, target.program))


def written(text: str) -> Session:
    program = TOOLCHAIN.assemble(text, "p.mdasm")
    return Session(TOOLCHAIN.machine(program, {}), "p.mdasm", opened=Opened(TOOLCHAIN, program))


def notes(pilot: Pilot[Any], view: str) -> list[str]:
    """What stands behind the values of a view."""
    pane = pilot.app.screen.query_one(f"#pane-{view}", CellsPane)
    return [pane._look(row).note for row in range(pane.row_count)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize(("program", "large"), [("hanoi_moves", False), ("word_count", False), ("sieve_flags", True)])
def test_room_is_given_to_what_the_program_has(
    program: str, large: bool, size: tuple[int, int], golden: Golden
) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "goto 60")
        screen = debug_screen(pilot)
        tiles, placed = screen.tiles, {pane for pane in screen.kinds if screen.tiles.is_placed(pane)}
        assert ("matrix" in placed) == (large and size[1] >= 38) and {"registers", "calls", "outputs"} <= placed
        regions = tiles.solved(tiles.size).regions
        assert regions["registers"].height >= 7 and regions["registers"].width >= 18
        if large and "matrix" in regions:
            assert regions["matrix"].height < regions["registers"].height
        golden(f"mdvm/{program}-{size[0]}.txt", screen_text(pilot.app))
        await type_line(pilot, "layout model")
        assert screen.tiles.is_placed("matrix"), "who asks for it gets it"

    run_app(debugger(session(f"example:{program}")), script, size)


def test_each_line_of_output_tells_when_it_came() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, "G")
        await until(pilot, lambda: notes(pilot, "outputs")[-1:] == ["tick 145"])
        assert notes(pilot, "outputs")[:2] == ["tick 38", "tick 51"]
        await type_line(pilot, "goto 52")
        assert notes(pilot, "outputs") == ["tick 38", "tick 51"]

    run_app(debugger(session("example:hanoi_moves")), script, (120, 40))


def test_no_tick_is_told_where_not_every_print_printed() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await press(pilot, "G")
        assert notes(pilot, "outputs") == [""], "Empty prints nothing"

    run_app(debugger(written("load_const r0, 1\nprint r1\nprint r0\n")), script)


def test_the_status_line_warns_of_what_is_odd_about_the_instruction() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "goto 89")
        assert "!" not in screen_text(pilot.app).splitlines()[-2]
        await press(pilot, "s")
        assert "! what r84 holds may be another value" in screen_text(pilot.app).splitlines()[-2]

    run_app(debugger(session("example:many_registers")), script, (200, 60))


def test_what_is_about_to_be_written_is_told_in_the_words_of_the_machine() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        for tick, told in enumerate(('→ "a b"', "→ true", "→ 2.5", "→ false")):
            await type_line(pilot, f"goto {tick}")
            row = next(row for row in screen_text(pilot.app).splitlines() if f"›r{tick} " in row)
            assert told in row.partition("›")[2]
        await type_line(pilot, "goto 5")
        assert "pc @5" in screen_text(pilot.app)

    text = 'load_const r0, "a b"\nload_const r1, true\nload_const r2, 2.5\nnot r3, r1\nnop\nreturn r0\n'
    run_app(debugger(written(text)), script, (200, 60))


def test_code_that_does_not_fit_ends_with_a_sign() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        rows = screen_text(pilot.app).splitlines()
        assert any("…" in row for row in rows if "this is a comment" in row)
        assert not any("…" in row.partition("─")[0] for row in rows if "nop" in row)

    text = "nop ; short\nnop\n; this is a comment that is far too long for the column it stands in, by far\nnop\n"
    run_app(debugger(written(text)), script)


def compiled(name: str) -> Session:
    target = beside(open_target(f"example:{name}"))
    opened = Opened(target.tools, target.program, target.path)
    return Session(target.tools.machine(target.program, {}), target.name, opened=opened)


def test_a_compiled_program_shows_its_markdown_and_is_edited_as_assembly(golden: Golden) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await explored(pilot)
        await type_line(pilot, "break 12")
        await type_line(pilot, "continue")
        screen = debug_screen(pilot)
        code = screen.code_pane
        assert (
            code._listing.rows[code.cursor_row] == '> > > Say _"C"_.' and code._listing.numbers[code.cursor_row] == 12
        )
        golden("mdvm/grades-source-200.txt", screen_text(pilot.app))
        first = code.draw_row(18, 80)
        inks = {segment.text: segment.style for segment in first if segment.text in ("use ", "`grade`")}
        assert len(inks) == 2 and len({style.color for style in inks.values() if style is not None}) == 2
        code.focus()
        await press(pilot, "z", "d", "d")
        assert code._listing.beside and code._listing.text(code.cursor_row).startswith('> > > Say _"C"_.')
        golden("mdvm/grades-both-200.txt", screen_text(pilot.app))
        await type_line(pilot, "edit")
        await until(pilot, lambda: screen.editor is not None and bool(screen.editor.area.text))
        assert screen.editor is not None
        text, area = screen.editor.area.text, screen.editor.area
        assert ".module" in text and "Say" not in text and not any(area.lines._origins)

    run_app(debugger(compiled("grades")), script, (200, 50))
