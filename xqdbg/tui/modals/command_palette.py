"""The command palette: Textual's own, made safe against keys that come faster than it expects."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette
from textual.widgets import Input, OptionList


class QuickPalette(CommandPalette):
    """Is left only once, whatever keys are still under way, and pages through a list it has not drawn yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "turn_page(1)", "Next page", show=False),
        Binding("pageup", "turn_page(-1)", "Previous page", show=False),
    ]

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._is_left = False

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave, unless that has been done."""
        if self._is_left or not self.is_current:
            return AwaitComplete()
        self._is_left = True
        return super().dismiss(result)

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _chosen(self, message: Input.Submitted | OptionList.OptionSelected) -> None:
        """Keep a second choice from Textual's handlers, which would carry it out too."""
        if self._is_left:
            message.stop()
            message.prevent_default()

    def action_turn_page(self, direction: int) -> None:
        """Go on by about as many commands as are in sight."""
        commands = self.query_one(CommandList)
        last = commands.option_count - 1
        if last < 0 or commands.get_option_at_index(0).disabled:
            return
        rows = max(1, commands.size.height // 2 - 1)  # a title and a line of help each
        commands.highlighted = max(0, min(last, (commands.highlighted or 0) + direction * rows))
