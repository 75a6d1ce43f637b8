"""Meters against their limits, and what the whole run costs line by line or opcode by opcode, the dearest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from xqdbg.addresses import location_of
from xqdbg.costs import BY, COUNT, Costs, Share, bar, part_of, ranked
from xqdbg.moment import Moment
from xqdbg.tui.focus import Pointed
from xqdbg.tui.glyphs import HERE
from xqdbg.tui.listing import shown
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.list_pane import ListPane, clipped, padded
from xqdbg.tui.panes.meter_lines import meter_lines, percent
from xqdbg.tui.panes.wanted import CostsWanted

SORTED = "▼"
"""Behind the name of the column that is sorted by."""

_GAP = "  "
_LEAST_ROWS = 3
"""Rows that the head leaves to the list, where it can."""
_LEAST_TEXT, _MOST_TEXT = 8, 24
"""Columns of an instruction."""
_MOST_BAR, _LEAST_BAR = 24, 4
_PERCENT = 6
_SAMPLE = 300
"""Shares that widths are taken from."""


class CostsPane(ListPane):
    """Shows the costs of the moment; asks for them, since somebody has to find them out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "costs--name",
        "costs--text",
        "costs--number",
        "costs--bar",
        "costs--head",
        "costs--near",
        "costs--full",
        "costs--coming",
        "costs--cursor",
        "costs--here",
    }
    DEFAULT_CSS = """
    CostsPane {
        width: 1fr; height: 1fr; overflow-x: hidden;
        & > .costs--name { color: $xq-quiet; }
        & > .costs--text { color: $foreground; }
        & > .costs--number { color: $xq-int; }
        & > .costs--bar { color: $xq-cost; }
        & > .costs--head { color: $xq-quiet; text-style: bold; }
        & > .costs--near { color: $xq-changed; text-style: bold; }
        & > .costs--full { color: $xq-fault; text-style: bold; }
        & > .costs--coming { color: $xq-coming-write; }
        & > .costs--cursor { background: $xq-cursor-background; }
        & > .costs--here { color: $xq-pc-foreground; }
    }
    """
    HELP = (
        "Meters with what is used now, what the whole run uses and the limit; › is what the next instruction costs. "
        "Below them the lines or opcodes of the run, the dearest first."
    )
    HINTS: ClassVar[Sequence[tuple[str, str]]] = (
        ("costs.show", "show line"),
        ("costs.next", "next hit"),
        ("costs.by", "line or opcode"),
        ("costs.of", "meter"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "show_line", "Show line", id="costs.show", tooltip="Show the line in the code pane."),
        Binding("full_stop", "hit(1)", "Next hit", key_display=".", id="costs.next",
                tooltip="Go to the next time it is executed; behind the last one, to the first."),
        Binding("comma", "hit(-1)", "Previous hit", key_display=",", show=False, id="costs.previous",
                tooltip="Go to the last time it was executed before now."),
        Binding("t", "by", "Line or opcode", id="costs.by", tooltip="Tell costs by line, or by opcode."),
        Binding("v", "of", "Sort", id="costs.of", tooltip="Sort by the next meter, or by how often it is executed."),
    ]  # fmt: skip

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.title = "Limits and cost"
        self.entitle(Content(self.title))
        self.by = BY[0]
        self.of = ""
        """Name of the column that is sorted by; empty for the first meter."""
        self._wanted = False
        self._costs: Costs | None = None
        self._shares: Sequence[Share] = ()
        self._widths: tuple[int, ...] = ()
        """Columns of the names, and of each number."""
        self._text_columns = 0
        self._drawn: dict[int, object] = {}
        self._head: tuple[object, ...] = ()
        """What the lines of the meters were drawn from."""
        self._lines: tuple[object, list[list[Segment]]] | None = None

    # What is shown

    @property
    def column(self) -> int:
        """The number of the column that is sorted by."""
        columns = self._costs.columns if self._costs is not None else ()
        return columns.index(self.of) if self.of in columns else min(1, max(0, len(columns) - 1))

    @property
    def current(self) -> Share | None:
        """What the cursor is at."""
        return self._shares[self.cursor_row] if self.cursor_row < len(self._shares) else None

    @property
    def pointed(self) -> Pointed | None:
        """The line or opcode under the cursor."""
        share = self.current
        if share is None or self._costs is None:
            return None
        name = f"line {share.name}" if self.by == "line" and share.name.isdecimal() else share.name
        numbers = [f"{amount} {column}" for amount, column in zip(share.amounts, self._costs.columns, strict=True)]
        return Pointed(name, text="  ".join([name, *([share.text] if share.text else []), *numbers]))

    def on_mount(self) -> None:
        self._want(True)

    def on_show(self) -> None:
        self._want(True)

    def on_hide(self) -> None:
        self._want(False)

    def _want(self, wanted: bool) -> None:
        """Nobody needs to find out what nobody sees."""
        if wanted != self._wanted:
            self._wanted = wanted
            self.post_message(CostsWanted(wanted))

    def watch_moment(self, _old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        if new.costs is not self._costs and new.costs is not None:
            self._costs = new.costs
            self._rank()
        self._size_head()
        self._redraw()

    def _rank(self) -> None:
        """Put the shares in order again; the cursor stays at its place, not at its line: the dearest is on top."""
        costs = self._costs
        if costs is None:
            return
        if costs.shares or costs.complete:
            self._shares = ranked(costs.shares.get(self.by, ()), self.column)
        names = max((cell_len(share.name) for share in self._shares[:_SAMPLE]), default=0)
        numbers = [max(len(name), len(f"{total:,}")) for name, total in zip(costs.columns, costs.totals, strict=True)]
        self._widths = (max(len(self.by), names), *numbers)
        self._text_columns = min(_MOST_TEXT, max((cell_len(share.text) for share in self._shares[:_SAMPLE]), default=0))
        self.resize_list(len(self._shares))
        self._tell()

    def _tell(self) -> None:
        costs = self._costs
        if costs is None:
            return
        said = [Content(f"by {self.by} of {costs.columns[self.column]}")]
        if costs.tick < costs.length:
            said.insert(0, Content(f"counting… {costs.counted:.0%}"))
        elif not costs.complete:
            said.insert(0, Content(f"to tick {costs.tick:,}"))
        self.tell_aside(*said)

    def _size_head(self) -> None:
        """A line a meter and one above the columns, where that leaves some rows."""
        meters = len(self.moment.meters) if self.moment is not None else 0
        room = self.scrollable_content_region.height - _LEAST_ROWS
        lines = meters + 1 if meters + 1 <= room else max(0, min(meters, room))
        if lines != self.head_lines:
            rows = self.row_count
            self.head_lines = lines
            self.resize_list(rows)
            self._drawn.clear()
            self.refresh()

    def on_resize(self) -> None:
        self._size_head()

    def _redraw(self) -> None:
        """Draw anew what looks different."""
        rows = [row for row in self.rows_in_sight if self._drawn.get(row) != self._look(row)]
        if rows:
            self.refresh_rows(rows)
        head = self._meter_facts()
        if head != self._head:
            self._head = head
            self.refresh(Region(0, 0, self.size.width, max(1, self.head_lines)))

    def _look(self, row: int) -> object:
        share = self._shares[row]
        return share, self._is_here(share), self.has_focus and row == self.cursor_row, self.column, self._widths

    def _is_here(self, share: Share) -> bool:
        moment = self.moment
        return moment is not None and not moment.status.ended and moment.pc in share.pcs

    # Meters

    def _meter_facts(self) -> tuple[object, ...]:
        moment, costs = self.moment, self._costs
        if moment is None:
            return ()
        coming = () if moment.coming is None else moment.coming.costs
        totals = None if costs is None else (costs.totals, costs.tick == costs.length)
        return (tuple(moment.meters), coming, totals, self.column)

    def draw_head(self, y: int, width: int) -> Strip:
        moment = self.moment
        if moment is None:
            return Strip.blank(width, self.rich_style)
        if y < len(moment.meters):
            return padded(self._meter_lines(moment, width)[y], 0, width, self.rich_style)
        return padded([Segment(self._columns_line(width), self.style("costs--head"))], 0, width, self.rich_style)

    def _meter_lines(self, moment: Moment, width: int) -> list[list[Segment]]:
        """The lines of all meters, which stand in columns, made once for all of them."""
        key = (self._head, width, self.rich_style)
        if self._lines is None or self._lines[0] != key:
            lines = meter_lines(moment.meters, moment.coming, self._costs, width, self._component)
            self._lines = key, lines
        return self._lines[1]

    def notify_style_update(self) -> None:
        self._lines = None
        super().notify_style_update()

    def _component(self, name: str) -> Style:
        return self.style("costs--" + name)

    # Shares

    def _plan(self, width: int) -> tuple[int, list[int], int]:
        """Columns of the instruction, which numbers are shown, and columns of the bar, in so much room."""
        costs = self._costs
        if costs is None or not self._widths:
            return 0, [], 0
        room = width - 1 - self._widths[0] - len(_GAP) - self._widths[1 + self.column] - 1 - _PERCENT
        text = min(self._text_columns, max(0, room - len(_GAP)))
        if text < min(_LEAST_TEXT, self._text_columns) or not text:
            text = 0
        room -= text + len(_GAP) if text else 0
        numbers = [self.column]
        for at in range(len(costs.columns)):
            needs = self._widths[1 + at] + len(_GAP)
            if at != self.column and room >= needs + _LEAST_BAR:
                numbers.append(at)
                room -= needs
        return text, sorted(numbers), max(0, min(_MOST_BAR, room - 2))

    def _named(self, name: str) -> str:
        """A name in its column: numbers of lines stand at its right."""
        return name.rjust(self._widths[0]) if self.by == "line" else name.ljust(self._widths[0])

    def _columns_line(self, width: int) -> str:
        costs = self._costs
        if costs is None or not self._shares:
            return "" if costs is None else " nothing was executed" if costs.tick == costs.length else " counting…"
        text, numbers, _ = self._plan(width)
        parts = [" " + self._named(self.by), *(["".ljust(text)] if text else [])]
        for at in numbers:
            name = costs.columns[at].rjust(self._widths[1 + at])
            parts.append(name + SORTED.ljust(1 + _PERCENT) if at == self.column else name)
        return _GAP.join(parts)

    def draw_row(self, row: int, width: int) -> Strip:
        costs, share = self._costs, self._shares[row]
        if costs is None:
            return Strip.blank(width, self.rich_style)
        if len(self._drawn) > 4 * max(64, self.size.height):
            self._drawn.clear()
        self._drawn[row] = self._look(row)
        paper = self.rich_style
        if row == self.cursor_row and self.has_focus:
            paper += self.style("costs--cursor").background_style
        return padded(self._share(costs, share, width, paper.background_style), 0, width, paper)

    def _share(self, costs: Costs, share: Share, width: int, ground: Style) -> list[Segment]:
        text, numbers, columns = self._plan(width)
        quiet, ink = self.style("costs--name") + ground, self.style("costs--number") + ground
        here = Segment(HERE if self._is_here(share) else " ", self.style("costs--here") + ground)
        parts = [here, Segment(self._named(shown(share.name)), quiet)]
        if text:
            instruction = set_cell_size(clipped(shown(share.text), text), text)
            parts.append(Segment(_GAP + instruction, self.style("costs--text") + ground))
        amount = share.amounts[self.column]
        for at in numbers:
            number = _GAP + f"{share.amounts[at]:,}".rjust(self._widths[1 + at])
            if at == self.column:
                number += " " + percent(part_of(amount, costs.totals[at])).rjust(_PERCENT)
            parts.append(Segment(number, ink if at == self.column else quiet))
        drawn = bar(amount, self._shares[0].amounts[self.column], columns)
        return [*parts, Segment(_GAP + drawn, self.style("costs--bar") + ground)]

    # What the user does

    def _again(self) -> None:
        self._rank()
        self._drawn.clear()
        self.cursor_row = 0
        self.refresh()

    def action_by(self) -> None:
        self.by = BY[(BY.index(self.by) + 1) % len(BY)]
        self._again()

    def action_of(self) -> None:
        """Sort by the meters one after the other, then by how often."""
        if self._costs is not None:
            columns = [*self._costs.meters, COUNT]
            at = columns.index(self._costs.columns[self.column])
            self.of = columns[(at + 1) % len(columns)]
            self._again()

    def action_show_line(self) -> None:
        if (share := self.current) is not None:
            code = () if self.moment is None else self.moment.code
            where = f"op:{share.name}" if self.by == "opcode" else location_of(share.pcs[0], code)
            self.post_message(LineGiven(f"list {where}"))

    def action_hit(self, direction: int) -> None:
        """Go to where one of its instructions is executed next, or was before; at the end, from the other one."""
        moment, share = self.moment, self.current
        if moment is None or share is None or moment.visits is None:
            return
        find = moment.visits.after if direction > 0 else moment.visits.before
        for tick in (moment.tick, -1 if direction > 0 else moment.furthest + 1):
            hits = [hit for pc in share.pcs if (hit := find(pc, tick)) is not None]
            if hits:
                self.post_message(LineGiven(f"goto {min(hits) if direction > 0 else max(hits)}"))
                return

    def row_clicked(self, row: int, column: int, times: int) -> None:
        super().row_clicked(row, column, times)
        if times == 2:
            self.action_show_line()
