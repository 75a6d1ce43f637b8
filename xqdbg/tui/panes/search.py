"""Finding text in the rows of a pane: an incremental search with its field in the last line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.strip import Strip

from vm.diagnostics import printable
from xqdbg.tui.panes.counts import times
from xqdbg.tui.panes.list_pane import ListPane, clipped, restyled

MOST_TYPED = 100
"""Characters that are searched for."""
MOST_FOUND = 20_000
"""Rows that are found; beyond so many nobody goes from one to the next."""


class Matches:
    """The rows of a text that have something in them: as it is, or in any case if it is all in lower case."""

    def __init__(self, rows: Sequence[str]) -> None:
        self._text = "\n" + "\n".join(rows)
        self._lower = self._text.lower()

    def of(self, wanted: str) -> Sequence[int]:
        """Numbers of the rows, ascending; at most MOST_FOUND."""
        found: list[int] = []
        text = self._text if _is_exact(wanted) else self._lower
        row, at = -1, -1
        while wanted and len(found) < MOST_FOUND and (hit := text.find(wanted, at + 1)) >= 0:
            row += text.count("\n", at + 1, hit)
            found.append(row)
            at = text.find("\n", hit)
            if at < 0:
                break
            at -= 1  # the line end counts for the next hit
        return found


def spots(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Where something is in one row: first character, and the one behind."""
    if not _is_exact(wanted) and len(lower := text.lower()) == len(text):
        text = lower
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + len(wanted))


def _is_exact(wanted: str) -> bool:
    return wanted != wanted.lower()


class SearchedPane(ListPane):
    """A list in which one can search: `/` types, `.` and `,` go on. Subclasses tell what is in their rows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"search--prompt", "search--hint", "search--match"}
    DEFAULT_CSS = """
    SearchedPane {
        & > .search--prompt { color: $xq-rule-focus; text-style: bold; }
        & > .search--hint { color: $xq-quiet; }
        & > .search--match { background: $xq-match; text-style: underline; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", id="search.open"),
        Binding("full_stop", "match(1)", "Next match", show=False, id="search.next"),
        Binding("comma", "match(-1)", "Previous match", show=False, id="search.previous"),
    ]

    is_typing = False
    """Whether keys are characters of what is searched for."""
    wanted = ""
    """What is searched for; empty without a search."""
    _found: Sequence[int] = ()
    _matches: Matches | None = None
    _origin = (0, 0)
    """Where one was when the search began: the row, and the one at the top."""
    _wrapped = ""
    _match: int | None = None
    """The row the search has led to."""

    def search_rows(self) -> Sequence[str]:
        """The text of every row. Implemented by subclasses."""
        raise NotImplementedError

    def search_told(self) -> None:
        """The search has come to something else, to be told in the rule. Implemented by subclasses."""

    def forget_search_rows(self) -> None:
        """The rows are others now: search them anew, staying where one is."""
        self._matches, self._found = None, ()
        if self.wanted:
            self._find_all()
            self._match = None

    # -- what is found ------------------------------------------------------------------------------------------------

    def _find_all(self) -> None:
        if self._matches is None:
            self._matches = Matches(self.search_rows())
        self._found = self._matches.of(self.wanted)

    def search_aside(self) -> Content | None:
        """`/load  3 of 17`, for the rule; None without a search."""
        if not self.wanted:
            return None
        name = Content.styled(f"/{printable(self.wanted)}", "not bold $xq-register")
        return Content.assemble(name, (f"  {self._number()}{self._wrapped}", "not bold $xq-title"))

    def _number(self) -> str:
        count = f"{len(self._found):,}" + ("+" if len(self._found) == MOST_FOUND else "")
        if not self._found:
            return "not found"
        if self._match != self.cursor_row:
            return f"{count} line{'' if len(self._found) == 1 else 's'}"
        return f"{bisect_left(self._found, self.cursor_row) + 1:,} of {count}"

    def marked(self, strip: Strip, start: int, text: str, style: Style) -> Strip:
        """A row whose text begins at character `start` of the strip, with what was found in it in a style."""
        for low, high in spots(text, self.wanted) if self.wanted else ():
            strip = restyled(strip, start + low, start + high, style)
        return strip

    def _go(self, row: int, direction: int, *, here: bool) -> None:
        """To the nearest match from a row on, the other way around if there is none further on."""
        self._wrapped = ""
        if not self._found:
            return
        if direction > 0:
            at = (bisect_left if here else bisect_right)(self._found, row)
        else:
            at = bisect_left(self._found, row) - 1
        if not 0 <= at < len(self._found):
            self._wrapped = " · from the top" if direction > 0 else " · from the end"
        self._match = self._found[at % len(self._found)]
        self.cursor_row = self._match
        self.reveal(self.cursor_row)

    def action_match(self, direction: int) -> None:
        """To the next row with a match, or the one before."""
        count = times(self)
        for _ in range(min(count, max(1, len(self._found)))):
            self._go(self.cursor_row, direction, here=False)
        self.search_told()

    # -- the field ----------------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Type what to search for."""
        self._origin = self.cursor_row, self.scroll_offset.y
        rows = self.row_count
        self.is_typing, self.foot_lines = True, 1
        self.resize_list(rows, self.virtual_size.width)
        self._typed("")

    def _typed(self, wanted: str) -> None:
        self.wanted = wanted[:MOST_TYPED]
        self._find_all()
        self._match = None
        if self._found:
            self._go(self._origin[0], 1, here=True)
        else:
            self._return()
        self.forget_strips()
        self.search_told()

    def _return(self) -> None:
        row, top = self._origin
        self.cursor_row = row
        self.scroll_to(y=top, animate=False, immediate=True, force=True)

    def _close(self) -> None:
        rows = self.row_count
        self.is_typing, self.foot_lines = False, 0
        self.resize_list(rows, self.virtual_size.width)
        self.forget_strips()
        self.search_told()

    def end_search(self) -> None:
        """Search for nothing any more."""
        self.wanted, self._found, self._wrapped, self._match = "", (), "", None
        self.forget_strips()
        self.search_told()

    def on_key(self, event: events.Key) -> None:
        if not self.is_typing:
            if event.key == "escape" and self.wanted:
                event.stop()
                self.end_search()
            return
        event.stop()
        event.prevent_default()
        match event.key:
            case "escape" | "ctrl+c":
                self._return()
                self.end_search()
                self._close()
            case "enter":
                self._close()
            case "backspace" if not self.wanted:
                self._return()
                self._close()
            case "backspace":
                self._typed(self.wanted[:-1])
            case "ctrl+u":
                self._typed("")
            case "down" | "up":
                self._go(self.cursor_row, 1 if event.key == "down" else -1, here=False)
                self.search_told()
            case _ if event.character is not None and event.is_printable:
                self._typed(self.wanted + event.character)

    def on_paste(self, event: events.Paste) -> None:
        if self.is_typing:
            event.stop()
            first = event.text.splitlines()[:1]
            self._typed(self.wanted + "".join(each for part in first for each in part if each.isprintable()))

    def on_blur(self) -> None:
        if self.is_typing:
            self._close()

    def draw_foot(self, width: int) -> Strip:
        """The field: what is typed, a cursor, and how to leave it."""
        background = self.rich_style
        typed = printable(self.wanted)
        hint = "  enter keeps it, esc leaves"
        while cell_len(typed) > max(0, width - 2):
            typed = typed[1:]
        room = width - cell_len(typed) - 2
        reverse = background + Style(reverse=True)
        field = [Segment("/", background + self.style("search--prompt")), Segment(typed, background)]
        rest = [Segment(" ", reverse), Segment(clipped(hint, max(0, room)), background + self.style("search--hint"))]
        return Strip([*field, *rest]).crop_extend(0, width, background)
