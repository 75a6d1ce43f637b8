"""Themes: one TOML file each, refused whole if anything in it is wrong; Textual checks nothing until it crashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from vm.assembler import suggest
from vm.diagnostics import printable
from vm.values import dataclass
from xqdbg.errors import XqdbgError
from xqdbg.tablefile import read_table

DEFAULT_THEME = "dusk"
COLORS = (
    "primary", "secondary", "accent", "warning", "error", "success",
    "foreground", "background", "surface", "panel", "boost",
)  # fmt: skip
"""Keys of `[colors]`: the names of Textual's base colours. Only `primary` is required."""

TERMINAL = "ansi_default"
"""The terminal's own text on its own background."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Shade:
    """The default of a variable of ours, on dark and on light themes, and what it colours."""

    dark: str
    light: str
    doc: str


VARIABLES: Mapping[str, Shade] = {
    "xq-rule": Shade("#333a4d", "#d3cdc0", "rules between panes"),
    "xq-rule-focus": Shade("#7d9fe0", "#3f62a8", "rule and title of the focused pane"),
    "xq-title": Shade("#9aa3ba", "#5c6070", "titles of panes"),
    "xq-quiet": Shade("#9298ac", "#5f6371", "text of second rank: addresses, notes, hints"),
    "xq-pc-background": Shade("#35301f", "#f6e7b8", "line of the next instruction"),
    "xq-pc-foreground": Shade("#f3b95f", "#865003", "arrow at the next instruction"),
    "xq-cursor-background": Shade("#212737", "#e9e6da", "line or cell under the cursor"),
    "xq-selection-background": Shade("#202f52", "#dce7fb", "selected text in the editor"),
    "xq-popup-background": Shade("#1d2333", "#f1eee4", "what pops up over the editor"),
    "xq-match": Shade("#3a1f4a", "#cfe8ff", "what a search has found"),
    "xq-breakpoint": Shade("#f4728a", "#bd2444", "breakpoints"),
    "xq-changed": Shade("#f3b95f", "#865003", "cells that have just changed"),
    "xq-coming-write": Shade("#8fd3a8", "#20704a", "what the next instruction is about to read and write"),
    "xq-cost": Shade("#d99a63", "#9a5318", "bars of what lines cost"),
    "xq-executed": Shade("#58b48c", "#2f8a5f", "gutter of lines that were executed"),
    "xq-idle-foreground": Shade("#9aa1b4", "#5d616f", "code that is not executed, or does not matter"),
    "xq-count": Shade("#9298ac", "#5f6371", "how often a line is executed"),
    "xq-finding": Shade("#f3b95f", "#865003", "findings of the verifier, and where it is not what happens"),
    "xq-slice": Shade("#c3a9f7", "#6a3fb0", "the slice, and the lines it is made of"),
    "xq-fault": Shade("#ff7388", "#b81f3e", "faults"),
    "xq-fault-background": Shade("#3a1d27", "#fbe0e0", "line of the fault"),
    "xq-coming": Shade("#c9d3ea", "#2b3550", "what is coming"),
    "xq-time-past": Shade("#58b48c", "#2f8a5f", "timeline: what lies behind"),
    "xq-time-known": Shade("#656d87", "#8f8a78", "timeline: what is known to come"),
    "xq-time-here": Shade("#f3b95f", "#865003", "timeline: now"),
    "xq-bookmark": Shade("#9dbcf0", "#33589c", "bookmarks"),
    "xq-ready": Shade("#58c08f", "#20704a", "state: ready, halted"),
    "xq-running": Shade("#f3b95f", "#865003", "state: running, waiting"),
    "xq-int": Shade("#c9d3ea", "#2b3550", "integers"),
    "xq-vec": Shade("#c3a9f7", "#6a3fb0", "vectors"),
    "xq-model": Shade("#72d0c0", "#0c6d62", "models"),
    "xq-sample": Shade("#f0a4c4", "#a32f6b", "samples"),
    "xq-unset": Shade("#9298ac", "#5f6371", "nothing"),
    "xq-loop": Shade("#9dbcf0", "#33589c", "loops and calls"),
    "xq-heat-negative": Shade("#4f9cf9", "#1f5fc4", "negative coefficients at full strength"),
    "xq-heat-positive": Shade("#f5824a", "#c2410c", "positive coefficients at full strength"),
    "xq-heat-coming": Shade("#b794f6", "#6a3fb0", "coefficients that are about to change"),
    "xq-heat-since": Shade("#5cc8a8", "#13705c", "coefficients that changed since a pinned moment"),
    "xq-grid-guide": Shade("#262c3b", "#e6e1d3", "guides along the rows of a model's grid"),
    "xq-op": Shade("#a9c2f3", "#2c4f94", "mnemonics"),
    "xq-flow": Shade("#d3adfb", "#7636b5", "mnemonics that move control"),
    "xq-register": Shade("#83d3c5", "#0c6a60", "registers"),
    "xq-number": Shade("#efc187", "#82500a", "numbers"),
    "xq-label": Shade("#f2a0b5", "#a8305a", "labels"),
    "xq-command": Shade("#d3adfb", "#7636b5", "words of commands that are typed"),
    "xq-string": Shade("#a5cf95", "#3c6b2c", "texts in quotes that are typed"),
    "xq-comment": Shade("#9298ac", "#5f6371", "comments"),
}
"""The face's own variables; a theme may give each another value under `[variables]`."""


_MOST_NAMED = 8


def theme_hint(name: str, available: Iterable[str]) -> str:
    """What to choose instead of a theme that does not exist: the nearest name, or some of ours and where all are."""
    known = sorted(available)
    if near := suggest(name, known):
        return f"did you mean {near}?"
    ours = [each for each in known if each not in BUILTIN_THEMES][:_MOST_NAMED] or known[:_MOST_NAMED]
    return f"there are {', '.join(ours)}; ctrl+p in the debugger lists all"


class ThemeError(XqdbgError):
    """A theme file that cannot be used."""


def variable_defaults(dark: bool) -> dict[str, str]:
    """Values of our variables for themes that say nothing about them."""
    return {name: shade.dark if dark else shade.light for name, shade in VARIABLES.items()}


def load_theme(path: Path) -> Theme:
    """Read one theme file; raises ThemeError naming the file and the key."""
    document = _read(path)
    _refuse_unknown(path, "", document, ("name", "dark", "ansi", "colors", "variables"))
    name, dark, ansi = document.get("name"), document.get("dark", True), document.get("ansi", False)
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise _error(path, "name", "must be lower-case letters, digits and hyphens, such as 'dusk'")
    if name in BUILTIN_THEMES:
        raise _error(path, "name", f"{name!r} is the name of a built-in theme; choose another")
    if not isinstance(dark, bool):
        raise _error(path, "dark", "must be true or false")
    if not isinstance(ansi, bool):
        raise _error(path, "ansi", "must be true or false")
    colors = _colors(path, "colors", document.get("colors"), COLORS, ansi)
    if "primary" not in colors:
        raise _error(path, "colors.primary", "is missing; every theme needs it")
    variables = _colors(path, "variables", document.get("variables", {}), VARIABLES, ansi)
    defaults = _terminal_defaults(dark, colors, variables) if ansi else variable_defaults(dark)
    theme = Theme(name, colors["primary"], dark=dark, ansi=ansi, variables={**defaults, **variables})
    for key, color in colors.items():
        setattr(theme, key, color)
    return theme


def _terminal_defaults(dark: bool, colors: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    """Values of all variables that a theme in the terminal's own colours says nothing about.

    Textual makes some of its own by mixing, which such colours cannot be; those are given plain ones.
    """
    found = dict(BUILTIN_THEMES["ansi-dark" if dark else "ansi-light"].variables)
    found |= dict.fromkeys(VARIABLES, TERMINAL)
    found |= {key: colors.get(key, TERMINAL) for key in ("surface", "panel", "boost")}
    quiet = variables.get("xq-quiet", TERMINAL)
    found |= dict.fromkeys(("text-muted", "text-disabled", "foreground-muted"), quiet)
    found |= dict.fromkeys(("background-muted", *(f"{key}-muted" for key in COLORS[:6])), TERMINAL)
    cursor = variables.get("xq-cursor-background", TERMINAL)
    found |= {"block-cursor-background": cursor, "input-selection-background": cursor}
    return found


def load_themes(directories: Iterable[Path]) -> tuple[list[Theme], list[ThemeError]]:
    """Read every theme in some directories; those that cannot be used are returned as errors, to be told once."""
    themes: dict[str, Theme] = {}
    errors: list[ThemeError] = []
    for directory in directories:
        for path in sorted(directory.glob("*.toml")):
            try:
                theme = load_theme(path)
            except ThemeError as error:
                errors.append(error)
            else:
                themes[theme.name] = theme
    return list(themes.values()), errors


def _read(path: Path) -> dict[str, Any]:
    try:
        return read_table(path) or {}
    except XqdbgError as error:
        raise ThemeError(f"theme {path.name}: {error.message}") from error


def _colors(path: Path, section: str, table: object, known: Iterable[str], ansi: bool) -> dict[str, str]:
    if not isinstance(table, dict):
        raise _error(path, section, "must be a table of colours")
    _refuse_unknown(path, section + ".", table, known)
    for key, value in table.items():
        if not isinstance(value, str) or not _is_color(value, ansi):
            wanted = "colour of the terminal such as 'ansi_blue'" if ansi else "opaque colour such as '#7d9fe0'"
            raise _error(path, f"{section}.{key}", f"{printable(repr(value))[:40]} is no {wanted}")
    return table


def _is_color(text: str, ansi: bool) -> bool:
    """Whether a text is a colour without alpha; one of the terminal's own, for a theme made of those."""
    try:
        color = Color.parse(text)
    except (ColorParseError, ValueError):
        return False
    return color.a == 1 and (color.ansi is not None) == ansi


def _refuse_unknown(path: Path, prefix: str, table: Mapping[str, object], known: Iterable[str]) -> None:
    from difflib import get_close_matches  # seldom needed, so not paid for at each start

    known = tuple(known)
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, 1)
            advice = f"; did you mean {near[0]!r}?" if near else ""
            raise _error(path, prefix + printable(key)[:60], "is not known" + advice)


def _error(path: Path, key: str, what: str) -> ThemeError:
    return ThemeError(f"theme {path.name}: {key} {what}", hint="the other themes still work; choose one with ctrl+p")
