"""Which keys mean which command: presets, and the changes a user makes to one in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.commands import COMMANDS, Command
from xqdbg.errors import XqdbgError
from xqdbg.keys import RESERVED, check_key, keys_of, same_key
from xqdbg.tablefile import config_folder, nearest, read_table

FILE = "keymap.toml"
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
            "run.until": "ctrl+f10,u",
            "run.back_until": "alt+ctrl+f10,U",
            "run.restart": "ctrl+shift+f5,r",
            "break.toggle": "f9,b",
            "at.condition": "shift+f9,B",
            "ui.help": "f1,?",
            "ui.quit": "shift+f5,q",
        },
        "forge": {
            "run.step": "j,f11",
            "run.back": "k",
            "run.next": "s,f10",
            "run.previous": "a",
            "run.continue": "c,f5",
            "ui.help": "h,?,f1",
            "ui.layout": "l,L",
            "search.next": "n,full_stop",
            "search.previous": "N,comma",
        },
    }
)
"""Presets: keys by command id, where they differ from the commands' own."""


class KeymapError(XqdbgError):
    """A keymap that would surprise its user."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """Keys by the id of a command, or of what a pane does, where they differ from the usual ones."""

    name: str
    """The preset it is, or begins with."""
    keys: Mapping[str, str]
    own: frozenset[str] = frozenset()
    """Ids whose keys the user chose."""
    problems: tuple[str, ...] = ()
    """Why the user's file is not heeded, a line each; to be told once."""


def keymap(name: str) -> Mapping[str, str]:
    """A preset; KeymapError if there is none of this name."""
    if name not in KEYMAPS:
        raise KeymapError(f"there is no keymap {name[:40]!a}", f"there are {', '.join(KEYMAPS)}")
    return KEYMAPS[name]


def load_keymap(
    name: str,
    *,
    insisted: bool = False,
    commands: Iterable[Command] = COMMANDS,
    panes: Iterable[Mapping[str, str]] = (),
    folder: Path | None = None,
) -> Keymap:
    """A preset with the user's changes. `insisted`: this preset, whatever the file begins with.

    `panes` are the keys of each pane by id. With anything wrong in the file none of it is heeded.
    """
    preset = keymap(name)
    path = (config_folder() if folder is None else folder) / FILE
    problems: list[str] = []
    commands = tuple(commands)
    try:
        document = read_table(path)
    except XqdbgError as error:
        return Keymap(name, preset, problems=(printable(f"{path}: {error.message}"),))
    if document is None:
        return Keymap(name, preset)
    extended = _extended(document, name, insisted, problems)
    known = [each.id for each in commands] + [id_ for pane in panes for id_ in pane]
    changes = _changes(document, list(dict.fromkeys(known)), problems)
    keys = {**KEYMAPS[extended], **changes}
    if not problems:
        problems += _clashes(keys, commands, panes, frozenset(changes))
    if problems:
        told = tuple(printable(f"{path}: {each}") for each in problems)
        return Keymap(name, preset, problems=told)
    return Keymap(extended, keys, frozenset(changes))


def _extended(document: Mapping[str, object], name: str, insisted: bool, problems: list[str]) -> str:
    """The preset the file begins with."""
    for key in document:
        if key not in ("extends", "keys"):
            problems.append(f"{key[:60]}: is not known{nearest(key, ['extends', 'keys'])}")
    base = document.get("extends", name)
    if not isinstance(base, str) or base not in KEYMAPS:
        problems.append(f"extends: must be {' or '.join(KEYMAPS)}, not {ascii(base)[:40]}")
        return name
    return name if insisted else base


def _changes(document: Mapping[str, object], known: list[str], problems: list[str]) -> dict[str, str]:
    """Keys by id, as the file has them, each checked by itself."""
    table = document.get("keys", {})
    if not isinstance(table, dict):
        problems.append("keys: must be a table")
        return {}
    found: dict[str, str] = {}
    for id_, value in _flat(table):
        try:
            if id_ not in known:
                raise XqdbgError(f"is no command{nearest(id_, known)}")
            found[id_] = ",".join(_checked(value))
        except XqdbgError as error:
            problems.append(f"keys.{id_[:60]}: {error.message}")
    return found


def _flat(table: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    """Entries by id, whether somebody wrote "run.step" or run.step, which TOML takes for a table in a table."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{verb}", inner) for verb, inner in value.items())
        else:
            yield key, value


def _checked(value: object) -> list[str]:
    """The keys of an entry, each by its one name; XqdbgError for one that cannot be had."""
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise XqdbgError('must be keys in quotes, such as "f11,s"')
    keys = [key for text in texts for key in keys_of(str(text))]
    for key in keys:
        check_key(key)
        if why := RESERVED.get(same_key(key)):
            raise XqdbgError(f"{key} cannot be given away: {why}")
    return list(dict.fromkeys(map(same_key, keys)))


def check_keymap(keymap: Mapping[str, str], commands: Iterable[Command] = COMMANDS) -> None:
    """Refuse unknown ids and keys that two commands would share."""
    commands = tuple(commands)
    if unknown := sorted(set(keymap) - {command.id for command in commands}):
        raise KeymapError(f"no such command: {', '.join(unknown)}", "keys are given to command ids such as run.step")
    if clashes := _clashes(keymap, commands):
        raise KeymapError(clashes[0].partition(": ")[2], "give one of them another key")


def _clashes(
    keymap: Mapping[str, str],
    commands: tuple[Command, ...],
    panes: Iterable[Mapping[str, str]] = (),
    own: frozenset[str] = frozenset(),
) -> list[str]:
    """Keys that would mean two things in one place, told of the entry that the user wrote.

    What a pane inherits it may overrule; so of its keys only those count that the user chose.
    """
    told = [line for line, _ in _shared({each.id: keymap.get(each.id, each.keys) for each in commands}, own)]
    for pane in panes:
        shared = _shared({id_: keymap.get(id_, keys) for id_, keys in pane.items()}, own)
        told += [line for line, ids in shared if ids & own]
    return list(dict.fromkeys(told))


def _shared(keys: Mapping[str, str], own: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    """What is wrong where two ids have one key, and the ids."""
    owner: dict[str, tuple[str, str]] = {}
    told = []
    for id_, spelled in keys.items():
        for key in keys_of(spelled):
            other, as_spelled = owner.setdefault(same_key(key), (id_, key))
            if other != id_:
                entry, shown = (id_, key) if id_ in own or other not in own else (other, as_spelled)
                told.append((f"keys.{entry}: {shown!r} would mean both {other} and {id_}", frozenset((id_, other))))
    return told


def hidden_keys(keymap: Keymap, commands: Iterable[Command], panes: Iterable[Mapping[str, str]]) -> list[str]:
    """What cannot be told any more because the user gave a key of a pane to a command, or the other way round."""
    taken = {same_key(key): each.id for each in commands for key in keys_of(keymap.keys.get(each.id, each.keys))}
    told = []
    for id_, keys in {id_: keys for pane in panes for id_, keys in pane.items()}.items():
        for key in keys_of(keymap.keys.get(id_, keys)):
            command = taken.get(same_key(key))
            if command is not None and command in keymap.own:
                told.append(f"{key}: {command} hides {id_}")
            elif command is not None and id_ in keymap.own and command not in keymap.keys:
                told.append(f"{key}: {id_} hides {command} in its pane")
            elif command is not None and id_ in keymap.own:
                told.append(f"{key}: {command} hides {id_}")
    return told
