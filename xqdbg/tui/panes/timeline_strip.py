"""The whole run as one line: where one is, what is known, what was marked."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from xqdbg.moment import Moment
from xqdbg.tui.panes.counts import times
from xqdbg.tui.panes.timeline_marks import KINDS, Mark, Scale, extent, is_complete, marks, scale_of

HERE, PAST, KNOWN, UNKNOWN = "◆", "━", "─", "┄"
LABEL_COLUMNS = 5
"""Width of the percentage at the right end."""
FAR = 10
"""Columns that a shifted arrow goes."""


class TimelineStrip(Widget, can_focus=True):
    """Shows the run from left to right and lets the user move along it. Knows no session."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "time--past",
        "time--known",
        "time--unknown",
        "time--here",
        "time--label",
        *(f"time--{kind}" for kind in KINDS),
    }
    DEFAULT_CSS = """
    TimelineStrip {
        height: 1; padding: 0 1; background: $panel;
        & > .time--past { color: $xq-time-past; }
        & > .time--known { color: $xq-time-known; }
        & > .time--unknown { color: $xq-rule; }
        & > .time--here { color: $xq-time-here; text-style: bold; }
        & > .time--label { color: $xq-quiet; }
        & > .time--end { color: $xq-ready; text-style: bold; }
        & > .time--fault { color: $xq-fault; text-style: bold; }
        & > .time--pin { color: $xq-finding; text-style: bold; }
        & > .time--bookmark { color: $xq-bookmark; text-style: bold; }
        & > .time--branch { color: $xq-slice; text-style: bold; }
        & > .time--hit { color: $xq-breakpoint; }
        & > .time--stop { color: $xq-quiet; }
        &:focus > .time--label { color: $xq-rule-focus; text-style: bold; }
        &:focus > .time--here { color: $background; background: $xq-time-here; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "scrub(-1)", "Earlier", show=False, id="timeline.left"),
        Binding("right,l", "scrub(1)", "Later", show=False, id="timeline.right"),
        Binding("shift+left,ctrl+left", f"scrub(-{FAR})", "Much earlier", show=False, id="timeline.far_left"),
        Binding("shift+right,ctrl+right", f"scrub({FAR})", "Much later", show=False, id="timeline.far_right"),
        Binding("up,k", "mark(-1)", "Previous mark", show=False, id="timeline.previous"),
        Binding("down,j", "mark(1)", "Next mark", show=False, id="timeline.next"),
        Binding("home", "edge(-1)", "Start", show=False, id="timeline.home"),
        Binding("end", "edge(1)", "End", show=False, id="timeline.end"),
        Binding("enter", "go", "Go to the mark here", show=False, id="timeline.go"),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class TickWanted(Message):
        """The user wants to be at a tick. Who is late may leave out all but the latest."""

        def __init__(self, tick: int) -> None:
            super().__init__()
            self.tick = tick

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TimelineStrip.TickWanted)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._aim: int | None = None
        """Where the user wants to be, until a moment of there arrives."""
        self._scale = Scale(1, 2)
        self._marks: Mapping[int, Mark] = {}
        self._marked: tuple[object, ...] = ()
        """All that the marks depend on, as it was when they were found."""
        self._styles: dict[str, Style] = {}

    @property
    def here(self) -> int:
        """The tick the strip shows as now: where the user is, or wants to be."""
        return self._aim if self._aim is not None else self.moment.tick if self.moment is not None else 0

    # -- from moment to picture ---------------------------------------------------------------------------------------

    def watch_moment(self, _old: Moment | None, new: Moment | None) -> None:
        if new is not None:
            if self._aim == new.tick or self._aim is None or not 0 <= self._aim <= extent(new):
                self._aim = None
            self._look_again(new)
        self.refresh()

    def arrived(self, sought: int) -> None:
        """Whoever was asked has done with this tick: if it was the latest wish, show where one is."""
        if self._aim == sought:
            self._aim = None
            self.refresh()

    def on_resize(self) -> None:
        if self.moment is not None:
            self._look_again(self.moment)
        self.refresh()

    def _look_again(self, moment: Moment) -> None:
        """Find the marks anew if they can be others."""
        columns = max(2, self.size.width - LABEL_COLUMNS)
        things = (moment.bookmarks, moment.pins, moment.branches, moment.breakpoints, moment.visits)
        depends = (columns, moment.branch, extent(moment), is_complete(moment), *map(id, things))
        if depends != self._marked:
            self._marked, self._kept = depends, things
            self._scale = scale_of(moment, columns)
            self._marks = marks(moment, self._scale)

    _kept: tuple[object, ...] = ()
    """Keeps alive what is told apart by its identity."""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self.moment is None or y > 0 or width <= LABEL_COLUMNS:
            return Strip.blank(width, self.rich_style)
        columns, known, here = width - LABEL_COLUMNS, self._scale.columns, self._scale.column(self.here)
        segments: list[Segment] = []
        edges = sorted({0, here, here + 1, known, columns, *(c for at in self._marks for c in (at, at + 1))})
        for start, stop in pairwise(edges):
            segments.append(self._piece(start, min(stop, columns), here))
        segments.append(Segment(self._label().rjust(LABEL_COLUMNS), self._ink("label")))
        return Strip(segments).crop_extend(0, width, self.rich_style)

    def _piece(self, start: int, stop: int, here: int) -> Segment:
        """Columns that look alike."""
        if start == here:
            return Segment(HERE * (stop - start), self._ink("here"))
        if (mark := self._marks.get(start)) is not None:
            return Segment(mark.glyph, self._ink(mark.kind))
        if start >= self._scale.columns:
            return Segment(UNKNOWN * (stop - start), self._ink("unknown"))
        return Segment(
            (PAST if stop <= here else KNOWN) * (stop - start), self._ink("past" if stop <= here else "known")
        )

    def _label(self) -> str:
        """How much of the run lies behind."""
        if self.moment is None or not is_complete(self.moment):
            return "…"
        return f"{100 * self.here // extent(self.moment)}%"

    def _ink(self, name: str) -> Style:
        found = self._styles.get(name)
        if found is None:
            found = self._styles[name] = self.rich_style + self.get_component_rich_style(f"time--{name}", partial=True)
        return found

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def on_focus(self) -> None:
        self._styles.clear()
        self.refresh()

    def on_blur(self) -> None:
        self._styles.clear()
        self.refresh()

    # -- moving along -------------------------------------------------------------------------------------------------

    def _go(self, tick: int) -> None:
        if self.moment is None:
            return
        self._aim = max(0, min(tick, extent(self.moment)))
        self.refresh()
        self.post_message(self.TickWanted(self._aim))

    def action_scrub(self, columns: int) -> None:
        self._go(self.here + round(columns * times(self) * self._scale.stride))

    def action_mark(self, direction: int) -> None:
        """To the next thing that is marked."""
        ticks = sorted({mark.tick for mark in self._marks.values()} | {0})
        beyond = [tick for tick in ticks if (tick - self.here) * direction > 0]
        if beyond:
            number = min(times(self), len(beyond))
            self._go(beyond[number - 1] if direction > 0 else beyond[-number])

    def action_edge(self, direction: int) -> None:
        if self.moment is not None:
            self._go(0 if direction < 0 else extent(self.moment))

    def action_go(self) -> None:
        """To the very tick of the mark in this column."""
        mark = self._marks.get(self._scale.column(self.here))
        self._go(self.here if mark is None else mark.tick)

    # -- mouse --------------------------------------------------------------------------------------------------------

    def _column_at(self, event: events.MouseEvent) -> int:
        return max(0, min(event.x - self.styles.padding.left, self._scale.columns - 1))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        self.capture_mouse()
        self._go_to_column(self._column_at(event))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        event.stop()
        self.release_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        column = self._column_at(event)
        if event.button and self.app.mouse_captured is self:
            self._go_to_column(column)
        told = self._told(column)
        if self.tooltip != told:
            self.tooltip = told

    def _go_to_column(self, column: int) -> None:
        mark = self._marks.get(column)
        tick = self._scale.first(column) if mark is None else mark.tick
        if tick != self.here:
            self._go(tick)

    def _told(self, column: int) -> str:
        """A column in words."""
        mark = self._marks.get(column)
        return f"tick {self._scale.first(column):,}" if mark is None else f"tick {mark.tick:,}: {mark.text}"
