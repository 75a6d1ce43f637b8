"""A real browser without a window, driven by the protocol of its developer tools."""

from __future__ import annotations

import asyncio
import base64
import shutil
import struct
import subprocess
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

SECONDS = 60
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-port=0",
    "--window-size=1200,700", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip
"""The last one leaves the browser no other host than this one."""


class Page:
    """One page of the browser, and what its sockets have received."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._next = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.received = b""
        """What came over web sockets."""
        self.asked: list[str] = []
        """Addresses of everything that was asked for."""

    async def listen(self) -> None:
        """Hear the browser until it goes."""
        async for message in self._socket:
            told = message.json()
            if (future := self._waiting.pop(told.get("id", -1), None)) is not None:
                future.set_result(told)
            elif told.get("method") == "Network.webSocketFrameReceived":
                response = told["params"]["response"]
                data = response["payloadData"]
                self.received += base64.b64decode(data) if response["opcode"] == 2 else data.encode()
            elif told.get("method") == "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])

    async def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Have the browser do something."""
        self._next += 1
        future = self._waiting[self._next] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._next, "method": method, "params": parameters})
        async with asyncio.timeout(SECONDS):
            told = await future
        assert "error" not in told, told
        result: dict[str, Any] = told["result"]
        return result

    async def open(self, url: str) -> None:
        """Go to an address."""
        await self.ask("Network.enable")
        await self.ask("Page.enable")
        await self.ask("Emulation.setFocusEmulationEnabled", enabled=True)
        await self.ask("Page.navigate", url=url)

    async def value(self, script: str) -> Any:
        """What a script comes to in the page."""
        return (await self.ask("Runtime.evaluate", expression=script))["result"].get("value")

    async def press(self, text: str) -> None:
        """Press the key of a letter."""
        await self.ask(
            "Input.dispatchKeyEvent", type="keyDown", key=text, text=text, windowsVirtualKeyCode=ord(text.upper())
        )
        await self.ask("Input.dispatchKeyEvent", type="keyUp", key=text, windowsVirtualKeyCode=ord(text.upper()))

    async def picture(self) -> bytes:
        """A PNG of the page."""
        return base64.b64decode((await self.ask("Page.captureScreenshot"))["data"])

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        async with asyncio.timeout(SECONDS):
            while not condition():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    """A browser with an empty page, whose files are in a folder of its own."""
    import aiohttp

    process = subprocess.Popen([CHROMIUM, *_FLAGS, f"--user-data-dir={folder}", "about:blank"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        port = await _port(folder / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                target = next(each for each in await answer.json() if each["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                listening = asyncio.create_task(page.listen())
                yield page
                listening.cancel()
    finally:
        process.terminate()
        process.wait(SECONDS)


async def _port(path: Path) -> int:
    async with asyncio.timeout(SECONDS):
        while not (path.exists() and path.read_text().strip()):
            await asyncio.sleep(0.05)
    return int(path.read_text().splitlines()[0])


def colours(png: bytes) -> set[bytes]:
    """The colours of a picture of eight bits a channel, as the browser makes them."""
    width, height, _, kind = struct.unpack(">IIBB", png[16:26])
    size = 4 if kind == 6 else 3
    packed, at = b"", 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += length + 12
    raw, stride = zlib.decompress(packed), width * size
    found: set[bytes] = set()
    before = bytearray(stride)
    for row in range(height):
        start = row * (stride + 1)
        before = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), before, size)
        found |= {bytes(before[pixel : pixel + 3]) for pixel in range(0, stride, size)}
    return found


def _unfiltered(kind: int, line: bytearray, above: bytearray, size: int) -> bytearray:
    for at in range(len(line)):
        left, up = (line[at - size] if at >= size else 0), above[at]
        corner = above[at - size] if at >= size else 0
        if kind == 4:
            guess = left + up - corner
            told = min((left, up, corner), key=lambda each: abs(guess - each))
        else:
            told = (0, left, up, (left + up) // 2)[kind]
        line[at] = (line[at] + told) & 255
    return line
