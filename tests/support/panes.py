"""Panes mounted alone, without a session."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from xqdbg.tui.theme import variable_defaults

Script = Callable[[Pilot[Any]], Awaitable[None]]


def screen_text(app: App[Any]) -> str:
    """The screen as plain text: what a reviewer can read in a diff."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


class PaneApp(App[None]):
    """One pane, alone."""

    def __init__(self, pane: Widget) -> None:
        super().__init__()
        self._pane = pane

    def compose(self) -> ComposeResult:
        yield self._pane

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(dark=True)


def run_pane(pane: Widget, script: Script, size: tuple[int, int] = (40, 10)) -> Sequence[Any]:
    """Run a script against a pane mounted alone; returns all messages the pane sent, in order."""
    heard: dict[int, Any] = {}

    async def drive() -> None:
        app = PaneApp(pane)
        async with app.run_test(size=size, message_hook=lambda m: heard.setdefault(id(m), m)) as pilot:
            await pilot.pause()
            await script(pilot)

    asyncio.run(drive())
    return list(heard.values())
