"""The text that is edited, as far as files go: what it is saved in, and the copy that is kept until it is."""

from __future__ import annotations

from collections.abc import Callable

from xqdbg.editing.document import DiskState, Document
from xqdbg.editing.recovery import Copy, Recovery


class Sheet:
    """A document, a copy of what is not saved of it, and whether anything would be lost without it."""

    def __init__(self, recovery: Recovery) -> None:
        self.document = Document()
        self.title = ""
        """What a text without a file is called."""
        self.is_clash_told = False
        """Whether the user knows that the file is another one than was read."""
        self._recovery = recovery
        self._untouched: str | None = ""
        """A text that is found somewhere else, or that nobody wants: nothing is lost with it."""
        self._kept: str | None = None
        """The text that was kept last."""

    def take(self, document: Document, title: str = "", copy: Copy | None = None) -> None:
        """Have another text; the one before is dropped. `copy` is where it was recovered from."""
        self._recovery.drop()
        if copy is not None:
            self._recovery.adopt(copy)
        self.document, self.title, self.is_clash_told = document, title, False
        self._untouched = None if document.path or copy is not None else document.text
        self._kept = None if copy is None else copy.text

    @property
    def name(self) -> str:
        """What the text is called, printable."""
        return self.document.path or self.title or self.document.name

    @property
    def is_unsaved(self) -> bool:
        """Whether something would be lost without it."""
        document = self.document
        return document.dirty and (document.text != self._untouched)

    def save(self, path: str = "", *, force: bool = False) -> None:
        """Save the text, in another file if one is named. XqdbgError if that fails."""
        if path:
            self.document.save_as(path, force=force)
        else:
            self.document.save(force=force)
        self._untouched = None
        self._settled()

    def reload(self) -> None:
        """Have the text of the file instead. XqdbgError if that fails."""
        self.document.reload()
        self._settled()

    def discard(self) -> None:
        """Nobody wants what is not saved."""
        self._untouched = self.document.text
        self._settled()

    def _settled(self) -> None:
        self._recovery.drop()
        self._kept, self.is_clash_told = None, False

    def outside(self) -> DiskState:
        """What somebody else did to the file, told once."""
        if self.is_clash_told or not self.document.path:
            return DiskState.UNCHANGED
        state = self.document.state()
        self.is_clash_told = state is not DiskState.UNCHANGED
        return state

    def keeper(self) -> Callable[[], None] | None:
        """What keeps a copy of the text as it is now, on any thread; None if none has to be kept.

        XqdbgError from it if that fails; then the next one tries again.
        """
        text, path, title = self.document.text, self.document.path, self.title
        if not self.is_unsaved or text == self._kept:
            return None
        turn = self._recovery.turn()

        def keep() -> None:
            self._recovery.keep(text, path, title, turn)
            self._kept = text

        return keep
