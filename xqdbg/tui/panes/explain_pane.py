"""The current instruction in words and numbers: formula, results, faults, cost, and its page of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip

from vm.contract import Line
from vm.isa import Isa
from xqdbg.explanation import Explanation, State, explain
from xqdbg.moment import Moment
from xqdbg.tui.focus import Pointed
from xqdbg.tui.panes.explain_rows import Row, rows
from xqdbg.tui.panes.list_pane import padded
from xqdbg.tui.panes.search import SearchedPane

_STYLES = ("head", "text", "title", "name", "strong", "note", "quiet", "mark", "alarm")


class ExplainPane(SearchedPane):
    """Explains the moment. Its rows are those of one explanation, wrapped to its width."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"explain--cursor", *(f"explain--{name}" for name in _STYLES)}
    DEFAULT_CSS = """
    ExplainPane {
        width: 1fr; height: 1fr; overflow-x: hidden; overflow-y: scroll;
        & > .explain--head { color: $xq-op; text-style: bold; }
        & > .explain--text { color: $foreground; }
        & > .explain--title { color: $xq-title; }
        & > .explain--name { color: $xq-quiet; }
        & > .explain--strong { color: $xq-number; text-style: bold; }
        & > .explain--note { color: $xq-coming; }
        & > .explain--quiet { color: $xq-quiet; }
        & > .explain--mark { color: $xq-ready; }
        & > .explain--alarm { color: $xq-fault; text-style: bold; }
        & > .explain--cursor { background: $xq-cursor-background; }
    }
    """

    HINTS: ClassVar[Sequence[tuple[str, str]]] = (("search.open", "search"),)

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    def __init__(self, isa: Isa, code: Sequence[Line], source: Sequence[str] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._isa = isa
        self._take_program(code, source)
        self._explanation: Explanation | None = None
        self._explained: Moment | None = None
        """The moment it is of."""
        self._is_away = False
        """Whether the pane is out of sight, and nothing needs to be explained."""
        self._rows: Sequence[Row] = ()
        self._width = 0

    def _take_program(self, code: Sequence[Line], source: Sequence[str]) -> None:
        """Explain the instructions of another program."""
        self._code, self._source = code, source
        self._lines = {line.pc: line for line in code}

    @property
    def explanation(self) -> Explanation | None:
        """What is shown."""
        return self._explanation

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor_row] if self.cursor_row < len(self._rows) else None

    @property
    def pointed(self) -> Pointed | None:
        """The row under the cursor, and the place it shows."""
        row = self.current
        if row is None:
            return None
        if row.entry is None:
            return Pointed(row.section, text=row.text.strip())
        entry = row.entry
        return Pointed(entry.name or row.section, entry.place, " ".join(filter(None, (entry.name, entry.whole))))

    def on_show(self) -> None:
        self._is_away = False
        self._explain()

    def on_hide(self) -> None:
        self._is_away = True

    def watch_moment(self, _old: Moment | None, _new: Moment | None) -> None:
        if not self._is_away:
            self._explain()

    def _explain(self) -> None:
        """Explain the moment, unless that is explained already."""
        old, new = self._explained, self.moment
        if new is None or (old is not None and _same(old, new)):
            return
        self._explained = new
        if new.program is not None and new.program.code is not self._code:
            self._take_program(new.program.code, new.program.source)
        self._explanation = explain(new, self._isa, self._lines, self._source)
        self.search_told()
        self._lay_out()

    def on_resize(self, _event: events.Resize | None = None) -> None:
        super().on_resize()
        if self.scrollable_content_region.width != self._width:
            self._lay_out()

    def search_rows(self) -> Sequence[str]:
        return [row.text for row in self._rows]

    def search_told(self) -> None:
        """What is searched for, and what there is to explain, at the end of the rule."""
        searched = self.search_aside()
        state = [] if self._explanation is None else [_state_text(self._explanation)]
        self.tell_aside(*([] if searched is None else [searched]), *state)

    def _lay_out(self) -> None:
        """Wrap anew; the cursor stays in the section it is in."""
        if self._explanation is None:
            return
        self._width = self.scrollable_content_region.width
        before, at = self._rows, self.cursor_row
        self._rows = rows(self._explanation, self._width)
        self.forget_search_rows()
        self.resize_list(len(self._rows))
        if len(before) != len(self._rows):
            self.cursor_row = _kept(before, at, self._rows)
        self.refresh_rows(row for row, (was, now) in enumerate(zip_longest(before, self._rows)) if was != now)

    def draw_row(self, row: int, width: int) -> Strip:
        paper = self.rich_style
        if row == self.cursor_row and self.has_focus:
            paper += self.style("explain--cursor").background_style
        background = paper.background_style
        pieces = self._rows[row].pieces
        drawn = [Segment(text, self.style(f"explain--{style}") + background) for text, style in pieces]
        strip = padded(drawn, 0, width, paper)
        return self.marked(strip, 0, self._rows[row].text, self.style("search--match"))


def _state_text(explanation: Explanation) -> Content:
    """What there is to explain, in a word or two."""
    if explanation.state is State.COMING and explanation.fault:
        return Content.styled("✗ faults next", "not bold $xq-fault")
    if explanation.state is State.FAULTED:
        return Content.styled("✗ faulted", "not bold $xq-fault")
    return Content.styled(explanation.state.value, "not bold $xq-quiet")


def _same(old: Moment, new: Moment) -> bool:
    """Whether two moments have the same to explain."""
    return (
        old.coming is new.coming
        and old.effect is new.effect
        and (old.tick, old.pc, old.status, old.branch) == (new.tick, new.pc, new.status, new.branch)
        and old.cells is new.cells
    )


def _kept(before: Sequence[Row], at: int, now: Sequence[Row]) -> int:
    """The row that is where the cursor was: as far into the same section, or the first one."""
    if at >= len(before):
        return 0
    section = before[at].section
    first = next(row for row, each in enumerate(before) if each.section == section)
    same = [row for row, each in enumerate(now) if each.section == section]
    return same[min(at - first, len(same) - 1)] if same else 0
