"""The picture that moves: the debugger's own film of a model being built, as SVG with a stylesheet that plays it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from screenshots.drawing import COLUMN, ROW, Ink, ground, row_of, sheet_of_rules, window, written
from screenshots.playing import Screen, all_known, fresh_state, perform, seen
from screenshots.scene import SMALL, Scene
from tests.support.screens import debug_screen, settle
from xqdbg.tui.film import Reel, Unit

SCENE = Scene(
    "film",
    "A travelling salesman's model is built, write by write",
    SMALL,
    "dusk",
    "example:tsp5/encoder",
    (":layout model", ":until 57", "alt+7"),
)
"""Where the film begins."""
REEL = Reel(unit=Unit.WRITE)
OBJECTIVE, STRIDE = 100, 5
"""The writes of the objective, of which so many are one frame; after that each write is one."""
MOST_WRITES = 120
FRAME_SECONDS, LAST_SECONDS = 0.3, 3.0


@dataclass(frozen=True, slots=True)
class Shot:
    """What stands in a row of the screen for some frames."""

    row: int
    first: int
    last: int
    """The frame after the last one it is in."""
    drawn: str


def film() -> tuple[str, str]:
    """The film as SVG, and the plain text of its frames."""
    with fresh_state():
        frames = asyncio.run(_shoot())
    return _developed(frames), "\n\n".join(frame.text for frame in frames)


async def _shoot() -> Sequence[Screen]:
    """The frames, as the film command shows them."""
    app = SCENE.app()
    app.animation_level = "none"
    frames: list[Screen] = []
    async with app.run_test(size=SCENE.size) as pilot:
        await settle(pilot)
        for key in SCENE.keys:
            await perform(pilot, key)
        await all_known(pilot)
        frames.append(seen(pilot))
        for write in range(1, MOST_WRITES + 1):
            if not await _next(pilot):
                break
            if write > OBJECTIVE or write % STRIDE == 0:
                await all_known(pilot)
                frames.append(seen(pilot))
    return frames


async def _next(pilot: Pilot[Any]) -> bool:
    """Show the next frame; False where the film ends."""
    screen = debug_screen(pilot)
    before = screen.moment
    screen.show_frame(REEL)
    await settle(pilot)
    now = screen.moment
    return before is not None and now is not None and now.tick != before.tick


def _developed(frames: Sequence[Screen]) -> str:
    inks: dict[Ink, str] = {}
    background, count = ground(frames[0]), len(frames)
    shots = [shot for row in range(SCENE.size[1]) for shot in _shots(frames, row, background, inks)]
    drawn = []
    for shot in shots:
        name = "" if (shot.first, shot.last) == (0, count) else f' class="s{shot.first}-{shot.last}"'
        drawn.append(f"<g{name}>{shot.drawn}</g>")
    rules = _playing({(shot.first, shot.last) for shot in shots} - {(0, count)}, count)
    size = SCENE.size[0] * COLUMN, SCENE.size[1] * ROW
    return window(SCENE.title, size, background, frames[-1].text, drawn, sheet_of_rules(inks, rules))


def _shots(frames: Sequence[Screen], row: int, background: str, inks: dict[Ink, str]) -> Iterator[Shot]:
    """What is drawn in a row, each for as long as it stays the same."""
    drawn = [written(row_of(frame.strips[row], row, background), inks) for frame in frames]
    first = 0
    for at in range(1, len(drawn) + 1):
        if at == len(drawn) or drawn[at] != drawn[first]:
            yield Shot(row, first, at, drawn[first])
            first = at


def _playing(spans: set[tuple[int, int]], count: int) -> str:
    """The rules that show each shot in its time. Who wants nothing to move, or cannot play it, sees the last frame."""
    seconds = (count - 1) * FRAME_SECONDS + LAST_SECONDS
    rules = []
    for first, last in sorted(spans):
        start, end = (f"{100 * at * FRAME_SECONDS / seconds:.2f}%" for at in (first, last))
        name = f"s{first}-{last}"
        shown = "visible" if last == count else "hidden"
        frames = f"0%{{visibility:{'hidden' if first else 'visible'}}}" if first else ""
        frames += f"{start}{{visibility:visible}}"
        frames += "" if last == count else f"{end}{{visibility:hidden}}100%{{visibility:hidden}}"
        rules.append(f".{name}{{visibility:{shown};animation:{name} {seconds:.1f}s step-end infinite}}")
        rules.append(f"@keyframes {name}{{{frames}}}")
    return "".join(rules) + "@media(prefers-reduced-motion:reduce){g{animation:none!important}}"
