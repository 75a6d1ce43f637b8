"""The keys as they are: those of commands and panes under a keymap, and what binding one more makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from textual.binding import Binding

from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.keymap import Keymap, check_keymap, hidden_keys
from xqdbg.keys import RESERVED, check_key, keys_of, same_key
from xqdbg.tablefile import nearest
from xqdbg.tui.face import ALL_COMMANDS, UNUSED_KEY, find_command, key_name

_COMMAND_KEYS = {command.id: command.keys for command in ALL_COMMANDS}
_USAGE = "bind KEY COMMAND, such as bind f6 run.step; bind KEY off takes the key away"


class PaneKeys:
    """The keys of each pane by id, as the panes themselves have them; of some only once they are asked for."""

    def __init__(
        self, panes: Iterable[type[object]] = (), later: Callable[[], Iterable[type[object]]] | None = None
    ) -> None:
        self._keys = tuple(map(_keys_of_pane, panes))
        self._later = later

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        if self._later is not None:
            self._keys += tuple(map(_keys_of_pane, self._later()))
            self._later = None
        return iter(self._keys)

    def keys_of(self, id_: str) -> str | None:
        """The keys of what a pane does; None for an id of none."""
        found = [keys[id_] for keys in self._keys if id_ in keys]
        if not found and self._later is not None and "." in id_[1:-1]:
            found = [keys[id_] for keys in self if id_ in keys]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Which key means what."""

    keymap: Keymap
    panes: PaneKeys

    def __post_init__(self) -> None:
        """KeymapError if a key would mean two commands."""
        ids = {command.id for command in ALL_COMMANDS}
        check_keymap({id_: keys for id_, keys in self.keymap.keys.items() if id_ in ids}, ALL_COMMANDS)

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of every command by id, the most usual first."""
        given = self.keymap.keys
        return {command.id: tuple(keys_of(given.get(command.id, command.keys))) for command in ALL_COMMANDS}

    def keys_for(self, id_: str) -> Sequence[str]:
        """The keys of a command or of what a pane does; of anything else, which then is a key itself, just that."""
        return keys_of(self._keys_of(id_, self.keymap.keys))

    @property
    def spelled(self) -> dict[str, str]:
        """What differs from the keys that commands and panes have of their own, as Textual takes it.

        In a pane its own keys come first, but for those that the keymap gives to commands: they work from everywhere.
        """
        keys = self.keys
        taken = {same_key(key) for id_ in self.keymap.keys for key in keys.get(id_, ())}
        found = {command.id: ",".join(keys[command.id]) or UNUSED_KEY for command in ALL_COMMANDS}
        changed = {command.id: found[command.id] for command in ALL_COMMANDS if command.id in self.keymap.keys}
        for pane in self.panes if self.keymap.keys else ():
            for id_, spelled in pane.items():
                wanted = keys_of(self.keymap.keys.get(id_, spelled))
                kept = ",".join(key for key in wanted if same_key(key) not in taken) or UNUSED_KEY
                if kept != spelled:
                    changed[id_] = kept
        return changed

    @property
    def hidden(self) -> list[str]:
        """What panes cannot be told any more, by the user's own choice of keys."""
        return hidden_keys(self.keymap, ALL_COMMANDS, self.panes) if self.keymap.own else []

    def listed(self) -> str:
        """Every id that can be given a key, and the keys it has, a line each."""
        titles = {command.id: command.title for command in ALL_COMMANDS}
        rows = [(id_, own, titles[id_]) for id_, own in self.keys.items()]
        inner = {id_: keys_of(self.keymap.keys.get(id_, keys)) for pane in self.panes for id_, keys in pane.items()}
        rows += [(id_, tuple(own), "") for id_, own in inner.items()]
        return "\n".join(f"{id_:<22}{' '.join(map(key_name, own)):<20}{title}".rstrip() for id_, own, title in rows)

    def bound(self, argument: str) -> tuple[Keyboard, str]:
        """The keys after `bind KEY COMMAND`, and what that did. XqdbgError if it cannot be done."""
        key, _, what = argument.strip().partition(" ")
        if not key or not what.strip():
            raise XqdbgError("a key and a command are wanted", _USAGE)
        _refuse(key)
        key = same_key(key)
        target = "" if what.strip().lower() == "off" else self._target(what.strip())
        keys, lost = self._without(key, target)
        if target:
            keys[target] = ",".join([*keys_of(self._keys_of(target, keys)), key])
        own = self.keymap.own | {target} - {""}
        keyboard = replace(self, keymap=replace(self.keymap, keys=keys, own=own))
        return keyboard, _told(key, target, lost)

    def _target(self, what: str) -> str:
        """The id of a command or of what a pane does, or the id of the command of that word."""
        known = [command.id for command in ALL_COMMANDS] + [id_ for pane in self.panes for id_ in pane]
        if what in known:
            return what
        if "." in what or " " in what:
            raise XqdbgError(f"there is no command {what[:40]!a}{nearest(what, known)}", _USAGE)
        return find_command(what)[0].id

    def _keys_of(self, id_: str, keys: Mapping[str, str]) -> str:
        if id_ in keys:
            return keys[id_]
        if id_ in _COMMAND_KEYS:
            return _COMMAND_KEYS[id_]
        usual = self.panes.keys_of(id_)
        return id_ if usual is None else usual

    def _without(self, key: str, target: str) -> tuple[dict[str, str], list[str]]:
        """The keys without one of them, wherever it would be in the way of the target, and who has lost it."""
        keys = dict(self.keymap.keys)
        rivals = [command.id for command in ALL_COMMANDS]
        rivals += [id_ for pane in self.panes if target in pane for id_ in pane]
        lost = []
        for id_ in rivals:
            had = keys_of(self._keys_of(id_, keys))
            if key in (rest := list(map(same_key, had))):
                keys[id_] = ",".join(each for each, name in zip(had, rest, strict=True) if name != key)
                lost += [id_] if id_ != target else []
        return keys, lost


def _refuse(key: str) -> None:
    """XqdbgError for what is no key, or not to be had."""
    check_key(key)
    if why := RESERVED.get(same_key(key)):
        raise XqdbgError(f"{key} cannot be bound: {why}")


def _told(key: str, target: str, lost: Sequence[str]) -> str:
    key = key_name(key)
    if not target:
        return f"{key} means nothing now" + (f"; it was {', '.join(lost)}" if lost else "")
    return f"{key} is {target}" + (f" now, no longer {', '.join(lost)}" if lost else "")


def _keys_of_pane(pane: type[object]) -> Mapping[str, str]:
    """Its keys by id, with those it inherits and does not overrule."""
    found: dict[str, str] = {}
    for kind in reversed(pane.__mro__):
        for binding in vars(kind).get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id:
                found[binding.id] = binding.key
    return found
