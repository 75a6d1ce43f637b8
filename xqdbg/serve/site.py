"""The web site with the debugger on it: one process a visitor, and nobody but those who were meant."""

from __future__ import annotations

import logging
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

PAGE = Path(__file__).parent / "page"
MOST_VISITORS = 16
"""Debuggers that run at once."""
FONT_SIZES = range(6, 41)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site(Server):
    """Serves the debugger, without anything from other hosts, to pages that came from here."""

    def __init__(self, line: str, title: str, names: frozenset[str]) -> None:
        """Take the line that starts a debugger, and the names this host may be called by; empty for any name."""
        super().__init__(line, title=title, templates_path=str(PAGE))
        self._names = names
        self._visitors = 0

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._admit)
        return app

    @property
    def _admit(self) -> Any:
        @web.middleware
        async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not admissible(request.host, request.headers.get("Origin"), self._names):
                raise web.HTTPForbidden(text="this debugger answers only pages of its own")
            return await handler(request)

        return admit

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: whoever starts the site has said it all."""

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page, whose addresses are those by which the visitor came."""
        from aiohttp_jinja2 import render_template

        size = request.query.get("fontsize", "")
        font_size = int(size) if size.isascii() and size.isdigit() and int(size[:4]) in FONT_SIZES else 16
        scheme = "wss" if request.scheme == "https" else "ws"
        page = {
            "font_size": font_size,
            "app_websocket_url": f"{scheme}://{request.host}/ws",
            "config": {"static": {"url": f"{request.scheme}://{request.host}/static/"}},
            "application": {"name": self.title},
        }
        return render_template("app_index.html", request, page)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A debugger for one more visitor."""
        if self._visitors >= MOST_VISITORS:
            raise web.HTTPServiceUnavailable(text=f"{MOST_VISITORS} debuggers are open already")
        self._visitors += 1
        try:
            return await super().handle_websocket(request)
        finally:
            self._visitors -= 1

    def serve_on(self, listener: socket.socket) -> None:
        """Answer until Ctrl+C."""
        logging.getLogger("asyncio").setLevel(logging.ERROR)  # debuggers that end after the site are no news
        web.run_app(self._make_app(), sock=listener, print=None, access_log=None)


def admissible(host: str, origin: str | None, names: frozenset[str]) -> bool:
    """Whether a request came to one of our names, and from no page of somebody else.

    Any page in the visitor's browser could else talk to a debugger that only listens to this machine.
    """
    if names and _name_of(f"//{host}") not in names:
        return False
    return origin is None or urlsplit(origin).netloc == host


def _name_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
