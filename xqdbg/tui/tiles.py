"""The container in which panes stand beside and above each other, as a tree of splits says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol, runtime_checkable

from textual import events
from textual.containers import Container
from textual.geometry import Offset, Size, Spacing
from textual.layout import ArrangeResult, WidgetPlacement
from textual.layout import Layout as TextualLayout
from textual.message import Message
from textual.widget import Widget

from xqdbg.tui.tiling import Border, Node, Solution, Want, borders_of, resized, solve

_NO_SPACING = Spacing()


@runtime_checkable
class Fitted(Protocol):
    """A pane that takes as many rows as it has something to say."""

    def rows_wanted(self, width: int) -> int:
        """The rows it takes in so many columns, its rule included; 0 while there is nothing to see."""
        ...


class _TilingLayout(TextualLayout):
    """Places every pane where the tree says."""

    name = "tiling"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        if not isinstance(parent, Tiles):
            return []
        parent.pre_layout(self)
        regions = parent.solved(size).regions
        parent.placed(tuple(regions))
        return [
            WidgetPlacement(regions[pane], Offset(), _NO_SPACING, child)
            for child in children
            if (pane := parent.pane_of(child)) in regions
        ]


class Tiles(Container):
    """Lays out panes, and lets the mouse move the borders between them."""

    DEFAULT_CSS = """
    Tiles { width: 1fr; height: 1fr; background: $background; }
    Tiles > .-away { display: none !important; }
    """

    class Rearranged(Message):
        """Other panes are in sight than before."""

    class TreeChanged(Message):
        """The user has moved a border."""

        def __init__(self, tree: Node) -> None:
            super().__init__()
            self.tree = tree

    def __init__(self, wants: Mapping[str, Want], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tiling = _TilingLayout()
        self._wants = dict(wants)
        self._panes: dict[str, Widget] = {}
        self._ids: dict[Widget, str] = {}
        self.tiling = Node("code")
        self._placed: tuple[str, ...] = ()
        self._held: Border | None = None
        """The border the mouse has hold of."""
        self._held_at = 0

    @property
    def layout(self) -> TextualLayout:
        return self._tiling

    # -- panes --------------------------------------------------------------------------------------------------------

    def take(self, pane: str, widget: Widget) -> Widget:
        """Know a widget as a pane."""
        self._panes[pane], self._ids[widget] = widget, pane
        return widget

    def pane_of(self, widget: Widget | None) -> str:
        """The id of the pane a widget is, or is part of; empty for what is in none."""
        nodes = widget.ancestors_with_self if widget is not None else ()
        return next((self._ids[node] for node in nodes if isinstance(node, Widget) and node in self._ids), "")

    def widget(self, pane: str) -> Widget | None:
        """The widget of a pane; None while nobody has looked at it."""
        return self._panes.get(pane)

    def show_tree(self, tree: Node) -> None:
        """Arrange the panes like this from now on."""
        self.tiling = tree
        self._clear_arrangement_cache()  # Textual does so for ancestors alone when a layout is asked for
        self.refresh(layout=True)
        self.settle()

    def solved(self, size: Size) -> Solution:
        """Where everything is in so much room."""
        wants = {pane: self._want(pane, widget) for pane, widget in self._panes.items() if _is_wanted(widget, size)}
        return solve(self.tiling, size.width, size.height, wants)

    def _want(self, pane: str, widget: Widget) -> Want:
        want = self._wants[pane]
        return replace(want, rows=widget.rows_wanted) if isinstance(widget, Fitted) else want

    def placed(self, panes: tuple[str, ...]) -> None:
        """Take note of what is in sight."""
        if panes != self._placed:
            self._placed = panes
            self.call_later(self._rearrange)

    def _rearrange(self) -> None:
        self.settle()
        self.post_message(self.Rearranged())

    def settle(self) -> None:
        """Keep what has no place out of sight, so that nobody comes upon it."""
        size = self.size
        if not size:
            return  # nothing has a place before there is room; to hide all and show them again styles them twice
        regions = self.solved(size).regions
        for pane, widget in self._panes.items():
            widget.set_class(
                pane not in regions and not (isinstance(widget, Fitted) and pane in self.tiling.panes()), "-away"
            )

    def is_placed(self, pane: str) -> bool:
        """Whether a pane is in sight."""
        return pane in self.solved(self.size).regions

    def enlarge(self, pane: str, by: int, *, across: bool) -> bool:
        """Make a pane wider or taller by so many cells, at the border there is; whether there is one."""
        solution = self.solved(self.size)
        for border, sign in sorted(borders_of(pane, solution, across=across), key=lambda found: -found[1]):
            self._change(resized(self.tiling, border, sign * by, solution))
            return True
        return False

    def _change(self, tree: Node) -> None:
        self.show_tree(tree)
        self.post_message(self.TreeChanged(tree))

    # -- mouse --------------------------------------------------------------------------------------------------------

    def _border_at(self, at: Offset) -> Border | None:
        found = (border for border in self.solved(self.size).borders if border.region.contains_point(at))
        return min(found, key=lambda border: border.region.area, default=None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        at = event.screen_offset - self.region.offset
        if event.button == 1 and (border := self._border_at(at)) is not None:
            self._held, self._held_at = border, at.x if border.across else at.y

    def on_mouse_move(self, event: events.MouseMove) -> None:
        held = self._held
        if held is None:
            return
        if not event.button:
            self._release()
            return
        if self.app.mouse_captured is not self:
            self.capture_mouse()
        event.stop()
        at = event.screen_offset - self.region.offset
        here = at.x if held.across else at.y
        if (by := here - self._held_at) != 0:
            self._held_at = here
            self._change(resized(self.tiling, held, by, self.solved(self.size)))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._held is not None and self.app.mouse_captured is self:
            event.stop()
        self._release()

    def _release(self) -> None:
        self._held = None
        if self.app.mouse_captured is self:
            self.release_mouse()


def _is_wanted(widget: Widget, size: Size) -> bool:
    return not isinstance(widget, Fitted) or widget.rows_wanted(size.width) > 0
