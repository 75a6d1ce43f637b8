"""The commands only this face has, and what it takes from the common table for its keys, hints and completion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual.binding import Binding
from textual.keys import format_key

from vm.isa import Isa
from xqdbg import machines
from xqdbg.commands import COMMANDS, Command, Known, Takes, complete, parse
from xqdbg.commands.assembly import is_mnemonic
from xqdbg.editing.paths import path_completions
from xqdbg.tui.film import CHOICES
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
    Command("at.list", ("show-line",), "ctrl+g", "Go to line",
            "Show a line, label or address: 41, .3 or *0x40; tab completes.", "show-line", "show-line", None),
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
    Command("ui.edit", ("edit",), "E", "Edit", "Edit the source of the program, or another file.",
            "edit [FILE]", "edit my.xqasm", None, Takes.FILE),
    Command("ui.new", ("new",), "", "New text", "Begin a text, from a template that is named or one of a list.",
            "new [TEMPLATE]", "new counted loop", None),
    Command("ui.bind", ("bind",), "", "Bind a key", "Give a key to a command for now; off frees it, bind lists all.",
            "bind [KEY COMMAND|off]", "bind f6 run.step", None, Takes.COMMAND),
    Command("ui.follow", ("follow",), "", "Follow",
            "Keep in view in the memory where a register points, or what the next instruction touches; off ends it.",
            "follow [NAME|next|off]", "follow next", None),
    Command("ui.theme", ("theme",), "", "Theme", "Choose a theme by name, or from a list.",
            "theme [NAME]", "theme paper", None),
)  # fmt: skip

UNUSED_KEY = "unbound"
"""Stands for no key at all, which Textual's keymaps cannot say; no terminal sends it."""

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
    if word.lower() == "bind":
        key, _, begun = argument.lstrip().partition(" ")
        ids = ["off", *(command.id for command in ALL_COMMANDS)]
        return [f"{word} {key} {id_}" for id_ in sorted(ids) if id_.startswith(begun.lstrip())] if key else []
    if word.lower() == "edit":
        suffixes = machines.text_suffixes() | machines.code_suffixes()
        return [f"{word} {path}" for path in path_completions(argument.lstrip(), suffixes)]
    if word.lower() == "follow":
        views = () if known.moment is None else known.moment.cells.values()
        names = ["next", "off", *(cell.name for cells in views for cell in cells if isinstance(cell.value, int))]
        return [f"{word} {name}" for name in names if name.startswith(argument.lstrip())]
    choices = choices_of(word, themes)
    if not choices:
        return complete(line, known)
    return sorted(f"{word} {choice}" for choice in choices if choice.startswith(argument.lstrip()))


def choices_of(word: str, themes: Iterable[str]) -> Sequence[str]:
    """What can stand behind one of this face's words; nothing of any other."""
    return {"theme": tuple(themes), "lists": TABS, "film": CHOICES}.get(word.lower(), ())


def key_name(key: str) -> str:
    """A key as people read it."""
    if key == "escape":
        return "esc"
    if key.startswith("ctrl+") and len(key) == len("ctrl+") + 1:
        return f"^{key[-1]}"
    return key if len(key) == 1 else format_key(key)


def hints(keys: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Keys to hint at, with what they do."""
    return [(key_name(keys[id][0]), title) for id, title in HINTS.items() if keys[id]]


def bindings() -> list[Binding]:
    """The keys of all commands as Textual takes them, under their default keys.

    Those that take what is typed after them take their key before any pane does, so that it goes there, however fast.
    """
    return [
        Binding(
            command.keys or UNUSED_KEY,
            f"obey('{command.id}')",
            command.title,
            tooltip=command.help,
            show=False,
            id=command.id,
            priority=command.id in FIRST_KEYS,
        )
        for command in ALL_COMMANDS
    ]
