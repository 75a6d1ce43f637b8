"""Settings: where each comes from, and what is told where a file cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqdbg.__main__ import main
from xqdbg.config import FILE, Config, Origin, load_config, template, write_template
from xqdbg.errors import XqdbgError
from xqdbg.keymap import KEYMAPS
from xqdbg.settings import KEYMAP_NAMES, SETTINGS, admitted
from xqdbg.tablefile import MOST_BYTES, config_folder


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of settings for nobody else, and an environment that sets nothing."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("NO_COLOR", *(setting.variable for setting in SETTINGS.values())):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "xqdbg").mkdir()
    return tmp_path / "xqdbg"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / FILE
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_without_a_file_everything_is_by_default(folder: Path) -> None:
    config = load_config()
    assert config == Config()
    assert set(config.origins.values()) == {Origin.DEFAULT} and config.problems == ()


def test_command_line_before_environment_before_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, 'theme = "paper"\nkeymap = "forge"\nfilm_speed = 9\nmouse = false\n')
    monkeypatch.setenv("XQDBG_THEME", "slate")
    monkeypatch.setenv("XQDBG_KEYMAP", "gdb")
    config = load_config({"theme": "dusk", "keymap": None, "file": "a.xqasm"})
    assert (config.word("theme"), config.origins["theme"]) == ("dusk", Origin.COMMAND_LINE)
    assert (config.word("keymap"), config.origins["keymap"]) == ("gdb", Origin.ENVIRONMENT)
    assert (config.number("film_speed"), config.origins["film_speed"]) == (9, Origin.FILE)
    assert (config.flag("mouse"), config.flag("follow")) == (False, True)
    assert [config.insisted(key) for key in ("theme", "keymap", "film_speed", "base")] == [True, True, False, False]


@pytest.mark.parametrize(("value", "color"), [("1", False), ("0", False), ("", True), (None, True)])
def test_no_color_is_heeded_unless_it_is_empty(value: str | None, color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is not None:
        monkeypatch.setenv("NO_COLOR", value)
    assert load_config().flag("color") is color


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('thme = "paper"', "thme: is no setting; did you mean theme?"),
        ("[layout]\na = 1", "layout: must be a word in quotes, of at most 200 characters, not a table"),
        ("theme = 3", "theme: must be a word in quotes, of at most 200 characters, not 3"),
        ('theme = ""', "theme: must be a word"),
        ('theme = "\\u001b[31m"', "theme: must be a word"),
        ('keymap = "vim"', 'keymap: must be "gdb" or "vscode" or "forge", not \'vim\''),
        ('mouse = "no"', "mouse: must be true or false, not 'no'"),
        ("mouse = 0", "mouse: must be true or false, not 0"),
        ("film_speed = true", "film_speed: must be a whole number from 1 to 60, not true"),
        ("film_speed = 0", "film_speed: must be a whole number from 1 to 60, not 0"),
        ("film_speed = 2.5", "film_speed: must be a whole number from 1 to 60, not 2.5"),
        ("film_speed = 99999999999999999999", "film_speed: must be a whole number"),
        ("[other]\na = 1", "other: is no setting"),
        ("theme = ", "not valid TOML: "),
        (b'theme = "\xff"', "not valid TOML: "),
        ("a = " + "[" * 5000 + "]" * 5000, ""),
        ("#" * (MOST_BYTES + 1), "larger than 64 KiB"),
    ],
)
def test_what_cannot_be_used_is_told_with_file_and_key(folder: Path, text: str | bytes, told: str) -> None:
    path = write(folder, text)
    config = load_config()
    assert dict(config.values) == dict(Config().values)
    assert len(config.problems) == 1
    assert config.problems[0].startswith(f"{path}: {told}")
    assert config.problems[0].isprintable()


def test_one_bad_key_does_not_spoil_the_others(folder: Path) -> None:
    write(folder, 'theme = "paper"\nbase = "oct"\nno_such = 1\n')
    config = load_config()
    assert config.word("theme") == "paper" and config.word("base") == "dec"
    assert len(config.problems) == 2


def test_a_folder_in_place_of_the_file_is_told(folder: Path) -> None:
    (folder / FILE).mkdir()
    assert "cannot be read: is a directory" in load_config().problems[0]


def test_a_bad_variable_is_told_and_the_file_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "film_speed = 7")
    monkeypatch.setenv("XQDBG_FILM_SPEED", "fast")
    config = load_config()
    assert (config.number("film_speed"), config.origins["film_speed"]) == (7, Origin.FILE)
    assert config.problems == ("environment: XQDBG_FILM_SPEED: must be a whole number from 1 to 60, not 'fast'",)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.key)
def test_every_setting_explains_itself_and_admits_its_default(setting: object) -> None:
    assert isinstance(setting, type(SETTINGS["theme"]))
    assert admitted(setting, setting.default) == setting.default
    assert setting.doc[0].isupper() and setting.doc.endswith(".")


def test_the_keymaps_are_those_that_ship() -> None:
    assert tuple(KEYMAPS) == KEYMAP_NAMES


def test_the_template_sets_nothing_and_what_it_shows_can_be_set(folder: Path) -> None:
    write(folder, template())
    assert load_config() == Config()
    lines = [line.removeprefix("# ") for line in template().splitlines() if " = " in line]
    write(folder, "\n".join(lines))
    config = load_config()
    assert config.problems == () and set(config.origins.values()) == {Origin.FILE}
    assert dict(config.values) == dict(Config().values)


def test_a_template_never_overwrites(folder: Path) -> None:
    path = folder / "deeper" / FILE
    write_template(path)
    before = path.read_text()
    path.write_text(before + "mouse = false\n")
    with pytest.raises(XqdbgError, match="is there already"):
        write_template(path)
    assert path.read_text().endswith("mouse = false\n")


def test_a_relative_folder_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "here")
    assert config_folder().is_absolute() and config_folder().name == "xqdbg"


# The command


def test_config_tells_every_setting_and_where_it_comes_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(folder, 'theme = "paper"\nzzz = 1\n')
    assert main(["config", "--keymap", "forge", "--vi"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == str(path)
    assert 'theme = "paper"   (file; default "dusk")' in said.out
    assert 'keymap = "forge"   (command line; default "gdb")' in said.out
    assert 'editing = "vi"   (command line; default "emacs")' in said.out
    assert "mouse = true   (default)" in said.out
    for setting in SETTINGS.values():
        assert setting.variable in said.out.replace("\n    ", " ")
    assert said.err == f"xqdbg: {path}: zzz: is no setting\n"


def test_config_writes_a_template_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--path"]) == 0
    assert capsys.readouterr().out == f"{folder / FILE}\n"
    assert main(["config", "--init"]) == 0
    assert (folder / FILE).read_text() == template()
    assert main(["config", "--init"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["config"]) == 0
