"""How session files are told from others."""

from __future__ import annotations

SUFFIX = ".xqs"
FORMAT = "xqdbg session"
VERSION = 1
"""Of the format. One that is higher was written by a program that knows more."""
FILE_LIMIT = 32 << 20
"""Largest session file, and largest inputs in one, in bytes."""


def is_session(head: bytes, name: str) -> bool:
    """Whether a file is, or claims to be, a session: by its first bytes or by its suffix."""
    return name.lower().endswith(SUFFIX) or (head.lstrip()[:1] == b"{" and f'"{FORMAT}"'.encode() in head[:200])
