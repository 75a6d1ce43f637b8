"""The commands of this face: none is without a deed, no key is without a meaning."""

from __future__ import annotations

import pytest

from xqdbg.keymap import KEYMAPS, Keymap
from xqdbg.tui import focus
from xqdbg.tui.editing import EditingScreen
from xqdbg.tui.face import ALL_COMMANDS, FACE_COMMANDS, FIRST_KEYS, HINTS, key_name
from xqdbg.tui.facing import FacingScreen
from xqdbg.tui.keyboard import Keyboard, PaneKeys
from xqdbg.tui.latest import Latest
from xqdbg.tui.screen import LETTERS


def test_every_command_without_a_verb_of_the_session_is_obeyed_in_one_place() -> None:
    own = {command.id for command in ALL_COMMANDS if command.run is None}
    places = [set(focus.KEYS), set(LETTERS), {*FacingScreen._VERBS, *EditingScreen._EDITING}]
    assert own == set().union(*places)
    assert sum(map(len, places)) == len(own)


def test_every_command_of_the_face_can_be_reached() -> None:
    assert [command.id for command in FACE_COMMANDS if not (command.keys or command.words)] == []
    assert {command.id for command in ALL_COMMANDS} >= {*HINTS, *FIRST_KEYS}


@pytest.mark.parametrize("name", KEYMAPS)
def test_no_keymap_gives_a_key_two_meanings(name: str) -> None:
    keys = Keyboard(Keymap(name, KEYMAPS[name]), PaneKeys()).keys
    assert keys["at.why"] == ("w",) and key_name(keys["at.hit_before"][0]) == "["


def test_of_many_numbers_the_latest_is_taken_once() -> None:
    latest = Latest()
    assert [latest.put(1), latest.put(2), latest.put(0)] == [True, False, False]
    assert (latest.take(), latest.take()) == (0, None)
    assert latest.put(0)
