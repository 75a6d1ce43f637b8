"""The page of all pictures, made from the table of scenes."""

from __future__ import annotations

from collections.abc import Sequence

from screenshots.scene import Scene

PAGE = "README.md"
_HEAD = """# Pictures

Made by `python -m screenshots.scenes` and by nothing else: every one is the debugger itself, driven by keys over a
program that ships. `python -m screenshots.scenes NAME --png` makes one again.

![A model is built](film.svg)
"""


def page(company: Sequence[Scene], alone: Sequence[Scene]) -> str:
    """The page, in Markdown."""
    parts = [_HEAD, "## Layouts", *map(_entry, company), "## Panes", *map(_entry, alone)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _entry(scene: Scene) -> str:
    columns, rows = scene.size
    keys = " ".join(f"`{key}`" for key in _counted(scene.keys))
    told = f"`{scene.program}`, {columns}×{rows}, {scene.theme}" + (f"; {keys}" if keys else "")
    return f"**{scene.title}** ({told})\n\n![{scene.title}]({scene.name}.svg)"


def _counted(keys: Sequence[str]) -> list[str]:
    """Keys, each once for how often it is pressed in a row."""
    told: list[tuple[str, int]] = []
    for key in keys:
        if told and told[-1][0] == key:
            told[-1] = (key, told[-1][1] + 1)
        else:
            told.append((key, 1))
    return [f"{key} ×{count}" if count > 1 else key for key, count in told]
