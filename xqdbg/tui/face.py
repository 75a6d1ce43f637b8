"""The commands only this face has, and what it takes from the common table for its keys, hints and completion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual.binding import Binding
from textual.keys import format_key

from xqdbg.commands import COMMANDS, Command, Known, complete, parse
from xqdbg.keymap import check_keymap, keys_of
from xqdbg.tui.film import CHOICES
from xqdbg.tui.sheets import TABS

FACE_COMMANDS: tuple[Command, ...] = (
    Command("at.hit_before", (), "[", "Previous hit", "Go to the last time the line under the cursor ran before now.",
            "", "", None),
    Command("at.hit_after", (), "]", "Next hit", "Go to the next time the line under the cursor runs.", "", "", None),
    Command("at.write_before", (), "{", "Previous write", "Go to the write before now of the value under the cursor.",
            "", "", None),
    Command("at.write_after", (), "}", "Next write", "Go to the next write of the value under the cursor.",
            "", "", None),
    Command("at.why", (), "w", "Why", "Tell why the value under the cursor is what it is, or why a line never runs.",
            "", "", None),
    Command("at.slice", (), "W", "Slice", "Show and step through only what the value under the cursor depends on.",
            "", "", None),
    Command("at.edit", (), "e", "Edit", "Give the value under the cursor another one, on a new branch.", "", "", None),
    Command("at.print", (), "=", "Evaluate", "Evaluate an expression.", "", "", None),
    Command("at.list", (), "ctrl+g", "Go to line", "Show a line, label or address: 41, .3 or *0x40; tab completes.",
            "", "", None),
    Command("at.condition", (), "B", "Condition", "Say when the breakpoint at the cursor stops, or make one.",
            "", "", None),
    Command("ui.mark", (), "m", "Bookmark", "Name this moment by a letter: m, then a to z or A to Z.", "", "", None),
    Command("ui.marked", (), "'", "To bookmark", "Go to a letter's bookmark: ', then the letter; '' goes back.",
            "", "", None),
    Command("ui.copy", (), "y", "Copy", "Copy what the cursor is at to the clipboard.", "", "", None),
    Command("ui.lists", ("lists",), "o", "Lists", "Open or close lists: breakpoints, bookmarks, branches, pins, log.",
            "lists [NAME]", "lists branches", None),
    Command("ui.zoom", ("zoom",), "z", "Zoom", "Give the whole screen to the focused pane, or take it back.",
            "zoom", "zoom", None),
    Command("ui.layout", ("layout",), "L", "Layout",
            "Arrange the panes by a named layout, go to the next one, or change, reset or save this one.",
            "layout [NAME|set TEXT|reset|save NAME]", "layout model", None),
    Command("ui.pane", ("pane",), "", "Pane", "Show a pane and give it the focus.", "pane NAME", "pane matrix", None),
    Command("ui.hide", ("hide",), "H", "Hide pane", "Take the focused pane, or the one named, out of sight.",
            "hide [NAME]", "hide loops", None),
    Command("ui.swap", ("swap",), "", "Swap panes", "Put a pane in the place of the focused one, or of another.",
            "swap NAME [NAME]", "swap matrix code", None),
    Command("ui.wider", ("wider",), "alt+right", "Wider", "Make the focused pane wider.", "wider [N]", "wider 4", None),
    Command("ui.narrower", ("narrower",), "alt+left", "Narrower", "Make the focused pane narrower.", "narrower [N]",
            "narrower 4", None),
    Command("ui.taller", ("taller",), "alt+down", "Taller", "Make the focused pane taller.", "taller [N]", "taller 4",
            None),
    Command("ui.shorter", ("shorter",), "alt+up", "Shorter", "Make the focused pane shorter.", "shorter [N]",
            "shorter 4", None),
    Command("ui.film", ("film",), "space", "Film",
            "Play the run as a film or pause it, SPEED frames a second, by instruction, iteration, or write in view.",
            "film [SPEED] [back|off] [by UNIT]", "film 10 by write", None),
    Command("ui.theme", ("theme",), "", "Theme", "Choose a theme by name, or from a list.",
            "theme [NAME]", "theme paper", None),
)  # fmt: skip

UNUSED_KEY = "f24"
"""Stands for no key at all, which Textual's keymaps cannot say."""

ALL_COMMANDS: tuple[Command, ...] = (*COMMANDS, *FACE_COMMANDS)

HINTS: Mapping[str, str] = {
    "run.step": "step",
    "run.back": "back",
    "run.next": "next",
    "run.continue": "continue",
    "break.toggle": "break",
    "at.why": "why",
    "ui.command": "command",
    "ui.help": "help",
    "ui.lists": "lists",
    "ui.layout": "layout",
    "run.iterate": "iteration",
    "run.finish": "finish",
    "run.until": "to cursor",
    "run.reverse": "reverse",
    "ui.zoom": "zoom",
    "ui.quit": "quit",
}
"""What the bottom line hints at, most important first, in a word."""


FIRST_KEYS = frozenset({"ui.command", "ui.mark", "ui.marked"})
"""Commands that take what is typed after their key, and so must hear it before any pane does."""


def own_command(line: str) -> tuple[Command, str] | None:
    """The command of a line that the face itself obeys, and its argument; None for any other line."""
    word, _, argument = line.strip().partition(" ")
    for command in FACE_COMMANDS:
        if word.lower() in command.words:
            return command, argument.strip()
    return None


def find_command(line: str) -> tuple[Command, str]:
    """Read a command line that holds one command; raises XqdbgError."""
    return own_command(line) or parse(line)


def completions(line: str, known: Known, themes: Iterable[str]) -> list[str]:
    """The whole lines that what was typed could become, in order."""
    word, blank, argument = line.lstrip().partition(" ")
    if not blank:
        own = [name for command in FACE_COMMANDS for name in command.words if name.startswith(word.lower())]
        return sorted({*complete(line, known), *own} - {line}) if word else []
    choices = {"theme": tuple(themes), "lists": TABS, "film": CHOICES}.get(word.lower())
    if choices is None:
        return complete(line, known)
    return sorted(f"{word} {choice}" for choice in choices if choice.startswith(argument.lstrip()))


def keys_by_id(keymap: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The keys of every command under a keymap; raises KeymapError for one that would surprise its user."""
    check_keymap(keymap, ALL_COMMANDS)
    return {command.id: tuple(keys_of(keymap.get(command.id, command.keys))) for command in ALL_COMMANDS}


def key_name(key: str) -> str:
    """A key as people read it."""
    return {"escape": "esc", "ctrl+c": "^c", "ctrl+p": "^p"}.get(key) or (key if len(key) == 1 else format_key(key))


def hints(keys: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Keys to hint at, with what they do."""
    return [(key_name(keys[id][0]), title) for id, title in HINTS.items() if keys[id]]


def bindings() -> list[Binding]:
    """The keys of all commands as Textual takes them, under their default keys.

    Those that take what is typed after them take their key before any pane does, so that it goes there, however fast.
    """
    return [
        Binding(
            command.keys,
            f"obey('{command.id}')",
            command.title,
            tooltip=command.help,
            show=False,
            id=command.id,
            priority=command.id in FIRST_KEYS,
        )
        for command in ALL_COMMANDS
        if command.keys
    ]


def pane_keymap(keys: Mapping[str, Sequence[str]], panes: Iterable[type[object]]) -> dict[str, str]:
    """What panes keep of their own keys, where a keymap gives some of them to commands."""
    taken = {key for spelled in keys.values() for key in spelled}
    kept: dict[str, str] = {}
    for pane in panes:
        for binding in vars(pane).get("BINDINGS", ()):
            own = keys_of(binding.key)
            if binding.id and (rest := [key for key in own if key not in taken]) != own:
                kept[binding.id] = ",".join(rest) or UNUSED_KEY
    return kept
