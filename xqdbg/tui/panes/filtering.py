"""Lists in which the user can type what they want to see: the last line is for it while they type."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip

from xqdbg.tui.listing import shown
from xqdbg.tui.panes.list_pane import ListPane, padded

MOST = 60
"""Characters of a filter."""


class Filtering(ListPane):
    """A list with a filter. While it is typed, printable characters are no keys, whoever else wants them."""

    filter = ""
    is_typing = False

    def filter_changed(self) -> None:
        """List what the filter lets through. Implemented by subclasses."""
        raise NotImplementedError

    def filter_count(self) -> str:
        """How much that is, such as `3 of 256`. Implemented by subclasses."""
        raise NotImplementedError

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Keep the keys of those around this list from what is typed."""
        return self.is_typing and character is not None and character.isprintable()

    def action_filter(self) -> None:
        """Begin to type, going on with the filter that is there."""
        self._type(True)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape" and (self.is_typing or self.filter):
            self._put("")
            self._type(False)
        elif not self.is_typing:
            return
        elif event.key == "enter":
            self._type(False)
        elif event.key in ("backspace", "ctrl+h"):
            self._put(self.filter[:-1])
        elif event.key in ("ctrl+u", "ctrl+w"):
            self._put("")
        elif event.is_printable and event.character is not None:
            self._put(self.filter + event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        if self.is_typing:
            event.stop()
            self._put(self.filter + " ".join(event.text.split()))

    def on_blur(self) -> None:
        if self.is_typing:
            self._type(False)

    def _put(self, text: str) -> None:
        text = "".join(character for character in text if character.isprintable())[:MOST]
        if text != self.filter:
            self.filter = text
            self.filter_changed()

    def _type(self, typing: bool) -> None:
        """Begin or end typing."""
        if typing != self.is_typing:
            rows = self.row_count
            self.is_typing = typing
            self.foot_lines = 1 if typing else 0
            self.resize_list(rows)
            self.filter_changed()

    def draw_foot(self, width: int) -> Strip:
        """The field: what is typed, a cursor, and how much it lets through."""
        paper, quiet = self.rich_style, self.style("cells--name")
        count = self.filter_count()
        typed = shown(self.filter)
        while cell_len(typed) > max(0, width - cell_len(count) - 4):
            typed = typed[1:]
        left = [
            Segment("/", self.style("cells--filter")), Segment(typed, paper), Segment(" ", paper + Style(reverse=True)),
        ]  # fmt: skip
        room = width - 2 - cell_len(typed) - cell_len(count)
        right = [Segment(" " * room, paper), Segment(count, quiet)] if room > 0 else []
        return padded([*left, *right], 0, width, paper)
