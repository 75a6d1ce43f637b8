"""Which keys mean which command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from xqdbg.commands import COMMANDS, Command
from xqdbg.errors import XqdbgError

KEYMAPS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "gdb": {},
        "vscode": {
            "run.step": "f11,s",
            "run.back": "alt+f11,S",
            "run.next": "f10,n",
            "run.previous": "alt+f10,N",
            "run.continue": "f5,c",
            "run.reverse": "alt+f5,C",
            "run.finish": "shift+f11,f",
            "run.begin": "alt+shift+f11,F",
            "run.restart": "ctrl+shift+f5,r",
            "break.toggle": "f9,b",
            "ui.help": "f1,?",
        },
        "forge": {
            "run.step": "j,f11",
            "run.back": "k",
            "run.next": "s,f10",
            "run.previous": "a",
            "run.continue": "c,f5",
            "ui.help": "h,?,f1",
        },
    }
)
"""Presets: keys by command id, where they differ from the commands' own."""


class KeymapError(XqdbgError):
    """A keymap that would surprise its user."""


def keymap(name: str) -> Mapping[str, str]:
    """A preset, checked; KeymapError if there is none of this name."""
    if name not in KEYMAPS:
        raise KeymapError(f"there is no keymap {name[:40]!a}", f"there are {', '.join(KEYMAPS)}")
    check_keymap(KEYMAPS[name])
    return KEYMAPS[name]


def keys_of(keys: str) -> list[str]:
    """The single keys of a comma-separated list."""
    return [key.strip() for key in keys.split(",") if key.strip()]


def check_keymap(keymap: Mapping[str, str], commands: Iterable[Command] = COMMANDS) -> None:
    """Refuse unknown ids and keys that two commands would share."""
    keys = {command.id: command.keys for command in commands}
    if unknown := sorted(set(keymap) - set(keys)):
        raise KeymapError(f"no such command: {', '.join(unknown)}", "keys are given to command ids such as run.step")
    owner: dict[str, str] = {}
    for id_, spelled in {**keys, **keymap}.items():
        for key in keys_of(spelled):
            if (other := owner.setdefault(key, id_)) != id_:
                raise KeymapError(f"{key!r} would mean both {other} and {id_}", "give one of them another key")
