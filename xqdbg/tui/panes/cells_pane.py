"""A list of named values that can be looked into, searched and pinned, with what happens to them marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from vm.contract import Cell, Span, Value, View
from vm.diagnostics import printable
from xqdbg.copying import Forms, forms
from xqdbg.inside import MOST_CELLS, MOST_ENTRIES, MOST_PLACES, Inside, Wish
from xqdbg.moment import Moment
from xqdbg.numerals import Base, rewritten
from xqdbg.tui.focus import Pointed
from xqdbg.tui.listing import shown
from xqdbg.tui.marks import LEGEND, Mark, Marks
from xqdbg.tui.panes.cell_drawing import CLOSED, COLORED_KINDS, OPEN, CellLook, segments
from xqdbg.tui.panes.cell_rows import Backwards, CellRow, CellRows, Pin, Slots, matching
from xqdbg.tui.panes.filtering import Filtering
from xqdbg.tui.panes.list_pane import clipped, padded
from xqdbg.tui.panes.stuck_list import StuckListPane

_NAME_COLUMNS = 12
"""Names wider than this push their value aside rather than all others."""
_ENTRY_COLUMNS = 14
_SAMPLE = 300
"""Cells that widths are taken from."""
_MOST_COPIED = 1_000
"""Entries of a value that `y` copies one by one without being asked for that form."""
_EXPANDER = 2
"""The column in which a click opens and closes a cell."""
_INDEXED = re.compile(r"[A-Za-z_]\w*\[(-?\d+)\]")


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
        & > .cells--coming { color: $xq-coming-write; }
        & > .cells--cursor { background: $xq-cursor-background; }
        & > .cells--empty { color: $xq-quiet; }
        & > .cells--filter { color: $foreground; background: $xq-cursor-background; }
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
        self.base = Base.DECIMAL
        self._wish = Wish()
        self._marks: Marks | None = None
        self._older: Mapping[str, Value] = {}
        """Entries that were in view at the position before this one."""
        self._drawn: dict[int, CellLook] = {}
        self._indexed = False
        self._name_columns = 0
        self._entry_columns: dict[str, int] = {}
        self._expands = False
        """Whether any cell has had something inside."""
        self._place: tuple[str, int] = ("", -1)
        """Cell and entry the cursor is at."""

    # What is where

    @property
    def viewer(self) -> str:
        """Whom entries are asked for."""
        return f"cells.{self.id or self.view}"

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
        """What copying it gives at first: a number as it is shown, a value that is not too large so that it can be used."""
        if isinstance(cell.value, int):
            return rewritten(cell.text, cell.kind, self.base)
        return (found.named("JSON") if 0 < cell.holds <= _MOST_COPIED else None) or cell.text

    # From moment to rows

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        inside = new.inside.get(self.viewer)
        if old is None or (old.tick, old.branch) != (new.tick, new.branch):
            self._older = dict(_values(None if old is None else old.inside.get(self.viewer)))
        if old is None or old.effect is not new.effect or old.coming is not new.coming or old.changed != new.changed:
            self._marks = None
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
        self._survey(whole)
        backwards = self._view.top_first and _ascends(whole)
        listed = Backwards(whole) if backwards else whole
        self._list(matching(listed, self.filter, self.base) if self.filter else listed)
        self._tell()

    def _survey(self, cells: Sequence[Cell]) -> None:
        """How wide the columns are."""
        ends = (cells[0], cells[-1]) if cells else ()
        self._indexed = bool(cells) and all(_INDEXED.fullmatch(cell.name) for cell in ends)
        sample = [cells[at] for at in range(len(cells))] if len(cells) <= _SAMPLE else ends
        self._name_columns = min(_NAME_COLUMNS, max((cell_len(self._short(cell)) for cell in sample), default=0))
        self._expands = self._expands or any(cell.holds for cell in islice(self._cells, _SAMPLE))

    def _list(self, tops: Sequence[Cell]) -> None:
        moment = self.moment
        whole = Slots(self._view, self._cells) if self._all and self._view.slots else self._cells
        inside = None if moment is None else moment.inside.get(self.viewer)
        self._rows = CellRows(whole, tops, self._expanded, self._pins, inside)
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

    def _ask(self) -> None:
        """Ask for the entries in sight, and some around them, unless they come already."""
        places = tuple(pin.name for pin in self._pins if pin.of_entry)
        spans = self._rows.spans(self.sights) if self._expanded else {}
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
        if not self._rows:
            self.refresh()

    def _marks_now(self) -> Marks:
        if self._marks is None:
            assert self.moment is not None
            self._marks = Marks(self.moment, self.base)
        return self._marks

    def _look(self, row: int) -> CellLook:
        shown_row = self._rows[row]
        cell, parent = shown_row.cell, shown_row.parent
        cursor = self.has_focus and row == self.cursor_row
        if cell is None:
            return CellLook("", "…", "unset", expander=self._expander(shown_row), has_cursor=cursor)
        return CellLook(
            name=self._entry_name(cell, parent) if parent else self._cell_name(cell, shown_row),
            text=shown(rewritten(cell.text, cell.kind, self.base)),
            kind=cell.kind,
            note=shown(cell.note),
            mark=self._mark(shown_row, cell),
            expander=self._expander(shown_row),
            has_cursor=cursor,
            is_last_pin=row == self.stuck - 1,
        )

    def _mark(self, row: CellRow, cell: Cell) -> Mark:
        marks = self._marks_now()
        if not row.is_entry:
            return marks.of_cell(cell.name)
        differs = cell.name in self._older and self._older[cell.name] != cell.value
        return marks.of_entry(cell.name, row.parent.name if row.parent else "", row.number, differs=differs)

    def _expander(self, row: CellRow) -> str:
        if not self._expands:
            return ""
        if row.cell is None or not row.cell.holds or row.pin is not None:
            return " "
        return OPEN if self._rows.is_open(row.cell.name) else CLOSED

    def _short(self, cell: Cell) -> str:
        if self._indexed and (index := _INDEXED.fullmatch(cell.name)):
            return index[1]
        return shown(cell.name)

    def _cell_name(self, cell: Cell, row: CellRow) -> str:
        if row.is_entry:
            return shown(cell.name)
        name = self._short(cell)
        return name.rjust(self._name_columns) if self._indexed else name.ljust(self._name_columns)

    def _entry_name(self, cell: Cell, parent: Cell) -> str:
        """The part of the name behind that of the cell, in a column that only grows."""
        name = shown(cell.name.removeprefix(parent.name).lstrip("."))
        columns = min(_ENTRY_COLUMNS, max(self._entry_columns.get(parent.name, 0), cell_len(name)))
        self._entry_columns[parent.name] = columns
        return "  " + name.ljust(columns)

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
        whole = self._view.slots if self._all and self._view.slots else len(self._cells)
        return f"{len(self._rows.tops):,} of {whole:,}"

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
        if column == _EXPANDER and self._expands:
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
        self._marks = None
        self._take()
        self._afresh()

    def action_pin(self) -> None:
        """Pin the row, or take the pin away."""
        row = self.current
        if row is None or row.cell is None:
            return
        pin = row.pin or Pin(row.cell.name, row.is_entry)
        before = len(self._pins)
        if pin in self._pins:
            self._pins = tuple(other for other in self._pins if other != pin)
        elif len(self._pins) < MOST_PLACES:
            self._pins = (*self._pins, pin)
        self._list(self._rows.tops)
        if row.pin is None:
            self.cursor_row += len(self._pins) - before
        self._afresh()


def _values(inside: Inside | None) -> Iterator[tuple[str, Value]]:
    """The entries that came with a moment, by name."""
    if inside is not None:
        yield from ((cell.name, cell.value) for part in inside.parts.values() for cell in part.cells)
        yield from ((name, cell.value) for name, cell in inside.places.items())


def _ascends(cells: Sequence[Cell]) -> bool:
    """Whether cells are in the order of indices in their names."""
    if len(cells) < 2:
        return False
    ends = [_INDEXED.fullmatch(cells[at].name) for at in (0, -1)]
    first, last = (int(end[1]) if end else -1 for end in ends)
    return 0 <= first < last
