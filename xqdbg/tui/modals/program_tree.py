"""Folders, and the programs in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path

from rich.text import Text
from textual.widgets import DirectoryTree

from vm.diagnostics import printable
from xqdbg.editing.paths import MOST_LOOKED_AT, is_wanted

MOST_SHOWN = 1_000
"""Entries of one folder that are shown."""


class ProgramTree(DirectoryTree):
    """Shows no hidden files, nothing that cannot be opened, and of a huge folder only its beginning."""

    ICON_NODE, ICON_NODE_EXPANDED, ICON_FILE = "▸ ", "▾ ", "  "
    DEFAULT_CSS = """
    ProgramTree, ProgramTree:focus {
        background: $surface; background-tint: $background 0%; padding: 0; height: 1fr;
        scrollbar-size: 1 1; scrollbar-background: $surface; scrollbar-color: $xq-rule;
        & > .tree--guides, & > .tree--guides-selected, & > .tree--guides-hover { color: $xq-rule; }
        & > .tree--cursor { background: $xq-cursor-background; color: $foreground; text-style: none; }
        & > .tree--highlight-line { background: $surface; }
        & > .directory-tree--folder { color: $xq-op; text-style: none; }
        & > .directory-tree--file { color: $foreground; }
        & > .directory-tree--extension { text-style: none; color: $xq-quiet; }
    }
    ProgramTree:focus > .tree--cursor { background: $xq-selection-background; text-style: bold; }
    """

    def __init__(self, folder: str, suffixes: Collection[str]) -> None:
        super().__init__(folder)
        self._suffixes = suffixes
        self.guide_depth = 2

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        looked_at = islice(paths, MOST_LOOKED_AT)
        return list(islice((path for path in looked_at if self._is_shown(path)), MOST_SHOWN))

    def _is_shown(self, path: Path) -> bool:
        if path.name.startswith("."):
            return False
        try:
            return path.is_dir() or is_wanted(path.name, self._suffixes)
        except OSError:
            return False

    def process_label(self, label: str | Text) -> Text:
        """File names are no markup."""
        return Text(printable(label if isinstance(label, str) else label.plain))
