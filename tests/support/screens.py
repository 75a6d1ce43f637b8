"""Apps driven without a terminal: run, wait for conditions, read the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.calm import SECONDS, Ear, until_still
from tests.support.panes import Script, run_pane, screen_text
from xqdbg import resources
from xqdbg.moment import Moment
from xqdbg.session import Session
from xqdbg.tui.app import XqdbgApp
from xqdbg.tui.screen import DebugScreen

__all__ = [
    "SECONDS", "Script", "debug_screen", "debugger", "explored", "is_explored", "is_settled", "press", "run_app",
    "run_pane", "screen_text", "settle", "tap", "type_line", "until",
]  # fmt: skip


def run_app(app: App[Any], script: Script, size: tuple[int, int] = (80, 24)) -> None:
    """Run a script against an app, without a terminal."""

    async def drive() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            await script(pilot)

    app.animation_level = "none"
    asyncio.run(drive())


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, and what comes with that is heard and drawn."""
    turns = 0
    async with asyncio.timeout(SECONDS):
        while not condition():
            await asyncio.sleep(0 if turns < 16 else 0.002)
            turns += 1
    await until_still(pilot.app, lambda: True, SECONDS)


def debug_screen(pilot: Pilot[Any]) -> DebugScreen:
    """The debugger's screen, whatever lies over it."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, DebugScreen)
    return screen


def is_settled(screen: DebugScreen) -> bool:
    """Whether nothing is running or waiting, and what the session tells is shown, be the run explored or not."""
    host, moment, latest = screen._host, screen.moment, screen._session.moment
    if host is None or host.busy or moment is None or not is_counted(screen):
        return False
    if screen.app.screen is screen and (screen._layout_required or screen._dirty_widgets):
        return False  # a pane that is still to be laid out scrolls otherwise than one that was
    return moment is latest or (not is_explored(latest) and moment.turn == latest.turn)


def is_counted(screen: DebugScreen) -> bool:
    """Whether the timeline has what it asked for, where it is in sight and the whole run is known."""
    strip, moment = screen.timeline, screen.moment
    if moment is None or moment.future is None or not moment.future.complete or not strip.asked:
        return True
    told = moment.marks
    if told is None or told.scale != strip.asked[0]:
        return False
    return all(lane is None or lane.complete for lane in (told.written, told.output))


def is_explored(moment: Moment | None) -> bool:
    """Whether no more of the run is going to be known."""
    return moment is not None and moment.future is not None and (moment.future.complete or bool(moment.future.note))


async def explored(pilot: Pilot[Any]) -> None:
    """Wait until the whole run is known, and that is shown."""
    screen = debug_screen(pilot)
    await until(pilot, lambda: is_explored(screen.moment))
    await settle(pilot)


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until every command is carried out and shown, and the panes have got what they asked for after it."""
    screen, ear = debug_screen(pilot), Ear()
    quiet = await until_still(pilot.app, lambda: is_settled(screen) and ear.has_heard(screen._host), SECONDS)
    assert quiet, "it does not come to rest"


async def tap(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys and wait until they have been heard by whoever hears them; faster than the pilot's own way."""
    app = pilot.app
    for name in keys:
        key = _character_to_key(name) if len(name) == 1 else name
        focused = app.focused or app.screen
        app.post_message(events.Key(key, name if len(name) == 1 else key_to_character(key)))
        for pump in (app, *focused.ancestors_with_self):
            heard = asyncio.Event()
            pump.call_later(heard.set)
            async with asyncio.timeout(SECONDS):
                while not heard.is_set() and pump.is_running and app.is_running:
                    await asyncio.sleep(0)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys and wait for what they come to."""
    await tap(pilot, *keys)
    await settle(pilot)


async def type_line(pilot: Pilot[Any], line: str) -> None:
    """Give a command on the command line."""
    command_line = debug_screen(pilot).command_line
    await tap(pilot, ":")
    field = pilot.app.focused
    if isinstance(field, Input):
        field.insert_text_at_cursor(line)  # as if pasted: ten milliseconds a key are saved
        await tap(pilot, "enter")
    else:
        await tap(pilot, *line, "enter")
    await until(pilot, lambda: not command_line.is_open or bool(command_line.classes & {"-told", "-pointed"}))
    await settle(pilot)


def debugger(session: Session, **options: Any) -> XqdbgApp:
    """The app, with nobody's own themes."""
    options.setdefault("theme_directories", [resources.themes()])
    return XqdbgApp(session, **options)
