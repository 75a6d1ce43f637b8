"""Which panes are in sight, and which of them has the focus."""

from __future__ import annotations

from textual import events, getters
from textual.content import Content
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import Widget

from xqdbg.tui.listing import shown
from xqdbg.tui.panes.cells_pane import CellsPane
from xqdbg.tui.panes.code_pane import CodePane
from xqdbg.tui.panes.command_line import CommandLine
from xqdbg.tui.panes.drawer import DrawerPane
from xqdbg.tui.panes.matrix_pane import MatrixPane
from xqdbg.tui.panes.repl_pane import ReplPane
from xqdbg.tui.panes.size_notice import LEAST_COLUMNS, LEAST_ROWS
from xqdbg.tui.panes.timeline_strip import TimelineStrip
from xqdbg.tui.panes.watches_pane import WatchesPane

DRAWER_ROWS = ((50, 18), (38, 10), (0, 8))
"""Rows the drawer may take, by the rows there are."""


class ArrangedScreen(Screen[None]):
    """Lays out the panes, moves the focus between them, and shuts while the terminal is too small."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  Textual's name and type
        (0, "-tiny"),
        (80, "-narrow"),
        (100, "-mid"),
        (120, "-wide"),
        (170, "-vast"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (24, "-short"), (38, "-tall")]  # noqa: RUF012
    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS = "CodePane"
    ALLOW_IN_MAXIMIZED_VIEW = "TimelineStrip, StatusLine, CommandLine"

    code_pane = getters.query_one(CodePane)
    matrix_pane = getters.query_one(MatrixPane)
    watches_pane = getters.query_one(WatchesPane)
    drawer = getters.query_one(DrawerPane)
    timeline = getters.query_one(TimelineStrip)
    command_line = getters.query_one(CommandLine)

    def __init__(self) -> None:
        super().__init__()
        self._layout_choice = "auto"
        self._focus_before: Widget | None = None
        """What had the focus before the command line."""
        self._focus_above: Widget | None = None
        """What had the focus before the drawer."""
        self.is_shut = False
        """Whether the terminal is too small to debug in."""
        self._focus_shut: Widget | None = None

    # -- size ---------------------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Shut the debugger while the terminal is too small; afterwards all is as it was."""
        small = event.size.width < LEAST_COLUMNS or event.size.height < LEAST_ROWS
        if small and not self.is_shut:
            self.is_shut, self._focus_shut = True, self.focused
            self.set_focus(None)
        elif not small and self.is_shut:
            self.call_after_refresh(self._reopen)

    def _reopen(self) -> None:
        if self.size.width >= LEAST_COLUMNS and self.size.height >= LEAST_ROWS:
            self.is_shut = False
            self._focus_again(self._focus_shut)

    @property
    def is_roomy(self) -> bool:
        """Whether state and matrix both have room."""
        return self.size.width >= 100 and self.size.height >= 38

    def drawer_rows(self) -> int:
        """How many rows the drawer may take."""
        return next(rows for least, rows in DRAWER_ROWS if self.size.height >= least)

    # -- layout -------------------------------------------------------------------------------------------------------

    def zoom(self) -> None:
        """Give the whole screen to the pane in focus, or take it back."""
        if self.maximized is not None:
            self.minimize()
        elif self.focused is not None and self.focused is not self.timeline:
            self.maximize(self.focused, container=False)

    def cycle_layout(self) -> None:
        """The next of the layouts there is room for."""
        choices = ["auto", "state", "matrix"] if self.is_roomy else ["auto", "matrix"]
        at = choices.index(self._layout_choice) if self._layout_choice in choices else 0
        self.choose_layout(choices[(at + 1) % len(choices)])

    def choose_layout(self, choice: str) -> None:
        """`auto`, `state` or `matrix`."""
        self._layout_choice = choice
        self.set_class(choice == "matrix", "-only-matrix")
        self.set_class(choice == "state", "-only-state")
        if self.focused is None or not all(node.display for node in self.focused.ancestors_with_self):
            self.code_pane.focus()

    # -- focus --------------------------------------------------------------------------------------------------------

    def panes(self) -> list[Widget]:
        """The panes with numbers, in the order of these; those out of sight keep theirs."""
        cells = list(self.query(CellsPane))
        return [self.code_pane, *cells, self.matrix_pane, self.watches_pane, self.drawer]

    def title_panes(self, name: str) -> None:
        """Write number and title into the rule of each pane; `name` is the program's."""
        numbers = {pane: Content.styled(f"{at} ", "not bold $xq-quiet") for at, pane in enumerate(self.panes(), 1)}
        self.code_pane.entitle(numbers[self.code_pane] + Content("Code"), f"  {shown(name)}" if name else "")
        for pane in self.query(CellsPane):
            pane.entitle(numbers[pane] + Content(pane.title))
        self.matrix_pane.border_title = numbers[self.matrix_pane] + Content("Matrix")
        self.watches_pane.entitle(numbers[self.watches_pane] + Content("Watches"))
        self.drawer.number(numbers[self.drawer])
        self.query_one(ReplPane).entitle(Content("REPL"))

    def take_count(self) -> int | None:
        """The count that was typed, which is used up with that; None if there is none."""
        raise NotImplementedError

    def action_cycle_focus(self, by: int) -> None:
        """To the next pane, or to the one whose number was typed."""
        number = self.take_count()
        if number is not None:
            self.action_focus_pane(number)
        elif by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_focus_pane(self, number: int) -> None:
        panes = self.panes()
        if not 0 <= number <= len(panes):
            self.command_line.tell(f"there is no pane {number}", f"there are 1 to {len(panes)}", error=True)
            return
        pane = panes[number - 1] if number else self.timeline
        if pane is self.drawer:
            self.open_lists("")
        elif pane is self.watches_pane and not pane.display:
            self.command_line.tell("nothing is watched", "display EXPR shows an expression at every moment", error=True)
        else:
            self._bring_up(pane)

    def _bring_up(self, pane: Widget) -> None:
        try:
            hidden = not pane.is_on_screen
        except NoMatches:
            hidden = True
        if hidden and not self.is_roomy:
            self.choose_layout("matrix" if pane is self.matrix_pane else "auto")
        pane.focus()

    def _focus_again(self, target: Widget | None) -> None:
        there = target is not None and target.is_attached and target.display
        self.set_focus(target if there else self.code_pane)

    # -- the drawer ---------------------------------------------------------------------------------------------------

    def drawer_opened(self) -> None:
        """Give the drawer the focus, unless the user is doing something else."""
        if self.drawer.has_focus or self.command_line.is_open or self.app.screen is not self:
            return
        if self.maximized is not None:
            self.minimize()
        self._focus_above = self.focused
        self.drawer.focus()

    def open_lists(self, tab: str) -> None:
        """Show one of the lists; without a name the one that was last in view."""
        self.drawer.show_list(tab or (self.drawer.tab if self.drawer.holds(self.drawer.tab) else "stops"))
        self.drawer_opened()

    def close_drawer(self) -> None:
        """Put the drawer away, and the focus where it was."""
        had_focus = self.drawer.has_focus
        if self.maximized is self.drawer:
            self.minimize()
        self.drawer.close()
        if had_focus:
            self._focus_again(self._focus_above)
