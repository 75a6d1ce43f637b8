"""The pictures of the debugger, made by one command: `python -m screenshots.scenes`.

Every scene is the real app, driven by keys over a program that ships. Each becomes an SVG beside this file; with
`--png` also a PNG, where `rsvg-convert` is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, dist, pi, sin
from pathlib import Path

from tests.support.screens import debugger, press, settle, type_line
from xqdbg.batch.target import open_target
from xqdbg.intake import read_object
from xqdbg.session import Opened, Session
from xqdbg.tui.app import XqdbgApp

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment worth a picture, and how to get there."""

    name: str
    """Name of the picture."""
    title: str
    """What it shows, above the picture."""
    size: tuple[int, int]
    """Columns and lines of the terminal."""
    theme: str
    program: str
    """As on the command line."""
    keys: tuple[str, ...]
    """Keys, and lines for the command line, which begin with a colon and are longer than it."""
    inputs: Mapping[str, object] | None = None
    """As in a file of inputs; None for those the program ships with."""

    def app(self) -> XqdbgApp:
        """The app at the start of the program."""
        target = open_target(self.program)
        inputs = self.inputs
        if inputs is None:
            inputs = {} if target.inputs is None else read_object(target.inputs)
        machine = target.tools.machine(target.program, inputs)
        opened = Opened(target.tools, target.program)
        return debugger(Session(machine, target.name, opened=opened), theme=self.theme)


def distances(cities: int) -> list[int]:
    """Distances between cities along a winding road, row by row."""
    turn = 2 * pi / cities
    places = [(80 * cos(2 * turn * city), 50 * sin(3 * turn * city)) for city in range(cities)]
    return [round(dist(one, other)) for one in places for other in places]


SCENES = (
    Scene(
        "encoder",
        "A travelling salesman's model grows, one-hot row by one-hot row",
        (120, 40),
        "dusk",
        "example:tsp5/encoder",
        (":break 72", "c", "c", "c", "s", "alt+7", "down", *["right"] * 11, *["down"] * 10, "alt+1"),
    ),
    Scene(
        "fault",
        "A fault explains itself, and one can step back from it",
        (120, 40),
        "dusk",
        "example:factorial",
        ("c",),
        {"calldata": [25]},
    ),
    Scene(
        "loops",
        "Three loops deep, the operands on the stack named, in 80 by 24",
        (80, 24),
        "dusk",
        "example:tsp5/encoder",
        (":goto 1200", ":until op:ADDQUAD"),
    ),
    Scene(
        "matrix",
        "The matrix in a plain terminal of 80 by 24",
        (80, 24),
        "dusk",
        "example:tsp5/encoder",
        ("G", "L", "alt+7", "down", *["right"] * 6),
    ),
    Scene(
        "thousand",
        "A model of 961 variables seen whole: the distances of 31 cities, before the constraints",
        (120, 40),
        "slate",
        "example:tsp5/encoder",
        (":until 66", "alt+7", "z", "v", "down", *["shift+right"] * 12),
        {"calldata": [31, distances(31)], "step_limit": None},
    ),
    Scene(
        "light",
        "The knapsack's slack variables, by daylight",
        (120, 40),
        "paper",
        "example:knapsack/encoder",
        ("G",),
    ),
    Scene(
        "why",
        "Where a coefficient comes from, down to the literals and inputs it was made of",
        (120, 40),
        "dusk",
        "example:tsp5/encoder",
        (":goto op:ONEHOTC#3", ":break 72 if r9 == 3", ":bookmark first-column", ":why r3.quad[0,5]"),
    ),
    Scene(
        "branches",
        "A cheaper penalty, tried in the past: where the two runs part and what comes out",
        (120, 40),
        "dusk",
        "example:tsp5/encoder",
        (":goto op:ONEHOTR#1", ":set stack[-1] = 100 as cheap", ":display stack[-1]", ":diff main"),
    ),
    Scene(
        "help",
        "Keys and commands, from the one table they live in",
        (120, 40),
        "slate",
        "example:tsp5/encoder",
        ("?",),
    ),
)


async def _play(scene: Scene) -> str:
    """The picture of a scene, as SVG."""
    app = scene.app()
    async with app.run_test(size=scene.size) as pilot:
        await settle(pilot)
        for key in scene.keys:
            if len(key) > 1 and key.startswith(":"):
                await type_line(pilot, key[1:])
            else:
                await press(pilot, key)
        await settle(pilot)
        return _stable(app.export_screenshot(title=scene.title), scene.name)


def _stable(svg: str, name: str) -> str:
    """The picture with names that stay the same, and with spaces that no renderer may drop."""
    svg = re.sub(r"\bterminal-\d+", f"xqdbg-{name}", svg)
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def draw(scene: Scene, folder: Path) -> Path:
    """Play a scene and write its picture."""
    path = folder / f"{scene.name}.svg"
    path.write_text(asyncio.run(_play(scene)), encoding="utf-8")
    return path


def convert(path: Path) -> Path:
    """A PNG beside an SVG."""
    png = path.with_suffix(".png")
    subprocess.run(["rsvg-convert", "--output", str(png), str(path)], check=True)
    return png


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the scenes that are named, or all; returns the exit code."""
    known = {scene.name: scene for scene in SCENES}
    parser = argparse.ArgumentParser(prog="python -m screenshots.scenes", description="Draw the pictures.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"scenes to draw, of {', '.join(known)}")
    parser.add_argument("--png", action="store_true", help="PNG too, with rsvg-convert")
    parser.add_argument("--folder", type=Path, default=HERE, help="where to put them")
    arguments = parser.parse_args(argv)
    if unknown := sorted(set(arguments.names) - set(known)):
        parser.error(f"there is no scene {unknown[0]!r}; there are {', '.join(known)}")
    if arguments.png and shutil.which("rsvg-convert") is None:
        parser.error("--png needs rsvg-convert, which is not installed")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or known:
        path = draw(known[name], arguments.folder)
        print(convert(path) if arguments.png else path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
