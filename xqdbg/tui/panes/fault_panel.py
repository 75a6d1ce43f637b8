"""What went wrong, in words, right below the code."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from vm.diagnostics import printable
from vm.faults import FaultReport
from xqdbg.addresses import address_of
from xqdbg.moment import Moment

MOST_ROWS = 9
"""Rows it grows to by itself."""


class FaultPanel(Static):
    """Shown while the machine is faulted: identity, message, explanation."""

    DEFAULT_CSS = """
    FaultPanel {
        display: none;
        height: 1fr;
        padding: 0 1;
        border-top: solid $xq-fault;
        border-title-color: $xq-fault;
        border-title-style: bold;
        color: $foreground;
        &.-shown { display: block; }
    }
    """
    ALLOW_SELECT: ClassVar[bool] = True

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", markup=False, id=id)
        self._shown: FaultReport | None = None

    def watch_moment(self, _old: Moment | None, new: Moment | None) -> None:
        fault = new.fault if new is not None else None
        code = new.code if new is not None else ()
        if fault is self._shown:
            return
        self._shown = fault
        self.set_class(fault is not None, "-shown")
        if fault is not None:
            self.border_title = Content(f"fault {printable(fault.code)} at {address_of(fault.pc, code)}")
            self.update(_words(fault))

    def rows_wanted(self, width: int) -> int:
        """As many as its words take, within bounds."""
        if self._shown is None:
            return 0
        return min(MOST_ROWS, 1 + _words(self._shown).get_height({}, max(1, width - 2)))


def _words(fault: FaultReport) -> Content:
    return Content.assemble(
        (printable(fault.message), "$xq-fault"),
        "\n",
        printable(fault.explanation),
        "\n",
        ("S goes back to before it, w tells why", "$xq-quiet"),
    )
