"""Names of keys: which there are, and which are the same key under another name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from xqdbg.errors import XqdbgError
from xqdbg.tablefile import nearest

_NAMED = (
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace", "tab", "enter",
    "escape", "space", *(f"f{number}" for number in range(1, 25)),
)  # fmt: skip
_SHORT: Mapping[str, str] = MappingProxyType(
    {
        "solidus": "slash",
        "reverse_solidus": "backslash",
        "commercial_at": "at",
        "hyphen_minus": "minus",
        "plus_sign": "plus",
        "low_line": "underscore",
    }
)
"""Characters whose keys have shorter names than Unicode gives them."""
_SAME: Mapping[str, str] = MappingProxyType(
    {
        "return": "enter", "ctrl+m": "enter", "ctrl+i": "tab", "ctrl+left_square_bracket": "escape", "esc": "escape",
        "del": "delete", "ins": "insert", "page_up": "pageup", "page_down": "pagedown", "pgup": "pageup",
        "pgdn": "pagedown",
    }
)  # fmt: skip
"""Other names for a key, and what terminals send for it."""
_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_PUNCTUATION = tuple(
    _SHORT.get(name, name)
    for name in (unicodedata.name(chr(code)).lower().replace("-", "_").replace(" ", "_") for code in range(33, 127))
    if not name.startswith(("digit", "latin"))
)
_LONGEST = 60

RESERVED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys("0123456789", "digits are counts"),
        **{f"alt+{digit}": "it focuses a pane" for digit in range(10)},
        "tab": "it goes to the next pane",
        "shift+tab": "it goes to the pane before",
        "ctrl+q": "it always leaves",
        "ctrl+p": "it opens the palette",
    }
)
"""Keys that are no command's to have, and why."""


def keys_of(keys: str) -> list[str]:
    """The single keys of a comma-separated list."""
    return [key.strip() for key in keys.split(",") if key.strip()]


def same_key(key: str) -> str:
    """The one name of a key that may be called by several, or by the character it types."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    last = _character(last) if len(last) == 1 else last
    name = "+".join((*sorted(modifiers), last))
    return _SAME.get(name, name)


def check_key(key: str) -> None:
    """XqdbgError for a name that no key has, and for keys that terminals cannot tell from others."""
    if not 0 < len(key) <= _LONGEST or not key.isprintable():
        raise XqdbgError(f"{key[:40]!a} is no key")
    *modifiers, last = same_key(key).split("+")
    if unknown := [each for each in modifiers if each not in _MODIFIERS]:
        raise XqdbgError(f"{key[:40]!a} is no key: {unknown[0]!a} cannot be held"
                         f"{nearest(unknown[0], list(_MODIFIERS))}")  # fmt: skip
    if not _is_name(last):
        raise XqdbgError(f"{key[:40]!a} is no key{nearest(last, [*_NAMED, *_PUNCTUATION])}")
    if "shift" in modifiers and len(last) == 1 and last.isalpha():
        rest = "+".join(each for each in modifiers if each != "shift")
        upper = f"{rest}+{last.upper()}" if rest else last.upper()
        raise XqdbgError(f"{key} never arrives: terminals send {upper} for it")


def _is_name(last: str) -> bool:
    if len(last) == 1 or last in _NAMED or last in _PUNCTUATION:
        return last.isprintable() and not last.isspace()
    try:
        return unicodedata.lookup(last.replace("_", " ").upper()).isprintable()
    except KeyError:
        return False


def _character(character: str) -> str:
    """The name of the key that types a character; letters and digits are called by themselves."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _SHORT.get(name, name)
