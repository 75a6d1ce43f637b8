"""What pops up over the editor: a list of completions, and a card of documentation."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.visual import VisualType
from textual.widget import Widget

from vm.diagnostics import printable
from xqdbg.editing.text import Completion, Subject
from xqdbg.tui.editor.room import place
from xqdbg.tui.panes.list_pane import clipped

MOST_ROWS = 8
"""Completions in sight at once."""
MOST_COLUMNS = 52
CARD_COLUMNS = 56
CARD_ROWS = 14
FRAME = 2
"""Rows, and columns, of the border."""
CHOSEN = "▸"
"""What stands before the completion that would be taken."""

_INKS = {
    Subject.MNEMONIC: "$xq-op",
    Subject.REGISTER: "$xq-register",
    Subject.LABEL: "$xq-label",
    Subject.NUMBER: "$xq-number",
}


class Popup(Widget):
    """A box over everything else that never has the focus."""

    DEFAULT_CSS = """
    Popup {
        position: absolute; overlay: screen; display: none;
        background: $xq-popup-background; color: $foreground;
        border: round $xq-rule; border-title-color: $xq-title; border-subtitle-color: $xq-quiet;
        border-title-background: $xq-popup-background; border-subtitle-background: $xq-popup-background;
    }
    """
    ALLOW_SELECT = False
    spot = Region()
    """Where it was put, in cells of the screen."""

    def put(self, region: Region) -> None:
        """Show it there, in cells of the screen."""
        self.spot = region
        base = self.parent.content_region.offset if isinstance(self.parent, Widget) else Offset(0, 0)
        self.styles.offset = region.offset - base
        self.styles.width, self.styles.height = region.width, region.height
        self.display = True

    def hide(self) -> None:
        """Take it away."""
        self.display = False


class CompletionList(Popup):
    """What the word at the cursor could become."""

    chosen: reactive[int] = reactive(0)

    class Taken(Message):
        """A completion was clicked."""

        def __init__(self, completion: Completion) -> None:
            super().__init__()
            self.completion = completion

    def __init__(self) -> None:
        super().__init__()
        self._all: Sequence[Completion] = ()
        self._top = 0
        self.is_chosen = False
        """Whether the user has chosen one, so that Enter takes it."""

    @property
    def all(self) -> Sequence[Completion]:
        """What is offered."""
        return self._all

    @property
    def is_open(self) -> bool:
        """Whether there is something to choose from."""
        return bool(self._all)

    @property
    def current(self) -> Completion | None:
        """The completion that would be taken."""
        return self._all[self.chosen] if self._all else None

    def offer(self, completions: Sequence[Completion]) -> None:
        """Offer these instead; what the user has chosen stays chosen if it is still among them."""
        before = self.current if self.is_chosen else None
        self._all = completions
        at = -1
        if before is not None:
            at = next((at for at, each in enumerate(completions) if each.text == before.text), -1)
            self.is_chosen = at >= 0
        at = max(0, at)
        self.set_reactive(CompletionList.chosen, at)
        self._top = max(0, min(at, len(completions) - MOST_ROWS))
        self.border_subtitle = f"{at + 1} of {len(completions)}" if len(completions) > MOST_ROWS else ""
        self.refresh()

    def hide(self) -> None:
        super().hide()
        self._all, self.is_chosen = (), False

    @property
    def wanted(self) -> Size:
        """How large it would like to be, border included."""
        name, note = self._columns()
        width = 2 + name + (2 + note if note else 0) + 1
        return Size(min(MOST_COLUMNS, width) + FRAME, min(MOST_ROWS, len(self._all)) + FRAME)

    def _columns(self) -> tuple[int, int]:
        names = max((cell_len(printable(each.text)) for each in self._all), default=0)
        notes = max((cell_len(printable(each.note)) for each in self._all), default=0)
        return min(names, MOST_COLUMNS - 3), notes

    def choose(self, by: int) -> None:
        """Go on by some completions, round and round."""
        if self._all:
            self.is_chosen = True
            self.chosen = (self.chosen + by) % len(self._all)

    def watch_chosen(self, row: int) -> None:
        rows = max(1, min(MOST_ROWS, self.size.height or MOST_ROWS))
        self._top = max(min(self._top, row), row - rows + 1)
        if len(self._all) > MOST_ROWS:
            self.border_subtitle = f"{row + 1} of {len(self._all)}"

    def render(self) -> VisualType:
        width, height = self.size
        names, _ = self._columns()
        rows = []
        for at, each in enumerate(self._all[self._top : self._top + height], self._top):
            text = clipped(printable(each.text), max(1, width - 3))
            pad = " " * (names - cell_len(text))
            note = clipped(printable(each.note), max(0, width - 5 - names)) if each.note else ""
            row = Content.assemble(
                (f"{CHOSEN} " if at == self.chosen else "  ", "bold $xq-rule-focus"),
                (text, f"bold {_INKS[each.subject]}" if at == self.chosen else _INKS[each.subject]),
                f"{pad}  " if note else "",
                (note, "$xq-quiet"),
            )
            blanks = " " * max(0, width - row.cell_length)
            row = row + Content(blanks)
            rows.append(row.stylize("on $xq-cursor-background") if at == self.chosen else row)
        return Content("\n").join(rows)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        offset = event.get_content_offset(self)
        if offset is not None and self._top + offset.y < len(self._all):
            self.post_message(self.Taken(self._all[self._top + offset.y]))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-3)

    def _scroll(self, by: int) -> None:
        if self._all:
            self.is_chosen = True
            self.chosen = max(0, min(len(self._all) - 1, self.chosen + by))


class Card(Popup):
    """A title and a few lines of documentation."""

    DEFAULT_CSS = """
    Card { padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._title, self._lines = "", list[str]()

    def tell(self, title: str, lines: Sequence[str]) -> Size:
        """Tell this from now on; returns how large it would like to be, border and padding included."""
        self._title, self._lines = printable(title), [printable(line) for line in lines]
        columns = max((cell_len(line) for line in (self._title, *self._lines)), default=0)
        width = min(CARD_COLUMNS, columns)
        self.refresh()
        return Size(width + FRAME + 2, min(CARD_ROWS, len(self._rows(width))) + FRAME)

    def about(self, word: Offset, screen: Size, title: str, lines: Sequence[str]) -> None:
        """Tell this of a word at some cell of the screen."""
        self.put(place(word, self.tell(title, lines), screen))

    def _rows(self, width: int) -> list[tuple[str, bool]]:
        """Lines as wide as that, each with whether it belongs to the title."""
        rows = [(row, True) for row in wrap(self._title, max(8, width)) or [""]]
        for line in self._lines:
            rows += [(row, False) for row in wrap(line, max(8, width), subsequent_indent="  ") or [""]]
        return rows

    def render(self) -> VisualType:
        width, height = self.size
        rows = self._rows(width)
        shown = rows[:height]
        told = [Content.styled(row, "bold $xq-op" if is_title else "$foreground") for row, is_title in shown]
        if len(rows) > height and told:
            told[-1] = Content.styled(clipped(shown[-1][0].rstrip("…") + " …", max(1, width)), "$xq-quiet")
        return Content("\n").join(told)
