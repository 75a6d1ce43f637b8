"""What to begin a program with."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from xqdbg.editing.templates import Template
from xqdbg.tui.highlight import Highlighter
from xqdbg.tui.listing import shown
from xqdbg.tui.modals.frame import Dialog, row


class NewModal(Dialog[Template]):
    """Lists the templates, each with its text. Comes to one of them."""

    DEFAULT_CSS = """
    NewModal > .dialog { height: 80%; max-height: 30; }
    NewModal Horizontal { height: 1fr; }
    NewModal OptionList, NewModal OptionList:focus { width: 1fr; max-width: 26; height: 1fr; max-height: 100%; }
    NewModal VerticalScroll {
        width: 2fr; height: 1fr; border-left: solid $xq-rule; padding-left: 1;
        scrollbar-size: 1 1; scrollbar-background: $surface; scrollbar-color: $xq-rule;
    }
    NewModal VerticalScroll > Static { height: auto; width: auto; }
    """

    def __init__(self, templates: Sequence[Template], highlighter: Highlighter) -> None:
        super().__init__()
        self._templates, self._highlighter = templates, highlighter

    def compose(self) -> ComposeResult:
        with self.framed("new text", "enter begins with it · esc leaves"), Horizontal():
            yield OptionList(*(row(each.name, id=str(at)) for at, each in enumerate(self._templates)))
            with VerticalScroll(can_focus=False):
                yield Static("", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()
        text = self._templates[message.option_index].text
        self.query_one(VerticalScroll).query_one(Static).update(self._coloured(text))
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def _coloured(self, text: str) -> Content:
        return Content("\n").join(
            Content.assemble(
                *(
                    (part, f"$xq-{kind}" if kind else "$foreground")
                    for kind, part in self._highlighter.spans(shown(line))
                )
            )
            for line in text.split("\n")
        )

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.leave(self._templates[message.option_index])
