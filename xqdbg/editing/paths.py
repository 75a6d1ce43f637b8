"""Names of files while they are being typed."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

MOST_LOOKED_AT = 5_000
"""Entries of one folder that are looked at; a folder with more is no place for programs."""
MOST = 200
"""Completions of one name."""


def is_wanted(name: str, suffixes: Collection[str]) -> bool:
    """Whether a file is one of those that can be opened; hidden ones are not."""
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in suffixes


def path_completions(typed: str, suffixes: Collection[str]) -> Sequence[str]:
    """What a path could become: folders, with a slash, and files with one of some suffixes; in order."""
    head, tail = os.path.split(typed)
    found: list[str] = []
    try:
        with os.scandir(os.path.expanduser(head) or ".") as entries:
            for _, entry in zip(range(MOST_LOOKED_AT), entries, strict=False):
                if entry.name.startswith(tail) and (tail.startswith(".") or not entry.name.startswith(".")):
                    found += _spelled(entry, head, suffixes)
    except (OSError, ValueError):
        return ()
    return sorted(found)[:MOST]


def _spelled(entry: os.DirEntry[str], head: str, suffixes: Collection[str]) -> list[str]:
    path = os.path.join(head, entry.name)
    try:
        if entry.is_dir():
            return [path + os.sep]
    except OSError:
        return []
    return [path] if os.path.splitext(entry.name)[1].lower() in suffixes else []


def common_start(paths: Sequence[str]) -> str:
    """What all of some paths begin with."""
    first, last = min(paths), max(paths)
    for at, character in enumerate(first):
        if last[at : at + 1] != character:
            return first[:at]
    return first


def full_path(typed: str) -> str:
    """The path somebody means, `~` included."""
    return os.path.expanduser(typed.strip())
