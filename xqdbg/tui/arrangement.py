"""Which panes are in sight and where, and which of them has the focus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from textual import events, getters, on
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from vm.contract import Room, Shape
from xqdbg.errors import XqdbgError
from xqdbg.tui.compositing import SparingCompositor
from xqdbg.tui.layouts import (
    LAYOUTS,
    LISTS,
    NO_LAYOUTS,
    TYPING,
    Layout,
    OwnLayouts,
    Variant,
    check_name,
    save_layouts,
)
from xqdbg.tui.listing import shown
from xqdbg.tui.pane_table import Makings, PaneKind, pane_table, read_layout, strangers
from xqdbg.tui.panes.code_pane import CodePane
from xqdbg.tui.panes.command_line import CommandLine
from xqdbg.tui.panes.drawer import DrawerPane
from xqdbg.tui.panes.size_notice import LEAST_COLUMNS, LEAST_ROWS
from xqdbg.tui.panes.timeline_strip import TimelineStrip
from xqdbg.tui.panes.titled import Titled
from xqdbg.tui.panes.watches_pane import WatchesPane
from xqdbg.tui.tiles import Tiles
from xqdbg.tui.tiling import Node, below, swapped, without

if TYPE_CHECKING:
    from xqdbg.tui.panes.matrix_pane import MatrixPane
    from xqdbg.tui.panes.memory_pane import MemoryPane

DRAWER_ROWS = ((50, 18), (38, 10), (0, 8))
"""Rows the lists may take of their own accord, by the rows there are."""
COLUMNS_A_KEY, ROWS_A_KEY = 2, 1
"""How far a key moves a border."""
FIRST_LAYOUT = "debug"


@runtime_checkable
class LargePane(Protocol):
    """A pane of values too large for a cell."""

    @property
    def followed(self) -> str:
        """Name of the region in view, or of the one that was last; empty if there never was one."""
        ...


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

    tiles = getters.query_one(Tiles)
    code_pane = getters.query_one(CodePane)
    watches_pane = getters.query_one(WatchesPane)
    drawer = getters.query_one(DrawerPane)
    timeline = getters.query_one(TimelineStrip)
    command_line = getters.query_one(CommandLine)

    def __init__(self, makings: Makings, own: OwnLayouts = NO_LAYOUTS) -> None:
        super().__init__()
        self._compositor = SparingCompositor()
        self._own_layouts = own
        self._makings = makings
        self.kinds: Mapping[str, PaneKind] = pane_table(makings.views, makings.shapes)
        self.layouts: dict[str, Layout] = {**LAYOUTS, **own.layouts}
        self.layout_name = own.first if own.first in self.layouts else FIRST_LAYOUT
        self._changed_trees: dict[tuple[str, int], Node] = {}
        """Trees the user has changed, by layout and variant."""
        self._numbers = {kind.id: at for at, kind in enumerate(filter(_is_numbered, self.kinds.values()), 1)}
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
        if not small:
            self._arrange()

    def _reopen(self) -> None:
        if self.size.width >= LEAST_COLUMNS and self.size.height >= LEAST_ROWS:
            self.is_shut = False
            self.tiles.settle()
            self._focus_again(self._focus_shut)

    @property
    def large_panes(self) -> Sequence[LargePane]:
        """The panes of values too large for a cell, that in focus first."""
        widgets: list[object] = [self.tiles.widget(shape.value) for shape in Shape]
        widgets.sort(key=lambda widget: widget is not self.focused)
        return [widget for widget in widgets if isinstance(widget, LargePane)]

    def drawer_rows(self) -> int:
        """How many rows the lists may take of their own accord."""
        return next(rows for least, rows in DRAWER_ROWS if self.size.height >= least)

    # -- layout -------------------------------------------------------------------------------------------------------

    def make_pane(self, kind: PaneKind) -> Widget:
        """The widget of a pane, known to the tiles and named in its rule; the caller mounts it."""
        widget = self.tiles.take(kind.id, kind.make(self._makings))
        self._introduce(kind, widget)
        return widget

    def _introduce(self, kind: PaneKind, widget: Widget) -> None:
        number = self._numbers.get(kind.id)
        title = Content.styled(f"{number} ", "not bold $xq-quiet") if number else Content("")
        if isinstance(widget, DrawerPane):
            widget.number(title)
        elif isinstance(widget, Titled):
            name = f"  {shown(self.program_name)}" if kind.id == "code" and self.program_name else ""
            widget.entitle(title + Content(kind.title), name)
        elif kind.numbered:
            widget.border_title = title + Content(kind.title)
        self.bind_pane(widget)

    @property
    def program_name(self) -> str:
        """What the rule of the code pane names."""
        raise NotImplementedError

    def bind_pane(self, pane: Widget) -> None:
        """Have moments come down to a pane."""
        raise NotImplementedError

    def _variant(self, name: str) -> int:
        return self.layouts[name].for_size(self.app.size.width, self.app.size.height)

    def tree_of(self, name: str) -> Node:
        """How a layout arranges the panes at this size, as the user has changed it."""
        at = self._variant(name)
        changed = self._changed_trees.get((name, at))
        if changed is not None:
            return changed
        room = self.program_room
        variant = self.layouts[name].variants[at]
        large_too = room is not Room.NONE or variant.for_room(room) == variant.text
        return read_layout(variant.for_room(room), self.kinds, self._makings.views, kept=True, large_too=large_too)

    @property
    def program_room(self) -> Room:
        """How much room the large values of the program deserve."""
        raise NotImplementedError

    def absent_from(self, name: str) -> Sequence[str]:
        """Panes a layout wants that this machine does not have."""
        return strangers(self.layouts[name].variants[self._variant(name)].for_room(self.program_room), self.kinds)

    def _arrange(self) -> None:
        """Show the current layout."""
        tree = self.tree_of(self.layout_name)
        missing = [self.kinds[pane] for pane in tree.panes() if self.tiles.widget(pane) is None]
        if missing:
            self.tiles.mount(*map(self.make_pane, missing))
        self.tiles.show_tree(tree)

    def choose_layout(self, name: str) -> None:
        """Show a layout, as it was last."""
        if self.maximized is not None:
            self.minimize()
        had_focus = self.tiles.pane_of(self.focused)
        self.layout_name = name
        self._arrange()
        if had_focus and not self.tiles.is_placed(had_focus):
            self._focus_first()
        self.call_after_refresh(self._keep_focus_in_sight)

    def _focus_first(self) -> None:
        """Give the focus to the code, or to the first pane there is."""
        placed = [pane for pane in ("code", *self.tree_of(self.layout_name).panes()) if self.tiles.is_placed(pane)]
        if placed and (widget := self.tiles.widget(placed[0])) is not None:
            widget.focus()

    def reset_layout(self) -> None:
        """Forget what the user has changed of the current layout."""
        self._changed_trees = {key: tree for key, tree in self._changed_trees.items() if key[0] != self.layout_name}
        self._arrange()

    def set_layout(self, text: str) -> None:
        """Arrange the panes of the current layout as a text says; XqdbgError if it cannot be read."""
        self._change_tree(read_layout(text, self.kinds, self._makings.views))

    def save_layout(self, name: str) -> None:
        """Keep the arrangement in sight as a layout of the user's own; XqdbgError if it cannot be kept."""
        check_name(name)
        layout = Layout(name, "your own", (Variant(str(self.tree_of(self.layout_name))),))
        own = {each.name: each for each in self.layouts.values() if each.name not in LAYOUTS} | {name: layout}
        save_layouts(self._own_layouts.file, own)
        self.layouts[name] = layout
        self.choose_layout(name)

    def introduce_panes(self) -> None:
        """Name the panes that are there from the start, and have moments come down to them."""
        for kind in self.kinds.values():
            if (widget := self.tiles.widget(kind.id)) is not None:
                self._introduce(kind, widget)
        self._arrange()

    def _keep_focus_in_sight(self) -> None:
        if self.focused is None or not all(node.display for node in self.focused.ancestors_with_self):
            self._focus_first()

    def cycle_layout(self) -> None:
        """The next layout, but for the one in which letters would be typed into a text."""
        names = [name for name in self.layouts if name != TYPING]
        at = names.index(self.layout_name) if self.layout_name in names else -1
        self.choose_layout(names[(at + 1) % len(names)])

    def _change_tree(self, tree: Node) -> None:
        self._changed_trees[self.layout_name, self._variant(self.layout_name)] = tree
        self._arrange()

    @on(Tiles.TreeChanged)
    def _tree_changed(self, message: Tiles.TreeChanged) -> None:
        self._changed_trees[self.layout_name, self._variant(self.layout_name)] = message.tree

    @on(Tiles.Rearranged)
    def _rearranged(self) -> None:
        if not self.is_shut and self.focused is not None:
            self._keep_focus_in_sight()

    def hide_pane(self, pane: str) -> None:
        """Take a pane out of the current layout; XqdbgError if it is the only one or not there."""
        tree = self.tree_of(self.layout_name)
        if pane not in tree.panes():
            raise XqdbgError(f"{pane} is not in sight", f"there are {', '.join(tree.panes())}")
        rest = without(tree, pane)
        if rest is None or not set(rest.panes()) - {LISTS, "fault", "watches"}:
            raise XqdbgError(f"{pane} is the only pane in sight")
        if self.maximized is not None:
            self.minimize()
        self._change_tree(rest)

    def swap_panes(self, one: str, other: str) -> None:
        """Put two panes in each other's places."""
        self._change_tree(swapped(self.tree_of(self.layout_name), one, other))

    def enlarge_pane(self, direction: str, times: int = 1) -> None:
        """Make the pane in focus wider, narrower, taller or shorter; XqdbgError where no border can be moved."""
        across = direction in ("wider", "narrower")
        by = (COLUMNS_A_KEY if across else ROWS_A_KEY) * times * (1 if direction in ("wider", "taller") else -1)
        pane = self.tiles.pane_of(self.focused)
        if not pane or not self.tiles.enlarge(pane, by, across=across):
            raise XqdbgError(f"nothing here can be made {direction}", "another pane has to be beside it or below")

    def zoom(self) -> None:
        """Give the whole screen to the pane in focus, or take it back."""
        if self.maximized is not None:
            self.minimize()
        elif (pane := self.tiles.widget(self.tiles.pane_of(self.focused))) is not None:
            self.maximize(pane, container=False)

    @on(Titled.Enlarged)
    def _enlarged(self, message: Titled.Enlarged) -> None:
        message.pane.focus()
        self.zoom()

    # -- focus --------------------------------------------------------------------------------------------------------

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
        if not number:
            self.timeline.focus()
        elif (pane := next((pane for pane, at in self._numbers.items() if at == number), None)) is not None:
            self.look_at(pane)
        else:
            self.command_line.tell(f"there is no pane {number}", f"there are 1 to {len(self._numbers)}", error=True)

    @property
    def matrix_pane(self) -> MatrixPane:
        return cast("MatrixPane", self.query_one("#pane-matrix"))

    @property
    def memory_pane(self) -> MemoryPane:
        return cast("MemoryPane", self.query_one("#pane-memory"))

    def look_at(self, pane: str) -> None:
        """Give a pane the focus, and a place if it has none."""
        if pane == LISTS:
            self.open_lists("")
        elif pane == "watches" and not self.watches_pane.display:
            self.command_line.tell("nothing is watched", "display EXPR shows an expression at every moment", error=True)
        elif self.kinds[pane].fitted and (widget := self.tiles.widget(pane)) is not None and not widget.display:
            self.command_line.tell(f"{self.kinds[pane].title}: there is nothing now", error=True)
        else:
            self._bring_up(pane)

    def _bring_up(self, pane: str) -> None:
        """Show a pane in this layout if there is room for it, else in the one that has."""
        kind = self.kinds[pane]
        if self.maximized is not None and self.tiles.pane_of(self.maximized) != pane:
            self.minimize()
        if pane not in self.tree_of(self.layout_name).panes() and self.layout_name != kind.home:
            self._change_tree(below(self.tree_of(self.layout_name), pane, kind.below))
        if not self.tiles.is_placed(pane):
            self._make_room(kind)
        widget = self.tiles.widget(pane)
        if widget is not None and not widget.has_class("-away"):
            widget.focus()

    def _make_room(self, kind: PaneKind) -> None:
        """Go to the layout that has room for a pane, with the pane in it."""
        self.choose_layout(kind.home)
        if kind.id not in self.tree_of(kind.home).panes():
            self._change_tree(below(self.tree_of(kind.home), kind.id, kind.below))

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
        if LISTS not in self.tree_of(self.layout_name).panes():
            self._change_tree(Node(parts=(self.tree_of(self.layout_name), Node(LISTS))))
        self.drawer_opened()

    def close_drawer(self) -> None:
        """Put the drawer away, and the focus where it was."""
        had_focus = self.drawer.has_focus
        if self.maximized is self.drawer:
            self.minimize()
        self.drawer.close()
        if had_focus:
            self._focus_again(self._focus_above)


def _is_numbered(kind: PaneKind) -> bool:
    return kind.numbered
