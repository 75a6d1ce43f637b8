"""The editor in the debugger: keys that are text, running what is edited, files, and that nothing is lost."""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tests.support.editor import LOOPS, written
from tests.support.screens import (
    debug_screen,
    debugger,
    explored,
    press,
    run_app,
    screen_text,
    settle,
    tap,
    type_line,
    until,
)
from xqdbg import resources
from xqdbg.batch.target import open_for_editing, open_target
from xqdbg.editing.recent import RecentFiles
from xqdbg.editing.recovery import Recovery
from xqdbg.errors import XqdbgError
from xqdbg.session import Opened, Session
from xqdbg.tui.app import XqdbgApp
from xqdbg.tui.editor.pane import EditorPane
from xqdbg.tui.modals.choice import ChoiceModal
from xqdbg.tui.modals.difference import DifferenceModal
from xqdbg.tui.modals.new_text import NewModal
from xqdbg.tui.modals.open_text import OpenModal
from xqdbg.tui.modals.save_as import SaveAsModal

LARGE = (120, 40)


def session(file: str) -> Session:
    target = open_target(file)
    options = argparse.Namespace(
        calldata=None,
        inputs=None,
        args=None,
        gas=None,
        output_slots=None,
        step_limit=None,
        memory_limit=None,
        unlimited_steps=False,
    )
    return Session(target.machine(options), target.name, opened=Opened(target.tools, target.program, target.path))


def app(file: str) -> XqdbgApp:
    return debugger(session(file))


async def opened(pilot: Pilot[Any], *keys: str) -> EditorPane:
    """Have the program edited; returns the editor, in focus."""
    screen = debug_screen(pilot)
    await explored(pilot)
    await tap(pilot, *(keys or ("E",)))
    await until(pilot, lambda: screen.editor is not None and screen.editor.area.has_focus)
    editor = screen.editor
    assert editor is not None
    return editor


async def typed(pilot: Pilot[Any], editor: EditorPane, *keys: str) -> None:
    """Type, and wait until the editor has heard of it."""
    await tap(pilot, *keys)
    await until(pilot, lambda: editor.sheet.document.text == editor.area.text)


async def shown(pilot: Pilot[Any], kind: type[Screen[Any]]) -> Any:
    """Wait for a dialog."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.is_mounted)
    await pilot.pause()
    return pilot.app.screen


async def told(pilot: Pilot[Any], text: str) -> None:
    """Wait until something is on the screen."""
    await until(pilot, lambda: text in screen_text(pilot.app))


def last_row(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app).splitlines()[-1]


# -- typing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), LARGE, (200, 60)])
def test_the_source_is_edited_beside_problems_and_state(size: tuple[int, int], tmp_path: Path) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        assert editor.area.text == LOOPS and not editor.is_unsaved
        rows = screen_text(pilot.app).splitlines()
        assert any("RANGE           ; three times" in row for row in rows) and "▶" in rows[1]
        assert "Problems" in "".join(rows) and "Registers" in "".join(rows)

    run_app(app(written(tmp_path, LOOPS)), script, size)


def test_no_key_of_a_command_fires_while_one_types(tmp_path: Path) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        screen = debug_screen(pilot)
        before = screen.moment
        keys = ";sSnNcCuUfFiIrgGbxeEwWqQzLoHymM'?:,.0123456789%<>[]{}=+-*d"
        await typed(pilot, editor, *keys, "space", "tab")
        await settle(pilot)
        assert editor.area.text.startswith(keys + " ") and screen.moment is not None and before is not None
        assert screen.moment.tick == before.tick and pilot.app.screen is screen and not screen.count
        assert not screen.command_line.is_open and not screen.film.playing
        await tap(pilot, "ctrl+z")
        await tap(pilot, "escape")
        await until(pilot, lambda: not editor.area.has_focus)
        await press(pilot, "s")
        assert screen.moment.tick == before.tick + 1
        await tap(pilot, ":")
        assert screen.command_line.is_open

    run_app(app(written(tmp_path, LOOPS)), script, LARGE)


def test_function_keys_step_while_one_types(tmp_path: Path) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        await press(pilot, "f11", "f11")
        moment = debug_screen(pilot).moment
        assert moment is not None and moment.tick == 2 and editor.area.has_focus
        assert screen_text(pilot.app).splitlines()[3].startswith(" ▶")

    run_app(app(written(tmp_path, LOOPS)), script, LARGE)


def test_the_layout_with_the_editor_does_not_catch_the_keys(tmp_path: Path) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, "layout edit")
        assert screen.layout_name == "edit" and screen.editor is not None
        await until(pilot, lambda: screen.is_typing)
        await tap(pilot, "escape")
        await until(pilot, lambda: not screen.is_typing)
        await press(pilot, "s", "L")
        assert screen.layout_name != "edit" and screen.moment is not None and screen.moment.tick == 1
        for _ in range(len(screen.layouts)):
            await press(pilot, "L")
            assert screen.layout_name != "edit"
        await until(pilot, lambda: screen.editor is not None and screen.editor.area.text == LOOPS)

    run_app(app(written(tmp_path, LOOPS)), script, LARGE)


def test_the_zoomed_editor_keeps_its_problems_and_completions(tmp_path: Path) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        screen = debug_screen(pilot)
        screen.zoom()
        await pilot.pause()
        assert screen.maximized is editor
        await typed(pilot, editor, *"VE")
        await told(pilot, "VECPUSH")
        await told(pilot, "1 error")
        screen.zoom()
        assert screen.maximized is None

    run_app(app(written(tmp_path, LOOPS)), script, LARGE)


# -- running ----------------------------------------------------------------------------------------------------------


def test_what_is_edited_runs_on_from_the_same_tick(tmp_path: Path) -> None:
    path = written(tmp_path, LOOPS)

    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await press(pilot, "4", "s")
        editor = await opened(pilot)
        await typed(pilot, editor, "ctrl+end", *"PUSH 42", "enter")
        await press(pilot, "ctrl+r")
        await until(pilot, lambda: screen.moment is not None and screen.moment.program is not None
                    and len(screen.moment.program.source) == 7)  # fmt: skip
        assert screen.moment is not None and screen.moment.tick == 4 and editor.area.has_focus
        assert "rebuilt" in last_row(pilot)
        await tap(pilot, "escape")
        await press(pilot, "L", "L")
        await until(pilot, lambda: "PUSH 42" in screen_text(pilot.app))
        assert screen.code_pane.row_count == 7
        assert Path(path).read_text() == LOOPS

    run_app(app(path), script, LARGE)


def test_marks_follow_the_program_that_runs_now(tmp_path: Path) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        await typed(pilot, editor, "enter", "enter", "down", "f9")
        await settle(pilot)
        await until(pilot, lambda: "●" in screen_text(pilot.app).splitlines()[4])
        await press(pilot, "f5")
        await until(pilot, lambda: screen_text(pilot.app).splitlines()[3].startswith(" ▶"))
        assert "●" in screen_text(pilot.app).splitlines()[4]
        await press(pilot, "f11")
        await until(pilot, lambda: screen_text(pilot.app).splitlines()[4].startswith("●▶"))

    run_app(app(written(tmp_path, LOOPS)), script, LARGE)


def test_a_text_that_is_no_program_runs_nothing_and_says_why(tmp_path: Path) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        screen = debug_screen(pilot)
        await typed(pilot, editor, *"WRONG", "enter", "ctrl+r")
        await told(pilot, "unknown mnemonic 'WRONG'")
        await until(pilot, lambda: len(editor.problems) == 1)
        assert screen.moment is not None and screen.moment.program is not None
        assert len(screen.moment.program.source) == 6
        await tap(pilot, "escape", "escape")
        screen.look_at("problems")
        await until(pilot, lambda: screen.tiles.pane_of(screen.focused) == "problems")
        await tap(pilot, "enter")
        await until(pilot, lambda: editor.area.has_focus and editor.area.cursor_location == (0, 0))

    run_app(app(written(tmp_path, LOOPS)), script, LARGE)


# -- what is edited ---------------------------------------------------------------------------------------------------


def test_a_program_that_ships_is_edited_as_a_text_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    original = resources.find_example("factorial").program.read_text()

    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        assert editor.sheet.document.path == "" and not editor.is_unsaved and editor.area.text == original
        await typed(pilot, editor, *"; mine", "enter", "ctrl+s")
        await shown(pilot, SaveAsModal)
        await tap(pilot, "enter")
        await until(pilot, lambda: (tmp_path / "factorial.xqasm").exists() and not editor.is_unsaved)
        await told(pilot, "saved")

    run_app(app("example:factorial"), script, LARGE)
    lines = (tmp_path / "factorial.xqasm").read_text().splitlines()
    lines.remove("; mine")
    assert lines == original.splitlines()
    assert resources.find_example("factorial").program.read_text() == original
    assert [os.path.basename(path) for path in RecentFiles().all()] == ["factorial.xqasm"]


def test_a_program_without_a_source_is_edited_as_what_assembles_to_it(tmp_path: Path) -> None:
    target = open_target("example:tsp5/encoder")
    path = tmp_path / "tsp.xqb"
    path.write_bytes(target.program.container())

    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        assert "RANGE\n  LVAL r4" in editor.area.text and not editor.is_unsaved
        assert target.tools.assemble(editor.area.text).container() == target.program.container()
        await type_nothing_and_run(pilot, editor)

    async def type_nothing_and_run(pilot: Pilot[Any], editor: EditorPane) -> None:
        await press(pilot, "ctrl+r")
        await until(pilot, lambda: screen_text(pilot.app).splitlines()[1].startswith(" ▶"))
        assert editor.area.has_focus

    run_app(app(str(path)), script, LARGE)


def test_files_are_edited_by_command_and_new_ones_begun(tmp_path: Path) -> None:
    path, other = written(tmp_path, LOOPS), written(tmp_path, "HALT\n", "other.xqasm")

    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, f"edit {other}")
        await until(pilot, lambda: screen.editor is not None and screen.editor.area.text == "HALT\n")
        editor = screen.editor
        assert editor is not None
        await until(pilot, lambda: editor.area.has_focus)
        await tap(pilot, "escape")
        await type_line(pilot, f"edit {tmp_path}/fresh.xqasm")
        await until(pilot, lambda: editor.area.text == "")
        await until(pilot, lambda: editor.area.has_focus)
        await typed(pilot, editor, *"NOP")
        await tap(pilot, "ctrl+s")
        await until(pilot, lambda: (tmp_path / "fresh.xqasm").exists())
        await tap(pilot, "escape")
        await type_line(pilot, "new counted loop")
        await until(pilot, lambda: "RANGE" in editor.area.text)
        assert not editor.sheet.document.path

    run_app(app(path), script, LARGE)
    assert (tmp_path / "fresh.xqasm").read_text() == "NOP"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\x01\x02 binary", "NUL byte"),
        (b"PUSH 1\xff\n", "not UTF-8"),
        (b"PUSH 1 ; x\n" * 1_000_000, "too large"),
        (b"PUSH \x1b[31m1\n", "control character"),
    ],
)
def test_what_cannot_be_edited_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    hostile = tmp_path / "hostile.xqasm"
    hostile.write_bytes(content)

    async def script(pilot: Pilot[Any]) -> None:
        await type_line(pilot, f"edit {hostile}")
        await told(pilot, message)
        screen = debug_screen(pilot)
        assert screen.editor is None or screen.editor.language is None

    run_app(app(written(tmp_path, LOOPS)), script, (200, 40))


def test_a_text_is_chosen_out_of_lately_and_out_of_the_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, LOOPS)
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    written(tmp_path, "NOP\n", "[red]x.xqasm")
    written(tmp_path, "x", "notes.txt")
    written(tmp_path / "sub", "HALT\n", "inner.xqasm")
    other = written(tmp_path, "NOP\n", "lately.xqasm")
    monkeypatch.chdir(tmp_path)
    RecentFiles().add(other)

    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        await tap(pilot, "ctrl+o")
        await shown(pilot, OpenModal)
        await told(pilot, "▸ sub")
        text = screen_text(pilot.app)
        assert "lately.xqasm" in text and "[red]x.xqasm" in text
        assert "hidden" not in text and "notes" not in text
        await tap(pilot, "down", "down", "enter")
        await until(pilot, lambda: editor.area.text == "NOP\n")
        await tap(pilot, "ctrl+o")
        await shown(pilot, OpenModal)
        await tap(pilot, *"sub/in", "tab", "enter")
        await until(pilot, lambda: editor.area.text == "HALT\n")
        await tap(pilot, "ctrl+o")
        await shown(pilot, OpenModal)
        await tap(pilot, "escape")
        await until(pilot, lambda: editor.area.has_focus)
        assert editor.area.text == "HALT\n"

    run_app(app(path), script, LARGE)


def test_a_text_is_begun_from_a_template_one_can_see(tmp_path: Path) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        await tap(pilot, "ctrl+n")
        await shown(pilot, NewModal)
        await told(pilot, "PUSH 40")
        await tap(pilot, "down")
        await told(pilot, "RANGE")
        await tap(pilot, "enter")
        await until(pilot, lambda: "RANGE" in editor.area.text and editor.area.text != LOOPS)
        assert not editor.is_unsaved

    run_app(app(written(tmp_path, LOOPS)), script, LARGE)


# -- nothing is lost --------------------------------------------------------------------------------------------------


def test_leaving_asks_about_text_that_is_not_saved(tmp_path: Path) -> None:
    path = written(tmp_path, LOOPS)

    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        await typed(pilot, editor, *";x", "escape")
        await tap(pilot, "q")
        await shown(pilot, ChoiceModal)
        await tap(pilot, "escape")
        await until(pilot, lambda: pilot.app.screen is debug_screen(pilot))
        assert pilot.app.is_running and editor.area.text == ";x" + LOOPS
        await tap(pilot, "ctrl+q", "ctrl+q")
        await shown(pilot, ChoiceModal)
        assert len(pilot.app.screen_stack) == 2
        await tap(pilot, "s")
        await until(pilot, lambda: not pilot.app.is_running or pilot.app._exit)

    run_app(app(path), script, LARGE)
    assert Path(path).read_text() == ";x" + LOOPS
    assert not Recovery().left()


def test_what_is_thrown_away_is_asked_for_once(tmp_path: Path) -> None:
    path, other = written(tmp_path, LOOPS), written(tmp_path, "HALT\n", "other.xqasm")

    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        await typed(pilot, editor, *";x", "escape")
        await type_line(pilot, f"edit {other}")
        await shown(pilot, ChoiceModal)
        await tap(pilot, "d")
        await until(pilot, lambda: editor.area.text == "HALT\n")
        await until(pilot, lambda: editor.area.has_focus)
        await tap(pilot, "escape", "q")
        await until(pilot, lambda: not pilot.app.is_running or pilot.app._exit)

    run_app(app(path), script, LARGE)
    assert Path(path).read_text() == LOOPS


def test_a_signal_loses_nothing_and_the_next_start_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, LOOPS)

    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        await typed(pilot, editor, *"; not saved")
        os.kill(os.getpid(), signal.SIGTERM)
        await until(pilot, lambda: not pilot.app.is_running or pilot.app._exit)

    run_app(app(path), script, LARGE)
    assert Path(path).read_text() == LOOPS
    monkeypatch.setattr("xqdbg.editing.recovery._is_running", lambda _pid: False)
    assert [copy.path for copy in Recovery().left()] == [path]

    async def again(pilot: Pilot[Any]) -> None:
        await told(pilot, "program.xqasm: E and then ctrl+o")
        editor = await opened(pilot)
        await tap(pilot, "ctrl+o")
        await shown(pilot, OpenModal)
        await told(pilot, "not saved just now")
        await tap(pilot, "down", "enter")
        await until(pilot, lambda: editor.area.text == "; not saved" + LOOPS)
        assert editor.is_unsaved
        await until(pilot, lambda: editor.area.has_focus)
        await tap(pilot, "ctrl+s")
        await until(pilot, lambda: not editor.is_unsaved)

    run_app(app(path), again, LARGE)
    assert Path(path).read_text() == "; not saved" + LOOPS
    assert not Recovery().left()


def test_a_file_others_have_changed_is_compared_and_overwritten_only_when_asked(tmp_path: Path) -> None:
    path = written(tmp_path, LOOPS)

    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        await typed(pilot, editor, *";mine", "enter")
        Path(path).write_text("; theirs\n" + LOOPS)
        await tap(pilot, "ctrl+s")
        await shown(pilot, ChoiceModal)
        await tap(pilot, "c")
        await shown(pilot, DifferenceModal)
        await told(pilot, "-; theirs")
        await told(pilot, "+;mine")
        await tap(pilot, "escape")
        await shown(pilot, ChoiceModal)
        assert Path(path).read_text() == "; theirs\n" + LOOPS
        await tap(pilot, "o")
        await until(pilot, lambda: not editor.is_unsaved)
        assert Path(path).read_text() == ";mine\n" + LOOPS

    run_app(app(path), script, LARGE)


@pytest.mark.parametrize("keys", [("home",), ("ctrl+end", "enter")], ids=["top", "bottom"])
def test_what_is_offered_touches_the_line_of_the_word_and_never_hides_it(keys: tuple[str, ...]) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        editor = await opened(pilot)
        await typed(pilot, editor, *keys, *"ADDQ")
        await tap(pilot, "ctrl+space")
        await until(pilot, lambda: editor._choices.display and editor._choices.region.area > 0)
        await pilot.pause()
        area = editor.area
        line = area.content_region.y + area.cursor_location[0] - round(area.scroll_offset.y)
        region = editor._choices.region
        assert line in (region.y - 1, region.bottom), "right below it, or right above"
        assert "ADDQ" in screen_text(pilot.app).splitlines()[line]
        assert region.bottom <= pilot.app.size.height

    run_app(app("example:tsp5/encoder"), script, LARGE)


def test_a_text_with_errors_is_opened_in_the_editor_mended_and_run(tmp_path: Path) -> None:
    file = tmp_path / "broken.xqasm"
    file.write_text("PUSH 6\nPUSHH 7\nMUL\nSTOW r0\nHALT\n", encoding="utf-8")
    target = open_for_editing(str(file))
    assert target.program.instructions == 0
    machine = target.tools.machine(target.program, {})
    opened_on = Opened(target.tools, target.program, target.path)

    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await until(pilot, lambda: screen.editor is not None and len(screen.editor.problems) == 1)
        editor = screen.editor
        assert editor is not None
        await tap(pilot, "f8", *["right"] * 4, "delete")
        await until(pilot, lambda: editor.is_examined and not editor.problems)
        await tap(pilot, "ctrl+r")
        await until(pilot, lambda: screen.moment is not None and screen.moment.program is not None)
        await settle(pilot)
        await press(pilot, "escape", "c")
        assert screen.moment is not None and screen.moment.cells["registers"][0].text == "42"

    run_app(debugger(Session(machine, target.name, opened=opened_on), edited=str(file)), script, LARGE)


def test_what_can_be_begun_with_in_the_editor(tmp_path: Path) -> None:
    assert open_for_editing(str(tmp_path / "new.xqasm")).program.instructions == 0
    assert open_for_editing("example:factorial").program.instructions > 0
    (tmp_path / "empty.xqasm").touch()
    assert open_for_editing(str(tmp_path / "empty.xqasm")).program.instructions == 0
    for wrong, words in (
        ("-", "standard input cannot be edited"),
        (str(tmp_path), "director"),
        ("example:nope", "nope"),
    ):
        with pytest.raises(XqdbgError, match=words):
            open_for_editing(wrong)
