from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from textual.theme import Theme

from tests.support.sight import BLINDNESS, Linear, contrast, difference, linear
from xqdbg import resources
from xqdbg.tablefile import MOST_BYTES
from xqdbg.tui.theme import (
    DEFAULT_THEME,
    VARIABLES,
    ThemeError,
    load_theme,
    load_themes,
    theme_hint,
    variable_defaults,
)

SHIPPED = sorted(resources.themes().glob("*.toml"))
GUIDES = {"xq-rule", "xq-grid-guide"}
"""Lines that only guide the eye: nothing is lost with them."""
GLYPHS = {
    "xq-rule-focus",
    "xq-executed",
    "xq-heat-negative",
    "xq-heat-positive",
    "xq-time-past",
    "xq-time-known",
    "xq-cost",
    "xq-heat-coming",
    "xq-heat-since",
}
"""Drawn as signs or areas, never as text."""
PAPER = {
    "xq-pc-background",
    "xq-cursor-background",
    "xq-fault-background",
    "xq-match",
    "xq-selection-background",
    "xq-popup-background",
}
CONTRAST = {"beacon": (7.0, 4.5)}
"""Least contrast of text and of signs, where it is more than what everybody needs."""
TOLD_APART = (
    ("xq-breakpoint", "xq-executed"),
    ("xq-heat-negative", "xq-heat-positive"),
    ("xq-changed", "xq-int"),
    ("xq-changed", "foreground"),
    ("xq-fault", "xq-ready"),
    ("xq-fault", "xq-executed"),
    ("xq-ready", "xq-running"),
    ("xq-time-past", "xq-time-known"),
    ("xq-time-past", "xq-time-here"),
    ("xq-pc-foreground", "xq-executed"),
    ("xq-cursor-background", "background"),
)
"""Colours that mean different things in one place."""
LEAST_DIFFERENCE = {"xq-cursor-background": 6.0}
"""In CIE Lab; areas of a row are seen where signs would not be."""


def shipped() -> Iterator[Theme]:
    yield from (load_theme(path) for path in SHIPPED)


def light_of(theme: Theme, name: str) -> Linear:
    """A colour of a theme. The terminal's own text and background are taken for white on black, or black on white."""
    paper = name in {*PAPER, "background", "surface", "panel"}
    value = theme.variables.get(name) or str(getattr(theme, name))
    return linear(value, "#ffffff" if paper != theme.dark else "#000000")


def weak_pairs(theme: Theme, inks: set[str], papers: Iterable[str], least: float) -> dict[str, float]:
    """The pairs of ink and paper whose contrast is too weak, and how weak it is."""
    found = {
        f"{ink} on {paper}": round(contrast(light_of(theme, ink), light_of(theme, paper)), 2)
        for ink in inks
        for paper in papers
    }
    return {pair: ratio for pair, ratio in found.items() if ratio < least}


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_dark_and_a_light_theme_ship() -> None:
    themes, errors = load_themes([resources.themes()])
    assert errors == []
    assert {theme.dark for theme in themes} == {True, False}
    assert DEFAULT_THEME in {theme.name for theme in themes}


@pytest.mark.parametrize("theme", list(shipped()), ids=lambda theme: theme.name)
def test_text_and_signs_are_legible_on_every_background_they_are_drawn_on(theme: Theme) -> None:
    of_text, of_signs = CONTRAST.get(theme.name, (4.5, 3.0))
    papers = ["background", "panel", "surface", *sorted(PAPER)]
    inks = {"foreground", *VARIABLES} - GLYPHS - GUIDES - PAPER
    assert weak_pairs(theme, inks, papers, of_text) == {}
    assert weak_pairs(theme, GLYPHS, ["background"], of_signs) == {}


SEEN = [(theme, "all colours") for theme in shipped() if not theme.ansi]
SEEN += [(theme, eyes) for theme in shipped() if theme.name == "harbour" for eyes in BLINDNESS]
"""Every theme for eyes that tell all colours apart, and the one that is made for others for those."""


@pytest.mark.parametrize(("theme", "eyes"), SEEN, ids=[f"{theme.name}-{eyes}" for theme, eyes in SEEN])
def test_what_means_different_things_looks_different(theme: Theme, eyes: str) -> None:
    close = {
        f"{one} and {other}": round(apart, 1)
        for one, other in TOLD_APART
        if (apart := difference(light_of(theme, one), light_of(theme, other), eyes)) < LEAST_DIFFERENCE.get(one, 20.0)
    }
    assert close == {}


def test_variables_of_a_theme_replace_the_defaults_and_no_more(tmp_path: Path) -> None:
    theme = load_theme(
        write(tmp_path, 'name="mine"\ndark=false\n[colors]\nprimary="navy"\n[variables]\nxq-fault="#800000"')
    )
    assert theme.variables == {**variable_defaults(dark=False), "xq-fault": "#800000"}
    assert set(theme.variables) == set(VARIABLES)
    assert theme.primary == "navy"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name="bad"\n[colors]\nprimary="#zzz"', "colors.primary '#zzz' is no opaque colour"),
        ('name="bad"\n[colors]\nprimary="red 50%"', "colors.primary"),
        ('name="bad"\n[colors]\nprimary="transparent"', "colors.primary"),
        ('name="bad"\n[colors]\nprimary="ansi_red"', "colors.primary"),
        ('name="bad"\n[colors]\nprimary=3', "colors.primary 3 is no opaque colour"),
        ('name="bad"\n[colors]\nsurface="red"', "colors.primary is missing"),
        ('name="bad"', "colors must be a table"),
        ('name="bad"\ncolors=3', "colors must be a table"),
        ('name="bad"\n[colors]\nprimry="red"', "colors.primry is not known; did you mean 'primary'?"),
        ('name="bad"\n[colors]\nprimary="red"\n[variables]\nxq-heat-negativ="red"', "did you mean 'xq-heat-negative'?"),
        ('name="bad"\n[colors]\nprimary="red"\n[variables]\nxq-int="off"', "variables.xq-int"),
        ('name="bad"\nfont="x"\n[colors]\nprimary="red"', "font is not known"),
        ('name="Not Good"\n[colors]\nprimary="red"', "name must be lower-case"),
        ('[colors]\nprimary="red"', "name must be lower-case"),
        ('name="nord"\n[colors]\nprimary="red"', "name of a built-in theme"),
        ('name="bad"\ndark="yes"\n[colors]\nprimary="red"', "dark must be true or false"),
        ('name="bad"\n[colors\n', "not valid TOML"),
        ('name="bad"\n[colors]\nprimary="\\u001b[31m"', "colors.primary"),
        ("a=" + "[" * 3000 + "]" * 3000, "mine.toml"),
        ("#" * (MOST_BYTES + 1), "larger than 64 KiB"),
    ],
)
def test_bad_themes_are_refused_with_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ThemeError) as caught:
        load_theme(write(tmp_path, text))
    assert told in caught.value.message
    assert "mine.toml" in caught.value.message
    assert "\x1b" not in caught.value.message and "\n" not in caught.value.message


def test_bad_themes_are_collected_and_good_ones_kept(tmp_path: Path) -> None:
    write(tmp_path, 'name="good"\n[colors]\nprimary="red"', "good.toml")
    (tmp_path / "latin.toml").write_bytes(b'name="\xff"')
    (tmp_path / "folder.toml").mkdir()
    themes, errors = load_themes([tmp_path, tmp_path / "missing"])
    assert [theme.name for theme in themes] == ["good"]
    assert sorted(error.message.split(":")[0] for error in errors) == ["theme folder.toml", "theme latin.toml"]


def test_later_folders_replace_themes_of_the_same_name(tmp_path: Path) -> None:
    write(tmp_path, 'name="dusk"\n[colors]\nprimary="#123456"')
    themes, errors = load_themes([resources.themes(), tmp_path])
    assert errors == []
    assert [theme.primary for theme in themes if theme.name == "dusk"] == ["#123456"]


def test_what_to_choose_instead_of_a_theme_that_does_not_exist() -> None:
    known = ["textual-dark", "nord", *(theme.name for theme in shipped())]
    assert theme_hint("dsuk", known) == "did you mean dusk?"
    ours = "beacon, dusk, harbour, paper, slate, terminal, terminal-light"
    assert theme_hint("xyzzy", known) == f"there are {ours}; ctrl+p in the debugger lists all"
    assert theme_hint("xyzzy", [f"own-{number}" for number in range(99)]).count(",") == 7
    assert theme_hint("xyzzy", ["textual-dark"]).startswith("there are textual-dark;")
