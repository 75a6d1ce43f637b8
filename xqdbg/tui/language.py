"""The command language, as the field of the dialogue asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vm.isa import Isa
from xqdbg.commands import Known, completions
from xqdbg.commands.blocks import is_unfinished, sources
from xqdbg.tui.face import FACE_COMMANDS, choices_of
from xqdbg.tui.panes.conversing import Offer, Span

_AS_ASSEMBLY = "asm "
"""What makes a line of assembly a command."""


class TypedLanguage:
    """What can be typed on a machine, with the words only this face obeys."""

    def __init__(self, isa: Isa, known: Callable[[], Known], themes: Callable[[], Sequence[str]]) -> None:
        """Take what tells the latest that is known, and what themes there are."""
        self._isa = isa
        self._known, self._themes = known, themes

    def offers(self, lines: Sequence[str]) -> Sequence[Offer]:
        """What the end of the last line could become."""
        line = lines[-1]
        if sources(lines, self._isa)[-1]:
            found = completions(_AS_ASSEMBLY + line, self._known())
            return [Offer(each.text, each.start - len(_AS_ASSEMBLY), each.note) for each in found]
        own = list(self._own(line))
        found = completions(line, self._known())
        return [*own, *(Offer(each.text, each.start, each.note) for each in found)]

    def _own(self, line: str) -> Sequence[Offer]:
        """Words of this face, and what can stand behind them."""
        word, blank, argument = line.lstrip().partition(" ")
        start = len(line) - len(line.lstrip())
        if not blank:
            return [
                Offer(name, start, command.title)
                for command in FACE_COMMANDS
                for name in command.words
                if word and name.startswith(word.lower()) and name != word
            ]
        typed = argument.lstrip()
        choices = [each for each in choices_of(word, self._themes()) if each.startswith(typed) and each != typed]
        return [Offer(choice, len(line) - len(typed)) for choice in choices]

    def is_unfinished(self, text: str) -> bool:
        """Whether more has to follow before it can be obeyed."""
        return is_unfinished(text, self._isa)

    def coloured(self, text: str) -> Sequence[Sequence[Span]]:
        """The spans of each line."""
        from xqdbg.commands.colouring import coloured

        return coloured(text, self._isa)
