"""The whole run as one line: where one is, what is known, what was marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from vm.contract import Line
from vm.diagnostics import printable
from vm.isa import Isa
from xqdbg.marks import Scale, outermost_loops
from xqdbg.moment import Moment
from xqdbg.tui.panes.counts import times
from xqdbg.tui.panes.list_pane import clipped
from xqdbg.tui.panes.timeline_marks import (
    KINDS,
    LEAST_SPAN,
    WRITES,
    Mark,
    extent,
    is_complete,
    marks,
    scale_of,
    told,
)

HERE, PAST, KNOWN, UNKNOWN = "◆", "━", "─", "┄"
LABEL_COLUMNS = 5
"""Width of the percentage at the right end."""
FAR = 10
"""Columns that a shifted arrow goes."""
NAME_COLUMNS = 16
"""Width of the name of what is counted, left of the percentage."""
ROOMY = 100
"""Columns from which on there is room for it."""
SPACIOUS = 60
"""Columns from which on there is room to tell which part is in sight."""


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
        & > .time--write { color: $xq-changed; }
        & > .time--output { color: $xq-vec; text-style: bold; }
        & > .time--round { color: $xq-loop; }
        &:focus > .time--label { color: $xq-rule-focus; text-style: bold; }
        &:focus > .time--here { color: $background; background: $xq-time-here; }
    }
    """
    HINTS: ClassVar[Sequence[tuple[str, str]]] = (
        ("timeline.left", "back"),
        ("timeline.right", "on"),
        ("timeline.previous", "mark"),
        ("timeline.next", "next mark"),
        ("timeline.in", "closer"),
        ("timeline.out", "farther"),
    )
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
        Binding("plus", "zoom(1)", "Zoom in", show=False, id="timeline.in"),
        Binding("minus", "zoom(-1)", "Zoom out", show=False, id="timeline.out"),
    ]

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    class TickWanted(Message):
        """The user wants to be at a tick. Who is late may leave out all but the latest."""

        def __init__(self, tick: int, gesture: int = 0) -> None:
            super().__init__()
            self.tick = tick
            self.gesture = gesture
            """The same for all ticks of one way, such as while a button of the mouse is held."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TimelineStrip.TickWanted)

    class MarksWanted(Message):
        """The strip wants to know how often a place is written in each of its columns."""

        def __init__(self, scale: Scale, place: str) -> None:
            super().__init__()
            self.scale, self.place = scale, place

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TimelineStrip.MarksWanted)

    def __init__(self, isa: Isa | None = None, code: Sequence[Line] = (), *, id: str | None = None) -> None:
        """`isa` and `code` tell where the program's loops go around."""
        super().__init__(id=id)
        self._isa = isa
        self._program = 0
        """Which program of the session the loops are of."""
        self._loops = () if isa is None else outermost_loops(code, isa)
        self._place = ""
        """What writes are counted to."""
        self._rounds: Sequence[int] = self._loops
        """Where the loop in focus goes around."""
        self.asked: tuple[Scale, str, str] | None = None
        """What was asked for last: how the run is laid out, the place, and the branch."""
        self._zoom = 0
        self._gesture = 0
        self._sought = -1
        self._aim: int | None = None
        """Where the user wants to be, until a moment of there arrives."""
        self._scale = Scale(1, 2)
        self._marks: Mapping[int, Sequence[Mark]] = {}
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
            if new.tick != self._sought:
                self._sought, self._gesture = -1, self._gesture + 1  # the user has moved by other means
            if self._isa is not None and new.program is not None and new.program.number != self._program:
                self._program, self._loops = new.program.number, outermost_loops(new.program.code, self._isa)
            self._look_again(new)
        self.refresh()

    def attend(self, place: str) -> None:
        """Show the writes to a place from now on, or how the loop of that name goes around; of nothing for ""."""
        if place != self._place:
            self._place = place
            if self.moment is not None:
                self._look_again(self.moment)
            self.refresh()

    def _loop_entry(self, moment: Moment) -> int | None:
        """Where the open loop that is attended to goes around."""
        for cells in moment.cells.values():
            names = sorted(cell.name for cell in cells if cell.kind == "loop")
            loops = [nest.entry for nest in moment.nests if nest.kind == "loop"]
            if self._place in names and len(names) == len(loops):
                return loops[names.index(self._place)]
        return None

    def arrived(self, sought: int) -> None:
        """Whoever was asked has done with this tick: if it was the latest wish, show where one is."""
        if self._aim == sought:
            self._aim = None
            if self.moment is not None:
                self._look_again(self.moment)
            self.refresh()

    def on_resize(self) -> None:
        if self.moment is not None:
            self._look_again(self.moment)
        self.refresh()

    def _look_again(self, moment: Moment) -> None:
        """Find the marks anew if they can be others."""
        columns = self._columns
        entry = self._loop_entry(moment) if self._place else None
        self._rounds = self._loops if entry is None else (entry,)
        self._set_scale(moment, columns)
        things = (moment.bookmarks, moment.pins, moment.branches, moment.breakpoints, moment.visits, moment.marks)
        depends = (self._scale, columns, moment.branch, is_complete(moment), self._rounds, *map(id, things))
        if depends != self._marked:
            self._marked, self._kept = depends, things
            self._marks = marks(moment, self._scale, self._rounds)
        asked = (self._scale, self._place, moment.branch)
        if is_complete(moment) and asked != self.asked and self.size.width > LABEL_COLUMNS:
            self.asked = asked
            self.post_message(self.MarksWanted(self._scale, self._place))

    def _set_scale(self, moment: Moment, columns: int) -> None:
        """Keep the part of the run that is in sight while one is in it."""
        scale = self._scale
        if self._zoom and self._zoomed == (columns, self._zoom, extent(moment)) and scale.holds(self.here):
            return
        self._zoomed = columns, self._zoom, extent(moment)
        self._scale = scale_of(moment, columns, self._zoom, self.here)

    _zoomed: tuple[int, int, int] = (0, 0, 0)
    """What the scale was made for."""

    _kept: tuple[object, ...] = ()
    """Keeps alive what is told apart by its identity."""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        label = self._label_columns
        if self.moment is None or y > 0 or width <= label:
            return Strip.blank(width, self.rich_style)
        columns, known, here = width - label, self._scale.columns, self._scale.column(self.here)
        segments: list[Segment] = []
        edges = sorted({0, here, here + 1, known, columns, *(c for at in self._marks for c in (at, at + 1))})
        for start, stop in pairwise(edges):
            segments.append(self._piece(start, min(stop, columns), here))
        segments += self._label_segments()
        return Strip(segments).crop_extend(0, width, self.rich_style)

    def _piece(self, start: int, stop: int, here: int) -> Segment:
        """Columns that look alike."""
        if start == here:
            return Segment(HERE * (stop - start), self._ink("here"))
        if there := self._marks.get(start):
            return Segment(there[0].glyph, self._ink(there[0].kind))
        if start >= self._scale.columns:
            return Segment(UNKNOWN * (stop - start), self._ink("unknown"))
        return Segment(
            (PAST if stop <= here else KNOWN) * (stop - start), self._ink("past" if stop <= here else "known")
        )

    @property
    def _columns(self) -> int:
        return max(2, self.size.width - self._label_columns)

    @property
    def _label_columns(self) -> int:
        name = NAME_COLUMNS if self._place and self.size.width >= ROOMY else 0
        return name + self._state_columns

    @property
    def _state_columns(self) -> int:
        """Width of how much lies behind, or of which part of the run is in sight."""
        if not self._zoom or self.moment is None or self.size.width < SPACIOUS:
            return LABEL_COLUMNS
        return 2 * len(f"{extent(self.moment):,}") + 2

    def _label_segments(self) -> list[Segment]:
        """What is counted, where there is room to say so, and how much of the run lies behind."""
        name, label = [], self._label().rjust(self._state_columns)
        if self._label_columns > self._state_columns:
            text = clipped(printable(self._place), NAME_COLUMNS - 4)
            name = [Segment(f"  {WRITES[2]} ", self._ink("write"))]
            name.append(Segment(text.ljust(NAME_COLUMNS - 4), self._ink("label")))
        return [*name, Segment(label, self._ink("label"))]

    def _label(self) -> str:
        """How much of the run lies behind; zoomed in, which part is in sight."""
        if self._zoom:
            wide = self._state_columns > LABEL_COLUMNS
            return f"{self._scale.start:,}–{self._scale.end:,}" if wide else f"×{1 << self._zoom}"[:LABEL_COLUMNS]
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
        self._sought = self._aim
        self._set_scale(self.moment, self._columns)
        self._look_again(self.moment)
        self.refresh()
        self.post_message(self.TickWanted(self._aim, self._gesture))

    def action_zoom(self, by: int) -> None:
        """Show a smaller part of the run around here, or a larger one."""
        if self.moment is None:
            return
        most = max(0, (extent(self.moment) // LEAST_SPAN).bit_length() - 1)
        self._zoom = max(0, min(self._zoom + by * times(self), most))
        self._look_again(self.moment)
        self.refresh()

    def action_scrub(self, columns: int) -> None:
        self._go(self.here + round(columns * times(self) * self._scale.stride))

    def action_mark(self, direction: int) -> None:
        """To the next thing that is marked."""
        if self.moment is None:
            return
        whole = self._marks if not self._zoom else marks(self.moment, scale_of(self.moment, self._columns))
        ticks = sorted({0, *(mark.tick for there in whole.values() for mark in there if mark.kind != "round")})
        beyond = [tick for tick in ticks if (tick - self.here) * direction > 0]
        if beyond:
            number = min(times(self), len(beyond))
            self._go(beyond[number - 1] if direction > 0 else beyond[-number])

    def action_edge(self, direction: int) -> None:
        if self.moment is not None:
            self._go(0 if direction < 0 else extent(self.moment))

    def action_go(self) -> None:
        """To the very tick of the mark in this column."""
        there = self._marks.get(self._scale.column(self.here))
        self._go(there[0].tick if there else self.here)

    # -- mouse --------------------------------------------------------------------------------------------------------

    def _column_at(self, event: events.MouseEvent) -> int:
        return max(0, min(event.x - self.styles.padding.left, self._scale.columns - 1))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        self.capture_mouse()
        self._gesture += 1
        self._go_to_column(self._column_at(event))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        event.stop()
        self.release_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        column = self._column_at(event)
        if event.button and self.app.mouse_captured is self:
            self._go_to_column(column)
        words = self._told(column)
        if str(self.tooltip or "") != words:
            self.tooltip = Content(words)

    def _go_to_column(self, column: int) -> None:
        there = self._marks.get(column)
        tick = there[0].tick if there else self._scale.first(column)
        if tick != self.here:
            self._go(tick)

    def _told(self, column: int) -> str:
        """A column in words."""
        return "" if self.moment is None else told(self._scale, column, self._marks.get(column, ()), self.moment)
