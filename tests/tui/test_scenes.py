"""Every scene of the screenshots plays, looks as its golden says, and the pictures that are kept are of now."""

from __future__ import annotations

import html
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from screenshots.alone import ALONE
from screenshots.company import COMPANY
from screenshots.drawing import picture
from screenshots.film import SCENE as FILM
from screenshots.film import film
from screenshots.gallery import PAGE, page
from screenshots.playing import play
from screenshots.scene import LARGE, MIDDLE, SMALL, Scene
from screenshots.scenes import HERE, SCENES, main
from tests.conftest import GOLDEN, Golden
from xqdbg.tui.layouts import LAYOUTS

SVG = "{http://www.w3.org/2000/svg}"
MOST_FILES, MOST_BYTES = 50, 6 << 20


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_looks_as_it_did(scene: Scene, golden: Golden) -> None:
    screen = play(scene)
    golden(f"scenes/{scene.name}.txt", screen.text)
    found = re.sub(" +", " ", screen.text)
    assert [words for words in scene.words if words not in found] == []
    assert len(screen.strips) == scene.size[1]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_picture_that_is_kept_is_of_now(scene: Scene) -> None:
    root = ElementTree.parse(HERE / f"{scene.name}.svg").getroot()
    assert root.findtext(f"{SVG}title") == scene.title, "python -m screenshots.scenes makes it again"
    told = (root.findtext(f"{SVG}desc") or "").rstrip() + "\n"
    assert told == (GOLDEN / "scenes" / f"{scene.name}.txt").read_text(encoding="utf-8")


def test_the_page_of_all_pictures_is_of_now() -> None:
    assert (HERE / PAGE).read_text(encoding="utf-8") == page(COMPANY, ALONE)


def test_there_is_a_picture_of_everything_and_of_nothing_else() -> None:
    pictures = sorted(HERE.glob("*.svg"))
    assert {path.stem for path in pictures} == {FILM.name, *(scene.name for scene in SCENES)}
    assert len(pictures) <= MOST_FILES and sum(path.stat().st_size for path in pictures) < MOST_BYTES
    for size, name in ((SMALL, "80"), (MIDDLE, "120"), (LARGE, "200")):
        shown = [scene for scene in COMPANY if scene.name in {f"{layout}-{name}" for layout in LAYOUTS}]
        assert len(shown) == len(LAYOUTS) and {scene.size for scene in shown} == {size}
        assert len({scene.theme for scene in shown}) >= 3
    assert not {path.stem for path in (GOLDEN / "scenes").glob("*.txt")} - {FILM.name, *(each.name for each in SCENES)}


def test_a_picture_shows_what_is_on_the_screen() -> None:
    screen = play(next(scene for scene in SCENES if scene.name == "code"))
    root = ElementTree.fromstring(picture(screen, "<title>"))
    lines: dict[str, str] = {}
    for text in root.iter(f"{SVG}text"):
        lines[text.get("y", "")] = lines.get(text.get("y", ""), "") + (text.text or "").replace("\xa0", " ") + " "
    drawn = re.sub(" +", " ", html.unescape("\n".join(lines.values())))
    assert "ADDQUAD r3" in drawn and "breakpoint 1 at line 57, hit 40" in drawn and "<title>" in drawn
    assert len({path.get("fill") for path in root.iter(f"{SVG}path")}) > 5


def test_the_film_is_of_now_and_shows_each_frame_in_its_time(golden: Golden) -> None:
    svg, text = film()
    golden("scenes/film.txt", text)
    kept = (HERE / "film.svg").read_text(encoding="utf-8")
    assert ElementTree.fromstring(kept).findtext(f"{SVG}desc") == ElementTree.fromstring(svg).findtext(f"{SVG}desc")
    assert len(kept) < 600_000
    shots = set(re.findall(r'<g class="s(\d+)-(\d+)">', kept))
    assert len(shots) > 20 and {f"s{first}-{last}" for first, last in shots} == set(
        re.findall(r"@keyframes (s\d+-\d+)", kept)
    )
    end = max(int(last) for _, last in shots)
    assert all(
        ("visible" in rule) == (last == str(end)) for last, rule in re.findall(r"s\d+-(\d+)\{visibility:(\w+)", kept)
    )


def test_one_scene_is_drawn_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stack", "--folder", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["stack.svg"]
    assert "stack.svg" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["nothing-of-that-name"])
