"""Finding and replacing, and going to a line: the questions of the bar that are about the text alone."""

from __future__ import annotations

from collections.abc import Callable

from textual.document._document import Selection

from xqdbg.tui.editor.area import Area
from xqdbg.tui.editor.ask_bar import AskBar
from xqdbg.tui.editor.finding import next_place, number_of, places, replaced_everywhere
from xqdbg.tui.listing import shown

FIND, REPLACE, LINE = "find", "replace", "line"
"""What the bar asks for."""
_MOST_DIGITS = 9


class Search:
    """Answers the bar."""

    def __init__(self, area: Area, bar: AskBar, go_to: Callable[[int], object], told: Callable[[str], object]) -> None:
        """Take how to go to a line, and whom to tell what was done."""
        self._area, self._bar, self._go_to, self._told = area, bar, go_to, told
        self._needle = ""
        """What was looked for last."""

    def ask_for_text(self) -> None:
        """Ask what to find: what is selected, or what was looked for last."""
        selected = self._area.selected_text
        needle = selected if selected and "\n" not in selected else self._needle
        self._bar.ask(FIND, "find", needle, "enter next · ↑ previous · ^r replace · esc closes")
        self._needle = needle
        self._area.seek(needle)

    def ask_for_line(self) -> None:
        """Ask which line to go to."""
        self._bar.ask(LINE, "go to line", "", f"1 to {self._area.document.line_count:,}")

    def again(self, by: int) -> None:
        """To the next place, or to the one before."""
        if self._needle:
            self._go(by)
        else:
            self.ask_for_text()

    def typed(self, kind: str, text: str) -> None:
        """The answer is being typed."""
        if kind == FIND:
            self._needle = text
            self._area.seek(text)
            self.recount()

    def recount(self) -> None:
        """Tell how often it is found, if that is being asked."""
        if self._bar.kind != FIND or not self._needle:
            return
        found = places(self._area.lines.lines, self._needle)
        self._bar.tell(f"{len(found):,} found" if found else "not found", error=not found)

    def given(self, kind: str, text: str) -> bool:
        """The answer is given. Whether that is all, and the bar is to be closed."""
        if kind == LINE:
            return self._line_given(text)
        if kind == FIND:
            self._needle = text
        elif kind == REPLACE:
            self._replace_one(text)
        self._go(1)
        return False

    def went_on(self, kind: str, by: int, text: str) -> bool:
        """A key about what was found: 1 next, -1 previous, 2 replace, 3 all. Whether the bar is to be closed."""
        if kind == FIND:
            self._needle = text
        if by in (1, -1):
            self._go(by)
        elif kind == FIND and by == 2 and text:
            self._bar.ask(REPLACE, f"replace {shown(text)} by", "", "enter this one · ^a all · ↓ skip · esc leaves")
            if not self._is_at_place():
                self._go(1)
        elif kind == REPLACE and by == 3:
            self._replace_all(text)
            return True
        return False

    def _go(self, by: int) -> None:
        found = places(self._area.lines.lines, self._needle)
        start, end = sorted(self._area.selection)
        there = next_place(found, start, end, by)
        self._area.seek(self._needle)
        if there is None:
            self._say("not found" if self._needle else "there is nothing to find", error=True)
            return
        at, (first, last) = there
        self._area.selection = Selection(first, last)
        self._area.scroll_cursor_visible(center=True)
        self._say(f"{at + 1:,} of {len(found):,}")

    def _say(self, note: str, *, error: bool = False) -> None:
        if self._bar.kind:
            self._bar.tell(note, error=error)
        else:
            self._told(f"{shown(self._needle)}: {note}")

    def _is_at_place(self) -> bool:
        start, end = sorted(self._area.selection)
        return bool(number_of(places(self._area.lines.lines, self._needle), (start, end)))

    def _replace_one(self, new: str) -> None:
        if self._is_at_place():
            start, end = sorted(self._area.selection)
            self._area.replace(new, start, end, maintain_selection_offset=False)

    def _replace_all(self, new: str) -> None:
        text, times = replaced_everywhere(self._area.text, self._needle, new)
        self._area.take_over(text)
        self._told("replaced once" if times == 1 else f"replaced {times:,} times")

    def _line_given(self, text: str) -> bool:
        number = text.strip().replace(",", "")
        if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
            self._bar.tell(f"{text[:20]!a} is no line", error=True)
            return False
        self._go_to(max(1, min(int(number), self._area.document.line_count)))
        return True
