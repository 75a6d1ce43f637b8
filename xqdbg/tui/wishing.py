"""What panes wish to see of a moment, asked of the engine for them."""

from __future__ import annotations

from textual import on

from vm.contract import Shape
from xqdbg.host import Job
from xqdbg.moment import Moment
from xqdbg.patience import Patience
from xqdbg.session import Session
from xqdbg.tui.editing import EditingScreen
from xqdbg.tui.keyboard import Keyboard
from xqdbg.tui.latest import Latest
from xqdbg.tui.layouts import NO_LAYOUTS, OwnLayouts
from xqdbg.tui.pane_table import Makings
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.timeline_strip import TimelineStrip
from xqdbg.tui.panes.wanted import CostsWanted, PartsWanted, WindowWanted


class WishingScreen(EditingScreen):
    """Has the engine look where panes look, beside the commands that wait."""

    def __init__(self, keyboard: Keyboard, makings: Makings, own: OwnLayouts = NO_LAYOUTS) -> None:
        super().__init__(keyboard, makings, own)
        self._scrubbed = Latest()
        """The tick to scrub to; what came before it is left out."""
        self._sought = -1
        """The tick that was scrubbed to last."""
        self._gesture = 0
        """The way of scrubbing that was a part of."""

    def _look(self, job: Job) -> None:
        """A look is no command: it leaves what runs alone."""
        if self._host is not None:
            self._host.submit(job)

    @on(WindowWanted)
    def _window_wanted(self, message: WindowWanted) -> None:
        self._look(lambda session, _patience: session.see(Shape.MATRIX.value, message.region, message.glances))

    @on(PartsWanted)
    def _parts_wanted(self, message: PartsWanted) -> None:
        self._look(lambda session, _patience: session.see_parts(Shape.MEMORY.value, message.parts))

    @on(TimelineStrip.TickWanted)
    def _tick_wanted(self, message: TimelineStrip.TickWanted) -> None:
        self._sought, self._gesture = message.tick, message.gesture
        if self._scrubbed.put(message.tick):
            self.submit(self._scrub)

    def _scrub(self, session: Session, patience: Patience) -> Moment:
        """To the latest tick that was wanted, on the engine's thread."""
        tick = self._scrubbed.take()
        return session.moment if tick is None else session.scrub(tick, self._gesture, patience)

    @on(TimelineStrip.MarksWanted)
    def _marks_wanted(self, message: TimelineStrip.MarksWanted) -> None:
        self._look(lambda session, _patience: session.mark(message.scale, message.place))

    @on(CellsPane.InsideWanted)
    def _inside_wanted(self, message: CellsPane.InsideWanted) -> None:
        self._look(lambda session, _patience: session.look_inside(message.viewer, message.wish))

    @on(CostsWanted)
    def _costs_wanted(self, message: CostsWanted) -> None:
        self._look(lambda session, _patience: session.want_costs(message.wanted))
