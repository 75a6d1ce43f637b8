"""The debugger in a real browser."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import CHROMIUM, browser, colours

pytest.importorskip("textual_serve", reason="textual-serve, which serves the debugger, is not installed")

ROOT = Path(__file__).parents[2]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the debugger of a program with an awkward name is served."""
    program = tmp_path / 'it\'s $HOME; a `b` "c".xqasm'
    program.write_text("PUSH 0\nINPUT r0\nPUSH 7\nPUSH 8\nHALT\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "xqdbg", "serve", str(program), "--calldata", "-5", "--theme", "paper", "--port", "0"],
        cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, line
        yield found[0]
    finally:
        process.terminate()
        process.wait(30)
        process.stderr.close()


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium to open the page with")
def test_a_browser_shows_the_debugger_and_its_keys_work(address: str, tmp_path: Path) -> None:
    async def drive() -> None:
        async with browser(tmp_path / "profile") as page:
            await page.open(address)
            await page.until(lambda: b"halts in 5 ticks" in _plain(page.received))
            async with asyncio.timeout(60):
                while not await page.value("document.body.classList.contains('-first-byte')"):
                    await asyncio.sleep(0.05)
                while len(colours(first := await page.picture())) < 30:
                    await asyncio.sleep(0.1)
            assert bytes.fromhex("fbf9f4") in colours(first)  # the paper of the theme that was asked for
            await page.press("s")
            await page.press("s")
            await page.until(lambda: re.search(rb"wrote|r0.{0,40}-5", _plain(page.received)) is not None)
            async with asyncio.timeout(60):
                while await page.picture() == first:
                    await asyncio.sleep(0.05)
            assert page.asked and all(url.startswith((address, "data:")) for url in page.asked)
            await page.press("q")
            async with asyncio.timeout(60):
                while not await page.value("document.body.classList.contains('-closed')"):
                    await asyncio.sleep(0.05)

    asyncio.run(drive())


def _plain(data: bytes) -> bytes:
    """What is written, without the codes that move the cursor and colour it."""
    return re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", data)
