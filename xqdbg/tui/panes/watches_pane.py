"""Expressions that are evaluated at every moment; out of sight while there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip

from vm.values import dataclass
from xqdbg.copying import forms
from xqdbg.moment import Moment, Watch
from xqdbg.numerals import Base, numeral
from xqdbg.tui.focus import Pointed
from xqdbg.tui.listing import shown
from xqdbg.tui.marks import LEGEND, NO_MARK, Mark, Marks
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.list_pane import ListPane, clipped, padded

MOST_ROWS = 8
"""Rows the pane grows to by itself."""
_LEAST_VALUE = 8
"""Columns of a value that a long expression leaves."""
_LEAST_TREND, _MOST_TREND = 3, 12
"""Columns of a curve of the values seen."""
_MOST_SEEN = 256
"""Moments whose values are remembered."""
_LEVELS = "▁▂▃▄▅▆▇"


@dataclass(frozen=True, slots=True)
class _Look:
    """All that is drawn of a row."""

    expression: str
    text: str
    mark: Mark
    trend: str
    columns: int
    has_cursor: bool


class WatchesPane(ListPane):
    """Shows the watches of the moment."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "watches--expression",
        "watches--value",
        "watches--changed",
        "watches--coming",
        "watches--trend",
        "watches--cursor",
    }
    DEFAULT_CSS = """
    WatchesPane {
        display: none; height: 1fr; overflow-x: hidden;
        &.-some { display: block; }
        & > .watches--expression { color: $xq-quiet; }
        & > .watches--value { color: $xq-int; }
        & > .watches--changed { color: $xq-changed; text-style: bold; }
        & > .watches--coming { color: $xq-coming-write; }
        & > .watches--trend { color: $xq-quiet; }
        & > .watches--cursor { background: $xq-cursor-background; }
    }
    """
    HELP = f"What stands before an expression: {LEGEND}. At the right, numbers at the moments seen, by tick."
    HINTS: ClassVar[Sequence[tuple[str, str]]] = (
        ("at.why", "why"),
        ("watches.delete", "delete"),
        ("watches.base", "base"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,d", "delete", "Delete", id="watches.delete"),
        Binding("number_sign", "base", "Base", key_display="#", show=False, id="watches.base",
                tooltip="Show numbers in decimal, hexadecimal or binary."),
    ]  # fmt: skip

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._watches: Sequence[Watch] = ()
        self._columns = 0
        """Width of the widest expression."""
        self.base = Base.DECIMAL
        self._marks: Marks | None = None
        self._seen: dict[int, dict[int, int]] = {}
        """Numbers by tick, for each watch that has had some on this branch of this program."""
        self._drawn: dict[int, _Look] = {}

    @property
    def current(self) -> Watch | None:
        """The watch under the cursor."""
        return self._watches[self.cursor_row] if self.cursor_row < len(self._watches) else None

    @property
    def pointed(self) -> Pointed | None:
        """The watch under the cursor, and its expression, which may be a place."""
        watch = self.current
        if watch is None:
            return None
        found = () if watch.value is None else forms(watch.value, watch.text)
        return Pointed(watch.expression, watch.expression, self._text(watch), forms=found)

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if new is None:
            return
        if old is None or old.branch != new.branch or old.program is not new.program:
            self._seen.clear()
        rows = len(new.watches)
        if rows != len(self._watches):
            self.set_class(rows > 0, "-some")
            self.refresh(layout=True)
        self._watches = new.watches
        self._columns = max((cell_len(shown(watch.expression)) for watch in self._watches), default=0)
        self._marks = Marks(new, self.base) if self._watches else None
        self._note(new.tick)
        self.resize_list(rows)
        self.refresh_rows([row for row in self.rows_in_sight if self._drawn.get(row) != self._look(row)])

    def _note(self, tick: int) -> None:
        """Remember the numbers of this moment; those of watches that are gone are forgotten."""
        self._seen = {watch.number: self._seen.get(watch.number, {}) for watch in self._watches}
        for watch in self._watches:
            if watch.value is not None:
                seen = self._seen[watch.number]
                seen[tick] = watch.value
                while len(seen) > _MOST_SEEN:
                    del seen[next(iter(seen))]

    def rows_wanted(self, _width: int) -> int:
        """A row each, up to a few."""
        rows = len(self._watches)
        return min(rows, MOST_ROWS) + 1 if rows else 0

    # The picture

    def _text(self, watch: Watch) -> str:
        return watch.text if watch.value is None else numeral(watch.value, self.base)

    def _look(self, row: int) -> _Look:
        watch = self._watches[row]
        cursor = row == self.cursor_row and self.has_focus
        expression, text = shown(watch.expression), shown(self._text(watch))
        return _Look(expression, text, self._mark(watch), self._trend(watch), self._columns, cursor)

    def _mark(self, watch: Watch) -> Mark:
        if self._marks is None:
            return NO_MARK
        return self._marks.of_entry(watch.place, differs=watch.changed)

    def _trend(self, watch: Watch) -> str:
        """How the number went at the moments seen up to now, in the order of the run; empty while it stays the same."""
        moment, seen = self.moment, self._seen.get(watch.number, {})
        if moment is None or watch.value is None:
            return ""
        return curve([seen[tick] for tick in sorted(seen) if tick <= moment.tick][-_MOST_TREND:])

    def draw_row(self, row: int, width: int) -> Strip:
        look = self._drawn[row] = self._look(row)
        paper = self.rich_style
        if look.has_cursor:
            paper += self.style("watches--cursor").background_style
        return padded(self._segments(look, width, paper.background_style), 0, width, paper)

    def _segments(self, look: _Look, width: int, ground: Style) -> list[Segment]:
        mark = look.mark
        changed, coming = self.style("watches--changed") + ground, self.style("watches--coming") + ground
        name_columns = max(1, min(look.columns, width - 4 - _LEAST_VALUE))
        name = set_cell_size(clipped(look.expression, name_columns), name_columns)
        room = width - 4 - name_columns
        arrow = f" {shown(mark.arrow)}" if mark.arrow else ""
        if cell_len(look.text) + cell_len(arrow) > room:
            arrow = ""
        text = clipped(look.text, room - cell_len(arrow))
        segments = [
            Segment(mark.past, changed),
            Segment(mark.coming, coming),
            Segment(name + "  ", self.style("watches--expression") + ground),
            Segment(text, changed if mark.past != " " else self.style("watches--value") + ground),
            Segment(arrow, coming),
        ]
        left = room - cell_len(text) - cell_len(arrow)
        if (trend := look.trend[-max(0, left - 3) :] if left > 3 else "") and len(trend) >= _LEAST_TREND:
            blank = Segment(" " * (left - len(trend) - 1), ground)
            segments += [blank, Segment(trend, self.style("watches--trend") + ground)]
        return segments

    # What the user does

    def action_delete(self) -> None:
        if (watch := self.current) is not None:
            self.post_message(LineGiven(f"undisplay {watch.number}"))

    def action_base(self) -> None:
        self.base = self.base.next
        if self.moment is not None:
            self._marks = Marks(self.moment, self.base)
        self.tell_aside(*([Content(self.base.value)] if self.base is not Base.DECIMAL else []))
        self.refresh()


def curve(numbers: Sequence[int]) -> str:
    """Numbers as columns, the least one low and the greatest one high; empty where all are the same."""
    low, high = (min(numbers), max(numbers)) if numbers else (0, 0)
    if low == high:
        return ""
    top = len(_LEVELS) - 1
    return "".join(_LEVELS[(number - low) * top // (high - low)] for number in numbers)
