"""Every scene of the screenshots plays, and shows what it is about."""

from __future__ import annotations

import html
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from screenshots.scenes import SCENES, Scene, draw

SHOWN = {
    "encoder": ["r3.quad[10,11] = 500", "15 changed", "ONEHOTR"],
    "fault": ["ARITHMETIC_OVERFLOW", "S goes back"],
    "loops": ["delta", "ADDQUAD", "Stack", "Loops"],
    "matrix": ["r3.quad[0,6] = 20", "225 stored"],
    "thousand": ["961 variables", "17×17 a cell", "28,830 stored"],
    "light": ["39 variables", "EQUALITY"],
    "why": ["why r3.quad[0,5] = 500 at tick 3,240", "literal 250", "input in[0]", "halts in 21 ticks"],
    "branches": ["cheap and main diverge at tick 3,221", "branch cheap", "Watches", "-350"],
    "help": ["Run, forwards and backwards", "esc closes"],
}
"""What a reader of the picture must find in it, by scene."""


def test_every_scene_says_what_it_shows() -> None:
    assert {scene.name for scene in SCENES} == set(SHOWN)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_plays(scene: Scene, tmp_path: Path) -> None:
    svg = draw(scene, tmp_path).read_text(encoding="utf-8")
    assert not re.search(r"terminal-\d", svg), "names in the picture change with its content"
    lines: dict[str, str] = {}
    for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        line = text.get("y", "")
        lines[line] = lines.get(line, "") + (text.text or "").replace("\xa0", " ")
    picture = re.sub(" +", " ", html.unescape("\n".join(lines.values())))
    assert scene.title in picture
    assert [words for words in SHOWN[scene.name] if words not in picture] == []
