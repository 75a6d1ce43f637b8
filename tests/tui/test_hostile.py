"""The app under hands that are too fast, a terminal too small, pastes that are no text, and signals."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.screens import debug_screen, debugger, press, run_app, screen_text, settle, tap, type_line, until
from tests.support.toy import toy_machine
from xqdbg.session import Session
from xqdbg.tui.app import XqdbgApp
from xqdbg.tui.face import ALL_COMMANDS
from xqdbg.tui.modals.help import listed
from xqdbg.tui.panes.matrix_text import NEGATIVE, NOTHING, PAIRS, POSITIVE, STORED_ZERO

ROOT = Path(__file__).parents[2]
PROGRAM = "SET r1 5\nLOOP r1\n  NOP\nEND\nHALT"


def app() -> XqdbgApp:
    return debugger(Session(toy_machine(PROGRAM)))


def tick(pilot: Pilot[Any]) -> int:
    moment = debug_screen(pilot).moment
    assert moment is not None
    return moment.tick


def send(pilot: Pilot[Any], *keys: str) -> None:
    """Post keys all at once, as a terminal does that was slow to be read."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))


# -- the palette ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [("enter", "enter"), ("enter", "escape"), ("escape", "escape"), ("enter",) * 5])
def test_a_palette_is_left_once_however_many_keys_leave_it(keys: tuple[str, ...]) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, "ctrl+p", *"step")
        await until(pilot, lambda: "Run one instruction" in screen_text(pilot.app))
        send(pilot, *keys)
        await until(pilot, lambda: pilot.app.screen is debug_screen(pilot))
        await settle(pilot)
        assert tick(pilot) <= 1, "a command chosen once is carried out once"
        before = tick(pilot)
        await press(pilot, "s")
        assert tick(pilot) == before + 1

    run_app(app(), script, (100, 30))


def test_paging_a_palette_that_is_not_filled_yet() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        send(pilot, "ctrl+p", "pagedown", "pageup", "pagedown")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        palette = pilot.app.screen
        for _ in range(60):
            send(pilot, "pagedown", "pageup")
            await pilot.pause(0)
        commands = palette.query_one(CommandList)
        await until(pilot, lambda: commands.option_count > 30)
        await tap(pilot, "pageup", "pageup", "pageup", "pageup", "pageup", "pagedown")
        await until(pilot, lambda: commands.highlighted not in (None, 0))
        await tap(pilot, "pageup")
        await until(pilot, lambda: commands.highlighted == 0)

    run_app(app(), script, (100, 30))


def test_a_screenshot_is_saved_here_or_it_says_why_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)

    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, "ctrl+p", *"screenshot")
        await until(pilot, lambda: "current directory" in screen_text(pilot.app))
        await tap(pilot, "enter")
        await until(pilot, lambda: "Screenshot saved" in screen_text(pilot.app))
        assert [path.suffix for path in tmp_path.iterdir()] == [".svg"]

        def refuse(*_: Any, **__: Any) -> str:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(XqdbgApp, "save_screenshot", refuse)
        pilot.app.picture()  # type: ignore[attr-defined]
        await until(pilot, lambda: "Permission denied" in screen_text(pilot.app))

    run_app(app(), script, (160, 30))


# -- a terminal too small ---------------------------------------------------------------------------------------------


def test_nothing_but_leaving_works_while_the_terminal_is_too_small() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await press(pilot, "2", "tab")
        pane = screen.focused
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        await press(pilot, *"sn3c:bz", "f5", "tab", "alt+3", "ctrl+p", "?")
        assert (tick(pilot), screen.count, pilot.app.screen) == (0, "", screen)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        await until(pilot, lambda: screen.focused is pane)
        await press(pilot, "s")
        assert tick(pilot) == 1
        await pilot.resize_terminal(79, 24)
        await settle(pilot)
        await tap(pilot, "q")
        await until(pilot, lambda: not pilot.app.is_running)

    run_app(app(), script)


def test_a_command_being_typed_waits_for_the_terminal_to_be_large_again() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await tap(pilot, *":st")
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        await tap(pilot, *"sss", "enter", "escape")
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        await until(pilot, lambda: screen.focused is not None)
        await tap(pilot, *"ep 2")
        assert screen_text(pilot.app).splitlines()[-1].strip() == ":step 2"
        await press(pilot, "enter")
        assert tick(pilot) == 2
        await press(pilot, "s")
        assert tick(pilot) == 3

    run_app(app(), script)


# -- pastes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["sss", "\x1b[31msss", "\x1b[Ass\x1b[Bss", "s\x1bs\x1bs", "\x1b[31m" + "s" * 90, "s\n\x1b[0;1msc\r" * 40],
)
def test_a_paste_outside_a_field_does_nothing(text: str) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        for message in XTermParser().feed(f"\x1b[200~{text}\x1b[201~"):
            pilot.app.post_message(message)
        await settle(pilot)
        assert (tick(pilot), debug_screen(pilot).count) == (0, "")
        await press(pilot, "s")
        assert tick(pilot) == 1

    run_app(app(), script)


def test_a_key_that_may_begin_such_a_paste_is_only_late() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await tap(pilot, ":")
        send(pilot, "circumflex_accent")
        pilot.app.post_message(events.Key("x", "x"))
        field = debug_screen(pilot).command_line.query_one(Input)
        await until(pilot, lambda: field.value.endswith("x"))

    run_app(app(), script)


# -- the terminal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_debugger_and_gives_the_terminal_back(number: signal.Signals, tmp_path: Path) -> None:
    source = tmp_path / "endless.xqasm"
    source.write_text("TARGET .0\nJUMP .0\n", encoding="utf-8")
    outer, inner = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(
        [sys.executable, "-m", "xqdbg", str(source)],
        stdin=inner, stdout=inner, stderr=inner, cwd=ROOT, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(inner)
    try:
        seen = _read_until(outer, b"ready")
        assert b"\x1b[?1049h" in seen
        process.send_signal(number)
        _read_until(outer, b"\x1b[?1049l")
        assert process.wait(10) == 128 + number
    finally:
        process.kill()
        process.wait()
        os.close(outer)


def test_a_terminal_that_is_gone_without_a_signal_ends_the_debugger_and_keeps_the_text(tmp_path: Path) -> None:
    outer, inner = pty.openpty()
    state = tmp_path / "state"
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "XDG_STATE_HOME": str(state)}
    process = subprocess.Popen(
        [sys.executable, "-m", "xqdbg", "edit", str(tmp_path / "new.xqasm")],
        stdin=inner, stdout=inner, stderr=inner, cwd=ROOT, env=environment,
    )  # fmt: skip
    os.close(inner)
    try:
        _read_until(outer, b"Editor")
        os.write(outer, b"HALT")
        _read_until(outer, "●".encode())
        os.close(outer)
        assert process.wait(20) == 128 + signal.SIGHUP
    finally:
        process.kill()
        process.wait()
    (copy,) = (path for path in state.rglob("*.text"))
    assert b"HALT" in copy.read_bytes()


def _read_until(file: int, wanted: bytes) -> bytes:
    seen, patience = b"", monotonic() + 20
    while wanted not in seen:
        ready, _, _ = select.select([file], [], [], max(0.0, patience - monotonic()))
        assert ready, f"{wanted!r} did not come after {seen[-200:]!r}"
        try:
            seen += os.read(file, 1 << 16)
        except OSError:  # the other end was closed
            raise AssertionError(f"{wanted!r} did not come after {seen[-400:]!r}") from None
    return seen


# -- counts, arguments, help ------------------------------------------------------------------------------------------


def test_counts_before_the_keys_of_panes() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        send(pilot, *"3jk2j")
        await settle(pilot)
        assert (screen.code_pane.cursor_row, screen.count) == (4, "")
        await tap(pilot, "2", "up")
        assert screen.code_pane.cursor_row == 2
        await press(pilot, "alt+5")
        await press(pilot, *"3l2j")
        assert (screen.matrix_pane.cursor, screen.count) == ((1, 3), "")
        await press(pilot, "G", *"0%")
        assert tick(pilot) == 0
        await tap(pilot, *"3:")
        assert screen.count == ""

    run_app(app(), script)


@pytest.mark.parametrize("line", ["quit now", "zoom in", "pause 3"])
def test_a_command_without_arguments_takes_none(line: str) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await type_line(pilot, line)
        assert "is not understood here" in screen_text(pilot.app).splitlines()[-1]
        assert debug_screen(pilot).maximized is None
        await press(pilot, "s")
        assert tick(pilot) == 1

    run_app(app(), script)


def test_help_explains_what_the_matrix_is_drawn_with() -> None:
    text = listed(ALL_COMMANDS, {}, 100).plain
    section = text[text.index("What the matrix is drawn with") :]
    drawn = "".join((*POSITIVE, *NEGATIVE, STORED_ZERO, NOTHING, *PAIRS.values(), "▀"))
    assert [glyph for glyph in set(drawn) if glyph not in section] == []
