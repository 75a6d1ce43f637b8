"""What a terminal that is too small shows instead of the debugger."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

LEAST_COLUMNS, LEAST_ROWS = 80, 24


class SizeNotice(Widget):
    """Tells the size that is needed and the size there is."""

    DEFAULT_CSS = """
    SizeNotice { display: none; width: 1fr; height: 1fr; content-align: center middle; text-align: center; }
    """

    def render(self) -> Content:
        columns, rows = self.app.size
        return Content.assemble(
            (f"xqdbg needs {LEAST_COLUMNS}×{LEAST_ROWS}", "bold $foreground"),
            "\n",
            (f"this terminal is {columns}×{rows}", "$xq-quiet"),
        )
