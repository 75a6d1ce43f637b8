"""Which keys the bottom line hints at: those of the pane in focus, how to get help, and then the main ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from xqdbg.tui.face import HINTS, key_name
from xqdbg.tui.keyboard import Keyboard

Hint = tuple[str, str]
"""The id of a command or of what a pane does, or else a key by its own name; and what it does, in a word or two."""

FILM_HINTS: Sequence[Hint] = (("ui.film", "pause"), ("plus", "faster"), ("minus", "slower"), ("time.start", "start"))
"""While a film plays."""
HOST_HINTS: Sequence[Hint] = (("ui.command", "reply answers the host"),)
"""While the machine waits for its host."""
FIRST_HINTS: Sequence[Hint] = (("ui.help", "help"),)
"""What stands right behind the first keys of a pane, so that it is never what there is no room for."""
MOST_OWN = 5
"""Keys of a pane that come before that."""


@runtime_checkable
class Hinting(Protocol):
    """A pane with keys of its own that are worth a hint."""

    @property
    def HINTS(self) -> Sequence[Hint]:
        """Its keys, most important first."""
        ...


def pane_hints(pane: object, keyboard: Keyboard) -> list[Hint]:
    """Keys to hint at while a pane has the focus, as they are shown."""
    own = pane.HINTS if isinstance(pane, Hinting) else ()
    return shown_hints([*own[:MOST_OWN], *(FIRST_HINTS if own else ()), *own[MOST_OWN:], *HINTS.items()], keyboard)


def count_hints(count: str, panes: int, keyboard: Keyboard) -> list[Hint]:
    """What can be done with the digits that have been typed."""
    number = int(count)
    times = f"{number:,} step" if number == 1 else f"{number:,} steps"
    found: list[Hint] = [("run.step", times)]
    if number <= panes:
        found.append(("tab", f"pane {number}" if number else "timeline"))
    found.append(("time.start", f"tick {number:,}"))
    if number <= 100:
        found.append(("time.percent", f"{number}% of the run"))
    return shown_hints([*found, ("run.back", "back"), ("run.iterate", "iterations"), ("escape", "drop it")], keyboard)


def shown_hints(hints: Iterable[Hint], keyboard: Keyboard) -> list[Hint]:
    """Hints with the keys as the keymap has them; what has no key is left out, and what was hinted at before."""
    found: dict[str, str] = {}
    for id_, word in hints:
        keys = [key_name(key) for key in keyboard.keys_for(id_)]
        if keys:
            found.setdefault(keys[0] if id_ in keyboard.keys else min(keys, key=len), word)
    return list(found.items())
