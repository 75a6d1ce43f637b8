"""The dialogue: what was said above, the field to go on below. What is typed there is the language of all faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from xqdbg.moment import Moment
from xqdbg.tui.focus import Pointed
from xqdbg.tui.listing import shown
from xqdbg.tui.panes.conversing import Conversing, Language, Offer, PauseWanted, ReplGiven, ReplLeft
from xqdbg.tui.panes.list_pane import clipped
from xqdbg.tui.panes.repl_input import Recalled, ReplInput
from xqdbg.tui.panes.repl_lines import ReplLines
from xqdbg.typed import Typed

MOST_OFFERS = 6
"""Completions in sight."""
ERROR = "✖ "
CLEAR = "clear"
"""What clears the lines; with an argument it is the language's, and deletes breakpoints."""


class ReplPane(Conversing):
    """Lines, and a field. It knows the language by what it is given, and says in messages what is to be obeyed."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CSS = """
    ReplPane {
        layout: vertical; overflow: hidden hidden; background: $background; border-top: solid $xq-rule;
        border-title-color: $xq-title; border-title-background: $background;
        &:focus-within {
            border-top: heavy $xq-rule-focus; border-title-color: $xq-rule-focus; border-title-style: bold;
        }
        ReplLines {
            height: 1fr; background: $background; overflow-x: hidden; scrollbar-size: 1 1;
            scrollbar-background: $background; scrollbar-background-hover: $background;
            scrollbar-background-active: $background; scrollbar-color: $xq-rule;
            scrollbar-color-hover: $xq-title; scrollbar-color-active: $xq-rule-focus;
        }
        #repl-offers { height: auto; display: none; }
        &.-offering #repl-offers { display: block; }
        #repl-row { height: auto; }
        #repl-prompt { width: 2; height: 1; color: $xq-rule-focus; text-style: bold; }
        ReplInput {
            width: 1fr; height: auto; min-height: 1; max-height: 8; border: none; padding: 0;
            background: $background; scrollbar-size: 1 1;
            &:focus { border: none; background: $background; }
            & .text-area--placeholder { color: $xq-quiet; }
        }
        .repl--prompt { color: $xq-quiet; }
        .repl--error { color: $xq-fault; }
        .repl--note { color: $xq-quiet; }
        .repl--command { color: $xq-command; text-style: bold; }
        .repl--word { color: $xq-command; }
        .repl--function { color: $xq-op; }
        .repl--format { color: $xq-number; }
        .repl--string { color: $xq-string; }
        .repl--variable { color: $xq-label; }
        .repl--name { color: $xq-register; }
        .repl--operator { color: $xq-quiet; }
        .repl--sign { color: $xq-quiet; }
        .repl--comment { color: $xq-comment; text-style: italic; }
        .repl--op { color: $xq-op; }
        .repl--flow { color: $xq-flow; }
        .repl--register { color: $xq-register; }
        .repl--number { color: $xq-number; }
        .repl--label { color: $xq-label; }
    }
    """

    moment: reactive[Moment | None] = reactive(None, repaint=False)

    def __init__(self, language: Language, typed: Typed, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._recalled = Recalled(typed)
        self._language = language
        self._lines = ReplLines(id="repl-lines")
        self._offers_shown = Static("", id="repl-offers", markup=False)
        self._input = ReplInput(language, self._recalled, id="repl-input")
        self._input.placeholder = "a command, or an instruction to try what if; help"
        self._is_wanted = False
        """Whether somebody wanted to go there before it was there."""
        self._offers: Sequence[Offer] = ()
        self._chosen = -1
        self._completed = ""
        """What the field held when it was last changed by completion."""

    def compose(self) -> ComposeResult:
        yield self._lines
        yield self._offers_shown
        with Horizontal(id="repl-row"):
            yield Static(">", id="repl-prompt", markup=False)
            yield self._input

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the field, once there is one."""
        if self._input.is_attached:
            self._input.focus(scroll_visible)
        self._is_wanted = not self._input.is_attached
        return self

    def on_mount(self) -> None:
        if self._is_wanted:
            self._input.focus()

    @property
    def pointed(self) -> Pointed | None:
        """The last line that was told."""
        lines = self._lines.lines
        return Pointed("the last line", text=lines[-1]) if lines else None

    @property
    def text(self) -> str:
        """What is in the field."""
        return self._input.text

    @property
    def lines(self) -> Sequence[str]:
        """What was said, oldest first."""
        return self._lines.lines

    # What is told

    def tell(self, lines: Sequence[str], *, error: bool = False) -> None:
        """Add an answer, or what is wrong."""
        kind, sign = ("error", ERROR) if error else ("", "")
        self._lines.add([((kind, sign + line if at == 0 else line),) for at, line in enumerate(lines)])

    def put(self, text: str) -> None:
        """Let the user go on with a text."""
        self._input.put(text)
        self._input.focus()

    # What is typed

    @on(ReplInput.Given)
    def _given(self, message: ReplInput.Given) -> None:
        message.stop()
        text = message.text.strip("\n")
        self._recalled.keep(text)
        self._input.put("")
        self._hide_offers()
        if text.strip().lower() == CLEAR:
            self._lines.clear()
            return
        self._echo(text)
        self.post_message(ReplGiven(text))

    def _echo(self, text: str) -> None:
        tick = 0 if self.moment is None else self.moment.tick
        first = f"{tick:,}> "
        signs = [first, *[".".rjust(len(first) - 1) + " "] * text.count("\n")]
        spans = self._language.coloured(text)
        self._lines.add([(("prompt", sign), *line) for sign, line in zip(signs, spans, strict=False)])
        self._lines.to_end()

    @on(ReplInput.Pressed)
    def _pressed(self, message: ReplInput.Pressed) -> None:
        message.stop()
        match message.key:
            case "tab":
                self._complete(1)
            case "shift+tab":
                self._complete(-1)
            case "escape" if self._offers:
                self._hide_offers()
            case "escape":
                self.post_message(ReplLeft())
            case "ctrl+c":
                self._copy_or_pause()
            case "ctrl+l":
                self._lines.clear()
            case "pageup":
                self._lines.turn_page(-1)
            case "pagedown":
                self._lines.turn_page(1)

    def _copy_or_pause(self) -> None:
        if selected := self.screen.get_selected_text():
            self.app.copy_to_clipboard(selected)
            self.screen.clear_selection()
        else:
            self.post_message(PauseWanted())

    @on(TextArea.Changed)
    def _changed(self, message: TextArea.Changed) -> None:
        message.stop()
        if self._input.text != self._completed:
            self._hide_offers()

    def on_click(self, event: events.Click) -> None:
        if not self.screen.get_selected_text():
            self._input.focus()

    # Completion

    def _complete(self, by: int) -> None:
        """Complete the word before the cursor, or take the next of what it could become."""
        if self._offers:
            self._chosen = (self._chosen + by) % len(self._offers) if self._chosen >= 0 or by > 0 else -1
            self._take(self._offers[self._chosen])
            self._show_offers()
            return
        lines = self._input.lines_before_cursor
        offers = self._language.offers(lines)
        if len(offers) == 1:
            self._take(offers[0], behind="" if offers[0].text.endswith("(") else " ")
        elif offers:
            start, common = min(offer.start for offer in offers), _common(offers)
            if len(common) > len(lines[-1]) - start:
                self._take(Offer(common, start))
            self._offers, self._chosen, self._completed = offers, -1, self._input.text
            self._show_offers()

    def _take(self, offer: Offer, behind: str = "") -> None:
        self._input.complete(offer.start, offer.text + behind)
        self._completed = self._input.text

    def _hide_offers(self) -> None:
        self._offers, self._chosen = (), -1
        self.remove_class("-offering")

    def _show_offers(self) -> None:
        """The completions around the chosen one, each with what it is."""
        first = max(0, min(self._chosen - MOST_OFFERS // 2, len(self._offers) - MOST_OFFERS))
        part = self._offers[first : first + MOST_OFFERS]
        width = min(24, max(cell_len(offer.text) for offer in part))
        rows = [self._offer_row(offer, width, first + at == self._chosen) for at, offer in enumerate(part)]
        hidden = len(self._offers) - len(part)
        if hidden:
            rows.append(Content.styled(f"  {hidden:,} more; tab goes on", "$xq-quiet"))
        self._offers_shown.update(Content("\n").join(rows))
        self.add_class("-offering")

    def _offer_row(self, offer: Offer, width: int, chosen: bool) -> Content:
        room = max(0, self._lines.size.width - width - 4)
        name = clipped(shown(offer.text), width)
        row = Content.assemble(
            ("▸ " if chosen else "  ", "$xq-rule-focus"),
            (name + " " * (width - cell_len(name)), "bold $foreground" if chosen else "$foreground"),
            ("  " + clipped(shown(offer.note), room), "$xq-quiet"),
        )
        return row.stylize("on $xq-cursor-background") if chosen else row


def _common(offers: Sequence[Offer]) -> str:
    """What all begin with, if they begin at the same column."""
    if len({offer.start for offer in offers}) != 1:
        return ""
    first, last = min(offer.text for offer in offers), max(offer.text for offer in offers)
    return first[: next((at for at, sign in enumerate(first) if last[at : at + 1] != sign), len(first))]
