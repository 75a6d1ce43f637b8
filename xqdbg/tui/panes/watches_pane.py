"""Expressions that are evaluated at every moment; out of sight while there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip

from xqdbg.moment import Moment, Watch
from xqdbg.tui.focus import Pointed
from xqdbg.tui.listing import shown
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.list_pane import ListPane, clipped, padded

CHANGED = "•"
MOST_ROWS = 8
"""Rows the pane grows to by itself."""
_LEAST_VALUE = 8
"""Columns of a value that a long expression leaves."""


class WatchesPane(ListPane):
    """Shows the watches of the moment."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "watches--expression",
        "watches--value",
        "watches--changed",
        "watches--cursor",
    }
    DEFAULT_CSS = """
    WatchesPane {
        display: none; height: 1fr; overflow-x: hidden;
        &.-some { display: block; }
        & > .watches--expression { color: $xq-quiet; }
        & > .watches--value { color: $xq-int; }
        & > .watches--changed { color: $xq-changed; text-style: bold; }
        & > .watches--cursor { background: $xq-cursor-background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,d", "delete", "Delete", id="watches.delete"),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._watches: Sequence[Watch] = ()
        self._columns = 0
        """Width of the widest expression."""

    @property
    def current(self) -> Watch | None:
        """The watch under the cursor."""
        return self._watches[self.cursor_row] if self.cursor_row < len(self._watches) else None

    @property
    def pointed(self) -> Pointed | None:
        """The watch under the cursor, and its expression, which may be a place."""
        watch = self.current
        return None if watch is None else Pointed(watch.expression, watch.expression, watch.text)

    def watch_moment(self, _old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        rows = len(new.watches)
        if rows != len(self._watches):
            self.set_class(rows > 0, "-some")
            self.refresh(layout=True)
        self._watches = new.watches
        self._columns = max((cell_len(shown(watch.expression)) for watch in self._watches), default=0)
        self.resize_list(rows)
        self.refresh()

    def rows_wanted(self, _width: int) -> int:
        """A row each, up to a few."""
        rows = len(self._watches)
        return min(rows, MOST_ROWS) + 1 if rows else 0

    def draw_row(self, row: int, width: int) -> Strip:
        watch, paper = self._watches[row], self.rich_style
        if row == self.cursor_row and self.has_focus:
            paper += self.style("watches--cursor").background_style
        background = paper.background_style
        name_columns = max(1, min(self._columns, width - 3 - _LEAST_VALUE))
        name = set_cell_size(clipped(shown(watch.expression), name_columns), name_columns)
        changed = self.style("watches--changed") + background
        value = changed if watch.changed else self.style("watches--value") + background
        segments = [
            Segment(CHANGED if watch.changed else " ", changed),
            Segment(name + "  ", self.style("watches--expression") + background),
            Segment(clipped(shown(watch.text), width - 3 - name_columns), value),
        ]
        return padded(segments, 0, width, paper)

    def action_delete(self) -> None:
        if (watch := self.current) is not None:
            self.post_message(LineGiven(f"undisplay {watch.number}"))
