"""Random keys, clicks, drags, lines and sizes against the whole app, on real programs.

`python -m tests.support.monkey --actions 20000` plays that many, over several programs, and tells what it did.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections import Counter
from random import Random
from time import monotonic
from typing import Any

from textual import events
from textual.pilot import Pilot

from tests.support.screens import debug_screen, debugger
from xqdbg.batch.target import open_target
from xqdbg.intake import read_object
from xqdbg.session import Opened, Session
from xqdbg.tui.app import XqdbgApp
from xqdbg.tui.face import ALL_COMMANDS
from xqdbg.tui.screen import DebugScreen

PROGRAMS = (
    "example:tsp5/encoder",
    "example:maxcut/encoder",
    "example:bubble_sort",
    "example:least_squares/encoder",
    "example:tsp5/decoder",
    "example:factorial",
    "example:quicksort",
    "example:faulty",
    "example:hanoi_moves",
    "example:word_count",
)
FAULTY = {"example:factorial": {"calldata": [25]}}
"""Inputs that make a program fault."""
SIZES = ((80, 24), (120, 40), (100, 30), (200, 60), (60, 20), (79, 24), (300, 100), (81, 25))
PRINTABLE = [chr(code) for code in range(33, 127)]
SPECIAL = tuple(
    [
        "enter",
        "tab",
        "shift+tab",
        "escape",
        "up",
        "down",
        "left",
        "right",
        "pageup",
        "pagedown",
        "home",
        "end",
        "backspace",
        "delete",
        "space",
        "ctrl+p",
        "ctrl+c",
        "ctrl+s",
        "ctrl+z",
        "ctrl+y",
        "ctrl+f",
        "ctrl+g",
        "ctrl+l",
        "ctrl+r",
        "ctrl+space",
        "ctrl+k",
        "ctrl+u",
        "ctrl+right",
        "ctrl+left",
        "shift+right",
        "shift+left",
        "shift+up",
        "shift+down",
        "alt+left",
        "alt+right",
        "alt+up",
        "alt+down",
        "f1",
        "f2",
        "f3",
        "f5",
        "f8",
        "f9",
        "f10",
        "f11",
        "f12",
        "alt+1",
        "alt+2",
        "alt+4",
        "alt+7",
        "alt+9",
        "alt+0",
    ]
)
LINES = (
    "layout debug", "layout model", "layout teach", "layout edit", "layout reset", "layout set code | registers",
    "pane repl", "pane explain", "pane costs", "pane editor", "pane matrix", "pane problems", "hide",
    "swap code matrix",
    "edit", "new", "film 60", "film off", "film back", "theme paper", "theme beacon", "theme terminal", "theme dusk",
    "break 12", "break op:ADD", "watch r2", "delete", "set r2 = 7", "set stack[-1] = 1", "branches", "switch main",
    "why r2", "blame r3.quad[0,1]", "slice r2", "slice off", "hits op:ADD", "count by opcode", "cost", "explain MUL",
    "goto 50%", "goto end", "goto 0", "bookmark here", "goto @here", "display r2", "undisplay", "asm PUSH 1; POP",
    "try PUSH 5", "lists", "lists branches", "help", "help layout", "no such command", "print r0 +", "zoom", "repl",
    "pane memory", "memory sp", "memory 0x20000", "follow sp", "follow next", "search 00", "reply a0 = 1",
    "set rights[0x30000:4096] = 2",
)  # fmt: skip
"""Lines a user might give; none writes a file or leaves."""
HANG_SECONDS = 60


class Monkey:
    """Plays against one app and keeps the keys of the last moments, to tell how it came to what went wrong."""

    def __init__(self, pilot: Pilot[Any], random: Random) -> None:
        self.pilot, self.random = pilot, random
        self.did: list[str] = []
        self.counts: Counter[str] = Counter()

    async def act(self) -> None:
        """One random action."""
        kind = self.random.choices(("letter", "special", "line", "mouse", "size"), (46, 32, 6, 14, 2))[0]
        self.counts[kind] += 1
        await getattr(self, f"_{kind}")()

    def _note(self, what: str) -> None:
        self.did = [*self.did[-40:], what]

    async def _key(self, key: str, character: str | None) -> None:
        self._note(key)
        self.pilot.app.post_message(events.Key(key, character))
        await asyncio.sleep(0)

    async def _letter(self) -> None:
        from textual.keys import _character_to_key

        character = self.random.choice(PRINTABLE)
        await self._key(_character_to_key(character), character)

    async def _special(self) -> None:
        await self._key(self.random.choice(SPECIAL), None)

    async def _line(self) -> None:
        line = self.random.choice(LINES)
        self._note(f":{line}")
        screen = debug_screen(self.pilot)
        if self.pilot.app.screen is screen and not screen.is_shut and not screen.command_line.is_open:
            screen.open_command_line(line)
            await self._key("enter", "\r")

    async def _mouse(self) -> None:
        width, height = self.pilot.app.size
        at, to = ((self.random.randrange(width), self.random.randrange(height)) for _ in range(2))
        self._note(f"mouse {at} {to}")
        kinds: tuple[Any, ...] = (events.MouseDown, events.MouseUp, events.Click)
        if self.random.random() < 0.3:
            await self.pilot._post_mouse_events([events.MouseDown], None, offset=at, button=1)
            await self.pilot._post_mouse_events([events.MouseMove], None, offset=to, button=1)
            await self.pilot._post_mouse_events([events.MouseUp], None, offset=to, button=1)
        elif self.random.random() < 0.3:
            wheel = self.random.choice((events.MouseScrollDown, events.MouseScrollUp))
            await self.pilot._post_mouse_events([wheel], None, offset=at)
        else:
            control = self.random.random() < 0.1
            await self.pilot._post_mouse_events(
                list(kinds), None, offset=at, button=self.random.choice((1, 1, 3)), control=control
            )

    async def _size(self) -> None:
        size = self.random.choice(SIZES)
        self._note(f"size {size}")
        await self.pilot.resize_terminal(*size)

    async def still_obeys(self) -> None:
        """Whatever was done: the way back to the prompt is there, and it obeys."""
        app = self.pilot.app
        assert isinstance(app, XqdbgApp)
        if app.size.width < 80 or app.size.height < 24:
            await self.pilot.resize_terminal(120, 40)
        screen = debug_screen(self.pilot)
        deadline, before = monotonic() + HANG_SECONDS, self.did
        while app.screen is not screen or screen.command_line.is_open or screen.is_typing or screen.running is not None:
            if monotonic() > deadline:
                state = app.screen, app.focused, screen.command_line.is_open, screen.is_typing, screen.running
                raise AssertionError(f"no way back to the prompt from {state}: {before}")
            await self._key("escape", None)
            await asyncio.sleep(0.05)
        await self._key("escape", None)
        await self.pilot.pause()
        while app._burst._held:  # keys behind a `^` come late, and would close what is opened now
            await asyncio.sleep(0.01)
        await self.pilot.pause()
        screen.open_command_line("print 6 * 7")
        await self._key("enter", "\r")
        while not _answered(screen):
            if monotonic() > deadline:
                raise AssertionError(f"the prompt does not answer: {self.did}")
            await asyncio.sleep(0.01)
        screen.give("print 1 + 1")
        while _answered(screen):
            if monotonic() > deadline:
                raise AssertionError(f"the prompt does not answer again: {self.did}")
            await asyncio.sleep(0.01)


def _answered(screen: DebugScreen) -> bool:
    moment = screen.moment
    told = "" if moment is None else moment.message + (moment.answer.title if moment.answer is not None else "")
    return "42" in told


class CagedApp(XqdbgApp):
    """The app, but nothing that a monkey does ends it, or writes a picture."""

    def exit(self, *_arguments: Any, **_options: Any) -> None:
        """Stay."""

    def picture(self) -> None:
        """Draw none."""


def caged(program: str) -> XqdbgApp:
    """The app on a program, with nothing of the user's own."""
    target = open_target(program)
    inputs = FAULTY.get(program) or ({} if target.inputs is None else read_object(target.inputs))
    machine = target.tools.machine(target.program, inputs)
    app = debugger(Session(machine, target.name, opened=Opened(target.tools, target.program)))
    app.__class__ = CagedApp
    return app


def play(program: str, seed: int, actions: int, between: int = 250) -> Counter[str]:
    """Play on one program; AssertionError if the prompt is lost, and whatever the app raises."""
    app = caged(program)
    counts: Counter[str] = Counter()

    async def drive() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            monkey = Monkey(pilot, Random(seed))
            try:
                for number in range(1, actions + 1):
                    await monkey.act()
                    if number % 8 == 0:
                        await pilot.pause()
                    if number % between == 0 or number == actions:
                        await monkey.still_obeys()
            except Exception:
                print(f"{program}, seed {seed}: {monkey.did}", file=sys.stderr)
                raise
            counts.update(monkey.counts)
            XqdbgApp.exit(app)

    app.animation_level = "none"
    asyncio.run(drive())
    if app._exception is not None:
        raise app._exception
    return counts


def main() -> int:
    """Play as much as is asked for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.monkey", description=__doc__)
    parser.add_argument("--actions", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began, counts = monotonic(), Counter[str]()
    rounds = max(1, arguments.actions // 1_000)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = os.environ["XDG_CONFIG_HOME"] = folder
        os.chdir(folder)
        for number in range(rounds):
            program = PROGRAMS[number % len(PROGRAMS)]
            counts += play(program, arguments.seed + number, arguments.actions // rounds)
            print(f"{sum(counts.values()):,} actions, {monotonic() - began:.0f} s, {program}", flush=True)
    print(dict(counts), f"{len(ALL_COMMANDS)} commands")
    return 0


if __name__ == "__main__":
    sys.exit(main())
