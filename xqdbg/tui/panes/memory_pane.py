"""Memory in hexadecimal and as text, with what instructions do to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from xqdbg.memory import base_of
from xqdbg.tui.panes.counts import times
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.memory_foot import LEGEND, SIZES
from xqdbg.tui.panes.memory_rows import COLUMNS, Kind
from xqdbg.tui.panes.memory_view import MemoryView

MOST_BACK = 50
"""Addresses that are remembered to go back to."""


class MemoryPane(MemoryView, inherit_bindings=False):
    """The keys and the mouse of the memory."""

    HELP = f"What stands before an octet: {LEGEND}."
    HINTS: ClassVar[Sequence[tuple[str, str]]] = (
        ("memory.goto", "address"),
        ("at.why", "why"),
        ("memory.follow", "follow"),
        ("at.edit", "edit"),
        ("memory.break", "break on write"),
        ("memory.unit", "octets"),
        ("memory.next", "next area"),
        ("memory.search", "search"),
        ("memory.columns", "columns"),
        ("at.write_before", "write before"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "octets_by(-1)", "Left", show=False, id="list.left"),
        Binding("right,l", "octets_by(1)", "Right", show=False, id="list.right"),
        Binding("up,k", "rows_by(-1)", "Up", show=False, id="list.up"),
        Binding("down,j", "rows_by(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "page_by(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "page_by(1)", "Page down", show=False, id="list.page_down"),
        Binding("home", "row_edge(-1)", "First in row", show=False, id="memory.home"),
        Binding("end", "row_edge(1)", "Last in row", show=False, id="memory.end"),
        Binding("ctrl+home", "area_edge(-1)", "First of area", show=False, id="memory.first"),
        Binding("ctrl+end", "area_edge(1)", "Last of area", show=False, id="memory.last"),
        Binding("comma", "area_by(-1)", "Previous area", key_display=",", show=False, id="memory.previous"),
        Binding("full_stop", "area_by(1)", "Next area", key_display=".", show=False, id="memory.next"),
        Binding("ctrl+g,at", "goto", "Address", key_display="^g", id="memory.goto",
                tooltip="Go to an address, or where a value points."),
        Binding("p", "follow", "Follow", id="memory.follow",
                tooltip="Keep in view where a register points, or no longer."),
        Binding("enter", "pursue", "Where it points", show=False, id="memory.pursue",
                tooltip="Go where the number under the cursor points."),
        Binding("backspace", "back", "Back", show=False, id="memory.back", tooltip="Back from there."),
        Binding("b", "break", "Break on write", show=False, id="memory.break",
                tooltip="Stop where the octets under the cursor change."),
        Binding("d", "watch", "Watch", show=False, id="memory.watch",
                tooltip="Show the octets under the cursor among the watches."),
        Binding("slash", "search", "Search", key_display="/", show=False, id="memory.search",
                tooltip="Search memory for a text in quotes, or for octets."),
        Binding("t", "unit", "Octets", show=False, id="memory.unit", tooltip="1, 2, 4 or 8 octets under the cursor."),
        Binding("v", "columns", "Columns", show=False, id="memory.columns",
                tooltip="8, 16 or 32 octets a row, or as many as there is room for."),
        Binding("number_sign", "base", "Base", key_display="#", show=False, id="memory.base",
                tooltip="Show numbers in decimal, hexadecimal or binary."),
    ]  # fmt: skip

    _visited: tuple[int, ...] = ()
    """Where `enter` was pressed."""

    # -- moving -------------------------------------------------------------------------------------------------------

    def action_octets_by(self, octets: int) -> None:
        """By so many octets, or as many numbers if several octets are one."""
        address = self._at + octets * self.unit * times(self)
        area = self._space.area_of(self._at)
        if area is not None:
            self._move(max(base_of(area), min(address, area.end - 1)))

    def action_rows_by(self, rows: int) -> None:
        self._rows_by(rows * times(self))

    def action_page_by(self, pages: int) -> None:
        self._rows_by(pages * times(self) * max(1, len(self.rows_in_sight) - 1))

    def _rows_by(self, rows: int) -> None:
        """Over headings and gaps to a row of octets, in the same column."""
        space, columns = self._space, self._grid.columns
        if not space.areas:
            return
        row = space.onto(self.cursor_row + rows, 1 if rows > 0 else -1)
        stretch = space.stretch(row)
        if stretch.area is not None:
            address = space.address(row) + self._at % columns
            self._move(max(base_of(stretch.area), min(address, stretch.end - 1)))

    def action_row_edge(self, direction: int) -> None:
        area, columns = self._space.area_of(self._at), self._grid.columns
        if area is not None:
            start = self._at // columns * columns
            self._move(max(base_of(area), start) if direction < 0 else min(start + columns, area.end) - 1)

    def action_area_edge(self, direction: int) -> None:
        if (area := self._space.area_of(self._at)) is not None:
            self._move(base_of(area) if direction < 0 else area.end - 1)

    def action_area_by(self, direction: int) -> None:
        """To the next area, going round."""
        known, area = self._space.areas, self._space.area_of(self._at)
        if known:
            at = known.index(area) if area is not None else -1
            self._jump(base_of(known[(at + direction) % len(known)]))

    def _move(self, address: int) -> None:
        """Somewhere the user wants to be, and so no longer where a value points."""
        if address != self._at:
            if self.pointer:
                self.follow("")
            self.go(address)

    def _jump(self, address: int) -> None:
        self._visited = (*self._visited, self._at)[-MOST_BACK:]
        self._move(address)

    def action_pursue(self) -> None:
        """Go where the number under the cursor points: as long a one as points anywhere."""
        for size in sorted(SIZES, reverse=True):
            address = self._octets.number(self._at, size)
            if size > 2 and address is not None and self._space.area_of(address) is not None:
                self._jump(address)
                return
        self.app.bell()

    def action_back(self) -> None:
        if self._visited:
            address, self._visited = self._visited[-1], self._visited[:-1]
            self._move(address)

    # -- what is asked of others --------------------------------------------------------------------------------------

    def action_goto(self) -> None:
        self.post_message(LineGiven("memory ", sure=False))

    def action_follow(self) -> None:
        """Begin to follow a value, or end it."""
        if self.pointer:
            self.follow("")
        else:
            self.post_message(LineGiven("follow ", sure=False))

    def action_break(self) -> None:
        if (pointed := self.pointed) is not None:
            self.post_message(LineGiven(f"watch {pointed.place}"))

    def action_watch(self) -> None:
        if (pointed := self.pointed) is not None:
            self.post_message(LineGiven(f"display {pointed.place}"))

    def action_search(self) -> None:
        self.post_message(LineGiven("search ", sure=False))

    # -- ways of looking ----------------------------------------------------------------------------------------------

    def action_unit(self) -> None:
        self.unit = SIZES[(SIZES.index(self.unit) + 1) % len(SIZES)]
        self._redraw()

    def action_columns(self) -> None:
        choices = (0, *COLUMNS)
        self.wanted_columns = choices[(choices.index(self.wanted_columns) + 1) % len(choices)]
        self._lay_out()
        self.reveal(self.cursor_row)
        self._ask()

    def action_base(self) -> None:
        self.base = self.base.next
        self._tell()
        self._redraw()

    # -- the mouse ----------------------------------------------------------------------------------------------------

    def row_clicked(self, row: int, column: int, times: int) -> None:
        stretch = self._space.stretch(row)
        number = self._grid.octet_of(column)
        if stretch.kind is Kind.OCTETS and stretch.area is not None and number is not None:
            address = self._space.address(row) + number
            if base_of(stretch.area) <= address < stretch.end:
                self._move(address)
                if times == 2:
                    self.action_pursue()
        elif stretch.kind is Kind.HEADING:
            self._jump(stretch.start)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y < self.head_lines:
            self._tab_clicked(offset.x)

    def _tab_clicked(self, column: int) -> None:
        """A name of an area was clicked."""
        at = 0
        for number, text in self._tabs(self.scrollable_content_region.width)[0]:
            if at <= column < at + len(text) and number >= 0:
                self._jump(base_of(self._space.areas[number]))
            at += len(text)
