"""The user's own keys on the screen: from the file, and by `bind`."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widget import Widget

from tests.support.screens import debug_screen, press, run_app, screen_text, settle, type_line, until
from tests.support.toy import toy_machine
from xqdbg import resources
from xqdbg.config import Config, Origin
from xqdbg.errors import XqdbgError
from xqdbg.keymap import KEYMAPS, Keymap
from xqdbg.session import Session
from xqdbg.tui import panes
from xqdbg.tui.app import XqdbgApp, pane_keys
from xqdbg.tui.keyboard import Keyboard
from xqdbg.tui.modals.help import HelpModal
from xqdbg.tui.modals.theme_chooser import ThemeChooser

PROGRAM = "\n".join([*("NOP",) * 9, "HALT"])


def keyboard(name: str = "gdb", **keys: str) -> Keyboard:
    own = {id_.replace("__", "."): spelled for id_, spelled in keys.items()}
    return Keyboard(Keymap(name, {**KEYMAPS[name], **own}, frozenset(own)), pane_keys())


def app(folder: Path | None = None, **options: Any) -> XqdbgApp:
    return XqdbgApp(
        Session(toy_machine(PROGRAM), "nine"), theme_directories=[resources.themes()], folder=folder, **options
    )


def tick(pilot: Pilot[Any]) -> int:
    moment = debug_screen(pilot).moment
    assert moment is not None
    return moment.tick


def test_every_id_is_listed_with_its_keys() -> None:
    lines = keyboard(list__down="ctrl+n").listed().splitlines()
    assert len(lines) == len({line.split()[0] for line in lines})
    assert "list.down             ^n" in lines
    assert any(line.startswith("ui.theme  ") for line in lines)


def test_panes_know_the_keys_they_inherit() -> None:
    ids = {id_ for pane in pane_keys() for id_ in pane}
    assert {"list.up", "code.listing", "matrix.left", "drawer.choose", "timeline.go"} <= ids


def test_a_command_takes_its_key_from_the_panes_and_leaves_them_the_rest() -> None:
    spelled = keyboard(run__step="down").spelled
    assert spelled["run.step"] == "down"
    assert spelled["list.down"] == "j"
    assert keyboard("forge").spelled["list.up"] == "up"
    assert keyboard().spelled == {}


def test_a_pane_can_be_given_other_keys() -> None:
    assert keyboard(list__down="ctrl+n,s").spelled["list.down"] == "ctrl+n,s"
    assert keyboard(list__down="ctrl+n,s", run__step="s").spelled["list.down"] == "ctrl+n"


@pytest.mark.parametrize(
    ("argument", "told", "keys"),
    [
        ("f6 run.step", "f6 is run.step", {"run.step": ("s", "f11", "f6")}),
        ("F run.step", "F is run.step now, no longer run.begin", {"run.step": ("s", "f11", "F"), "run.begin": ()}),
        ("f6 restart", "f6 is run.restart", {"run.restart": ("r", "f6")}),
        ("s off", "s means nothing now; it was run.step", {"run.step": ("f11",)}),
        ("f6 off", "f6 means nothing now", {}),
        ("? ui.theme", "? is ui.theme now, no longer ui.help", {"ui.theme": ("question_mark",)}),
        ("s run.step", "s is run.step", {"run.step": ("f11", "s")}),
    ],
)
def test_bind(argument: str, told: str, keys: dict[str, tuple[str, ...]]) -> None:
    bound, said = keyboard().bound(argument)
    assert said == told
    assert {id_: bound.keys[id_] for id_ in keys} == keys


def test_bind_gives_a_pane_a_key_and_takes_it_from_another_of_it() -> None:
    bound, said = keyboard().bound("ctrl+n list.down")
    assert said == "^n is list.down" and bound.spelled["list.down"] == "down,j,ctrl+n"
    bound, said = bound.bound("j list.up")
    assert said == "j is list.up now, no longer list.down"
    assert bound.spelled["list.up"] == "up,k,j" and bound.spelled["list.down"] == "down,ctrl+n"


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("", "a key and a command are wanted"),
        ("f6", "a key and a command are wanted"),
        ("f99 run.step", "'f99' is no key"),
        ("5 run.step", "5 cannot be bound: digits are counts"),
        ("f6 run.stpe", "did you mean run.step?"),
        ("f6 nonsense", "there is no command"),
    ],
)
def test_what_cannot_be_bound(argument: str, told: str) -> None:
    with pytest.raises(XqdbgError) as caught:
        keyboard().bound(argument)
    assert told in f"{caught.value.message} {caught.value.hint}"


def test_keys_of_the_users_file_work_and_are_shown(tmp_path: Path) -> None:
    (tmp_path / "keymap.toml").write_text('[keys]\n"run.step" = "ctrl+n"\n"ui.theme" = "f7"\n')

    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "ctrl+n", "ctrl+n", "s")
        assert tick(pilot) == 2
        assert "^n step" in screen_text(pilot.app).splitlines()[-1]
        await press(pilot, "f7")
        await until(pilot, lambda: isinstance(pilot.app.screen, ThemeChooser))

    run_app(app(tmp_path), script, (100, 30))


def test_a_bad_keymap_is_told_once_and_the_preset_holds(tmp_path: Path) -> None:
    (tmp_path / "keymap.toml").write_text('[keys]\n"run.step" = "n"\n')

    async def script(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: any("would mean both" in each.message for each in pilot.app._notifications))
        await press(pilot, "s")
        assert tick(pilot) == 1

    run_app(app(tmp_path), script, (120, 30))


def test_keys_hidden_from_a_pane_are_told(tmp_path: Path) -> None:
    (tmp_path / "keymap.toml").write_text('[keys]\n"run.step" = "d"\n')

    async def script(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "d: run.step hides" in screen_text(pilot.app))

    run_app(app(tmp_path), script, (120, 30))


def test_bind_on_the_command_line() -> None:
    async def script(pilot: Pilot[Any]) -> None:
        await type_line(pilot, "bind f6 step")
        assert "f6 is run.step" in screen_text(pilot.app)
        await press(pilot, "f6", "f6", "f6")
        assert tick(pilot) == 3
        await type_line(pilot, "bind S run.step")
        await press(pilot, "S")
        assert tick(pilot) == 4
        await type_line(pilot, "bind f6 off")
        await press(pilot, "f6")
        assert tick(pilot) == 4
        await type_line(pilot, "bind")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpModal))
        assert re.search(r"run\.step +s f11 S +Step", screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is debug_screen(pilot))
        await type_line(pilot, "bind nokey step")
        assert "is no key" in screen_text(pilot.app)

    run_app(app(), script, (100, 30))


def test_settings_that_cannot_be_used_are_told_and_a_missing_theme_of_the_file_is_no_end() -> None:
    bad = Config(problems=("config.toml: [b]x[/]: is no setting",))
    config = Config({**bad.values, "theme": "nosuch"}, {**bad.origins, "theme": Origin.FILE}, bad.problems)

    async def script(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await until(pilot, lambda: "no theme 'nosuch'" in screen_text(pilot.app))
        assert "[b]x[/]: is no setting" in screen_text(pilot.app)
        assert pilot.app.theme == "dusk"

    run_app(app(config=config), script, (120, 30))
    insisted = Config(config.values, {**bad.origins, "theme": Origin.COMMAND_LINE})
    with pytest.raises(XqdbgError, match="no theme 'nosuch'"):
        app(config=insisted)


def test_panes_and_film_begin_as_the_settings_say() -> None:
    usual = Config()
    wished = {"base": "hex", "follow": False, "film_speed": 25, "layout": "model"}
    config = Config({**usual.values, **wished}, {**usual.origins, **dict.fromkeys(wished, Origin.FILE)})
    program = "SET r1 200\nSET r2 7\nNOP\nHALT"

    async def script(pilot: Pilot[Any]) -> None:
        await press(pilot, "s", "s")
        screen = debug_screen(pilot)
        assert screen.layout_name == "model"
        assert screen.film.reel.speed == 25
        assert screen.code_pane.follows is False
        await type_line(pilot, "layout debug")
        assert "r1  0xc8" in screen_text(pilot.app)

    run_app(XqdbgApp(Session(toy_machine(program), "x"), config=config), script, (120, 40))


def test_every_key_of_a_pane_can_be_given_away() -> None:
    """The app names all panes with keys of their own, those too that are made only when somebody looks."""
    for module in iter_modules(panes.__path__):
        import_module(f"{panes.__name__}.{module.name}")
    waiting, ids = [Widget, object], set[str]()
    while waiting:
        kind = waiting.pop()
        waiting += [each for each in type.__subclasses__(kind) if each.__module__.startswith("xqdbg.tui.panes")]
        if kind.__module__.startswith("xqdbg.tui.panes"):
            ids |= {each.id for each in vars(kind).get("BINDINGS", ()) if isinstance(each, Binding) and each.id}
            waiting += [each for each in type.__subclasses__(kind) if each not in waiting]
    assert ids - {id_ for pane in pane_keys() for id_ in pane} == set()
