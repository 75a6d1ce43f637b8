"""The field a dialogue is held in: several lines, recalled, completed and coloured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import TextArea

from xqdbg.tui.panes.conversing import KINDS, Language, Span
from xqdbg.typed import MOST_LINES, Typed

MOST_TEXT = 20_000
"""Characters of a text that is typed."""


class Recalled:
    """Walks through what was typed before."""

    def __init__(self, typed: Typed) -> None:
        self._typed = typed
        self._entries: list[str] | None = None
        self._at = 0
        self._wanted: str | None = None
        """What was in the field when the walk began."""

    @property
    def entries(self) -> list[str]:
        """All of it, oldest first; read when it is first asked for."""
        if self._entries is None:
            self._entries = self._typed.entries()
            self._at = len(self._entries)
        return self._entries

    def keep(self, text: str) -> None:
        """Add what was given; the same twice is once."""
        entries = self.entries
        if text.strip() and entries[-1:] != [text]:
            entries.append(text)
            del entries[:-MOST_LINES]
            self._typed.add(text)
        self.leave()

    def leave(self) -> None:
        """Begin at the end again."""
        self._wanted = None
        self._at = len(self.entries)

    def step(self, text: str, by: int, *, within: bool = False) -> str | None:
        """The next entry back or forth that begins with what was typed, or has it `within`; None if there is none."""
        entries = self.entries
        if self._wanted is None:
            self._wanted, self._at = text, len(entries)
        wanted, at = self._wanted, self._at + by
        while 0 <= at < len(entries):
            entry = entries[at]
            if entry != text and (wanted in entry if within else entry.startswith(wanted)):
                self._at = at
                return entry
            at += by
        if by > 0 and self._at < len(entries):
            self._at = len(entries)
            return wanted
        return None


class ReplInput(TextArea):
    """The field itself. Whatever is typed while it has the focus is text; its keys are said in messages."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"repl--{kind}" for kind in KINDS}
    HINTS: ClassVar[Sequence[tuple[str, str]]] = (("tab", "complete"), ("up", "before"), ("escape", "to the panes"))

    class Given(Message):
        """A text is complete."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Pressed(Message):
        """A key that means something to the pane."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, language: Language, recalled: Recalled, *, id: str | None = None) -> None:
        self._kind_styles: dict[str, Style] = {}  # asked for while the field is being made
        super().__init__(
            id=id,
            soft_wrap=True,
            compact=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tab_behavior="focus",
        )
        self._language_known = language
        self._recalled = recalled
        self._spans: tuple[str, Sequence[Sequence[Span]]] = ("", ())
        self._keys: dict[str, Callable[[], object]] = {
            "enter": self._enter,
            "ctrl+r": lambda: self._recall(-1, within=True),
            "ctrl+c": self._copy_or_say,
            **dict.fromkeys(("alt+enter", "shift+enter", "ctrl+j"), lambda: self.insert("\n")),
        }

    # Keys

    @property
    def is_typing(self) -> bool:
        """Keys are always characters here."""
        return True

    async def _on_key(self, event: events.Key) -> None:
        key = event.key
        if key in ("up", "down") and self._is_at_edge(key):
            self._take(event, lambda: self._recall(-1 if key == "up" else 1))
        elif key in self._keys:
            self._take(event, self._keys[key])
        elif key in ("tab", "shift+tab", "escape", "pageup", "pagedown", "ctrl+l"):
            self._take(event, lambda: self.post_message(self.Pressed(key)))
        elif event.is_printable and len(self.text) >= MOST_TEXT:
            self._take(event, lambda: None)

    def _take(self, event: events.Key, action: Callable[[], object]) -> None:
        """Do this for a key, and let nobody else do anything."""
        event.stop()
        event.prevent_default()
        action()

    def _is_at_edge(self, key: str) -> bool:
        return self.cursor_at_first_line if key == "up" else self.cursor_at_last_line

    def _enter(self) -> None:
        if self._language_known.is_unfinished(self.text):
            self.insert("\n")
        else:
            self.post_message(self.Given(self.text))

    def _recall(self, by: int, *, within: bool = False) -> None:
        if (found := self._recalled.step(self.text, by, within=within)) is not None:
            self.put(found)

    def _copy_or_say(self) -> None:
        if self.selected_text:
            self.action_copy()
        else:
            self.post_message(self.Pressed("ctrl+c"))

    async def _on_paste(self, event: events.Paste) -> None:
        room = MOST_TEXT - len(self.text)
        if len(event.text) > room:
            event.prevent_default()
            event.stop()
            self.insert(event.text[: max(0, room)])

    # The text

    def put(self, text: str) -> None:
        """Show another text, the cursor behind it."""
        self.load_text(text)
        self.move_cursor(self.document.end)

    @property
    def lines_before_cursor(self) -> list[str]:
        """The lines up to the cursor."""
        row, column = self.cursor_location
        return [*(self.document.get_line(at) for at in range(row)), self.document.get_line(row)[:column]]

    def complete(self, start: int, text: str) -> None:
        """Put a text in place of the end of the line before the cursor."""
        row, column = self.cursor_location
        self.replace(text, (row, min(start, column)), (row, column))

    # Colours

    def notify_style_update(self) -> None:
        self._kind_styles.clear()
        super().notify_style_update()

    def get_line(self, line_index: int) -> Text:
        """A line in colours."""
        text = super().get_line(line_index)
        if self._spans[0] != self.text:
            self._spans = self.text, self._language_known.coloured(self.text)
        at, spans = 0, self._spans[1]
        for kind, part in spans[line_index] if line_index < len(spans) else ():
            if kind:
                text.stylize(self._kind_style(kind), at, at + len(part))
            at += len(part)
        return text

    def _kind_style(self, kind: str) -> Style:
        found = self._kind_styles.get(kind)
        if found is None:
            found = self._kind_styles[kind] = self.get_component_rich_style(f"repl--{kind}", partial=True)
        return found
