"""A list of named values that can be looked into, searched and pinned, with what happens to them marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from vm.contract import Cell, Span, View
from vm.diagnostics import printable
from xqdbg.copying import Forms, forms
from xqdbg.inside import MOST_CELLS, MOST_ENTRIES, MOST_PLACES, Wish
from xqdbg.moment import Moment
from xqdbg.numerals import Base, rewritten
from xqdbg.tui.focus import Pointed
from xqdbg.tui.listing import shown
from xqdbg.tui.marks import LEGEND
from xqdbg.tui.panes.arrivals import Arrivals
from xqdbg.tui.panes.cell_drawing import COLORED_KINDS, CellLook, segments
from xqdbg.tui.panes.cell_looks import CellLooks, ascends
from xqdbg.tui.panes.cell_rows import Backwards, CellRow, CellRows, Pin, Slots, matching
from xqdbg.tui.panes.filtering import Filtering
from xqdbg.tui.panes.list_pane import clipped, padded
from xqdbg.tui.panes.stuck_list import StuckListPane

_MOST_COPIED = 1_000
"""Entries of a value that `y` copies one by one without being asked for that form."""
MOST_FITTED = 6
"""Rows of a pane that takes just those it needs."""
_NUMBER = re.compile(r"\[(\d{1,9})\]$")
_EXPANDER = 2
"""The column in which a click opens and closes a cell."""


class CellsPane(Filtering, StuckListPane):
    """Shows one of the moment's views."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "cells--name",
        "cells--note",
        "cells--changed",
        "cells--coming",
        "cells--cursor",
        "cells--empty",
        "cells--filter",
        "cells--type",
        "cells--value",
        *(f"cells--kind-{kind}" for kind in COLORED_KINDS),
    }
    DEFAULT_CSS = """
    CellsPane {
        width: 1fr; height: 1fr;
        overflow-x: hidden;
        & > .cells--name { color: $xq-quiet; }
        & > .cells--type { color: $xq-quiet; }
        & > .cells--note { color: $xq-quiet; text-style: italic; }
        & > .cells--changed { color: $xq-changed; text-style: bold; }
        & > .cells--coming { color: $xq-coming-write; }
        & > .cells--cursor { background: $xq-cursor-background; }
        & > .cells--empty { color: $xq-quiet; }
        & > .cells--filter { color: $xq-rule-focus; text-style: bold; }
        & > .cells--value { color: $foreground; }
        & > .cells--kind-int { color: $xq-int; }
        & > .cells--kind-vec { color: $xq-vec; }
        & > .cells--kind-model { color: $xq-model; }
        & > .cells--kind-sample { color: $xq-sample; }
        & > .cells--kind-unset { color: $xq-unset; }
        & > .cells--kind-loop { color: $xq-loop; }
    }
    """
    HELP = f"What stands before a value: {LEGEND}."
    HINTS: ClassVar[Sequence[tuple[str, str]]] = (
        ("cells.select", "look inside"),
        ("at.why", "why"),
        ("cells.show", "in matrix"),
        ("at.edit", "edit"),
        ("cells.filter", "filter"),
        ("cells.all", "all"),
        ("cells.pin", "pin"),
        ("cells.base", "base"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cell", "Open", id="cells.select", tooltip="Look into the value, or show it."),
        Binding("plus", "expand", "Open", key_display="+", show=False, id="cells.expand",
                tooltip="Show what is inside of the value below it, or hide it."),
        Binding("minus", "collapse", "Close", key_display="-", show=False, id="cells.collapse",
                tooltip="Hide what is inside of the value."),
        Binding("v", "show_cell", "In matrix", show=False, id="cells.show", tooltip="Show it in the matrix pane."),
        Binding("slash", "filter", "Filter", key_display="/", show=False, id="cells.filter",
                tooltip="Show only what has a text in its name, type or value; esc shows all again."),
        Binding("a", "all", "All", show=False, id="cells.all", tooltip="Show all slots, or those in use."),
        Binding("p", "pin", "Pin", show=False, id="cells.pin", tooltip="Keep the row in sight at the top, or no more."),
        Binding("number_sign", "base", "Base", key_display="#", show=False, id="cells.base",
                tooltip="Show numbers in decimal, hexadecimal or binary."),
    ]  # fmt: skip

    moment: reactive[Moment | None] = reactive(None, repaint=False)
    _is_blank = False
    """Whether it is drawn as having no rows."""

    class CellSelected(Message):
        """The user wants to see more of a cell."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class InsideWanted(Message):
        """Entries of cells came into view and should come with the next moments."""

        def __init__(self, viewer: str, wish: Wish) -> None:
            super().__init__()
            self.viewer = viewer
            self.wish = wish

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, CellsPane.InsideWanted) and message.viewer == self.viewer

    def __init__(self, view: str | View, title: str = "", *, top_first: bool = False, id: str | None = None) -> None:
        """`view` is one of the machine's views; its id is enough where all cells come."""
        super().__init__(id=id)
        whole = view if isinstance(view, View) else View(view, title, top_first=top_first)
        self.view = whole.id
        self._view = whole
        self.title = printable(whole.title)
        self.entitle(Content(self.title))
        self._cells: Sequence[Cell] = ()
        self._rows = CellRows((), ())
        self._expanded: dict[str, None] = {}
        self._pins: tuple[Pin, ...] = ()
        self._all = False
        self._whole: Sequence[Cell] = ()
        """All there are: those that came, or all slots."""
        self._looks = CellLooks(tagged=whole.tagged)
        self._arrivals = Arrivals()
        self._wish = Wish()
        self._is_away = False
        """Whether it is out of sight."""
        self._drawn: dict[int, CellLook] = {}
        self._place: tuple[str, int] = ("", -1)
        """Cell and entry the cursor is at."""

    # What is where

    @property
    def viewer(self) -> str:
        """Whom entries are asked for."""
        return f"cells.{self.id or self.view}"

    @property
    def base(self) -> Base:
        """How numbers are written."""
        return self._looks.base

    @base.setter
    def base(self, base: Base) -> None:
        self._looks.write_in(base, self.moment)
        self._take()
        self._afresh()

    def cell_at(self, row: int) -> Cell | None:
        """The cell or entry a row shows."""
        return self._rows[row].cell if 0 <= row < len(self._rows) else None

    @property
    def current(self) -> CellRow | None:
        """What the cursor is at."""
        return self._rows[self.cursor_row] if self.cursor_row < len(self._rows) else None

    @property
    def pointed(self) -> Pointed | None:
        """The cell or entry under the cursor."""
        row = self.current
        if row is None or row.cell is None:
            return None
        cell = row.cell
        found = forms(cell.value, cell.text, cell.json, cell.holds)
        return Pointed(cell.name, cell.name, self._copied(cell, found), forms=found)

    def _copied(self, cell: Cell, found: Forms) -> str:
        """What copying it gives at first: a number as it is shown, any other value as JSON unless it is large."""
        if isinstance(cell.value, int):
            return rewritten(cell.text, cell.kind, self.base)
        return (found.named("JSON") if 0 < cell.holds <= _MOST_COPIED else None) or cell.text

    # From moment to rows

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        inside = new.inside.get(self.viewer)
        self._looks.come(old, new, self.viewer)
        cells = new.cells.get(self.view, ())
        if cells is not self._cells:
            self._cells = cells
            self._take()
        elif inside is not self._rows.inside and (inside is not None or self._expanded or self._pins):
            self._list(self._rows.tops)
        self._redraw()
        self._ask()

    def _take(self) -> None:
        """List other cells, or the same ones otherwise."""
        whole = Slots(self._view, self._cells) if self._all and self._view.slots else self._cells
        self._whole = whole
        self._looks.survey(whole)
        listed = Backwards(whole) if self._view.top_first and ascends(whole) else whole
        self._list(matching(listed, self.filter, self.base) if self.filter else listed)
        self._tell()

    def _list(self, tops: Sequence[Cell]) -> None:
        inside = None if self.moment is None else self.moment.inside.get(self.viewer)
        self._rows = CellRows(self._whole, tops, self._expanded, self._pins, inside)
        self.pinned = len(self._pins)
        self.resize_list(len(self._rows))
        self._follow()

    def _follow(self) -> None:
        """Keep the cursor on what it is at, wherever that is now; on a stack it stays as far from the top."""
        name, number = self._place
        if not name or self._view.top_first or self.cursor_row < len(self._pins):
            return
        row = self._rows.row_of(name, number)
        if row is not None and row != self.cursor_row:
            self.cursor_row = row

    def _stay(self) -> None:
        row = self.current
        if row is not None:
            self._place = (row.parent.name, row.number) if row.parent else (row.cell.name if row.cell else "", -1)

    def watch_cursor_row(self, old: int, row: int) -> None:
        super().watch_cursor_row(old, row)
        self._stay()

    # Entries come by window

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._ask()

    def on_resize(self) -> None:
        self._ask()

    def on_show(self) -> None:
        self._is_away = False
        self._ask()

    def on_hide(self) -> None:
        self._is_away = True
        self._ask()

    def _ask(self) -> None:
        """Ask for the entries in sight, and some around them, unless they come already; out of sight, for none."""
        places = () if self._is_away else tuple(pin.name for pin in self._pins if pin.of_entry)
        spans = self._rows.spans(self.sights) if self._expanded and not self._is_away else {}
        if places == tuple(self._wish.places) and self._covers(spans):
            return
        around = max(16, self.size.height)
        wanted = {}
        for name, (low, high) in spans.items():
            start = max(0, low - around)
            wanted[name] = Span(start, min(MOST_ENTRIES, high + around - start))
        self._wish = Wish(wanted, places)
        self.post_message(self.InsideWanted(self.viewer, self._wish))

    def _covers(self, spans: Mapping[str, tuple[int, int]]) -> bool:
        """Whether what was asked for is what is in sight now, and not for much else."""
        asked = self._wish.spans
        if asked.keys() != spans.keys():
            return False
        return all(asked[name].start <= low and high <= asked[name].start + asked[name].count
                   for name, (low, high) in spans.items())  # fmt: skip

    # From rows to the picture

    def _redraw(self) -> None:
        """Draw anew the rows in sight that look different."""
        rows = [row for row in self.sights if self._drawn.get(row) != self._look(row)]
        if rows:
            self.refresh_rows(rows)
        if not self._rows and not self._is_blank:
            self.refresh()
        self._is_blank = not self._rows

    def _look(self, row: int) -> CellLook:
        cursor = self.has_focus and row == self.cursor_row
        look = self._looks.look(self._rows[row], self._rows, has_cursor=cursor, is_last_pin=row == self.stuck - 1)
        return self._dated(look, row) if self._view.log else look

    def _dated(self, look: CellLook, row: int) -> CellLook:
        """A line of a log with the tick at which it came."""
        cell, moment = self._rows[row].cell, self.moment
        number = None if cell is None else _NUMBER.search(cell.name)
        if number is None or moment is None or not self._cells:
            return look
        last = _NUMBER.search(self._cells[-1].name)
        count = 0 if last is None else int(last[1]) + 1
        tick = self._arrivals.tick(int(number[1]), count, moment, self._view.log)
        return look if tick is None else replace(look, note=f"tick {tick:,}")

    def render_line(self, y: int) -> Strip:
        if not self._rows and y == self.head_lines:
            width = self.scrollable_content_region.width
            text = f"nothing has {shown(self.filter)} in it" if self.filter else "–"
            return padded(
                [Segment("  " + clipped(text, width - 2), self.style("cells--empty"))], 0, width, self.rich_style
            )
        return super().render_line(y)

    def draw_row(self, row: int, width: int) -> Strip:
        if self.moment is None:
            return Strip.blank(width, self.rich_style)
        if len(self._drawn) > 4 * max(64, self.size.height):
            self._drawn.clear()
        look = self._drawn[row] = self._look(row)
        paper = self.rich_style
        if look.has_cursor:
            paper += self.style("cells--cursor").background_style
        return padded(segments(look, width, paper, self._component), 0, width, paper)

    def _component(self, name: str) -> Style:
        return self.style("cells--" + name)

    # What the user does

    def filter_changed(self) -> None:
        self._take()
        self._afresh()

    def filter_count(self) -> str:
        return f"{len(self._rows.tops):,} of {len(self._whole):,}"

    def _afresh(self) -> None:
        self._drawn.clear()
        self._tell()
        self.refresh()
        self._ask()

    def _tell(self) -> None:
        """Say in the rule how this is not what one sees at first."""
        said = []
        if self.filter and not self.is_typing:
            said.append(Content(f"/{shown(self.filter)}  {self.filter_count()}"))
        if self._all and self._view.slots:
            said.append(Content(f"all {self._view.slots:,}"))
        if self.base is not Base.DECIMAL:
            said.append(Content(self.base.value))
        if self._pins:
            said.append(Content(f"{len(self._pins)} pinned"))
        self.tell_aside(*said)

    def row_clicked(self, row: int, column: int, times: int) -> None:
        super().row_clicked(row, column, times)
        if column == _EXPANDER and self._looks.expands:
            self._toggle(self.current)
        elif times == 2:
            self.action_show_cell()

    def _toggle(self, row: CellRow | None) -> bool:
        """Open or close a cell. Whether there is anything inside."""
        if row is None or row.cell is None or row.parent is not None or not row.cell.holds:
            return False
        if row.cell.name in self._expanded:
            del self._expanded[row.cell.name]
        else:
            self._expanded[row.cell.name] = None
            while len(self._expanded) > MOST_CELLS:
                del self._expanded[next(iter(self._expanded))]
        self._stay()
        self._list(self._rows.tops)
        self._afresh()
        return True

    def action_select_cell(self) -> None:
        if not self._toggle(self.current):
            self.action_show_cell()

    def action_expand(self) -> None:
        self._toggle(self.current)

    def action_collapse(self) -> None:
        """Close the cell the cursor is at or inside of."""
        row = self.current
        if row is not None and row.parent is not None:
            self.cursor_row = self._rows.row_of(row.parent.name) or 0
            row = self.current
        if row is not None and row.cell is not None and row.cell.name in self._expanded:
            self._toggle(row)

    def action_show_cell(self) -> None:
        row = self.current
        cell = None if row is None else row.parent or row.cell
        if cell is not None:
            self.post_message(self.CellSelected(cell.name))

    def action_all(self) -> None:
        if self._view.slots:
            self._all = not self._all
            self._stay()
            self._take()
            self._afresh()

    def action_base(self) -> None:
        self.base = self.base.next

    def action_pin(self) -> None:
        """Pin the row, or take the pin away."""
        row = self.current
        if row is None or row.cell is None:
            return
        pin = row.pin or Pin(row.cell.name, row.is_entry)
        if pin in self._pins:
            self._pins = tuple(other for other in self._pins if other != pin)
        elif len(self._pins) < MOST_PLACES:
            self._pins = (*self._pins, pin)
        self._list(self._rows.tops)
        if row.pin is None:
            name, number = (row.parent.name, row.number) if row.parent else (row.cell.name, -1)
            self.cursor_row = self._rows.row_of(name, number) or 0
        self._afresh()


class FittedCellsPane(CellsPane):
    """Has just the rows it needs, and is not there while it needs none."""

    DEFAULT_CSS = """
    FittedCellsPane { display: none; &.-some { display: block; } }
    """
    _rows_before = 0

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        super().watch_moment(old, new)
        self._fit()

    def resize_list(self, rows: int, columns: int = 0) -> None:
        super().resize_list(rows, columns)
        self._fit()

    def _fit(self) -> None:
        """Have the panes laid out anew if it takes another number of rows."""
        rows = self.rows_wanted(0)
        if rows != self._rows_before:
            self._rows_before = rows
            self.set_class(rows > 0, "-some")
            self.refresh(layout=True)

    def rows_wanted(self, _width: int) -> int:
        """A row each, up to a few; one while a filter hides all."""
        rows = max(len(self._rows), min(1, len(self._cells)))
        return min(rows, MOST_FITTED) + 1 if rows else 0
