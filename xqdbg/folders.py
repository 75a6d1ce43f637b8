"""Where a user's own files are, by the rules of the desktop."""

from __future__ import annotations

import os


def state_folder() -> str:
    """Where programs keep what they remember."""
    base = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "xqdbg")
