"""Scenes played: keys are pressed, and what is on the screen once everything is known is what is drawn."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from textual.pilot import Pilot
from textual.strip import Strip

from screenshots.scene import LINE, TEXT, Scene
from tests.support.screens import debug_screen, is_settled, press, settle, tap, type_line, until

STATE = "XDG_STATE_HOME"


@dataclass(frozen=True, slots=True)
class Screen:
    """What a terminal shows."""

    size: tuple[int, int]
    strips: Sequence[Strip]
    """One a line."""
    background: str
    """The colour of what nothing is drawn on."""

    @property
    def text(self) -> str:
        """As plain text, one line a row."""
        return "\n".join(strip.text.rstrip() for strip in self.strips)


def play(scene: Scene) -> Screen:
    """The screen at the end of a scene. What was typed in other sessions has no part in it."""
    with fresh_state():
        return asyncio.run(_play(scene))


@contextmanager
def fresh_state() -> Iterator[None]:
    """Remember nothing from before, and nothing afterwards."""
    before = os.environ.get(STATE)
    with TemporaryDirectory() as folder:
        os.environ[STATE] = folder
        try:
            yield
        finally:
            del os.environ[STATE]
            if before is not None:
                os.environ[STATE] = before


async def _play(scene: Scene) -> Screen:
    app = scene.app()
    app.animation_level = "none"
    async with app.run_test(size=scene.size) as pilot:
        await settle(pilot)
        for key in scene.keys:
            await perform(pilot, key)
        await all_known(pilot)
        return seen(pilot)


async def perform(pilot: Pilot[Any], key: str) -> None:
    """Press a key, give a line or type a text, and wait for what it comes to."""
    if len(key) > 1 and key.startswith(LINE):
        await type_line(pilot, key[1:])
    elif len(key) > 1 and key.startswith(TEXT):
        await tap(pilot, *key[1:])
    else:
        await press(pilot, key)


async def all_known(pilot: Pilot[Any]) -> None:
    """Wait until nothing is left to find out, and all of it is shown."""
    screen = debug_screen(pilot)

    def known() -> bool:
        host, moment = screen._host, screen.moment
        return is_settled(screen) and host is not None and not host._exploring and moment is screen._session.moment

    for _ in range(3):
        await until(pilot, known)
        await pilot.pause(0)
    if (editor := screen.editor) is not None:
        await until(pilot, lambda: editor.is_examined)
    await pilot.pause()


def seen(pilot: Pilot[Any]) -> Screen:
    """What is on the screen now."""
    app = pilot.app
    strips = app.screen._compositor.render_strips()
    return Screen((app.size.width, app.size.height), strips, app.current_theme.background or "#000000")
