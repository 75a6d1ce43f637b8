"""The editor's pane: problems, completion, documentation, going places, changing and saving the text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.geometry import Offset

from tests.conftest import Golden
from tests.support.editor import LOOPS, Desk, edit, messages, written
from tests.support.moments import moment, stop_at
from tests.support.panes import screen_text
from vm.xqvm.toolchain import TOOLCHAIN
from xqdbg.editing.document import Document
from xqdbg.editing.recovery import Recovery
from xqdbg.editing.text import Severity
from xqdbg.moment import Listing
from xqdbg.tui.editor import asking
from xqdbg.tui.editor import messages as say
from xqdbg.tui.editor import pane as pane_module
from xqdbg.tui.panes.line_given import LineGiven

JUMPS = """PUSH 3
STOW r1
TARGET .0       ; again
LOAD r1
DEC
STOW r1
LOAD r1
JUMPI .0
HALT
"""
WRONG = "PUSH 1\nPUHS 2\nADD\nJUMP .7\nHALT\n"


# -- problems ---------------------------------------------------------------------------------------------------------


def test_problems_are_marked_counted_told_and_visited() -> None:
    async def script(desk: Desk) -> None:
        await desk.examined()
        found = [(each.line, each.severity) for each in desk.pane.problems]
        assert found == [(2, Severity.ERROR), (4, Severity.ERROR)]
        rows = screen_text(desk.pilot.app).splitlines()
        assert rows[1].split()[:2] == ["2", "✖"] and rows[0].split()[:2] == ["1", "PUSH"]
        await desk.type("f8")
        assert desk.area.cursor_location[0] == 1
        await desk.until(lambda: "PUHS" in screen_text(desk.pilot.app).splitlines()[-1])
        assert "did you mean PUSH" in screen_text(desk.pilot.app).splitlines()[-1]
        await desk.type("f8")
        assert desk.area.cursor_location[0] == 3
        await desk.type("f8")
        assert desk.area.cursor_location[0] == 1
        await desk.type("shift+f8")
        assert desk.area.cursor_location[0] == 3

    heard = edit(script, WRONG)
    assert len(messages(heard, say.Examined)[-1].problems) == 2


def test_problems_go_when_they_are_mended_and_warnings_are_of_another_kind() -> None:
    async def script(desk: Desk) -> None:
        await desk.examined()
        desk.area.replace("PUSH 2", (1, 0), (1, 6))
        desk.area.replace("", (3, 0), (4, 0))
        await desk.examined()
        assert not desk.pane.problems
        await desk.until(lambda: "✖" not in screen_text(desk.pilot.app))
        desk.area.replace("ADD", (0, 0), (0, 6))
        await desk.examined()
        assert {each.severity for each in desk.pane.problems} == {Severity.WARNING}
        rows = screen_text(desk.pilot.app).splitlines()
        assert any(row.split()[1:2] == ["!"] for row in rows)

    edit(script, WRONG)


def test_what_was_found_out_of_an_older_text_is_not_told() -> None:
    async def script(desk: Desk) -> None:
        await desk.examined()
        desk.pane.examine()
        desk.area.replace("", (0, 0), (5, 0))
        await desk.pilot.pause()
        assert not desk.pane.is_examined
        await desk.examined()
        assert not desk.pane.problems or desk.text == ""

    edit(script, WRONG)


def test_marks_go_along_with_their_lines_until_the_text_is_looked_through_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def script(desk: Desk) -> None:
        await desk.examined()
        monkeypatch.setattr(pane_module, "QUIET_SECONDS", 60)
        desk.at(0, 0)
        await desk.type("enter", "enter")
        await desk.pilot.pause()
        rows = screen_text(desk.pilot.app).splitlines()
        assert rows[3].split()[:3] == ["4", "✖", "PUHS"]

    edit(script, WRONG)


# -- completion -------------------------------------------------------------------------------------------------------


def test_two_letters_offer_words_that_tab_takes() -> None:
    async def script(desk: Desk) -> None:
        await desk.type("P")
        await desk.pilot.pause(0.05)
        assert not desk.pane._choices.display
        await desk.type("U")
        assert "PUSH" in await desk.offered()
        await desk.until(lambda: "Push an integer" in screen_text(desk.pilot.app))
        await desk.type("tab", " 7")
        assert desk.text == "PUSH 7" and not desk.pane._choices.display

    edit(script, "")


def test_enter_is_never_stolen_unless_something_was_chosen() -> None:
    async def script(desk: Desk) -> None:
        await desk.type("VEC")
        await desk.offered()
        await desk.type("enter")
        assert desk.text == "VEC\n" and not desk.pane._choices.display
        await desk.type("VEC")
        names = await desk.offered()
        await desk.type("down", "down")
        await desk.until(lambda: f"▸ {names[2]} " in screen_text(desk.pilot.app))
        await desk.type("enter")
        assert desk.text == f"VEC\n{names[2]}"

    edit(script, "")


def test_the_list_narrows_as_one_types_and_escape_closes_it_alone() -> None:
    async def script(desk: Desk) -> None:
        await desk.type("VE")
        before = await desk.offered()
        await desk.type("CL")
        await desk.until(lambda: [each.text for each in desk.pane._choices.all] == ["VECLEN"])
        assert len(before) > 3
        await desk.type("backspace")
        await desk.until(lambda: len(desk.pane._choices.all) > 3)
        await desk.type("escape")
        assert not desk.pane._choices.display and desk.area.has_focus
        await desk.type("left")
        await desk.pilot.pause(0.05)
        assert not desk.pane._choices.display

    heard = edit(script, "")
    assert not messages(heard, say.Left)


def test_asked_for_by_key_the_first_one_is_chosen() -> None:
    async def script(desk: Desk) -> None:
        desk.at(3, 5)
        await desk.type("ctrl+space")
        assert (await desk.offered())[0] == "r1"
        await desk.type("enter")
        assert desk.text.split("\n")[3] == "LOAD r1"
        assert desk.area.cursor_location == (3, 7)

    edit(script, JUMPS.replace("LOAD r1\nDEC", "LOAD \nDEC"))


def test_labels_are_offered_with_what_is_known_of_them() -> None:
    async def script(desk: Desk) -> None:
        desk.at(7, 8)
        await desk.type("backspace", "backspace", "ctrl+space")
        assert ".0" in await desk.offered()
        await desk.until(lambda: "again" in screen_text(desk.pilot.app))

    edit(script, JUMPS)


@pytest.mark.parametrize("row", [2, 20])
def test_the_list_lies_below_the_line_or_above_it_near_the_bottom(row: int) -> None:
    async def script(desk: Desk) -> None:
        desk.at(row, 0)
        await desk.type("VE")
        await desk.offered()
        await desk.pilot.pause()
        spot = desk.pane._choices.spot
        line = desk.area.cell_of((row, 0)).y
        assert spot.y == line + 1 if row == 2 else spot.bottom == line
        rows = screen_text(desk.pilot.app).splitlines()
        assert "VE" in rows[line] and "VEC" in "".join(rows[spot.y : spot.bottom])

    edit(script, "\n" * 30)


def test_a_closing_word_goes_below_what_it_closes() -> None:
    async def script(desk: Desk) -> None:
        await desk.type("RANGE", "enter", "NEX")
        assert "NEXT" in await desk.offered()
        await desk.type("tab")
        assert desk.text == "RANGE\nNEXT"

    edit(script, "")


def test_the_mouse_takes_a_completion() -> None:
    async def script(desk: Desk) -> None:
        await desk.type("VE")
        names = await desk.offered()
        await desk.pilot.pause()
        await desk.pilot.click(desk.pane._choices, offset=(4, 2))
        await desk.until(lambda: desk.text == names[1])
        assert desk.area.has_focus

    edit(script, "")


@pytest.mark.parametrize("size", [(80, 24), (48, 16)])
def test_completions_and_their_documentation_as_they_are_drawn(size: tuple[int, int], golden: Golden) -> None:
    async def script(desk: Desk) -> None:
        await desk.examined()
        desk.at(1, 7)
        await desk.type("enter", "VECP")
        await desk.offered()
        await desk.examined()
        await desk.until(lambda: "VECPUSH" in screen_text(desk.pilot.app))
        await desk.until(lambda: "Append" in screen_text(desk.pilot.app))
        golden(f"editor_{size[0]}x{size[1]}.txt", screen_text(desk.pilot.app))

    edit(script, WRONG, size)


# -- documentation, and going places ----------------------------------------------------------------------------------


def test_words_are_explained_by_key_and_where_the_mouse_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "REST_SECONDS", 0.01)

    async def script(desk: Desk) -> None:
        desk.at(1, 1)
        await desk.type("ctrl+k")
        await desk.until(lambda: desk.pane._card.display)
        await desk.until(lambda: "Pop an integer into a register." in screen_text(desk.pilot.app))
        await desk.type("escape")
        assert not desk.pane._card.display and desk.area.has_focus
        cell = desk.area.cell_of((3, 5)) - desk.area.region.offset
        await desk.pilot.hover(desk.area, offset=Offset(*cell))
        await desk.until(lambda: "written in lines 2, 6" in screen_text(desk.pilot.app))
        await desk.type("x")
        assert not desk.pane._card.display

    heard = edit(script, JUMPS)
    assert not messages(heard, say.Left)


def test_labels_are_gone_to_and_one_comes_back() -> None:
    async def script(desk: Desk) -> None:
        desk.at(7, 7)
        await desk.type("f12")
        await desk.until(lambda: desk.area.cursor_location[0] == 2)
        await desk.type("shift+f12")
        assert desk.area.cursor_location == (7, 7)
        await desk.type("ctrl+g")
        await desk.type("5", "enter")
        await desk.until(lambda: desk.area.cursor_location == (4, 0))
        assert desk.area.has_focus
        await desk.type("ctrl+g", "x", "enter")
        await desk.until(lambda: "is no line" in screen_text(desk.pilot.app))
        await desk.type("escape")
        await desk.until(lambda: desk.area.has_focus)

    edit(script, JUMPS)


# -- changing the text ------------------------------------------------------------------------------------------------


def test_a_label_is_renamed_everywhere_as_one_edit() -> None:
    async def script(desk: Desk) -> None:
        desk.at(7, 7)
        await desk.type("f2")
        await desk.type("backspace", ".9", "enter")
        await desk.until(lambda: ".0" not in desk.text)
        assert desk.text == JUMPS.replace(".0", ".9")
        await desk.until(lambda: desk.area.has_focus)
        desk.area.undo()
        assert desk.text == JUMPS

    heard = edit(script, JUMPS)
    assert "renamed in 2 places" in [message.text for message in messages(heard, say.Told)]


def test_a_name_that_will_not_do_is_refused_where_it_is_typed() -> None:
    async def script(desk: Desk) -> None:
        desk.at(1, 6)
        await desk.type("f2", "x", "y", "enter")
        await desk.until(lambda: "is no name for a register" in screen_text(desk.pilot.app))
        assert desk.text == JUMPS
        await desk.type("escape")
        desk.at(8, 4)
        await desk.type("f2", "enter")
        await desk.until(lambda: "nothing to rename" in screen_text(desk.pilot.app))

    edit(script, JUMPS)


def test_the_text_is_put_into_its_usual_form_as_one_edit() -> None:
    async def script(desk: Desk) -> None:
        desk.at(3, 4)
        desk.pilot.app.post_message(events.Key("alt+x", "x"))
        await desk.type("f4")
        await desk.until(lambda: desk.text == usual)
        assert desk.area.cursor_location[0] == 3
        desk.area.undo()
        assert desk.text == ugly

    usual = LOOPS.replace("RANGE", "RANGE    ")
    ugly = LOOPS.replace("  LVAL r1", "LVAL   r1").replace("PUSH 0", "  push 0")
    edit(script, ugly)


def test_words_are_found_and_replaced() -> None:
    async def script(desk: Desk) -> None:
        await desk.type("ctrl+f", "load")
        await desk.until(lambda: "2 found" in screen_text(desk.pilot.app))
        await desk.type("enter")
        await desk.until(lambda: desk.area.selected_text == "LOAD" and desk.area.cursor_location[0] == 3)
        await desk.type("enter")
        await desk.until(lambda: desk.area.cursor_location[0] == 6)
        await desk.type("up")
        await desk.until(lambda: desk.area.cursor_location[0] == 3)
        await desk.type("ctrl+r")
        await desk.until(lambda: desk.pane._bar.kind == "replace")
        await desk.type("X", "enter")
        await desk.until(lambda: desk.text == JUMPS.replace("LOAD", "X", 1))
        await desk.type("ctrl+a")
        await desk.until(lambda: desk.text == JUMPS.replace("LOAD", "X"))
        desk.area.undo()
        assert desk.text == JUMPS.replace("LOAD", "X", 1)
        await desk.type("ctrl+f", "[", "b", "enter")
        await desk.until(lambda: "not found" in screen_text(desk.pilot.app))

    edit(script, JUMPS)


# -- files ------------------------------------------------------------------------------------------------------------


def test_the_text_is_saved_in_one_act_and_its_line_ends_stay(tmp_path: Path) -> None:
    path = written(tmp_path, "PUSH 1\r\nHALT\r\n")

    async def script(desk: Desk) -> None:
        assert "\r" not in desk.text
        await desk.type("; new", "enter")
        assert desk.pane.is_unsaved and "●" in str(desk.pane.border_title)
        await desk.type("ctrl+s")
        await desk.until(lambda: not desk.pane.is_unsaved)
        await desk.pilot.pause()
        assert "●" not in str(desk.pane.border_title)

    heard = edit(script, Document.open(path))
    assert Path(path).read_bytes() == b"; new\r\nPUSH 1\r\nHALT\r\n"
    assert [message.path for message in messages(heard, say.Saved)] == [path]
    assert os.listdir(tmp_path) == ["program.xqasm"]


def test_a_text_without_a_file_asks_for_one(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.type("; mine", "enter", "ctrl+s")
        await desk.pilot.pause()
        assert desk.pane.save(str(tmp_path / "new.xqasm"))
        assert not desk.pane.is_unsaved

    heard = edit(script)
    assert messages(heard, say.SaveAsWanted)
    assert (tmp_path / "new.xqasm").read_text() == "; mine\n" + LOOPS


def test_what_others_do_to_the_file_is_read_again_or_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, LOOPS)

    async def script(desk: Desk) -> None:
        Path(path).write_text("PUSH 9\n" + LOOPS)
        desk.pane.look_outside()
        await desk.until(lambda: desk.text == "PUSH 9\n" + LOOPS)
        assert not desk.pane.is_unsaved
        desk.area.undo()
        assert desk.text == LOOPS
        await desk.pilot.pause()
        Path(path).write_text("HALT\n")
        desk.pane.look_outside()
        desk.pane.look_outside()
        await desk.type("ctrl+s")
        await desk.pilot.pause()
        assert Path(path).read_text() == "HALT\n" and desk.text == LOOPS
        assert desk.pane.save(force=True)
        assert Path(path).read_text() == LOOPS

    heard = edit(script, Document.open(path))
    assert [message.saving for message in messages(heard, say.Clashed)] == [False, True]


def test_a_file_that_vanished_is_told_of_once_and_saved_anew(tmp_path: Path) -> None:
    path = written(tmp_path, LOOPS)

    async def script(desk: Desk) -> None:
        os.unlink(path)
        desk.pane.look_outside()
        desk.pane.look_outside()
        await desk.type("x")
        await desk.pilot.pause()
        assert desk.pane.save()

    heard = edit(script, Document.open(path))
    assert len([each for each in messages(heard, say.Told) if "no longer there" in each.text]) == 1
    assert Path(path).read_text() == "x" + LOOPS


def test_a_folder_without_permission_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    async def script(desk: Desk) -> None:
        await desk.type("x")
        await desk.pilot.pause()
        assert not desk.pane.save("/proc/nobody/here.xqasm")
        assert desk.pane.is_unsaved and desk.text == "x" + LOOPS

    heard = edit(script)
    assert "cannot write" in messages(heard, say.Refused)[0].error.message


def test_text_that_is_not_saved_is_kept_while_one_types_and_when_all_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane_module, "KEEP_SECONDS", 0.01)
    kept = tmp_path / "kept"

    async def script(desk: Desk) -> None:
        await desk.pilot.pause(0.05)
        assert not kept.exists()
        await desk.type("; first")
        await desk.until(lambda: any("; first" in each.read_text() for each in kept.glob("[!.]*")))  # whole ones
        monkeypatch.setattr(desk.pane, "_keep", lambda: None)
        await desk.type(" second")
        await desk.pilot.pause()

    edit(script, recovery=Recovery(str(kept)))
    assert [each.read_text().partition("\n")[2] for each in kept.iterdir()] == ["; first second" + LOOPS]


def test_what_is_saved_or_thrown_away_is_kept_no_longer(tmp_path: Path) -> None:
    kept = tmp_path / "kept"

    async def script(desk: Desk) -> None:
        await desk.type("x")
        await desk.pilot.pause()
        desk.pane.keep()
        assert len(list(kept.iterdir())) == 1
        desk.pane.save(str(tmp_path / "x.xqasm"))
        assert not list(kept.iterdir())
        await desk.type("y")
        await desk.pilot.pause()
        desk.pane.keep()
        desk.pane.sheet.discard()
        assert not desk.pane.is_unsaved

    edit(script, recovery=Recovery(str(kept)))
    assert not list(kept.iterdir())


# -- the run ----------------------------------------------------------------------------------------------------------


def _moment(text: str, pc_line: int, *lines: int) -> Any:
    program = TOOLCHAIN.assemble(text)
    code = tuple(program.lines())
    pcs = {line.source_line: line.pc for line in code}
    stops = tuple(stop_at(at, pcs[line]) for at, line in enumerate(lines, 1))
    return moment(pc=pcs[pc_line], breakpoints=stops, program=Listing(0, "x", code, tuple(program.source)))


def test_the_machine_and_breakpoints_are_marked_and_go_along_with_the_text() -> None:
    async def script(desk: Desk) -> None:
        desk.pane.moment = _moment(LOOPS, 4, 2)
        await desk.pilot.pause()
        rows = screen_text(desk.pilot.app).splitlines()
        assert rows[1].startswith("●") and rows[3].startswith(" ▶")
        desk.at(0, 0)
        await desk.type("enter", "up", "; new")
        await desk.pilot.pause()
        rows = screen_text(desk.pilot.app).splitlines()
        assert rows[2].startswith("●") and rows[4].startswith(" ▶") and not rows[1].startswith("●")
        desk.at(3, 0)
        await desk.type("f9")
        desk.at(2, 0)
        await desk.type("f9")
        desk.at(0, 0)
        await desk.type("f9")
        await desk.pilot.click(desk.area, offset=(0, 5))
        await desk.pilot.pause()

    heard = edit(script)
    assert [message.line for message in messages(heard, LineGiven)] == ["break 3", "delete 1", "break 5"]
    assert "no instruction" in messages(heard, say.Refused)[0].error.message


def test_a_text_that_does_not_run_has_no_marks() -> None:
    async def script(desk: Desk) -> None:
        desk.pane.moment = _moment(LOOPS, 4, 2)
        await desk.pilot.pause()
        assert "▶" not in screen_text(desk.pilot.app) and "●" not in screen_text(desk.pilot.app)

    edit(script, JUMPS)


def test_running_hands_the_text_over_and_escape_leaves() -> None:
    async def script(desk: Desk) -> None:
        await desk.type("; x", "f5", "ctrl+r", "escape")
        await desk.pilot.pause()

    heard = edit(script)
    assert [message.text for message in messages(heard, say.RunWanted)] == ["; x" + LOOPS] * 2
    assert len(messages(heard, say.Left)) == 1
