"""Reading what a user names: files, standard input, JSON. All of it is untrusted, and every failure is one line."""

from __future__ import annotations

import sys
from typing import NoReturn

from xqdbg.errors import XqdbgError

PROGRAM_LIMIT = 32 << 20
"""Largest program file that is read, in bytes."""
MOST_INSTRUCTIONS = 1_000_000
"""More than this is not opened in the debugger: its listing is kept in memory."""
JSON_LIMIT = 256 << 20
"""Largest JSON file that is read, in bytes."""
STDIN = "-"
_LONGEST_INTEGER = 40
"""Digits of an integer in JSON; no machine has values or limits of more than 20."""


def read_file(path: str, limit: int = PROGRAM_LIMIT, absent: str = "") -> bytes:
    """Read a whole file, or standard input for `-`; XqdbgError if that fails or there is more than `limit` bytes.

    `absent` is the hint to give if there is no such file.
    """
    if path == STDIN and sys.stdin is None:
        raise XqdbgError("cannot read standard input: it is closed", "name a file")
    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise XqdbgError(f"cannot read {label(path)}: {reason(error)}", _read_hint(error, absent)) from None
    if len(data) > limit:
        raise XqdbgError(f"{label(path)} is too large: more than {limit >> 20} MiB", "nothing of it was used")
    return data


def label(path: str) -> str:
    """What a file is called in messages."""
    return "standard input" if path == STDIN else path


def reason(error: OSError | ValueError) -> str:
    """Why the operating system refused, in lower case and without the path."""
    if isinstance(error, OSError):
        text = error.strerror or type(error).__name__
        return text[:1].lower() + text[1:]
    return "not a possible file name"


def _read_hint(error: OSError | ValueError, absent: str) -> str:
    if isinstance(error, IsADirectoryError):
        return "name a file in it"
    return absent if isinstance(error, FileNotFoundError) else ""


def decode_text(data: bytes, name: str) -> str:
    """UTF-8 text; XqdbgError naming line and column of the first byte that is not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        byte = data[error.start]
        raise XqdbgError(f"{name}:{line}:{column}: byte 0x{byte:02x} is not UTF-8 text", "is it a text file?") from None


def read_json(path: str) -> object:
    """Read a JSON file."""
    return parse_json(decode_text(read_file(path, JSON_LIMIT), label(path)), label(path))


def read_object(path: str) -> dict[str, object]:
    """Read a JSON file that holds one object."""
    value = read_json(path)
    if not isinstance(value, dict):
        raise XqdbgError(f"{label(path)}: an object was expected, not {json_kind(value)}")
    return value


def parse_json(text: str, name: str, line: int = 1) -> object:
    """Parse JSON strictly: no NaN, no duplicate keys, no absurd integers, no bottomless nesting.

    `line` is the number of the first line of the text in `name`.
    """
    import json  # a program without inputs starts faster without

    try:
        return json.loads(
            text, parse_int=_integer, parse_constant=_refuse_constant, object_pairs_hook=_object_without_duplicates
        )
    except json.JSONDecodeError as error:
        where = f"{name}:{line + error.lineno - 1}:{error.colno}"
        message = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")  # as in "Invalid control character at"
        raise XqdbgError(f"{where}: not valid JSON: {message}") from None
    except RecursionError:
        raise XqdbgError(f"{name}:{line}: the JSON is nested too deeply") from None
    except _JsonError as error:
        raise XqdbgError(f"{name}:{line}: {error}") from None


def json_kind(value: object) -> str:
    """What a JSON value is, in words."""
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


class _JsonError(Exception):
    """A value that is JSON by the letter, or by the parser's mercy, but means nothing here."""


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise _JsonError(f"the integer {digits[:12]}… has {len(digits)} digits")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise _JsonError(f"{name} is not JSON")


def _object_without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _JsonError(f"the key {key[:80]!r} is there twice in one object")
            seen.add(key)
    return found
