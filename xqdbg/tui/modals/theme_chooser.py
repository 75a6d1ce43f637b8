"""Choosing a theme by looking at it: the screen wears the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from xqdbg.tui.listing import shown
from xqdbg.tui.modals.once import OnceModal


class ThemeChooser(OnceModal[None]):
    """A list of themes beside the screen; Enter keeps what is worn, Escape puts on the one from before."""

    DEFAULT_CSS = """
    ThemeChooser {
        align: right top;
        background: transparent;
        OptionList {
            width: 30; height: auto; max-height: 90%; margin: 1 1 0 0; padding: 0 1;
            background: $surface; color: $foreground;
            &, &:focus { border: round $xq-rule-focus; }
            border-title-color: $xq-rule-focus;
            border-subtitle-color: $xq-quiet;
            scrollbar-size-vertical: 1; scrollbar-background: $surface; scrollbar-color: $xq-rule;
            & > .option-list--option-highlighted, &:focus > .option-list--option-highlighted {
                background: $xq-cursor-background; color: $foreground; text-style: bold;
            }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,ctrl+c", "leave", "Close", show=False),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
    ]

    def __init__(self, own: Iterable[str], others: Iterable[str]) -> None:
        """Take the names of our themes and the user's, which come first, and those of everybody's."""
        super().__init__()
        self._names = (*sorted(own), *sorted(others))
        self._before = ""

    def compose(self) -> ComposeResult:
        options = OptionList(*(Option(Content(shown(name)), id=name) for name in self._names))
        options.border_title = "Themes"
        options.border_subtitle = "enter keeps · esc"
        yield options

    def on_mount(self) -> None:
        self._before = self.app.theme
        options = self.query_one(OptionList)
        options.highlighted = self._names.index(self._before) if self._before in self._names else 0

    @on(OptionList.OptionHighlighted)
    def _looked_at(self, message: OptionList.OptionHighlighted) -> None:
        if message.option.id is not None and message.option.id != self.app.theme:
            self.app.theme = message.option.id

    @on(OptionList.OptionSelected)
    def _kept(self) -> None:
        self.leave()

    def action_move(self, rows: int) -> None:
        options = self.query_one(OptionList)
        at = (options.highlighted or 0) + rows
        options.highlighted = max(0, min(len(self._names) - 1, at))

    def action_leave(self) -> None:
        self.app.theme = self._before
        self.leave()
