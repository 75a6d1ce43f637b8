"""Panes whose rule names them on its left and says something of what they show on its right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from xqdbg.tui.plain_lines import PlainlyDrawn

LEAST_TAIL = 4
"""Columns below which a shortened name is not worth showing."""
_GAP = 2
"""Columns of rule between the left and the right, at least."""
_BETWEEN = "  "


class Titled(PlainlyDrawn):
    """A pane with a rule above it."""

    _rule_name: tuple[Content, str] = (Content(""), "")
    _rule_aside: Sequence[Content] = ()
    _rule_drawn: tuple[object, ...] = ()
    _measures: tuple[Size, Region, Offset] | None = None
    """What does not change while lines are drawn, and takes longer to find out than one of them."""

    def render_lines(self, crop: Region) -> list[Strip]:
        self._measures = super().size, super().scrollable_content_region, super().scroll_offset
        try:
            return super().render_lines(crop)
        finally:
            self._measures = None

    @property
    def size(self) -> Size:
        """Columns and rows of the content, scrollbars left out."""
        return super().size if self._measures is None else self._measures[0]

    @property
    def scrollable_content_region(self) -> Region:
        """The content without scrollbars, within the pane."""
        return super().scrollable_content_region if self._measures is None else self._measures[1]

    @property
    def scroll_offset(self) -> Offset:
        """The column and the row of what it shows that are at its left and its top."""
        return super().scroll_offset if self._measures is None else self._measures[2]

    def entitle(self, head: Content, tail: str = "") -> None:
        """Name the pane; `tail` may be cut off at its beginning."""
        self._rule_name = (head, tail)
        self._draw_rule()

    def retitle(self, tail: str) -> None:
        """Keep the name and say something else behind it."""
        self.entitle(self._rule_name[0], tail)

    def tell_aside(self, *parts: Content) -> None:
        """Say this at the right end of the rule, as much of it as fits; the first part matters most."""
        self._rule_aside = parts
        self._draw_rule()

    def on_resize(self) -> None:
        self._draw_rule()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._draw_rule()

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        self._draw_rule()

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        self._draw_rule()

    @property
    def is_lit(self) -> bool:
        """Whether the rule is drawn as that of the pane in use."""
        return self.has_focus_within

    class Enlarged(Message):
        """The user wants to see more of a pane, or less of it again."""

        def __init__(self, pane: Widget) -> None:
            super().__init__()
            self.pane = pane

    def on_click(self, event: events.Click) -> None:
        """A click on the rule: a word of it may mean something; a double click gives the pane the whole screen."""
        if event.screen_offset.y != self.region.y or self.region.y == self.content_region.y:
            return
        event.stop()
        if event.chain == 2:
            self.post_message(self.Enlarged(self))
        elif event.chain == 1 and (word := self._word_at(event.screen_offset.x - self.region.x)):
            self.rule_clicked(word)

    def rule_clicked(self, _word: str) -> None:
        """A word of the rule was clicked."""

    def _word_at(self, column: int) -> str:
        """The word of the rule in a column of the pane."""
        title = self._border_title
        text = " " + ("" if title is None else title.plain)
        if not 0 <= column < len(text) or text[column].isspace():
            return ""
        start, stop = text.rfind(" ", 0, column) + 1, text.find(" ", column)
        return text[start : stop if stop >= 0 else len(text)].strip("─━")

    def _draw_rule(self) -> None:
        """Set the title anew, if it would look different."""
        width = self.outer_size.width - 2
        head, tail = self._rule_name
        aside = self._rule_aside if head.cell_length + LEAST_TAIL < width else ()
        looks = [(part.plain, *part.spans) for part in (head, *aside)]  # contents are equal whatever their colours
        drawn = (*looks, tail, width, self.is_lit)
        if drawn == self._rule_drawn:
            return
        self._rule_drawn = drawn
        title = rule(head, tail, aside, width, self.is_lit)
        if not self.is_mounted:
            self.border_title = title
            return
        self._border_title = title  # setting it by its public name draws the whole pane anew
        left, top = self.content_offset
        self.refresh(Region(-left, -top, self.outer_size.width, 1))


def rule(head: Content, tail: str, aside: Sequence[Content], width: int, focused: bool) -> Content:
    """The text of a rule `width` columns wide: name on the left, asides on the right, line between them."""
    right = _fitting(aside, width - head.cell_length - _GAP)
    room = width - head.cell_length - (right.cell_length + _GAP if right.cell_length else 0)
    left = head + Content(_shortened(tail, room))
    if not right.cell_length:
        return left
    line = ("━" if focused else "─") * (width - left.cell_length - right.cell_length - 1)
    ink = "not bold $xq-rule-focus" if focused else "not bold $xq-rule"
    return Content.assemble(left, (line + " ", ink), right)


def _fitting(parts: Sequence[Content], room: int) -> Content:
    """As many of the parts as fit, from the first on; the first is cut off if it alone is too long."""
    taken: list[Content] = []
    for part in parts:
        if Content(_BETWEEN).join([*taken, part]).cell_length <= room:
            taken.append(part)
    if not taken and parts and room > 0:
        return parts[0].truncate(room, ellipsis=True)
    return Content(_BETWEEN).join(taken)


def _shortened(text: str, room: int) -> str:
    """The end of a text where there is no room for all of it, from a part of a path on; nothing if it would be less."""
    if cell_len(text) <= room:
        return text
    blanks = " " * (len(text) - len(text.lstrip()))
    if room < len(blanks) + LEAST_TAIL:
        return ""
    end = text.lstrip()
    for part in re.finditer(r"[/:\\]", end):
        if LEAST_TAIL <= cell_len(end[part.end() :]) <= room - len(blanks):
            return blanks + end[part.end() :]
    while cell_len(end) > room - len(blanks) - 1:
        end = end[1:]
    return f"{blanks}…{end}"
