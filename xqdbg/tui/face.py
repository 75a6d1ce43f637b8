"""The commands only this face has, and what it takes from the common table for its keys, hints and completion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual.binding import Binding
from textual.keys import format_key

from vm.isa import Isa
from xqdbg.commands import COMMANDS, Command, Known, complete, parse
from xqdbg.commands.assembly import is_mnemonic
from xqdbg.keymap import check_keymap, keys_of
from xqdbg.tui.sheets import TABS

FACE_COMMANDS: tuple[Command, ...] = (
    Command("at.hit_before", ("hit-before",), "[", "Previous hit",
            "Go to the last time the line under the cursor ran before now.", "hit-before", "hit-before", None),
    Command("at.hit_after", ("hit-after",), "]", "Next hit",
            "Go to the next time the line under the cursor runs.", "hit-after", "hit-after", None),
    Command("at.write_before", ("write-before",), "{", "Previous write",
            "Go to the write before now of the value under the cursor.", "write-before", "write-before", None),
    Command("at.write_after", ("write-after",), "}", "Next write",
            "Go to the next write of the value under the cursor.", "write-after", "write-after", None),
    Command("at.why", ("why-here",), "w", "Why",
            "Tell why the value under the cursor is what it is, or why a line never runs.",
            "why-here", "why-here", None),
    Command("at.slice", ("slice-here",), "W", "Slice",
            "Show and step through only what the value under the cursor depends on.",
            "slice-here", "slice-here", None),
    Command("at.edit", ("edit-here",), "e", "Edit",
            "Give the value under the cursor another one, on a new branch.", "edit-here", "edit-here", None),
    Command("at.print", ("evaluate",), "=", "Evaluate", "Evaluate an expression.", "evaluate", "evaluate", None),
    Command("at.condition", ("condition-here",), "B", "Condition",
            "Say when the breakpoint at the cursor stops, or make one.", "condition-here", "condition-here", None),
    Command("ui.mark", ("mark-letter",), "m", "Bookmark", "Name this moment by a letter: m, then a to z or A to Z.",
            "mark-letter [LETTER]", "mark-letter a", None),
    Command("ui.marked", ("marked",), "'", "To bookmark",
            "Go to a letter's bookmark: ', then the letter; '' goes back.", "marked [LETTER]", "marked a", None),
    Command("ui.copy", ("copy",), "y", "Copy", "Copy what the cursor is at to the clipboard.", "copy", "copy", None),
    Command("ui.repl", ("repl",), "grave_accent", "REPL",
            "Type commands, or instructions to try, and read what they come to; esc leaves it.", "repl", "repl", None),
    Command("ui.lists", ("lists",), "o", "Lists", "Open or close lists: breakpoints, bookmarks, branches, pins, log.",
            "lists [NAME]", "lists branches", None),
    Command("ui.zoom", ("zoom",), "z", "Zoom", "Give the whole screen to the focused pane, or take it back.",
            "zoom", "zoom", None),
    Command("ui.layout", ("layout",), "L", "Layout", "Show the state, the matrix, or both where there is room.",
            "layout", "layout", None),
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


def own_command(line: str, isa: Isa | None = None) -> tuple[Command, str] | None:
    """The command of a line that the face itself obeys, and its argument; None for any other line.

    What is an instruction of `isa` in capital letters is that.
    """
    word, _, argument = line.strip().partition(" ")
    if isa is not None and word.isupper() and is_mnemonic(word, isa):
        return None
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
    choices = choices_of(word, themes)
    if not choices:
        return complete(line, known)
    return sorted(f"{word} {choice}" for choice in choices if choice.startswith(argument.lstrip()))


def choices_of(word: str, themes: Iterable[str]) -> Sequence[str]:
    """What can stand behind one of this face's words; nothing of any other."""
    return {"theme": tuple(themes), "lists": TABS}.get(word.lower(), ())


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
