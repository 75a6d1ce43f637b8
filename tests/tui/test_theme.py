from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from xqdbg import resources
from xqdbg.tui.theme import (
    DEFAULT_THEME,
    MAX_BYTES,
    VARIABLES,
    ThemeError,
    load_theme,
    load_themes,
    theme_hint,
    variable_defaults,
)

SHIPPED = sorted(resources.themes().glob("*.toml"))
NOT_TEXT = {
    "xq-rule",
    "xq-rule-focus",
    "xq-executed",
    "xq-grid-guide",
    "xq-heat-negative",
    "xq-heat-positive",
    "xq-time-past",
    "xq-time-known",
}
PAPER = {"xq-pc-background", "xq-cursor-background", "xq-fault-background", "xq-match"}


def shipped() -> Iterator[Theme]:
    yield from (load_theme(path) for path in SHIPPED)


def contrast(one: str, other: str) -> float:
    def luminance(text: str) -> float:
        parts = [part / 255 for part in Color.parse(text).rgb]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


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
def test_text_is_legible_on_every_background_it_is_drawn_on(theme: Theme) -> None:
    backgrounds = [theme.background, theme.panel, theme.surface, *(theme.variables[name] for name in sorted(PAPER))]
    inks = {name: value for name, value in theme.variables.items() if name not in NOT_TEXT | PAPER}
    inks["foreground"] = str(theme.foreground)
    weak = {
        f"{name} on {paper}": round(contrast(ink, str(paper)), 2)
        for name, ink in inks.items()
        for paper in backgrounds
        if contrast(ink, str(paper)) < 4.5
    }
    assert weak == {}


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
        ("#" * (MAX_BYTES + 1), "larger than 64 KiB"),
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
    assert theme_hint("xyzzy", known) == "there are dusk, paper, slate; ctrl+p in the debugger lists all"
    assert theme_hint("xyzzy", [f"own-{number}" for number in range(99)]).count(",") == 3
    assert theme_hint("xyzzy", ["textual-dark"]).startswith("there are textual-dark;")
