"""The dialogue in the debugger: the same language on the same session, and no key of it is a command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

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
from tests.support.toy import toy_machine, toy_program
from tests.support.toy.programs import ENDLESS, NESTED
from tests.support.toy.toolchain import TOOLS
from xqdbg.session import Opened, Session
from xqdbg.tui.face import ALL_COMMANDS, FACE_COMMANDS
from xqdbg.tui.palette import CommandProvider, needs_argument
from xqdbg.tui.panes.conversing import within_repl
from xqdbg.tui.panes.repl_pane import ReplPane
from xqdbg.typed import Typed


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "xqdbg"


def nested(text: str = NESTED) -> Session:
    program: Any = toy_program(text)
    return Session(toy_machine(text), "nested", opened=Opened(TOOLS, program))


def repl(pilot: Pilot[Any]) -> ReplPane:
    return debug_screen(pilot).query_one(ReplPane)


async def opened(pilot: Pilot[Any]) -> ReplPane:
    """Open the dialogue and wait until one can type."""
    screen = debug_screen(pilot)
    await tap(pilot, "grave_accent")
    await until(pilot, lambda: within_repl(screen.focused))
    return repl(pilot)


async def say(pilot: Pilot[Any], text: str) -> None:
    """Type a text and wait for what it comes to."""
    await tap(pilot, *({"\n": "enter"}.get(sign, sign) for sign in text), "enter")
    await settle(pilot)


def test_commands_and_instructions_are_obeyed_and_answered_there() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        made = await opened(pilot)
        await say(pilot, "step 2")
        await say(pilot, "ADD r6 r0 r0")
        await say(pilot, "print r6")
        assert made.lines[:2] == ["0> step 2", "tick 2  line 4  ADD r1 r1 r0"]
        assert made.lines[2:4] == ["2> ADD r6 r0 r0", "branch b1: 1 instruction (fuel 1)"]
        assert "(ADD is an instruction: run on branch b1; `switch main` goes back; help whatif)" in made.lines
        assert made.lines[-2:] == ["2> print r6", "r6 = 6"]
        moment = debug_screen(pilot).moment
        assert moment is not None and (moment.branch, moment.tick) == ("b1", 2)

    run_app(debugger(nested()), script, (120, 40))


def test_no_key_is_a_command_while_one_types() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        made, screen = await opened(pilot), debug_screen(pilot)
        keys = "sSnNcCbgGwWxeqzLHoymj:'[]{}<>=?1 +-"
        await tap(pilot, *keys)
        await settle(pilot)
        assert made.text == keys
        moment = screen.moment
        assert moment is not None and moment.tick == 0 and not moment.breakpoints and len(moment.branches) == 1
        assert not screen.command_line.is_open and not screen.drawer.is_open and screen.count == ""
        assert pilot.app.screen is screen
        await press(pilot, "escape")
        assert screen.focused is screen.code_pane and made.text == keys
        await press(pilot, "s")
        assert screen.moment is not None and screen.moment.tick == 1

    run_app(debugger(nested()), script, (120, 40))


def test_what_is_wrong_is_told_there_and_nowhere_else() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        made = await opened(pilot)
        await say(pilot, "print r1 + nosuch")
        await say(pilot, "ADD r1 r1 r1; OUT")
        assert made.lines[1].startswith("✖ ") and made.lines[2:4] == ["  print r1 + nosuch", " " * 13 + "^"]
        assert any("takes 1 operands" in line for line in made.lines)
        assert "✖" not in screen_text(pilot.app).splitlines()[-1]

    run_app(debugger(nested()), script, (120, 40))


def test_a_long_answer_is_told_there_and_opens_no_lists() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        made, screen = await opened(pilot), debug_screen(pilot)
        await say(pilot, "hits 7")
        assert len(made.lines) > 10 and not screen.drawer.is_open
        await press(pilot, "escape")
        await type_line(pilot, "hits 7")
        assert screen.drawer.is_open

    run_app(debugger(nested()), script, (120, 50))


def test_several_lines_and_blocks_are_obeyed_in_order() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        made = await opened(pilot)
        await say(pilot, "asm\nSET r6 2 ; two\nADD r6 r6 r6\nend")
        await say(pilot, "print r6")
        assert made.lines[-1] == "r6 = 4"
        await tap(pilot, *"step", "alt+enter", *"step 3", "enter")
        await settle(pilot)
        assert debug_screen(pilot).moment.tick == 4  # type: ignore[union-attr]
        await say(pilot, "")
        assert debug_screen(pilot).moment.tick == 7  # type: ignore[union-attr]

    run_app(debugger(nested()), script, (120, 40))


def test_control_c_pauses_what_runs_and_else_drops_what_is_typed() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        made, screen = await opened(pilot), debug_screen(pilot)
        await tap(pilot, *"break 4 if tick < 0; continue", "enter")
        await until(pilot, lambda: screen._host is not None and screen._host.busy)
        await tap(pilot, "ctrl+c")
        await settle(pilot)
        assert any("paused" in line for line in made.lines)
        await tap(pilot, *"abc", "ctrl+c")
        await until(pilot, lambda: made.text == "")

    run_app(debugger(nested(ENDLESS)), script, (120, 40))


def test_words_of_the_screen_work_there_on_what_was_looked_at() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await press(pilot, "8", "s")
        await press(pilot, *("alt+2",))  # registers
        made = await opened(pilot)
        await say(pilot, "why-here")
        assert any(line.startswith("why r0") for line in made.lines)
        await say(pilot, "edit-here")
        assert made.text == "set r0 = "
        await tap(pilot, "ctrl+u")
        await say(pilot, "mark-letter a")
        assert [mark.name for mark in screen.moment.bookmarks] == ["a"]  # type: ignore[union-attr]
        await say(pilot, "goto 3")
        await say(pilot, "marked a")
        assert screen.moment.tick == 8  # type: ignore[union-attr]
        await say(pilot, "theme paper")
        assert pilot.app.theme == "paper"
        await say(pilot, "repl")
        assert not within_repl(screen.focused) and screen.tiles.widget("repl").has_class("-away")  # type: ignore[union-attr]

    run_app(debugger(nested()), script, (120, 40))


def test_it_can_have_the_whole_screen() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        made, screen = await opened(pilot), debug_screen(pilot)
        await say(pilot, "zoom")
        assert screen.maximized is made
        await press(pilot, "escape")
        assert screen.maximized is None and screen.focused is screen.code_pane

    run_app(debugger(nested()), script, (120, 40))


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
def test_the_field_is_in_sight_at_any_size(size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await say(pilot, "try SET r6 40")
        await tap(pilot, *"print r")
        await settle(pilot)
        lines = screen_text(pilot.app).splitlines()
        assert any(line.startswith("> print r") for line in lines)
        assert any("different afterwards" in line for line in lines)

    run_app(debugger(nested()), script, size)


def test_what_was_typed_is_kept_for_the_other_face(state: Path) -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await say(pilot, "step 2")

    run_app(debugger(nested()), script, (120, 40))
    assert Typed(str(state)).entries() == ["step 2"]


def test_quit_leaves_from_there() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await opened(pilot)
        await tap(pilot, *"quit", "enter")
        await until(pilot, lambda: pilot.app._exit)

    run_app(debugger(nested()), script, (120, 40))


# Words and the palette


def test_every_command_of_the_face_has_a_word() -> None:
    assert [command.id for command in FACE_COMMANDS if not command.words] == []
    assert all(command.usage.split()[0] == command.word for command in FACE_COMMANDS)


def test_the_palette_offers_every_command_and_opens_the_line_for_those_with_an_argument() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        offers = CommandProvider(screen)._offers()
        assert [command for _, _, command in offers] == list(ALL_COMMANDS)
        await tap(pilot, "ctrl+p")
        await until(pilot, lambda: pilot.app.screen is not screen)
        await tap(pilot, *"sweep")
        await settle(pilot)
        await tap(pilot, "enter")
        await until(pilot, lambda: screen.command_line.is_open)
        assert screen.command_line._input.value == "sweep "

    run_app(debugger(nested()), script, (120, 40))


def test_what_needs_an_argument_is_told_from_what_does_not() -> None:
    needing = {command.id for command in ALL_COMMANDS if needs_argument(command)}
    assert {"ask.last", "branch.set", "branch.asm", "keep.save", "break.watch"} <= needing
    assert not {"run.step", "ui.theme", "ui.lists", "at.why", "break.toggle", "show.when", "branch.fork"} & needing


def test_the_command_line_takes_blocks_of_assembly_and_words_of_the_screen() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        screen = debug_screen(pilot)
        await type_line(pilot, "asm; SET r6 40; end")
        assert screen.moment is not None and screen.moment.branch == "b1"
        await press(pilot, "escape")
        await type_line(pilot, "asm")
        await type_line(pilot, "SET r5 7")
        await type_line(pilot, "end")
        assert screen.moment.branch == "b2"
        await press(pilot, "escape")
        await explored(pilot)
        await type_line(pilot, "hit-after")
        assert "this line is not executed again" in screen_text(pilot.app)

    run_app(debugger(nested()), script, (120, 40))
