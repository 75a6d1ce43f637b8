"""Keys of the user's own: names, clashes, and what is told where a file cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqdbg.commands import COMMANDS
from xqdbg.errors import XqdbgError
from xqdbg.keymap import FILE, KEYMAPS, Keymap, hidden_keys, load_keymap
from xqdbg.keys import check_key, keys_of, same_key
from xqdbg.tablefile import MOST_BYTES

PANES = ({"list.up": "up,k", "code.listing": "d"}, {"list.up": "up,k", "matrix.zoom_in": "plus", "matrix.left": "left"})


def load(folder: Path, text: str, name: str = "gdb", **options: bool) -> Keymap:
    (folder / FILE).write_text(text, encoding="utf-8")
    return load_keymap(name, panes=PANES, folder=folder, **options)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("?", "question_mark"), ("+", "plus"), ("ctrl+shift+f5", "shift+ctrl+f5"), ("return", "enter"),
        ("ctrl+m", "enter"), ("ctrl+i", "tab"), ("/", "slash"), ("alt+?", "alt+question_mark"), ("page_up", "pageup"),
    ],
)  # fmt: skip
def test_a_key_is_the_same_under_all_its_names(one: str, other: str) -> None:
    assert same_key(one) == same_key(other)
    check_key(one)
    check_key(other)


def test_upper_case_is_another_key() -> None:
    assert same_key("s") != same_key("S")


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("pagdown", "'pagdown' is no key; did you mean pagedown?"),
        ("f25", "'f25' is no key; did you mean f"),
        ("ctl+x", "'ctl+x' is no key: 'ctl' cannot be held; did you mean ctrl?"),
        ("shift+s", "shift+s never arrives: terminals send S for it"),
        ("ctrl+shift+s", "terminals send ctrl+S for it"),
        ("", "is no key"),
        ("\x1b[A", "is no key"),
        ("a" * 100, "is no key"),
        ("ctrl+", "is no key"),
    ],
)
def test_what_is_no_key(key: str, told: str) -> None:
    with pytest.raises(XqdbgError) as caught:
        check_key(key)
    assert told in caught.value.message


@pytest.mark.parametrize("name", KEYMAPS)
def test_keys_that_ship_have_names(name: str) -> None:
    for keys in [*KEYMAPS[name].values(), *(command.keys for command in COMMANDS)]:
        for key in keys_of(keys):
            check_key(key)


def test_changes_are_laid_over_the_preset(tmp_path: Path) -> None:
    keys = '"run.step" = "f8, return"\nrun.restart = ["ctrl+r"]\n"matrix.zoom_in" = "ctrl+up"\n'
    keymap = load(tmp_path, f'extends = "forge"\n[keys]\n{keys}')
    assert keymap.problems == () and keymap.name == "forge"
    assert keymap.keys["run.step"] == "f8,enter"
    assert keymap.keys["run.restart"] == "ctrl+r"
    assert keymap.keys["run.back"] == KEYMAPS["forge"]["run.back"]
    assert keymap.own == {"run.step", "run.restart", "matrix.zoom_in"}


def test_without_a_file_it_is_the_preset(tmp_path: Path) -> None:
    assert load_keymap("vscode", folder=tmp_path) == Keymap("vscode", KEYMAPS["vscode"])


def test_a_preset_that_is_insisted_on_is_what_the_changes_are_laid_over(tmp_path: Path) -> None:
    text = 'extends = "forge"\n[keys]\n"run.step" = "f8"\n'
    assert load(tmp_path, text, "vscode").name == "forge"
    assert load(tmp_path, text, "vscode", insisted=True).name == "vscode"
    assert load(tmp_path, '[keys]\n"run.step" = "f8"\n', "vscode").name == "vscode"


def test_a_command_can_have_no_key(tmp_path: Path) -> None:
    keymap = load(tmp_path, '[keys]\n"run.next" = ""\n"run.step" = "n"\n')
    assert keymap.problems == () and keymap.keys["run.next"] == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[keys]\n"run.stpe" = "f8"', "keys.run.stpe: is no command; did you mean run.step?"),
        ('[keys]\n"matrix.zoom_inn" = "f8"', "keys.matrix.zoom_inn: is no command; did you mean matrix.zoom_in?"),
        ('[keys]\n"run.step" = "c"', "keys.run.step: 'c' would mean both run.step and run.continue"),
        ('[keys]\n"time.when" = "question_mark"', "keys.time.when: 'question_mark' would mean both"),
        ('[keys]\n"code.listing" = "k"', "keys.code.listing: 'k' would mean both list.up and code.listing"),
        ('[keys]\n"run.step" = "pagdown"', "keys.run.step: 'pagdown' is no key; did you mean pagedown?"),
        ('[keys]\n"run.step" = "5"', "keys.run.step: 5 cannot be given away: digits are counts"),
        ('[keys]\n"run.step" = "ctrl+i"', "keys.run.step: ctrl+i cannot be given away: it goes to the next pane"),
        ('[keys]\n"run.step" = 5', "keys.run.step: must be keys in quotes"),
        ("keys = 3", "keys: must be a table"),
        ('extends = "emacs"', "extends: must be gdb or vscode or forge, not 'emacs'"),
        ("extends = 3", "extends: must be gdb or vscode or forge, not 3"),
        ('exteds = "gdb"', "exteds: is not known; did you mean extends?"),
        ("[keys\n", "not valid TOML"),
        ("#" * (MOST_BYTES + 1), "larger than 64 KiB"),
    ],
)
def test_with_anything_wrong_the_preset_holds_and_that_is_told(tmp_path: Path, text: str, told: str) -> None:
    keymap = load(tmp_path, text, "forge")
    assert keymap.keys == KEYMAPS["forge"] and not keymap.own
    assert keymap.problems[0].startswith(f"{tmp_path / FILE}: {told}")
    assert all(problem.isprintable() for problem in keymap.problems)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    keymap = load(tmp_path, '[keys]\n"run.stpe" = "f8"\n"run.next" = "f99"\n')
    assert len(keymap.problems) == 2


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    assert "cannot be read" in load_keymap("gdb", folder=tmp_path).problems[0]


def test_keys_that_commands_hide_from_panes_are_told_if_the_user_chose_them(tmp_path: Path) -> None:
    assert hidden_keys(Keymap("forge", KEYMAPS["forge"]), COMMANDS, PANES) == []
    keymap = load(tmp_path, '[keys]\n"run.step" = "d"\n"matrix.left" = "u"\n')
    assert hidden_keys(keymap, COMMANDS, PANES) == [
        "d: run.step hides code.listing",
        "u: matrix.left hides run.until in its pane",
    ]
