"""What a user can set for good: one row a setting, which files, environment and command line are checked against."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from vm.values import dataclass
from xqdbg.errors import XqdbgError

Value: TypeAlias = "str | int | bool"
"""What a setting can be."""

LONGEST = 200
"""Characters of a word."""
KEYMAP_NAMES = ("gdb", "vscode", "forge")
"""The keymaps that ship; named here too, as the batch face may not load the commands they are about."""

_ON, _OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class Setting:
    """Something a user can choose; its type is that of the default."""

    key: str
    """What it is called in the file, and as an attribute of a parsed command line."""
    default: Value
    doc: str
    """What it means, in one sentence."""
    choices: tuple[str, ...] = ()
    """Words it can be; without any, a word is checked by whoever uses it."""
    least: int = 0
    most: int = 0
    """Bounds of a number."""
    option: str = ""
    """The option of the command line that overrules the file; empty if there is none."""

    @property
    def variable(self) -> str:
        """The environment variable that overrules the file."""
        return f"XQDBG_{self.key.upper()}"

    @property
    def expected(self) -> str:
        """What it can be, in words."""
        if isinstance(self.default, bool):
            return "true or false"
        if isinstance(self.default, int):
            return f"a whole number from {self.least} to {self.most}"
        if self.choices:
            return " or ".join(f'"{choice}"' for choice in self.choices)
        return f"a word in quotes, of at most {LONGEST} characters"


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        setting.key: setting
        for setting in (
            Setting("theme", "dusk", "Colours of the screen: a theme that ships, or one of the folder themes.",
                    option="--theme"),
            Setting("keymap", "gdb", "Keys of the screen, before the changes in keymap.toml.", KEYMAP_NAMES,
                    option="--keymap"),
            Setting("layout", "debug", "Arrangement of the panes at the start: one that ships, or one of layouts.toml.",
                    option="--layout"),
            Setting("base", "dec", "Base in which numbers are shown at the start.", ("dec", "hex", "bin")),
            Setting("follow", True, "Whether the code goes along with the machine at the start."),
            Setting("film_speed", 10, "Frames a second when the run is played as a film.", least=1, most=60),
            Setting("mouse", True, "Whether the screen hears the mouse; without, the terminal itself selects text.",
                    option="--no-mouse"),
            Setting("color", True, "Whether there are colours; the variable NO_COLOR turns them off everywhere."),
            Setting("editing", "emacs", "Keys of the line editor of `xqdbg repl`.", ("emacs", "vi"),
                    option="--vi or --emacs"),
            Setting("plain", False, "Whether `xqdbg repl` writes nothing but lines of words, as for a screen reader.",
                    option="--plain"),
        )
    }
)  # fmt: skip
"""All settings by key, in the order they are told in."""


def admitted(setting: Setting, value: object) -> Value:
    """A value as a file has it; XqdbgError if the setting cannot be that."""
    default = setting.default
    fits = isinstance(value, type(default)) and isinstance(value, bool) == isinstance(default, bool)
    if fits and isinstance(value, str):
        fits = value in setting.choices if setting.choices else 0 < len(value) <= LONGEST and value.isprintable()
    elif fits and isinstance(value, int) and not isinstance(value, bool):
        fits = setting.least <= value <= setting.most
    if not fits or not isinstance(value, str | int):
        raise XqdbgError(f"must be {setting.expected}, not {_shown(value)}")
    return value


def spoken(setting: Setting, text: str) -> Value:
    """A value as the environment has it, always a text."""
    word = text.strip()
    if isinstance(setting.default, bool) and word.lower() in (*_ON, *_OFF):
        return word.lower() in _ON
    if isinstance(setting.default, int) and word.isascii() and word.isdigit() and len(word) <= 18:
        return admitted(setting, int(word))
    return admitted(setting, word)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return ascii(value)[:40]
