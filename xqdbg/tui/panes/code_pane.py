"""The program: where it stands, where it has been and will be, where it will stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from vm.contract import Line
from vm.diagnostics import printable
from vm.isa import Isa
from xqdbg.moment import Moment
from xqdbg.tui.focus import Pointed
from xqdbg.tui.glyphs import EXECUTED, FINDING, HERE, NEVER, SLICED, breakpoint_glyph
from xqdbg.tui.highlight import KINDS, Highlighter
from xqdbg.tui.listing import Listing, code_listing, source_listing
from xqdbg.tui.panes.code_facts import CodeFacts, Fate
from xqdbg.tui.panes.list_pane import ListPane, padded
from xqdbg.tui.panes.matrix_text import compact

MARK_COLUMNS = 3
"""Width of the margin in which a click toggles a breakpoint."""
COUNT_COLUMNS = 4
"""Width of the column that tells how often a line is executed."""
ROOMY = 46
"""Columns from which on a line of source has room for its address too."""
MOST_PCS = 64
"""Instructions of one row that hits are looked up for."""


class _Look(NamedTuple):
    """All that decides how a row is drawn, besides its text."""

    current: bool
    fault: bool
    cursor: bool
    mark: str
    armed: bool
    finding: bool
    often: str
    bar: str
    quiet: bool


class CodePane(ListPane):
    """Shows the program and marks the next instruction. Knows no engine and no session."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "code--pc",
        "code--arrow",
        "code--cursor",
        "code--fault",
        "code--fault-mark",
        "code--breakpoint",
        "code--finding",
        "code--executed",
        "code--never",
        "code--sliced",
        "code--idle",
        "code--number",
        "code--address",
        "code--count",
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
        & > .code--finding { color: $xq-finding; text-style: bold; }
        & > .code--executed { color: $xq-executed; }
        & > .code--never { color: $xq-quiet; }
        & > .code--sliced { color: $xq-slice; }
        & > .code--idle { color: $xq-idle-foreground; }
        & > .code--number { color: $xq-quiet; }
        & > .code--address { color: $xq-quiet; }
        & > .code--count { color: $xq-count; }
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
        self._highlighter = Highlighter(isa)
        self._facts = CodeFacts()
        self._gutter = 0
        self._has_addresses = True
        self._drawn: LRUCache[int, _Look] = LRUCache(512)
        """How each row in sight looks now."""
        self.show_program(code, source)

    def show_program(self, code: Sequence[Line], source: Sequence[str]) -> None:
        """Show a program, as its source if it has one."""
        self._code, self._source = code, source
        self._line_at = {line.pc: line for line in code}
        self._address_digits = max(4, len(f"{code[-1].pc:x}")) if code else 4
        self.show_listing(source_listing(code, source) if source else code_listing(code))

    def show_listing(self, listing: Listing) -> None:
        """Show these rows instead."""
        self._listing = listing
        self._number_digits = len(str(len(listing.rows))) if listing.of_source else 0
        self._strips.clear()
        self._drawn.clear()
        self._lay_out()

    def _lay_out(self) -> None:
        """Find room for the gutter: addresses give way where the source has line numbers and space is short."""
        numbers = self._number_digits + 2 if self._number_digits else 0
        self._has_addresses = not self._listing.of_source or self.size.width >= ROOMY
        addresses = self._address_digits + 1 if self._has_addresses else 0
        gutter = MARK_COLUMNS + numbers + addresses + COUNT_COLUMNS + 2
        if gutter != self._gutter:
            self._gutter = gutter
            self._strips.clear()
        self.resize_list(len(self._listing.rows), self._gutter + self._listing.columns)

    def on_resize(self) -> None:
        self._lay_out()

    # -- what the cursor is at ----------------------------------------------------------------------------------------

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

    @property
    def pcs_under_cursor(self) -> Sequence[int]:
        """The instructions of the row under the cursor; of the next row that has some, if it has none."""
        pc = self.cursor_pc
        if pc is None:
            return ()
        return self._listing.pcs[self._listing.row_of[pc]]

    @property
    def pointed(self) -> Pointed | None:
        """The line under the cursor, and the value it is about."""
        if not self._listing.rows:
            return None
        pcs = self.pcs_under_cursor
        line = self._line_at.get(pcs[0]) if pcs else None
        never = bool(pcs) and self._facts.fate(pcs) is Fate.NEVER
        place = _subject(line, self.moment) if line is not None else ""
        return Pointed("the line", place, self._listing.text(self.cursor_row).strip(), pcs[0] if never else None)

    # -- from moment to picture ---------------------------------------------------------------------------------------

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        self._facts.take(new)
        if new.program is not None and new.program.code is not self._code:
            self.show_program(new.program.code, new.program.source)
            self.refresh()
        drawn = self._drawn
        if new.cursor is not None:
            self.cursor_row = self._listing.row_at(new.cursor)
            self.reveal(self.cursor_row)
        elif old is None or (old.tick, old.pc, old.branch) != (new.tick, new.pc, new.branch):
            self.cursor_row = self._listing.row_at(new.pc)
            self.reveal(self.cursor_row)
        self.call_after_refresh(self._tell_of_cursor)  # another rule means that all rows are drawn: not before the news
        self.refresh_rows(row for row in self.rows_in_sight if drawn.get(row) != self._look(row))

    def watch_cursor_row(self, old: int, row: int) -> None:
        super().watch_cursor_row(old, row)
        self.call_after_refresh(self._tell_of_cursor)

    def _tell_of_cursor(self) -> None:
        """Say in the rule what is known of the row under the cursor, and of the slice."""
        moment = self.moment
        if moment is None or not 0 <= self.cursor_row < len(self._listing.rows):
            return
        pcs = self._listing.pcs[self.cursor_row][:MOST_PCS]
        parts = []
        if moment.relevant is not None:
            of = f" of {printable(moment.sliced)}" if moment.sliced else ""
            parts.append(Content.assemble((f"slice{of}", "bold $xq-slice"), (" · W ends", "not bold $xq-quiet")))
        if (finding := self._facts.finding(pcs)) is not None:
            parts.append(Content.styled(f"{FINDING} {printable(finding.message)}", "not bold $xq-finding"))
        parts += [Content.styled(text, "not bold $xq-title") for text in self._hits(pcs) if text]
        self.tell_aside(*parts)

    def _hits(self, pcs: Sequence[int]) -> tuple[str, ...]:
        """`← 1,204  → 1,310` and `×120`: the hits of a row before and after now, and how many there are in all."""
        count = max((self._facts.count(pc) or 0 for pc in pcs), default=0)
        if not count:
            return ("never reached",) if pcs and self._facts.fate(pcs) is Fate.NEVER else ()
        before, after = self._facts.before(pcs), self._facts.after(pcs)
        around = (f"← {before:,}" if before is not None else "", f"→ {after:,}" if after is not None else "")
        return "  ".join(filter(None, around)), f"×{count:,}" + ("" if self._facts.is_complete else "…")

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
        self._tell_of_cursor()
        self.refresh()

    def draw_row(self, row: int, width: int) -> Strip:
        look = self._drawn[row] = self._look(row)
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
        if moment is None or not pcs:
            return _Look(False, False, cursor, " ", False, False, "", " ", bool(pcs))
        facts = self._facts
        current = row == self._listing.row_of.get(moment.pc)
        breakpoint, fate = facts.breakpoint(pcs), facts.fate(pcs)
        sliced = moment.relevant is None or any(pc in moment.relevant for pc in pcs)
        quiet = fate in (Fate.NEVER, Fate.UNKNOWN) if moment.relevant is None else not sliced
        count = facts.count(pcs[0])
        return _Look(
            current=current,
            fault=current and moment.fault is not None,
            cursor=cursor,
            mark=" " if breakpoint is None else breakpoint_glyph(breakpoint),
            armed=breakpoint is not None and breakpoint.enabled,
            finding=facts.finding(pcs) is not None,
            often=_count_text(count, facts.is_complete),
            bar=_bar(fate, sliced) if moment.relevant is not None else _bar(fate, False),
            quiet=quiet,
        )

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
        address = f"{pc:0{self._address_digits}x} " if pc is not None else " " * (self._address_digits + 1)
        bar = {SLICED: "code--sliced", EXECUTED: "code--executed"}.get(look.bar, "code--never")
        return [
            Segment(look.mark, ink("code--breakpoint" if look.armed else "code--number")),
            Segment(HERE + " " if look.current else "  ", arrow),
            Segment(number, arrow if look.current else ink("code--number")),
            *([Segment(address, ink("code--address"))] if self._has_addresses else []),
            Segment(f"{look.often:>{COUNT_COLUMNS}}", ink("code--count")),
            Segment(FINDING if look.finding else " ", ink("code--finding")),
            Segment(look.bar, ink(bar)),
        ]

    def _text_segments(self, row: int, look: _Look, background: Style) -> list[Segment]:
        paper = background.background_style
        spans = self._highlighter.spans(self._listing.text(row))
        return [Segment(text, self._ink(kind, look) + paper) for kind, text in spans]

    def _ink(self, kind: str, look: _Look) -> Style:
        if kind == "comment":
            return self.style("code--kind-comment")
        if look.quiet and not look.current:
            return self.style("code--idle")
        return self.style(f"code--kind-{kind}" if kind else "code--plain")


def _bar(fate: Fate, sliced: bool) -> str:
    """What stands left of a line: it is in the slice, was executed, or never is."""
    if sliced:
        return SLICED
    return {Fate.DONE: EXECUTED, Fate.NEVER: NEVER}.get(fate, " ")


def _count_text(count: int | None, complete: bool) -> str:
    """How often, in a few characters; that it never is, only where that is certain."""
    if count is None or (count == 0 and not complete):
        return ""
    return compact(count, COUNT_COLUMNS)


def _subject(line: Line, moment: Moment | None) -> str:
    """The value a line is about: one it writes that has a cell of its own, else one it reads."""
    if moment is None:
        return ""
    cells = {cell.name for cells in moment.cells.values() for cell in cells}
    return next((name for names in (line.writes, line.reads) for name in sorted(names) if name in cells), "")
