"""What is different between two texts."""

from __future__ import annotations

from difflib import unified_diff
from itertools import islice

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from xqdbg.tui.listing import shown
from xqdbg.tui.modals.frame import Dialog

MOST_LINES = 2_000
"""Lines of a difference that are shown."""
MOST_COMPARED = 5_000
"""Lines of either text that are compared."""


class DifferenceModal(Dialog[str]):
    """Shows lines that are only in one of two texts."""

    DEFAULT_CSS = """
    DifferenceModal > .dialog { height: 90%; }
    DifferenceModal VerticalScroll {
        height: 1fr; scrollbar-size: 1 1; scrollbar-background: $surface; scrollbar-color: $xq-rule;
    }
    DifferenceModal VerticalScroll > Static { height: auto; width: auto; }
    """

    def __init__(self, title: str, old: tuple[str, str], new: tuple[str, str]) -> None:
        """Take two texts, each after what it is called."""
        super().__init__()
        self._title, self._old, self._new = title, old, new

    def compose(self) -> ComposeResult:
        with self.framed(self._title, "− only in the file · + only in the editor · esc closes"), VerticalScroll():
            yield Static(difference(self._old, self._new), markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


def difference(old: tuple[str, str], new: tuple[str, str]) -> Content:
    """Lines that two texts do not share, with some around them."""
    before, after = (text.split("\n")[:MOST_COMPARED] for _, text in (old, new))
    lines = list(islice(unified_diff(before, after, old[0], new[0], lineterm="", n=2), MOST_LINES + 1))
    told = [_line(line) for line in lines[:MOST_LINES]]
    if not told:
        told = [Content.styled("the texts are the same", "$xq-quiet")]
    if len(lines) > MOST_LINES:
        told.append(Content.styled("… and more", "$xq-quiet"))
    return Content("\n").join(told)


def _line(line: str) -> Content:
    inks = {"+": "$xq-ready", "-": "$xq-fault", "@": "$xq-quiet"}
    return Content.styled(shown(line), inks.get(line[:1], "$foreground"))
