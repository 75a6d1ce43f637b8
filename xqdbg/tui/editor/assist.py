"""Completion and documentation at the cursor: when they show, and what keys mean while they do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual import events
from textual.geometry import Offset, Size

from xqdbg.editing.text import Completion, Hover
from xqdbg.tui.editor.area import Area
from xqdbg.tui.editor.popup import Card, CompletionList
from xqdbg.tui.editor.room import beside, place

LEAST_TYPED = 2
"""Characters of a word from which on completions are offered unasked."""

_WORD = re.compile(r"[.A-Za-z_][A-Za-z0-9_]*$")
MOST_COMPANY = 8
"""Rows of documentation for which a list goes to where there are more."""
_LIST_KEYS = {"up": -1, "down": 1, "pageup": -7, "pagedown": 7}


class Assist:
    """Keeps the list of completions and the card of documentation in step with the text."""

    def __init__(self, area: Area, choices: CompletionList, card: Card) -> None:
        self._area, self._choices, self._card = area, choices, card
        self._row, self._length = 0, 0
        """The line the completions are for, and its length when they were found."""
        self._wanted = False
        """Whether the user has asked for completions, however little is typed."""

    @property
    def is_open(self) -> bool:
        """Whether completions are offered."""
        return self._choices.is_open

    def word(self) -> str:
        """What is typed of the word at the cursor."""
        row, column = self._area.cursor_location
        found = _WORD.search(self._area.document[row][:column])
        return found[0] if found else ""

    def want(self) -> None:
        """The user asks for completions."""
        self._wanted = True

    def wants_some(self, typed: bool) -> bool:
        """Whether completions are to be found now, after a change by typing or otherwise."""
        if not self._area.selection.is_empty:
            return False
        return self._wanted or self.is_open or (typed and len(self.word()) >= LEAST_TYPED)

    def narrow(self) -> None:
        """After a change, keep what still fits; the rest is found out meanwhile."""
        self._card.hide()
        if not self.is_open:
            return
        word = self.word().lower()
        row = self._area.cursor_location[0]
        fitting = [each for each in self._choices.all if each.text.lower().startswith(word)] if word else []
        if row != self._row or not fitting:
            self.close()
        else:
            self._offer(fitting)

    def offer(self, completions: Sequence[Completion]) -> None:
        """Show these, found for the text as it is."""
        word = self.word()
        only = len(completions) == 1 and completions[0].text == word
        if not completions or only or not self._area.has_focus:
            self.close()
            return
        self._row = self._area.cursor_location[0]
        self._length = len(self._area.document[self._row])
        if not self.is_open and self._wanted:
            self._choices.is_chosen = True
        self._wanted = False
        self._offer(completions)

    def _offer(self, completions: Sequence[Completion]) -> None:
        self._choices.offer(completions)
        self.lay_out()

    def lay_out(self) -> None:
        """Put the list below the word, or above it, and the documentation beside it."""
        current = self._choices.current
        if current is None:
            return
        screen = self._area.screen.size
        word = self._area.cell_of((self._row, current.start - 1))
        company = (
            self._card.tell(current.documentation[0], current.documentation[1:]).height if current.documentation else 0
        )
        region = place(Offset(max(0, word.x - 3), word.y), self._choices.wanted, screen, min(company, MOST_COMPANY))
        self._choices.put(region)
        self._document(current, word, screen)

    def _document(self, current: Completion, word: Offset, screen: Size) -> None:
        if not current.documentation:
            self._card.hide()
            return
        wanted = self._card.tell(current.documentation[0], current.documentation[1:])
        spot = beside(self._choices.spot, word, wanted, screen)
        if spot is None:
            self._card.hide()
        else:
            self._card.put(spot)

    def explain(self, hover: Hover | None) -> None:
        """Show what is known of a word."""
        if hover is None:
            self._card.hide()
            return
        word = self._area.cell_of((hover.line - 1, hover.start - 1))
        self._card.about(word, self._area.screen.size, hover.title, hover.lines)

    def take(self, completion: Completion) -> None:
        """Put a completion in."""
        row = self._row
        grown = len(self._area.document[row]) - self._length
        self.close()
        end = (row, completion.end - 1 + grown)
        self._area.replace(completion.text, (row, completion.start - 1), end, maintain_selection_offset=False)
        self._area.settle()

    def hear(self, event: events.Key) -> bool:
        """Take a key that is about what is shown. Whether it was."""
        if not self.is_open:
            if event.key == "escape" and self._card.display:
                self._card.hide()
                return True
            return False
        current = self._choices.current
        if event.key in _LIST_KEYS:
            self._choices.choose(_LIST_KEYS[event.key])
            self.lay_out()
            return True
        if event.key == "escape":
            self.close()
            return True
        if current is not None and (event.key == "tab" or (event.key == "enter" and self._choices.is_chosen)):
            self.take(current)
            return True
        return False

    def moved(self) -> None:
        """The cursor is somewhere else: what belongs to another place goes."""
        if not self.is_open:
            return
        row, column = self._area.cursor_location
        current = self._choices.current
        if row != self._row or current is None or not current.start - 1 <= column <= len(self._area.document[row]):
            self.close()

    def close(self) -> None:
        """Take everything away."""
        self._wanted = False
        self._choices.hide()
        self._card.hide()
