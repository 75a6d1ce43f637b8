"""The cells panes, side by side: beside each other where it is wide, two columns where it is not."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize

from vm.contract import View
from xqdbg.tui.panes.cells_pane import CellsPane

WIDE = 66
"""Columns from which on all tall views stand beside each other."""


class StatePanel(Container):
    """Lays out one CellsPane a view; those that say they are tall get the room."""

    DEFAULT_CSS = """
    StatePanel { layout: grid; grid-gutter: 0 1; }
    """

    def __init__(self, views: Sequence[View], *, id: str | None = None) -> None:
        super().__init__(id=id)
        tall = [view for view in views if view.tall] or list(views[:1])
        short = [view for view in views if view not in tall]
        order = [*tall[:1], *short[:1], *tall[1:], *short[1:]]
        self._tall, self._short = len(tall), len(short)
        self._views = order
        self._is_tall = [view in tall for view in order]

    def compose(self) -> ComposeResult:
        for view in self._views:
            yield CellsPane(view, id=f"view-{view.id}")

    def on_resize(self, event: Resize) -> None:
        if event.size.width >= WIDE:
            self._arrange_wide()
        else:
            self._arrange_narrow(event.size.height)

    def _arrange_wide(self) -> None:
        """Tall views in columns of their own, the short ones above each other in one column."""
        rows = max(1, self._short)
        self.styles.grid_size_columns = self._tall + (1 if self._short else 0)
        self.styles.grid_size_rows = rows
        self.styles.grid_rows = "1fr"
        self.styles.grid_columns = " ".join(self._wide_columns())
        for pane, tall in zip(self.query(CellsPane), self._is_tall, strict=True):
            pane.styles.row_span = rows if tall else 1
            pane.styles.column_span = 1

    def _wide_columns(self) -> list[str]:
        widths = ["4fr"] + (["4fr"] if self._short else [])
        return widths + ["6fr"] * (self._tall - 1)

    def _arrange_narrow(self, height: int) -> None:
        """Two columns; of the tall views all but the first take both."""
        self.styles.grid_size_columns = 2
        self.styles.grid_columns = "1fr"
        spans = [1 if not tall or at == 0 else 2 for at, tall in enumerate(self._is_tall)]
        if sum(spans) % 2:
            spans[-1] = 2
        for pane, span in zip(self.query(CellsPane), spans, strict=True):
            pane.styles.row_span = 1
            pane.styles.column_span = span
        rows = sum(spans) // 2
        self.styles.grid_size_rows = rows
        short = max(3, height // 4)
        self.styles.grid_rows = " ".join(["1fr"] * (rows - 1) + [str(short)]) if rows > 1 else "1fr"
