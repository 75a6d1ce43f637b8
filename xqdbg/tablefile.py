"""Files of tables that a user writes: small, and refused in one line, never in silence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from vm.diagnostics import printable
from xqdbg.errors import XqdbgError
from xqdbg.intake import reason

MOST_BYTES = 64 * 1024
"""No such file is larger than this."""


def config_folder() -> Path:
    """Where a user's settings, keys and themes are, by the rules of the desktop; it may not exist."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(base):
        return Path(base) / "xqdbg"
    from platformdirs import user_config_path  # most users of a desktop never say where

    return user_config_path("xqdbg", appauthor=False)


def read_table(path: Path) -> dict[str, Any] | None:
    """What a file holds; None if there is no such file. XqdbgError says what is wrong with it, not which it is."""
    import tomllib  # most have no such file

    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise XqdbgError(f"larger than {MOST_BYTES // 1024} KiB")
        return tomllib.loads(content.decode("utf-8-sig"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise XqdbgError(f"cannot be read: {reason(error)}") from None
    except (ValueError, RecursionError) as error:  # also of numbers with thousands of digits
        raise XqdbgError(f"not valid TOML: {printable(str(error))[:120]}") from None


def nearest(word: str, known: list[str]) -> str:
    """`; did you mean …?` for a word that is not known; empty if nothing is like it."""
    from difflib import get_close_matches  # only who errs pays for it

    near = get_close_matches(word[:60], known, 1, 0.65)
    return f"; did you mean {near[0]}?" if near else ""
