"""The pictures of the debugger, made by one command: `python -m screenshots.scenes`.

Every scene is the real app, driven by keys over a program that ships. Each becomes an SVG beside this file, and with
`--png` also a PNG, where `rsvg-convert` is installed; the page of all of them is README.md.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from screenshots.alone import ALONE
from screenshots.company import COMPANY
from screenshots.drawing import picture
from screenshots.film import SCENE as FILM
from screenshots.film import film
from screenshots.gallery import PAGE, page
from screenshots.playing import play
from screenshots.scene import Scene

HERE = Path(__file__).parent
SCENES: tuple[Scene, ...] = (*COMPANY, *ALONE)


def draw(scene: Scene, folder: Path) -> Path:
    """Play a scene and write its picture."""
    path = folder / f"{scene.name}.svg"
    path.write_text(picture(play(scene), scene.title), encoding="utf-8")
    return path


def shoot(folder: Path) -> Path:
    """Play the film and write it."""
    path = folder / f"{FILM.name}.svg"
    path.write_text(film()[0], encoding="utf-8")
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
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"scenes to draw, of {', '.join([*known, FILM.name])}")
    parser.add_argument("--png", action="store_true", help="PNG too, with rsvg-convert")
    parser.add_argument("--folder", type=Path, default=HERE, help="where to put them")
    arguments = parser.parse_args(argv)
    if unknown := sorted(set(arguments.names) - {*known, FILM.name}):
        parser.error(f"there is no scene {unknown[0]!r}; there are {', '.join([*known, FILM.name])}")
    if arguments.png and shutil.which("rsvg-convert") is None:
        parser.error("--png needs rsvg-convert, which is not installed")
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or [*known, FILM.name]:
        path = shoot(folder) if name == FILM.name else draw(known[name], folder)
        print(convert(path) if arguments.png else path)
    if not arguments.names:
        (folder / PAGE).write_text(page(COMPANY, ALONE), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
