"""The program: where it stands, where it has been and will be, where it will stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import FIFOCache
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from vm.contract import Line
from vm.diagnostics import printable
from vm.isa import Isa
from vm.tokens import Syntax
from xqdbg.addresses import location_of
from xqdbg.moment import Moment
from xqdbg.tui.focus import Pointed
from xqdbg.tui.glyphs import BOOKMARK, EXECUTED, FINDING, NEVER, SLICED, breakpoint_glyph
from xqdbg.tui.highlight import KINDS, Highlighter
from xqdbg.tui.listing import Listing, Shows
from xqdbg.tui.panes.code_facts import CodeFacts, Fate
from xqdbg.tui.panes.code_layout import COUNT_COLUMNS, MARK_COLUMNS, Layout, Typesetter
from xqdbg.tui.panes.code_notes import LoopHeads, Note, coming_note
from xqdbg.tui.panes.code_rows import RowLook, RowPainter
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.matrix_text import compact
from xqdbg.tui.panes.search import SearchedPane

MOST_PCS = 64
"""Instructions of one row that hits are looked up for."""
MOST_NAMES = 4
"""Bookmarks of one row that are named."""
NOTES = ("name", "read", "arrow", "write", "fault", "loop")
"""Kinds of pieces of notes, for colour."""


class CodePane(SearchedPane):
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
        "code--bookmark",
        *(f"code--note-{kind}" for kind in NOTES),
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
        & > .code--bookmark { color: $xq-bookmark; text-style: bold; }
        & > .code--note-name { color: $xq-quiet; }
        & > .code--note-read { color: $xq-coming; }
        & > .code--note-arrow { color: $xq-changed; text-style: bold; }
        & > .code--note-write { color: $xq-changed; }
        & > .code--note-fault { color: $xq-fault; text-style: bold; }
        & > .code--note-loop { color: $xq-loop; }
        & > .code--kind-comment { color: $xq-comment; text-style: italic; }
        & > .code--kind-op { color: $xq-op; }
        & > .code--kind-flow { color: $xq-flow; }
        & > .code--kind-register { color: $xq-register; }
        & > .code--kind-number { color: $xq-number; }
        & > .code--kind-label { color: $xq-label; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "switch_listing", "Source / disassembly / both", id="code.listing"),
        Binding("v", "fold", "Only the slice", show=False, id="code.fold"),
        Binding("t", "follow", "Follow the machine", show=False, id="code.follow"),
        Binding("ctrl+l", "recentre", "To where the machine stands", show=False, id="code.recentre"),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class BreakpointToggled(Message):
        """The user wants a breakpoint here, or wants it gone."""

        def __init__(self, pc: int) -> None:
            super().__init__()
            self.pc = pc

    def __init__(
        self,
        isa: Isa,
        code: Sequence[Line],
        source: Sequence[str] = (),
        *,
        syntax: Syntax | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._isa = isa
        self._painter = RowPainter(Highlighter(isa, syntax), self.style, lambda: self.rich_style)
        self._facts = CodeFacts()
        self._folds = False
        """Whether rows outside of a slice are hidden."""
        self.follows = True
        """Whether the cursor goes where the machine goes."""
        self._said = ""
        """Why something is not as it was asked for, until the cursor moves."""
        self._notes: dict[int, Note] = {}
        """What stands beside the rows of this moment."""
        self._drawn: FIFOCache[int, RowLook] = FIFOCache(512)
        """How each row in sight looks now. Not an LRUCache: that one keeps the first value of a key for good."""
        self._take_program(code, source)

    def _take_program(self, code: Sequence[Line], source: Sequence[str]) -> None:
        """Show another program, as its source if it has one."""
        self._code = code
        self._typesetter = Typesetter(code, source)
        self._line_at = {line.pc: line for line in code}
        self._heads = LoopHeads(code, self._isa)
        self._shows = Shows.SOURCE if source else Shows.CODE
        self._notes = {}
        self._layout = self._typesetter.layout(self._shows, self.size.width)
        self._take_layout(self._layout)

    @property
    def _listing(self) -> Listing:
        return self._layout.listing

    def _set_rows(self) -> None:
        """Lay the rows out for what is to be shown and the room there is, staying at the instruction at the cursor."""
        moment = self.moment
        wanted = moment.relevant if self._folds and moment is not None else None
        layout = self._typesetter.layout(self._shows, self.size.width, wanted)
        if layout is self._layout:
            self.resize_list(len(self._listing.rows), self._layout.gutter + self._listing.columns)
            return
        old, row = self._listing, self.cursor_row
        number = old.numbers[row] if row < len(old.numbers) else None
        pc = self._listing.pc_at(row)
        self._take_layout(layout)
        of_line = layout.listing.row_of_line(number) if row < len(old.pcs) and not old.pcs[row] else None
        end = self.row_count - 1
        self.cursor_row = of_line if of_line is not None else layout.listing.row_at(pc) if pc is not None else end
        self._note()
        self.reveal(self.cursor_row)

    def _take_layout(self, layout: Layout) -> None:
        self._layout = layout
        self._strips.clear()
        self._drawn.clear()
        self.resize_list(len(layout.listing.rows), layout.gutter + layout.listing.columns)
        self.forget_search_rows()
        self.refresh()

    def on_resize(self) -> None:
        self._set_rows()
        self._said = ""  # it was of the room there was
        self._tell_of_cursor()

    def search_rows(self) -> Sequence[str]:
        return [self._listing.text(row) for row in range(len(self._listing.rows))]

    def search_told(self) -> None:
        self._tell_of_cursor()

    def row_text(self, row: int) -> str:
        start = self.scroll_offset.x
        return " " * self._layout.gutter + self._listing.text(row)[start : start + self.size.width]

    def copied(self, text: str, start: int) -> str:
        return text[max(0, self._layout.gutter - start) :]

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
        text = self._listing.text(self.cursor_row).strip()
        return Pointed("the line", place, text, pcs[0] if never else None, pcs=pcs)

    # -- from moment to picture ---------------------------------------------------------------------------------------

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        self._facts.take(new)
        if new.program is not None:
            if new.program.foreign != self._painter.foreign:
                self._painter.foreign = new.program.foreign
                self._strips.clear()
                self.refresh()
            if new.program.code is not self._code:
                self._take_program(new.program.code, new.program.source)
        drawn = self._drawn
        if self._folds and (old is None or old.relevant is not new.relevant):
            self._set_rows()
        self._note()
        if new.cursor is not None and (old is None or (old.cursor, old.turn) != (new.cursor, new.turn)):
            self._move_to(new.cursor)
        elif old is None or (self.follows and (old.tick, old.pc, old.branch) != (new.tick, new.pc, new.branch)):
            self._move_to(new.pc)
        self._tell_of_cursor()
        self.refresh_rows(row for row in self.rows_in_sight if drawn.get(row) != self._look(row))

    def _move_to(self, pc: int) -> None:
        self.cursor_row = self._listing.row_at(pc)
        self.reveal(self.cursor_row)

    def _note(self) -> None:
        """What stands beside rows now: how far the open loops are, and what comes next does."""
        moment, listing = self.moment, self._listing
        notes: dict[int, Note] = {}
        self._notes = notes
        if moment is None:
            return
        for pc, text in self._heads.notes(moment).items():
            if (row := listing.row_of.get(pc)) is not None and row not in listing.folded:
                notes[row] = (("loop", text),)
        here = listing.row_of.get(moment.pc)
        if here is not None and here not in listing.folded and (note := coming_note(moment)):
            notes[here] = (*notes[here], ("name", "  "), *note) if here in notes else note

    def watch_cursor_row(self, old: int, row: int) -> None:
        super().watch_cursor_row(old, row)
        self._said = ""
        self._tell_of_cursor()

    def _tell_of_cursor(self) -> None:
        """Say in the rule what is known of the row under the cursor, and of the slice."""
        moment = self.moment
        if moment is None or not 0 <= self.cursor_row < len(self._listing.rows):
            return
        pcs = self._listing.pcs[self.cursor_row][:MOST_PCS]
        parts = [Content.styled(self._said, "not bold $xq-finding")] if self._said else []
        if (search := self.search_aside()) is not None:
            parts.append(search)
        if moment.relevant is not None:
            of = f" of {printable(moment.sliced)}" if moment.sliced else ""
            parts.append(Content.assemble((f"slice{of}", "bold $xq-slice"), (" · W ends", "not bold $xq-quiet")))
        if not self.follows:
            parts.append(Content.styled("follow off", "not bold $xq-finding"))
        if (finding := self._facts.finding(pcs)) is not None:
            parts.append(Content.styled(f"{FINDING} {printable(finding.message)}", "not bold $xq-finding"))
        if names := ", ".join(printable(mark.name) for mark in self._facts.bookmarks(pcs)[:MOST_NAMES]):
            parts.append(Content.styled(f"{BOOKMARK} {names}", "not bold $xq-bookmark"))
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

    def on_click(self, event: events.Click) -> None:
        """With ctrl, run to the row that was clicked."""
        offset = event.get_content_offset(self)
        if not event.ctrl or offset is None:
            return
        event.prevent_default()
        row = offset.y + self.scroll_offset.y
        if row < self.row_count and (pc := self._listing.pc_at(row)) is not None:
            self.cursor_row = row
            code = () if self.moment is None else self.moment.code
            self.post_message(LineGiven(f"until {location_of(pc, code)}"))

    def action_switch_listing(self) -> None:
        """Source, disassembly, both, and again, staying at the instruction under the cursor."""
        choices = list(Shows) if self._typesetter.has_source else [Shows.CODE]
        self._shows = choices[(choices.index(self._shows) + 1) % len(choices)]
        self._set_rows()
        self._said = "" if len(choices) > 1 else "there is no source to show"
        if missing := self._layout.missing:
            self._said = f"both sides need {missing} more column{'' if missing == 1 else 's'}"
        self._tell_of_cursor()

    def action_fold(self) -> None:
        """Hide what is outside of the slice, or show it."""
        if self.moment is None or self.moment.relevant is None:
            self._said = "there is no slice: W on a value makes one"
        else:
            self._folds = not self._folds
            self._set_rows()
        self._tell_of_cursor()

    def action_follow(self) -> None:
        """Have the cursor go where the machine goes, or stay where the user reads."""
        self.follows = not self.follows
        if self.follows:
            self.action_recentre()
        self._tell_of_cursor()

    def action_recentre(self) -> None:
        """Show where the machine stands in the middle of the pane."""
        if self.moment is not None:
            self.cursor_row = row = self._listing.row_at(self.moment.pc)
            self.scroll_to(y=max(0, row - self.size.height // 2), animate=False, immediate=True, force=True)

    # -- drawing ------------------------------------------------------------------------------------------------------

    def draw_row(self, row: int, width: int) -> Strip:
        look = self._drawn[row] = self._look(row)
        key = (row, look, width, self.scroll_offset.x)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._painter.strip(self._layout, row, look, self.scroll_offset.x, width)
            strip = self.marked(strip, self._layout.gutter, self._visible(row), self.style("search--match"))
            self._strips[key] = strip
        return strip

    def _visible(self, row: int) -> str:
        """The text of a row from where it is scrolled to."""
        return self._listing.text(row)[self.scroll_offset.x :]

    def _look(self, row: int) -> RowLook:
        moment, pcs = self.moment, self._listing.pcs[row]
        cursor = row == self.cursor_row
        current = moment is not None and row == self._listing.row_of.get(moment.pc)
        fault = current and moment is not None and moment.fault is not None
        if moment is None or not pcs:
            return RowLook(current, fault, cursor, " ", False, False, "", " ", bool(pcs), False, ())
        facts = self._facts
        breakpoint, fate = facts.breakpoint(pcs), facts.fate(pcs)
        sliced = moment.relevant is None or any(pc in moment.relevant for pc in pcs)
        quiet = fate in (Fate.NEVER, Fate.UNKNOWN) if moment.relevant is None else not sliced
        count = facts.count(pcs[0])
        return RowLook(
            current=current,
            fault=fault,
            cursor=cursor,
            mark=" " if breakpoint is None else breakpoint_glyph(breakpoint),
            armed=breakpoint is not None and breakpoint.enabled,
            finding=facts.finding(pcs) is not None,
            often=_count_text(count, facts.is_complete),
            bar=_bar(fate, sliced) if moment.relevant is not None else _bar(fate, False),
            quiet=quiet,
            booked=bool(facts.bookmarks(pcs)),
            note=self._notes.get(row, ()),
        )


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
