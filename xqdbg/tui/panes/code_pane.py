"""The program: where it stands, where it has been, where it will stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from vm.contract import Line
from vm.isa import Isa
from xqdbg.moment import Moment
from xqdbg.tui.highlight import KINDS, Highlighter
from xqdbg.tui.listing import Listing, code_listing, source_listing
from xqdbg.tui.panes.list_pane import ListPane, padded

ARROW, BREAKPOINT, DISABLED, EXECUTED = "▶", "●", "○", "▎"
MARK_COLUMNS = 3
"""Width of the margin in which a click toggles a breakpoint."""


class _Look(NamedTuple):
    """All that decides how a row is drawn, besides its text."""

    current: bool
    fault: bool
    cursor: bool
    mark: str
    executed: bool
    idle: bool


class CodePane(ListPane):
    """Shows the program and marks the next instruction. Knows no engine and no session."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "code--pc",
        "code--arrow",
        "code--cursor",
        "code--fault",
        "code--fault-mark",
        "code--breakpoint",
        "code--executed",
        "code--idle",
        "code--number",
        "code--address",
        "code--plain",
        *(f"code--kind-{kind}" for kind in KINDS),
    }
    DEFAULT_CSS = """
    CodePane {
        width: 1fr; height: 1fr;
        & > .code--pc { background: $xq-pc-background; }
        & > .code--arrow { color: $xq-pc-foreground; text-style: bold; }
        & > .code--cursor { background: $xq-cursor-background; }
        & > .code--fault { background: $xq-fault-background; }
        & > .code--fault-mark { color: $xq-fault; text-style: bold; }
        & > .code--breakpoint { color: $xq-breakpoint; }
        & > .code--executed { color: $xq-executed; }
        & > .code--idle { color: $xq-idle-foreground; }
        & > .code--number { color: $xq-quiet; }
        & > .code--address { color: $xq-quiet; }
        & > .code--plain { color: $foreground; }
        & > .code--kind-comment { color: $xq-comment; text-style: italic; }
        & > .code--kind-op { color: $xq-op; }
        & > .code--kind-flow { color: $xq-flow; }
        & > .code--kind-register { color: $xq-register; }
        & > .code--kind-number { color: $xq-number; }
        & > .code--kind-label { color: $xq-label; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "switch_listing", "Source / disassembly", id="code.listing"),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class BreakpointToggled(Message):
        """The user wants a breakpoint here, or wants it gone."""

        def __init__(self, pc: int) -> None:
            super().__init__()
            self.pc = pc

    def __init__(self, isa: Isa, code: Sequence[Line], source: Sequence[str] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._code, self._source = code, source
        self._highlighter = Highlighter(isa)
        self._address_digits = max(4, len(f"{code[-1].pc:x}")) if code else 4
        self.show_listing(source_listing(code, source) if source else code_listing(code))

    def show_listing(self, listing: Listing) -> None:
        """Show these rows instead."""
        self._listing = listing
        self._number_digits = len(str(len(listing.rows))) if listing.of_source else 0
        numbers = self._number_digits + 2 if self._number_digits else 0
        self._gutter = MARK_COLUMNS + numbers + self._address_digits + 2
        self._strips.clear()
        self.resize_list(len(listing.rows), self._gutter + listing.columns)

    @property
    def cursor_pc(self) -> int | None:
        """Address of the first instruction at or after the cursor; None behind the last one."""
        return self._listing.pc_at(self.cursor_row)

    @property
    def pc_under_cursor(self) -> int | None:
        """Where the machine stands, if the cursor is on that row."""
        if self.moment is None or self._listing.row_of.get(self.moment.pc) != self.cursor_row:
            return None
        return self.moment.pc

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        if new.cursor is not None:
            self.cursor_row = self._listing.row_at(new.cursor)
            self.reveal(self.cursor_row)
        elif old is None or (old.tick, old.pc) != (new.tick, new.pc):
            self.cursor_row = self._listing.row_at(new.pc)
            self.reveal(self.cursor_row)
        self.refresh()

    def row_clicked(self, row: int, column: int, times: int) -> None:
        super().row_clicked(row, column, times)
        if column < MARK_COLUMNS and (pc := self._listing.pc_at(row)) is not None:
            self.post_message(self.BreakpointToggled(pc))

    def action_switch_listing(self) -> None:
        """Between source and disassembly, staying at the instruction under the cursor."""
        if not self._source:
            return
        pc = self.cursor_pc
        of_source = not self._listing.of_source
        self.show_listing(source_listing(self._code, self._source) if of_source else code_listing(self._code))
        self.cursor_row = self._listing.row_at(pc) if pc is not None else self.row_count - 1
        self.reveal(self.cursor_row)
        self.refresh()

    def draw_row(self, row: int, width: int) -> Strip:
        look = self._look(row)
        key = (row, look, width, self.scroll_offset.x)
        strip = self._strips.get(key)
        if strip is None:
            background = self._background(look)
            gutter = Strip(self._gutter_segments(row, look, background))
            segments, room = self._text_segments(row, look, background), width - self._gutter
            text = padded(segments, self.scroll_offset.x, max(0, room), background)
            strip = self._strips[key] = Strip.join([gutter, text]).crop_extend(0, width, background)
        return strip

    def _look(self, row: int) -> _Look:
        moment, pcs = self.moment, self._listing.pcs[row]
        cursor = row == self.cursor_row
        if moment is None:
            return _Look(False, False, cursor, " ", False, bool(pcs))
        current = row == self._listing.row_of.get(moment.pc)
        breakpoints = [moment.breakpoints[pc] for pc in pcs if pc in moment.breakpoints]
        mark = " " if not breakpoints else BREAKPOINT if any(b.enabled for b in breakpoints) else DISABLED
        executed = any(pc in moment.reached for pc in pcs)
        return _Look(current, current and moment.fault is not None, cursor, mark, executed, bool(pcs) and not executed)

    def _background(self, look: _Look) -> Style:
        if look.fault:
            return self.rich_style + self.style("code--fault").background_style
        if look.current:
            return self.rich_style + self.style("code--pc").background_style
        if look.cursor:
            return self.rich_style + self.style("code--cursor").background_style
        return self.rich_style

    def _gutter_segments(self, row: int, look: _Look, background: Style) -> list[Segment]:
        def ink(name: str) -> Style:
            return self.style(name) + background.background_style

        pc = self._listing.first[row]
        arrow = ink("code--fault-mark" if look.fault else "code--arrow")
        number = f"{row + 1:>{self._number_digits}}  " if self._number_digits else ""
        address = f"{pc:0{self._address_digits}x}" if pc is not None else " " * self._address_digits
        return [
            Segment(look.mark, ink("code--breakpoint")),
            Segment(ARROW + " " if look.current else "  ", arrow),
            Segment(number, arrow if look.current else ink("code--number")),
            Segment(address + " ", ink("code--address")),
            Segment(EXECUTED if look.executed else " ", ink("code--executed")),
        ]

    def _text_segments(self, row: int, look: _Look, background: Style) -> list[Segment]:
        paper = background.background_style
        spans = self._highlighter.spans(self._listing.text(row))
        return [Segment(text, self._ink(kind, look) + paper) for kind, text in spans]

    def _ink(self, kind: str, look: _Look) -> Style:
        if kind == "comment":
            return self.style("code--kind-comment")
        if look.idle and not look.current:
            return self.style("code--idle")
        return self.style(f"code--kind-{kind}" if kind else "code--plain")
