"""What opens below: answers of many rows, and the lists of what the session keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from xqdbg.answer import Answer
from xqdbg.moment import Moment
from xqdbg.tui import sheets
from xqdbg.tui.focus import Pointed
from xqdbg.tui.glyphs import HERE
from xqdbg.tui.panes.columns import Columns, measured, tree_prefixes
from xqdbg.tui.panes.counts import times
from xqdbg.tui.panes.line_given import LineGiven
from xqdbg.tui.panes.list_pane import ListPane, clipped, padded
from xqdbg.tui.sheets import TABS, Listed, Sheet, SheetRow, text_sheet

MOST_LOGGED = 10_000
"""Lines of logpoints that are kept."""
LEAST_ROWS = 5
_GUTTER = 2

_LISTS: Mapping[str, Callable[[Moment], Sequence[object]]] = MappingProxyType(
    {
        "stops": lambda moment: moment.breakpoints,
        "marks": lambda moment: moment.bookmarks,
        "branches": lambda moment: moment.branches,
        "pins": lambda moment: moment.pins,
    }
)
"""What the lists are made of."""


class DrawerPane(ListPane):
    """Shows one of several sheets, and turns what is done to their rows into command lines. Knows no session."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "drawer--text",
        "drawer--head",
        "drawer--quiet",
        "drawer--here",
        "drawer--tree",
        "drawer--cursor",
    }
    DEFAULT_CSS = """
    DrawerPane {
        display: none; height: 1fr; overflow-x: hidden;
        &.-open { display: block; }
        & > .drawer--text { color: $foreground; }
        & > .drawer--head { color: $xq-quiet; }
        & > .drawer--quiet { color: $xq-quiet; }
        & > .drawer--here { color: $xq-pc-foreground; text-style: bold; }
        & > .drawer--tree { color: $xq-quiet; }
        & > .drawer--cursor { background: $xq-cursor-background; }
    }
    """
    HINTS: ClassVar[Sequence[tuple[str, str]]] = (
        ("drawer.choose", "go there"),
        ("drawer.left", "other list"),
        ("drawer.delete", "delete"),
        ("drawer.toggle", "on and off"),
        ("escape", "close"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Go there", id="drawer.choose"),
        Binding("space", "switch", "On and off", id="drawer.toggle"),
        Binding("delete,d", "delete", "Delete", id="drawer.delete"),
        Binding("left,h", "turn(-1)", "Previous list", show=False, id="drawer.left"),
        Binding("right,l", "turn(1)", "Next list", show=False, id="drawer.right"),
        Binding("escape,q", "close", "Close"),  # without an id, so that it stays where these keys are commands
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class Left(Message):
        """The user has done with the drawer."""

    def __init__(
        self,
        lines: Mapping[int, int | None] = MappingProxyType({}),
        *,
        most: Callable[[], int] = lambda: 12,
        id: str | None = None,
    ) -> None:
        """Take the source line of each address, and how many rows of the screen the drawer may take."""
        super().__init__(id=id)
        self._lines, self._most = lines, most
        self._number = Content("")
        self._tab = "answer"
        self._rows = LEAST_ROWS
        """Rows it was opened for, its head included."""
        self._answer: Answer | None = None
        self._log: list[str] = []
        self._silent = False
        """Whether the user has closed the log and wants to see no more of it."""
        self._sheet: Sheet = Listed("")
        self._of: object = None
        """What the sheet in view was made of."""
        self._prefixes: Sequence[str] = ()
        self._columns = Columns()

    # -- what is shown ------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether it is in sight."""
        return self.has_class("-open")

    @property
    def tab(self) -> str:
        """Which of TABS is in view."""
        return self._tab

    @property
    def sheet(self) -> Sheet:
        """What is in view."""
        return self._sheet

    @property
    def current(self) -> SheetRow | None:
        """The row under the cursor."""
        return self._sheet.row(self.cursor_row) if self.cursor_row < len(self._sheet) else None

    @property
    def pointed(self) -> Pointed | None:
        """The row under the cursor, and the place it is about."""
        row = self.current
        return None if row is None else Pointed("the row", row.place, row.text)

    def number(self, number: Content) -> None:
        """Show this before the title."""
        self._number = number
        self._title()

    def show_answer(self, answer: Answer) -> None:
        """Open with an answer. More of the one that is in view takes its place, and the cursor stays."""
        goes_on = self._tab == "answer" and self._answer is not None and not self._answer.complete
        goes_on = goes_on and self._answer is not None and answer.columns == self._answer.columns
        self._answer = answer
        self._open("answer", stay=goes_on)
        if not goes_on and self.moment is not None:
            now = self.moment.tick
            self.cursor_row = next((at for at, row in enumerate(answer.rows) if row.tick == now), 0)

    def show_list(self, tab: str) -> None:
        """Open with one of the lists."""
        self._silent = self._silent and tab != "log"
        self._open(tab)

    def tell(self, lines: Sequence[str]) -> None:
        """Open with what logpoints told, these lines last; not over anything else, nor after it was closed."""
        self._log = [*self._log, *lines][-MOST_LOGGED:]
        if self._silent or (self.is_open and self._tab != "log"):
            self._title()
            return
        self._open("log")
        self.cursor_row = len(self._sheet) - 1

    def close(self) -> None:
        """Go out of sight."""
        self._silent = self._silent or self._tab == "log"
        self.remove_class("-open")

    def _open(self, tab: str, *, stay: bool = False) -> None:
        self._tab = tab
        self._show(stay=stay)
        goes_on = self._tab == "answer" and self._answer is not None and not self._answer.complete
        wanted = self._most() if goes_on else len(self._sheet) + self.head_lines
        rows = max(LEAST_ROWS, min(wanted, self._most() - 1), self._rows if self.is_open else 0)
        if rows != self._rows or not self.is_open:
            self._rows = rows
            self.refresh(layout=self.is_open)
        self.add_class("-open")

    def rows_wanted(self, _width: int) -> int:
        """As many rows as it was opened for; never more than it may take."""
        return max(LEAST_ROWS, min(self._rows, self._most() - 1)) + 1 if self.is_open else 0

    def _show(self, *, stay: bool = False) -> None:
        """Take the sheet of the current tab."""
        sheet = self._made(self._tab)
        self._sheet, prefixes = sheet, tree_prefixes(sheet)
        self._prefixes = prefixes
        columns = measured(sheet, prefixes)
        self._columns = self._columns.joined(columns) if stay else columns
        self.head_lines = 1 if any(sheet.columns) or sheet.note else 0
        if not stay:
            self.cursor_row = 0
        self.resize_list(len(sheet))
        if not stay:
            self.reveal(0)
        self._title()
        self.forget_strips()

    def _made(self, tab: str) -> Sheet:
        moment = self.moment
        if tab == "answer":
            self._of = self._answer
            return (
                sheets.answered(self._answer, moment) if self._answer is not None else Listed("Nothing was asked yet")
            )
        if tab == "log":
            self._of = None
            return text_sheet("Log", self._log)
        if moment is None:
            return Listed(tab)
        self._of = _LISTS[tab](moment)
        if tab == "stops":
            return sheets.breakpoints(moment, self._lines)
        make = {"marks": sheets.bookmarks, "branches": sheets.branches, "pins": sheets.pins}[tab]
        return make(moment)

    def watch_moment(self, old: Moment | None, new: Moment | None) -> None:
        if new is None or not self.is_open:
            return
        moved = old is None or (old.tick, old.branch) != (new.tick, new.branch)
        if self._tab in _LISTS and (moved or _LISTS[self._tab](new) is not self._of):
            self._show(stay=True)
        elif moved and isinstance(self._sheet, sheets.Answered):
            self._sheet = replace(self._sheet, moment=new)
            self.forget_strips()
        if old is None or _sizes(old) != _sizes(new):
            self._title()

    def _title(self) -> None:
        rows = len(self._sheet)
        if self._tab == "answer":
            count = "…" if self._answer is not None and not self._answer.complete else ""
        else:
            count = f"  {rows:,}" if rows else ""
        quiet = "not bold $xq-quiet"
        tabs = [
            (f" {name}", "bold $xq-rule-focus" if name == self._tab else quiet)
            for name in TABS
            if name == self._tab or self.holds(name)
        ]
        head = Content.assemble(self._number, clipped(self._sheet.title, self._title_room(tabs, count)), (count, quiet))
        self.entitle(head)
        self.tell_aside(Content.assemble(*tabs) if len(tabs) > 1 else Content(""))

    def _title_room(self, tabs: Sequence[tuple[str, str]], count: str) -> int:
        width = self.outer_size.width or 80
        used = sum(cell_len(text) for text, _ in tabs) + cell_len(count) + self._number.cell_length + 6
        return max(12, width - used)

    def holds(self, tab: str) -> int:
        """How much there is in a tab."""
        if tab == "answer":
            return 1 if self._answer is not None else 0
        if tab == "log":
            return len(self._log)
        things = _LISTS[tab](self.moment) if self.moment is not None else ()
        return len(things) if tab != "branches" or len(things) > 1 else 0

    def on_resize(self) -> None:
        self._title()
        self.forget_strips()

    # -- drawing ------------------------------------------------------------------------------------------------------

    def draw_head(self, y: int, width: int) -> Strip:
        ink = self.style("drawer--head") + self.rich_style.background_style
        text = (
            " " * _GUTTER + self._columns.line(self._sheet.columns, width - _GUTTER) if any(self._sheet.columns) else ""
        )
        note = self._sheet.note
        if note:
            room = width - cell_len(text.rstrip()) - 3
            told = clipped(note, max(room, width // 3))
            text = clipped(text.rstrip(), width - cell_len(told) - 2)
            gap = max(2, width - cell_len(text) - cell_len(told) - 1) if text else _GUTTER
            text += " " * gap + told
        return padded([Segment(text, ink)], 0, width, self.rich_style)

    def draw_row(self, row: int, width: int) -> Strip:
        cursor = row == self.cursor_row
        key = (row, cursor, cursor and self.has_focus, width)
        strip = self._strips.get(key)
        if strip is None:
            paper = self.rich_style
            if cursor and self.has_focus:
                paper += self.style("drawer--cursor").background_style
            strip = self._strips[key] = padded(self._segments(row, paper, width), 0, width, paper)
        return strip

    def _segments(self, at: int, paper: Style, width: int) -> list[Segment]:
        row, background = self._sheet.row(at), paper.background_style
        prefix = self._prefixes[at] if self._prefixes else ""
        ink = self.style("drawer--quiet" if row.quiet else "drawer--here" if row.here else "drawer--text") + background
        text = self._columns.line(row.cells, width - _GUTTER - 1, prefix)
        mark = Segment(HERE + " " if row.here else "  ", self.style("drawer--here") + background)
        if not prefix or prefix not in text:
            return [mark, Segment(text, ink)]
        before, _, after = text.partition(prefix)
        return [
            mark,
            Segment(before, ink),
            Segment(prefix, self.style("drawer--tree") + background),
            Segment(after, ink),
        ]

    # -- what is done to rows -----------------------------------------------------------------------------------------

    def row_clicked(self, row: int, column: int, times: int) -> None:
        super().row_clicked(row, column, times)
        if times == 2:
            self.action_choose()

    def rule_clicked(self, word: str) -> None:
        if word in TABS and (word == self._tab or self.holds(word)):
            self._open(word)

    def _give(self, line: str, *, sure: bool = True) -> None:
        if line:
            self.post_message(LineGiven(line, sure=sure))

    def action_choose(self) -> None:
        if (row := self.current) is not None:
            self._give(row.enter)

    def action_switch(self) -> None:
        if (row := self.current) is not None:
            self._give(row.toggle)

    def action_delete(self) -> None:
        if (row := self.current) is not None:
            self._give(row.delete, sure=not row.careful)

    def action_turn(self, by: int) -> None:
        """To another tab that holds something."""
        names = [name for name in TABS if name == self._tab or self.holds(name)]
        at = (names.index(self._tab) + by * times(self)) % len(names)
        if names[at] != self._tab:
            self._open(names[at])

    def action_close(self) -> None:
        self.post_message(self.Left())


def _sizes(moment: Moment) -> tuple[int, ...]:
    return tuple(len(things(moment)) for things in _LISTS.values())
