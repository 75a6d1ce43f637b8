"""What the editor's dialogs share: a frame in the middle of the screen, left by escape."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets.option_list import Option

from vm.diagnostics import printable
from xqdbg.tui.modals.once import OnceModal

Result = TypeVar("Result")


class Dialog(OnceModal[Result | None]):
    """A question in a frame. Escape answers nothing."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle; background: $background 60%;
        & > .dialog {
            width: 84%; max-width: 100; height: auto; max-height: 90%;
            background: $surface; border: round $xq-rule-focus; padding: 0 1;
            border-title-color: $xq-rule-focus; border-subtitle-color: $xq-quiet;
            border-title-background: $surface; border-subtitle-background: $surface;
        }
        .dialog--note { height: auto; color: $xq-quiet; }
        .dialog--label { height: 1; color: $xq-quiet; }
        Input, Input:focus {
            height: 1; border: none; padding: 0; background: $xq-cursor-background; background-tint: $background 0%;
        }
        OptionList, OptionList:focus {
            height: auto; max-height: 12; border: none; padding: 0; text-wrap: nowrap; text-overflow: ellipsis;
            background: $surface; background-tint: $background 0%;
            scrollbar-size: 1 1; scrollbar-background: $surface; scrollbar-color: $xq-rule;
            & > .option-list--option-highlighted {
                background: $xq-cursor-background; color: $foreground; text-style: none;
            }
            & > .option-list--option-hover { background: $xq-cursor-background; }
        }
        OptionList:focus > .option-list--option-highlighted { background: $xq-selection-background; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c", "leave", "Close", show=False)]

    def framed(self, title: str, keys: str = "") -> Vertical:
        """The frame, with what it is about and which keys there are in its border."""
        frame = Vertical(classes="dialog")
        frame.border_title = Content(printable(title))
        frame.border_subtitle = Content(keys)
        return frame

    def action_leave(self) -> None:
        self.leave(None)


def row(text: str, note: str = "", ink: str = "$foreground", *, id: str | None = None) -> Option:
    """A row of a list; nothing in it is markup."""
    return Option(
        Content.assemble((printable(text), ink), (f"  {printable(note)}" if note else "", "$xq-quiet")), id=id
    )
