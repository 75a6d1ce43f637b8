"""A list of named values, with those that have just changed marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from vm.contract import Cell
from vm.diagnostics import printable
from xqdbg.moment import Moment
from xqdbg.tui.focus import Pointed
from xqdbg.tui.listing import shown
from xqdbg.tui.panes.list_pane import ListPane, clipped, padded

CHANGED = "•"
COLORED_KINDS = ("int", "vec", "model", "sample", "unset", "loop")
"""Kinds of values with a colour of their own; `vec<int>` is coloured as `vec`."""

_NAME_COLUMNS = 12
"""Names wider than this push their value aside rather than all others."""
_LEAST_NOTE = 6
"""A note that has to be cut has at least these columns."""
_INDEXED = re.compile(r"[A-Za-z_]\w*\[(-?\d+)\]")


class _Look(NamedTuple):
    cell: Cell
    changed: bool
    cursor: bool


class CellsPane(ListPane):
    """Shows one of the moment's views."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "cells--name",
        "cells--note",
        "cells--changed",
        "cells--cursor",
        "cells--empty",
        "cells--value",
        *(f"cells--kind-{kind}" for kind in COLORED_KINDS),
    }
    DEFAULT_CSS = """
    CellsPane {
        width: 1fr; height: 1fr;
        overflow-x: hidden;
        & > .cells--name { color: $xq-quiet; }
        & > .cells--note { color: $xq-quiet; text-style: italic; }
        & > .cells--changed { color: $xq-changed; text-style: bold; }
        & > .cells--cursor { background: $xq-cursor-background; }
        & > .cells--empty { color: $xq-quiet; }
        & > .cells--value { color: $foreground; }
        & > .cells--kind-int { color: $xq-int; }
        & > .cells--kind-vec { color: $xq-vec; }
        & > .cells--kind-model { color: $xq-model; }
        & > .cells--kind-sample { color: $xq-sample; }
        & > .cells--kind-unset { color: $xq-unset; }
        & > .cells--kind-loop { color: $xq-loop; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cell", "Show", id="cells.select", tooltip="Show the value in the matrix pane."),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class CellSelected(Message):
        """The user wants to see more of a cell."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, view: str, title: str, *, top_first: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = view
        self.title = printable(title)
        self.entitle(Content(self.title))
        self._top_first = top_first
        self._cells: Sequence[Cell] = ()
        self._backwards = False
        self._indexed = False
        self._name_columns = 0

    def cell_at(self, row: int) -> Cell | None:
        """The cell a row shows."""
        if not 0 <= row < len(self._cells):
            return None
        return self._cells[len(self._cells) - 1 - row if self._backwards else row]

    @property
    def pointed(self) -> Pointed | None:
        """The cell under the cursor."""
        cell = self.cell_at(self.cursor_row)
        return None if cell is None else Pointed(cell.name, cell.name, cell.text)

    def watch_moment(self, _old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        cells = new.cells.get(self.view, ())
        if cells is not self._cells:
            self._take(cells)
        self.refresh()

    def _take(self, cells: Sequence[Cell]) -> None:
        rows = len(cells)
        self._cells = cells
        ends = [_INDEXED.fullmatch(cell.name) for cell in (cells[0], cells[-1])] if rows else []
        first, last = (int(end[1]) if end else None for end in ends) if rows else (None, None)
        self._indexed = first is not None and last is not None
        self._backwards = self._top_first and first is not None and last is not None and 0 <= first < last
        sample = cells if rows <= 300 else (cells[0], cells[-1])
        self._name_columns = min(_NAME_COLUMNS, max((cell_len(self._short_name(cell)) for cell in sample), default=0))
        self.resize_list(rows)

    def _short_name(self, cell: Cell) -> str:
        if self._indexed and (index := _INDEXED.fullmatch(cell.name)):
            return index[1]
        return shown(cell.name)

    def render_line(self, y: int) -> Strip:
        if not self._cells and y == 0:
            width = self.scrollable_content_region.width
            return padded([Segment("  –", self.style("cells--empty"))], 0, width, self.rich_style)
        return super().render_line(y)

    def draw_row(self, row: int, width: int) -> Strip:
        cell = self.cell_at(row)
        if cell is None or self.moment is None:
            return Strip.blank(width, self.rich_style)
        look = _Look(cell, cell.name in self.moment.changed, self.has_focus and row == self.cursor_row)
        paper = self.rich_style
        if look.cursor:
            paper += self.style("cells--cursor").background_style
        return padded(self._segments(look, paper, width), 0, width, paper)

    def _segments(self, look: _Look, paper: Style, width: int) -> list[Segment]:
        cell, background = look.cell, paper.background_style
        changed = self.style("cells--changed") + background
        name = self._short_name(cell)
        name = name.rjust(self._name_columns) if self._indexed else name.ljust(self._name_columns)
        value = changed if look.changed else self._ink(cell.kind) + background
        name = clipped(name + "  ", width - 1)
        room = width - 1 - cell_len(name)
        text = clipped(shown(cell.text), room)
        segments = [
            Segment(CHANGED if look.changed else " ", changed),
            Segment(name, self.style("cells--name") + background),
            Segment(text, value),
        ]
        if note := _note(cell, room - cell_len(text) - 2):
            segments += [Segment("  ", background), Segment(note, self.style("cells--note") + background)]
        return segments

    def _ink(self, kind: str) -> Style:
        stem = kind.split("<")[0]
        return self.style(f"cells--kind-{stem}" if stem in COLORED_KINDS else "cells--value")

    def row_clicked(self, row: int, column: int, times: int) -> None:
        super().row_clicked(row, column, times)
        if times == 2:
            self.action_select_cell()

    def action_select_cell(self) -> None:
        if (cell := self.cell_at(self.cursor_row)) is not None:
            self.post_message(self.CellSelected(cell.name))


def _note(cell: Cell, room: int) -> str:
    """The note of a cell where there is room; that of a number or loop is shown whole or not at all."""
    note = shown(cell.note)
    if cell_len(note) <= room:
        return note
    whole = cell.kind in ("int", "loop") or room < _LEAST_NOTE
    return "" if whole else clipped(note, room)
