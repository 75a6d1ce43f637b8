"""Waiting until an app has nothing left to do, told by what there is to do and not by how busy the processor is.

Textual's own wait takes 20 milliseconds at least, and a second where anything else computes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

from textual._context import active_app
from textual.app import App
from textual.message_pump import MessagePump

from xqdbg.host import Host
from xqdbg.tui.screen import DebugScreen

SECONDS = 20
"""Longest wait for an app; a machine shared with others can be slow."""
_ENDLESS = "_loader"
"""Workers that go on for as long as a tree of folders is there."""
_TELLING = 0.02
"""Seconds that an engine needs at most to tell of a job that is over."""
_TURNS = 3
"""Turns of the loop for which there must be nothing to do."""
_AT_ONCE = 64
"""Turns that are taken without a pause, before something else is left the processor."""


async def calm(_least: float = 0, most: float = 1) -> None:
    """Wait until the app has nothing to do any more; in place of Textual's `wait_for_idle`.

    A job of the engine is waited for `most` seconds at most, for it may have no end.
    """
    app, until, ear = active_app.get(), monotonic() + most, Ear()
    await until_still(app, lambda: _have_told(app, ear) or monotonic() >= until, SECONDS)


async def until_still(app: App[Any], holds: Callable[[], bool], most: float) -> bool:
    """Wait until nothing is left to be heard, called or drawn while a condition holds; False if it takes too long."""
    until = monotonic() + most
    turns = still = 0
    while still < _TURNS and app._running and not app._exit and app._exception is None:
        still = still + 1 if is_still(app) and _is_drawn(app) and holds() else 0
        turns += 1
        await asyncio.sleep(0 if turns < _AT_ONCE else 0.001)
        if monotonic() >= until:
            return False
    return True


def is_still(app: App[Any]) -> bool:
    """Whether no message waits, and nothing is about to be called or moves."""
    if app.animator._animations or app.animator._scheduled or app._batch_count or app._resize_event:
        return False
    return all(map(_is_waiting, _pumps(app))) and all(
        worker.is_finished or worker.group == _ENDLESS for worker in app.workers
    )


class Ear:
    """Knows whether an engine has told what its jobs came to, which it does once they are over."""

    def __init__(self) -> None:
        self._since = 0.0

    def has_heard(self, host: Host | None) -> bool:
        """Whether no job is left, and the engine waits for one, or has had the time to tell."""
        if host is None:
            return True
        if host.busy:
            self._since = 0.0
            return False
        now, waiting = monotonic(), host._changed._waiters  # type: ignore[attr-defined]
        self._since = self._since or now
        return bool(waiting) or now - self._since >= _TELLING


def _have_told(app: App[Any], ear: Ear) -> bool:
    """Whether no engine has a job; what they find out beside is waited for by those who ask for it."""
    return all(ear.has_heard(screen._host) for screen in app.screen_stack if isinstance(screen, DebugScreen))


def _pumps(app: App[Any]) -> Iterator[MessagePump]:
    yield app
    for screen in app.screen_stack:
        yield from screen.walk_children(with_self=True)


def _is_waiting(pump: MessagePump) -> bool:
    """Whether it has heard all messages and waits for the next one."""
    queue: Any = pump._message_queue
    waits = any(not each.done() for each in queue.ready_event._waiters)
    return waits and queue.empty() and not pump._next_callbacks


def _is_drawn(app: App[Any]) -> bool:
    """Draw what is due, which Textual does sixty times a second; whether nothing was."""
    screen = app.screen
    required = screen._layout_required or screen._scroll_required or screen._repaint_required
    if not (required or screen._recompose_required or screen._dirty_widgets or screen._callbacks):
        return True
    screen._on_timer_update()
    return False
